//! Writing and deleting fields. HSET and HMSET write all of theirs or none.
use super::{is_long, put, value, written};
use crate::commands::context::Context;
use crate::commands::elements::take_named;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::{Fresh, Order, Type};

/// `HSET key field value [field value ...]`: writes fields; how many are new. O(log n) for each.
pub fn hset(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let new_count = set_all(cx, request, "hset")?;
    cx.reply.integer(new_count);
    Ok(())
}

/// `HMSET key field value [field value ...]`: as HSET, and answers OK. O(log n) for each.
pub fn hmset(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_all(cx, request, "hmset")?;
    cx.reply.ok();
    Ok(())
}

fn set_all(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    name: &'static str,
) -> Result<i64, CommandError> {
    if !request.argument_count().is_multiple_of(2) {
        return Err(CommandError::Arity(name));
    }
    let key = cx.key(request, 1);
    cx.find_of(&key, Type::Hash)?;
    let pairs = (2..request.argument_count())
        .step_by(2)
        .map(|index| (request.argument(index), request.value(index + 1)));
    let pair_count = pairs.len() as u64;
    let outgrows = pair_count > cx.hot.hash_entries_max
        || pairs.clone().any(|(field, value)| is_long(cx, field, value));
    if pair_count == 1 {
        let is_new = put(cx, &key, request.argument(2), request.value(3))?;
        written(cx, &key, 1, outgrows);
        return Ok(i64::from(is_new));
    }
    let fresh = pairs.clone().map(|(field, value)| Fresh::field(field, None, value));
    cx.store.reserve_elements(cx.now, &key, Order::Hash, fresh)?;
    // Reserve first: from here on nothing fails.
    let mut new_count = 0;
    for (field, value) in pairs {
        let is_new = put(cx, &key, field, value).expect("room was reserved");
        new_count += i64::from(is_new);
    }
    written(cx, &key, pair_count, outgrows);
    Ok(new_count)
}

/// `HSETNX key field value`: writes a field if the hash does not have it; 1 if so. O(log n).
pub fn hsetnx(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::Hash)?;
    let (field, new) = (request.argument(2), request.value(3));
    let exists = value(cx.store, entry, field).is_some();
    if !exists {
        let is_long = is_long(cx, field, new);
        put(cx, &key, field, new)?;
        written(cx, &key, 1, is_long);
    }
    cx.reply.integer(i64::from(!exists));
    Ok(())
}

/// `HDEL key field [field ...]`: deletes fields; how many there were. With the last one the key
/// goes. O(log n) for each.
pub fn hdel(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    take_named(cx, request, Type::Hash)
}
