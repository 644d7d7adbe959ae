//! Whole values written: SET and its older relatives.
use super::options::{Asking, Condition, Options, future};
use crate::commands::arguments::integer;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::expire::{Base, Unit};
use crate::commands::kept_text::KeptText;
use crate::commands::texts::reply_string;
use crate::resp::request::Request;
use crate::store::{Expiry, Key};

/// `SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds |
/// PXAT unix-time-milliseconds | KEEPTTL]`: stores `value`; OK, or null if NX or XX forbid it;
/// with GET, what was there. O(1) plus the size of the value.
pub fn set(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    if request.argument_count() == 3 {
        cx.store.set(cx.now, &key, request.value(2), Expiry::Clear)?;
        cx.reply.ok();
        return Ok(());
    }
    let options = Options::parse(request, 3, Asking::Set)?;
    let expiry = options.expiry(cx.now)?;
    if options.get {
        return set_and_get(cx, request, &key, options.condition, expiry);
    }
    if let Some(condition) = options.condition
        && !condition.holds(cx.store.find(cx.now, &key).is_some())
    {
        cx.reply.null();
        return Ok(());
    }
    cx.store.set(cx.now, &key, request.value(2), expiry)?;
    cx.reply.ok();
    Ok(())
}

impl Condition {
    const fn holds(self, exists: bool) -> bool {
        match self {
            Self::Missing => !exists,
            Self::Existing => exists,
        }
    }
}

/// SET with GET: answers what was there, whether or not it was replaced.
fn set_and_get(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    key: &Key<'_>,
    condition: Option<Condition>,
    expiry: Expiry,
) -> Result<(), CommandError> {
    let entry = cx.read_string(key)?;
    if condition.is_some_and(|condition| !condition.holds(entry.is_some())) {
        match entry {
            Some(entry) => reply_string(cx, entry)?,
            None => cx.reply.null(),
        }
        return Ok(());
    }
    let kept = KeptText::keep(cx, entry)?;
    if let Err(full) = cx.store.set(cx.now, key, request.value(2), expiry) {
        kept.discard(cx);
        return Err(full.into());
    }
    kept.reply(cx);
    Ok(())
}

/// `SETNX key value`: stores `value` if `key` is missing; 1 if it was. O(1) plus its size.
pub fn setnx(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let missing = cx.store.find(cx.now, &key).is_none();
    if missing {
        cx.store.set(cx.now, &key, request.value(2), Expiry::Clear)?;
    }
    cx.reply.integer(i64::from(missing));
    Ok(())
}

/// `SETEX key seconds value`: stores `value` with a time to live. O(1) plus its size.
pub fn setex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_for(cx, request, Unit::Seconds, "setex")
}

/// `PSETEX key milliseconds value`: as SETEX. O(1) plus the size of the value.
pub fn psetex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_for(cx, request, Unit::Milliseconds, "psetex")
}

fn set_for(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    unit: Unit,
    name: &'static str,
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let deadline = future(cx.now, integer(request.argument(2))?, unit, Base::Now, name)?;
    cx.store.set(cx.now, &key, request.value(3), Expiry::At(deadline))?;
    cx.reply.ok();
    Ok(())
}
