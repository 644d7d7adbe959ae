//! What commands know and may change of a connection. The bytes it sends and receives belong to
//! `connection`; this is its name, its database, its transaction.
use crate::event::{ConnectionId, Peer};
use crate::memory::blocks::{Chain, Place};
use crate::resp::reply::Protocol;

/// Bytes kept of a text that a client tells about itself (CLIENT SETNAME, SETINFO).
pub const TEXT_SIZE_MAX: usize = 64;

/// A short text in place. Longer ones are refused with an error that names `client-name-max`.
#[derive(Clone, Copy, Debug)]
pub struct ShortText {
    size: u8,
    bytes: [u8; TEXT_SIZE_MAX],
}

impl ShortText {
    /// No text.
    pub const EMPTY: Self = Self { size: 0, bytes: [0; TEXT_SIZE_MAX] };

    /// `bytes`, if they are few enough.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut text = Self::EMPTY;
        text.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        text.size = bytes.len() as u8;
        Some(text)
    }

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.size as usize]
    }
}

/// CLIENT REPLY.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ReplyMode {
    /// Replies are sent.
    #[default]
    On,
    /// No reply is sent until `On`.
    Off,
    /// SKIP was just asked: the next command's reply is not sent.
    SkipNext,
}

/// MULTI ... EXEC.
#[derive(Debug, Default)]
pub struct Transaction {
    /// Between MULTI and EXEC.
    pub open: bool,
    /// A queued command was refused: EXEC answers EXECABORT.
    pub failed: bool,
    /// EXEC has begun to run the queue, and its rest runs before anything else.
    pub running: bool,
    /// Its reply is dropped, as CLIENT REPLY says.
    pub muted: bool,
    /// Count of queued commands, of which EXEC takes off those that have run.
    pub queued_count: u32,
    /// Where in the queue EXEC goes on.
    pub at: Place,
    /// Count of large values among their arguments: at most a quarter of `staged-values-max`.
    pub large_count: u16,
    /// The queued commands, as `commands/queue.rs` lays them out.
    pub queue: Chain,
}

/// What commands know of a connection.
#[derive(Debug)]
pub struct Session {
    /// The slot's identity in the driver.
    pub connection: ConnectionId,
    /// CLIENT ID: grows by one for each connection, never reused.
    pub id: u64,
    /// Who it is.
    pub peer: Peer,
    /// The slot is in use and not closing.
    pub open: bool,
    /// When it connected.
    pub connected_ms: u64,
    /// When it last sent a command.
    pub active_ms: u64,
    /// Database name, 0 to 15, of SELECT.
    pub database: u8,
    /// RESP2 or RESP3.
    pub protocol: Protocol,
    /// The password was given, or none is asked.
    pub authenticated: bool,
    /// Commands answered with `-NOAUTH`: whoever goes on and on is closed.
    pub unauthenticated_count: u16,
    /// CLIENT REPLY.
    pub reply_mode: ReplyMode,
    /// CLIENT NO-EVICT.
    pub no_evict: bool,
    /// CLIENT NO-TOUCH.
    pub no_touch: bool,
    /// Close when the output is sent (QUIT, protocol errors, CLIENT KILL of oneself).
    pub close_after_reply: bool,
    /// Close at once (CLIENT KILL by another).
    pub killed: bool,
    /// CLIENT SETNAME.
    pub name: ShortText,
    /// CLIENT SETINFO LIB-NAME.
    pub library_name: ShortText,
    /// CLIENT SETINFO LIB-VER.
    pub library_version: ShortText,
    /// Row of the last command in the table, for CLIENT LIST.
    pub last_command: Option<&'static str>,
    /// MULTI ... EXEC.
    pub transaction: Transaction,
    /// Keys watched, for CLIENT LIST and UNWATCH.
    pub watched_count: u32,
    /// Bytes received but not executed, for CLIENT LIST `qbuf`.
    pub input_bytes: u32,
    /// Bytes of output that wait, for CLIENT LIST `omem`.
    pub output_bytes: u32,
}
