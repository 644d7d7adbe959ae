//! Commands for the deadlines of keys.
//!
//! A deadline is a point in Unix milliseconds. One that has passed is not stored: the key is
//! deleted instead, at once.
use crate::clock::Now;
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Request;

/// In which unit a command counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// From when on a command counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Base {
    /// From now.
    Now,
    /// From the Unix epoch.
    Epoch,
}

impl Unit {
    const fn milliseconds(self) -> i64 {
        match self {
            Self::Seconds => 1_000,
            Self::Milliseconds => 1,
        }
    }

    /// A count of milliseconds in this unit, rounded half up.
    const fn round(self, milliseconds: i64) -> i64 {
        match self {
            Self::Seconds => milliseconds.saturating_add(500) / 1_000,
            Self::Milliseconds => milliseconds,
        }
    }
}

/// The deadline that is `amount` units after `base`; `None` if it is not an `i64`.
pub fn deadline(now: Now, amount: i64, unit: Unit, base: Base) -> Option<i64> {
    let span = amount.checked_mul(unit.milliseconds())?;
    match base {
        Base::Now => span.checked_add(now.unix_ms()),
        Base::Epoch => Some(span),
    }
}

/// `EXPIRE key seconds [NX | XX | GT | LT]`: sets a deadline; 1 if it was set. O(1).
pub fn expire(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_deadline(cx, request, Unit::Seconds, Base::Now, "expire")
}

/// `PEXPIRE key milliseconds [NX | XX | GT | LT]`: as EXPIRE. O(1).
pub fn pexpire(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_deadline(cx, request, Unit::Milliseconds, Base::Now, "pexpire")
}

/// `EXPIREAT key unix-time-seconds [NX | XX | GT | LT]`: as EXPIRE. O(1).
pub fn expireat(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_deadline(cx, request, Unit::Seconds, Base::Epoch, "expireat")
}

/// `PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]`: as EXPIRE. O(1).
pub fn pexpireat(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    set_deadline(cx, request, Unit::Milliseconds, Base::Epoch, "pexpireat")
}

/// On which condition a deadline is set.
#[derive(Clone, Copy, Debug, Default)]
struct Conditions {
    /// NX: only if there is none.
    missing: bool,
    /// XX: only if there is one.
    existing: bool,
    /// GT: only if it is later. None counts as infinitely late.
    later: bool,
    /// LT: only if it is earlier.
    earlier: bool,
}

impl Conditions {
    fn parse(request: &Request<'_>) -> Result<Self, CommandError> {
        let mut conditions = Self::default();
        for index in 3..request.argument_count() {
            let argument = request.argument(index);
            if is_word(argument, "NX") {
                conditions.missing = true;
            } else if is_word(argument, "XX") {
                conditions.existing = true;
            } else if is_word(argument, "GT") {
                conditions.later = true;
            } else if is_word(argument, "LT") {
                conditions.earlier = true;
            } else {
                return Err(CommandError::Argument { text: "ERR Unsupported option ", index });
            }
        }
        if conditions.missing && (conditions.existing || conditions.later || conditions.earlier) {
            return Err(CommandError::Line(
                "ERR NX and XX, GT or LT options at the same time are not compatible",
            ));
        }
        if conditions.later && conditions.earlier {
            return Err(CommandError::Line(
                "ERR GT and LT options at the same time are not compatible",
            ));
        }
        Ok(conditions)
    }

    /// May `deadline` take the place of `current`?
    fn allow(self, current: Option<i64>, deadline: i64) -> bool {
        match current {
            None => !self.existing && !self.later,
            Some(current) => {
                !self.missing
                    && (!self.later
                        || deadline + i64::from(is_planted(Bug::GtTakesEqual)) > current)
                    && (!self.earlier || deadline < current)
            }
        }
    }
}

fn set_deadline(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    unit: Unit,
    base: Base,
    name: &'static str,
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let conditions = Conditions::parse(request)?;
    let amount = integer(request.argument(2))?;
    let deadline = deadline(cx.now, amount, unit, base).ok_or(CommandError::ExpireTime(name))?;
    let Some(entry) = cx.store.find(cx.now, &key) else {
        cx.reply.integer(0);
        return Ok(());
    };
    if !conditions.allow(cx.store.expires_at(entry), deadline) {
        cx.reply.integer(0);
        return Ok(());
    }
    if deadline <= cx.now.unix_ms() {
        cx.store.delete(cx.now, &key);
    } else {
        cx.store.set_deadline(cx.now, &key, Some(deadline))?;
    }
    cx.reply.integer(1);
    Ok(())
}

/// `TTL key`: seconds until the deadline; -1 without one, -2 without the key. O(1).
pub fn ttl(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_deadline(cx, request, Unit::Seconds, Base::Now);
    Ok(())
}

/// `PTTL key`: as TTL, in milliseconds. O(1).
pub fn pttl(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_deadline(cx, request, Unit::Milliseconds, Base::Now);
    Ok(())
}

/// `EXPIRETIME key`: the deadline in Unix seconds; -1 and -2 as for TTL. O(1).
pub fn expiretime(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_deadline(cx, request, Unit::Seconds, Base::Epoch);
    Ok(())
}

/// `PEXPIRETIME key`: as EXPIRETIME, in milliseconds. O(1).
pub fn pexpiretime(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_deadline(cx, request, Unit::Milliseconds, Base::Epoch);
    Ok(())
}

fn reply_deadline(cx: &mut Context<'_>, request: &Request<'_>, unit: Unit, base: Base) {
    let key = cx.key(request, 1);
    let reply = match cx.look(&key) {
        None => -2,
        Some(entry) => match cx.store.expires_at(entry) {
            None => -1,
            Some(deadline) => unit.round(match base {
                Base::Now => deadline.saturating_sub(cx.now.unix_ms()).max(0),
                Base::Epoch => deadline,
            }),
        },
    };
    cx.reply.integer(reply);
}

/// `PERSIST key`: removes the deadline; 1 if there was one. O(1).
pub fn persist(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.store.find(cx.now, &key);
    let had_deadline = entry.is_some_and(|entry| cx.store.expires_at(entry).is_some());
    if had_deadline {
        cx.store.set_deadline(cx.now, &key, None)?;
    }
    cx.reply.integer(i64::from(had_deadline));
    Ok(())
}

#[cfg(test)]
#[path = "expire_test.rs"]
mod expire_test;
