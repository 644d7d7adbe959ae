//! What the engine may ask of its process: plain functions, given once to `Engine::new`.
//!
//! None of them decides anything: they serve statistics, the plan's check, the text of an abort,
//! and a judge that has to know in which order things happened. A simulation that needs none of
//! it passes `Hooks::NONE`.
use crate::event::ConnectionId;

/// Functions of the process. Plain `fn`s: no state, nothing to own.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// Nanoseconds of a monotonic clock; for statistics only (SLOWLOG, commandstats, latency).
    pub ticks: fn() -> u64,
    /// Nanoseconds of processor time that the thread has had; for statistics only. Costs a
    /// system call.
    pub processor_ticks: fn() -> u64,
    /// Bytes taken from the region until now, so that each row of the plan can be compared with
    /// what its pool really took. Always 0 where there is no region.
    pub taken: fn() -> u64,
    /// Names the command or phase that runs from now on, for the text of an abort.
    pub phase: fn(&'static str),
    /// A command has run, by itself or as the next one of a transaction.
    pub ran: fn(),
    /// This error line was answered: by the command that has run or runs, or instead of one.
    pub refused: fn(&[u8]),
    /// A request of this connection has its answer, whether or not it will be sent.
    pub answered: fn(ConnectionId),
    /// The store dropped a key on its own account: of this database, with this name, because it
    /// was evicted (true) or its deadline had passed (false).
    pub gone: fn(u8, &[u8], bool),
}

impl Hooks {
    /// No process: every clock stands still, nothing is measured, nobody watches.
    pub const NONE: Self = Self {
        ticks: || 0,
        processor_ticks: || 0,
        taken: || 0,
        phase: |_| (),
        ran: || (),
        refused: |_| (),
        answered: |_| (),
        gone: |_, _, _| (),
    };
}
