//! What a list has: its count, one element, a range of them; and LTRIM, which leaves a range.
use super::reply::{self, Run};
use super::{check_run, listpack, rank_of_index};
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::elements::reply_count;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::Type;

/// `LLEN key`: count of elements; 0 if the list is missing. O(1).
pub fn llen(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_count(cx, request, Type::List)
}

/// `LINDEX key index`: the element at an index, negative ones counted from the end, or null.
/// O(log n).
pub fn lindex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let Some(entry) = cx.read_of(&key, Type::List)? else {
        cx.reply.null();
        return Ok(());
    };
    // Redis looks at the number only once it has the list.
    let index = integer(request.argument(2))?;
    match rank_of_index(index, cx.store.element_count(entry)) {
        Some(rank) => reply::element(cx, entry, rank)?,
        None => cx.reply.null(),
    }
    Ok(())
}

/// `LRANGE key start stop`: the elements from `start` to `stop`, both included, negative ones
/// counted from the end. O(log n) plus the size of the reply.
pub fn lrange(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let start = integer(request.argument(2))?;
    let stop = integer(request.argument(3))?;
    let entry = cx.read_of(&key, Type::List)?;
    let run = entry.and_then(|entry| {
        let (rank, count) = range(start, stop, cx.store.element_count(entry))?;
        Some(Run { entry, rank, is_back: false, count })
    });
    let Some(run) = run else {
        cx.reply.array(0);
        return Ok(());
    };
    run.answer(cx)
}

/// `LTRIM key start stop`: takes out what is not from `start` to `stop`, as LRANGE counts them.
/// O(elements taken out), up to `command-work-max`.
pub fn ltrim(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let start = integer(request.argument(2))?;
    let stop = integer(request.argument(3))?;
    let Some(entry) = cx.find_of(&key, Type::List)? else {
        cx.reply.ok();
        return Ok(());
    };
    let count = cx.store.element_count(entry);
    let (rank, kept_count) = range(start, stop, count).unwrap_or((0, 0));
    check_run(cx, entry, count - kept_count, work::LOOK)?;
    // From the end first: then the ranks of the others stay.
    cx.store.take_run(&key, rank + kept_count, count - rank - kept_count);
    if rank > 0 {
        cx.store.take_run(&key, 0, rank);
    }
    cx.changed(&key, count - kept_count);
    listpack::shrink(cx, &key);
    cx.reply.ok();
    Ok(())
}

/// The rank of the first and the count of the elements from `start` to `stop` in a list of `count`;
/// nothing if there are none. Other than in strings, a stop before the first element is no element.
fn range(start: i64, stop: i64, count: u64) -> Option<(u64, u64)> {
    let count = count.cast_signed();
    let absolute = |index: i64| if index < 0 { count + index } else { index };
    let (start, stop) = (absolute(start).max(0), absolute(stop).min(count - 1));
    (start <= stop).then(|| (start.cast_unsigned(), (stop - start + 1).cast_unsigned()))
}
