//! Why a command was refused. Clients match on the first words, so the texts are Redis' own.
use crate::marks::Mark;
use crate::resp::output::REPLY_ROOM;
use crate::resp::reply::ReplyFull;
use crate::resp::request::Request;
use crate::stdx::number;
use crate::store::{StoreFull, WrongType};
use core::fmt;

/// A refused command. Nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CommandError {
    /// A fixed line, prefix included.
    Line(&'static str),
    /// `ERR wrong number of arguments for 'name' command`; the full name, as `config|get`.
    Arity(&'static str),
    /// `ERR invalid expire time in 'name' command`.
    ExpireTime(&'static str),
    /// `text` followed by argument `index` of the request.
    Argument {
        /// The line up to the argument, prefix included.
        text: &'static str,
        /// Which argument ends the line.
        index: usize,
    },
    /// `-OOM` for a limit other than `maxmemory`, which it names, with its value.
    Limit {
        /// The option's name.
        name: &'static str,
        /// What would have been needed.
        needed: u64,
    },
    /// Room for the reply, or for the data, will be there in a later turn: the dispatcher writes
    /// nothing and sets `Orders::retry`. Only what has written and changed nothing may answer this.
    Retry,
    /// The command has written its error line itself (`Context::fail`).
    Written,
}

impl CommandError {
    /// The options contradict each other or are unknown.
    pub const SYNTAX: Self = Self::Line("ERR syntax error");
    /// Not a 64-bit integer.
    pub const NOT_AN_INTEGER: Self = Self::Line("ERR value is not an integer or out of range");
    /// Not a float.
    pub const NOT_A_FLOAT: Self = Self::Line("ERR value is not a valid float");
    /// The key exists with another type.
    pub const WRONG_TYPE: Self =
        Self::Line("WRONGTYPE Operation against a key holding the wrong kind of value");
    /// Data memory is full.
    pub const OUT_OF_MEMORY: Self =
        Self::Line("OOM command not allowed when used memory > 'maxmemory'.");
    /// RENAME, OBJECT and others need the key.
    pub const NO_SUCH_KEY: Self = Self::Line("ERR no such key");
    /// The result would exceed `proto-max-bulk-len`.
    pub const STRING_TOO_LONG: Self =
        Self::Line("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
}

impl From<StoreFull> for CommandError {
    fn from(full: StoreFull) -> Self {
        match full {
            StoreFull::Data => Self::OUT_OF_MEMORY,
            StoreFull::Chain => Self::Line("OOM bucket chain is at its maximum of 16"),
            StoreFull::KeySize => Self::Line("ERR key is longer than key-size-max"),
            StoreFull::ValueSize => Self::STRING_TOO_LONG,
            StoreFull::Staged => Self::Line("OOM staged-values-max large values are arriving"),
            StoreFull::Elements => Self::Line("OOM a collection has at most 4294967295 elements"),
            StoreFull::Later => Self::Retry,
            StoreFull::Pinned => Self::Line(
                "OOM a client is reading the value, and it is larger than command-work-max",
            ),
        }
    }
}

impl From<WrongType> for CommandError {
    fn from(_: WrongType) -> Self {
        Self::WRONG_TYPE
    }
}

impl From<ReplyFull> for CommandError {
    fn from(full: ReplyFull) -> Self {
        match full {
            ReplyFull::TooLarge { size } => Self::Limit { name: "reply-max", needed: size },
            ReplyFull::Wait => Self::Retry,
        }
    }
}

/// Bytes of the longest error line: words around two of the longest doubles, of 317 characters. Two
/// quotes of 128 bytes take less.
pub const LINE_SIZE_MAX: usize = 704;

const _: () =
    assert!(LINE_SIZE_MAX + 3 <= REPLY_ROOM as usize, "there is always room for an error");

/// A line being put together from bytes. What does not fit is cut.
pub struct LineText {
    bytes: [u8; LINE_SIZE_MAX],
    size: usize,
}

impl LineText {
    /// An empty line.
    pub const fn new() -> Self {
        Self { bytes: [0; LINE_SIZE_MAX], size: 0 }
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let size = bytes.len().min(LINE_SIZE_MAX - self.size);
        self.bytes[self.size..][..size].copy_from_slice(&bytes[..size]);
        self.size += size;
    }

    /// Appends what a client sent, up to a NUL: Redis' errors are strings of C.
    pub fn push_quoted(&mut self, bytes: &[u8]) {
        self.push(bytes.split(|byte| *byte == 0).next().unwrap_or_default());
    }

    /// Appends a number.
    pub fn push_number(&mut self, value: u64) {
        self.push(number::format_u64(value, &mut [0; number::I64_TEXT_SIZE_MAX]));
    }

    /// What was put together.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

impl fmt::Write for LineText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

impl Default for LineText {
    fn default() -> Self {
        Self::new()
    }
}

/// How the lines begin that name a limit.
const LIMIT_MARKS: [(&str, Mark); 9] = [
    ("OOM command not allowed", Mark::OomData),
    ("OOM bucket chain", Mark::OomChain),
    ("OOM staged-values-max", Mark::OomStaged),
    ("OOM a client is reading", Mark::OomPinned),
    ("OOM no room to queue", Mark::OomQueue),
    ("OOM cannot watch", Mark::OomWatches),
    ("OOM command-work-max", Mark::OomWork),
    ("ERR key is longer", Mark::KeyTooLong),
    ("ERR string exceeds", Mark::ValueTooLong),
];

impl CommandError {
    /// The limit that the command ran into, as a mark.
    pub fn mark(self) -> Option<Mark> {
        match self {
            Self::Line(text) => {
                let row = LIMIT_MARKS.iter().find(|(start, _)| text.starts_with(start));
                row.map(|(_, mark)| *mark)
            }
            Self::Limit { name: "reply-max", .. } => Some(Mark::OomReply),
            Self::Limit { .. } => Some(Mark::OomRequest),
            _ => None,
        }
    }

    /// The first word of the line, for `errorstat_` in INFO.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Line(text) | Self::Argument { text, .. } => {
                text.split_once(' ').map_or(text, |(kind, _)| kind)
            }
            Self::Arity(_) | Self::ExpireTime(_) => "ERR",
            Self::Limit { .. } => "OOM",
            Self::Retry | Self::Written => unreachable!("these have no line"),
        }
    }

    /// The line, without the `-` before it.
    pub fn line(self, request: &Request<'_>) -> LineText {
        let mut line = LineText::new();
        match self {
            Self::Line(text) => line.push(text.as_bytes()),
            Self::Arity(name) => {
                line.push(b"ERR wrong number of arguments for '");
                line.push(name.as_bytes());
                line.push(b"' command");
            }
            Self::ExpireTime(name) => {
                line.push(b"ERR invalid expire time in '");
                line.push(name.as_bytes());
                line.push(b"' command");
            }
            Self::Argument { text, index } => {
                line.push(text.as_bytes());
                line.push_quoted(request.argument(index));
            }
            Self::Limit { name, needed } => {
                line.push(b"OOM command needs ");
                line.push_number(needed);
                line.push(b", which is more than '");
                line.push(name.as_bytes());
                line.push(b"' allows");
            }
            Self::Retry | Self::Written => unreachable!("these have no line"),
        }
        line
    }
}
