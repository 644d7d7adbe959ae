//! Calls of short commands that nobody has timed yet: they share the time that passes until the
//! clock is read.
//!
//! Reading a clock takes as long as half a GET. So commands of constant work are timed together, up
//! to a group of them, and each counts with an equal share. Everything else is timed by itself.
use super::table::CommandId;

/// Different commands, one after the other, that are timed together at most: two cache
/// lines of them.
const RUNS_MAX: usize = 8;

/// Calls of one command, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// Of which command.
    pub(super) id: CommandId,
    /// How many.
    pub(super) call_count: u64,
}

/// What is to be timed together.
#[derive(Debug)]
pub(super) struct Untimed {
    runs: [Run; RUNS_MAX],
    run_count: usize,
}

impl Untimed {
    pub(super) const fn new() -> Self {
        let none = Run { id: CommandId::FIRST, call_count: 0 };
        Self { runs: [none; RUNS_MAX], run_count: 0 }
    }

    /// Is there nothing to be timed?
    pub(super) const fn is_empty(&self) -> bool {
        self.run_count == 0
    }

    /// Is there a place for one more call?
    #[inline(always)]
    pub(super) fn has_place(&self, id: CommandId) -> bool {
        self.run_count < RUNS_MAX || self.runs[RUNS_MAX - 1].id == id
    }

    /// One more call, for which there is a place.
    #[inline(always)]
    pub(super) fn push(&mut self, id: CommandId) {
        let (last, free) = self.runs.split_at_mut(self.run_count);
        if let Some(run) = last.last_mut().filter(|run| run.id == id) {
            run.call_count += 1;
            return;
        }
        free[0] = Run { id, call_count: 1 };
        self.run_count += 1;
    }

    /// All that are to be timed, which are then forgotten.
    pub(super) fn take(&mut self) -> impl Iterator<Item = Run> + Clone + use<> {
        let run_count = core::mem::take(&mut self.run_count);
        self.runs.into_iter().take(run_count)
    }
}
