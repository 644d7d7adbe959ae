//! Several keys in one command. MSET and MSETNX happen entirely or not at all.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::key_queue::KeyQueue;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply, write_text};
use crate::planted::{Bug, is_planted};
use crate::resp::request::{Request, Value};
use crate::store::{Entry, Key, Needs, Steps, StoreFull, Type};

/// `MGET key [key ...]`: the values of the keys; null for a key that is missing or no string.
/// O(keys) plus the sizes of the values.
pub fn mget(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let mut size = BULK_OVERHEAD;
    let mut keys = KeyQueue::new(request, 1..request.argument_count());
    while let Some((_, key)) = keys.next(cx) {
        let entry = cx.store.find(cx.now, &key);
        size += BULK_OVERHEAD + entry.map_or(0, |entry| value_size(cx, entry));
    }
    if is_planted(Bug::ReplyShort) {
        size = BULK_OVERHEAD;
    }
    reserve_reply(cx, size)?;
    cx.reply.array(request.argument_count() as u64 - 1);
    for index in 1..request.argument_count() {
        let key = cx.key(request, index);
        let Some(text) = cx.read(&key).and_then(|entry| cx.store.string(entry).ok()) else {
            cx.reply.null();
            continue;
        };
        write_text(&mut cx.reply, text);
    }
    Ok(())
}

/// Bytes that MGET answers for a key.
fn value_size(cx: &Context<'_>, entry: Entry) -> u64 {
    if cx.store.kind(entry) != Type::String {
        return 0;
    }
    cx.store.string(entry).map_or(0, |text| text.size())
}

/// `MSET key value [key value ...]`: stores all values. O(keys) plus the sizes of the values.
pub fn mset(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if request.argument_count().is_multiple_of(2) {
        return Err(CommandError::Arity("mset"));
    }
    set_all(cx, request)?;
    cx.reply.ok();
    Ok(())
}

/// `MSETNX key value [key value ...]`: stores all values if none of the keys exists; 1 if so.
/// O(keys) plus the sizes of the values.
pub fn msetnx(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    if request.argument_count().is_multiple_of(2) {
        return Err(CommandError::Arity("msetnx"));
    }
    let (mut keys, mut exists) = (KeyQueue::new(request, key_indexes(request)), false);
    while let Some((_, key)) = keys.next(cx) {
        exists |= cx.store.find(cx.now, &key).is_some();
    }
    if !exists {
        set_all(cx, request)?;
    }
    cx.reply.integer(i64::from(!exists));
    Ok(())
}

/// Positions of the keys among pairs of key and value.
fn key_indexes(request: &Request<'_>) -> impl Iterator<Item = usize> + use<> {
    (1..request.argument_count()).step_by(2)
}

fn set_all(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let (mut needs, mut steps) = (Needs::default(), Steps::of_command());
    let mut keys = KeyQueue::new(request, key_indexes(request));
    while let Some((index, key)) = keys.next(cx) {
        if is_planted(Bug::MsetShort) && index == 1 {
            continue;
        }
        let value_size = check(cx, &key, request.value(index + 1))?;
        cx.store.check_chain(cx.now, &key, &mut steps)?;
        match request.value(index + 1) {
            Value::Bytes(_) => cx.store.need_set(cx.now, &mut needs, &key, value_size),
            Value::Staged(_) => cx.store.need_staged(&mut needs, key.name.len()),
        }
    }
    cx.store.reserve(cx.now, &needs, &mut steps)?;
    // Reserve first: from here on nothing fails, so either all keys are written or none is.
    for index in key_indexes(request) {
        let key = cx.key(request, index);
        cx.store.set_reserved(cx.now, &key, request.value(index + 1));
    }
    Ok(())
}

/// Refuses a pair that is too large for any room; else says how large its value is.
fn check(cx: &Context<'_>, key: &Key<'_>, value: Value<'_>) -> Result<u64, CommandError> {
    let value_size = match value {
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::Staged(staged) => cx.store.staged_size(staged),
    };
    if key.name.len() > cx.limits.key_size_max as usize {
        return Err(StoreFull::KeySize.into());
    }
    if value_size > cx.store.tuning.value_size_max {
        return Err(StoreFull::ValueSize.into());
    }
    Ok(value_size)
}
