//! What the engine may ask of its process: plain functions, given once to `Engine::new`.
//!
//! None of them decides anything: they serve statistics, the plan's check, and the text of an
//! abort. A simulation passes `Hooks::NONE`.

/// Functions of the process. Plain `fn`s: no state, nothing to own.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// Nanoseconds of a monotonic clock; for statistics only (SLOWLOG, commandstats, latency).
    pub ticks: fn() -> u64,
    /// Bytes taken from the region until now, so that each row of the plan can be compared with
    /// what its pool really took. Always 0 where there is no region.
    pub taken: fn() -> u64,
    /// Names the command or phase that runs from now on, for the text of an abort.
    pub phase: fn(&'static str),
}

impl Hooks {
    /// No process: every clock stands still, nothing is measured.
    pub const NONE: Self = Self { ticks: || 0, taken: || 0, phase: |_| () };
}
