//! Integers and doubles as text, exactly as Redis 7.2 reads and prints them.
//!
//! Strict where Redis is strict: an integer has one spelling, so that a text that parses can be
//! stored and printed again without a change. Everything writes into arrays of the caller.
use core::fmt::Write as _;

/// Bytes that every printed `i64` fits in.
pub const I64_TEXT_SIZE_MAX: usize = 20;

/// Bytes that every printed double fits in: a sign, 17 digits and 7 zeros at most.
pub const DOUBLE_TEXT_SIZE_MAX: usize = 32;

/// An integer in its one spelling: no plus, no leading zeros, no spaces, no `-0`, and within the
/// range of `i64`.
pub fn parse_i64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() < I64_TEXT_SIZE_MAX => {}
        _ => return None,
    }
    // Collected as a negative number, because its range is the larger one.
    let mut value: i64 = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value.checked_mul(10)?.checked_sub((byte - b'0') as i64)?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// Prints `value` at the end of `room` and returns the text.
pub fn format_i64(value: i64, room: &mut [u8; I64_TEXT_SIZE_MAX]) -> &[u8] {
    let mut start = format_digits(value.unsigned_abs(), room);
    if value < 0 {
        start -= 1;
        room[start] = b'-';
    }
    &room[start..]
}

/// Prints `value` at the end of `room` and returns the text.
pub fn format_u64(value: u64, room: &mut [u8; I64_TEXT_SIZE_MAX]) -> &[u8] {
    let start = format_digits(value, room);
    &room[start..]
}

fn format_digits(mut value: u64, room: &mut [u8; I64_TEXT_SIZE_MAX]) -> usize {
    let mut start = room.len();
    loop {
        start -= 1;
        room[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            return start;
        }
    }
}

/// How many bytes `value` prints as.
pub fn i64_text_size(value: i64) -> usize {
    format_i64(value, &mut [0; I64_TEXT_SIZE_MAX]).len()
}

/// Prints `value` as Redis 7.2 does in replies of both protocols: integers up to 2^62 as integers,
/// the rest with the fewest digits that read back as the same double.
pub fn format_double(value: f64, room: &mut [u8; DOUBLE_TEXT_SIZE_MAX]) -> &[u8] {
    let mut text = Text { room, size: 0 };
    if value.is_nan() {
        text.push(b"nan");
    } else if value.is_infinite() {
        text.push(if value < 0.0 { b"-inf" } else { b"inf" });
    } else if value == 0.0 {
        text.push(if value.is_sign_negative() { b"-0" } else { b"0" });
    } else if let Some(integer) = integer_of(value) {
        text.push(format_i64(integer, &mut [0; I64_TEXT_SIZE_MAX]));
    } else {
        push_shortest(value, &mut text);
    }
    let Text { room, size } = text;
    &room[..size]
}

/// Prints a `value` below 1000 as `%.17Lf` of C does, without zeros at the end: what Redis calls a
/// number for humans.
pub fn format_decimal(value: f64, room: &mut [u8; DOUBLE_TEXT_SIZE_MAX]) -> &[u8] {
    assert!(value.abs() < 1_000.0, "a number has three digits before the point");
    let (whole, mut fraction) = decimal_parts(value.abs());
    let mut text = Text { room, size: 0 };
    if value < 0.0 && (whole, fraction) != (0, 0) {
        text.push(b"-");
    }
    text.push(format_u64(whole, &mut [0; I64_TEXT_SIZE_MAX]));
    if fraction > 0 {
        text.push(b".");
        let mut digits = [b'0'; FRACTION_DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit += (fraction % 10) as u8;
            fraction /= 10;
        }
        let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
        text.push(&digits[..FRACTION_DIGITS - zeros]);
    }
    let Text { room, size } = text;
    &room[..size]
}

/// Digits behind the point of a number for humans.
const FRACTION_DIGITS: usize = 17;

/// The whole part of a positive `value` below 1000, and its fraction in units of the last digit,
/// rounded to the nearest one, and to the even one of two.
fn decimal_parts(value: f64) -> (u64, u64) {
    const UNITS: u64 = 10_u64.pow(FRACTION_DIGITS as u32);
    const MANTISSA_BITS: u32 = 52;
    let bits = value.to_bits();
    let mantissa = bits & ((1 << MANTISSA_BITS) - 1) | 1 << MANTISSA_BITS;
    // The value is the mantissa divided by two to the power of `shift`: 43 for the largest.
    let shift = 1_023 + MANTISSA_BITS - (bits >> MANTISSA_BITS) as u32;
    if shift >= u128::BITS {
        return (0, 0);
    }
    let whole = mantissa.checked_shr(shift).unwrap_or(0);
    let rest = mantissa - whole.checked_shl(shift).unwrap_or(0);
    let scaled = u128::from(rest) * u128::from(UNITS);
    let (below, behind) = ((scaled >> shift) as u64, scaled & ((1 << shift) - 1));
    let half = 1 << (shift - 1);
    let fraction = below + u64::from(behind > half || behind == half && below % 2 == 1);
    if fraction == UNITS { (whole + 1, 0) } else { (whole, fraction) }
}

/// The integer that `value` is, within the range in which Redis prints integers.
#[expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "an exact integer is compared with its double"
)]
fn integer_of(value: f64) -> Option<i64> {
    const BOUND: f64 = (1_u64 << 62) as f64;
    let integer = value as i64;
    (value.abs() <= BOUND && integer as f64 == value).then_some(integer)
}

/// The layout is the one of Redis: plain digits up to 7 appended zeros, a point up to 6 places
/// before the first digit, else an exponent.
fn push_shortest(value: f64, text: &mut Text<'_>) {
    let mut shortest = [0; DOUBLE_TEXT_SIZE_MAX];
    let mut room = Text { room: &mut shortest, size: 0 };
    write!(room, "{:e}", value.abs()).expect("17 digits and an exponent fit");
    let size = room.size;
    let mut digits = [0; 17];
    let (digits, magnitude) = split_exponent(&shortest[..size], &mut digits);

    if value < 0.0 {
        text.push(b"-");
    }
    let count = i32::try_from(digits.len()).expect("17 digits at most");
    // The value is `digits` times ten to the power of `scale`.
    let scale = magnitude - count + 1;
    if scale >= 0 && magnitude < count + 7 {
        text.push(digits);
        text.push(&b"0000000"[..scale.unsigned_abs() as usize]);
    } else if scale < 0 && (scale > -7 || magnitude.abs() < 4) {
        if magnitude < 0 {
            text.push(b"0.");
            text.push(&b"000000"[..magnitude.unsigned_abs() as usize - 1]);
            text.push(digits);
        } else {
            let (whole, fraction) = digits.split_at(magnitude.unsigned_abs() as usize + 1);
            text.push(whole);
            text.push(b".");
            text.push(fraction);
        }
    } else {
        text.push(&digits[..1]);
        if count > 1 {
            text.push(b".");
            text.push(&digits[1..]);
        }
        text.push(if magnitude < 0 { b"e-" } else { b"e+" });
        text.push(format_i64(magnitude.abs() as i64, &mut [0; I64_TEXT_SIZE_MAX]));
    }
}

/// `1.25e-7` is the digits 125 and the magnitude -7.
fn split_exponent<'a>(text: &[u8], room: &'a mut [u8; 17]) -> (&'a [u8], i32) {
    let mut count = 0;
    for (index, &byte) in text.iter().enumerate() {
        match byte {
            b'.' => {}
            b'e' => {
                let magnitude = parse_i64(&text[index + 1..]).expect("core prints an exponent");
                return (&room[..count], magnitude as i32);
            }
            digit => {
                room[count] = digit;
                count += 1;
            }
        }
    }
    unreachable!("core prints an exponent");
}

/// A text that grows within its room; a text that does not fit is a bug.
struct Text<'a> {
    room: &'a mut [u8; DOUBLE_TEXT_SIZE_MAX],
    size: usize,
}

impl Text<'_> {
    fn push(&mut self, bytes: &[u8]) {
        self.room[self.size..][..bytes.len()].copy_from_slice(bytes);
        self.size += bytes.len();
    }
}

impl core::fmt::Write for Text<'_> {
    fn write_str(&mut self, part: &str) -> core::fmt::Result {
        self.push(part.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
#[path = "number_test.rs"]
mod number_test;
