//! HRANDFIELD: fields by chance.
//!
//! Which ones follows from a seed, so that they can be gone through twice: to measure the reply,
//! and to write it.
use crate::commands::arguments::{is_word, signed_count};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{bulks_size, reply_text, reserve_reply, write_text};
use crate::commands::work;
use crate::random::Random;
use crate::resp::reply::Protocol;
use crate::resp::request::Request;
use crate::stdx::permutation::Permutation;
use crate::store::{Element, Entry, Store, Type};

/// Bytes touched for each field that is picked: of the nodes above it, and of its leaf.
const PICK_WORK: u64 = 128;

/// What is asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// Fields, at most so many if they are distinct.
    count: u64,
    is_distinct: bool,
    with_values: bool,
}

/// `HRANDFIELD key [count [WITHVALUES]]`: a field by chance, or null; with a count so many distinct
/// ones, with a negative one so many that may repeat. O(log n) for each.
pub fn hrandfield(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let asked = asked(request)?;
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Hash)?;
    match (entry, asked) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) | (_, Some(Asked { count: 0, .. })) => cx.reply.array(0),
        (Some(entry), None) => {
            let size = cx.store.element_count(entry);
            let rank = cx.store.random().below(size);
            return reply_text(cx, |store| Some(store.element_at_rank(entry, rank).name()));
        }
        (Some(entry), Some(asked)) => return reply_some(cx, entry, asked),
    }
    Ok(())
}

/// The count and what follows it, if they are there.
fn asked(request: &Request<'_>) -> Result<Option<Asked>, CommandError> {
    if request.argument_count() == 2 {
        return Ok(None);
    }
    let count = signed_count(request.argument(2))?;
    let with_values = match request.argument_count() {
        3 => false,
        4 if is_word(request.argument(3), "WITHVALUES") => true,
        _ => return Err(CommandError::SYNTAX),
    };
    if with_values && count.unsigned_abs() > i64::MAX.unsigned_abs() / 2 {
        return Err(CommandError::Line("ERR value is out of range"));
    }
    Ok(Some(Asked { count: count.unsigned_abs(), is_distinct: count > 0, with_values }))
}

/// Which fields are picked.
enum Picks {
    /// All of them.
    Whole,
    /// The first ones of a random order.
    Distinct(Permutation),
    /// Those that a generator in this state says.
    Any(Random),
}

fn reply_some(cx: &mut Context<'_>, entry: Entry, asked: Asked) -> Result<(), CommandError> {
    const TOO_MANY: &str =
        "OOM command-work-max: HRANDFIELD would pick too many fields for one command; use HSCAN";
    let size = cx.store.element_count(entry);
    let is_whole = asked.is_distinct && asked.count >= size;
    let count = if is_whole { size } else { asked.count };
    let text_count = if asked.with_values { 2 * count } else { count };
    // A reply that would not fit if its texts were empty is not measured.
    let least = bulks_size(text_count, 0);
    if least > cx.limits.reply_max {
        return reserve_reply(cx, least);
    }
    if !is_whole {
        work::check(cx, count * PICK_WORK, TOO_MANY)?;
    }
    let picks = match asked.is_distinct {
        true if is_whole => Picks::Whole,
        true => Picks::Distinct(Permutation::new(size, cx.store.random().bits())),
        false => Picks::Any(Random::new(cx.store.random().bits())),
    };
    let mut bytes = 0;
    pick(cx.store, entry, &picks, count, |field| {
        let value_size = if asked.with_values { field.value().size() } else { 0 };
        bytes += field.name().size() + value_size;
    });
    // In RESP3 every field with its value is an array.
    let is_nested = asked.with_values && cx.reply.protocol() == Protocol::Resp3;
    let pair_size = if is_nested { bulks_size(count, 0) } else { 0 };
    reserve_reply(cx, bulks_size(text_count, bytes) + pair_size)?;
    cx.reply.array(if is_nested { count } else { text_count });
    let reply = &mut cx.reply;
    pick(cx.store, entry, &picks, count, |field| {
        if is_nested {
            reply.array(2);
        }
        write_text(reply, field.name());
        if asked.with_values {
            write_text(reply, field.value());
        }
    });
    Ok(())
}

/// Goes through the picked fields, the same ones each time.
fn pick(
    store: &Store,
    entry: Entry,
    picks: &Picks,
    count: u64,
    mut visit: impl FnMut(Element<'_>),
) {
    match picks {
        Picks::Whole => store.elements(entry, 0, false).for_each(visit),
        Picks::Distinct(permutation) => {
            for index in 0..count {
                visit(store.element_at_rank(entry, permutation.at(index)));
            }
        }
        Picks::Any(random) => {
            let (mut random, size) = (random.clone(), store.element_count(entry));
            for _ in 0..count {
                visit(store.element_at_rank(entry, random.below(size)));
            }
        }
    }
}
