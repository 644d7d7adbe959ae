//! Elements taken out at an end, and answered.
use super::reply::{self, Run};
use super::{End, check_run, listpack};
use crate::commands::arguments::{count, counted_keys, is_word, pop_count};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::BULK_OVERHEAD;
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::{Entry, Key, Type};

/// `LPOP key [count]`: takes out and answers the first element, or so many. O(elements).
pub fn lpop(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    pop(cx, request, End::Left, "lpop")
}

/// `RPOP key [count]`: takes out and answers the last element, or so many from the last one on.
/// O(elements).
pub fn rpop(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    pop(cx, request, End::Right, "rpop")
}

fn pop(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    end: End,
    name: &'static str,
) -> Result<(), CommandError> {
    let wanted_count = match request.argument_count() {
        2 => None,
        3 => Some(pop_count(request.argument(2))?),
        _ => return Err(CommandError::Arity(name)),
    };
    let key = cx.key(request, 1);
    match (cx.find_of(&key, Type::List)?, wanted_count) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) => cx.reply.null_array(),
        (Some(_), Some(0)) => cx.reply.array(0),
        (Some(entry), None) => {
            let count = cx.store.element_count(entry);
            reply::element(cx, entry, end.rank(count))?;
            take(cx, &key, end, 1, count);
        }
        (Some(entry), Some(wanted_count)) => {
            let whole_count = cx.store.element_count(entry);
            let run = check(cx, entry, end, wanted_count, 0)?;
            run.reply(cx);
            take(cx, &key, end, run.count, whole_count);
        }
    }
    Ok(())
}

/// `LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]`: takes out and answers the first or
/// last element, or so many, of the first list that exists, with its name. O(keys + elements).
pub fn lmpop(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let keys = counted_keys(request, 1, CommandError::SYNTAX)?;
    let end = End::of(request.arguments_from(keys.end).next().unwrap_or_default())?;
    let options_start = keys.end + 1;
    let wanted_count = match request.argument_count() - options_start {
        0 => 1,
        2 if is_word(request.argument(options_start), "COUNT") => {
            let argument = request.argument(options_start + 1);
            count(argument, 1, "ERR count should be greater than 0")?
        }
        _ => return misplaced(request, options_start),
    };
    for index in keys {
        let key = cx.key(request, index);
        let Some(entry) = cx.find_of(&key, Type::List)? else { continue };
        let whole_count = cx.store.element_count(entry);
        let before_size = key.name.len() as u64 + 2 * BULK_OVERHEAD;
        let run = check(cx, entry, end, wanted_count, before_size)?;
        cx.reply.array(2);
        cx.reply.bulk(key.name);
        run.reply(cx);
        take(cx, &key, end, run.count, whole_count);
        return Ok(());
    }
    cx.reply.null_array();
    Ok(())
}

/// What is wrong with the options of LMPOP, of which there is a wrong number: in the order in which
/// Redis reads them.
fn misplaced(request: &Request<'_>, start: usize) -> Result<(), CommandError> {
    if is_word(request.argument(start), "COUNT") && start + 1 < request.argument_count() {
        count(request.argument(start + 1), 1, "ERR count should be greater than 0")?;
    }
    Err(CommandError::SYNTAX)
}

/// So many elements from an end of a list on, or as many as there are: their room in the reply,
/// behind `before_size` bytes, is made sure of, and that they may be taken out.
fn check(
    cx: &mut Context<'_>,
    entry: Entry,
    end: End,
    wanted_count: u64,
    before_size: u64,
) -> Result<Run, CommandError> {
    let whole_count = cx.store.element_count(entry);
    let count = wanted_count.min(whole_count);
    // They are gone through twice, to be measured and to be written.
    check_run(cx, entry, count, work::VISIT)?;
    let run = Run { entry, rank: end.rank(whole_count), is_back: end == End::Right, count };
    run.reserve(cx, before_size)?;
    Ok(run)
}

/// Takes `count` elements out at an end of a list, and tells who watches it.
fn take(cx: &mut Context<'_>, key: &Key<'_>, end: End, count: u64, whole_count: u64) {
    let rank = match end {
        End::Left => 0,
        End::Right => whole_count - count,
    };
    cx.store.take_run(key, rank, count);
    cx.changed(key, count);
    listpack::shrink(cx, key);
}
