//! Time, as an argument. The engine never reads a clock: each event and each turn carries a `Now`.
//!
//! Invariant: the two clocks are independent. `monotonic_ms` never goes back and drives timeouts;
//! `unix_us` is the wall clock, may jump either way, and decides what has expired, as in Redis.

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Now {
    /// Milliseconds since an arbitrary start; never goes back.
    pub monotonic_ms: u64,
    /// Microseconds since the Unix epoch; may jump.
    pub unix_us: u64,
}

impl Now {
    /// Milliseconds since the Unix epoch: the unit of every deadline of a key.
    pub const fn unix_ms(self) -> i64 {
        (self.unix_us / 1_000).cast_signed()
    }

    /// Seconds since the Unix epoch.
    pub const fn unix_s(self) -> u64 {
        self.unix_us / 1_000_000
    }
}
