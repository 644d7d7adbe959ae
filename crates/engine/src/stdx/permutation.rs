//! A random order of `0..count`, kept in a few words: for picking distinct elements without a set
//! of those that were picked.
//!
//! It is the swap-or-not shuffle of Hoang, Morris and Rogaway: each round pairs all places up, by
//! chance, and swaps each pair or not. It needs no domain of a power of two, and is as fair for
//! five places as for millions. Not for secrets.

/// Rounds. Each about halves what is left of the order that was.
const ROUND_COUNT: u64 = 40;

/// A random order.
#[derive(Clone, Copy, Debug)]
pub struct Permutation {
    count: u64,
    key: u64,
}

impl Permutation {
    /// An order of `0..count`, which is not empty, that follows from `key`.
    pub fn new(count: u64, key: u64) -> Self {
        assert!(count > 0, "nothing has no order");
        Self { count, key }
    }

    /// What stands at `index`.
    pub fn at(&self, index: u64) -> u64 {
        assert!(index < self.count, "a place beyond the end");
        let mut place = index;
        for round in 0..ROUND_COUNT {
            let round_key = mixed(self.key.wrapping_add(round.wrapping_mul(GOLDEN)));
            let sum = ((u128::from(round_key) * u128::from(self.count)) >> 64) as u64;
            // The two of a pair add up to `sum`, modulo the count.
            let other = if sum >= place { sum - place } else { sum + (self.count - place) };
            let are_swapped = mixed(round_key ^ place.max(other)) & 1 == 1;
            place = if are_swapped { other } else { place };
        }
        place
    }
}

/// What `SplitMix64` adds for each number.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The last part of `SplitMix64`: every bit depends on every other.
const fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
#[path = "permutation_test.rs"]
mod permutation_test;
