//! Whole values: GET, and the commands that answer a value and then change its key.
use super::options::{Asking, Options};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::kept_text::KeptText;
use crate::commands::texts::reply_string;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Request;
use crate::store::Expiry;

/// `GET key`: the value of `key`, or null. O(1) plus the size of the value.
pub fn get(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    match cx.read(&key) {
        Some(entry) => reply_string(cx, entry)?,
        None => cx.reply.null(),
    }
    Ok(())
}

/// `GETSET key value`: stores `value`, answers what was there. O(1) plus the size of both.
pub fn getset(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_string(&key)?;
    let kept = KeptText::keep(cx, entry)?;
    let expiry = if is_planted(Bug::GetsetKeepsTtl) { Expiry::Keep } else { Expiry::Clear };
    if let Err(full) = cx.store.set(cx.now, &key, request.value(2), expiry) {
        kept.discard(cx);
        return Err(full.into());
    }
    kept.reply(cx);
    Ok(())
}

/// `GETDEL key`: the value of `key`, which is then deleted. O(1) plus the size of the value.
pub fn getdel(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    match cx.read(&key) {
        Some(entry) => {
            reply_string(cx, entry)?;
            cx.store.delete(cx.now, &key);
        }
        None => cx.reply.null(),
    }
    Ok(())
}

/// `GETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds |
/// PXAT unix-time-milliseconds | PERSIST]`: the value of `key`, whose deadline is then changed as
/// asked. O(1) plus the size of the value.
pub fn getex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let options = Options::parse(request, 2, Asking::GetEx)?;
    let Some(entry) = cx.read_string(&key)? else {
        cx.reply.null();
        return Ok(());
    };
    // Redis looks at the number only once it has the key.
    let deadline = match options.change(cx.now)? {
        Expiry::Keep => return reply_string(cx, entry),
        Expiry::At(deadline) if deadline <= cx.now.unix_ms() => {
            reply_string(cx, entry)?;
            cx.store.delete(cx.now, &key);
            return Ok(());
        }
        Expiry::At(deadline) => Some(deadline),
        Expiry::Clear if cx.store.expires_at(entry).is_none() => return reply_string(cx, entry),
        Expiry::Clear => None,
    };
    let kept = KeptText::keep(cx, Some(entry))?;
    if let Err(full) = cx.store.set_deadline(cx.now, &key, deadline) {
        kept.discard(cx);
        return Err(full.into());
    }
    kept.reply(cx);
    Ok(())
}
