//! Strings as bits. Bit 0 is the highest bit of the first byte, as in Redis.
//!
//! `bit` reads and writes single bits, `count` counts and finds them, `combine` is BITOP, `field`
//! is BITFIELD. `words` holds what is done to slices, eight bytes at a time. Values are read in
//! chunks, since a large one is a rope; nothing is copied but what a command replies or writes.
pub mod bit;
pub mod combine;
pub mod count;
pub mod field;
mod words;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::stdx::number;
use crate::store::Text;

/// The offset of a bit: not negative, and within the longest string.
fn bit_offset(cx: &Context<'_>, argument: &[u8]) -> Result<u64, CommandError> {
    scaled_bit_offset(cx.store.tuning.value_size_max, argument, 1)
}

/// The offset of a bit, in units of `scale` bits, within a string of `value_size_max` bytes.
fn scaled_bit_offset(value_size_max: u64, digits: &[u8], scale: i64) -> Result<u64, CommandError> {
    number::parse_i64(digits)
        .and_then(|offset| offset.checked_mul(scale))
        .and_then(|offset| u64::try_from(offset).ok())
        .filter(|offset| offset / 8 < value_size_max)
        .ok_or(CommandError::Line("ERR bit offset is not an integer or out of range"))
}

/// Copies the bytes of `text` from `start` on into `bytes`, zeros where there are none.
fn copy_bytes(text: Option<Text<'_>>, start: u64, bytes: &mut [u8]) {
    let copied_size = text.map_or(0, |text| text.read(start, bytes));
    bytes[copied_size..].fill(0);
}
