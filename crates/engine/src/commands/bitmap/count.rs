//! BITCOUNT and BITPOS: ranges in bytes or in bits.
//!
//! A range of bits is one of whole bytes whose first and last byte are masked. Everything is
//! parsed before the key is looked up, so that a wrong argument is an error for a missing key too.
use super::{copy_bytes, words};
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::string::range::{absolute_range, is_backward};
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::Text;

/// What a range counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Unit {
    Byte,
    Bit,
}

fn unit(argument: &[u8]) -> Result<Unit, CommandError> {
    if is_word(argument, "BIT") {
        return Ok(Unit::Bit);
    }
    if is_word(argument, "BYTE") {
        return Ok(Unit::Byte);
    }
    Err(CommandError::SYNTAX)
}

/// The bits `start..end` of a string.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Bits {
    start: u64,
    end: u64,
}

impl Bits {
    /// From inclusive positions, negative ones counted from the end; `None` if that is empty.
    fn within(size: u64, start: i64, end: i64, unit: Unit) -> Option<Self> {
        let scale = match unit {
            Unit::Byte => 8,
            Unit::Bit => 1,
        };
        let (start, end) = absolute_range(start, end, size * 8 / scale)?;
        Some(Self { start: start * scale, end: end * scale })
    }

    /// Bytes that hold them.
    const fn byte_count(self) -> u64 {
        self.end.div_ceil(8) - self.start / 8
    }

    /// Visits the bytes that hold them, in pieces, each with the position of its first bit, until
    /// `visit` says that it has seen enough. Bits of the first and last byte that do not belong
    /// are shown as `filler`.
    fn visit(self, text: &Text<'_>, filler: bool, mut visit: impl FnMut(u64, &[u8]) -> bool) {
        let (first, last) = (self.start / 8, (self.end - 1) / 8);
        let masked = |index: u64, visit: &mut dyn FnMut(u64, &[u8]) -> bool| {
            let mut byte = [0];
            copy_bytes(Some(*text), index, &mut byte);
            visit(index * 8, &[self.mask(index, byte[0], filler)])
        };
        if !masked(first, &mut visit) || first == last {
            return;
        }
        let mut index = first + 1;
        for chunk in text.chunks(index, last) {
            if !visit(index * 8, chunk) {
                return;
            }
            index += chunk.len() as u64;
        }
        masked(last, &mut visit);
    }

    /// The byte at `index` with the bits outside of the range set to `filler`.
    const fn mask(self, index: u64, byte: u8, filler: bool) -> u8 {
        let mut inside = 0xFF_u8;
        if index == self.start / 8 {
            inside &= 0xFF >> (self.start % 8);
        }
        if index == (self.end - 1) / 8 {
            inside &= 0xFF << (7 - (self.end - 1) % 8);
        }
        if filler { byte | !inside } else { byte & inside }
    }
}

const TOO_LARGE: &str =
    "OOM command-work-max: the range is too large for one command; use smaller ranges";

/// `BITCOUNT key [start end [BYTE | BIT]]`: count of bits that are set. O(size of the range), up
/// to `command-work-max`.
pub fn bitcount(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let (start, end, unit) = match request.argument_count() {
        2 => (0, -1, Unit::Byte),
        4 => (integer(request.argument(2))?, integer(request.argument(3))?, Unit::Byte),
        5 => {
            let (start, end) = (integer(request.argument(2))?, integer(request.argument(3))?);
            (start, end, unit(request.argument(4))?)
        }
        _ => return Err(CommandError::SYNTAX),
    };
    let mut count = 0;
    if let Some(entry) = cx.read_string(&key)? {
        let text = cx.store.string(entry)?;
        if !is_backward(start, end)
            && let Some(bits) = Bits::within(text.size(), start, end, unit)
        {
            work::check(cx, bits.byte_count(), TOO_LARGE)?;
            bits.visit(&text, false, |_, bytes| {
                count += words::count(bytes);
                true
            });
        }
    }
    cx.reply.integer(count.cast_signed());
    Ok(())
}

/// `BITPOS key bit [start [end [BYTE | BIT]]]`: position of the first bit that is `bit`; -1 if
/// there is none. Without `end`, a string is followed by zeros for ever. O(size of the range), up
/// to `command-work-max`.
pub fn bitpos(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let wanted = match integer(request.argument(2))? {
        0 => false,
        1 => true,
        _ => return Err(CommandError::Line("ERR The bit argument must be 1 or 0.")),
    };
    let count = request.argument_count();
    if count > 6 {
        return Err(CommandError::SYNTAX);
    }
    let start = if count > 3 { integer(request.argument(3))? } else { 0 };
    let unit = if count > 5 { unit(request.argument(5))? } else { Unit::Byte };
    let end = if count > 4 { integer(request.argument(4))? } else { -1 };
    let Some(entry) = cx.read_string(&key)? else {
        cx.reply.integer(if wanted { -1 } else { 0 });
        return Ok(());
    };
    let text = cx.store.string(entry)?;
    let mut found = None;
    if let Some(bits) = Bits::within(text.size(), start, end, unit) {
        work::check(cx, bits.byte_count(), TOO_LARGE)?;
        bits.visit(&text, !wanted, |first, bytes| {
            found = words::find(bytes, wanted).map(|position| first + position);
            found.is_none()
        });
        if found.is_none() && !wanted && count < 5 {
            found = Some(text.size() * 8);
        }
    }
    cx.reply.integer(found.map_or(-1, u64::cast_signed));
    Ok(())
}

#[cfg(test)]
#[path = "count_test.rs"]
mod count_test;
