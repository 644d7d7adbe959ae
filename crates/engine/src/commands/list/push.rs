//! Elements put in at an end: all of a command's, or none.
use super::{End, listpack};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::{Fresh, Order, Place, Type};

/// `LPUSH key element [element ...]`: puts the elements in before all others, the last one first;
/// the new count. O(elements put in).
pub fn lpush(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    push(cx, request, End::Left, false)
}

/// `RPUSH key element [element ...]`: puts the elements in behind all others; the new count.
/// O(elements put in).
pub fn rpush(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    push(cx, request, End::Right, false)
}

/// `LPUSHX key element [element ...]`: as LPUSH, if the list exists. O(elements put in).
pub fn lpushx(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    push(cx, request, End::Left, true)
}

/// `RPUSHX key element [element ...]`: as RPUSH, if the list exists. O(elements put in).
pub fn rpushx(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    push(cx, request, End::Right, true)
}

fn push(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    end: End,
    must_exist: bool,
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::List)?;
    if must_exist && entry.is_none() {
        cx.reply.integer(0);
        return Ok(());
    }
    let count = entry.map_or(0, |entry| cx.store.element_count(entry));
    let elements = 2..request.argument_count();
    let fresh = |index| Fresh::element(request.value(index));
    let added_count = elements.len() as u64;
    let added_size = elements.clone().map(|index| cx.store.value_size(request.value(index))).sum();
    let outgrows = listpack::outgrows(cx, entry, added_count, added_size);
    if added_count == 1 {
        let place = Place::Rank(end.place(count));
        cx.store.put_element(cx.now, &key, Order::List, place, &fresh(2))?;
    } else {
        let all = elements.clone().map(fresh);
        cx.store.reserve_elements(cx.now, &key, Order::List, all)?;
        // Reserve first: from here on nothing fails, so either all elements are put in or none is.
        for index in elements {
            let place = Place::Rank(end.place(count + index as u64 - 2));
            cx.store
                .put_element(cx.now, &key, Order::List, place, &fresh(index))
                .expect("room was reserved");
        }
        cx.store.settle_collection(&key);
    }
    listpack::grow(cx, &key, outgrows);
    cx.changed(&key, added_count);
    cx.reply.integer((count + added_count).cast_signed());
    Ok(())
}
