//! What a stream of commands does to its connection, as far as it decides which replies come: a
//! transaction queues, CLIENT REPLY silences, QUIT ends it.
//!
//! Keeps true: what is said of a command is exact for every stream, also for one of which a
//! shrinker has taken parts away; what cannot be known is `Expected::Unknown`.

/// What comes for a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// One reply.
    Reply,
    /// None: replies are silenced.
    Nothing,
    /// One reply, and then the end of the connection.
    ReplyAndEnd,
    /// CLIENT REPLY within a transaction: nobody counts that.
    Unknown,
}

/// The state of one connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracker {
    in_transaction: bool,
    is_silenced: bool,
    skips_next: bool,
}

impl Tracker {
    /// Are commands queued?
    pub fn in_transaction(self) -> bool {
        self.in_transaction
    }

    /// The next command.
    pub fn observe<'a>(&mut self, mut words: impl Iterator<Item = &'a [u8]>) -> Expected {
        let name = words.next().unwrap_or_default();
        let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
        let was_silent = self.is_silenced || std::mem::take(&mut self.skips_next);
        let mut said = if was_silent { Expected::Nothing } else { Expected::Reply };
        if is("multi") {
            self.in_transaction |= words.next().is_none();
        } else if is("exec") {
            // With a wrong count of arguments, too.
            self.in_transaction = false;
        } else if is("discard") {
            self.in_transaction &= words.next().is_some();
        } else if is("reset") && words.next().is_none() {
            *self = Self::default();
            said = Expected::Reply;
        } else if is("quit") {
            *self = Self::default();
            said = if was_silent { Expected::Unknown } else { Expected::ReplyAndEnd };
        } else if is("client") {
            let rest = [words.next(), words.next(), words.next()];
            if let [Some(subcommand), Some(mode), None] = rest
                && subcommand.eq_ignore_ascii_case(b"reply")
            {
                return self.reply_mode(mode, said);
            }
        }
        said
    }

    fn reply_mode(&mut self, mode: &[u8], said: Expected) -> Expected {
        let is = |word: &str| mode.eq_ignore_ascii_case(word.as_bytes());
        if !is("on") && !is("off") && !is("skip") {
            return said;
        }
        if self.in_transaction {
            return Expected::Unknown;
        }
        if is("on") {
            self.is_silenced = false;
            return Expected::Reply;
        }
        self.is_silenced |= is("off");
        self.skips_next = is("skip") && !self.is_silenced;
        Expected::Nothing
    }
}

#[cfg(test)]
#[path = "tracker_test.rs"]
mod tracker_test;
