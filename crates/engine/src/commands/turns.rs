//! How long the turns of the engine take: what a client of another connection may have to wait.
//!
//! Only measured, never decided upon; the bound of a turn is counted work.

/// Turns that took at most this are within the promise of no pause.
const SHORT_NS: u64 = 1_000_000;

/// Buckets of the histogram: each is 1/8 of a power of two wide, from 1 ns to 17 s.
const BUCKET_COUNT: usize = 34 * 8;

/// The durations of all turns since the start or CONFIG RESETSTAT.
#[derive(Clone, Debug)]
pub struct Turns {
    count: u64,
    long_count: u64,
    max_ns: u64,
    buckets: [u64; BUCKET_COUNT],
}

impl Turns {
    /// None yet.
    pub const fn new() -> Self {
        Self { count: 0, long_count: 0, max_ns: 0, buckets: [0; BUCKET_COUNT] }
    }

    /// One more turn.
    pub fn add(&mut self, duration_ns: u64) {
        self.count += 1;
        self.long_count += u64::from(duration_ns > SHORT_NS);
        self.max_ns = self.max_ns.max(duration_ns);
        self.buckets[bucket(duration_ns)] += 1;
    }

    /// How many.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// How many took longer than a millisecond.
    pub const fn long_count(&self) -> u64 {
        self.long_count
    }

    /// The longest, in nanoseconds.
    pub const fn max_ns(&self) -> u64 {
        self.max_ns
    }

    /// The duration that `share` millionths of the turns kept, to the upper bound of a bucket.
    pub fn percentile_ns(&self, share: u64) -> u64 {
        let wanted = (u128::from(self.count) * u128::from(share)).div_ceil(1_000_000);
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += u128::from(*count);
            if seen >= wanted.max(1) {
                return upper_bound(index).min(self.max_ns);
            }
        }
        self.max_ns
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self::new()
    }
}

/// The bucket of a duration: its highest bit, and the three below.
fn bucket(duration_ns: u64) -> usize {
    let duration = duration_ns.max(8);
    let exponent = duration.ilog2();
    let eighth = duration >> (exponent - 3) & 7;
    ((u64::from(exponent) * 8 + eighth) as usize).min(BUCKET_COUNT - 1)
}

fn upper_bound(bucket: usize) -> u64 {
    let (exponent, eighth) = (bucket as u32 / 8, bucket as u64 % 8);
    if exponent < 3 { 8 } else { ((8 + eighth + 1) << (exponent - 3)) - 1 }
}

#[cfg(test)]
mod turns_test {
    use super::Turns;

    #[test]
    fn percentiles_are_exact_to_an_eighth() {
        let mut turns = Turns::new();
        for duration_us in 1..=10_000 {
            turns.add(duration_us * 1_000);
        }
        assert_eq!((turns.count(), turns.long_count()), (10_000, 9_000));
        assert_eq!(turns.max_ns(), 10_000_000);
        for (share, exact_us) in [(500_000, 5_000), (990_000, 9_900), (1_000_000, 10_000)] {
            let us = turns.percentile_ns(share) / 1_000;
            assert!(us >= exact_us && us <= exact_us * 9 / 8, "{share}: {us}");
        }
    }
}
