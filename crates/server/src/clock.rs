//! The clocks: one read of each a turn, and counters of nanoseconds for statistics.
//!
//! The engine never reads a clock; it is told. The wall clock may jump either way; the monotonic
//! one counts from the start of the process and never goes back.
use core::fmt;
use granite_engine::clock::Now;
use rustix::time::{ClockId, clock_gettime};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

static START: OnceLock<Instant> = OnceLock::new();

/// Reads every clock once, so that nothing is left to be set up after the seal.
pub fn start() {
    now();
    processor_ticks();
}

/// Both clocks.
pub fn now() -> Now {
    Now { monotonic_ms: elapsed().as_millis() as u64, unix_us: unix_us() }
}

/// Nanoseconds since the start of the process. About 20 ns a call: it makes no system call.
pub fn ticks() -> u64 {
    elapsed().as_nanos() as u64
}

/// Nanoseconds of processor time that this thread has had. A system call.
pub fn processor_ticks() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec.cast_unsigned() * 1_000_000_000 + time.tv_nsec.cast_unsigned()
}

/// Microseconds since the Unix epoch; 0 where the clock stands before it.
pub fn unix_us() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_micros() as u64)
}

fn elapsed() -> Duration {
    START.get_or_init(Instant::now).elapsed()
}

/// A moment as a log line shows it: `03 Feb 2026 04:05:06.007`, in UTC.
pub struct Utc(pub u64);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let millisecond = self.0 / 1_000 % 1_000;
        let seconds = self.0 / 1_000_000;
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        let (year, month, day) = date(seconds / 86_400);
        let name = MONTHS[month as usize];
        write!(f, "{day:02} {name} {year} {hour:02}:{minute:02}:{second:02}.{millisecond:03}")
    }
}

/// Year, month (from 0) and day (from 1) of a day counted from 1 January 1970.
///
/// Years are counted from March, so that the leap day is the last of its year; 400 of them are
/// one cycle of 146,097 days.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_FROM_MARCH_OF_YEAR_0: u64 = 719_468;
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (cycle, day_of_cycle) = (days / 146_097, days % 146_097);
    let leap_days = day_of_cycle / 1_460 - day_of_cycle / 36_524 + day_of_cycle / 146_096;
    let year_of_cycle = (day_of_cycle - leap_days) / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    // From March on the months have 31, 30, 31, 30, 31 days, over and over: 153 days in five.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = 400 * cycle + year_of_cycle + u64::from(month < 2);
    (year, month, day)
}

#[cfg(test)]
#[path = "clock_test.rs"]
mod clock_test;
