//! Refusals by Granite's own limits, and the memory that the model's contents take.
//!
//! A write that the server refused for want of memory is tried: its need is added up as the model
//! changes its keys, then the changes are taken back, and `memory` says whether the need was more
//! than what is free.
use super::{Call, Entry, Failure, KEY_SIZE_MAX, Model, is_staged};
use crate::memory::{Account, Change, Need, Room, Stored, Usage, Verdict};
use crate::value::Value;

const OUT_OF_MEMORY: &[u8] = b"OOM command not allowed when used memory > 'maxmemory'.";

/// Commands that may need memory: all others always work, but for what their arguments take. Some
/// of these only read, and make their result where keys are.
const WRITES: &[&str] = &[
    "APPEND",
    "BITFIELD",
    "BITOP",
    "COPY",
    "DECR",
    "DECRBY",
    "EXPIRE",
    "EXPIREAT",
    "GEOADD",
    "GEORADIUS",
    "GEORADIUSBYMEMBER",
    "GEORADIUSBYMEMBER_RO",
    "GEORADIUS_RO",
    "GEOSEARCH",
    "GEOSEARCHSTORE",
    "GETEX",
    "GETSET",
    "HINCRBY",
    "HINCRBYFLOAT",
    "HMSET",
    "HSET",
    "HSETNX",
    "INCR",
    "INCRBY",
    "INCRBYFLOAT",
    "LCS",
    "LINSERT",
    "LMOVE",
    "LPUSH",
    "LPUSHX",
    "LSET",
    "MOVE",
    "MSET",
    "MSETNX",
    "PERSIST",
    "PEXPIRE",
    "PEXPIREAT",
    "PFADD",
    "PFCOUNT",
    "PFMERGE",
    "PSETEX",
    "RENAME",
    "RENAMENX",
    "RPOPLPUSH",
    "RPUSH",
    "RPUSHX",
    "SADD",
    "SDIFFSTORE",
    "SET",
    "SETBIT",
    "SETEX",
    "SETNX",
    "SETRANGE",
    "SINTERSTORE",
    "SMOVE",
    "SORT",
    "SORT_RO",
    "SUNIONSTORE",
    "ZADD",
    "ZDIFF",
    "ZDIFFSTORE",
    "ZINCRBY",
    "ZINTER",
    "ZINTERSTORE",
    "ZRANGESTORE",
    "ZUNION",
    "ZUNIONSTORE",
];

/// Commands that answer a whole value.
const READS: &[&str] = &["GET", "GETDEL", "GETEX", "GETSET", "SET"];

impl Entry {
    /// What of it decides about its memory.
    pub(super) fn stored(&self, key: &[u8]) -> Stored {
        Stored {
            key_size: key.len() as u64,
            value_size: self.value.len() as u64,
            has_deadline: self.expires_at.is_some(),
        }
    }
}

impl Model {
    /// What the contents and the large arguments of open transactions take: nothing, if memory is
    /// not judged. The usages of models with databases of their own can be added.
    pub fn usage(&self) -> Usage {
        let mut usage = Usage::default();
        let Some(memory) = &self.memory else { return usage };
        for (database, entries) in (0..).zip(&self.databases) {
            for (name, entry) in entries.iter().filter(|(_, entry)| self.is_live(entry)) {
                memory.add(&mut usage, (database, name), entry.stored(name), &entry.shape);
            }
        }
        for size in self.sessions.keys().flat_map(|connection| self.queued_sizes(*connection)) {
            usage.add_parts(&memory.room.staged(size));
        }
        for size in self.in_flight.iter().flatten() {
            usage.add_parts(&memory.room.staged(*size));
        }
        usage
    }

    /// Judges a refusal for want of memory beside `usage`: this model's, and whatever else takes
    /// memory and is no debt. Nothing if memory is not judged.
    pub fn verdict(
        &mut self,
        connection: u32,
        arguments: &[Vec<u8>],
        usage: &Usage,
    ) -> Option<Verdict> {
        let mut staging = Need::default();
        if self.in_flight.is_none() {
            let room = &self.memory.as_ref()?.room;
            for word in arguments {
                staging.add(&room.staged(word.len() as u64));
            }
        }
        self.memory.as_mut()?.begin();
        let is_queueing = self.in_transaction(connection) && self.in_flight.is_none();
        if !is_queueing && !self.try_out(connection, arguments) {
            self.memory.as_mut()?.begin();
        }
        Some(self.memory.as_mut()?.verdict(usage, &staging))
    }

    /// Runs a command and takes back what it did; false if it would have failed anyway.
    fn try_out(&mut self, connection: u32, arguments: &[Vec<u8>]) -> bool {
        let name = String::from_utf8_lossy(&arguments[0]).to_ascii_uppercase();
        if !WRITES.contains(&name.as_str()) {
            return false;
        }
        let gets = |word: &Vec<u8>| word.eq_ignore_ascii_case(b"GET");
        let keeps_old = name == "GETSET" || name == "SET" && arguments.iter().skip(3).any(gets);
        self.keep_old(keeps_old);
        self.undo = Some(Vec::new());
        let mut call = Call { model: self, connection, arguments, actual: &Value::Null };
        let result = call.check_arity(&name).and_then(|()| call.run(&name));
        let undo = self.undo.take().unwrap_or_default();
        for (database, key, entry) in undo.into_iter().rev() {
            let entries = &mut self.databases[usize::from(database)];
            match entry {
                Some(entry) => entries.insert(key, entry),
                None => entries.remove(&key),
            };
        }
        self.write_many(false);
        self.keep_old(false);
        result.is_ok()
    }

    /// The one place where a key gets a value.
    pub(super) fn insert(&mut self, database: u8, key: &[u8], mut entry: Entry, change: &Change) {
        if let Some(mut memory) = self.memory.take() {
            // A name that is too long is refused before anything is written.
            if self.is_live(&entry) && key.len() <= KEY_SIZE_MAX {
                let chain_count = memory
                    .chain(database, key)
                    .filter(|_| self.undo.is_some())
                    .map(|chain| self.keys_in_chain(&memory, chain));
                let old = self.entry(database, key).map(|old| (old.stored(key), &old.shape));
                let new = (entry.stored(key), &entry.shape);
                entry.shape = memory.write(old, new, change, chain_count);
            }
            self.memory = Some(memory);
        }
        let old = self.databases[usize::from(database)].insert(key.to_vec(), entry);
        match &mut self.undo {
            Some(undo) => undo.push((database, key.to_vec(), old)),
            None => self.note_walks(database, key),
        }
    }

    fn keys_in_chain(&self, memory: &Account, chain: u64) -> u64 {
        let databases = (0..).zip(&self.databases);
        let keys = databases.flat_map(|(database, entries)| {
            entries.iter().map(move |(name, entry)| (database, name, entry))
        });
        keys.filter(|(database, name, entry)| {
            self.is_live(entry) && memory.chain(*database, name) == Some(chain)
        })
        .count() as u64
    }

    /// GETSET, and SET with GET.
    fn keep_old(&mut self, keeps_old: bool) {
        if let Some(memory) = &mut self.memory {
            memory.keeps_old = keeps_old;
        }
    }

    /// MSET and MSETNX.
    pub(super) fn write_many(&mut self, many: bool) {
        if let Some(memory) = &mut self.memory {
            memory.many = many;
        }
    }

    /// EXEC runs the first of the commands that are left: `index` is its position.
    pub(super) fn begin_queued(&mut self, connection: u32, left: &[Vec<Vec<u8>>], index: usize) {
        self.in_flight = Some(left.iter().flatten().map(|word| word.len() as u64).collect());
        if let Some(memory) = self.memory.as_mut().filter(|_| index > 0) {
            memory.go_on();
        }
        let name = left[0][0].to_ascii_uppercase();
        let answers = READS.iter().any(|read| read.as_bytes() == name);
        if let Some(key) = left[0].get(1).filter(|_| answers) {
            let entry = self.entry(self.selected(connection), key);
            let parts =
                self.memory.as_ref().zip(entry).and_then(|(memory, entry)| {
                    memory.large_parts(entry.stored(key), &entry.shape)
                });
            self.being_read.extend(parts);
        }
    }

    /// EXEC is done, and its reply is sent.
    pub(super) fn end_queued(&mut self) {
        self.in_flight = None;
        self.being_read.clear();
    }

    /// The server was idle since the last command: what was flushed is reaped.
    pub fn settle(&mut self) {
        if let Some(memory) = &mut self.memory {
            memory.settle();
        }
    }

    /// Sizes of the arguments that a transaction has queued. One that has failed keeps nothing.
    fn queued_sizes(&self, connection: u32) -> Vec<u64> {
        let session = self.sessions.get(&connection).filter(|session| !session.queue_failed);
        let queue = session.and_then(|session| session.queue.as_ref());
        queue.into_iter().flatten().flatten().map(|word| word.len() as u64).collect()
    }

    /// After a command: could its result be stored at all?
    pub(super) fn check_contents(&self) -> Result<(), String> {
        let Some(memory) = &self.memory else { return Ok(()) };
        let usage = self.usage();
        if memory.room.holds(&usage) {
            return Ok(());
        }
        let count = memory.room.frame_count();
        Err(format!("it was accepted, but {count} frames do not hold {usage:?}"))
    }

    /// Has a limit of Granite that Redis does not have refused the command, rightly? Then it
    /// changed nothing, and the model follows.
    pub(super) fn is_own_refusal(
        &mut self,
        connection: u32,
        arguments: &[Vec<u8>],
        line: &[u8],
    ) -> Result<bool, Failure> {
        if !line.starts_with(b"OOM ") {
            let is_of_size = line == b"ERR key is longer than key-size-max"
                || line.starts_with(b"ERR argument is too long");
            return Ok(is_of_size && arguments.iter().any(|word| word.len() > KEY_SIZE_MAX));
        }
        if self.memory.is_none() {
            // Of the limits that are not about what is stored everybody may run into each.
            let is_of_data = line == OUT_OF_MEMORY || line.starts_with(b"OOM bucket chain");
            let name = arguments[0].to_ascii_uppercase();
            let may_need = WRITES.iter().any(|write| write.as_bytes() == name);
            if line == OUT_OF_MEMORY
                && let Some(why) = self.judge_by_spare(connection, arguments)
            {
                return Err(Failure::Illegal(why));
            }
            return Ok(self.may_be_full && (!is_of_data || may_need || is_staged(arguments)));
        }
        if line != OUT_OF_MEMORY {
            return Ok(self.is_limit_reached(connection, arguments, line));
        }
        let mut usage = self.usage();
        for parts in &self.being_read {
            // It is kept for its reader; whoever changes it makes a copy first.
            usage.add_parts(parts);
            usage.add_parts(parts);
        }
        match self.verdict(connection, arguments, &usage) {
            Some(Verdict::Illegal(why)) => Err(Failure::Illegal(why)),
            _ => Ok(true),
        }
    }

    /// Is a limit other than data memory reached, as the line says?
    fn is_limit_reached(&self, connection: u32, arguments: &[Vec<u8>], line: &[u8]) -> bool {
        /// Large arguments that every connection may have.
        const LARGE_COUNT_MIN: usize = 8;
        let Some(memory) = &self.memory else { return false };
        let line = String::from_utf8_lossy(line);
        let is_large = |size: &u64| Room::is_staged(*size);
        let own: Vec<u64> = arguments.iter().map(|word| word.len() as u64).collect();
        let queued = self.queued_sizes(connection);
        if line.starts_with("OOM bucket chain") {
            return self.usage().longest_chain_is_full();
        }
        if line.starts_with("OOM staged-values-max") {
            let all = self.sessions.keys().flat_map(|connection| self.queued_sizes(*connection));
            let all_count = all.chain(own.clone()).filter(is_large).count();
            return queued.iter().chain(&own).filter(|size| is_large(size)).count()
                > LARGE_COUNT_MIN
                || all_count as u64 > memory.room.staged_max();
        }
        if line.starts_with("OOM no room for the reply") {
            return self.in_flight.is_some();
        }
        if line.starts_with("OOM no room to queue") {
            let bytes: u64 = queued.iter().chain(&own).filter(|size| !is_large(size)).sum();
            return bytes > memory.room.queue_size_min();
        }
        if line.starts_with("OOM cannot watch") {
            let watched: usize = self.sessions.values().map(|session| session.watched.len()).sum();
            return (watched + arguments.len() - 1) as u64 > memory.room.watches_max();
        }
        let needed =
            line.strip_prefix("OOM command needs ").and_then(|rest| rest.split(',').next());
        line.ends_with("'reply-max' allows")
            && needed.and_then(|needed| needed.parse().ok()) > Some(memory.room.reply_max())
    }
}
