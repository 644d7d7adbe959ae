//! Arithmetic on strings that hold numbers. A missing key counts as 0; the deadline stays.
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::planted::{Bug, is_planted};
use crate::resp::request::{Request, Value};
use crate::stdx::extended::{EXTENDED_TEXT_SIZE_MAX, Extended};
use crate::stdx::number;
use crate::store::Expiry;

/// `INCR key`: adds 1; the new value. O(1).
pub fn incr(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    add(cx, request, 1)
}

/// `DECR key`: takes 1; the new value. O(1).
pub fn decr(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    add(cx, request, -1)
}

/// `INCRBY key increment`: adds `increment`; the new value. O(1).
pub fn incrby(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let increment = integer(request.argument(2))?;
    add(cx, request, increment)
}

/// `DECRBY key decrement`: takes `decrement`; the new value. O(1).
pub fn decrby(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let increment = integer(request.argument(2))?
        .checked_neg()
        .ok_or(CommandError::Line("ERR decrement would overflow"))?;
    add(cx, request, increment)
}

fn add(cx: &mut Context<'_>, request: &Request<'_>, increment: i64) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let old = match cx.find_string(&key)? {
        // A value that is too long for one slice is too long for a number.
        Some(entry) => integer(cx.store.string(entry)?.as_slice().unwrap_or_default())?,
        None => 0,
    };
    let new = Some(old.wrapping_add(increment))
        .filter(|_| is_planted(Bug::IncrWraps))
        .or(old.checked_add(increment))
        .ok_or(CommandError::Line("ERR increment or decrement would overflow"))?;
    let mut room = [0; number::I64_TEXT_SIZE_MAX];
    let text = number::format_i64(new, &mut room);
    cx.store.set(cx.now, &key, Value::Bytes(text), Expiry::Keep)?;
    cx.reply.integer(new);
    Ok(())
}

/// `INCRBYFLOAT key increment`: adds a number in the 80-bit arithmetic that Redis adds in; the new
/// value as text. O(1).
pub fn incrbyfloat(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let old = match cx.find_string(&key)? {
        // A value that is too long for one slice is too long for a number.
        Some(entry) => float(cx.store.string(entry)?.as_slice().unwrap_or_default())?,
        None => Extended::ZERO,
    };
    let sum = old
        .checked_add(float(request.argument(2))?)
        .ok_or(CommandError::Line("ERR increment would produce NaN or Infinity"))?;
    let mut room = [0; EXTENDED_TEXT_SIZE_MAX];
    let text = sum.format(&mut room);
    reserve_reply(cx, text.len() as u64 + BULK_OVERHEAD)?;
    cx.store.set(cx.now, &key, Value::Bytes(text), Expiry::Keep)?;
    // Redis keeps the sum as a text, even where it is an integer.
    cx.store.mark_text(&key);
    cx.reply.bulk(text);
    Ok(())
}

fn float(text: &[u8]) -> Result<Extended, CommandError> {
    Extended::parse(text).ok_or(CommandError::NOT_A_FLOAT)
}
