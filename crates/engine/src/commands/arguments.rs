//! Arguments to numbers and words, with Redis' own texts for what they are not.
//!
//! Pure but for `database`, which has to know how many databases there are.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::stdx::number;
use core::ops::Range;

/// A 64-bit integer in its one spelling.
pub fn integer(argument: &[u8]) -> Result<i64, CommandError> {
    number::parse_i64(argument).ok_or(CommandError::NOT_AN_INTEGER)
}

/// A whole number of `least` or more; anything else is answered with `refusal`.
pub fn count(argument: &[u8], least: u64, refusal: &'static str) -> Result<u64, CommandError> {
    let count = integer(argument).ok().and_then(|count| u64::try_from(count).ok());
    count.filter(|count| *count >= least).ok_or(CommandError::Line(refusal))
}

/// How many elements a command takes out.
pub fn pop_count(argument: &[u8]) -> Result<u64, CommandError> {
    count(argument, 0, "ERR value is out of range, must be positive")
}

/// A count with a sign that says something else: any integer but the one that is only negative.
pub fn signed_count(argument: &[u8]) -> Result<i64, CommandError> {
    match integer(argument)? {
        i64::MIN => Err(CommandError::Line(
            "ERR value is out of range, value must between -9223372036854775807 and \
             9223372036854775807",
        )),
        count => Ok(count),
    }
}

/// Where the keys are behind the argument `position`, which counts them. Where there are not so
/// many arguments, `missing` is answered.
pub fn counted_keys(
    request: &Request<'_>,
    position: usize,
    missing: CommandError,
) -> Result<Range<usize>, CommandError> {
    let refusal = "ERR numkeys should be greater than 0";
    let (first, key_count) = (position + 1, count(request.argument(position), 1, refusal)?);
    if key_count > (request.argument_count() - first) as u64 {
        return Err(missing);
    }
    Ok(first..first + key_count as usize)
}

/// A 32-bit integer: what Redis asks of the number of a database.
pub fn small_integer(argument: &[u8]) -> Result<i32, CommandError> {
    let value = integer(argument)?;
    i32::try_from(value).map_err(|_| {
        CommandError::Line(
            "ERR value is out of range, value must between -2147483648 and 2147483647",
        )
    })
}

/// Is `argument` the keyword `word`, in any case?
pub fn is_word(argument: &[u8], word: &str) -> bool {
    argument.eq_ignore_ascii_case(word.as_bytes())
}

/// The number of a database that exists.
pub fn database(cx: &Context<'_>, number: i32) -> Result<u8, CommandError> {
    match u8::try_from(number) {
        Ok(database) if u32::from(database) < cx.limits.databases => Ok(database),
        _ => Err(CommandError::Line("ERR DB index is out of range")),
    }
}

/// A cursor of SCAN: decimal digits up to 2^64 - 1. Redis also takes no digits at all for 0, and a
/// sign: a negative cursor wraps around, which is beyond every end.
pub fn cursor(argument: &[u8]) -> Result<u64, CommandError> {
    const INVALID: CommandError = CommandError::Line("ERR invalid cursor");
    let (negative, digits) = match argument {
        [b'-' | b'+'] => return Err(INVALID),
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let cursor = digits.iter().try_fold(0_u64, |cursor, &byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return Err(INVALID);
        }
        cursor.checked_mul(10).and_then(|c| c.checked_add(u64::from(digit))).ok_or(INVALID)
    })?;
    Ok(if negative { cursor.wrapping_neg() } else { cursor })
}

#[cfg(test)]
#[path = "arguments_test.rs"]
mod arguments_test;
