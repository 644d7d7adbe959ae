//! How long the turns of the engine take: what a client of another connection may have to wait.
//!
//! Only measured, never decided upon; the bound of a turn is counted work. Measured twice: by the
//! monotonic clock, which runs on while the machine runs something else, and by the thread's
//! processor time, which says what the server itself did.

/// Turns that took at most this are within the promise of no pause.
const SHORT_NS: u64 = 1_000_000;

/// The least time between two looks at the clock of processor time, which costs a system call: most
/// turns are shorter, and count with their elapsed time.
const LOOK_NS: u64 = 250_000;

/// Buckets of the histogram: each is 1/8 of a power of two wide, from 1 ns to 17 s.
const BUCKET_COUNT: usize = 34 * 8;

/// The durations of all turns since the start or CONFIG RESETSTAT.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    /// By the monotonic clock.
    pub elapsed: Histogram,
    /// By processor time. The first turn that is longer than `LOOK_NS` may count with what the
    /// thread did up to that long before it.
    pub busy: Histogram,
    /// The last turn was longer than `LOOK_NS`: the next one may be, too.
    was_long: bool,
    looked_ns: u64,
    processor_ns: u64,
}

impl Turns {
    /// A turn begins at this time of the monotonic clock.
    pub fn begin(&mut self, started_ns: u64, processor_ticks: fn() -> u64) {
        if self.was_long {
            self.look(started_ns, processor_ticks);
        }
    }

    /// Reads the clock of processor time; returns what has passed on it since the last time.
    fn look(&mut self, now_ns: u64, processor_ticks: fn() -> u64) -> u64 {
        let processor_ns = processor_ticks();
        let passed_ns = processor_ns.saturating_sub(self.processor_ns);
        (self.looked_ns, self.processor_ns) = (now_ns, processor_ns);
        passed_ns
    }

    /// A turn has ended, which began and ended at these times of the monotonic clock.
    pub fn end(&mut self, started_ns: u64, ended_ns: u64, processor_ticks: fn() -> u64) {
        let elapsed_ns = ended_ns.saturating_sub(started_ns);
        self.elapsed.add(elapsed_ns);
        let mut busy_ns = elapsed_ns;
        self.was_long = elapsed_ns >= LOOK_NS;
        // True at the end of every turn that is as long as that.
        if ended_ns.saturating_sub(self.looked_ns) >= LOOK_NS {
            busy_ns = busy_ns.min(self.look(ended_ns, processor_ticks));
        }
        self.busy.add(busy_ns);
    }

    /// Forgets what was measured.
    pub fn reset(&mut self) {
        (self.elapsed, self.busy) = (Histogram::default(), Histogram::default());
    }
}

/// Durations, to an eighth exact.
#[derive(Clone, Debug)]
pub struct Histogram {
    count: u64,
    long_count: u64,
    max_ns: u64,
    buckets: [u64; BUCKET_COUNT],
}

impl Histogram {
    fn add(&mut self, duration_ns: u64) {
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

impl Default for Histogram {
    fn default() -> Self {
        Self { count: 0, long_count: 0, max_ns: 0, buckets: [0; BUCKET_COUNT] }
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
    use super::{Histogram, Turns};

    #[test]
    fn percentiles_are_exact_to_an_eighth() {
        let mut histogram = Histogram::default();
        for duration_us in 1..=10_000 {
            histogram.add(duration_us * 1_000);
        }
        assert_eq!((histogram.count(), histogram.long_count()), (10_000, 9_000));
        assert_eq!(histogram.max_ns(), 10_000_000);
        for (share, exact_us) in [(500_000, 5_000), (990_000, 9_900), (1_000_000, 10_000)] {
            let us = histogram.percentile_ns(share) / 1_000;
            assert!(us >= exact_us && us <= exact_us * 9 / 8, "{share}: {us}");
        }
    }

    #[test]
    fn a_turn_that_was_interrupted_is_not_busy_meanwhile() {
        let mut turns = Turns::default();
        // Short, and the clock was looked at long ago: it is looked at.
        turns.end(1_000_000, 1_010_000, || 500_000);
        assert_eq!((turns.elapsed.max_ns(), turns.busy.max_ns()), (10_000, 10_000));
        // Short, and it was looked at just now: it need not be.
        turns.end(1_010_000, 1_030_000, || panic!("looked at"));
        assert_eq!((turns.elapsed.max_ns(), turns.busy.max_ns()), (20_000, 20_000));
        // Five milliseconds, of which the thread had the processor for 70 us.
        turns.end(1_030_000, 6_030_000, || 570_000);
        assert_eq!((turns.elapsed.max_ns(), turns.elapsed.long_count()), (5_000_000, 1));
        assert_eq!((turns.busy.max_ns(), turns.busy.long_count()), (70_000, 0));
        // Two milliseconds of work are two milliseconds; what was done before them does not count.
        turns.begin(6_330_000, || 870_000);
        turns.end(6_330_000, 8_330_000, || 2_870_000);
        assert_eq!((turns.busy.max_ns(), turns.busy.long_count()), (2_000_000, 1));
    }
}
