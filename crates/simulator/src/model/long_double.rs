//! The arithmetic of INCRBYFLOAT: Redis adds in the 80-bit format of x86 and prints 17 decimals.
//!
//! Done here with whole numbers of any size, because the standard library has no such format:
//! a number is `sign * mantissa * 2^exponent` with a 64-bit mantissa, rounded to nearest even.
use std::cmp::Ordering;

/// A finite number or an infinity of the 80-bit format, subnormal ones left out.
#[derive(Clone, Debug)]
pub(super) enum LongDouble {
    Finite { negative: bool, mantissa: u64, exponent: i32 },
    Infinite { negative: bool },
}

/// A whole number of any size, least significant digit of base 2^32 first.
#[derive(Clone, Debug, Default)]
struct Whole(Vec<u32>);

impl LongDouble {
    /// The text as C's `strtold` reads it, with Redis' refusals: no blanks around, not a number,
    /// nothing too large or too small for the format.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, rest) = match text.split_first()? {
            (b'-', rest) => (true, rest),
            (b'+', rest) => (false, rest),
            _ => (false, text),
        };
        let lower = rest.to_ascii_lowercase();
        match &lower[..] {
            b"inf" | b"infinity" => return Some(Self::Infinite { negative }),
            [b'0', b'x', ..] => return hexadecimal(&lower[2..], negative),
            _ => {}
        }
        let (digits, exponent) = match lower.iter().position(|byte| *byte == b'e') {
            Some(at) => (&lower[..at], exponent(&lower[at + 1..])?),
            None => (&lower[..], 0),
        };
        let (whole, decimals) = match digits.iter().position(|byte| *byte == b'.') {
            Some(at) => (&digits[..at], &digits[at + 1..]),
            None => (digits, &b""[..]),
        };
        let digits = [whole, decimals].concat();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut number = Whole::default();
        for digit in &digits {
            number.multiply_add(10, u32::from(digit - b'0'));
        }
        let exponent = exponent - i64::try_from(decimals.len()).expect("arguments are short");
        if number.is_zero() {
            return Some(Self::Finite { negative, mantissa: 0, exponent: 0 });
        }
        // The format ends near 1e4932 and 1e-4951; far outside there is nothing to compute.
        let magnitude = exponent + i64::try_from(digits.len()).expect("arguments are short");
        if !(-4930..=4931).contains(&magnitude) {
            return None;
        }
        Some(scaled_by_ten(number, i32::try_from(exponent).ok()?, negative))
    }

    /// The rounded sum. None is not a number: infinities of two signs.
    pub(super) fn add(&self, other: &Self) -> Option<Self> {
        let (one, other) = match (self, other) {
            (Self::Infinite { negative: one }, Self::Infinite { negative: other })
                if one != other =>
            {
                return None;
            }
            (Self::Infinite { negative }, _) | (_, Self::Infinite { negative }) => {
                return Some(Self::Infinite { negative: *negative });
            }
            finite => finite,
        };
        let (one_negative, one, one_exponent) = one.parts();
        let (other_negative, other, other_exponent) = other.parts();
        let exponent = one_exponent.min(other_exponent);
        let one = one.shifted((one_exponent - exponent).unsigned_abs());
        let other = other.shifted((other_exponent - exponent).unsigned_abs());
        let (negative, sum) = if one_negative == other_negative {
            (one_negative, one.plus(&other))
        } else if one.compare(&other) == Ordering::Less {
            (other_negative, other.minus(&one))
        } else {
            (one_negative, one.minus(&other))
        };
        Some(rounded(&sum, false, exponent, negative))
    }

    /// Is it an infinity?
    pub(super) fn is_infinite(&self) -> bool {
        matches!(self, Self::Infinite { .. })
    }

    /// As `%.17Lf` without the zeros at the end.
    pub(super) fn to_text(&self) -> String {
        let (negative, mantissa, exponent) = self.parts();
        let mut scaled = mantissa;
        (0..17).for_each(|_| scaled.multiply_add(10, 0));
        let (mut units, remainder) = if exponent >= 0 {
            (scaled.shifted(exponent.unsigned_abs()), Ordering::Less)
        } else {
            scaled.split(exponent.unsigned_abs())
        };
        let is_odd = units.0.first().is_some_and(|digit| digit % 2 == 1);
        if remainder == Ordering::Greater || remainder == Ordering::Equal && is_odd {
            units = units.plus(&Whole(vec![1]));
        }
        let digits = format!("{:0>18}", units.to_decimal());
        let (whole, decimals) = digits.split_at(digits.len() - 17);
        let text = format!("{whole}.{decimals}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if negative && text != "0" { format!("-{text}") } else { text.to_owned() }
    }

    fn parts(&self) -> (bool, Whole, i32) {
        let Self::Finite { negative, mantissa, exponent } = self else {
            unreachable!("infinities were dealt with");
        };
        (*negative, Whole(vec![*mantissa as u32, (*mantissa >> 32) as u32]), *exponent)
    }
}

fn exponent(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value: i64 = std::str::from_utf8(digits).ok()?.parse().unwrap_or(i64::from(i32::MAX));
    let value = value.min(i64::from(i32::MAX));
    Some(if text[0] == b'-' { -value } else { value })
}

/// Whole hexadecimal numbers: as far as random commands go.
fn hexadecimal(digits: &[u8], negative: bool) -> Option<LongDouble> {
    let text = std::str::from_utf8(digits).ok()?;
    let mantissa = u64::from_str_radix(text, 16).ok()?;
    Some(LongDouble::Finite { negative, mantissa, exponent: 0 })
}

fn scaled_by_ten(mut number: Whole, exponent: i32, negative: bool) -> LongDouble {
    if exponent >= 0 {
        (0..exponent).for_each(|_| number.multiply_add(10, 0));
        return rounded(&number, false, 0, negative);
    }
    let mut divisor = Whole(vec![1]);
    (0..-exponent).for_each(|_| divisor.multiply_add(10, 0));
    // Enough bits in front that the quotient has more than 64.
    let shift = divisor.bit_count() + 70;
    let (quotient, exact) = number.shifted(shift).divide(&divisor);
    rounded(&quotient, !exact, -i32::try_from(shift).expect("exponents are small"), negative)
}

/// `number * 2^exponent`, plus less than one unit if `more`, rounded to 64 bits.
fn rounded(number: &Whole, more: bool, exponent: i32, negative: bool) -> LongDouble {
    let excess = number.bit_count().saturating_sub(64);
    let (kept, mut remainder) = number.split(excess);
    if more && remainder != Ordering::Less {
        remainder = Ordering::Greater;
    }
    let mut mantissa = kept.to_u64();
    let mut exponent = exponent + i32::try_from(excess).expect("numbers are short");
    let is_odd = mantissa % 2 == 1;
    if remainder == Ordering::Greater || remainder == Ordering::Equal && is_odd {
        (mantissa, exponent) = match mantissa.checked_add(1) {
            Some(mantissa) => (mantissa, exponent),
            None => (1 << 63, exponent + 1),
        };
    }
    if mantissa != 0 && exponent + 64 > 16384 {
        return LongDouble::Infinite { negative };
    }
    LongDouble::Finite { negative: negative && mantissa != 0, mantissa, exponent }
}

impl Whole {
    fn is_zero(&self) -> bool {
        self.0.iter().all(|digit| *digit == 0)
    }

    fn multiply_add(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for digit in &mut self.0 {
            carry += u64::from(*digit) * u64::from(factor);
            *digit = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn bit_count(&self) -> u32 {
        let top = self.0.iter().rposition(|digit| *digit != 0);
        top.map_or(0, |top| top as u32 * 32 + 32 - self.0[top].leading_zeros())
    }

    fn bit(&self, index: u32) -> bool {
        self.0.get(index as usize / 32).is_some_and(|digit| digit >> (index % 32) & 1 == 1)
    }

    fn shifted(&self, count: u32) -> Self {
        let mut digits = vec![0; count as usize / 32];
        digits.extend_from_slice(&self.0);
        let mut shifted = Self(digits);
        shifted.multiply_add(1 << (count % 32), 0);
        shifted
    }

    /// What is left of a shift to the right, and how the lost part compares with one half: less
    /// (or nothing lost), equal, greater.
    fn split(&self, count: u32) -> (Self, Ordering) {
        let mut kept = Self(vec![0; self.0.len() + 1]);
        for index in count..self.bit_count() {
            let target = (index - count) as usize;
            kept.0[target / 32] |= u32::from(self.bit(index)) << (target % 32);
        }
        let is_half = count > 0 && self.bit(count - 1);
        let has_rest = count > 1 && (0..count - 1).any(|index| self.bit(index));
        let lost = match (is_half, has_rest) {
            (false, _) => Ordering::Less,
            (true, false) => Ordering::Equal,
            (true, true) => Ordering::Greater,
        };
        (kept, lost)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let size = self.0.len().max(other.0.len());
        let digit = |whole: &Self, index: usize| whole.0.get(index).copied().unwrap_or_default();
        let pairs = (0..size).rev().map(|index| digit(self, index).cmp(&digit(other, index)));
        pairs.fold(Ordering::Equal, Ordering::then)
    }

    fn plus(&self, other: &Self) -> Self {
        let mut carry = 0;
        let digits = (0..=self.0.len().max(other.0.len())).map(|index| {
            let digit = |whole: &Self| u64::from(whole.0.get(index).copied().unwrap_or_default());
            carry += digit(self) + digit(other);
            let sum = carry as u32;
            carry >>= 32;
            sum
        });
        Self(digits.collect())
    }

    /// `other` is not greater.
    fn minus(&self, other: &Self) -> Self {
        let mut borrow = 0;
        let digits = (0..self.0.len()).map(|index| {
            let subtrahend = i64::from(other.0.get(index).copied().unwrap_or_default());
            let difference = i64::from(self.0[index]) - subtrahend - borrow;
            borrow = i64::from(difference < 0);
            (difference + (borrow << 32)) as u32
        });
        Self(digits.collect())
    }

    /// The quotient, and whether nothing is left over. Bit by bit.
    fn divide(&self, divisor: &Self) -> (Self, bool) {
        let (mut quotient, mut rest) = (Self(vec![0; self.0.len()]), Self::default());
        for index in (0..self.bit_count()).rev() {
            rest.multiply_add(2, u32::from(self.bit(index)));
            if rest.compare(divisor) != Ordering::Less {
                rest = rest.minus(divisor);
                quotient.0[index as usize / 32] |= 1 << (index % 32);
            }
        }
        let exact = rest.is_zero();
        (quotient, exact)
    }

    fn to_u64(&self) -> u64 {
        assert!(self.bit_count() <= 64, "rounded to 64 bits");
        let digit = |index| u64::from(self.0.get(index).copied().unwrap_or_default());
        digit(0) | digit(1) << 32
    }

    fn to_decimal(&self) -> String {
        let (mut rest, mut groups) = (self.0.clone(), Vec::new());
        while rest.iter().any(|digit| *digit != 0) {
            let mut remainder = 0;
            for digit in rest.iter_mut().rev() {
                let dividend = remainder << 32 | u64::from(*digit);
                *digit = (dividend / 1_000_000_000) as u32;
                remainder = dividend % 1_000_000_000;
            }
            groups.push(format!("{remainder:09}"));
        }
        let digits: String = groups.into_iter().rev().collect();
        digits.trim_start_matches('0').to_owned()
    }
}
