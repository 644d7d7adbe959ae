//! The engine's invariants, for tests and simulations.
//!
//! Invariant of every pool: what is in use is held by a connection, counted there, and by nobody
//! else. `check_turn` compares the counts, in a few steps for each connection; `check` walks.
use super::Engine;
use crate::connection::{Connection, Held, Phase};
use crate::memory::blocks::Tally;
use crate::store::Store;

/// Units of each pool that are in use: all 0 when nobody is connected and no debt is left.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct InUse {
    /// Connection slots.
    pub connections: u32,
    /// Buffers with input that waits: receive buffers, or carry buffers were given for them.
    pub inputs: u32,
    /// Buffers given to the driver for input that waits.
    pub carry_buffers: u32,
    /// Reply buffers, the jumbo ones included.
    pub reply_buffers: u32,
    /// Blocks of requests on their way.
    pub request_blocks: u32,
    /// Blocks of queued commands.
    pub queue_blocks: u32,
    /// Large values that arrive, are queued or wait for the reaper.
    pub staged_values: u32,
    /// Large values that are being read.
    pub pins: u32,
    /// Watched keys.
    pub watches: u32,
    /// Large values that lost their key and wait for the reaper.
    pub buried: u64,
}

impl Engine {
    /// The data.
    pub const fn store(&self) -> &Store {
        &self.shared.store
    }

    /// Every object of the store moves after every command: for simulations.
    pub const fn set_chaos(&mut self, chaos: bool) {
        self.shared.store.tuning.chaos = chaos;
    }

    /// What is in use of each pool, as the pools themselves count it.
    pub fn in_use(&self) -> InUse {
        let inputs = self.connections.iter().filter(|connection| connection.input.is_some());
        let [(pins, ..), (staged_values, ..)] = self.shared.store.large_values_used();
        InUse {
            connections: self.connections.len() as u32 - self.free_slot_count,
            inputs: inputs.count() as u32,
            carry_buffers: self.carry.capacity() - self.carry.free_count(),
            reply_buffers: self.shared.replies.used_count(),
            request_blocks: self.requests.capacity() - self.requests.free_count(),
            queue_blocks: self.shared.queues.capacity() - self.shared.queues.free_count(),
            staged_values,
            pins,
            watches: self.shared.store.watches().used().0,
            buried: self.shared.store.reapable_count(),
        }
    }

    /// Asserts what must be true between two turns, by counting: each unit in use is held by one
    /// connection. O(connections).
    pub fn check_turn(&self) {
        let in_use = self.in_use();
        let mut held = InUse::default();
        let (mut kept_count, mut jumbo_count, mut watched_count, mut promised_count) = (0, 0, 0, 0);
        let (mut runnable_count, mut ready_count, mut waiting_count) = (0, 0, 0);
        let mut postponed_count = 0;
        for (connection, session) in self.connections.iter().zip(&self.shared.sessions) {
            runnable_count += u32::from(connection.is_runnable);
            ready_count += u32::from(connection.is_ready);
            waiting_count += u32::from(connection.is_waiting);
            postponed_count += u32::from(connection.is_postponed);
            if connection.phase == Phase::Free {
                assert!(!session.open, "a free slot has an open session");
                continue;
            }
            let transaction = &session.transaction;
            held.connections += 1;
            held.inputs += u32::from(connection.input.is_some());
            held.carry_buffers += u32::from(is_held(connection, Held::Carried));
            kept_count += u32::from(is_held(connection, Held::Kept));
            held.reply_buffers += connection.output.held_count();
            jumbo_count += u32::from(connection.output.has_jumbo());
            held.request_blocks += connection.partial.block_count();
            held.queue_blocks += transaction.queue.block_count();
            held.staged_values +=
                connection.partial.large_count() + u32::from(transaction.large_count);
            held.pins += self.shared.replies.value_count(&connection.output);
            promised_count += self.shared.replies.promised_to(&connection.output);
            watched_count += session.watched_count;
            check_connection(connection);
        }
        assert!(held.staged_values <= in_use.staged_values, "a staged value without a row");
        assert!(in_use.watches <= watched_count, "a watched key that nobody watches");
        held.staged_values = in_use.staged_values;
        (held.watches, held.buried) = (in_use.watches, in_use.buried);
        assert_eq!(held, in_use, "what connections hold, and what the pools have lent");
        assert_eq!(kept_count, self.kept_count, "receive buffers that are kept");
        assert_eq!(jumbo_count, u32::from(self.shared.replies.jumbo_taken()), "the jumbo permit");
        assert_eq!(promised_count, self.shared.replies.promised_count(), "promised buffers");
        assert_eq!(runnable_count, self.runnable.count());
        assert_eq!(ready_count, self.ready.count());
        assert_eq!(waiting_count, self.waiting.count());
        assert_eq!(postponed_count, self.postponed.count());
    }

    /// Asserts every invariant there is, of the connections and of the store. O(everything).
    pub fn check(&self) {
        self.check_turn();
        self.shared.store.check();
        let (mut of_requests, mut of_queues) = (Tally::default(), Tally::default());
        for (connection, session) in self.connections.iter().zip(&self.shared.sessions) {
            self.requests.count_chain(connection.partial.chain(), &mut of_requests);
            self.shared.queues.count_chain(&session.transaction.queue, &mut of_queues);
        }
        self.requests.check(of_requests);
        self.shared.queues.check(of_queues);
    }
}

fn is_held(connection: &Connection, how: Held) -> bool {
    connection.input.is_some() && connection.input_held == how
}

fn check_connection(connection: &Connection) {
    if connection.phase != Phase::Open {
        assert!(connection.input.is_none(), "it is no longer served");
        assert!(connection.partial.is_empty(), "a request of one that is no longer served");
    }
    if connection.phase == Phase::Closing {
        assert!(!connection.output.is_streaming(), "a closing connection streams");
    }
    if connection.phase == Phase::Closing && !connection.is_sending {
        assert_eq!(connection.output.held_count(), 0, "a closing connection keeps buffers");
    }
    if connection.has_output() && !connection.output.is_suspended() {
        let is_listed = connection.is_ready || connection.is_postponed;
        assert!(is_listed, "nobody would look at its output again");
    }
    if connection.is_receiving {
        assert!(connection.input.is_none(), "it receives while earlier input waits");
    }
}
