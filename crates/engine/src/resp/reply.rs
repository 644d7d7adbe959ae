//! Replies to bytes, RESP2 or RESP3, into a connection's output.
//!
//! Writing never fails: up to `REPLY_ROOM` bytes are always there, and a larger reply calls
//! `reserve` with its exact size *before* the command changes anything.
use crate::memory::buffer::BufferPool;
use crate::resp::output::Output;
use core::fmt;

/// Why a reply cannot be written: it exceeds `reply-max` (or nothing that large is free in this
/// moment and waiting would not help).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReplyFull {
    /// Bytes that the reply needs.
    pub size: u64,
}

/// Which dialect the connection speaks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Protocol {
    /// RESP2, the default.
    #[default]
    Resp2,
    /// RESP3, after `HELLO 3`.
    Resp3,
}

/// Where a command writes its reply.
pub struct Reply<'a> {
    output: &'a mut Output,
    pool: &'a mut BufferPool,
    protocol: Protocol,
    /// CLIENT REPLY OFF or SKIP: everything is accepted and dropped.
    muted: bool,
}

impl<'a> Reply<'a> {
    /// A writer at the end of `output`.
    pub fn new(
        output: &'a mut Output,
        pool: &'a mut BufferPool,
        protocol: Protocol,
        muted: bool,
    ) -> Self {
        Self { output, pool, protocol, muted }
    }

    /// The dialect in use.
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// HELLO changes the dialect of its own reply.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// CLIENT REPLY changes whether this and later replies are sent.
    pub fn set_muted(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Makes sure that the next `size` bytes can be written. Needed above `REPLY_ROOM`.
    pub fn reserve(&mut self, size: u64) -> Result<(), ReplyFull> {
        if self.muted || self.output.reserve(self.pool, size) {
            return Ok(());
        }
        Err(ReplyFull { size })
    }

    /// Raw bytes of a reply whose framing the caller wrote.
    pub fn raw(&mut self, bytes: &[u8]) {
        if !self.muted {
            self.output.append(bytes);
        }
    }

    /// `+line`.
    pub fn simple(&mut self, line: &str) {
        let _ = line;
        unimplemented!("resp")
    }

    /// `+OK`.
    pub fn ok(&mut self) {
        self.simple("OK");
    }

    /// `-line`. CR, LF and NUL in it become spaces; at most `REPLY_ROOM` bytes.
    pub fn error(&mut self, line: &[u8]) {
        let _ = line;
        unimplemented!("resp")
    }

    /// `:value`.
    pub fn integer(&mut self, value: i64) {
        let _ = value;
        unimplemented!("resp")
    }

    /// A bulk string.
    pub fn bulk(&mut self, bytes: &[u8]) {
        self.bulk_header(bytes.len() as u64);
        self.raw(bytes);
        self.raw(b"\r\n");
    }

    /// `$size`, before `raw` content of that size and a final `raw(b"\r\n")`.
    pub fn bulk_header(&mut self, size: u64) {
        let _ = size;
        unimplemented!("resp")
    }

    /// The absent value: `$-1` or `_`.
    pub fn null(&mut self) {
        unimplemented!("resp")
    }

    /// The absent array: `*-1` or `_`.
    pub fn null_array(&mut self) {
        unimplemented!("resp")
    }

    /// The header of an array of `count` replies.
    pub fn array(&mut self, count: u64) {
        let _ = count;
        unimplemented!("resp")
    }

    /// The header of a map of `count` pairs (RESP2: an array of twice as many).
    pub fn map(&mut self, count: u64) {
        let _ = count;
        unimplemented!("resp")
    }

    /// The header of a set (RESP2: an array).
    pub fn set(&mut self, count: u64) {
        let _ = count;
        unimplemented!("resp")
    }

    /// A truth value (RESP2: 1 or 0).
    pub fn boolean(&mut self, value: bool) {
        let _ = value;
        unimplemented!("resp")
    }

    /// A double (RESP2: a bulk string), in Redis' `%.17g` digits.
    pub fn double(&mut self, value: f64) {
        let _ = value;
        unimplemented!("resp")
    }

    /// A text of unknown size, as a verbatim string (RESP2: a bulk string). `write` runs twice:
    /// once to measure, once to write, and must write the same both times.
    pub fn text(
        &mut self,
        write: impl Fn(&mut dyn fmt::Write) -> fmt::Result,
    ) -> Result<(), ReplyFull> {
        let _ = write;
        unimplemented!("resp")
    }
}
