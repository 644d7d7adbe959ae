//! What the store's calls take and give: keys, entries, deadlines, policies, refusals.
use crate::memory::frames::Ref;
use crate::store::index::Place;

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
    /// `staged-values-max` large values are arriving already.
    Staged,
    /// A collection has 2^32 - 1 elements: as many as its counts hold.
    Elements,
    /// A client is reading the value, and it is too large to be copied for a change.
    Pinned,
    /// Room is being made, but it takes more steps than one command may: ask again in a later
    /// turn.
    Later,
}

/// The key holds another type than the command is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WrongType;

/// What a user sees as the type of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Type {
    /// `string`.
    String,
    /// `list`.
    List,
    /// `set`.
    Set,
    /// `hash`.
    Hash,
    /// `zset`.
    SortedSet,
}

impl Type {
    /// The name that TYPE answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::List => "list",
            Self::Set => "set",
            Self::Hash => "hash",
            Self::SortedSet => "zset",
        }
    }
}

/// A key's name with its database and hash: computed once, used by every call of a command.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// The name.
    pub name: &'a [u8],
    pub(super) hash: u64,
    pub(super) database: u8,
}

/// An existing key. Valid until the next call that takes `&mut Store` (other than `read`/`find`
/// of another key that is not expired): re-find after a write.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub(super) object: Ref,
    pub(super) place: Place,
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
    /// Every object moves after every command, so that a reference that outlives one is found:
    /// for simulations.
    pub chaos: bool,
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
    /// Changes since the start (`rdb_changes_since_last_save`).
    pub changes: u64,
    /// Large values freed in slices.
    pub reaped: u64,
    /// Objects moved into holes.
    pub moved: u64,
    /// Steps of debt that writes paid because they found no room.
    pub debt_paid: u64,
    /// The most steps of background work that one turn did: objects expired, moved and freed, and
    /// buckets looked at.
    pub turn_work_max: u64,
}
