//! Doubles read from text, as glibc's `strtod` reads them: decimal or hexadecimal, or infinite.
//!
//! `parse` is what Redis asks of a score: all of the text, and a number that a double can hold.
//! `parse_bound` is what it asks of the end of a range, and `parse_weight` of what SORT sorts by,
//! which are more lenient.

/// A whole text as a number; none if it is no number, is not a number, or has a magnitude beyond
/// that of doubles.
pub fn parse(text: &[u8]) -> Option<f64> {
    let integer = read_integer(text);
    if integer.is_some() {
        return integer;
    }
    let value = read(text)?;
    let digits = magnitude(text);
    let is_word = digits.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'i'));
    let is_too_large = value.is_infinite() && !is_word;
    let is_too_small = value == 0.0 && has_significant_digit(digits);
    (!is_too_large && !is_too_small).then_some(value)
}

/// As `parse`, but with spaces before, infinite where it is too large, 0 where it is too small, or
/// if there is nothing; what follows a NUL does not count.
pub fn parse_bound(text: &[u8]) -> Option<f64> {
    let text = trimmed(text);
    if text.is_empty() {
        return Some(0.0);
    }
    read(skip_spaces(text)?)
}

/// As `parse`, but with spaces before, and 0 if there is nothing; what follows a NUL does not
/// count. That is what SORT asks of a weight: it also refuses decimals that only a double of fewer
/// bits could hold.
pub fn parse_weight(text: &[u8]) -> Option<f64> {
    let integer = read_integer(text);
    if integer.is_some() {
        return integer;
    }
    let text = trimmed(text);
    if text.is_empty() {
        return Some(0.0);
    }
    let text = skip_spaces(text)?;
    let is_hexadecimal = matches!(magnitude(text), [b'0', b'x' | b'X', ..]);
    parse(text).filter(|value| is_hexadecimal || !value.is_subnormal())
}

/// The text up to a NUL.
fn trimmed(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The text without the spaces before it; nothing if there is nothing else.
fn skip_spaces(text: &[u8]) -> Option<&[u8]> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r');
    let start = text.iter().position(|byte| !is_space(byte))?;
    Some(&text[start..])
}

/// The text without its sign.
fn magnitude(text: &[u8]) -> &[u8] {
    match text {
        [b'-' | b'+', rest @ ..] | rest => rest,
    }
}

/// Is a digit before the exponent not 0?
fn has_significant_digit(digits: &[u8]) -> bool {
    let (digits, marker) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (rest, b'p'),
        digits => (digits, b'e'),
    };
    let mantissa = digits.iter().take_while(|byte| !byte.eq_ignore_ascii_case(&marker));
    mantissa.into_iter().any(|byte| !matches!(byte, b'0' | b'.'))
}

/// A decimal integer of few digits, which a double holds exactly: what most texts are.
#[expect(clippy::cast_precision_loss, reason = "so many digits have less than 53 bits")]
fn read_integer(text: &[u8]) -> Option<f64> {
    const DIGITS_MAX: usize = 15;
    let digits = magnitude(text);
    if digits.is_empty() || digits.len() > DIGITS_MAX {
        return None;
    }
    let value = digits.iter().try_fold(0_u64, |value, byte| {
        byte.is_ascii_digit().then(|| value * 10 + u64::from(byte - b'0'))
    })?;
    Some(if text[0] == b'-' { -(value as f64) } else { value as f64 })
}

fn read(text: &[u8]) -> Option<f64> {
    let digits = magnitude(text);
    if let [b'0', b'x' | b'X', rest @ ..] = digits {
        let value = read_hexadecimal(rest)?;
        return Some(if text.first() == Some(&b'-') { -value } else { value });
    }
    let value: f64 = core::str::from_utf8(text).ok()?.parse().ok()?;
    (!value.is_nan()).then_some(value)
}

/// `digits[.digits][p[sign]digits]`.
fn read_hexadecimal(text: &[u8]) -> Option<f64> {
    let end = text.iter().position(|byte| byte.eq_ignore_ascii_case(&b'p'));
    let (mantissa, power) = text.split_at(end.unwrap_or(text.len()));
    let mut exponent = if power.is_empty() { 0 } else { read_exponent(&power[1..])? };
    let (mut wide, mut is_behind_point, mut digit_count) = (0_u128, false, 0);
    for &byte in mantissa {
        if byte == b'.' && !is_behind_point {
            is_behind_point = true;
            continue;
        }
        let digit = u128::from(char::from(byte).to_digit(16)?);
        digit_count += 1;
        if wide >> 120 == 0 {
            wide = wide << 4 | digit;
            exponent -= if is_behind_point { 4 } else { 0 };
        } else {
            // Beyond a hundred bits only the power counts, and whether all is 0.
            wide |= u128::from(digit != 0);
            exponent += if is_behind_point { 0 } else { 4 };
        }
    }
    (digit_count > 0).then(|| scaled(wide, exponent))
}

/// `[sign]digits`; far outside of the range it makes no difference how far.
fn read_exponent(text: &[u8]) -> Option<i64> {
    const FAR: i64 = 1_000_000_000;
    let digits = magnitude(text);
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0_i64, |value, byte| {
        byte.is_ascii_digit().then(|| (value * 10 + i64::from(byte - b'0')).min(FAR))
    })?;
    Some(if text[0] == b'-' { -value } else { value })
}

/// `wide * 2^exponent`, rounded to nearest.
#[expect(clippy::cast_precision_loss, reason = "rounding is what is wanted")]
fn scaled(wide: u128, exponent: i64) -> f64 {
    const STEP: i64 = 1_000;
    let mut value = wide as f64;
    let mut rest = exponent.clamp(-4 * STEP, 4 * STEP);
    while rest != 0 {
        let step = rest.clamp(-STEP, STEP);
        value *= f64::from_bits((1_023 + step).cast_unsigned() << 52);
        rest -= step;
    }
    value
}

#[cfg(test)]
#[path = "double_test.rs"]
mod double_test;
