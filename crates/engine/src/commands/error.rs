//! Why a command was refused. Clients match on the first words, so the texts are Redis' own.
use crate::resp::reply::ReplyFull;
use crate::store::{StoreFull, WrongType};

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
    /// Room for the reply will be there in a later turn: the dispatcher writes nothing and sets
    /// `Orders::retry`. Only what has written and changed nothing may answer this.
    Retry,
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
