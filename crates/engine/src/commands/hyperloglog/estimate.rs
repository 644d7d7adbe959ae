//! From registers to the count: the estimator of Otmar Ertl, "New cardinality estimation algorithms
//! for HyperLogLog sketches", which has no thresholds and no tables.
//!
//! Keeps true: every operation on doubles is the one that Redis does, in its order, so that the
//! counts are equal to the last one.
use super::REGISTER_COUNT;
use super::hash::VALUE_MAX;
use crate::stdx::root::square_root;

/// 1 / (2 ln 2).
const ALPHA: f64 = 0.721_347_520_444_481_7;

/// Values that 6 bits can have; no element makes one above `VALUE_MAX`.
const VALUE_COUNT: usize = 64;

/// How many registers have each value.
pub(super) struct Histogram([u32; VALUE_COUNT]);

impl Histogram {
    pub(super) const fn new() -> Self {
        Self([0; VALUE_COUNT])
    }

    /// Adds registers of one value.
    pub(super) const fn add(&mut self, value: u8, count: usize) {
        self.0[value as usize] += count as u32;
    }

    /// How many elements there were, about.
    pub(super) fn estimate(&self) -> u64 {
        let all = f64::from(REGISTER_COUNT as u32);
        let of = |value: u8| f64::from(self.0[usize::from(value)]);
        let mut sum = all * tau((all - of(VALUE_MAX)) / all);
        for value in (1..VALUE_MAX).rev() {
            sum += of(value);
            sum *= 0.5;
        }
        sum += all * sigma(of(0) / all);
        round(ALPHA * all * all / sum)
    }
}

/// To the nearest integer, halves up. What is none gives the integer that processors answer then,
/// as in Redis: only registers that no element has made are so high.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "it is positive, and has no fraction where doubles have none"
)]
const fn round(value: f64) -> u64 {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if value < BEYOND {
        let whole = value as u64;
        if value - whole as f64 >= 0.5 { whole + 1 } else { whole }
    } else {
        i64::MIN.cast_unsigned()
    }
}

/// What registers without any element add.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut factor, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * factor;
        factor += factor;
        if before.to_bits() == sum.to_bits() {
            return sum;
        }
    }
}

/// What registers add that can rise no more.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut factor, mut sum) = (1.0, 1.0 - x);
    loop {
        x = square_root(x);
        let before = sum;
        factor *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * factor;
        if before.to_bits() == sum.to_bits() {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
#[path = "estimate_test.rs"]
mod estimate_test;
