//! The end of connections, and of the server: what is given back, and in which order.
use super::Engine;
use crate::commands::transaction;
use crate::connection::{Connection, Held, Parked, Phase};
use crate::marks::Mark;
use crate::memory::buffer::BufferHandle;
use crate::planted::{Bug, is_planted};

/// How long the end of the server may take: who does not read until then is cut.
const STOP_MS_MAX: u64 = 800;

impl Engine {
    /// A receive buffer goes back to the driver.
    pub(super) fn give_back(&mut self, buffer: BufferHandle) {
        if let Some(rest) = self.returns.take() {
            buffer.link(rest);
        }
        self.returns = Some(buffer);
    }

    /// All input of the connection is executed, or dropped.
    pub(super) fn release_input(&mut self, slot: u32) {
        let connection = &mut self.connections[slot as usize];
        let Some(buffer) = connection.input.take() else { return };
        match core::mem::take(&mut connection.input_held) {
            Held::Lent => self.give_back(buffer),
            Held::Carried if is_planted(Bug::CarryLost) => {}
            Held::Carried => drop(self.carry.release(buffer)),
            Held::Kept => {
                self.kept_count -= 1;
                if !is_planted(Bug::ReceiveLost) {
                    self.give_back(buffer);
                }
            }
        }
    }

    /// The input of a connection that waits should not keep a receive buffer: the driver gets
    /// another one for it, while there is one. After that it is kept, and when too many are, those
    /// are closed that do not read (see `timers`). A connection that waits for others is never
    /// closed: that all wait is how a flood is slowed down.
    pub(super) fn carry_input(&mut self, slot: u32) {
        let connection = &mut self.connections[slot as usize];
        if connection.input.is_none() || connection.input_held != Held::Lent {
            return;
        }
        if let Some(buffer) = self.carry.acquire() {
            connection.input_held = Held::Carried;
            self.marks.reach(Mark::InputCarried);
            self.give_back(buffer);
        } else {
            connection.input_held = Held::Kept;
            self.marks.reach(Mark::ReceiveKept);
            self.kept_count += 1;
        }
    }

    /// Ends a connection now; what it was still to be sent is dropped.
    pub(super) fn close(&mut self, slot: u32) {
        let connection = &self.connections[slot as usize];
        if matches!(connection.phase, Phase::Free | Phase::Closing) || self.abandon(slot) {
            return;
        }
        self.connections[slot as usize].phase = Phase::Closing;
        self.drop_input(slot);
        self.drop_output(slot);
        self.ready.push(&mut self.connections, slot);
    }

    /// Nothing of what waits is sent.
    pub(super) fn drop_output(&mut self, slot: u32) {
        let output = &mut self.connections[slot as usize].output;
        let (replies, store) = (&mut self.shared.replies, &mut self.shared.store);
        while let Some(pin) = output.take_stream(replies) {
            self.marks.reach(Mark::StreamCut);
            store.unpin(pin);
        }
        output.clear(replies);
        self.buffers_came_back = true;
    }

    /// Ends a connection when its output is sent.
    pub(super) fn drain(&mut self, slot: u32) {
        let connection = &self.connections[slot as usize];
        if connection.phase != Phase::Open {
            return;
        }
        if self.is_exclusive(slot) {
            self.shared.sessions[slot as usize].close_after_reply = true;
            return;
        }
        self.connections[slot as usize].phase = Phase::Draining;
        self.drop_input(slot);
        if self.connections[slot as usize].is_streaming() {
            self.runnable.push(&mut self.connections, slot);
        }
        self.settle(slot);
    }

    /// Nothing more is executed for the connection: gives back all but its output.
    fn drop_input(&mut self, slot: u32) {
        self.release_input(slot);
        let connection = &mut self.connections[slot as usize];
        connection.parked = Parked::No;
        let store = &mut self.shared.store;
        connection.partial.reset(&mut self.requests, |staged| store.stage_discard(staged));
        let session = &mut self.shared.sessions[slot as usize];
        transaction::release(&mut self.shared.queues, store, &mut session.transaction);
        session.transaction.open = false;
        if session.watched_count > 0 {
            session.watched_count = 0;
            store.unwatch(slot);
        }
        session.open = false;
        (session.input_bytes, session.output_bytes) = (0, 0);
    }

    /// Moves a connection on that has executed, received or sent something, and lists it if it
    /// needs an action.
    pub(super) fn settle(&mut self, slot: u32) {
        let connection = &mut self.connections[slot as usize];
        let is_idle = connection.parked == Parked::No && !connection.has_work();
        if connection.phase == Phase::Open && connection.is_ended && is_idle {
            self.drain(slot);
            return;
        }
        if connection.is_drained() {
            self.close(slot);
            return;
        }
        if connection.postpones_output() {
            self.postpone(slot);
        }
        let connection = &mut self.connections[slot as usize];
        if connection.wants_send() || connection.wants_receive() {
            self.ready.push(&mut self.connections, slot);
        }
    }

    /// CLIENT KILL marked sessions.
    pub(super) fn close_killed(&mut self) {
        for slot in 0..self.connections.len() {
            if self.shared.sessions[slot].open && self.shared.sessions[slot].killed {
                self.marks.reach(Mark::ClientKilled);
                self.close(slot as u32);
            }
        }
    }

    /// The server ends: nothing more is executed, what was answered is still sent.
    pub(super) fn begin_stop(&mut self) {
        if self.stopping_ms.is_some() {
            return;
        }
        self.stopping_ms = Some(self.shared.now.monotonic_ms);
        if self.connections.iter().any(Connection::has_work) {
            self.marks.reach(Mark::StopWaited);
        }
        for slot in 0..self.connections.len() as u32 {
            self.drain(slot);
        }
    }

    /// Ends the process once all output is sent, or `STOP_MS_MAX` after the order.
    pub(super) fn check_stop(&mut self) {
        let Some(since_ms) = self.stopping_ms else { return };
        let late = self.shared.now.monotonic_ms - since_ms >= STOP_MS_MAX;
        let mut phases = self.connections.iter().map(|connection| connection.phase);
        let is_served = phases.any(|phase| matches!(phase, Phase::Open | Phase::Draining));
        if late && is_served {
            self.marks.reach(Mark::StopCut);
        }
        if late || !is_served {
            self.shared.log.warning(format_args!("Granite is now ready to exit, bye bye..."));
            self.is_stopped = true;
        }
    }
}
