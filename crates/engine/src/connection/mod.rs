//! One client as a state machine: receive, parse, execute, send. This file is its state; what
//! moves it lives in `engine`.
//!
//! A connection asks for more only when all it has sent is executed, and what may come before it
//! asks again fits one buffer (see `event`): so it holds at most one buffer of input, and a client
//! that is served slowly is slowed down by TCP. It *parks* when a command cannot start: its input
//! then waits in a carry buffer, and is looked at again when what it waits for may have come.
//!
//! Invariant: a slot is reused only after `Closed`, when nothing of it is in flight and it holds
//! no buffer, no block, no pin.
pub mod list;

use crate::memory::buffer::BufferHandle;
use crate::resp::output::Output;
use crate::resp::partial::Partial;
use crate::resp::request::StagedId;
use crate::store::StoreFull;
use list::Next;

/// How far a connection has come in its life.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Phase {
    /// The slot is free.
    #[default]
    Free,
    /// It is served.
    Open,
    /// It is closed as soon as its output is sent; its input is dropped.
    Draining,
    /// It is to be closed, or being closed.
    Closing,
}

/// Why a connection does not go on with its input.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Parked {
    /// It does go on.
    #[default]
    No,
    /// Until some of its own output is sent.
    Output,
    /// Until buffers of the pool, or the jumbo permit, are given back by others.
    Pool,
    /// Until the store has freed what it owes.
    Store,
}

/// How a connection came to keep the buffer with its input.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Held {
    /// It is a receive buffer, and goes back soon: nothing but the turn's bound is in its way.
    #[default]
    Lent,
    /// The driver got a carry buffer for it.
    Carried,
    /// It is a receive buffer, and stays until what the connection waits for has come.
    Kept,
}

/// What had no room for a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoRoom {
    /// The blocks: `request-size-max`, or this connection's share of what is free.
    Blocks,
    /// The store, for a large argument.
    Store(StoreFull),
}

/// A moment, in milliseconds that wrap after 49 days: enough for what is looked at every second.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Moment(u32);

impl Moment {
    /// The moment `ms` of the monotonic clock.
    pub const fn at(ms: u64) -> Self {
        Self(ms as u32)
    }

    /// `ms` later, but not later than `now_ms`.
    #[must_use]
    pub const fn later(self, ms: u64, now_ms: u64) -> Self {
        let elapsed_ms = self.elapsed_ms(now_ms);
        let ms = if ms < elapsed_ms { ms } else { elapsed_ms };
        Self(self.0.wrapping_add(ms as u32))
    }

    /// Milliseconds since then.
    pub const fn elapsed_ms(self, now_ms: u64) -> u64 {
        (now_ms as u32).wrapping_sub(self.0) as u64
    }
}

/// Turns for which output is postponed, at most: an eighth of the sends is most of what there is to
/// win, and a client that never pauses shall not wait long.
pub const POSTPONED_TURNS_MAX: u8 = 8;

/// Bytes of output that are worth a send of their own: it costs as much as copying a few KiB.
const POSTPONED_SIZE_MAX: u32 = 4096;

/// The I/O state of a connection slot.
#[derive(Debug, Default)]
pub struct Connection {
    /// Which life of the slot this is (24 bits).
    pub generation: u32,
    /// How far it has come.
    pub phase: Phase,
    /// Why it waits.
    pub parked: Parked,
    /// Bytes of room for a reply that it waits for; 0 while any may do.
    pub awaited_size: u64,
    /// A receive is asked for, and nothing has come since.
    pub is_receiving: bool,
    /// The socket is taken to have more: the last receive said so, and nothing since has shown
    /// otherwise.
    pub more_waits: bool,
    /// Turns for which output has been postponed since some last left.
    pub postponed_turns: u8,
    /// A send is in flight.
    pub is_sending: bool,
    /// The peer will send no more.
    pub is_ended: bool,
    /// `Action::Close` was given out.
    pub is_close_asked: bool,
    /// How it came to keep `input`.
    pub input_held: Held,
    /// It stands in the list of those that have something to execute.
    pub is_runnable: bool,
    /// It stands in the list of those that need an action.
    pub is_ready: bool,
    /// It stands in the list of those that wait for the pool or the store.
    pub is_waiting: bool,
    /// It stands in the list of those whose output is postponed.
    pub is_postponed: bool,
    /// Bytes received and not yet executed.
    pub input: Option<BufferHandle>,
    /// A request on its way.
    pub partial: Partial,
    /// Why that request was refused, while the rest of it is read and dropped.
    pub refusal: Option<NoRoom>,
    /// A large argument of that request, while room for it is being made.
    pub collecting: Option<StagedId>,
    /// What is still to be sent.
    pub output: Output,
    /// The next in the list of those that have something to execute.
    pub next_runnable: Next,
    /// The next in the list of those that need an action.
    pub next_ready: Next,
    /// The next in the list of those that wait.
    pub next_waiting: Next,
    /// The next in the list of those whose output is postponed.
    pub next_postponed: Next,
    /// When output last left, or began to wait.
    pub drained: Moment,
    /// When input last came.
    pub received: Moment,
    /// When the request on its way began; later by what it has sent at the least rate.
    pub request_started: Moment,
}

const _: () = assert!(size_of::<Connection>() <= 200, "with its session well under 1 KiB");

impl Connection {
    /// Makes a free slot open, in a new life.
    pub fn open(&mut self, now_ms: u64) {
        assert_eq!(self.phase, Phase::Free, "a slot is opened once");
        let generation = (self.generation + 1) & 0x00FF_FFFF;
        // The lists may still name the slot, and forget it when they come to it.
        *self = Self {
            generation,
            phase: Phase::Open,
            drained: Moment::at(now_ms),
            received: Moment::at(now_ms),
            is_runnable: self.is_runnable,
            is_ready: self.is_ready,
            is_waiting: self.is_waiting,
            is_postponed: self.is_postponed,
            next_runnable: self.next_runnable,
            next_ready: self.next_ready,
            next_waiting: self.next_waiting,
            next_postponed: self.next_postponed,
            ..Self::default()
        };
    }

    /// Is there something that executing could get on with?
    pub const fn has_work(&self) -> bool {
        let has_request =
            self.input.is_some() || self.partial.is_complete() || self.collecting.is_some();
        self.is_streaming() || matches!(self.phase, Phase::Open) && has_request
    }

    /// Is a large value on its way out, in front of the next request?
    pub const fn is_streaming(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Draining) && self.output.is_streaming()
    }

    /// Should a receive be asked for?
    pub const fn wants_receive(&self) -> bool {
        matches!(self.phase, Phase::Open)
            && !self.is_receiving
            && !self.is_ended
            && self.input.is_none()
            && !self.output.is_streaming()
            && !self.partial.is_complete()
            && self.collecting.is_none()
            && matches!(self.parked, Parked::No)
    }

    /// Is there output that could be sent?
    pub const fn has_output(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Draining)
            && !self.is_sending
            && self.output.byte_count() > 0
    }

    /// Should its output be sent?
    pub const fn wants_send(&self) -> bool {
        self.has_output() && !self.postpones_output()
    }

    /// Should its output wait for that of the requests which the socket still has?
    pub const fn postpones_output(&self) -> bool {
        self.has_output()
            && self.more_waits
            && !self.output.is_suspended()
            && self.output.byte_count() < POSTPONED_SIZE_MAX
            && self.may_execute()
            && (self.is_receiving || self.wants_receive())
    }

    /// May the next request be executed?
    pub const fn may_execute(&self) -> bool {
        matches!(self.phase, Phase::Open)
            && matches!(self.parked, Parked::No)
            && !self.output.is_streaming()
    }

    /// Has a connection that drains sent everything?
    pub const fn is_drained(&self) -> bool {
        matches!(self.phase, Phase::Draining)
            && !self.is_sending
            && !self.output.is_streaming()
            && self.output.byte_count() == 0
    }
}
