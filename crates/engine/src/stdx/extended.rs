//! 80-bit floats as INCRBYFLOAT of Redis computes with on x86: read as glibc's `strtold` reads,
//! added with a mantissa of 64 bits, printed as `%.17Lf` without the trailing zeros.
//!
//! All three are exact, rounded once, to nearest with ties to even; why we do not compute in
//! doubles is in `docs/decisions`. No allocation: the exact numbers in between fit in fixed arrays.
//!
//! Invariant: the mantissa's highest bit is set unless the exponent is the smallest one
//! (subnormal numbers, and zero).
use super::natural::Natural;

/// Bytes that every printed number fits in: a sign, and 4,933 digits before the point.
pub const EXTENDED_TEXT_SIZE_MAX: usize = 4_934;

/// Texts of this size and above are not read: so it is in Redis.
const TEXT_SIZE_END: usize = 5 * 1024;

/// Of the last bit of subnormal numbers.
const EXPONENT_MIN: i32 = -16_445;
/// Of the last bit of the largest numbers.
const EXPONENT_MAX: i32 = 16_383 - 63;
const EXPONENT_INFINITE: i32 = i32::MAX;

/// 10 to this power and above is infinite, or 0 if negative, whatever the rounding.
const MAGNITUDE_MAX: i64 = 4_933;
const MAGNITUDE_MIN: i64 = -4_951;

/// Digits after the point in print.
const FRACTION_DIGITS: u32 = 17;

/// A number, or an infinity: `mantissa * 2^exponent`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extended {
    negative: bool,
    exponent: i32,
    mantissa: u64,
}

impl Extended {
    /// Zero: what INCRBYFLOAT adds to if the key does not exist.
    pub const ZERO: Self = Self { negative: false, exponent: EXPONENT_MIN, mantissa: 0 };

    const INFINITY: Self = Self { negative: false, exponent: EXPONENT_INFINITE, mantissa: 0 };

    /// Reads a number; none if Redis says "value is not a valid float". Decimal or hexadecimal
    /// with an optional exponent, or an infinity (which can be read, but not added).
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() >= TEXT_SIZE_END {
            return None;
        }
        let (negative, rest) = split_sign(text);
        let magnitude =
            if rest.eq_ignore_ascii_case(b"inf") || rest.eq_ignore_ascii_case(b"infinity") {
                Self::INFINITY
            } else if let [b'0', b'x' | b'X', digits @ ..] = rest {
                parse_hexadecimal(digits)?
            } else {
                parse_decimal(rest)?
            };
        Some(Self { negative, ..magnitude })
    }

    /// The sum; none if it would be infinite or not a number.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.is_infinite() || other.is_infinite() {
            return None;
        }
        let (high, low) =
            if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        // 62 bits below the last one: more than rounding can see, but for whether all are 0.
        let exponent = high.exponent - 62;
        let high_wide = u128::from(high.mantissa) << 62;
        let (low_wide, rest) =
            shifted_right(u128::from(low.mantissa) << 62, high.exponent.abs_diff(low.exponent));
        let sum = if high.negative == low.negative {
            Self::rounded(high_wide + low_wide, exponent, rest).with_sign(high.negative)
        } else if high_wide >= low_wide {
            // What was cut off is subtracted too: one less, and a rest the other way round.
            let difference = high_wide - low_wide - u128::from(rest);
            Self::rounded(difference, exponent, rest).with_sign(high.negative && difference > 0)
        } else {
            assert!(!rest, "a number with a smaller exponent is not larger");
            Self::rounded(low_wide - high_wide, exponent, false).with_sign(low.negative)
        };
        (!sum.is_infinite()).then_some(sum)
    }

    /// It is an infinity: can be read, but not added or printed.
    pub const fn is_infinite(self) -> bool {
        self.exponent == EXPONENT_INFINITE
    }

    const fn with_sign(self, negative: bool) -> Self {
        Self { negative, ..self }
    }

    /// The nearest number to `(wide + rest) * 2^exponent`, where `rest` is something between 0 and
    /// 1 if there is one. With a rest, `wide` has more than 64 bits, or the result is subnormal.
    fn rounded(wide: u128, exponent: i32, rest: bool) -> Self {
        if wide == 0 && !rest {
            return Self::ZERO;
        }
        let bit_count = (128 - wide.leading_zeros()).cast_signed();
        // Bits that have to go.
        let shift = (bit_count - 64).max(EXPONENT_MIN - exponent);
        let mut exponent = exponent + shift;
        let mut mantissa = if shift <= 0 {
            assert!(!rest, "bits are missing");
            wide << shift.unsigned_abs()
        } else {
            round_shift_right(wide, shift.unsigned_abs(), rest)
        };
        if mantissa >> 64 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
        if exponent > EXPONENT_MAX {
            return Self::INFINITY;
        }
        Self { negative: false, exponent, mantissa: mantissa as u64 }
    }

    /// Prints the number as Redis does: 17 digits after the point, rounded, without trailing
    /// zeros; never `-0`. Infinities are not printed.
    pub fn format(self, room: &mut [u8; EXTENDED_TEXT_SIZE_MAX]) -> &[u8] {
        assert!(!self.is_infinite(), "sums are finite");
        let mut text = Backwards { start: room.len(), room };
        let mut is_zero = false;
        if self.exponent >= 0 {
            let mut whole = Natural::new(self.mantissa);
            whole.shift_left(self.exponent.unsigned_abs());
            loop {
                let group = whole.divide_by_billion();
                if whole.is_zero() {
                    text.push_number(u64::from(group));
                    break;
                }
                text.push_digits(u64::from(group), 9);
            }
        } else {
            let unit = 10_u64.pow(FRACTION_DIGITS);
            let scaled = u128::from(self.mantissa) * u128::from(unit);
            let scaled = round_shift_right(scaled, self.exponent.unsigned_abs(), false);
            let (whole, mut fraction) =
                ((scaled / u128::from(unit)) as u64, (scaled % u128::from(unit)) as u64);
            if fraction > 0 {
                let mut digit_count = FRACTION_DIGITS;
                while fraction.is_multiple_of(10) {
                    fraction /= 10;
                    digit_count -= 1;
                }
                text.push_digits(fraction, digit_count);
                text.push(b'.');
            }
            text.push_number(whole);
            is_zero = scaled == 0;
        }
        if self.negative && !is_zero {
            text.push(b'-');
        }
        let start = text.start;
        &room[start..]
    }
}

/// A text that grows from its end.
struct Backwards<'a> {
    room: &'a mut [u8; EXTENDED_TEXT_SIZE_MAX],
    start: usize,
}

impl Backwards<'_> {
    fn push(&mut self, byte: u8) {
        self.start -= 1;
        self.room[self.start] = byte;
    }

    /// The last `count` digits of `number`.
    fn push_digits(&mut self, mut number: u64, count: u32) {
        for _ in 0..count {
            self.push(b'0' + (number % 10) as u8);
            number /= 10;
        }
    }

    fn push_number(&mut self, number: u64) {
        self.push_digits(number, number.checked_ilog10().unwrap_or(0) + 1);
    }
}

/// `wide / 2^bits` rounded down, and whether anything was cut off.
fn shifted_right(wide: u128, bits: u32) -> (u128, bool) {
    let shifted = wide.checked_shr(bits).unwrap_or(0);
    (shifted, shifted.checked_shl(bits).unwrap_or(0) != wide)
}

/// `(wide + rest) / 2^bits` rounded to nearest, ties to even; `bits` is at least 1.
fn round_shift_right(wide: u128, bits: u32, rest: bool) -> u128 {
    let (doubled, cut) = shifted_right(wide, bits - 1);
    let (floor, half) = (doubled >> 1, doubled & 1 == 1);
    floor + u128::from(half && (cut || rest || floor & 1 == 1))
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    }
}

/// A number's digits without leading zeros, and the power by which its last one counts.
struct Scanned<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

impl<'a> Scanned<'a> {
    /// Splits `digits[.digits][marker[sign]digits]`; none if it is not all of the text.
    fn new(text: &'a [u8], is_digit: fn(&u8) -> bool, marker: u8) -> Option<Self> {
        let digits_at = |text: &'a [u8]| {
            text.split_at(text.iter().position(|byte| !is_digit(byte)).unwrap_or(text.len()))
        };
        let (whole, rest) = digits_at(text);
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => digits_at(rest),
            rest => (&[][..], rest),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let exponent = match rest {
            [] => 0,
            [first, rest @ ..] if first.eq_ignore_ascii_case(&marker) => parse_exponent(rest)?,
            _ => return None,
        };
        Some(Self { whole, fraction, exponent })
    }

    /// The digits that count, from the first one that is not 0.
    fn significant(&self) -> impl Iterator<Item = u8> + Clone + use<'a> {
        self.whole.iter().chain(self.fraction).copied().skip_while(|&digit| digit == b'0')
    }
}

/// `[sign]digits`; beyond a million it makes no difference, since mantissas have 5,119 digits.
fn parse_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() {
        return None;
    }
    let mut exponent: i64 = 0;
    for &byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        exponent = (exponent * 10 + i64::from(byte - b'0')).min(1_000_000);
    }
    Some(if negative { -exponent } else { exponent })
}

fn parse_decimal(text: &[u8]) -> Option<Extended> {
    let scanned = Scanned::new(text, u8::is_ascii_digit, b'e')?;
    let exponent = scanned.exponent - scanned.fraction.len() as u32 as i64;
    let digit_count = scanned.significant().count() as u32;
    if digit_count == 0 {
        return Some(Extended::ZERO);
    }
    let magnitude = i64::from(digit_count) + exponent;
    if magnitude > MAGNITUDE_MAX || magnitude <= MAGNITUDE_MIN {
        return None;
    }
    let power = exponent.unsigned_abs() as u32;
    let value = if digit_count <= 19 && exponent <= 0 && power <= 27 {
        let digits = scanned.significant().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        divided_by_power_of_10(digits, power)
    } else {
        scaled_exactly(&natural_of(scanned.significant()), power, exponent < 0)
    };
    in_range(value)
}

/// A number that is too large, or too small and not 0, is not valid.
fn in_range(value: Extended) -> Option<Extended> {
    (!value.is_infinite() && value.mantissa != 0).then_some(value)
}

/// `digits / 10^power`, for powers of 5 that fit in 64 bits: nearly all numbers there are.
fn divided_by_power_of_10(digits: u64, power: u32) -> Extended {
    let divisor = 5_u64.pow(power);
    // With the highest bits of both in a fixed place, the quotient has 126 to 128 bits.
    let (digits_shift, divisor_shift) = (digits.leading_zeros(), divisor.leading_zeros());
    let dividend = u128::from(digits << digits_shift) << 63;
    let divisor = u128::from(divisor << divisor_shift);
    let (high, rest) = (dividend / divisor, (dividend % divisor) << 64);
    let quotient = (high << 64) | (rest / divisor);
    let exponent =
        divisor_shift.cast_signed() - digits_shift.cast_signed() - power.cast_signed() - (63 + 64);
    Extended::rounded(quotient, exponent, rest % divisor != 0)
}

fn natural_of(digits: impl Iterator<Item = u8>) -> Natural {
    let mut number = Natural::new(0);
    let (mut group, mut group_unit) = (0, 1);
    for digit in digits {
        group = group * 10 + u64::from(digit - b'0');
        group_unit *= 10;
        if group_unit == 10_u64.pow(19) {
            number.multiply_add(group_unit, group);
            (group, group_unit) = (0, 1);
        }
    }
    number.multiply_add(group_unit, group);
    number
}

/// `digits * 10^power`, or divided by it, for powers that leave it within a range of numbers.
fn scaled_exactly(digits: &Natural, power: u32, divided: bool) -> Extended {
    let mut number = digits.clone();
    if !divided {
        number.multiply_by_power_of_5(power);
        let shift = number.bit_count().saturating_sub(128);
        let rest = number.shift_right(shift);
        let wide = number.to_u128().expect("128 bits are left");
        return Extended::rounded(wide, (shift + power).cast_signed(), rest);
    }
    let mut divisor = Natural::new(1);
    divisor.multiply_by_power_of_5(power);
    // The dividend gets 66 bits more than the divisor; bits cut off from it belong to the rest.
    let shift = (divisor.bit_count() + 66).cast_signed() - number.bit_count().cast_signed();
    let cut = if shift >= 0 {
        number.shift_left(shift.unsigned_abs());
        false
    } else {
        number.shift_right(shift.unsigned_abs())
    };
    let (quotient, rest) = number.divide(&divisor);
    Extended::rounded(quotient, -shift - power.cast_signed(), rest || cut)
}

fn parse_hexadecimal(text: &[u8]) -> Option<Extended> {
    let scanned = Scanned::new(text, u8::is_ascii_hexdigit, b'p')?;
    let mut exponent = scanned.exponent - 4 * (scanned.fraction.len() as u32 as i64);
    let (mut wide, mut rest) = (0_u128, false);
    for digit in scanned.significant() {
        let digit = char::from(digit).to_digit(16).expect("only digits were let through");
        if wide >> 124 == 0 {
            wide = (wide << 4) | u128::from(digit);
        } else {
            // Beyond 128 bits only the power counts, and whether all is 0.
            rest |= digit != 0;
            exponent += 4;
        }
    }
    if wide == 0 {
        return Some(Extended::ZERO);
    }
    // Far outside of all ranges it makes no difference how far.
    let exponent = exponent.clamp(-40_000, 40_000) as i32;
    in_range(Extended::rounded(wide, exponent, rest))
}

#[cfg(test)]
#[path = "extended_test.rs"]
mod extended_test;
