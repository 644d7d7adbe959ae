//! Each kind of reply, in the dialect of the connection.
//!
//! A reply whose room is there in one piece is written at once (`framing`); else piece by piece,
//! with the same bytes.
use super::framing;
use super::reply::{BULK_OVERHEAD, Protocol, Reply};
use crate::resp::output::REPLY_ROOM;
use crate::stdx::number;

impl Reply<'_> {
    /// `+line`.
    #[inline(always)]
    pub fn simple(&mut self, line: &str) {
        if let Some(room) = self.room(line.len() + 3) {
            let size = framing::simple(room, line.as_bytes());
            self.wrote(size);
            return;
        }
        self.raw(b"+");
        self.raw(line.as_bytes());
        self.raw(b"\r\n");
    }

    /// `+OK`.
    pub fn ok(&mut self) {
        self.raw(b"+OK\r\n");
    }

    /// `-line`. CR, LF and NUL in it become spaces; at most `REPLY_ROOM` bytes.
    pub fn error(&mut self, line: &[u8]) {
        const LINE_SIZE_MAX: usize = REPLY_ROOM as usize - 3;
        self.raw(b"-");
        let mut rest = &line[..line.len().min(LINE_SIZE_MAX)];
        // No byte of an argument that an error quotes may start a line of its own.
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            self.raw(&rest[..at]);
            self.raw(b" ");
            rest = &rest[at + 1..];
        }
        self.raw(rest);
        self.raw(b"\r\n");
    }

    /// `:value`.
    pub fn integer(&mut self, value: i64) {
        self.number_line(b':', value);
    }

    #[inline(always)]
    pub(super) fn number_line(&mut self, kind: u8, value: i64) {
        if let Some(room) = self.room(framing::NUMBER_LINE_MAX) {
            let size = framing::number_line(room, kind, value);
            self.wrote(size);
            return;
        }
        let mut line = [0; framing::NUMBER_LINE_MAX];
        let size = framing::number_line(&mut line, kind, value);
        self.raw(&line[..size]);
    }

    /// A bulk string.
    #[inline(always)]
    pub fn bulk(&mut self, bytes: &[u8]) {
        if let Some(room) = self.room(bytes.len() + BULK_OVERHEAD as usize) {
            let size = framing::bulk(room, bytes);
            self.wrote(size);
            return;
        }
        self.bulk_header(bytes.len() as u64);
        self.raw(bytes);
        self.raw(b"\r\n");
    }

    /// `$size`, before `raw` content of that size and a final `raw(b"\r\n")`.
    pub fn bulk_header(&mut self, size: u64) {
        self.number_line(b'$', size.cast_signed());
    }

    /// The absent value: `$-1` or `_`.
    pub fn null(&mut self) {
        self.raw(match self.protocol() {
            Protocol::Resp2 => b"$-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        });
    }

    /// The absent array: `*-1` or `_`.
    pub fn null_array(&mut self) {
        self.raw(match self.protocol() {
            Protocol::Resp2 => b"*-1\r\n",
            Protocol::Resp3 => b"_\r\n",
        });
    }

    /// The header of an array of `count` replies.
    pub fn array(&mut self, count: u64) {
        self.number_line(b'*', count.cast_signed());
    }

    /// The header of a map of `count` pairs (RESP2: an array of twice as many).
    pub fn map(&mut self, count: u64) {
        match self.protocol() {
            Protocol::Resp2 => self.array(2 * count),
            Protocol::Resp3 => self.number_line(b'%', count.cast_signed()),
        }
    }

    /// The header of a set (RESP2: an array).
    pub fn set(&mut self, count: u64) {
        match self.protocol() {
            Protocol::Resp2 => self.array(count),
            Protocol::Resp3 => self.number_line(b'~', count.cast_signed()),
        }
    }

    /// A truth value (RESP2: 1 or 0).
    pub fn boolean(&mut self, value: bool) {
        match (self.protocol(), value) {
            (Protocol::Resp2, _) => self.integer(i64::from(value)),
            (Protocol::Resp3, true) => self.raw(b"#t\r\n"),
            (Protocol::Resp3, false) => self.raw(b"#f\r\n"),
        }
    }

    /// A double (RESP2: a bulk string), in the digits of Redis 7.2.
    pub fn double(&mut self, value: f64) {
        let mut room = [0; number::DOUBLE_TEXT_SIZE_MAX];
        self.double_text(number::format_double(value, &mut room));
    }

    /// A double below 1000 (RESP2: a bulk string), with up to 17 digits behind the point.
    pub fn decimal(&mut self, value: f64) {
        let mut room = [0; number::DOUBLE_TEXT_SIZE_MAX];
        self.double_text(number::format_decimal(value, &mut room));
    }

    fn double_text(&mut self, text: &[u8]) {
        match self.protocol() {
            Protocol::Resp2 => self.bulk(text),
            Protocol::Resp3 => {
                self.raw(b",");
                self.raw(text);
                self.raw(b"\r\n");
            }
        }
    }
}
