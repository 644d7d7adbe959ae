//! Walks over the elements of a collection, step by step: HSCAN, SSCAN and the like.
//!
//! As with SCAN each step is walked twice, once to measure and once to write. A small collection is
//! one step, whatever COUNT says, as it is in Redis; of a large one a step is what fits into a
//! reply and into `command-work-max`.
use super::{Filter, Found, PATTERN_TOO_COMPLEX, options, steps_max, write_head};
use crate::commands::arguments::cursor;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::commands::work;
use crate::memory::blocks::BLOCK_SIZE;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::stdx::glob::PatternTooComplex;
use crate::store::{Element, Entry, Text, Type};

/// How the elements of a type stand in the reply.
pub struct Shape {
    /// The type.
    pub kind: Type,
    /// Texts for each element.
    pub text_count: u64,
    /// Bytes that an element takes.
    pub size: fn(&Element<'_>) -> u64,
    /// Writes an element.
    pub write: fn(&mut Reply<'_>, &Element<'_>),
}

/// `HSCAN key cursor [MATCH pattern] [COUNT count]`, and the same for other types: some elements,
/// and the cursor to go on with; 0 at the end. O(COUNT).
pub fn scan(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    shape: &Shape,
) -> Result<(), CommandError> {
    let cursor = cursor(request.argument(2))?;
    let key = cx.key(request, 1);
    let Some(entry) = cx.read_of(&key, shape.kind)? else {
        // Redis looks at the options only once it has the key.
        write_head(cx, 0, 0);
        return Ok(());
    };
    let (filter, count) = options(request, 3, false)?;
    // Walked twice.
    let mut count = count.min(cx.limits.command_work_max / (2 * work::VISIT)).max(1);
    let (next, found) = loop {
        let mut found = Found::new(cx);
        let (next, look_count) = measure(cx, entry, shape, &filter, (cursor, count), &mut found)?;
        // A turn has only so much of it.
        let visits = found.seen_count * work::VISIT + found.seen_size;
        let work = visits + look_count * work::LOOK + steps_max(cx) - found.steps;
        cx.work.set(cx.work.get() + 2 * work);
        match reserve_reply(cx, found.size + 3 * BULK_OVERHEAD) {
            Ok(()) => break (next, found),
            Err(CommandError::Limit { .. }) if found.seen_count > 1 && count > 1 => {
                count = found.seen_count.min(count) / 2;
            }
            Err(error) => return Err(error),
        }
    };
    write_head(cx, next, found.count * shape.text_count);
    let mut rest = Found { steps: steps_max(cx), ..found };
    let reply = &mut cx.reply;
    cx.store.scan_elements(entry, cursor, count, |element| {
        if rest.count > 0 && accepts(&filter, element.name(), &mut rest.steps) == Ok(true) {
            rest.count -= 1;
            (shape.write)(reply, &element);
        }
    });
    assert_eq!(rest.count, 0, "an element disappeared between two walks");
    Ok(())
}

/// One step, measured. Returns the next cursor, and how many elements it looked at.
fn measure(
    cx: &Context<'_>,
    entry: Entry,
    shape: &Shape,
    filter: &Filter<'_>,
    (cursor, count): (u64, u64),
    found: &mut Found,
) -> Result<(u64, u64), CommandError> {
    let mut outcome = Ok(());
    let walked = cx.store.scan_elements(entry, cursor, count, |element| {
        found.seen_count += 1;
        found.seen_size += element.name().size();
        if outcome.is_err() {
            return;
        }
        match accepts(filter, element.name(), &mut found.steps) {
            Ok(true) => {
                found.count += 1;
                found.size += (shape.size)(&element);
            }
            Ok(false) => {}
            Err(PatternTooComplex) => outcome = Err(PATTERN_TOO_COMPLEX),
        }
    });
    outcome.map(|()| walked)
}

/// Does the filter want an element of this name?
#[expect(
    clippy::large_stack_arrays,
    reason = "a name of up to a block, which is looked at only here"
)]
fn accepts(
    filter: &Filter<'_>,
    name: Text<'_>,
    steps: &mut u64,
) -> Result<bool, PatternTooComplex> {
    if filter.pattern.is_none() {
        return Ok(true);
    }
    if let Some(name) = name.as_slice() {
        return filter.matches(name, steps);
    }
    // A pattern wants its text in one piece. Names are never staged, so that they fit a block.
    let mut whole = [0; BLOCK_SIZE as usize];
    let mut end = 0;
    for chunk in name.chunks(0, name.size()) {
        whole[end..end + chunk.len()].copy_from_slice(chunk);
        end += chunk.len();
    }
    filter.matches(&whole[..end], steps)
}
