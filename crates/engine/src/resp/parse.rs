//! The fast half of parsing: a complete request, recognized where it lies in a receive buffer.
//!
//! It knows only the well-formed and says `None` to everything else: incomplete, unusual (quotes in
//! an inline request) or wrong. Then `Partial` reads the same bytes and has the last word.
//!
//! Invariant: what is recognized here, `Partial` reads as the same arguments; a test proves it for
//! every sample.
use crate::memory::blocks::Span;
use crate::resp::grammar::Bounds;
use memchr::{memchr, memchr2};

/// A complete request in a buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parsed {
    /// Where the next request begins.
    pub end: u32,
    /// How many spans were filled. 0: an empty line or an empty array, to be skipped.
    pub argument_count: u32,
}

/// The request that begins at `start` of `bytes`, its arguments in `spans`.
#[inline]
pub fn parse(bytes: &[u8], start: u32, spans: &mut [Span], bounds: &Bounds) -> Option<Parsed> {
    if !bounds.authenticated {
        // Strangers have bounds of their own.
        return None;
    }
    if bytes.get(start as usize) == Some(&b'*') {
        parse_multibulk(bytes, start as usize, spans, bounds)
    } else {
        parse_inline(bytes, start as usize, spans, bounds)
    }
}

fn parse_multibulk(
    bytes: &[u8],
    start: usize,
    spans: &mut [Span],
    bounds: &Bounds,
) -> Option<Parsed> {
    let mut at = start;
    let argument_count = number(bytes, &mut at, b'*')?;
    if argument_count > bounds.arguments_max as usize {
        return None;
    }
    for span in spans.get_mut(..argument_count)? {
        let size = number(bytes, &mut at, b'$')?;
        let end = at + size;
        if bytes.get(end..end + 2)? != b"\r\n" {
            return None;
        }
        *span = Span { start: at as u32, size: size as u32 };
        at = end + 2;
    }
    Some(Parsed { end: at as u32, argument_count: argument_count as u32 })
}

/// The line of a count or a size that begins with `mark`, if it is one that a buffer can hold. `at`
/// moves behind it.
#[inline(always)]
fn number(bytes: &[u8], at: &mut usize, mark: u8) -> Option<usize> {
    let (&first, line) = bytes.get(*at..)?.split_first()?;
    if first != mark {
        return None;
    }
    // Nearly all have one to four digits.
    let (value, size) = match *line {
        [a @ b'0'..=b'9', b'\r', b'\n', ..] => (digit(a), 3),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', b'\r', b'\n', ..] => (digit(a) * 10 + digit(b), 4),
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b'\r', b'\n', ..] => {
            (digit(a) * 100 + digit(b) * 10 + digit(c), 5)
        }
        [a @ b'1'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', d @ b'0'..=b'9', b'\r', b'\n', ..] => {
            (digit(a) * 1_000 + digit(b) * 100 + digit(c) * 10 + digit(d), 6)
        }
        _ => long_number(line)?,
    };
    *at += 1 + size;
    Some(value)
}

const fn digit(byte: u8) -> usize {
    (byte - b'0') as usize
}

/// The number at the start of `line`, and the bytes that it takes with its line end.
fn long_number(line: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, &byte) in line.iter().enumerate() {
        match byte {
            b'\r' if index > 0 => {
                return (*line.get(index + 1)? == b'\n').then_some((value, index + 2));
            }
            // No leading zeros, and nothing longer than a buffer.
            b'0'..=b'9' if (index == 0 || value > 0) && value < 100_000 => {
                value = value * 10 + digit(byte);
            }
            _ => return None,
        }
    }
    None
}

fn parse_inline(bytes: &[u8], start: usize, spans: &mut [Span], bounds: &Bounds) -> Option<Parsed> {
    let rest = bytes.get(start..)?;
    let line = &rest[..memchr(b'\n', rest)?];
    if memchr2(b'"', b'\'', line).is_some() {
        return None;
    }
    let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let mut argument_count = 0;
    let mut at = 0;
    loop {
        // A vertical tab or a form feed is a space between words, but a letter within one.
        let is_gap = |byte: &u8| is_end(byte) || matches!(byte, 0x0B | 0x0C);
        let Some(gap) = line[at..].iter().position(|byte| !is_gap(byte)) else { break };
        at += gap;
        let rest = &line[at..];
        let size = rest.iter().position(is_end).unwrap_or(rest.len());
        if argument_count >= bounds.arguments_max {
            return None;
        }
        let span = spans.get_mut(argument_count as usize)?;
        *span = Span { start: (start + at) as u32, size: size as u32 };
        argument_count += 1;
        at += size;
    }
    Some(Parsed { end: (start + line.len() + 1) as u32, argument_count })
}
