//! The judge of memory: may a write be refused for want of data memory, and could one that was
//! accepted fit at all?
//!
//! Both questions are answered from what the model has stored, from the documented division of
//! data memory into frames, classes and chains, and from what a command needs as a function of its
//! arguments and of the sizes it meets. Nothing here asks the engine how much it has left, and the
//! tables are written again from their description. But for how many frames and buckets there are,
//! which the plan prints, the judge shares no code with what it judges.
//!
//! The promise that is judged: *debt counts as free*. Holes, dead values, flushed databases and
//! passed deadlines are no reason to refuse a write. What is no debt is passed in by whoever knows
//! of it: values that are arriving or queued, and values that somebody reads.
//!
//! `Room` is what there is, `Usage` what contents take (usages add up, so that contents may be
//! spread over several models), `Need` what a command takes besides, `Shape` what one stored value
//! looks like in memory, `Account` all of it for one model.
mod account;
mod chains;
mod classes;
mod exception;
mod need;
mod room;
mod rope;
mod shape;
mod usage;

pub use account::{Account, Change, Verdict};
pub use exception::{EXCEPTIONS, Exception};
pub use need::Need;
pub use room::Room;
pub use shape::{Shape, Stored};
pub use usage::Usage;

/// The largest slot: what does not fit beside its name is a rope.
const SLOT_SIZE_MAX: u64 = 8 << 10;
/// Bytes of a child bucket.
const CHILD_SIZE: u32 = 64;
/// An argument longer than this goes into frames while it arrives, before its command is known.
const UNSTAGED_SIZE_MAX: u64 = 20_544 - 4;

#[cfg(test)]
#[path = "memory_test.rs"]
mod memory_test;

#[cfg(test)]
#[path = "exception_test.rs"]
mod exception_test;
