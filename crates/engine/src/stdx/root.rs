//! The square root of a double, which `core` lacks.

/// Bits of a mantissa after the point.
const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;

/// Bits that are added behind a mantissa, so that its root has two more than a double: an even
/// number, and the root gets half of them.
const GUARD_BITS: u32 = 56;

/// The double next to the square root of a positive number that is no smaller than the smallest
/// normal one; of two as near the even one, as processors answer.
#[expect(clippy::cast_precision_loss, reason = "rounding is what is wanted")]
pub fn square_root(value: f64) -> f64 {
    assert!(value.is_normal() && value > 0.0, "there is a root, and it is no special one");
    let bits = value.to_bits();
    let biased = (bits >> MANTISSA_BITS) as i32;
    let exponent = biased - f64::MAX_EXP + 1 - MANTISSA_BITS.cast_signed();
    let mantissa = bits & ((1 << MANTISSA_BITS) - 1) | 1 << MANTISSA_BITS;
    // value = mantissa * 2^exponent, and the root of 2^exponent is to be whole.
    let odd = exponent.rem_euclid(2);
    let square = u128::from(mantissa) << (GUARD_BITS + odd.cast_unsigned());
    let root = square.isqrt();
    // What is cut off lies below both additional bits: that there is something decides.
    let sticky = u64::from(root * root != square);
    let half_exponent = (exponent - odd) / 2 - (GUARD_BITS / 2).cast_signed();
    let biased = (half_exponent + f64::MAX_EXP - 1).cast_unsigned();
    let scale = f64::from_bits(u64::from(biased) << MANTISSA_BITS);
    (root as u64 | sticky) as f64 * scale
}

#[cfg(test)]
#[path = "root_test.rs"]
mod root_test;
