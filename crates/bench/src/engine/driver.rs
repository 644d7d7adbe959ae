//! Stands where the I/O stands: gives the engine bytes as if they had arrived, and reads what it
//! sends.
//!
//! Invariant: `measured` has the engine's work and nothing of the making of requests or the
//! reading of replies, and no round but those that count calls it. Callgrind is told its name, so
//! it is neither inlined nor renamed:
//! `valgrind --tool=callgrind --toggle-collect='*::Driver::measured' granite-engine-load ...`
use super::options::Options;
use crate::load::reply::{Counts, ReplyReader};
use granite_engine::clock::Now;
use granite_engine::engine::{EVENTS_PER_TURN, Engine};
use granite_engine::event::{Action, ConnectionId, Event, Peer, Socket};
use granite_engine::hooks::Hooks;
use granite_engine::limits::Limits;
use granite_engine::memory::buffer::{BUFFER_SIZE, Buffer, BufferHandle, BufferPool};
use granite_engine::options::settings::Settings;
use granite_server::clock;
use std::collections::VecDeque;
use std::time::Instant;

/// Buffers for replies: so many that hardly anybody waits for one.
const REPLY_BUFFERS: u32 = 4096;

/// What one connection may have to send.
const REPLY_CREDIT: u32 = 1 << 20;

/// How far the clock goes on with each round: about as long as a large one takes.
const ROUND_US: u64 = 100;

/// The engine and what surrounds it.
pub struct Driver {
    engine: Engine,
    receive_buffers: BufferPool,
    now_us: u64,
    connections: Vec<ConnectionId>,
    /// Of each connection, by its slot.
    readers: Vec<ReplyReader>,
    /// What the engine is told next.
    events: VecDeque<Event>,
    /// What it wants to send.
    sends: Vec<(ConnectionId, BufferHandle)>,
    counts: Counts,
    reply_bytes: u64,
}

impl Driver {
    /// An engine without keys, and its connections.
    pub fn new(options: &Options) -> Self {
        let data_bytes = options.data_memory_mib << 20;
        let limits = Limits {
            maxmemory: data_bytes * 2,
            connections_max: options.connection_count,
            receive_buffers_max: options.connection_count,
            reply_buffers_max: REPLY_BUFFERS,
            reply_credit: REPLY_CREDIT,
            // A tenth more than are stored, as for a server that was sized for them.
            keys_max: options.key_count + options.key_count / 10,
            data_bytes,
            frame_size: 64 << 10,
            ..Limits::tiny()
        };
        // Without the clock of processor time: it is a system call, the kernel's part, and the way
        // to it that rustix takes ends in a fault under valgrind.
        let hooks = Hooks { ticks: clock::ticks, ..Hooks::NONE };
        let mut engine = Engine::new(&limits, Settings::new(), [7; 16], options.seed, hooks);
        let mut driver = Self {
            receive_buffers: engine.take_receive_buffers(),
            engine,
            now_us: 1_790_000_000_000_000,
            connections: Vec::new(),
            readers: Vec::new(),
            events: VecDeque::new(),
            sends: Vec::new(),
            counts: Counts::default(),
            reply_bytes: 0,
        };
        for number in 0..options.connection_count {
            driver.events.push_back(Event::Accepted { socket: Socket(number), peer: Peer::Unix });
        }
        driver.turns();
        driver.readers.resize_with(limits.connection_slots() as usize, ReplyReader::default);
        driver
    }

    /// Replies so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Their bytes.
    pub fn reply_bytes(&self) -> u64 {
        self.reply_bytes
    }

    /// These bytes have arrived from a connection.
    pub fn receive(&mut self, index: usize, bytes: &[u8]) -> Result<(), String> {
        let buffer = self.receive_buffers.acquire().expect("each connection has a buffer");
        if bytes.len() > buffer.append(bytes) {
            let size = bytes.len();
            return Err(format!(
                "{size} bytes of requests are more than a buffer of {BUFFER_SIZE}"
            ));
        }
        let connection = self.connections[index];
        self.events.push_back(Event::Received { connection, buffer, more_waits: false });
        Ok(())
    }

    /// Answers all that has arrived; how long the engine took, in nanoseconds.
    pub fn measured_round(&mut self) -> Result<u64, String> {
        self.now_us += ROUND_US;
        let mut took_ns = 0;
        while !self.events.is_empty() {
            took_ns += self.measured();
            self.read_replies()?;
        }
        Ok(took_ns)
    }

    /// The same without a measurement: to store keys.
    pub fn unmeasured_round(&mut self) -> Result<(), String> {
        self.now_us += ROUND_US;
        while !self.events.is_empty() {
            self.turns();
            self.read_replies()?;
        }
        Ok(())
    }

    /// What callgrind collects, and how long it took. The clock is read in here, since a function
    /// that only called `turns` would be merged with it.
    #[inline(never)]
    fn measured(&mut self) -> u64 {
        let start = Instant::now();
        self.turns();
        start.elapsed().as_nanos() as u64
    }

    /// Turns until the engine has nothing more to do.
    fn turns(&mut self) {
        let now = Now { monotonic_ms: self.now_us / 1_000, unix_us: self.now_us };
        while !self.events.is_empty() || self.engine.wait_ms(now) == Some(0) {
            for _ in 0..EVENTS_PER_TURN {
                let Some(event) = self.events.pop_front() else { break };
                self.engine.handle(now, event);
            }
            self.engine.turn(now);
            while let Some(action) = self.engine.next_action() {
                self.act(action);
            }
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Adopt { connection, .. } => self.connections.push(connection),
            Action::Return { buffer } => {
                self.receive_buffers.release(buffer);
            }
            Action::Send { connection, buffer } => self.sends.push((connection, buffer)),
            Action::Receive { .. } => {}
            other => panic!("well-behaved connections, and yet {other:?}"),
        }
    }

    /// Counts what was sent, and tells the engine that it has left.
    fn read_replies(&mut self) -> Result<(), String> {
        for (connection, buffer) in self.sends.drain(..) {
            let reader = &mut self.readers[connection.slot as usize];
            let mut sent_bytes = 0;
            let mut piece: Option<&Buffer> = Some(&*buffer);
            while let Some(this) = piece {
                reader.read(this.filled(), &mut self.counts)?;
                sent_bytes += this.filled_size();
                piece = this.next();
            }
            self.reply_bytes += u64::from(sent_bytes);
            self.events.push_back(Event::Sent { connection, buffer, sent_bytes });
        }
        Ok(())
    }
}
