//! Walks over the keys of a database: SCAN step by step, KEYS at once. `elements` walks over those
//! of a collection.
//!
//! The size of the reply is not known before the walk, so each walks twice: once to measure, once
//! to write. Nothing changes in between, and the second walk writes exactly as many keys as the
//! first one counted.
pub mod elements;

use crate::commands::arguments::{cursor, integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::commands::work;
use crate::resp::request::Request;
use crate::stdx::glob::{self, Case, PatternTooComplex};
use crate::stdx::number;
use crate::store::Type;

/// Keys of a SCAN without COUNT.
const COUNT_DEFAULT: u64 = 10;

/// Keys between two looks at the work of KEYS.
const KEYS_STEP: u64 = 1024;

/// Bytes touched for each key besides its name: its share of a bucket, and its header.
const KEY_WORK: u64 = 32;

/// Bytes of a bucket, and most buckets that one step of the store visits.
const BUCKET_WORK: u64 = 64;
const STEP_BUCKETS_MAX: u64 = 4096;

const PATTERN_TOO_COMPLEX: CommandError = CommandError::Line("ERR pattern too complex");

/// Which keys, or elements of a collection, are wanted.
#[derive(Clone, Copy)]
struct Filter<'a> {
    /// None is every name.
    pattern: Option<&'a [u8]>,
    /// None is every type.
    type_name: Option<&'a [u8]>,
}

impl Filter<'_> {
    /// Is a key of this name and type wanted? As `matches`.
    fn accepts(&self, name: &[u8], kind: Type, steps: &mut u64) -> Result<bool, PatternTooComplex> {
        if self.type_name.is_some_and(|type_name| !is_word(type_name, kind.name())) {
            return Ok(false);
        }
        self.matches(name, steps)
    }

    /// Is this name wanted? Takes what the match needs from `steps`, which all matches of a walk
    /// share.
    fn matches(&self, name: &[u8], steps: &mut u64) -> Result<bool, PatternTooComplex> {
        match self.pattern {
            None | Some(b"*") => Ok(true),
            Some(pattern) => {
                let granted = (*steps).min(u64::from(glob::STEPS_MAX)) as u32;
                let mut left = granted;
                let matched = glob::matches(pattern, name, Case::Sensitive, &mut left);
                *steps -= u64::from(granted - left);
                matched
            }
        }
    }
}

/// What a walk found.
#[derive(Clone, Copy, Debug)]
struct Found {
    /// Steps that matching may still take.
    steps: u64,
    /// Keys, or elements, that the filter accepts.
    count: u64,
    /// Bytes that they take in the reply.
    size: u64,
    /// Those seen, and the bytes of their names.
    seen_count: u64,
    seen_size: u64,
}

impl Found {
    /// The beginning of a walk. An honest pattern takes a step or two for each byte of a name, and
    /// names are within `command-work-max`.
    const fn new(cx: &Context<'_>) -> Self {
        let steps = steps_max(cx);
        Self { steps, count: 0, size: 0, seen_count: 0, seen_size: 0 }
    }

    const fn work(&self) -> u64 {
        self.seen_count * KEY_WORK + self.seen_size
    }
}

/// Steps that matching may take in one walk.
const fn steps_max(cx: &Context<'_>) -> u64 {
    cx.limits.command_work_max.saturating_mul(2)
}

/// Bytes of the buckets that a step from `cursor` to `next` visits; the last step has its keys
/// alone.
const fn bucket_work(cursor: u64, next: u64) -> u64 {
    let bucket_count = next.saturating_sub(cursor);
    let visited_count =
        if bucket_count < STEP_BUCKETS_MAX { bucket_count } else { STEP_BUCKETS_MAX };
    visited_count * BUCKET_WORK
}

/// One step of a walk, measured. Returns the next cursor.
fn measure(
    cx: &mut Context<'_>,
    filter: &Filter<'_>,
    cursor: u64,
    count: u64,
    found: &mut Found,
) -> Result<u64, CommandError> {
    let database = cx.session().database;
    let mut outcome = Ok(());
    let next = cx.store.scan(cx.now, database, cursor, count, &mut |name, kind| {
        found.seen_count += 1;
        found.seen_size += name.len() as u64;
        if outcome.is_err() {
            return;
        }
        match filter.accepts(name, kind, &mut found.steps) {
            Ok(true) => {
                found.count += 1;
                found.size += name.len() as u64 + BULK_OVERHEAD;
            }
            Ok(false) => {}
            Err(PatternTooComplex) => {
                outcome = Err(PATTERN_TOO_COMPLEX);
            }
        }
    });
    outcome.map(|()| next)
}

/// The same step, written: as many keys as `rest.count`, which it counts down.
fn write(
    cx: &mut Context<'_>,
    filter: &Filter<'_>,
    cursor: u64,
    count: u64,
    rest: &mut Found,
) -> u64 {
    let database = cx.session().database;
    let reply = &mut cx.reply;
    cx.store.scan(cx.now, database, cursor, count, &mut |name, kind| {
        if rest.count > 0 && filter.accepts(name, kind, &mut rest.steps) == Ok(true) {
            rest.count -= 1;
            reply.bulk(name);
        }
    })
}

/// `KEYS pattern`: the names that match. O(keys), up to `command-work-max`; SCAN has no bound.
pub fn keys(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    const TOO_MANY: &str =
        "OOM command-work-max: KEYS would visit too many keys for one command; use SCAN";
    let filter = Filter { pattern: Some(request.argument(1)), type_name: None };
    let (mut found, mut buckets, mut cursor) = (Found::new(cx), 0, 0);
    loop {
        let next = measure(cx, &filter, cursor, KEYS_STEP, &mut found)?;
        buckets += bucket_work(cursor, next);
        work::check(cx, found.work() + buckets, TOO_MANY)?;
        cursor = next;
        if cursor == 0 {
            break;
        }
    }
    reserve_reply(cx, found.size + BULK_OVERHEAD)?;
    cx.reply.array(found.count);
    let mut rest = Found { steps: steps_max(cx), ..found };
    loop {
        cursor = write(cx, &filter, cursor, KEYS_STEP, &mut rest);
        if cursor == 0 {
            break;
        }
    }
    assert_eq!(rest.count, 0, "a key disappeared between two walks");
    Ok(())
}

/// `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`: some keys, and the cursor to go on
/// with; 0 at the end. No key that exists all the while is missed, none comes twice. O(COUNT).
pub fn scan(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let cursor = cursor(request.argument(1))?;
    let (filter, count) = options(request, 2, true)?;
    reply_step(cx, &filter, cursor, count)
}

/// The options from argument `index` on: MATCH, COUNT, and TYPE where `has_type` says so.
fn options<'a>(
    request: &Request<'a>,
    mut index: usize,
    has_type: bool,
) -> Result<(Filter<'a>, u64), CommandError> {
    let mut filter = Filter { pattern: None, type_name: None };
    let mut count = COUNT_DEFAULT;
    while index < request.argument_count() {
        let word = request.argument(index);
        if index + 1 == request.argument_count() {
            return Err(CommandError::SYNTAX);
        }
        let argument = request.argument(index + 1);
        if is_word(word, "COUNT") {
            count = match integer(argument)? {
                ..1 => return Err(CommandError::SYNTAX),
                count => count.cast_unsigned(),
            };
        } else if is_word(word, "MATCH") {
            filter.pattern = Some(argument);
        } else if has_type && is_word(word, "TYPE") {
            filter.type_name = Some(argument);
        } else {
            return Err(CommandError::SYNTAX);
        }
        index += 2;
    }
    Ok((filter, count))
}

/// One step as the reply: the next cursor and the names. If they do not fit into a reply, the step
/// is made smaller, down to a single chain of buckets.
fn reply_step(
    cx: &mut Context<'_>,
    filter: &Filter<'_>,
    cursor: u64,
    mut count: u64,
) -> Result<(), CommandError> {
    let (next, found) = loop {
        let mut found = Found::new(cx);
        let next = measure(cx, filter, cursor, count, &mut found)?;
        // Walked twice; a turn has only so much of it.
        let matching_steps = steps_max(cx) - found.steps;
        let work = found.work() + bucket_work(cursor, next) + matching_steps;
        cx.work.set(cx.work.get() + 2 * work);
        match reserve_reply(cx, found.size + 3 * BULK_OVERHEAD) {
            Ok(()) => break (next, found),
            Err(CommandError::Limit { .. }) if found.seen_count > 1 && count > 1 => {
                count = found.seen_count.min(count) / 2;
            }
            Err(error) => return Err(error),
        }
    };
    write_head(cx, next, found.count);
    let mut rest = Found { steps: steps_max(cx), ..found };
    write(cx, filter, cursor, count, &mut rest);
    assert_eq!(rest.count, 0, "a key disappeared between two walks");
    Ok(())
}

/// What stands before the `reply_count` texts of a step.
fn write_head(cx: &mut Context<'_>, next: u64, reply_count: u64) {
    cx.reply.array(2);
    let mut room = [0; number::I64_TEXT_SIZE_MAX];
    cx.reply.bulk(number::format_u64(next, &mut room));
    cx.reply.array(reply_count);
}
