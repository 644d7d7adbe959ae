//! Zipf's law: the key of rank r is asked for in proportion to 1 / r^0.99, as caches see it.
//!
//! After Gray et al., "Quickly generating billion-record synthetic databases" (1994), which is
//! also what YCSB does: one draw and at most one power for each key.
use granite_engine::random::Random;

/// YCSB's exponent.
const EXPONENT: f64 = 0.99;

/// Ranks whose weights are added up one by one; the sum of the rest is an integral, which is then
/// right to nine digits.
const EXACT_RANKS: u64 = 10_000;

/// Spreads the ranks over the keys: neighbours in rank were not stored one after the other. A
/// prime that is larger than any count of keys is a multiplier without collisions.
const SPREAD: u64 = 4_294_967_291;

/// A source of key numbers, popular and unpopular ones.
pub struct Zipf {
    count: u64,
    /// The sum of all weights.
    total: f64,
    /// The sum of the first two.
    two: f64,
    alpha: f64,
    eta: f64,
}

impl Zipf {
    /// A source of `count` keys.
    pub fn new(count: u64) -> Self {
        assert!(count > 2 && count < SPREAD, "a law for many keys, but not for that many");
        let (total, two) = (weights(count), weights(2));
        let eta = (1.0 - (2.0 / count as f64).powf(1.0 - EXPONENT)) / (1.0 - two / total);
        Self { count, total, two, alpha: 1.0 / (1.0 - EXPONENT), eta }
    }

    /// The next key.
    pub fn next(&self, random: &mut Random) -> u64 {
        self.rank(random) * SPREAD % self.count
    }

    /// A rank, 0 for the most popular.
    pub fn rank(&self, random: &mut Random) -> u64 {
        // 53 bits: what a float holds.
        let draw = (random.bits() >> 11) as f64 / (1u64 << 53) as f64;
        let weight = draw * self.total;
        if weight < 1.0 {
            return 0;
        }
        if weight < self.two {
            return 1;
        }
        let share = (self.eta * draw - self.eta + 1.0).powf(self.alpha);
        ((self.count as f64 * share) as u64).min(self.count - 1)
    }
}

/// The sum of the weights of the first `count` ranks.
fn weights(count: u64) -> f64 {
    let weight = |rank: u64| (rank as f64).powf(-EXPONENT);
    let exact = count.min(EXACT_RANKS);
    let sum: f64 = (1..=exact).map(weight).sum();
    // Between two ranks the weight is the mean of both (Euler and Maclaurin).
    let power = |rank: u64| (rank as f64).powf(1.0 - EXPONENT) / (1.0 - EXPONENT);
    sum + power(count) - power(exact) + (weight(count) - weight(exact)) / 2.0
}

#[cfg(test)]
#[path = "zipf_test.rs"]
mod zipf_test;
