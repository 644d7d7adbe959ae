//! The closed interface between the engine and the world: what the kernel told us (`Event`), what
//! we ask of it (`Action`).
//!
//! Invariant: a buffer that the kernel may touch is a buffer that the engine does not have. It is
//! *moved* into the `Action` and comes back in an `Event`. At most one receive and one send are in
//! flight for a connection; after `Close` exactly one `Closed` follows, as its last event.
//!
//! A receive may go on after it has brought bytes, until the driver ends it. So bytes, or the end
//! of a receive, may come before they are asked for; but what has come since `Receive` never
//! exceeds `BUFFER_SIZE` bytes, and so fits the buffer of the first of them.
use crate::memory::buffer::BufferHandle;
use core::net::SocketAddr;

/// Names a connection slot and the life it is in: a slot that was reused has another generation,
/// so that a late completion cannot reach its successor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ConnectionId {
    /// Position in the table of connections.
    pub slot: u32,
    /// Which life of the slot (24 bits).
    pub generation: u32,
}

/// The driver's own name for an accepted socket that has no connection slot yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Socket(pub u32);

/// Who is at the other end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// TCP: the address of the peer and our own.
    Tcp {
        /// The address of the client.
        address: SocketAddr,
        /// The address on which it reached us.
        local: SocketAddr,
    },
    /// The Unix socket.
    Unix,
}

impl Peer {
    /// Loopback or Unix socket: reserved slots and protected mode let these in.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp { address, .. } => address.ip().to_canonical().is_loopback(),
            Self::Unix => true,
        }
    }
}

/// A signal that concerns the engine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signal {
    /// SIGTERM or SIGINT: finish, flush, exit 0.
    Terminate,
    /// SIGHUP: writes a log line.
    Hangup,
}

/// What the kernel told us.
#[derive(Debug)]
pub enum Event {
    /// A socket was accepted. The engine answers with `Adopt` or `Refuse`.
    Accepted {
        /// The driver's name for it.
        socket: Socket,
        /// Who it is.
        peer: Peer,
    },
    /// Bytes arrived: `buffer.filled()`, at least one. More may follow unasked, until there are
    /// `BUFFER_SIZE` since `Receive`; after that the driver waits to be asked again.
    /// The buffer, or another one for it, goes back to the driver by `Return`: in the same turn,
    /// or under load in the next one that gets to it.
    Received {
        /// Whose bytes.
        connection: ConnectionId,
        /// Where they are.
        buffer: BufferHandle,
        /// The socket is known to have more, bytes or its end: the next receive does not wait for
        /// the peer.
        more_waits: bool,
    },
    /// The receive ended without bytes: the peer will send no more. It may come unasked, while
    /// what came before it still waits.
    ReceiveEnded {
        /// Whose receive.
        connection: ConnectionId,
        /// An orderly end (FIN: the peer may still read), or an error (it is gone).
        orderly: bool,
    },
    /// A send ended; the whole chain of buffers comes back.
    Sent {
        /// Whose send.
        connection: ConnectionId,
        /// The chain that `Action::Send` carried.
        buffer: BufferHandle,
        /// Bytes that left, of the whole chain. Short of it only when the peer is gone.
        sent_bytes: u32,
    },
    /// The connection asked to be closed is closed, nothing of it is in flight: release the slot.
    Closed {
        /// Which one.
        connection: ConnectionId,
    },
    /// A signal arrived.
    Signal(Signal),
}

/// Buffers in the chain of one `Action::Send`, at most: a long reply frees its buffers as it goes.
pub const SEND_BUFFERS_MAX: u32 = 16;

/// What we ask of the kernel.
#[derive(Debug)]
pub enum Action {
    /// `socket` is from now on `connection`.
    Adopt {
        /// The accepted socket.
        socket: Socket,
        /// The slot that it was given.
        connection: ConnectionId,
    },
    /// Write `line` if it can be written at once, then close.
    Refuse {
        /// The accepted socket.
        socket: Socket,
        /// A whole RESP error line.
        line: &'static [u8],
    },
    /// All that came is executed, more may come: goes on with the receive that is armed, or arms
    /// one. Not to be asked again before something has come.
    Receive {
        /// For whom.
        connection: ConnectionId,
    },
    /// The engine is done with a receive buffer. Not necessarily the same handle that `Received`
    /// carried: a connection that waits may keep that one, and the driver gets another.
    Return {
        /// One buffer, unlinked.
        buffer: BufferHandle,
    },
    /// Send the filled bytes of each buffer of the chain, in order.
    Send {
        /// To whom.
        connection: ConnectionId,
        /// The chain.
        buffer: BufferHandle,
    },
    /// Shut the socket down, wait for what is in flight, close it, then say `Closed`.
    Close {
        /// Which one.
        connection: ConnectionId,
    },
    /// Stop the whole process for so long (DEBUG SLEEP).
    Sleep {
        /// Microseconds.
        duration_us: u64,
    },
    /// End the process.
    Stop {
        /// The exit status.
        status: u8,
    },
}
