//! A simulated kernel around the real engine: sockets are byte queues, time is a number, and
//! whatever may go otherwise than hoped does so as often as `Faults` says.
//!
//! Invariant: it keeps every promise of `event`: one receive and one send in flight, a send is
//! short only when the peer is gone, `Closed` is the last event of a connection and comes exactly
//! once after `Close`. It breaks only what Linux does not promise.
use granite_engine::clock::Now;
use granite_engine::engine::{EVENTS_PER_TURN, Engine};
use granite_engine::event::{Action, ConnectionId, Event, Peer, Socket};
use granite_engine::hooks::Hooks;
use granite_engine::limits::Limits;
use granite_engine::marks::{Mark, Marks};
use granite_engine::memory::buffer::{BufferHandle, BufferPool};
use granite_engine::options::settings::Settings;
use granite_engine::random::Random;
use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};

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
}

/// A client's end of a connection.
#[derive(Debug, Default)]
struct Wire {
    id: Option<ConnectionId>,
    /// Sent by the client, not yet received by the engine.
    inbound: VecDeque<u8>,
    /// Sent by the engine, not yet taken by the client.
    outbound: Vec<u8>,
    receive_is_armed: bool,
    sending: Option<BufferHandle>,
    /// The client will send no more.
    half_closed: bool,
    /// The client is gone, with an error.
    reset: bool,
    /// The engine asked for the end.
    close_is_asked: bool,
    /// No more events, no more bytes.
    closed: bool,
}

/// The engine in its kernel.
pub struct Kernel {
    /// The engine itself.
    pub engine: Engine,
    /// The time of the next turn.
    pub now: Now,
    /// The engine asked the process to end.
    pub stopped: Option<u8>,
    receive: BufferPool,
    wires: BTreeMap<u32, Wire>,
    accepted: VecDeque<Event>,
    next_wire: u32,
    random: Random,
    faults: Faults,
}

impl Kernel {
    /// A fresh engine, at some moment in 2033.
    pub fn new(limits: &Limits, settings: Settings, seed: u64, faults: Faults) -> Self {
        let mut random = Random::new(seed);
        let hash_key = std::array::from_fn(|_| random.bits() as u8);
        let mut engine = Engine::new(limits, settings, hash_key, random.bits(), Hooks::NONE);
        let receive = engine.take_receive_buffers();
        let now = Now { monotonic_ms: 1_000, unix_us: 2_000_000_000_000_000 };
        let (wires, accepted) = (BTreeMap::new(), VecDeque::new());
        Self { engine, now, stopped: None, receive, wires, accepted, next_wire: 0, random, faults }
    }

    /// A client of this machine connects.
    pub fn connect(&mut self) -> u32 {
        let number = self.next_wire;
        self.next_wire += 1;
        self.wires.insert(number, Wire::default());
        let port = 10_000 + (number % 50_000) as u16;
        let peer = Peer::Tcp {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            local: SocketAddr::from((Ipv4Addr::LOCALHOST, 6379)),
        };
        self.accepted.push_back(Event::Accepted { socket: Socket(number), peer });
        number
    }

    /// The client sends bytes.
    pub fn send(&mut self, client: u32, bytes: &[u8]) {
        self.wire(client).inbound.extend(bytes);
    }

    /// What the engine has sent since the last look.
    pub fn take_output(&mut self, client: u32) -> Vec<u8> {
        std::mem::take(&mut self.wire(client).outbound)
    }

    /// The engine has closed the connection.
    pub fn is_closed(&self, client: u32) -> bool {
        self.wires[&client].closed
    }

    /// The client sends no more but still reads.
    pub fn half_close(&mut self, client: u32) {
        self.wire(client).half_closed = true;
    }

    /// The client is gone, and what was under way to it or from it is lost.
    pub fn reset(&mut self, client: u32) {
        let wire = self.wire(client);
        wire.reset = true;
        wire.inbound.clear();
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
            let is_idle = !self.turn() && self.engine.wait_ms(self.now) != Some(0);
            if is_idle && !self.has_work() {
                return;
            }
        }
        panic!("the engine is never done");
    }

    /// One turn: the events that are due, the turn, the actions. Did anything happen?
    pub fn turn(&mut self) -> bool {
        let mut event_count = 0;
        while event_count < EVENTS_PER_TURN {
            let Some(event) = self.next_event() else { break };
            self.engine.handle(self.now, event);
            event_count += 1;
        }
        self.engine.turn(self.now);
        let mut action_count = 0;
        while let Some(action) = self.engine.next_action() {
            self.perform(action);
            action_count += 1;
        }
        event_count + action_count > 0
    }

    /// Would a kernel without faults have an event now?
    fn has_work(&self) -> bool {
        let may_receive = self.receive.free_count() > 0;
        !self.accepted.is_empty()
            || self.wires.values().any(|wire| {
                let end = wire.half_closed || wire.reset;
                wire.id.is_some()
                    && !wire.closed
                    && (wire.sending.is_some()
                        || wire.close_is_asked
                        || wire.receive_is_armed
                            && (end || may_receive && !wire.inbound.is_empty()))
            })
    }

    fn happens(&mut self, how_often: u64) -> bool {
        how_often > 0 && self.random.below(256) < how_often
    }

    fn wire(&mut self, client: u32) -> &mut Wire {
        self.wires.get_mut(&client).expect("the client has connected")
    }

    fn next_event(&mut self) -> Option<Event> {
        if let Some(event) = self.accepted.pop_front() {
            return Some(event);
        }
        let numbers: Vec<u32> = self.wires.keys().copied().collect();
        // Begins anywhere, so that nobody is always first.
        let first = self.random.below(numbers.len().max(1) as u64) as usize;
        (0..numbers.len()).find_map(|step| {
            let number = numbers[(first + step) % numbers.len()];
            let is_late = self.happens(self.faults.delay);
            if is_late { None } else { self.event_of(number) }
        })
    }

    fn event_of(&mut self, number: u32) -> Option<Event> {
        let wire = &self.wires[&number];
        let connection = wire.id.filter(|_| !wire.closed)?;
        if wire.sending.is_some() && (wire.reset || !self.happens(self.faults.slow_reader)) {
            return Some(self.sent(number, connection));
        }
        if self.wires[&number].receive_is_armed
            && let Some(event) = self.received(number, connection)
        {
            return Some(event);
        }
        let wire = self.wire(number);
        if wire.close_is_asked && wire.sending.is_none() && !wire.receive_is_armed {
            wire.closed = true;
            return Some(Event::Closed { connection });
        }
        None
    }

    fn sent(&mut self, number: u32, connection: ConnectionId) -> Event {
        let buffer = self.wire(number).sending.take().expect("the caller has looked");
        let mut pieces = vec![buffer.filled().to_vec()];
        let mut next = buffer.next();
        while let Some(piece) = next {
            pieces.push(piece.filled().to_vec());
            next = piece.next();
        }
        let bytes = pieces.concat();
        let is_gone = self.wires[&number].reset;
        let sent_bytes =
            if is_gone { self.random.below(bytes.len() as u64) as u32 } else { bytes.len() as u32 };
        if !is_gone {
            self.wire(number).outbound.extend_from_slice(&bytes);
        }
        Event::Sent { connection, buffer, sent_bytes }
    }

    fn received(&mut self, number: u32, connection: ConnectionId) -> Option<Event> {
        let is_short = self.happens(self.faults.fragment);
        let wire = self.wires.get_mut(&number).expect("the client has connected");
        if wire.reset || wire.close_is_asked {
            wire.receive_is_armed = false;
            return Some(Event::ReceiveEnded { connection, orderly: !wire.reset });
        }
        if wire.inbound.is_empty() {
            if !wire.half_closed {
                return None;
            }
            wire.receive_is_armed = false;
            return Some(Event::ReceiveEnded { connection, orderly: true });
        }
        let buffer = self.receive.acquire()?;
        let mut size = wire.inbound.len().min(buffer.room_size() as usize);
        if is_short {
            size = 1 + self.random.below(size as u64) as usize;
        }
        let bytes: Vec<u8> = wire.inbound.drain(..size).collect();
        assert_eq!(buffer.append(&bytes), size, "it was measured");
        wire.receive_is_armed = false;
        Some(Event::Received { connection, buffer })
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Adopt { socket, connection } => self.wire(socket.0).id = Some(connection),
            Action::Refuse { socket, line } => {
                let wire = self.wire(socket.0);
                wire.outbound.extend_from_slice(line);
                wire.closed = true;
            }
            Action::Receive { connection } => {
                let wire = self.wire_of(connection);
                assert!(!wire.receive_is_armed, "two receives in flight");
                wire.receive_is_armed = true;
            }
            Action::Return { buffer } => {
                assert!(buffer.next().is_none(), "buffers go back one by one");
                self.receive.release(buffer);
            }
            Action::Send { connection, buffer } => {
                let wire = self.wire_of(connection);
                assert!(wire.sending.is_none(), "two sends in flight");
                assert!(buffer.filled_size() > 0, "a send of nothing");
                wire.sending = Some(buffer);
            }
            Action::Close { connection } => {
                let wire = self.wire_of(connection);
                assert!(!wire.close_is_asked, "closed twice");
                wire.close_is_asked = true;
            }
            Action::Sleep { duration_us } => self.advance(duration_us / 1000),
            Action::Stop { status } => self.stopped = Some(status),
        }
    }

    fn wire_of(&mut self, connection: ConnectionId) -> &mut Wire {
        let found = self.wires.values_mut().find(|wire| wire.id == Some(connection));
        found.filter(|wire| !wire.closed).expect("the engine names a connection that lives")
    }
}
