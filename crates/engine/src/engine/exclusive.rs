//! A transaction that EXEC could not finish in one slice: nothing else is executed until it has
//! ended, though events are taken in and replies go out. Each turn runs as many of its commands as
//! a turn may.
//!
//! Invariant: its connection is neither closed nor reused before the last command has run. If the
//! client is gone the rest runs all the same, for nobody.
use super::Engine;
use super::turn::Budget;
use crate::clock::Now;
use crate::limits::GROUP_SPANS;
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};

/// Whose transaction it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exclusive {
    slot: u32,
    /// The time that its commands see: no key expires between two of them.
    pub(super) now: Now,
    /// Its connection is to be closed.
    is_abandoned: bool,
}

impl Engine {
    /// The connection in `slot` has begun a transaction that is not done.
    pub(super) fn begin_exclusive(&mut self, slot: u32) {
        assert!(self.exclusive.is_none(), "one transaction at a time");
        self.marks.reach(Mark::ExecGoesOn);
        self.exclusive = Some(Exclusive { slot, now: self.shared.now, is_abandoned: false });
    }

    /// Is it the transaction of the connection in `slot` that runs?
    pub(super) fn is_exclusive(&self, slot: u32) -> bool {
        self.exclusive.is_some_and(|exclusive| exclusive.slot == slot)
    }

    /// Runs the next slice. False if it has to wait for the next turn.
    pub(super) fn go_on(&mut self, exclusive: Exclusive, budget: &mut Budget) -> bool {
        let slot = exclusive.slot;
        let its_now = if is_planted(Bug::TimeGoesOn) { self.shared.now } else { exclusive.now };
        let now = core::mem::replace(&mut self.shared.now, its_now);
        self.shared.statistics.mark((self.shared.hooks.ticks)());
        let output = &mut self.connections[slot as usize].output;
        let spans = &mut self.spans[GROUP_SPANS as usize..];
        let (orders, spent) =
            self.shared.go_on(slot as usize, exclusive.is_abandoned, output, spans);
        self.shared.now = now;
        self.shared.statistics.settle(self.shared.hooks.ticks);
        budget.spend(spent.requests, spent.bytes);
        self.spend_room(budget);
        self.obey(slot, &orders);
        if !self.shared.sessions[slot as usize].transaction.running {
            self.end_exclusive(slot);
        }
        spent.requests > 0
    }

    fn end_exclusive(&mut self, slot: u32) {
        let ended = self.exclusive.take().expect("it runs until here");
        // What was kept for the rest of its reply is free, though nothing of it may be sent.
        self.buffers_came_back = true;
        if ended.is_abandoned {
            self.marks.reach(Mark::ExecForNobody);
            self.close(slot);
        } else if self.shared.sessions[slot as usize].close_after_reply {
            self.drain(slot);
        } else {
            self.leave(slot);
        }
    }

    /// The connection in `slot` is to be closed. True if its transaction runs: then that comes when
    /// it has ended, and the rest of its reply is dropped.
    pub(super) fn abandon(&mut self, slot: u32) -> bool {
        let Some(exclusive) = self.exclusive.as_mut().filter(|running| running.slot == slot) else {
            return false;
        };
        exclusive.is_abandoned = true;
        self.drop_output(slot);
        true
    }
}
