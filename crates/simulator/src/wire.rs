//! A client's end of a connection, as the simulated kernel keeps it.
//!
//! Invariant: `kernel` alone changes it; the judges of a world only look.
use granite_engine::event::ConnectionId;
use granite_engine::memory::buffer::BufferHandle;
use std::collections::VecDeque;

/// A client's end of a connection.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    pub(crate) id: Option<ConnectionId>,
    /// Sent by the client, not yet received by the engine.
    pub(crate) inbound: VecDeque<u8>,
    /// Sent by the engine, not yet taken by the client.
    pub(crate) outbound: Vec<u8>,
    pub(crate) receive_is_armed: bool,
    /// Bytes that it has brought since it was armed.
    pub(crate) armed_size: usize,
    /// The engine has asked for more, and nothing has come since.
    pub(crate) is_asked: bool,
    pub(crate) sending: Option<BufferHandle>,
    /// A send ended before its end: the client is gone, and there must be no other one.
    pub(crate) is_cut: bool,
    /// The client takes nothing from its socket, whose buffer is full.
    pub(crate) is_deaf: bool,
    /// The client will send no more.
    pub(crate) half_closed: bool,
    /// The client is gone, with an error.
    pub(crate) reset: bool,
    /// The engine asked for the end.
    pub(crate) close_is_asked: bool,
    /// It was never let in.
    pub(crate) refused: bool,
    /// No more events, no more bytes.
    pub(crate) closed: bool,
    /// Bytes that the engine has received.
    pub(crate) received_size: u64,
    /// When it last received some, or was accepted.
    pub(crate) received_ms: u64,
    /// When the send that is in flight began, or the last one ended.
    pub(crate) sent_ms: u64,
}

impl Wire {
    /// The client has not taken what was sent to it.
    pub(crate) const fn is_sending(&self) -> bool {
        self.sending.is_some()
    }
}
