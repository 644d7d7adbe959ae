//! The store: keys to objects, in a fixed index over dense slabs. Knows no RESP.
//!
//! Invariant: a command happens entirely or changes nothing. Each writing call below reserves all
//! it needs first (paying debt and evicting as the policy says) and only then changes anything.
pub mod kind;
pub mod rope;
pub mod wheel;

use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
pub use crate::resp::request::PinId;
use crate::resp::request::{StagedId, Value};

/// Why a write was refused. Nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum StoreFull {
    /// Data memory is full, and the policy lets nothing (more) be evicted.
    Data,
    /// The key's bucket chain has 16 buckets.
    Chain,
    /// The name is longer than `key-size-max`.
    KeySize,
    /// The value would be longer than `proto-max-bulk-len`.
    ValueSize,
}

/// The key holds another type than the command is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WrongType;

/// What a user sees as the type of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Type {
    /// `string`.
    String,
}

impl Type {
    /// The name that TYPE answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
        }
    }
}

/// A key's name with its database and hash: computed once, used by every call of a command.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The name.
    pub name: &'a [u8],
    hash: u64,
    database: u8,
}

/// An existing key. Valid until the next call that takes `&mut Store` (other than `read`/`find`
/// of another key that is not expired): re-find after a write.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    object: u32,
}

/// What a write does to the deadline of its key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expiry {
    /// Leave it as it is.
    Keep,
    /// Remove it.
    Clear,
    /// Unix milliseconds. A past one deletes the key.
    At(i64),
}

/// `maxmemory-policy`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Policy {
    /// Writes are refused.
    #[default]
    NoEviction,
    /// Any key, least recently used.
    AllKeysLru,
    /// Any key, least frequently used.
    AllKeysLfu,
    /// Any key, at random.
    AllKeysRandom,
    /// Keys with a deadline, least recently used.
    VolatileLru,
    /// Keys with a deadline, least frequently used.
    VolatileLfu,
    /// Keys with a deadline, at random.
    VolatileRandom,
    /// Keys with a deadline, nearest deadline first.
    VolatileTtl,
}

/// What may be changed while running. `CONFIG SET` writes here.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Who leaves when full.
    pub policy: Policy,
    /// Idle time of a key never read since its insert counts so many times; 1 is exact Redis.
    pub lru_demotion: u32,
    /// As in Redis.
    pub lfu_log_factor: u32,
    /// As in Redis, minutes.
    pub lfu_decay_time: u32,
    /// DEBUG SET-ACTIVE-EXPIRE.
    pub active_expire: bool,
    /// Bytes of the longest string. Option `proto-max-bulk-len`.
    pub value_size_max: u64,
}

/// Counters for INFO.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoreCounters {
    /// Successful `read`s.
    pub hits: u64,
    /// Failed `read`s.
    pub misses: u64,
    /// Keys deleted because their deadline passed.
    pub expired: u64,
    /// Keys evicted.
    pub evicted: u64,
    /// Changes since the start (rdb_changes_since_last_save).
    pub changes: u64,
    /// Large values freed in slices.
    pub reaped: u64,
}

/// What several writes need together: reserve it, then make them; none of them can then fail.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    placeholder: u32,
}

/// A string value, read in place.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    store: &'a Store,
    object: u32,
}

impl<'a> Text<'a> {
    /// Bytes of the value.
    pub fn size(&self) -> u64 {
        let _ = (self.store, self.object);
        unimplemented!("store")
    }

    /// The value as one slice, if it is not a rope (every value of up to 64 bytes, and of up to
    /// about 8,000 bytes less the key, is one).
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        unimplemented!("store")
    }

    /// The bytes `start..end` (clamped to the size) as slices, in order.
    pub fn chunks(&self, start: u64, end: u64) -> impl Iterator<Item = &'a [u8]> {
        let _ = (start, end);
        core::iter::empty()
    }

    /// APPEND, SETRANGE and SETBIT leave a string `raw` for OBJECT ENCODING.
    pub fn is_raw(&self) -> bool {
        unimplemented!("store")
    }
}

/// The store.
pub struct Store {
    /// What CONFIG SET may change.
    pub tuning: Tuning,
    /// What INFO shows.
    pub counters: StoreCounters,
}

#[allow(unused_variables, reason = "signatures first")]
impl Store {
    /// Takes all memory of the store. `hash_key` keeps clients from choosing collisions.
    pub fn new(limits: &Limits, hash_key: [u8; 16], seed: u64) -> Self {
        unimplemented!("store")
    }

    /// `name` in the database that is now called `database`.
    pub fn key<'a>(&self, database: u8, name: &'a [u8]) -> Key<'a> {
        unimplemented!("store")
    }

    /// The key, if it exists and has not expired (an expired one is deleted on the way). Neither
    /// counts nor touches: for commands that write, and for OBJECT, TTL, TYPE.
    pub fn find(&mut self, now: Now, key: &Key<'_>) -> Option<Entry> {
        unimplemented!("store")
    }

    /// As `find`, counts a hit or miss, and unless `no_touch` marks the key as used.
    pub fn read(&mut self, now: Now, key: &Key<'_>, no_touch: bool) -> Option<Entry> {
        unimplemented!("store")
    }

    /// The type.
    pub fn kind(&self, entry: Entry) -> Type {
        unimplemented!("store")
    }

    /// The name.
    pub fn name(&self, entry: Entry) -> &[u8] {
        unimplemented!("store")
    }

    /// The string value.
    pub fn string(&self, entry: Entry) -> Result<Text<'_>, WrongType> {
        unimplemented!("store")
    }

    /// The deadline, in Unix milliseconds.
    pub fn expires_at(&self, entry: Entry) -> Option<i64> {
        unimplemented!("store")
    }

    /// Seconds since the key was last used (OBJECT IDLETIME).
    pub fn idle_s(&self, now: Now, entry: Entry) -> u64 {
        unimplemented!("store")
    }

    /// Logarithmic access counter (OBJECT FREQ).
    pub fn frequency(&self, now: Now, entry: Entry) -> u8 {
        unimplemented!("store")
    }

    /// Bytes that the key takes: its slots, and its share of the index (MEMORY USAGE).
    pub fn memory_usage(&self, entry: Entry) -> u64 {
        unimplemented!("store")
    }

    /// Adds one string of `value_size` bytes under a name of `name_size` bytes to `needs`.
    pub fn need_string(&self, needs: &mut Needs, name_size: usize, value_size: u64, expires: bool) {
        unimplemented!("store")
    }

    /// Makes room for all of `needs` (MSET). The writes that follow at once cannot fail for room.
    pub fn reserve(&mut self, now: Now, needs: &Needs) -> Result<(), StoreFull> {
        unimplemented!("store")
    }

    /// `key` becomes a string with `value`, whatever it was. A staged value is consumed.
    pub fn set(
        &mut self,
        now: Now,
        key: &Key<'_>,
        value: Value<'_>,
        expiry: Expiry,
    ) -> Result<(), StoreFull> {
        unimplemented!("store")
    }

    /// Writes `value` at `offset` of the string `key`, made if it is missing, zeros between its
    /// end and `offset`; returns the new size. The caller has checked the type. APPEND writes at
    /// the end. The deadline stays. The string is `raw` afterwards. A staged value is consumed.
    pub fn write_at(
        &mut self,
        now: Now,
        key: &Key<'_>,
        offset: u64,
        value: Value<'_>,
    ) -> Result<u64, StoreFull> {
        unimplemented!("store")
    }

    /// Sets or removes the deadline of an existing key. A past one does not delete: the caller
    /// decides. Setting one where there was none needs 16 bytes more and may fail.
    pub fn set_deadline(
        &mut self,
        now: Now,
        key: &Key<'_>,
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        unimplemented!("store")
    }

    /// Deletes the key; was it there (and not expired)? O(1): large values are freed in slices.
    pub fn delete(&mut self, now: Now, key: &Key<'_>) -> bool {
        unimplemented!("store")
    }

    /// The existing `source` gets the name (and database) of `target`, which it replaces, with
    /// its value and deadline. O(1) but for a longer name.
    pub fn rename(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
    ) -> Result<(), StoreFull> {
        unimplemented!("store")
    }

    /// `target` becomes a copy of the existing `source`, deadline included. O(size).
    pub fn copy(&mut self, now: Now, source: &Key<'_>, target: &Key<'_>) -> Result<(), StoreFull> {
        unimplemented!("store")
    }

    /// Visits keys of `database` from `cursor` on, whole chains at a time, until `count` were
    /// visited or 4,096 buckets seen; returns the next cursor, 0 at the end. Nothing that exists
    /// all the while is missed, nothing comes twice. Expired keys are skipped.
    pub fn scan(
        &mut self,
        now: Now,
        database: u8,
        cursor: u64,
        count: u64,
        visit: &mut dyn FnMut(&[u8], Type),
    ) -> u64 {
        unimplemented!("store")
    }

    /// A key of `database`, each with the same chance.
    pub fn random_key(&mut self, now: Now, database: u8) -> Option<Entry> {
        unimplemented!("store")
    }

    /// Keys in `database` (DBSIZE).
    pub fn key_count(&self, database: u8) -> u64 {
        unimplemented!("store")
    }

    /// Keys with a deadline in `database`.
    pub fn expires_count(&self, database: u8) -> u64 {
        unimplemented!("store")
    }

    /// Empties `database` at once; its memory comes back in slices. False while too many earlier
    /// flushes are still being reaped: try again in a later turn.
    pub fn flush(&mut self, database: u8) -> bool {
        unimplemented!("store")
    }

    /// Exchanges the names of two databases. O(watched keys).
    pub fn swap(&mut self, one: u8, other: u8) {
        unimplemented!("store")
    }

    /// WATCH: remembers the key for the connection in `slot`. False when `watches-max` are kept.
    pub fn watch(&mut self, now: Now, slot: u32, key: &Key<'_>) -> bool {
        unimplemented!("store")
    }

    /// Has a key that `slot` watches been written, deleted or expired since?
    pub fn watch_broken(&mut self, now: Now, slot: u32) -> bool {
        unimplemented!("store")
    }

    /// Forgets what `slot` watches.
    pub fn unwatch(&mut self, slot: u32) {
        unimplemented!("store")
    }

    /// Keeps a string readable until `unpin`. None when `pins-max` are in use.
    pub fn pin(&mut self, entry: Entry) -> Option<PinId> {
        unimplemented!("store")
    }

    /// Copies bytes of a pinned string from `offset` on; returns how many.
    pub fn pin_read(&self, pin: PinId, offset: u64, out: &mut [u8]) -> usize {
        unimplemented!("store")
    }

    /// Ends a pin.
    pub fn unpin(&mut self, pin: PinId) {
        unimplemented!("store")
    }

    /// Reserves frames for a value of `size` bytes that is about to arrive.
    pub fn stage(&mut self, now: Now, size: u64) -> Result<StagedId, StoreFull> {
        unimplemented!("store")
    }

    /// The next bytes of a staged value.
    pub fn stage_write(&mut self, staged: StagedId, bytes: &[u8]) {
        unimplemented!("store")
    }

    /// Bytes that a staged value will have.
    pub fn staged_size(&self, staged: StagedId) -> u64 {
        unimplemented!("store")
    }

    /// Copies bytes of a staged value from `offset` on; returns how many (ECHO, PING).
    pub fn stage_read(&self, staged: StagedId, offset: u64, out: &mut [u8]) -> usize {
        unimplemented!("store")
    }

    /// Gives a staged value's memory back. Of a value already consumed this does nothing.
    pub fn stage_discard(&mut self, staged: StagedId) {
        unimplemented!("store")
    }

    /// First half of a lookup: asks the processor for the key's bucket.
    pub fn prefetch_bucket(&self, key: &Key<'_>) {}

    /// Second half: asks for the object whose tag matches.
    pub fn prefetch_object(&self, key: &Key<'_>) {}

    /// End of the turn: density, expiry, reaping, each within its counted bound. True while more
    /// of it waits.
    pub fn turn(&mut self, now: Now) -> bool {
        unimplemented!("store")
    }

    /// Bytes of index and frames that hold something, with their rounding (`used_memory`).
    pub fn used_bytes(&self) -> u64 {
        unimplemented!("store")
    }

    /// A source of numbers for commands that want chance.
    pub fn random(&mut self) -> &mut Random {
        unimplemented!("store")
    }
}
