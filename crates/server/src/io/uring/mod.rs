//! The `io_uring` driver: actions become submissions, completions become events.
//!
//! One `io_uring_enter` a turn: it submits the replies and the receives of the turn that ends,
//! and waits for what the next one begins with. A receive takes its buffers from a ring of provided
//! ones and goes on, asked for or not, until it has brought what fits one: so its poll stays armed
//! from request to request, and not asking again *is* the back pressure. Where the kernel cannot
//! bound a receive, and where the socket has bytes anyway, it is one-shot.
//!
//! Invariants: at most one receive and one send in flight for a connection; a receive begins only
//! when the engine has asked and was told nothing since, so that what it brings fits; a socket is
//! closed only when nothing of it is in flight, so no completion can reach the slot's next life
//! (the generation in `user_data` asserts it); nothing here allocates after `open`.
mod buffers;
mod restrictions;
mod ring;

use super::fallback::OpenError;
use super::pending::{self, LANES_MAX, Pending, Rest};
use super::queue::SlotQueue;
use super::sockets::{self, Listeners};
use super::{EVENTS_PER_TURN, Parts};
use crate::signals::Signals;
use buffers::{Outgoing, ReceiveBuffers};
use granite_engine::event::{Action, ConnectionId, Event, Socket};
use granite_engine::memory::buffer::BufferHandle;
use ring::{Completion, Ring};
use rustix::io::Errno;
use std::os::fd::{AsFd, OwnedFd};

/// Receive buffers that the ring can number.
pub const BUFFERS_MAX: u32 = buffers::BUFFERS_MAX;

/// Accepts in flight for one listener: enough that a burst of clients is let in quickly.
const LANES_PER_LISTENER: usize = 8;

/// What a submission was for: the top byte of its `user_data`.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Operation {
    Accept = 1,
    Receive = 2,
    Send = 3,
    Signal = 4,
    End = 5,
}

/// `operation:8 | generation:24 | slot:32`. Never a pointer: a late or wrong completion can be
/// told, not followed.
fn user_data(operation: Operation, connection: ConnectionId) -> u64 {
    assert!(connection.generation < 1 << 24, "a generation has 24 bits");
    u64::from(operation as u8) << 56
        | u64::from(connection.generation) << 32
        | u64::from(connection.slot)
}

/// A connection's side of the driver.
struct Slot {
    /// None: the slot is free.
    socket: Option<OwnedFd>,
    generation: u32,
    /// The engine has asked for bytes, and was told nothing since.
    is_asked: bool,
    /// A receive is in flight, or waits for a buffer.
    is_receiving: bool,
    /// What came last left bytes in the socket.
    more_waits: bool,
    /// The end of the socket is waited for; see `watch_end`.
    awaits_end: bool,
    /// The socket has come to its end: nothing but what is in it is still received.
    has_ended: bool,
    is_closing: bool,
    /// The chain that the kernel is sending.
    outgoing: Option<Outgoing>,
}

/// The driver.
pub struct Uring {
    ring: Ring,
    buffers: ReceiveBuffers,
    /// Receives in flight, and those that wait for a buffer.
    receiving_count: usize,
    listeners: Listeners,
    signals: Signals,
    slots: Box<[Slot]>,
    pending: Pending,
    lane_count: usize,
    /// Lanes without an accept in flight, because of an error that only time can cure.
    resting_lanes: [bool; LANES_MAX],
    rest: Rest,
    /// Connections whose receive found no buffer.
    starved: SlotQueue,
    /// Connections whose `Closed` is due.
    closed: SlotQueue,
    events_left: u32,
}

/// Operations that can be in flight: a receive and a send for each connection, an accept for each
/// lane, and the wait for signals. The wait for a connection's end is not counted: it completes
/// once in its life, and what finds no room in the queue then the kernel keeps.
const fn in_flight_max(connection_slots: u32, lane_count: usize) -> u32 {
    2 * connection_slots + lane_count as u32 + 1
}

impl Uring {
    /// Sets up the ring and every table. On error the parts come back, for another driver.
    pub fn open(parts: Parts) -> Result<Self, (OpenError, Parts)> {
        let lane_count = parts.listeners.sockets.len() * LANES_PER_LISTENER;
        let lane_count = lane_count.min(LANES_MAX);
        let mut ring = match Ring::open(in_flight_max(parts.connection_slots, lane_count)) {
            Ok(ring) => ring,
            Err(error) => return Err((error, parts)),
        };
        let buffers = ReceiveBuffers::new(parts.buffers);
        if let Err(error) = ring.start(&buffers) {
            return Err((error, Parts { buffers: buffers.into_idle(), ..parts }));
        }
        ring.find_bound(parts.signals.as_fd());
        let slots = parts.connection_slots;
        let mut uring = Self {
            ring,
            buffers,
            receiving_count: 0,
            listeners: parts.listeners,
            signals: parts.signals,
            slots: (0..slots).map(|_| Slot::free()).collect(),
            pending: Pending::new(),
            lane_count,
            resting_lanes: [false; LANES_MAX],
            rest: Rest::new(),
            starved: SlotQueue::new(slots),
            closed: SlotQueue::new(slots),
            events_left: 0,
        };
        for lane in 0..lane_count {
            uring.accept(lane);
        }
        uring.poll_signals();
        Ok(uring)
    }

    /// From now on every receive is one-shot.
    #[cfg(test)]
    pub(super) fn receive_once(&mut self) {
        self.ring.forget_bound();
    }

    /// Bytes of the tables that `open` takes.
    pub fn table_bytes(connection_slots: u32, receive_buffers: u32) -> u64 {
        let per_slot = size_of::<Slot>() + 2 * size_of::<u32>();
        u64::from(connection_slots) * per_slot as u64
            + ReceiveBuffers::table_bytes(receive_buffers)
            + Ring::table_bytes()
    }

    /// Bytes of the queues that a ring for so many connections shares with the kernel, at most.
    pub fn queue_bytes(connection_slots: u32) -> u64 {
        Ring::queue_bytes(in_flight_max(connection_slots, LANES_MAX))
    }

    /// Submits what the last turn asked for, and waits: at most so long, not at all if something
    /// can be told already.
    pub fn wait(&mut self, mut timeout_ms: Option<u32>) {
        self.events_left = EVENTS_PER_TURN;
        self.feed_starved();
        if self.rest.is_over(&mut timeout_ms) {
            for lane in 0..self.lane_count {
                if std::mem::take(&mut self.resting_lanes[lane]) {
                    self.accept(lane);
                }
            }
        }
        if !self.closed.is_empty() || self.ring.has_completions() {
            timeout_ms = Some(0);
        }
        self.ring.wait(timeout_ms);
    }

    /// The next thing that happened; nothing once the turn has had its share.
    pub fn next_event(&mut self) -> Option<Event> {
        while self.events_left > 0 {
            if let Some(completion) = self.ring.completion() {
                self.events_left -= 1;
                if let Some(event) = self.complete(completion) {
                    return Some(event);
                }
            } else if let Some(slot) = self.closed.pop() {
                self.events_left -= 1;
                let generation = self.slots[slot as usize].generation;
                return Some(Event::Closed { connection: ConnectionId { slot, generation } });
            } else {
                break;
            }
        }
        None
    }

    /// Stops listening.
    pub(super) fn end(&self) {
        self.listeners.end();
    }

    /// Does what the engine asks; what needs the kernel goes with the next `wait`.
    pub fn submit(&mut self, action: Action) {
        match action {
            Action::Adopt { socket, connection } => self.adopt(socket, connection),
            Action::Refuse { socket, line } => {
                sockets::refuse(self.pending.take(socket), line);
                self.accept(socket.0 as usize);
            }
            Action::Receive { connection } => self.receive(connection),
            Action::Return { buffer } => self.give_back(buffer),
            Action::Send { connection, buffer } => self.send(connection, buffer),
            Action::Close { connection } => self.close(connection),
            Action::Sleep { .. } | Action::Stop { .. } => {
                unreachable!("the event loop sleeps and stops by itself")
            }
        }
    }

    fn accept(&mut self, lane: usize) {
        let listener = &self.listeners.sockets[lane % self.listeners.sockets.len()];
        let name = ConnectionId { slot: lane as u32, generation: 0 };
        self.ring.accept(listener.socket.as_fd(), user_data(Operation::Accept, name));
    }

    fn poll_signals(&mut self) {
        let name = ConnectionId { slot: 0, generation: 0 };
        self.ring.poll(self.signals.as_fd(), user_data(Operation::Signal, name));
    }

    fn adopt(&mut self, socket: Socket, connection: ConnectionId) {
        let accepted = self.pending.take(socket);
        let slot = &mut self.slots[connection.slot as usize];
        assert!(slot.socket.is_none(), "a slot was given to two sockets");
        *slot = Slot::free();
        slot.socket = Some(accepted);
        slot.generation = connection.generation;
        self.watch_end(connection);
        self.accept(socket.0 as usize);
    }

    /// Waits for the end of a socket, besides what is received from it: a receive that goes on may
    /// miss it. Bytes and an end that come together wake it once; it takes the bytes, finds the
    /// socket empty, and waits for what has been there already (Unix sockets, resets, and kernels
    /// with liburing's issue 1549).
    fn watch_end(&mut self, connection: ConnectionId) {
        if !self.ring.has_bound() {
            return;
        }
        let slot = slot_of(&mut self.slots, connection);
        slot.awaits_end = true;
        let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
        self.ring.poll_end(socket.as_fd(), user_data(Operation::End, connection));
    }

    fn complete_end(&mut self, connection: ConnectionId) {
        let slot = slot_of(&mut self.slots, connection);
        (slot.awaits_end, slot.has_ended) = (false, true);
        self.nudge(connection.slot);
        self.finish_close(connection.slot);
    }

    /// Wakes a receive that goes on though its socket has ended: with nothing left it ends, too.
    fn nudge(&mut self, slot_index: u32) {
        let slot = &self.slots[slot_index as usize];
        if slot.is_receiving && (slot.has_ended || slot.is_closing) {
            sockets::end_input(slot.socket.as_ref().expect("what is received from is open"));
        }
    }

    fn receive(&mut self, connection: ConnectionId) {
        let slot = slot_of(&mut self.slots, connection);
        assert!(!slot.is_asked, "asked twice for the same");
        assert!(!slot.is_closing, "a connection that closes receives no more");
        slot.is_asked = true;
        if !slot.is_receiving {
            self.begin_receive(connection);
        }
    }

    fn begin_receive(&mut self, connection: ConnectionId) {
        slot_of(&mut self.slots, connection).is_receiving = true;
        self.receiving_count += 1;
        self.buffers.lend(self.receiving_count);
        self.submit_receive(connection);
    }

    fn submit_receive(&mut self, connection: ConnectionId) {
        let slot = slot_of(&mut self.slots, connection);
        let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
        let name = user_data(Operation::Receive, connection);
        self.ring.receive(socket.as_fd(), !slot.more_waits && !slot.has_ended, name);
    }

    /// A buffer is empty again: perhaps somebody waits for it.
    fn give_back(&mut self, buffer: BufferHandle) {
        self.buffers.give_back(buffer);
        self.buffers.lend(self.receiving_count);
    }

    /// The connection receives no more, for now.
    fn end_receive(&mut self, slot_index: u32) {
        self.slots[slot_index as usize].is_receiving = false;
        self.receiving_count -= 1;
    }

    fn send(&mut self, connection: ConnectionId, chain: BufferHandle) {
        let slot = slot_of(&mut self.slots, connection);
        assert!(slot.outgoing.is_none(), "one send for a connection");
        assert!(!slot.is_closing, "a connection that closes sends no more");
        slot.outgoing = Some(Outgoing::new(chain));
        let is_submitted = self.send_rest(connection);
        assert!(is_submitted, "a chain to send has bytes");
    }

    /// Submits what is left of the chain; false when nothing is.
    fn send_rest(&mut self, connection: ConnectionId) -> bool {
        let slot = slot_of(&mut self.slots, connection);
        let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
        let chain = slot.outgoing.as_mut().expect("a send has a chain");
        self.ring.send(socket.as_fd(), chain, user_data(Operation::Send, connection))
    }

    fn close(&mut self, connection: ConnectionId) {
        let slot = slot_of(&mut self.slots, connection);
        assert!(!slot.is_closing, "a connection closes once");
        slot.is_closing = true;
        // Ends what is in flight. Closing the descriptor would not: the ring holds the socket.
        sockets::end(slot.socket.as_ref().expect("an adopted slot has a socket"));
        self.finish_close(connection.slot);
    }

    /// Closes the socket once nothing of the connection is in flight.
    fn finish_close(&mut self, slot_index: u32) {
        let slot = &mut self.slots[slot_index as usize];
        let is_idle = !slot.is_receiving && !slot.awaits_end && slot.outgoing.is_none();
        if slot.is_closing && is_idle {
            slot.socket = None;
            self.closed.push(slot_index);
        }
    }

    /// Submits the receives that found no buffer, as many as there are buffers now. Driven by
    /// buffers that come back, never by time, so that an empty pool costs nothing.
    fn feed_starved(&mut self) {
        for _ in 0..self.buffers.lent_count() {
            let Some(slot_index) = self.starved.pop() else {
                break;
            };
            let slot = &self.slots[slot_index as usize];
            let connection = ConnectionId { slot: slot_index, generation: slot.generation };
            if slot.is_closing {
                self.end_receive(slot_index);
                self.finish_close(slot_index);
            } else {
                self.submit_receive(connection);
            }
        }
    }

    fn complete(&mut self, completion: Completion) -> Option<Event> {
        let slot = completion.user_data as u32;
        let generation = (completion.user_data >> 32) as u32 & 0x00ff_ffff;
        let connection = ConnectionId { slot, generation };
        match (completion.user_data >> 56) as u8 {
            tag if tag == Operation::Accept as u8 => self.complete_accept(completion, slot),
            tag if tag == Operation::Receive as u8 => {
                self.complete_receive(&completion, connection)
            }
            tag if tag == Operation::Send as u8 => self.complete_send(&completion, connection),
            tag if tag == Operation::End as u8 => {
                self.complete_end(connection);
                None
            }
            tag => {
                assert_eq!(tag, Operation::Signal as u8, "a completion of nothing we submitted");
                self.poll_signals();
                self.signals.next().map(Event::Signal)
            }
        }
    }

    fn complete_accept(&mut self, completion: Completion, lane: u32) -> Option<Event> {
        let lane = lane as usize;
        if completion.result < 0 {
            if pending::is_passing(Errno::from_raw_os_error(-completion.result)) {
                self.accept(lane);
            } else {
                self.resting_lanes[lane] = true;
                self.rest.begin();
            }
            return None;
        }
        let socket = completion.into_socket();
        let listener = &self.listeners.sockets[lane % self.listeners.sockets.len()];
        let Some(peer) = listener.peer(&socket) else {
            self.accept(lane);
            return None;
        };
        Some(Event::Accepted { socket: self.pending.put(lane, socket), peer })
    }

    fn complete_receive(
        &mut self,
        completion: &Completion,
        connection: ConnectionId,
    ) -> Option<Event> {
        // A buffer may come back empty: the kernel chooses it before it looks into the socket.
        let size = completion.result.max(0).cast_unsigned();
        let buffer = completion.buffer.map(|number| self.buffers.take(number, size));
        let slot = slot_of(&mut self.slots, connection);
        assert!(slot.is_receiving, "a receive ends once");
        slot.more_waits = completion.more_waits;
        let (is_asked, is_closing) = (slot.is_asked, slot.is_closing);
        if completion.result == -libc::ENOBUFS && is_asked && !is_closing {
            self.starved.push(connection.slot);
            return None;
        }
        if completion.goes_on {
            self.buffers.lend(self.receiving_count);
            self.nudge(connection.slot);
        } else {
            self.end_receive(connection.slot);
        }
        match buffer {
            Some(buffer) if size > 0 && !is_closing => {
                slot_of(&mut self.slots, connection).is_asked = false;
                let more_waits = completion.more_waits;
                return Some(Event::Received { connection, buffer, more_waits });
            }
            Some(buffer) => self.give_back(buffer),
            None => assert!(size == 0, "bytes were received into no buffer"),
        }
        if is_closing {
            self.finish_close(connection.slot);
            return None;
        }
        match -completion.result {
            libc::EINTR | libc::EAGAIN if is_asked => {
                self.begin_receive(connection);
                None
            }
            // Nobody waits for it: it begins when it is asked for.
            libc::EINTR | libc::EAGAIN | libc::ENOBUFS => None,
            error => {
                slot_of(&mut self.slots, connection).is_asked = false;
                Some(Event::ReceiveEnded { connection, orderly: error == 0 })
            }
        }
    }

    fn complete_send(
        &mut self,
        completion: &Completion,
        connection: ConnectionId,
    ) -> Option<Event> {
        let slot = slot_of(&mut self.slots, connection);
        let chain = slot.outgoing.as_mut().expect("a send ends once");
        let size = completion.result.max(0).cast_unsigned();
        chain.advance(size);
        let is_interrupted = [-libc::EINTR, -libc::EAGAIN].contains(&completion.result);
        // A send of nothing moves nothing: going on after it could go on for ever.
        let may_go_on = (size > 0 || is_interrupted) && !slot.is_closing;
        if may_go_on && self.send_rest(connection) {
            return None;
        }
        let slot = slot_of(&mut self.slots, connection);
        let chain = slot.outgoing.take().expect("a send has a chain");
        let (buffer, sent_bytes) = chain.finish();
        self.finish_close(connection.slot);
        Some(Event::Sent { connection, buffer, sent_bytes })
    }
}

/// The slot of a connection, in the life that the connection names.
fn slot_of(slots: &mut [Slot], connection: ConnectionId) -> &mut Slot {
    let slot = &mut slots[connection.slot as usize];
    assert_eq!(slot.generation, connection.generation, "a slot was reached from another life");
    slot
}

impl Slot {
    const fn free() -> Self {
        Self {
            socket: None,
            generation: 0,
            is_asked: false,
            is_receiving: false,
            more_waits: false,
            awaits_end: false,
            has_ended: false,
            is_closing: false,
            outgoing: None,
        }
    }
}

#[cfg(test)]
#[path = "uring_test.rs"]
mod uring_test;
