//! What a command may touch, and nothing else. No global, no clock, no socket.
use crate::clock::Now;
use crate::commands::error::{CommandError, LineText};
use crate::commands::known::Known;
use crate::commands::session::Session;
use crate::commands::statistics::Statistics;
use crate::facts::Facts;
use crate::hooks::Hooks;
use crate::limits::Limits;
use crate::log::Log;
use crate::memory::blocks::{Blocks, Span};
use crate::memory::plan::Plan;
use crate::memory::usage::Usage;
use crate::options::hot::HotSettings;
use crate::options::settings::Settings;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::store::{Entry, Key, NameHash, Store, Type};
use core::cell::Cell;
use core::fmt::{self, Write as _};

/// Where MULTI queues commands and EXEC unpacks them. EXEC takes it out of the context while the
/// queued commands run: a queued command cannot queue.
pub struct Queueing<'a> {
    /// The pool of blocks.
    pub blocks: &'a mut Blocks,
    /// Room for the spans of an unpacked command.
    pub spans: &'a mut [Span],
}

/// What the engine must do after the command: things of the process, not of the data.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Orders {
    /// DEBUG SLEEP.
    pub sleep_us: u64,
    /// SHUTDOWN.
    pub shutdown: bool,
    /// CLIENT KILL marked sessions.
    pub killed: bool,
    /// CONFIG SET changed something: refresh what was derived from it.
    pub settings_changed: bool,
    /// The command cannot run yet (a flush while earlier ones are being reaped): it changed and
    /// replied nothing; run it again in a later turn.
    pub retry: bool,
}

/// A connection's view of the server, for its commands.
pub struct Context<'a> {
    /// The time of this turn.
    pub now: Now,
    /// What bounds it.
    pub limits: &'a Limits,
    /// The data.
    pub store: &'a mut Store,
    /// Where the reply goes.
    pub reply: Reply<'a>,
    /// All sessions, by connection slot.
    pub sessions: &'a mut [Session],
    /// The slot of the connection that sent the command.
    pub current: usize,
    /// What the prefetch has found out already.
    pub known: &'a Known,
    /// MULTI's queue.
    pub queueing: Option<Queueing<'a>>,
    /// What CONFIG GET and SET read and write.
    pub settings: &'a mut Settings,
    /// Those of them that are asked for all the time, as of the last turn.
    pub hot: &'a HotSettings,
    /// How full the pools of the connections were at the start of the turn.
    pub usage: &'a Usage,
    /// What the server counts.
    pub statistics: &'a mut Statistics,
    /// Every pool as it was taken at the start.
    pub plan: &'a Plan,
    /// What the process knows about itself.
    pub facts: &'a Facts,
    /// Functions of the process.
    pub hooks: &'a Hooks,
    /// Where lines for the operator go.
    pub log: &'a mut Log,
    /// What the engine must do afterwards.
    pub orders: &'a mut Orders,
    /// Bytes that the command touched, if it is O(n): a turn has only so many.
    pub work: Cell<u64>,
    /// Queued commands that EXEC ran.
    pub executed_count: u32,
}

impl Context<'_> {
    /// Answers an error line made of `pieces`, whose first word is `kind`. For lines that quote
    /// more than `CommandError` can; returns what the command then returns.
    pub fn fail(&mut self, kind: &'static str, pieces: &[&[u8]]) -> Result<(), CommandError> {
        let mut line = LineText::new();
        for piece in pieces {
            line.push_quoted(piece);
        }
        self.fail_line(kind, &line)
    }

    /// As `fail`, for a line that something else knows how to write. What does not fit is cut.
    pub fn fail_text(
        &mut self,
        kind: &'static str,
        text: fmt::Arguments<'_>,
    ) -> Result<(), CommandError> {
        let mut line = LineText::new();
        line.write_fmt(text).expect("a line takes everything, and cuts it");
        self.fail_line(kind, &line)
    }

    fn fail_line(&mut self, kind: &'static str, line: &LineText) -> Result<(), CommandError> {
        assert!(line.bytes().starts_with(kind.as_bytes()), "a line begins with its kind");
        self.statistics.count_error(kind);
        (self.hooks.refused)(line.bytes());
        self.reply.error(line.bytes());
        Err(CommandError::Written)
    }

    /// Has the engine, or the connection, something to do before its next request may run?
    pub fn must_rest(&self) -> bool {
        *self.orders != Orders::default()
            || self.reply.is_streaming()
            || self.sessions[self.current].close_after_reply
    }

    /// Ends the reply, or keeps what it may still take if a transaction goes on.
    pub fn end_reply(&mut self) {
        if self.sessions[self.current].transaction.running {
            self.reply.suspend();
        } else {
            self.reply.finish();
        }
    }

    /// The session that sent the command.
    #[inline(always)]
    pub fn session(&mut self) -> &mut Session {
        &mut self.sessions[self.current]
    }

    /// The database of the session.
    #[inline(always)]
    pub fn database(&self) -> u8 {
        self.sessions[self.current].database
    }

    /// Argument `index` as a key of the session's database.
    #[inline(always)]
    pub fn key<'r>(&self, request: &Request<'r>, index: usize) -> Key<'r> {
        let hash = self.key_name_hash(request, index);
        self.store.key_hashed(self.database(), request.argument(index), hash)
    }

    /// The hash of argument `index` as the name of a key.
    #[inline(always)]
    pub fn key_name_hash(&self, request: &Request<'_>, index: usize) -> NameHash {
        let compute = || self.store.name_hash(request.argument(index));
        match self.known.first {
            Some(hash) if index == 1 => {
                debug_assert_eq!(hash, compute(), "the hash of another request");
                hash
            }
            _ => compute(),
        }
    }

    /// The hash of argument `index` as the name of an element.
    #[inline(always)]
    pub fn name_hash(&self, request: &Request<'_>, index: usize) -> NameHash {
        self.known.name_hash(self.store, request, index)
    }

    /// The key for a command that reads its value: counts a hit or a miss, and marks it as used
    /// unless the session has CLIENT NO-TOUCH.
    #[inline(always)]
    pub fn read(&mut self, key: &Key<'_>) -> Option<Entry> {
        let no_touch = self.sessions[self.current].no_touch;
        self.store.read(self.now, key, no_touch)
    }

    /// The key for a command that reads something about it (TTL, TYPE, EXISTS): counts, but does
    /// not mark it as used.
    pub fn look(&mut self, key: &Key<'_>) -> Option<Entry> {
        self.store.read(self.now, key, true)
    }

    /// What a key has was changed: those who watch it hear of that, and `count` changes are
    /// counted, as in Redis.
    #[inline]
    pub fn changed(&mut self, key: &Key<'_>, count: u64) {
        let before_count = self.store.counters.changes;
        self.store.tell_watchers(key);
        self.store.counters.changes = before_count + count;
    }

    /// As `read`, for a command that reads strings.
    pub fn read_string(&mut self, key: &Key<'_>) -> Result<Option<Entry>, CommandError> {
        self.read_of(key, Type::String)
    }

    /// The key for a command that changes strings: neither counts nor marks.
    pub fn find_string(&mut self, key: &Key<'_>) -> Result<Option<Entry>, CommandError> {
        let entry = self.store.find(self.now, key);
        self.require(entry, Type::String)
    }

    /// As `read`, for a command that reads values of one type.
    #[inline]
    pub fn read_of(&mut self, key: &Key<'_>, kind: Type) -> Result<Option<Entry>, CommandError> {
        let entry = self.read(key);
        self.require(entry, kind)
    }

    /// The key for a command that changes a collection of one type: does not count, but marks it as
    /// used as `read` does, since it is changed where it is.
    #[inline]
    pub fn find_of(&mut self, key: &Key<'_>, kind: Type) -> Result<Option<Entry>, CommandError> {
        let entry = self.store.find(self.now, key);
        let entry = self.require(entry, kind)?;
        if let Some(entry) = entry
            && !self.sessions[self.current].no_touch
        {
            self.store.touch(self.now, entry);
        }
        Ok(entry)
    }

    fn require(&self, entry: Option<Entry>, kind: Type) -> Result<Option<Entry>, CommandError> {
        match entry {
            Some(entry) if self.store.kind(entry) != kind => Err(CommandError::WRONG_TYPE),
            _ => Ok(entry),
        }
    }
}
