//! The epoll driver: the same events and actions as `uring`, for kernels and containers without
//! `io_uring`. It emulates completions: an action that cannot be done at once is remembered in the
//! slot, and done when the socket is ready.
//!
//! A socket is registered once, edge-triggered, and readiness is remembered here: asking for
//! another receive costs no system call, and neither does one that finds nothing because the last
//! one emptied the socket. A send is tried at once; `EPOLLOUT` is registered only while a peer
//! does not read (a Unix socket would otherwise report it after every reply).
//!
//! Invariant: a slot is in `ready` whenever it has something to tell or to try.
use super::fallback::{OpenError, Step};
use super::outbox::Outbox;
use super::pending::{self, Pending, Rest};
use super::queue::SlotQueue;
use super::sockets::{self, Listeners};
use super::{EVENTS_PER_TURN, Parts};
use crate::signals::Signals;
use granite_engine::event::{Action, ConnectionId, Event, Socket};
use granite_engine::memory::buffer::{BufferHandle, BufferPool};
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SocketFlags, accept_with, recv};
use std::os::fd::OwnedFd;

/// What `data` of a registration says: a connection's slot, or one of these.
const TAG_LISTENER: u64 = 1 << 32;
const TAG_SIGNALS: u64 = 2 << 32;

/// Every registered socket reports new input, and the peer's end.
const INPUT: EventFlags = EventFlags::IN.union(EventFlags::RDHUP).union(EventFlags::ET);

/// The peer has ended its side, or the socket has failed: receiving does not wait any more.
const ENDED: EventFlags = EventFlags::RDHUP.union(FAILED);

/// The peer is gone: nothing waits any more.
const FAILED: EventFlags = EventFlags::HUP.union(EventFlags::ERR);

/// Longest wait: `epoll_pwait` counts milliseconds in an `i32`.
const TIMEOUT_MS_MAX: u32 = 3_600_000;

/// A connection's side of the driver.
struct Slot {
    /// None: the slot is free.
    socket: Option<OwnedFd>,
    generation: u32,
    /// A receive was asked for and has not ended.
    is_receiving: bool,
    /// The socket may have bytes, or its end.
    is_readable: bool,
    /// The peer's end is in the socket: it stays readable whatever was read.
    has_ended: bool,
    /// Its error was taken by a look; the receive that follows finds an end.
    has_failed: bool,
    /// The socket has room again since the last send that found none.
    has_room: bool,
    /// `EPOLLOUT` is registered.
    awaits_room: bool,
    is_closing: bool,
    /// What is being sent.
    outbox: Option<Outbox>,
}

/// The driver.
pub struct Epoll {
    set: OwnedFd,
    buffers: BufferPool,
    listeners: Listeners,
    /// Which listeners may have a connection.
    acceptable: [bool; sockets::LISTENERS_MAX],
    /// The listener whose turn it is.
    listener_next: usize,
    signals: Signals,
    has_signal: bool,
    slots: Box<[Slot]>,
    pending: Pending,
    rest: Rest,
    ready: SlotQueue,
    events: Box<[epoll::Event]>,
    events_left: u32,
    has_skipped: bool,
}

impl Epoll {
    /// Takes every table and registers what is there from the start.
    pub fn open(parts: Parts) -> Result<Self, OpenError> {
        let set = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(failed)?;
        for (index, listener) in parts.listeners.sockets.iter().enumerate() {
            rustix::io::ioctl_fionbio(&listener.socket, true).map_err(failed)?;
            let data = EventData::new_u64(TAG_LISTENER | index as u64);
            epoll::add(&set, &listener.socket, data, EventFlags::IN | EventFlags::ET)
                .map_err(failed)?;
        }
        epoll::add(&set, &parts.signals, EventData::new_u64(TAG_SIGNALS), EventFlags::IN)
            .map_err(failed)?;
        let slots = parts.connection_slots;
        let nothing = epoll::Event { flags: EventFlags::empty(), data: EventData::new_u64(0) };
        Ok(Self {
            set,
            buffers: parts.buffers,
            listeners: parts.listeners,
            acceptable: [false; sockets::LISTENERS_MAX],
            listener_next: 0,
            signals: parts.signals,
            has_signal: false,
            slots: (0..slots).map(|_| Slot::free()).collect(),
            pending: Pending::new(),
            rest: Rest::new(),
            ready: SlotQueue::new(slots),
            events: vec![nothing; EVENTS_PER_TURN as usize].into(),
            events_left: 0,
            has_skipped: false,
        })
    }

    /// Bytes of the tables that `open` takes.
    pub fn table_bytes(connection_slots: u32) -> u64 {
        let per_slot = size_of::<Slot>() + size_of::<u32>();
        let events = EVENTS_PER_TURN as usize * size_of::<epoll::Event>();
        u64::from(connection_slots) * per_slot as u64 + events as u64
    }

    /// Waits: at most so long, not at all if something can be told already.
    pub fn wait(&mut self, mut timeout_ms: Option<u32>) {
        self.events_left = EVENTS_PER_TURN;
        if self.rest.is_over(&mut timeout_ms) {
            self.acceptable = [true; sockets::LISTENERS_MAX];
        }
        let can_accept = !self.rest.is_active() && self.acceptable.contains(&true);
        if !self.ready.is_empty() || can_accept || self.has_signal {
            // What is known can be told without asking the kernel, but not twice in a row: a
            // few busy connections must not keep the others from being heard.
            self.has_skipped = !self.has_skipped;
            if self.has_skipped {
                return;
            }
            timeout_ms = Some(0);
        } else {
            self.has_skipped = false;
        }
        self.poll(timeout_ms);
    }

    /// Takes readiness from the kernel into the slots.
    fn poll(&mut self, timeout_ms: Option<u32>) {
        let timeout = timeout_ms.map(|timeout_ms| {
            let timeout_ms = timeout_ms.min(TIMEOUT_MS_MAX);
            Timespec {
                tv_sec: (timeout_ms / 1000).into(),
                tv_nsec: (timeout_ms % 1000 * 1_000_000).into(),
            }
        });
        let count = match epoll::wait(&self.set, &mut self.events[..], timeout.as_ref()) {
            Ok(count) => count,
            Err(Errno::INTR) => 0,
            Err(errno) => panic!("epoll_wait failed: {errno:?}"),
        };
        for event in &self.events[..count] {
            let (flags, data) = (event.flags, event.data.u64());
            if data < TAG_LISTENER {
                let slot = &mut self.slots[data as usize];
                let is_readable = flags.intersects(EventFlags::IN | ENDED);
                slot.is_readable |= is_readable;
                slot.has_ended |= flags.intersects(ENDED);
                slot.has_room |= flags.intersects(EventFlags::OUT | FAILED);
                if (slot.is_readable && slot.is_receiving)
                    || (slot.has_room && slot.outbox.is_some())
                {
                    self.ready.push(data as u32);
                }
            } else if data < TAG_SIGNALS {
                self.acceptable[(data & !TAG_LISTENER) as usize] = true;
            } else {
                self.has_signal = true;
            }
        }
    }

    /// The next thing that happened; nothing once the turn has had its share.
    pub fn next_event(&mut self) -> Option<Event> {
        while self.events_left > 0 {
            self.events_left -= 1;
            if self.has_signal {
                match self.signals.next() {
                    Some(signal) => return Some(Event::Signal(signal)),
                    None => self.has_signal = false,
                }
            }
            // Those who are let in come after those who are in, and get what is left of the turn.
            let event = match self.ready.pop() {
                Some(slot) => self.serve(slot),
                None => match self.accept() {
                    None => return None,
                    event => event,
                },
            };
            if event.is_some() {
                return event;
            }
        }
        None
    }

    /// Stops listening.
    pub(super) fn end(&self) {
        self.listeners.end();
    }

    /// Does what the engine asks.
    pub fn submit(&mut self, action: Action) {
        match action {
            Action::Adopt { socket, connection } => self.adopt(socket, connection),
            Action::Refuse { socket, line } => sockets::refuse(self.pending.take(socket), line),
            Action::Receive { connection } => {
                let slot = slot_of(&mut self.slots, connection);
                assert!(!slot.is_receiving, "asked twice for the same");
                assert!(!slot.is_closing, "a connection that closes receives no more");
                slot.is_receiving = true;
                if slot.is_readable {
                    self.ready.push(connection.slot);
                }
            }
            Action::Return { buffer } => {
                self.buffers.release(buffer);
            }
            Action::Send { connection, buffer } => self.send(connection, buffer),
            Action::Close { connection } => {
                let slot = slot_of(&mut self.slots, connection);
                assert!(!slot.is_closing, "a connection closes once");
                slot.is_closing = true;
                slot.is_receiving = false;
                sockets::end(slot.socket.as_ref().expect("an adopted slot has a socket"));
                self.ready.push(connection.slot);
            }
            Action::Sleep { .. } | Action::Stop { .. } => {
                unreachable!("the event loop sleeps and stops by itself")
            }
        }
    }

    fn adopt(&mut self, socket: Socket, connection: ConnectionId) {
        let accepted = self.pending.take(socket);
        let slot = &mut self.slots[connection.slot as usize];
        assert!(slot.socket.is_none(), "a slot was given to two sockets");
        *slot = Slot::free();
        slot.generation = connection.generation;
        // Fails when the user's limit of watches is reached: then the connection is as good as
        // dead, and its first receive says so.
        let data = EventData::new_u64(connection.slot.into());
        if epoll::add(&self.set, &accepted, data, INPUT).is_err() {
            sockets::end(&accepted);
            (slot.is_readable, slot.has_ended) = (true, true);
        }
        slot.socket = Some(accepted);
    }

    /// Sends at once what the socket takes, and remembers the rest.
    fn send(&mut self, connection: ConnectionId, chain: BufferHandle) {
        let slot = slot_of(&mut self.slots, connection);
        assert!(slot.outbox.is_none(), "one send for a connection");
        assert!(!slot.is_closing, "a connection that closes sends no more");
        let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
        let mut outbox = Outbox::new(chain);
        let is_over = outbox.send(socket);
        slot.outbox = Some(outbox);
        if is_over {
            self.ready.push(connection.slot);
        } else {
            slot.has_room = false;
            self.watch_room(connection.slot, true);
        }
    }

    /// Registers or drops the interest in room to send. Registering looks at the socket too, so
    /// room that came since the send is not missed.
    fn watch_room(&mut self, slot_index: u32, is_wanted: bool) {
        let slot = &mut self.slots[slot_index as usize];
        if slot.awaits_room == is_wanted {
            return;
        }
        slot.awaits_room = is_wanted;
        let flags = if is_wanted { INPUT | EventFlags::OUT } else { INPUT };
        let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
        let data = EventData::new_u64(slot_index.into());
        epoll::modify(&self.set, socket, data, flags).expect("a registered socket can be changed");
    }

    /// Tells or tries the one thing that is next for this connection.
    fn serve(&mut self, slot_index: u32) -> Option<Event> {
        let slot = &mut self.slots[slot_index as usize];
        let connection = ConnectionId { slot: slot_index, generation: slot.generation };
        if let Some(outbox) = &mut slot.outbox {
            let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
            if !outbox.is_over() && slot.has_room && !slot.is_closing {
                slot.has_room = outbox.send(socket);
            }
            if outbox.is_over() || slot.is_closing {
                return Some(self.finish_send(connection));
            }
        }
        if slot.is_closing {
            // Closing takes the socket out of the epoll set: it has no other descriptor.
            slot.socket = None;
            slot.is_closing = false;
            return Some(Event::Closed { connection });
        }
        if slot.is_receiving && slot.is_readable {
            return self.receive(connection);
        }
        None
    }

    fn finish_send(&mut self, connection: ConnectionId) -> Event {
        let slot = &mut self.slots[connection.slot as usize];
        let (buffer, sent_bytes) = slot.outbox.take().expect("a send ends once").finish();
        if slot.is_closing || (slot.is_receiving && slot.is_readable) {
            self.ready.push(connection.slot);
        }
        if !slot.is_closing {
            self.watch_room(connection.slot, false);
        }
        Event::Sent { connection, buffer, sent_bytes }
    }

    fn receive(&mut self, connection: ConnectionId) -> Option<Event> {
        let Some(buffer) = self.buffers.acquire() else {
            // Every buffer is with the engine, which gives them back this turn.
            self.ready.push(connection.slot);
            return None;
        };
        let slot = &mut self.slots[connection.slot as usize];
        let socket = slot.socket.as_ref().expect("an adopted slot has a socket");
        match recv(socket, buffer.room(), RecvFlags::DONTWAIT) {
            Ok((size, _)) if size > 0 => {
                // A read that left room has emptied the socket: what comes later is a new edge.
                let is_full = size == buffer.room().len();
                slot.is_readable = slot.has_ended || is_full;
                slot.is_receiving = false;
                let more_waits = is_full
                    && more_waits(socket).unwrap_or_else(|_| {
                        slot.has_failed = true;
                        true
                    });
                buffer.commit(size as u32);
                return Some(Event::Received { connection, buffer, more_waits });
            }
            Err(Errno::AGAIN) => slot.is_readable = false,
            Err(Errno::INTR) => self.ready.push(connection.slot),
            ended => {
                slot.is_receiving = false;
                self.buffers.release(buffer);
                let orderly = ended.is_ok() && !slot.has_failed;
                return Some(Event::ReceiveEnded { connection, orderly });
            }
        }
        self.buffers.release(buffer);
        None
    }

    /// Accepts one connection, from each listener in its turn.
    fn accept(&mut self) -> Option<Event> {
        if self.rest.is_active() {
            return None;
        }
        let listener_count = self.listeners.sockets.len();
        loop {
            let lane = self.pending.free_lane()?;
            let index = (0..listener_count)
                .map(|step| (self.listener_next + step) % listener_count)
                .find(|index| self.acceptable[*index])?;
            self.listener_next = index + 1;
            let listener = &self.listeners.sockets[index];
            let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
            match accept_with(&listener.socket, flags) {
                Ok(socket) => {
                    if let Some(peer) = listener.peer(&socket) {
                        return Some(Event::Accepted {
                            socket: self.pending.put(lane, socket),
                            peer,
                        });
                    }
                }
                Err(Errno::AGAIN) => self.acceptable[index] = false,
                Err(errno) if pending::is_passing(errno) => {}
                Err(_) => {
                    self.rest.begin();
                    return None;
                }
            }
        }
    }
}

fn failed(errno: Errno) -> OpenError {
    OpenError { step: Step::Epoll, errno }
}

/// The slot of a connection, in the life that the connection names.
fn slot_of(slots: &mut [Slot], connection: ConnectionId) -> &mut Slot {
    let slot = &mut slots[connection.slot as usize];
    assert_eq!(slot.generation, connection.generation, "a slot was reached from another life");
    slot
}

/// Does a socket have more? A system call (the receive's own, which the filter knows), worth it
/// only where a receive has filled its buffer. An error that it takes from the socket is told.
fn more_waits(socket: &OwnedFd) -> Result<bool, Errno> {
    match recv(socket, &mut [0], RecvFlags::DONTWAIT | RecvFlags::PEEK) {
        Ok(_) => Ok(true),
        Err(Errno::AGAIN | Errno::INTR) => Ok(false),
        Err(error) => Err(error),
    }
}

impl Slot {
    const fn free() -> Self {
        Self {
            socket: None,
            generation: 0,
            is_receiving: false,
            is_readable: false,
            has_ended: false,
            has_failed: false,
            has_room: false,
            awaits_room: false,
            is_closing: false,
            outbox: None,
        }
    }
}
