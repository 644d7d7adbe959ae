//! Replies to bytes, RESP2 or RESP3, into a connection's output.
//!
//! Writing never fails: up to `REPLY_ROOM` bytes are always there, and a larger reply calls
//! `reserve` with its exact size *before* the command changes anything. A large string value is
//! not copied at all: `stream` promises it, and the connection copies it out as the client reads.
//!
//! Invariant: a command writes exactly one reply (or none, with an error that the caller writes).
use super::framing;
use crate::marks::Mark;
use crate::memory::buffer::BUFFER_SIZE;
use crate::resp::output::{Grant, Output, REPLY_ROOM, Refusal, ReplyPool};
use crate::resp::request::PinId;
use core::fmt;

/// Bytes of a bulk string besides its content: the header with its digits, and the last CRLF.
pub const BULK_OVERHEAD: u64 = 32;

const _: () = assert!(
    framing::NUMBER_LINE_MAX + 2 <= BULK_OVERHEAD as usize,
    "the line of the size and the last CRLF fit"
);

/// String values above this are streamed instead of being copied into the output at once.
pub const STREAM_SIZE_MIN: u64 = 64 * 1024;

/// Why a reply cannot be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReplyFull {
    /// It exceeds `reply-max`, or in a transaction, what is free in this moment.
    TooLarge {
        /// Bytes that the reply needs.
        size: u64,
    },
    /// Room will be there in a later turn: the command has to be run again then.
    Wait,
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

/// Bytes kept for each command of a transaction that is still to come: enough to say that its
/// reply found no room.
pub const STEP_ROOM: u32 = 64;

/// Where a command writes its reply.
pub struct Reply<'a> {
    output: &'a mut Output,
    pool: &'a mut ReplyPool,
    protocol: Protocol,
    /// CLIENT REPLY OFF or SKIP: everything is accepted and dropped.
    muted: bool,
    /// The client is gone: it stays muted, since there is no room to write into.
    is_abandoned: bool,
    /// A local connection may take the last buffers.
    local: bool,
    grant: Grant,
    /// Bytes kept for the commands of a transaction that are still to come.
    kept_size: u64,
    in_transaction: bool,
    /// Bytes that were written.
    written_size: u64,
    /// Bytes that were dropped while muted: what `measured` asks for.
    dropped_size: u64,
    /// The command has to be run again, when so many bytes of room can be had.
    awaited_size: Option<u64>,
}

impl<'a> Reply<'a> {
    /// A writer at the end of `output`: `begin` makes it ready for a reply.
    #[inline]
    pub fn new(output: &'a mut Output, pool: &'a mut ReplyPool, local: bool) -> Self {
        Self {
            output,
            pool,
            protocol: Protocol::Resp2,
            muted: false,
            is_abandoned: false,
            local,
            grant: Grant::default(),
            kept_size: 0,
            in_transaction: false,
            written_size: 0,
            dropped_size: 0,
            awaited_size: None,
        }
    }

    /// Begins the reply to the next request, if `REPLY_ROOM` bytes can be written now.
    #[inline(always)]
    pub fn begin(&mut self, protocol: Protocol) -> Result<(), Refusal> {
        self.pool.settle(self.output);
        self.grant = self.pool.admit(self.output, u64::from(REPLY_ROOM), self.local, true)?;
        (self.protocol, self.muted, self.awaited_size) = (protocol, false, None);
        Ok(())
    }

    /// The writer of a transaction that was suspended with `left_count` commands to come.
    pub fn resume(
        output: &'a mut Output,
        pool: &'a mut ReplyPool,
        protocol: Protocol,
        local: bool,
        left_count: u32,
    ) -> Self {
        let grant = pool.resume(output);
        Self {
            output,
            pool,
            protocol,
            muted: false,
            is_abandoned: false,
            local,
            grant,
            kept_size: kept_size(left_count),
            in_transaction: true,
            written_size: 0,
            dropped_size: 0,
            awaited_size: None,
        }
    }

    /// The dialect in use.
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// HELLO changes the dialect of its own reply.
    pub fn set_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
    }

    /// Is what is written dropped?
    pub const fn is_muted(&self) -> bool {
        self.muted
    }

    /// CLIENT REPLY changes whether this and later replies are sent.
    pub fn set_muted(&mut self, muted: bool) {
        self.muted = muted || self.is_abandoned;
    }

    /// Nobody will read it.
    pub fn abandon(&mut self) {
        (self.muted, self.is_abandoned) = (true, true);
    }

    /// Makes sure that the next `size` bytes can be written. Needed above `REPLY_ROOM`; call it
    /// before anything is changed or written.
    pub fn reserve(&mut self, size: u64) -> Result<(), ReplyFull> {
        if self.muted { Ok(()) } else { self.acquire(size) }
    }

    /// What is worth measuring: a reply above so many bytes waits in any case, and is measured
    /// again when its command runs again.
    pub fn ceiling(&self) -> u64 {
        let is_patient = !self.muted && !self.in_transaction;
        let ceiling = if is_patient { self.pool.ceiling(self.output) } else { None };
        ceiling.unwrap_or(u64::MAX)
    }

    fn acquire(&mut self, size: u64) -> Result<(), ReplyFull> {
        let whole = size.saturating_add(u64::from(REPLY_ROOM)).saturating_add(self.kept_size);
        if whole <= u64::from(self.pool.room_size(self.output)) + self.grant.size() {
            return Ok(());
        }
        // Within a transaction the commands before this one have run: it cannot be run again.
        let patient = !self.in_transaction;
        match self.pool.admit(self.output, whole, self.local, patient) {
            Ok(grant) => {
                self.grant = grant;
                Ok(())
            }
            Err(Refusal::Wait) if patient => {
                self.awaited_size = Some(whole);
                Err(ReplyFull::Wait)
            }
            Err(_) => Err(ReplyFull::TooLarge { size }),
        }
    }

    /// EXEC: makes sure of `STEP_ROOM` bytes for each of `command_count` commands, and keeps them
    /// free while others write more. May answer `Wait`: nothing has run yet.
    pub fn begin_transaction(&mut self, command_count: u32) -> Result<(), ReplyFull> {
        // Even if it is muted: CLIENT REPLY ON may stand among the commands.
        self.acquire(kept_size(command_count))?;
        self.kept_size = kept_size(command_count);
        self.in_transaction = true;
        Ok(())
    }

    /// The next command of the transaction starts: what was kept for it is its own now, and it
    /// gets `REPLY_ROOM` like any other. Without room for that it must not run, and `STEP_ROOM`
    /// bytes are there to say so.
    pub fn next_in_transaction(&mut self) -> Result<(), ReplyFull> {
        assert!(self.in_transaction, "a step of a transaction outside of one");
        self.kept_size -= u64::from(STEP_ROOM);
        self.reserve(0)
    }

    /// All commands of the transaction have run.
    pub fn end_transaction(&mut self) {
        self.in_transaction = false;
        self.kept_size = 0;
    }

    /// Should a string value of `size` bytes be pinned and streamed rather than copied? Then pin
    /// it and call `stream`; else `reserve` and write it.
    pub fn prefers_stream(&mut self, size: u64) -> bool {
        if size <= STREAM_SIZE_MIN || self.muted {
            return false;
        }
        !self.in_transaction || self.has_behind()
    }

    /// Can a large value be followed by the rest of a transaction, in buffers of its own?
    fn has_behind(&mut self) -> bool {
        if !self.pool.streams.has_room(self.output.flow) {
            return false;
        }
        if self.output.is_streaming() {
            return true;
        }
        // The header before the value may take one buffer more.
        let room_size = u64::from(self.pool.room_size(self.output));
        let header_size = if room_size < BULK_OVERHEAD { BUFFER_SIZE as u64 } else { 0 };
        let needed_size = header_size + self.kept_size + u64::from(REPLY_ROOM);
        if self.grant.size() < needed_size {
            // Not the jumbo permit: the value may be read for hours.
            match self.pool.admit_shared(self.output, room_size + needed_size, self.local) {
                Some(grant) => self.grant = grant,
                None => return false,
            }
        }
        true
    }

    /// Can `stream` be called now? Others may have all places of large values, though pins are
    /// free: those for whom something waits behind the last value.
    pub fn has_place(&self) -> bool {
        self.pool.streams.has_place(self.output.flow)
    }

    /// What is answered where there is no place for a large value: that it comes when others have
    /// read theirs, or in a transaction, whose earlier commands have run, that it is too large.
    pub fn no_place(&mut self, size: u64) -> ReplyFull {
        if self.in_transaction {
            return ReplyFull::TooLarge { size };
        }
        self.awaited_size = Some(0);
        ReplyFull::Wait
    }

    /// A bulk string whose content is the pinned value: the connection copies it out behind what
    /// was written so far, and unpins it when it is complete.
    pub fn stream(&mut self, pin: PinId, size: u64) {
        assert!(!self.muted, "asked for a stream where none can be");
        self.bulk_header(size);
        self.pool.marks.reach(Mark::StreamBegun);
        if self.in_transaction {
            self.pool.marks.reach(Mark::StreamInExec);
        }
        self.output.stream(self.pool, pin, size);
    }

    /// Is a large value on its way, behind which nothing may be executed?
    pub const fn is_streaming(&self) -> bool {
        self.output.is_streaming()
    }

    /// Bytes that were written.
    pub const fn written_size(&self) -> u64 {
        self.written_size
    }

    /// Ends the reply.
    pub fn finish(&mut self) {
        self.pool.settle(self.output);
    }

    /// The room for which the command has to wait, if `reserve` answered `Wait`; 0 for a place of
    /// a large value, which may be free whenever buffers come back.
    pub const fn awaited_size(&self) -> Option<u64> {
        self.awaited_size
    }

    /// The transaction goes on in a later turn, with `resume`.
    pub fn suspend(&mut self) {
        self.pool.suspend(self.output, core::mem::take(&mut self.grant));
    }

    /// Raw bytes of a reply whose framing the caller wrote.
    #[inline(always)]
    pub fn raw(&mut self, bytes: &[u8]) {
        match self.room(bytes.len()) {
            Some(room) => {
                room[..bytes.len()].copy_from_slice(bytes);
                self.wrote(bytes.len());
            }
            None => self.raw_in_pieces(bytes),
        }
    }

    fn raw_in_pieces(&mut self, bytes: &[u8]) {
        if self.muted {
            self.dropped_size += bytes.len() as u64;
        } else {
            self.written_size += bytes.len() as u64;
            self.output.append(self.pool, &mut self.grant, bytes);
        }
    }

    /// Room for `size` bytes in one piece, where it is there and they are to be sent next. The
    /// usual case; `wrote` then says how many there are.
    #[inline(always)]
    pub(super) fn room(&mut self, size: usize) -> Option<&mut [u8]> {
        if self.muted { None } else { self.output.room(size) }
    }

    #[inline(always)]
    pub(super) fn wrote(&mut self, size: usize) {
        self.written_size += size as u64;
        self.output.wrote(size as u32);
    }

    /// A reply of unknown size. `write` runs twice: once to measure, once to write, and must write
    /// the same both times.
    pub fn measured(&mut self, write: impl Fn(&mut Self)) -> Result<(), ReplyFull> {
        if self.muted {
            return Ok(());
        }
        (self.muted, self.dropped_size) = (true, 0);
        write(self);
        self.muted = false;
        let (size, start) = (self.dropped_size, self.written_size);
        self.reserve(size)?;
        write(self);
        let written_size = self.written_size - start;
        assert_eq!(written_size, size, "a reply changed while it was written");
        Ok(())
    }

    /// A text of unknown size, as a verbatim string (RESP2: a bulk string). `write` runs twice:
    /// once to measure, once to write, and must write the same both times.
    pub fn text(
        &mut self,
        write: impl Fn(&mut dyn fmt::Write) -> fmt::Result,
    ) -> Result<(), ReplyFull> {
        let mut measure = Measure { size: 0 };
        write(&mut measure).expect("measuring does not fail");
        self.reserve(measure.size)?;
        let start = self.written_size;
        match self.protocol {
            Protocol::Resp2 => self.bulk_header(measure.size),
            Protocol::Resp3 => {
                self.number_line(b'=', (measure.size + 4).cast_signed());
                self.raw(b"txt:");
            }
        }
        let header_size = self.written_size - start;
        write(self).expect("writing what was reserved does not fail");
        let content_size = self.written_size - start - header_size;
        assert!(self.muted || content_size == measure.size, "a text changed while it was written");
        self.raw(b"\r\n");
        Ok(())
    }
}

const fn kept_size(command_count: u32) -> u64 {
    command_count as u64 * STEP_ROOM as u64
}

/// Raw text, for `write!` in `text`.
impl fmt::Write for Reply<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.raw(text.as_bytes());
        Ok(())
    }
}

/// Counts the bytes of a text.
struct Measure {
    size: u64,
}

impl fmt::Write for Measure {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.size += text.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
#[path = "reply_test.rs"]
mod reply_test;
