//! A client as the judge sees it: what it has sent, what came back, how it ended.
use crate::value::{Malformed, Value};
use std::collections::{BTreeMap, VecDeque};

/// What a client sent, as far as an answer is due.
#[derive(Clone, Debug)]
pub(super) enum Sent {
    /// A command.
    Command(Vec<Vec<u8>>),
    /// CLIENT REPLY.
    Quiet(&'static str),
    /// CLIENT KILL of this client.
    Kill(u32),
    /// No request: an error, then the end.
    Garbage,
    /// What ends the connection without a word.
    Attack,
}

/// Are replies sent?
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Hearing {
    /// Yes.
    #[default]
    On,
    /// No, until it is asked for.
    Off,
    /// Not the next one.
    SkipNext,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum End {
    /// It did not.
    #[default]
    None,
    /// All that was answered must have arrived.
    Orderly,
    /// What was on its way may be lost: a reset, a kill, a timeout.
    Rough,
}

/// One client.
#[derive(Debug, Default)]
pub(super) struct Client {
    /// The seat that it speaks from, while it does.
    pub(super) seat: usize,
    /// Sent, and not yet judged.
    pub(super) sent: VecDeque<Sent>,
    /// Where each of them ends, in bytes sent.
    pub(super) ends: VecDeque<u64>,
    /// How many of these are answered, as the engine says.
    pub(super) answered_count: usize,
    /// Bytes that were sent.
    pub(super) sent_size: u64,
    /// When the last request was answered, or it connected.
    pub(super) answered_ms: u64,
    /// Replies that were not judged yet.
    pub(super) replies: VecDeque<Value>,
    /// Replies that came, ever.
    pub(super) reply_count: u64,
    /// Where its walk over a key goes on.
    pub(super) cursors: BTreeMap<Vec<u8>, Vec<u8>>,
    bytes: Vec<u8>,
    parsed_size: usize,
    /// CLIENT REPLY.
    pub(super) hearing: Hearing,
    /// Between MULTI and EXEC, as it was sent.
    pub(super) in_transaction: bool,
    /// A CLIENT KILL may have named it.
    pub(super) may_be_killed: bool,
    /// What was answered last ends the connection.
    pub(super) is_leaving: bool,
    /// It has begun a request that it will not end.
    pub(super) is_stuck: bool,
    /// How it ends or has ended.
    pub(super) end: End,
    /// Nothing comes any more.
    pub(super) is_over: bool,
}

impl Client {
    /// Somebody who has just connected.
    pub(super) fn new(seat: usize, now_ms: u64) -> Self {
        Self { seat, answered_ms: now_ms, ..Self::default() }
    }

    /// Room for what arrives.
    pub(super) const fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// It listens no more.
    pub(super) fn hang_up(&mut self) {
        (self.end, self.is_over) = (End::Rough, true);
        self.bytes.clear();
        self.parsed_size = 0;
    }

    /// Takes the replies out of what has arrived.
    pub(super) fn parse(&mut self) -> Result<(), Malformed> {
        while let Some((value, size)) = Value::parse(&self.bytes[self.parsed_size..])? {
            self.parsed_size += size;
            self.replies.push_back(value);
            self.reply_count += 1;
        }
        if self.parsed_size == self.bytes.len() {
            self.bytes.clear();
            self.parsed_size = 0;
        }
        Ok(())
    }

    /// A reply is only begun.
    pub(super) const fn is_cut_short(&self) -> bool {
        self.parsed_size < self.bytes.len()
    }

    /// Requests that are not answered yet.
    pub(super) fn waiting_count(&self) -> usize {
        self.sent.len() - self.answered_count
    }

    /// Forgets what will never be answered: the connection has ended.
    pub(super) fn forget_unanswered(&mut self) {
        self.sent.truncate(self.answered_count);
        self.ends.truncate(self.answered_count);
    }
}
