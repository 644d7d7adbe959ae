//! The options that SET and GETEX share: deadlines, conditions, and what excludes what.
//!
//! As in Redis, an option that is repeated is accepted and the last one counts; options of
//! different names that contradict each other are a syntax error.
use crate::clock::Now;
use crate::commands::arguments::{integer, is_word};
use crate::commands::error::CommandError;
use crate::commands::expire::{Base, Unit, deadline};
use crate::resp::request::Request;
use crate::store::Expiry;

/// Which command is asking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asking {
    /// SET: conditions, GET and KEEPTTL.
    Set,
    /// GETEX: PERSIST.
    GetEx,
}

/// NX or XX.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Condition {
    /// NX: only if the key is missing.
    Missing,
    /// XX: only if the key exists.
    Existing,
}

/// What becomes of the deadline, as asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Lifetime<'a> {
    /// EX, PX, EXAT or PXAT with its number.
    Until { unit: Unit, base: Base, amount: &'a [u8] },
    /// KEEPTTL.
    Keep,
    /// PERSIST.
    Persist,
}

/// Parsed options.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Options<'a> {
    pub(super) condition: Option<Condition>,
    pub(super) get: bool,
    lifetime: Option<Lifetime<'a>>,
}

const DEADLINES: [(&str, Unit, Base); 4] = [
    ("EX", Unit::Seconds, Base::Now),
    ("PX", Unit::Milliseconds, Base::Now),
    ("EXAT", Unit::Seconds, Base::Epoch),
    ("PXAT", Unit::Milliseconds, Base::Epoch),
];

impl<'a> Options<'a> {
    /// Parses the arguments from `first` on.
    pub(super) fn parse(
        request: &Request<'a>,
        first: usize,
        asking: Asking,
    ) -> Result<Self, CommandError> {
        let mut options = Self::default();
        let mut index = first;
        while index < request.argument_count() {
            let word = request.argument(index);
            if let Some((_, unit, base)) = DEADLINES.iter().find(|row| is_word(word, row.0)) {
                if index + 1 == request.argument_count() {
                    return Err(CommandError::SYNTAX);
                }
                index += 1;
                let amount = request.argument(index);
                options.choose(Lifetime::Until { unit: *unit, base: *base, amount })?;
            } else if asking == Asking::GetEx && is_word(word, "PERSIST") {
                options.choose(Lifetime::Persist)?;
            } else if asking == Asking::Set {
                options.parse_for_set(word)?;
            } else {
                return Err(CommandError::SYNTAX);
            }
            index += 1;
        }
        Ok(options)
    }

    fn parse_for_set(&mut self, word: &[u8]) -> Result<(), CommandError> {
        if is_word(word, "KEEPTTL") {
            return self.choose(Lifetime::Keep);
        }
        if is_word(word, "GET") {
            self.get = true;
            return Ok(());
        }
        let condition = if is_word(word, "NX") {
            Condition::Missing
        } else if is_word(word, "XX") {
            Condition::Existing
        } else {
            return Err(CommandError::SYNTAX);
        };
        if self.condition.is_some_and(|other| other != condition) {
            return Err(CommandError::SYNTAX);
        }
        self.condition = Some(condition);
        Ok(())
    }

    /// Takes `lifetime` unless an option of another name was there before.
    fn choose(&mut self, lifetime: Lifetime<'a>) -> Result<(), CommandError> {
        let compatible = match (self.lifetime, lifetime) {
            (None, _) => true,
            (
                Some(Lifetime::Until { unit, base, .. }),
                Lifetime::Until { unit: other_unit, base: other_base, .. },
            ) => unit == other_unit && base == other_base,
            (Some(before), after) => before == after,
        };
        if !compatible {
            return Err(CommandError::SYNTAX);
        }
        self.lifetime = Some(lifetime);
        Ok(())
    }

    /// What SET does to the deadline.
    pub(super) fn expiry(&self, now: Now) -> Result<Expiry, CommandError> {
        Ok(match self.lifetime {
            None | Some(Lifetime::Persist) => Expiry::Clear,
            Some(Lifetime::Keep) => Expiry::Keep,
            Some(Lifetime::Until { unit, base, amount }) => {
                Expiry::At(future(now, integer(amount)?, unit, base, "set")?)
            }
        })
    }

    /// What GETEX does to the deadline: without an option, nothing.
    pub(super) fn change(&self, now: Now) -> Result<Expiry, CommandError> {
        Ok(match self.lifetime {
            None | Some(Lifetime::Keep) => Expiry::Keep,
            Some(Lifetime::Persist) => Expiry::Clear,
            Some(Lifetime::Until { unit, base, amount }) => {
                Expiry::At(future(now, integer(amount)?, unit, base, "getex")?)
            }
        })
    }
}

/// The deadline that a value is stored with. Zero and negative amounts are errors, a point in the
/// past is not. `name` is the command's.
pub(super) fn future(
    now: Now,
    amount: i64,
    unit: Unit,
    base: Base,
    name: &'static str,
) -> Result<i64, CommandError> {
    if amount <= 0 {
        return Err(CommandError::ExpireTime(name));
    }
    deadline(now, amount, unit, base).ok_or(CommandError::ExpireTime(name))
}

#[cfg(test)]
#[path = "options_test.rs"]
mod options_test;
