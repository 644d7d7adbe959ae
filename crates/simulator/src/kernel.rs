//! A simulated kernel around the real engine: sockets are byte queues, time is a number, and
//! whatever may go otherwise than hoped does so as often as `Faults` says.
//!
//! Invariant: it keeps every promise of `event`: one receive and one send in flight, a send is
//! short only when the peer is gone, `Closed` is the last event of a connection and comes exactly
//! once after `Close`, and what comes after one `Receive` fits one buffer. It breaks only what
//! Linux does not promise: when a completion comes, in which order those of different operations
//! come, whether a receive goes on, and what it still brings after the connection was asked to be
//! closed.
use crate::watched_allocator::within;
use crate::wire::Wire;
use crate::witness::{self, Seen};
use granite_engine::clock::Now;
use granite_engine::engine::{EVENTS_PER_TURN, Engine};
use granite_engine::event::{Action, ConnectionId, Event, Peer, Signal, Socket};
use granite_engine::hooks::Hooks;
use granite_engine::limits::Limits;
use granite_engine::marks::{Mark, Marks};
use granite_engine::memory::buffer::{BUFFER_SIZE, BufferPool};
use granite_engine::options::settings::Settings;
use granite_engine::random::Random;
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Turns after which an engine that still has something to do is stuck.
const TURNS_MAX: u32 = 100_000;

/// How often, of 256 times, something goes otherwise.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Faults {
    /// A receive brings only some of the bytes that are there.
    pub fragment: u64,
    /// A completion waits for a later turn.
    pub delay: u64,
    /// The client reads nothing for now, so that a send does not complete.
    pub slow_reader: u64,
    /// The completions of a turn come in any order.
    pub reorder: u64,
    /// What was in flight when a connection was asked to be closed ends as if it had not been.
    pub stale: u64,
    /// A receive that has brought bytes goes on, and brings more, or its end, unasked.
    pub unasked: u64,
}

/// The engine in its kernel.
pub struct Kernel {
    /// The engine itself.
    pub engine: Engine,
    /// The time of the next turn.
    pub now: Now,
    /// The engine asked the process to end.
    pub stopped: Option<u8>,
    /// Tells on the standard output what it does.
    pub is_verbose: bool,
    /// What the engine has said of itself in the last turn, if it was asked to.
    pub(crate) seen: Vec<Seen>,
    /// Clients that were sent something in the last turn.
    pub(crate) spoken_to: Vec<u32>,
    /// Clients that the engine asked to close, or did not let in, in the last turn.
    pub(crate) ended: Vec<u32>,
    /// Receives that found no buffer.
    pub(crate) starved_count: u64,
    receive: BufferPool,
    wires: Vec<Wire>,
    /// Those that are not closed.
    live: Vec<u32>,
    /// The client in each connection slot.
    by_slot: Vec<u32>,
    accepted: VecDeque<Event>,
    events: Vec<Event>,
    random: Random,
    faults: Faults,
}

impl Kernel {
    /// A fresh engine, at some moment in 2033.
    pub fn new(limits: &Limits, settings: Settings, seed: u64, faults: Faults) -> Self {
        Self::with_hooks(limits, settings, seed, faults, Hooks::NONE)
    }

    /// As `new`, with an engine that says what it does; see `witness`.
    pub fn watched(limits: &Limits, settings: Settings, seed: u64, faults: Faults) -> Self {
        witness::take(&mut Vec::new());
        Self::with_hooks(limits, settings, seed, faults, witness::HOOKS)
    }

    /// As `new`, with these hooks, which must not allocate.
    pub(crate) fn with_hooks(
        limits: &Limits,
        settings: Settings,
        seed: u64,
        faults: Faults,
        hooks: Hooks,
    ) -> Self {
        let mut random = Random::new(seed);
        let hash_key = std::array::from_fn(|_| random.bits() as u8);
        let mut engine = Engine::new(limits, settings, hash_key, random.bits(), hooks);
        let receive = engine.take_receive_buffers();
        Self {
            engine,
            now: Now { monotonic_ms: 1_000, unix_us: 2_000_000_000_000_000 },
            stopped: None,
            is_verbose: false,
            seen: Vec::new(),
            spoken_to: Vec::new(),
            ended: Vec::new(),
            starved_count: 0,
            receive,
            wires: Vec::new(),
            live: Vec::new(),
            by_slot: vec![u32::MAX; limits.connection_slots() as usize],
            accepted: VecDeque::new(),
            events: Vec::new(),
            random,
            faults,
        }
    }

    /// A client of this machine connects.
    pub fn connect(&mut self) -> u32 {
        self.connect_from(IpAddr::V4(Ipv4Addr::LOCALHOST))
    }

    /// A client connects from somewhere.
    pub fn connect_from(&mut self, address: IpAddr) -> u32 {
        let number = self.wires.len() as u32;
        self.wires.push(Wire::default());
        self.live.push(number);
        let peer = Peer::Tcp {
            address: SocketAddr::from((address, Self::port(number))),
            local: SocketAddr::from((Ipv4Addr::LOCALHOST, 6379)),
        };
        self.accepted.push_back(Event::Accepted { socket: Socket(number), peer });
        number
    }

    /// The port of a client.
    pub const fn port(client: u32) -> u16 {
        10_000 + (client % 50_000) as u16
    }

    /// The client sends bytes.
    pub fn send(&mut self, client: u32, bytes: &[u8]) {
        self.wire_mut(client).inbound.extend(bytes);
    }

    /// What the engine has sent since the last look.
    pub fn take_output(&mut self, client: u32) -> Vec<u8> {
        std::mem::take(&mut self.wire_mut(client).outbound)
    }

    /// Appends what the engine has sent since the last look.
    pub(crate) fn read_into(&mut self, client: u32, bytes: &mut Vec<u8>) {
        bytes.append(&mut self.wire_mut(client).outbound);
    }

    /// The engine has closed the connection.
    pub fn is_closed(&self, client: u32) -> bool {
        self.wires[client as usize].closed
    }

    /// The client sends no more but still reads.
    pub fn half_close(&mut self, client: u32) {
        self.wire_mut(client).half_closed = true;
    }

    /// The client is gone, and what was under way to it is lost. What it sent may still arrive.
    pub fn reset(&mut self, client: u32) {
        let is_lost = self.random.below(2) == 0;
        let wire = self.wire_mut(client);
        wire.reset = true;
        wire.outbound.clear();
        if is_lost {
            wire.inbound.clear();
        }
    }

    /// The client begins or ceases to take what is sent to it.
    pub fn set_deaf(&mut self, client: u32, is_deaf: bool) {
        self.wire_mut(client).is_deaf = is_deaf;
    }

    /// The process is asked to end.
    pub fn terminate(&mut self) {
        self.accepted.push_back(Event::Signal(Signal::Terminate));
    }

    /// From now on this goes wrong, by this chance.
    pub fn set_faults(&mut self, faults: Faults, seed: u64) {
        self.faults = faults;
        self.random = Random::new(seed);
    }

    /// Both clocks go on.
    pub fn advance(&mut self, duration_ms: u64) {
        self.now.monotonic_ms += duration_ms;
        self.now.unix_us += duration_ms * 1000;
    }

    /// The wall clock alone is set, forward or back.
    pub fn jump(&mut self, by_ms: i64) {
        self.now.unix_us = self.now.unix_us.saturating_add_signed(by_ms * 1000);
    }

    /// The rare paths of the engine, and of the pool that is the driver's.
    pub fn marks(&self) -> Marks {
        let marks = self.engine.marks();
        marks.add(Mark::ReceiveFull, self.receive.refused_count());
        marks
    }

    /// Receive buffers that the engine still has.
    pub fn receive_buffers_lent(&self) -> u32 {
        self.receive.capacity() - self.receive.free_count()
    }

    /// Turns until nothing is left to do at this moment.
    pub fn run(&mut self) {
        for _ in 0..TURNS_MAX {
            let is_idle = !self.turn() && within(|| self.engine.wait_ms(self.now)) != Some(0);
            if is_idle && !self.has_work() {
                return;
            }
        }
        panic!("the engine is never done");
    }

    /// One turn: the events that are due, the turn, the actions. Did anything happen?
    pub fn turn(&mut self) -> bool {
        self.spoken_to.clear();
        self.ended.clear();
        let mut events = std::mem::take(&mut self.events);
        self.gather(&mut events);
        let event_count = events.len();
        for event in events.drain(..) {
            within(|| self.engine.handle(self.now, event));
        }
        self.events = events;
        within(|| self.engine.turn(self.now));
        witness::take(&mut self.seen);
        let mut action_count = 0;
        while let Some(action) = within(|| self.engine.next_action()) {
            self.perform(action);
            action_count += 1;
        }
        event_count + action_count > 0
    }

    /// Would a kernel without faults have an event now?
    fn has_work(&self) -> bool {
        let may_receive = self.receive.free_count() > 0;
        !self.accepted.is_empty()
            || self.live.iter().any(|number| {
                let wire = &self.wires[*number as usize];
                let end = wire.half_closed || wire.reset;
                wire.id.is_some()
                    && (wire.sending.is_some()
                        || wire.close_is_asked
                        || wire.receive_is_armed
                            && (end || may_receive && !wire.inbound.is_empty()))
            })
    }

    fn happens(&mut self, how_often: u64) -> bool {
        how_often > 0 && self.random.below(256) < how_often
    }

    pub(crate) fn wire(&self, client: u32) -> &Wire {
        &self.wires[client as usize]
    }

    fn wire_mut(&mut self, client: u32) -> &mut Wire {
        &mut self.wires[client as usize]
    }

    /// The client of a connection of which the engine speaks.
    pub(crate) fn client_of(&self, connection: ConnectionId) -> Option<u32> {
        let client = self.by_slot[connection.slot as usize];
        let wire = self.wires.get(client as usize)?;
        (wire.id == Some(connection)).then_some(client)
    }

    /// What has happened by now, or as much of it as a turn takes.
    fn gather(&mut self, events: &mut Vec<Event>) {
        while events.len() < EVENTS_PER_TURN {
            let Some(event) = self.accepted.pop_front() else { break };
            events.push(event);
        }
        // Begins anywhere, so that nobody is always first.
        let count = self.live.len();
        let first = self.random.below(count.max(1) as u64) as usize;
        let mut closed = Vec::new();
        for step in 0..count {
            if events.len() + closed.len() + 4 > EVENTS_PER_TURN {
                break;
            }
            let number = self.live[(first + step) % count];
            self.events_of(number, events, &mut closed);
        }
        if self.happens(self.faults.reorder) {
            for index in (1..events.len()).rev() {
                events.swap(index, self.random.below(index as u64 + 1) as usize);
            }
        }
        // The last event of a connection comes behind its others.
        if !closed.is_empty() {
            self.live.retain(|number| !self.wires[*number as usize].closed);
            events.extend(closed.into_iter().map(|connection| Event::Closed { connection }));
        }
    }

    fn events_of(&mut self, number: u32, events: &mut Vec<Event>, closed: &mut Vec<ConnectionId>) {
        let wire = &self.wires[number as usize];
        let Some(connection) = wire.id else { return };
        let can_send = wire.sending.is_some()
            && (!wire.is_deaf || wire.reset || wire.close_is_asked)
            && (wire.reset || !self.happens(self.faults.slow_reader));
        if can_send && !self.happens(self.faults.delay) {
            events.push(self.sent(number, connection));
        }
        if self.wires[number as usize].receive_is_armed && !self.happens(self.faults.delay) {
            events.extend(self.received(number, connection));
            let wire = &self.wires[number as usize];
            // What one receive brings comes in its order.
            let may_come = self.faults.reorder == 0 && wire.receive_is_armed && !wire.is_asked;
            if may_come && !self.happens(self.faults.delay) {
                events.extend(self.received(number, connection));
            }
        }
        let wire = &self.wires[number as usize];
        let is_over = wire.close_is_asked && wire.sending.is_none() && !wire.receive_is_armed;
        if is_over && !self.happens(self.faults.delay) {
            self.wire_mut(number).closed = true;
            closed.push(connection);
        }
    }

    fn sent(&mut self, number: u32, connection: ConnectionId) -> Event {
        let now_ms = self.now.monotonic_ms;
        let wire = self.wire_mut(number);
        let buffer = wire.sending.take().expect("the caller has looked");
        wire.sent_ms = now_ms;
        let size_before = wire.outbound.len();
        wire.outbound.extend_from_slice(buffer.filled());
        let mut next = buffer.next();
        while let Some(piece) = next {
            wire.outbound.extend_from_slice(piece.filled());
            next = piece.next();
        }
        let mut size = wire.outbound.len() - size_before;
        let (is_reset, is_deaf) = (wire.reset, wire.is_deaf);
        // A deaf client's buffer is full: what is sent as the connection ends has no room.
        if is_reset || is_deaf {
            size = self.random.below(size as u64) as usize;
            let reached = if is_reset { 0 } else { size };
            self.wire_mut(number).outbound.truncate(size_before + reached);
            self.wire_mut(number).is_cut = true;
        }
        self.spoken_to.push(number);
        self.tell(number, || format!("takes {size} bytes"));
        Event::Sent { connection, buffer, sent_bytes: size as u32 }
    }

    fn received(&mut self, number: u32, connection: ConnectionId) -> Option<Event> {
        let is_short = self.happens(self.faults.fragment);
        let is_stale = self.happens(self.faults.stale);
        let goes_on = self.happens(self.faults.unasked);
        let now_ms = self.now.monotonic_ms;
        let wire = &mut self.wires[number as usize];
        let is_over = wire.reset || wire.close_is_asked;
        if wire.inbound.is_empty() || is_over && !is_stale {
            if !is_over && !wire.half_closed {
                return None;
            }
            (wire.receive_is_armed, wire.is_asked) = (false, false);
            let orderly = !wire.reset;
            self.tell(number, || format!("ends, orderly: {orderly}"));
            return Some(Event::ReceiveEnded { connection, orderly });
        }
        let Some(buffer) = self.receive.acquire() else {
            self.starved_count += 1;
            return None;
        };
        let mut size = wire.inbound.len().min(BUFFER_SIZE - wire.armed_size);
        if is_short {
            // Sometimes a byte, sometimes nearly all.
            let most = 1 << self.random.below(15);
            size = 1 + self.random.below(most) as usize % size;
        }
        let (one, other) = wire.inbound.as_slices();
        let from_one = one.len().min(size);
        buffer.append(&one[..from_one]);
        buffer.append(&other[..size - from_one]);
        assert_eq!(buffer.filled_size() as usize, size, "it was measured");
        wire.inbound.drain(..size);
        wire.armed_size += size;
        wire.receive_is_armed = goes_on && wire.armed_size < BUFFER_SIZE;
        wire.is_asked = false;
        wire.received_size += size as u64;
        wire.received_ms = now_ms;
        // Some kernels say so though nothing is there.
        let more_waits = !wire.inbound.is_empty() || is_stale;
        self.tell(number, || format!("is heard: {size} bytes"));
        Some(Event::Received { connection, buffer, more_waits })
    }

    fn tell(&self, client: u32, what: impl Fn() -> String) {
        if self.is_verbose {
            println!("    @{client} {}", what());
        }
    }

    fn perform(&mut self, action: Action) {
        let now_ms = self.now.monotonic_ms;
        match action {
            Action::Adopt { socket, connection } => {
                self.by_slot[connection.slot as usize] = socket.0;
                let wire = self.wire_mut(socket.0);
                (wire.received_ms, wire.sent_ms) = (now_ms, now_ms);
                wire.id = Some(connection);
            }
            Action::Refuse { socket, line } => {
                let wire = self.wire_mut(socket.0);
                wire.outbound.extend_from_slice(line);
                (wire.closed, wire.refused) = (true, true);
                self.live.retain(|number| *number != socket.0);
                self.spoken_to.push(socket.0);
                self.ended.push(socket.0);
            }
            Action::Receive { connection } => {
                let wire = self.wire_of(connection);
                assert!(!wire.is_asked, "asked twice for the same");
                assert!(!wire.close_is_asked, "a receive after the end");
                wire.is_asked = true;
                if !wire.receive_is_armed {
                    (wire.receive_is_armed, wire.armed_size) = (true, 0);
                }
            }
            Action::Return { buffer } => {
                assert!(buffer.next().is_none(), "buffers go back one by one");
                self.receive.release(buffer);
            }
            Action::Send { connection, buffer } => {
                let wire = self.wire_of(connection);
                assert!(wire.sending.is_none(), "two sends in flight");
                assert!(!wire.close_is_asked, "a send after the end");
                assert!(!wire.is_cut, "a send to a client that is gone");
                assert!(buffer.filled_size() > 0, "a send of nothing");
                wire.sending = Some(buffer);
                wire.sent_ms = now_ms;
            }
            Action::Close { connection } => {
                let wire = self.wire_of(connection);
                assert!(!wire.close_is_asked, "closed twice");
                wire.close_is_asked = true;
                let client = self.by_slot[connection.slot as usize];
                self.ended.push(client);
                self.tell(client, || "is closed by the engine".to_owned());
            }
            Action::Sleep { duration_us } => self.advance(duration_us / 1000),
            Action::Stop { status } => self.stopped = Some(status),
        }
    }

    fn wire_of(&mut self, connection: ConnectionId) -> &mut Wire {
        let client = self.client_of(connection).expect("the engine names a connection");
        let wire = self.wire_mut(client);
        assert!(!wire.closed, "the engine names a connection that lives");
        wire
    }
}
