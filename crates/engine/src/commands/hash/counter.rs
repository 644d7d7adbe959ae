//! Arithmetic on fields that hold numbers. A missing field counts as 0.
use super::{is_long, put, value, written};
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::resp::request::{Request, Value};
use crate::stdx::extended::{EXTENDED_TEXT_SIZE_MAX, Extended};
use crate::stdx::number;
use crate::store::{Key, Type};

/// `HINCRBY key field increment`: adds `increment` to a field; the new value. O(log n).
pub fn hincrby(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let increment = integer(request.argument(3))?;
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::Hash)?;
    let field = request.argument(2);
    let old = match value(cx.store, entry, field) {
        // A value that is too long for one slice is too long for a number.
        Some(text) => number::parse_i64(text.as_slice().unwrap_or_default())
            .ok_or(CommandError::Line("ERR hash value is not an integer"))?,
        None => 0,
    };
    let new = old
        .checked_add(increment)
        .ok_or(CommandError::Line("ERR increment or decrement would overflow"))?;
    let mut room = [0; number::I64_TEXT_SIZE_MAX];
    set(cx, &key, field, number::format_i64(new, &mut room))?;
    cx.reply.integer(new);
    Ok(())
}

/// `HINCRBYFLOAT key field increment`: adds a number to a field, in the arithmetic of INCRBYFLOAT;
/// the new value as text. O(log n).
pub fn hincrbyfloat(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let increment = Extended::parse(request.argument(3)).ok_or(CommandError::NOT_A_FLOAT)?;
    if increment.is_infinite() {
        return Err(CommandError::Line("ERR value is NaN or Infinity"));
    }
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::Hash)?;
    let field = request.argument(2);
    let old = match value(cx.store, entry, field) {
        Some(text) => Extended::parse(text.as_slice().unwrap_or_default())
            .ok_or(CommandError::Line("ERR hash value is not a float"))?,
        None => Extended::ZERO,
    };
    let sum = old
        .checked_add(increment)
        .ok_or(CommandError::Line("ERR increment would produce NaN or Infinity"))?;
    let mut room = [0; EXTENDED_TEXT_SIZE_MAX];
    let text = sum.format(&mut room);
    reserve_reply(cx, text.len() as u64 + BULK_OVERHEAD)?;
    set(cx, &key, field, text)?;
    cx.reply.bulk(text);
    Ok(())
}

/// Writes the new value of a field.
fn set(cx: &mut Context<'_>, key: &Key<'_>, field: &[u8], text: &[u8]) -> Result<(), CommandError> {
    let is_long = is_long(cx, field, Value::Bytes(text));
    put(cx, key, field, Value::Bytes(text))?;
    written(cx, key, 1, is_long);
    Ok(())
}
