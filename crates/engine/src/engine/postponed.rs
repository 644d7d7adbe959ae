//! Output that waits for that of the requests which the socket still has: a pipeline that does not
//! fit a buffer is then answered in one send instead of many (docs/decisions/0011).
//!
//! Invariant: whoever postpones output stands in the list `postponed`, which each turn looks
//! through before anything is executed. So output waits for a turn if nothing comes, and for
//! `POSTPONED_TURNS_MAX` of them if something always does.
use super::Engine;
use crate::connection::POSTPONED_TURNS_MAX;
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};

impl Engine {
    pub(super) fn postpone(&mut self, slot: u32) {
        self.marks.reach(Mark::OutputPostponed);
        self.postponed.push(&mut self.connections, slot);
    }

    /// Of each whose output is postponed: has something come, or is it time to send?
    pub(super) fn look_at_postponed(&mut self) {
        for _ in 0..self.postponed.count() {
            let Some(slot) = self.postponed.pop(&mut self.connections) else { break };
            let connection = &mut self.connections[slot as usize];
            if !connection.has_output() {
                continue;
            }
            connection.postponed_turns = connection.postponed_turns.saturating_add(1);
            let has_come = connection.input.is_some();
            let is_time = connection.postponed_turns >= POSTPONED_TURNS_MAX;
            // While a transaction goes on nothing of others is executed.
            if has_come && !is_time && self.exclusive.is_none() {
                self.postponed.push(&mut self.connections, slot);
            } else if !is_planted(Bug::OutputPostponedForEver) || has_come {
                self.marks.reach(Mark::PostponedSent);
                connection.more_waits = false;
                self.settle(slot);
            }
        }
    }
}
