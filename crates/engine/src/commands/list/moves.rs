//! An element from one list to another, or around in one: LMOVE and RPOPLPUSH.
use super::{End, listpack, reply};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::kept_text::KeptText;
use crate::resp::request::Request;
use crate::store::Type;

/// `LMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT>`: takes the element at an end of one
/// list out, puts it in at an end of the other, and answers it; null if there is none. O(log n).
pub fn lmove(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let from = End::of(request.argument(3))?;
    let to = End::of(request.argument(4))?;
    carry(cx, request, from, to)
}

/// `RPOPLPUSH source destination`: LMOVE from the right to the left. O(log n).
pub fn rpoplpush(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    carry(cx, request, End::Right, End::Left)
}

fn carry(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    from: End,
    to: End,
) -> Result<(), CommandError> {
    let (source, target) = (cx.key(request, 1), cx.key(request, 2));
    if cx.find_of(&source, Type::List)?.is_none() {
        cx.reply.null();
        return Ok(());
    }
    let target_entry = cx.find_of(&target, Type::List)?;
    let entry = cx.store.find(cx.now, &source).expect("it was found");
    let count = cx.store.element_count(entry);
    let target_count = target_entry.map_or(0, |target| cx.store.element_count(target));
    let rank = from.rank(count);
    let is_same = source.name == target.name;
    if is_same && (from == to || count == 1) {
        // It stays where it is.
        reply::element(cx, entry, rank)?;
        cx.changed(&source, 1);
        return Ok(());
    }
    let size = cx.store.element_at_rank(entry, rank).name().size();
    let outgrows = listpack::outgrows(cx, target_entry, 1, size);
    let kept = KeptText::keep_text(cx, |store| store.element_at_rank(entry, rank).name())?;
    let place = to.place(target_count);
    if let Err(full) = cx.store.carry_element(cx.now, (&source, rank), (&target, place)) {
        kept.discard(cx);
        return Err(full.into());
    }
    listpack::grow(cx, &target, outgrows);
    listpack::shrink(cx, &source);
    cx.changed(&target, 1);
    if !is_same {
        // It is one change.
        cx.changed(&source, 0);
    }
    kept.reply(cx);
    Ok(())
}
