//! Connections that wait: for their own output to be sent, for buffers that others hold, or for the
//! store. Each is woken when what it waits for can be had, and not before: it executes its request
//! again from the start.
//!
//! Invariant: who waits for buffers of others, or for the store, stands in the list `waiting`; who
//! waits for its own output has a send in flight, or will have. Whatever gives buffers, the permit
//! or a promise back says so in `buffers_came_back`.
use super::Engine;
use crate::connection::{Parked, Phase};
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::resp::output::{Decision, Grant};

/// Connections that wait, looked at in one turn.
const LOOKS_PER_TURN: u32 = 64;

/// What those take, in all likelihood, that were woken in this turn: it is there once.
#[derive(Default)]
struct Claims {
    shared_count: u32,
    has_jumbo: bool,
}

impl Claims {
    /// Can `grant` be had beside those, of `free_count` shared buffers? Then it is claimed, too.
    fn add(&mut self, grant: Grant, free_count: u32) -> bool {
        let shared_count = self.shared_count + grant.shared_count();
        let exceeds = self.shared_count > 0 && shared_count > free_count;
        if exceeds || self.has_jumbo && grant.is_jumbo() {
            return false;
        }
        self.shared_count = shared_count;
        self.has_jumbo |= grant.is_jumbo();
        true
    }
}

impl Engine {
    /// The connection waits for `reason`.
    pub(super) fn park(&mut self, slot: u32, reason: Parked) {
        let connection = &mut self.connections[slot as usize];
        assert!(reason != Parked::No, "nothing to wait for");
        connection.parked = reason;
        self.store_is_awaited |= reason == Parked::Store;
        self.marks.reach(match reason {
            Parked::No | Parked::Output => Mark::ParkedOutput,
            Parked::Pool => Mark::ParkedPool,
            Parked::Store => Mark::ParkedStore,
        });
        if reason != Parked::Output {
            self.waiting.push(&mut self.connections, slot);
        }
    }

    /// The connection waits for `size` bytes of room: in its own buffers, or those of others if it
    /// holds none.
    pub(super) fn park_for_room(&mut self, slot: u32, size: u64) {
        let connection = &mut self.connections[slot as usize];
        connection.awaited_size = size;
        let held_count = connection.output.held_count();
        self.park(slot, if held_count > 0 { Parked::Output } else { Parked::Pool });
    }

    /// Some output of a connection that waits for that was sent: it goes on if that is enough.
    pub(super) fn wake_sent(&mut self, slot: u32) {
        let is_enough = !matches!(self.decide(slot), Decision::SharedUsed | Decision::JumboUsed);
        let connection = &mut self.connections[slot as usize];
        connection.parked = Parked::No;
        if !is_enough {
            self.park_for_room(slot, self.connections[slot as usize].awaited_size);
        }
    }

    /// What the pool would say if the connection ran its request now.
    fn decide(&self, slot: u32) -> Decision {
        let connection = &self.connections[slot as usize];
        let local = self.shared.sessions[slot as usize].peer.is_local();
        let (replies, size) = (&self.shared.replies, connection.awaited_size);
        replies.decide(&connection.output, size, local, true)
    }

    /// Looks at the first of those that wait, in their order.
    pub(super) fn wake(&mut self) {
        self.store_is_awaited &= self.waiting.count() > LOOKS_PER_TURN;
        let came_back = core::mem::take(&mut self.buffers_came_back);
        // Those behind are looked at in the next turn.
        self.buffers_came_back = came_back && self.waiting.count() > LOOKS_PER_TURN;
        let mut claims = Claims::default();
        for _ in 0..self.waiting.count().min(LOOKS_PER_TURN) {
            let Some(slot) = self.waiting.pop(&mut self.connections) else { break };
            let connection = &self.connections[slot as usize];
            if !matches!(connection.phase, Phase::Open | Phase::Draining) {
                continue;
            }
            let is_woken = match connection.parked {
                Parked::Store => !is_planted(Bug::StoreUnwoken),
                Parked::Pool => {
                    came_back && !is_planted(Bug::PoolUnwoken) && self.can_go_on(slot, &mut claims)
                }
                Parked::No | Parked::Output => continue,
            };
            if is_woken {
                self.connections[slot as usize].parked = Parked::No;
                self.runnable.push(&mut self.connections, slot);
            } else if self.connections[slot as usize].parked == Parked::Pool {
                self.waiting.push(&mut self.connections, slot);
            }
        }
    }

    /// Can a connection that waits for buffers have them now, beside those woken before it?
    fn can_go_on(&mut self, slot: u32, claims: &mut Claims) -> bool {
        match self.decide(slot) {
            Decision::SharedUsed | Decision::JumboUsed => false,
            Decision::TooLarge => true,
            Decision::Granted(grant) => {
                let is_there = claims.add(grant, self.shared.replies.free_count());
                // Should the others not take it after all, it is looked at again.
                self.buffers_came_back |= !is_there;
                is_there
            }
        }
    }
}
