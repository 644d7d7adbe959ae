//! The bound on what one command may touch in one turn.
//!
//! A command that is O(n) by definition says beforehand how many bytes it will touch. Above
//! `command-work-max` it is refused, before it has changed anything, with an error that names the
//! limit and what to use instead. Below it the turn hears of the work, and takes fewer commands.
//!
//! Elements of collections count for the time they take, beside their bytes: in collections of
//! 200,000 no byte of work took more than 10 nanoseconds of processor time, and most took 6 or
//! less, so that the default of 16 MiB is a tenth of a second or so.
use crate::commands::context::Context;
use crate::commands::error::CommandError;

/// Visiting an element on a walk, and writing it into a reply: less than 0.1 microseconds, 0.17 in
/// ZSCAN.
pub const VISIT: u64 = 16;

/// Looking whether an element is one to visit, or cutting it out of a list with its neighbours:
/// some 10 nanoseconds.
pub const LOOK: u64 = 2;

/// Comparing an element of a list with another one, if their sizes differ: less than 20
/// nanoseconds.
pub const COMPARE: u64 = 4;

/// That an element which is read or taken out is an object of its own, somewhere else: less than
/// 0.2 microseconds.
pub const OBJECT: u64 = 32;

/// Asking whether an element is picked: a few nanoseconds.
pub const ASK: u64 = 4;

/// Picking an element by its rank, twice: less than a microsecond. As much again where its rank is
/// a place in a random order.
pub const PICK: u64 = 128;

/// Comparing an element that is noted with another one, to sort them: 12 to 26 nanoseconds for each
/// bit of their count.
pub const SORT: u64 = 4;

/// Putting an element into a collection: some 2 microseconds in a sorted set.
pub const PUT: u64 = 256;

/// Putting an element behind all others with its neighbours: less than 0.1 microseconds in a list.
pub const APPEND: u64 = 16;

/// Taking an element out with its neighbours: less than a microsecond in a sorted set.
pub const CUT: u64 = 128;

/// Taking an element out by itself: 1 microsecond in a set, 1.3 in a list.
pub const TAKE: u64 = 160;

/// Refuses `work` bytes above the limit; `refusal` is a whole error line that names it.
pub fn check(cx: &Context<'_>, work: u64, refusal: &'static str) -> Result<(), CommandError> {
    if work > cx.limits.command_work_max {
        return Err(CommandError::Line(refusal));
    }
    cx.work.set(cx.work.get().max(work));
    Ok(())
}
