//! Lines and bulks as RESP spells them, written into room that is there in one piece: most replies
//! are one of these.
//!
//! Invariant: each returns the bytes that it wrote, and says how much room it needs.
use crate::stdx::number;

/// Bytes of the longest line of a number: its type, its digits, and the end of the line.
pub(super) const NUMBER_LINE_MAX: usize = number::I64_TEXT_SIZE_MAX + 3;

/// A type byte, a number, and the end of the line; returns the bytes written. Needs
/// `NUMBER_LINE_MAX` bytes of room.
#[inline(always)]
pub(super) fn number_line(room: &mut [u8], kind: u8, value: i64) -> usize {
    // Nearly all have one to four digits. Only they read `small`: others are cut short in it.
    let small = value.cast_unsigned() as u16;
    let first = |unit: u16| b'0' + (small / unit) as u8;
    let digit = |unit: u16| b'0' + (small / unit % 10) as u8;
    match value {
        0..10 => put(room, &[kind, first(1), b'\r', b'\n']),
        10..100 => put(room, &[kind, first(10), digit(1), b'\r', b'\n']),
        100..1_000 => put(room, &[kind, first(100), digit(10), digit(1), b'\r', b'\n']),
        1_000..10_000 => {
            put(room, &[kind, first(1_000), digit(100), digit(10), digit(1), b'\r', b'\n'])
        }
        _ => long_number_line(room, kind, value),
    }
}

fn long_number_line(room: &mut [u8], kind: u8, value: i64) -> usize {
    let mut digits = [0; number::I64_TEXT_SIZE_MAX];
    let digits = number::format_i64(value, &mut digits);
    room[0] = kind;
    let size = 1 + put(&mut room[1..], digits);
    size + put(&mut room[size..], b"\r\n")
}

/// `$size`, the content, and the end of the line; returns the bytes written. Needs
/// `NUMBER_LINE_MAX + 2` bytes of room more than the content.
#[inline(always)]
pub(super) fn bulk(room: &mut [u8], content: &[u8]) -> usize {
    let start = number_line(room, b'$', (content.len() as u64).cast_signed());
    start + line(&mut room[start..], content)
}

/// `+text`, and the end of the line; returns the bytes written. Needs three bytes of room more than
/// the text.
#[inline(always)]
pub(super) fn simple(room: &mut [u8], text: &[u8]) -> usize {
    room[0] = b'+';
    1 + line(&mut room[1..], text)
}

#[inline(always)]
fn line(room: &mut [u8], content: &[u8]) -> usize {
    let size = put(room, content);
    size + put(&mut room[size..], b"\r\n")
}

#[inline(always)]
fn put(room: &mut [u8], bytes: &[u8]) -> usize {
    room[..bytes.len()].copy_from_slice(bytes);
    bytes.len()
}
