//! Events in, actions out: the whole server, except Linux.
//!
//! A turn is: `handle` for each event of a batch, `turn`, then `next_action` until there is none.
//! Between turns the engine does nothing, and `wait_ms` says how long that may last.
//!
//! Invariant: what a turn does is bounded in counted work, whatever clients send: requests,
//! bytes copied, connections looked at. What exceeds it waits for the next turn, in order.
mod actions;
mod ahead;
mod approaches;
mod check;
mod closing;
mod events;
mod exclusive;
mod group;
mod intake;
mod postponed;
mod shared;
mod stream;
mod timers;
mod turn;
mod waiting;

pub use check::InUse;

use crate::clock::Now;
use crate::connection::list::{List, Which};
use crate::connection::{Connection, Phase};
use crate::event::{ConnectionId, Socket};
use crate::facts::Facts;
use crate::hooks::Hooks;
use crate::limits::Limits;
use crate::log::Log;
use crate::marks::Marks;
use crate::memory::blocks::{BLOCK_SIZE, Blocks, Span};
use crate::memory::buffer::{BUFFER_BYTES, BufferHandle, BufferPool};
use crate::memory::takings::Takings;
use crate::memory::usage::{PoolUsage, Usage};
use crate::options::settings::Settings;
use alloc::boxed::Box;
use group::Group;
use shared::Shared;

/// Events between two calls of `turn`, at most.
pub const EVENTS_PER_TURN: usize = 256;

/// The longest pause between turns, in milliseconds: deadlines of keys and of clients are met to
/// within this on an idle server.
const PAUSE_MS_MAX: u32 = 50;

/// An answer to a socket that was accepted.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Adopt(Socket, ConnectionId),
    Refuse(Socket, &'static [u8]),
}

/// The whole server as a state machine.
pub struct Engine {
    shared: Shared,
    connections: Box<[Connection]>,
    /// Slots that nobody uses; the last `free_slot_count` are no longer among them.
    free_slots: Box<[u32]>,
    free_slot_count: u32,
    /// Requests on their way.
    requests: Blocks,
    spans: Box<[Span]>,
    /// What the driver gets for a receive buffer that a waiting connection keeps.
    carry: BufferPool,
    /// Receive buffers that waiting connections keep, because there was no carry buffer.
    kept_count: u32,
    /// The receive buffers, until the driver takes them.
    receive: Option<BufferPool>,
    runnable: List,
    ready: List,
    waiting: List,
    postponed: List,
    group: Group,
    /// The transaction that alone is executed.
    exclusive: Option<exclusive::Exclusive>,
    /// Buffers to be returned to the driver, as a chain.
    returns: Option<BufferHandle>,
    answers: [Option<Answer>; EVENTS_PER_TURN],
    answer_count: usize,
    next_session_id: u64,
    sleep_us: u64,
    /// Since when the server is to end.
    stopping_ms: Option<u64>,
    /// `Action::Stop` is to be given out.
    is_stopped: bool,
    /// Buffers came back since the last look at those that wait for them.
    buffers_came_back: bool,
    /// The store has more to do as soon as possible.
    store_has_work: bool,
    /// Somebody waits for what the store does.
    store_is_awaited: bool,
    timers: timers::Timers,
    takings: Takings,
    /// Rare paths of connections and turns.
    marks: Marks,
}

impl Engine {
    /// Takes all memory that the engine will ever use. `hash_key` keeps clients from choosing
    /// keys that collide, and must be secret; `seed` only serves chance.
    pub fn new(
        limits: &Limits,
        settings: Settings,
        hash_key: [u8; 16],
        seed: u64,
        hooks: Hooks,
    ) -> Self {
        let slots = limits.connection_slots();
        let mut takings = Takings::new(hooks.taken);
        let connections = (0..slots).map(|_| Connection::default()).collect();
        let connections = takings.made("connections", connections);
        let spans = (0..limits.spans()).map(|_| Span::default()).collect();
        Self {
            connections,
            spans: takings.made("argument spans", spans),
            free_slots: takings.made("connections", (0..slots).rev().collect()),
            free_slot_count: slots,
            requests: takings.made("request blocks", Blocks::new(limits.request_blocks())),
            carry: takings.made("carry buffers", BufferPool::new(limits.carry_buffers())),
            kept_count: 0,
            receive: Some(
                takings.made("receive buffers", BufferPool::new(limits.receive_buffers_max)),
            ),
            runnable: List::new(Which::Runnable),
            ready: List::new(Which::Ready),
            waiting: List::new(Which::Waiting),
            postponed: List::new(Which::Postponed),
            group: Group::new(),
            exclusive: None,
            returns: None,
            answers: [None; EVENTS_PER_TURN],
            answer_count: 0,
            next_session_id: 1,
            sleep_us: 0,
            stopping_ms: None,
            is_stopped: false,
            buffers_came_back: false,
            store_has_work: false,
            store_is_awaited: false,
            timers: timers::Timers::default(),
            shared: Shared::new(limits, settings, (hash_key, seed), hooks, &mut takings),
            takings,
            marks: Marks::new(),
        }
    }

    /// The buffers into which the driver receives. Once.
    pub fn take_receive_buffers(&mut self) -> BufferPool {
        self.receive.take().expect("the receive buffers are taken once")
    }

    /// How often each rare path was taken, in all parts. The driver knows about its own pool.
    pub fn marks(&self) -> Marks {
        let marks = self.marks.clone();
        marks.merge(&self.shared.replies.marks);
        marks.merge(&self.shared.statistics.marks);
        marks.merge(&self.shared.store.frames().marks);
        marks
    }

    /// Lines that wait to be written down.
    pub fn log(&mut self) -> &mut Log {
        &mut self.shared.log
    }

    /// What each pool really took.
    pub fn takings(&self) -> &Takings {
        &self.takings
    }

    /// The current values of all options.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// New facts of the process, about every 100 ms.
    pub fn tick(&mut self, now: Now, facts: &Facts) {
        self.shared.now = now;
        self.shared.facts = *facts;
    }

    /// How long the driver may wait for events: 0 if there is work, else until the next timer.
    pub fn wait_ms(&self, now: Now) -> Option<u32> {
        let has_work = self.exclusive.is_some() || self.store_has_work || self.store_is_awaited;
        let lists = [&self.runnable, &self.ready, &self.postponed];
        if has_work || lists.iter().any(|list| list.count() > 0) {
            return Some(0);
        }
        if self.stopping_ms.is_some() || self.waiting.count() > 0 {
            return Some(10);
        }
        Some(self.timers.pause_ms(now).min(PAUSE_MS_MAX))
    }

    /// Whether `connection` still names a connection.
    fn slot_of(&self, connection: ConnectionId) -> Option<u32> {
        let state = self.connections.get(connection.slot as usize)?;
        let alive = state.phase != Phase::Free;
        (alive && state.generation == connection.generation).then_some(connection.slot)
    }

    fn id_of(&self, slot: u32) -> ConnectionId {
        ConnectionId { slot, generation: self.connections[slot as usize].generation }
    }

    /// Figures for INFO and MEMORY.
    fn measure(&mut self) {
        let limits = &self.shared.limits;
        let replies = &self.shared.replies;
        let blocks = |name, blocks: &Blocks| PoolUsage {
            name,
            unit_size: BLOCK_SIZE,
            capacity: blocks.capacity(),
            used_count: blocks.capacity() - blocks.free_count(),
            used_count_max: blocks.used_count_max(),
        };
        let slots = limits.connection_slots();
        let open_count = slots - self.free_slot_count;
        self.timers.open_count_max = self.timers.open_count_max.max(open_count);
        self.timers.jumbo_used_max = self.timers.jumbo_used_max.max(replies.jumbo_used());
        let buffer_size = BUFFER_BYTES as u32;
        self.shared.usage = Usage {
            pools: [
                PoolUsage {
                    name: "connections",
                    unit_size: size_of::<Connection>() as u32,
                    capacity: slots,
                    used_count: open_count,
                    used_count_max: self.timers.open_count_max,
                },
                PoolUsage {
                    name: "carry buffers",
                    unit_size: buffer_size,
                    capacity: self.carry.capacity(),
                    used_count: self.carry.capacity() - self.carry.free_count(),
                    used_count_max: self.carry.used_count_max(),
                },
                PoolUsage {
                    name: "reply buffers",
                    unit_size: buffer_size,
                    capacity: replies.capacity(),
                    used_count: replies.capacity() - replies.free_count(),
                    used_count_max: replies.used_count_max(),
                },
                PoolUsage {
                    name: "jumbo reply",
                    unit_size: buffer_size,
                    capacity: replies.jumbo_capacity(),
                    used_count: replies.jumbo_used(),
                    used_count_max: self.timers.jumbo_used_max,
                },
                blocks("request blocks", &self.requests),
                blocks("queue blocks", &self.shared.queues),
            ],
            waiting_count: self.waiting.count(),
        };
    }
}

#[cfg(test)]
#[path = "engine_test.rs"]
mod engine_test;
