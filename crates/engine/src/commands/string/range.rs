//! Parts of values: sizes, ranges, and writes at an offset.
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::commands::work;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Request;
use crate::store::Expiry;

/// `STRLEN key`: the size of the string in bytes; 0 if it is missing. O(1).
pub fn strlen(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let size = match cx.read(&key) {
        Some(entry) => cx.store.string(entry)?.size(),
        None => 0,
    };
    cx.reply.integer(size.cast_signed());
    Ok(())
}

/// `APPEND key value`: appends `value`; the new size. O(size of `value`), amortized.
pub fn append(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let value = request.value(2);
    let size = if let Some(entry) = cx.find_string(&key)? {
        let size = cx.store.string(entry)?.size();
        cx.store.write_at(cx.now, &key, size, value)?
    } else {
        let size = cx.store.value_size(value);
        // A string made by APPEND is kept as one made by SET: `int` or `embstr`, not `raw`.
        cx.store.set(cx.now, &key, value, Expiry::Clear)?;
        size
    };
    cx.reply.integer(size.cast_signed());
    Ok(())
}

/// `SETRANGE key offset value`: overwrites from `offset` on, with zeros before it if the string
/// was shorter; the new size. O(size of `value`).
pub fn setrange(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let value = request.value(3);
    let offset = u64::try_from(integer(request.argument(2))?)
        .map_err(|_| CommandError::Line("ERR offset is out of range"))?;
    let entry = cx.find_string(&key)?;
    let size = if cx.store.value_size(value) == 0 {
        // Nothing to write makes no key, and no string longer.
        match entry {
            Some(entry) => cx.store.string(entry)?.size(),
            None => 0,
        }
    } else {
        cx.store.write_at(cx.now, &key, offset, value)?
    };
    cx.reply.integer(size.cast_signed());
    Ok(())
}

/// `GETRANGE key start end`: the bytes from `start` to `end`, both included, negative ones counted
/// from the end. O(size of the reply), up to `command-work-max`.
pub fn getrange(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let start = integer(request.argument(2))?;
    let end = integer(request.argument(3))?;
    let range = match cx.read_string(&key)? {
        Some(entry) if !is_backward(start, end) => {
            let size = cx.store.string(entry)?.size();
            absolute_range(start, end, size).map(|(start, end)| (entry, start, end))
        }
        _ => None,
    };
    let Some((entry, start, end)) = range else {
        cx.reply.bulk(b"");
        return Ok(());
    };
    let size = end - start;
    work::check(cx, size, "OOM command-work-max: the range is too large for one command; use GET")?;
    reserve_reply(cx, size + BULK_OVERHEAD)?;
    cx.reply.bulk_header(size);
    for chunk in cx.store.string(entry)?.chunks(start, end) {
        cx.reply.raw(chunk);
    }
    cx.reply.raw(b"\r\n");
    Ok(())
}

/// Are the positions in the wrong order from the start? Redis asks this before it moves those that
/// lie before the first item to the first item (and BITPOS does not ask).
pub(crate) const fn is_backward(start: i64, end: i64) -> bool {
    start < 0 && end < 0 && start > end
}

/// From inclusive positions, negative ones counted from the end, to `start..end` within `size`
/// items; `None` if that is empty.
pub(crate) fn absolute_range(start: i64, end: i64, size: u64) -> Option<(u64, u64)> {
    let size = size.cast_signed();
    let absolute = |position: i64| match position {
        ..0 => size.saturating_add(position).max(0),
        _ => position,
    };
    let (start, end) = (absolute(start), absolute(end).min(size - 1));
    let end = end - i64::from(is_planted(Bug::RangeEndShort) && end == size - 1);
    if start > end {
        return None;
    }
    Some((start.cast_unsigned(), end.cast_unsigned() + 1))
}

#[cfg(test)]
#[path = "range_test.rs"]
mod range_test;
