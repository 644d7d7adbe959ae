//! The I/O engines: what Linux tells becomes an `Event`, what the engine asks for is done.
//!
//! Two drivers, `Uring` and `Epoll`, with the same tables, the same pools and the same behaviour;
//! nothing else in the project knows which of them runs. Everything either of them owns is taken
//! by `Io::open`; after that no method allocates.
pub mod epoll;
pub mod fallback;
mod outbox;
mod pending;
mod queue;
pub mod sockets;
pub mod system_calls;
pub mod uring;

use crate::signals::Signals;
use epoll::Epoll;
use fallback::OpenError;
use granite_engine::event::{Action, Event};
use granite_engine::memory::buffer::BufferPool;
use sockets::Listeners;
use uring::Uring;

/// Events in one turn, at most: what the engine takes. More wait for the next turn.
pub const EVENTS_PER_TURN: u32 = granite_engine::engine::EVENTS_PER_TURN as u32;

/// Buffers handed to the kernel with one send.
const PIECES_MAX: usize = granite_engine::event::SEND_BUFFERS_MAX as usize;

/// Which engine the user wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// `io_uring` where there is one, else epoll, with a reason.
    Auto,
    /// `io_uring`, or an error.
    Uring,
    /// epoll.
    Epoll,
}

/// Which engine runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `io_uring`.
    Uring,
    /// epoll.
    Epoll,
}

impl Kind {
    /// As INFO shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uring => "uring",
            Self::Epoll => "epoll",
        }
    }
}

/// What a driver is made of.
pub struct Parts {
    /// What to listen on.
    pub listeners: Listeners,
    /// Where signals arrive.
    pub signals: Signals,
    /// Connection slots, the reserved ones included.
    pub connection_slots: u32,
    /// The receive buffers. They stay here, but for the turns in which the engine reads them.
    pub buffers: BufferPool,
}

/// One of the two drivers.
#[expect(clippy::large_enum_variant, reason = "there is one, and a box would only add a step")]
pub enum Io {
    /// `io_uring`.
    Uring(Uring),
    /// epoll.
    Epoll(Epoll),
}

impl Io {
    /// Opens the wanted engine. `Auto` really sets up a ring, and where that is not possible says
    /// why epoll serves instead. The thread that opens it is the only one that may use it.
    pub fn open(choice: Choice, parts: Parts) -> Result<(Self, Option<&'static str>), OpenError> {
        if choice == Choice::Epoll {
            return Ok((Self::Epoll(Epoll::open(parts)?), None));
        }
        match Uring::open(parts) {
            Ok(uring) => Ok((Self::Uring(uring), None)),
            Err((error, parts)) => match error.fallback() {
                Some(reason) if choice == Choice::Auto => {
                    Ok((Self::Epoll(Epoll::open(parts)?), Some(reason)))
                }
                _ => Err(error),
            },
        }
    }

    /// Bytes that `open` takes for its tables, whichever engine it will be.
    pub fn table_bytes(connection_slots: u32, receive_buffers: u32) -> u64 {
        let uring = Uring::table_bytes(connection_slots, receive_buffers);
        uring.max(Epoll::table_bytes(connection_slots))
    }

    /// Bytes that the kernel shares with the process for the engine that `choice` may open, and
    /// that count as its memory.
    pub fn queue_bytes(choice: Choice, connection_slots: u32) -> u64 {
        match choice {
            Choice::Auto | Choice::Uring => Uring::queue_bytes(connection_slots),
            Choice::Epoll => 0,
        }
    }

    /// Which engine this is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Uring(_) => Kind::Uring,
            Self::Epoll(_) => Kind::Epoll,
        }
    }

    /// Begins a turn: hands over what was asked for, and waits until something happens, or for
    /// `timeout_ms` milliseconds; without a limit if there is none, not at all if it is 0.
    pub fn wait(&mut self, timeout_ms: Option<u32>) {
        match self {
            Self::Uring(uring) => uring.wait(timeout_ms),
            Self::Epoll(epoll) => epoll.wait(timeout_ms),
        }
    }

    /// The next event of this turn, if there is another.
    pub fn next_event(&mut self) -> Option<Event> {
        match self {
            Self::Uring(uring) => uring.next_event(),
            Self::Epoll(epoll) => epoll.next_event(),
        }
    }

    /// Stops listening, so that a successor can listen in our place at once.
    pub fn end(&self) {
        match self {
            Self::Uring(uring) => uring.end(),
            Self::Epoll(epoll) => epoll.end(),
        }
    }

    /// Takes one action. `Sleep` and `Stop` are for the event loop, not for a driver.
    pub fn submit(&mut self, action: Action) {
        match self {
            Self::Uring(uring) => uring.submit(action),
            Self::Epoll(epoll) => epoll.submit(action),
        }
    }
}

#[cfg(test)]
mod echo_server;
#[cfg(test)]
#[path = "io_test.rs"]
mod io_test;
