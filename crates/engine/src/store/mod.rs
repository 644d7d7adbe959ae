//! The store: keys to objects, in a fixed index over dense slabs. Knows no RESP.
//!
//! Invariant: a command happens entirely or changes nothing. Each writing call reserves all it
//! needs first (paying debt, and evicting as the policy says) and only then changes anything.
//!
//! In reading order: `object` (what a slot holds), `index` (where a key's object is), `databases`,
//! `lookup` (find and read), `approach` (asking for it in advance), `write` (set, delete,
//! deadlines), `transfer` (rename, copy), `room` (what happens when memory is short), `compaction`,
//! `reaper`, `eviction`, `wheel`, `rope`, `tree` (what large collections are made of),
//! `collection`, `workspace`.
pub mod databases;
pub mod index;
pub mod kind;
pub mod object;
pub mod rope;
pub mod shape;
pub mod tree;
pub mod watch;
pub mod wheel;

mod approach;
mod bucket;
mod chaos;
mod check;
mod collection;
mod compaction;
mod deadlines;
mod eviction;
mod iterate;
mod large;
mod lookup;
mod misfit;
mod modify;
mod pins;
mod reaper;
mod room;
mod staged;
mod text;
mod transfer;
mod turn;
mod types;
mod watching;
mod workspace;
mod write;

pub use approach::{Approach, BUCKETS_AT_ONCE, OBJECT_DISTANCE, OBJECTS_AT_ONCE, VALUE_DISTANCE};
pub use collection::{
    Ahead, Element, Elements, Finder, Fresh, Kept, Leaf, Place, Seen, Sought, Spot, Standing,
};
pub use lookup::NameHash;
pub use room::Steps;
pub use text::{Text, TextObject, TextPlace};
pub use tree::{Bound, Order};
pub use types::{Entry, Expiry, Key, Policy, StoreCounters, StoreFull, Tuning, Type, WrongType};
pub use workspace::{Record, Workspace};

pub use crate::resp::request::PinId;

use crate::limits::Limits;
pub use crate::memory::frames::Needs;
use crate::memory::frames::{Frames, Ref};
use crate::memory::takings::Takings;
use crate::random::Random;
use databases::Databases;
use eviction::Draws;
use index::{GROUP_BUCKETS, Index};
use misfit::Misfits;
use pins::Pins;
use reaper::Graveyard;
use staged::StagedTable;
use watch::Watches;
use wheel::Wheel;

/// The store.
pub struct Store {
    /// What CONFIG SET may change.
    pub tuning: Tuning,
    /// What INFO shows.
    pub counters: StoreCounters,
    /// Who is told when a key is dropped for its deadline or evicted; see `Hooks::gone`.
    pub tell_gone: fn(u8, &[u8], bool),
    frames: Frames,
    index: Index,
    databases: Databases,
    wheel: Wheel,
    watches: Watches,
    staged: StagedTable,
    pins: Pins,
    graveyard: Graveyard,
    misfits: Misfits,
    hash_key: (u64, u64),
    random: Random,
    /// What the next eviction looks at.
    draws: Draws,
    key_size_max: u32,
    /// A large collection was made, some time: only then it is worth looking for one.
    has_trees: bool,
    /// The write that runs has had everything reserved and checked before.
    is_reserved: bool,
    /// Keys that are overdue stay: somebody counts them in a transaction.
    is_expiry_held: bool,
    /// Steps that writes have taken to make room: a part of the turn.
    room_steps: u32,
    /// Bytes of a value that one command may copy.
    copy_size_max: u64,
    /// Objects freed since the last compaction: as many moves are due.
    freed_count: u32,
    /// Where the reaper of flushed databases goes on: a bucket.
    flush_cursor: u32,
}

/// How data memory is divided: a function of the limits alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Division {
    /// Buckets of the index.
    pub bucket_count: u32,
    /// Frames.
    pub frame_count: u32,
}

impl Division {
    /// Divides `data_bytes`: the index at a load of 0.85 of `keys_max`, the rest frames, each with
    /// its row in the table of frames.
    pub fn of(limits: &Limits) -> Self {
        // 12 entries in a bucket, of which 85 % are used when all keys are there: 10.2 keys.
        let bucket_count = (limits.keys_max * 10).div_ceil(102).max(1) as u32;
        let groups = u64::from(bucket_count.div_ceil(GROUP_BUCKETS));
        let index_bytes =
            u64::from(bucket_count) * 64 + groups * u64::from(Index::group_row_size());
        let frame_bytes = u64::from(limits.frame_size + Frames::table_row_size());
        let rest = limits.data_bytes.saturating_sub(index_bytes + Frames::size(0, 0));
        Self { bucket_count, frame_count: (rest / frame_bytes) as u32 }
    }
}

impl Store {
    /// Bytes of each large value that is being read, and of each that is arriving.
    pub const fn large_value_sizes() -> (u32, u32) {
        (Pins::unit_size(), StagedTable::unit_size())
    }

    /// Takes all memory of the store. `hash_key` keeps clients from choosing collisions.
    pub fn new(limits: &Limits, hash_key: [u8; 16], seed: u64) -> Self {
        Self::counted(limits, hash_key, seed, &mut Takings::unknown())
    }

    /// As `new`; `takings` learns what each pool took.
    pub fn counted(limits: &Limits, hash_key: [u8; 16], seed: u64, takings: &mut Takings) -> Self {
        let division = Division::of(limits);
        let (low, high) = hash_key.split_at(8);
        let word = |bytes: &[u8]| {
            u64::from_le_bytes(bytes.try_into().expect("eight bytes are eight bytes"))
        };
        let mut random = Random::new(seed);
        Self {
            tuning: Tuning {
                policy: Policy::default(),
                lru_demotion: 8,
                lfu_log_factor: 10,
                lfu_decay_time: 1,
                active_expire: true,
                chaos: false,
                value_size_max: limits.value_size_max,
            },
            counters: StoreCounters::default(),
            tell_gone: |_, _, _| (),
            frames: takings.made("frames", Frames::new(division.frame_count, limits.frame_size)),
            index: takings.made("index buckets", Index::new(division.bucket_count)),
            databases: Databases::new(),
            wheel: takings.made("expiry wheel", Wheel::new(0)),
            watches: takings
                .made("watches", Watches::new(limits.watches_max, limits.connection_slots())),
            staged: takings.made("staged values", StagedTable::new(limits.staged_max)),
            pins: takings.made("pins", Pins::new(limits.pins_max)),
            graveyard: Graveyard::default(),
            misfits: Misfits::default(),
            hash_key: (word(low), word(high)),
            draws: Draws::new(&mut random),
            random,
            key_size_max: limits.key_size_max,
            has_trees: false,
            is_reserved: false,
            is_expiry_held: false,
            room_steps: 0,
            copy_size_max: limits.command_work_max,
            freed_count: 0,
            flush_cursor: 0,
        }
    }

    /// A source of numbers for commands that want chance.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Bytes of index and frames that hold something, with their rounding; an index entry counts
    /// by the share of the index that it fills. `used_memory` builds on it.
    pub fn used_bytes(&self) -> u64 {
        self.frames.used_bytes() + self.index_used_bytes()
    }

    /// Keys that the index is sized for: ten and a fifth for each bucket.
    pub fn keys_max(&self) -> u64 {
        u64::from(self.index.bucket_count()) * 102 / 10
    }

    /// Bytes of the index that are in use: all of it times keys per key it is sized for.
    fn index_used_bytes(&self) -> u64 {
        let keys = self.total_key_count().min(self.keys_max());
        u64::from(self.index.bucket_count()) * 64 * keys / self.keys_max().max(1)
    }

    /// Keys of all databases, the flushed but not yet reaped ones included.
    pub fn total_key_count(&self) -> u64 {
        (0..databases::DATABASE_NUMBERS as u8)
            .map(|number| self.databases.counts(number).keys)
            .sum()
    }

    /// Data memory, for what INFO and MEMORY show.
    pub const fn frames(&self) -> &Frames {
        &self.frames
    }

    /// The index, for what INFO and MEMORY show.
    pub const fn index(&self) -> &Index {
        &self.index
    }

    /// Of the tables of pins and of staged values: rows in use, the most there ever were, and all.
    pub fn large_values_used(&self) -> [(u32, u32, u32); 2] {
        [self.pins.used(), self.staged.used()]
    }

    /// Watched keys, for what INFO and MEMORY show.
    pub const fn watches(&self) -> &Watches {
        &self.watches
    }

    /// A key of this store was changed: its watchers are told, the change is counted. The one
    /// place that every write of a key passes.
    fn changed(&mut self, hash: u64) {
        self.watches.touch(hash);
        self.counters.changes += 1;
    }

    /// Says that the store drops a key on its own account. One of a flushed database has no name
    /// any more, and is nobody's loss.
    fn note_gone(&self, at: Ref, evicted: bool) {
        let number = object::header(&self.frames, at).database();
        if let Some(database) = self.databases.name(number) {
            (self.tell_gone)(database, object::key(&self.frames, at), evicted);
        }
    }

    /// Gives an object's slot back, and what hangs on it.
    fn drop_object(&mut self, at: Ref) {
        let header = object::header(&self.frames, at);
        if header.is_rope() {
            self.drop_rope(at);
        } else if header.is_collection() {
            self.drop_collection(at);
        } else {
            self.free_object(at);
        }
    }

    /// Gives the slot of an object back on which nothing hangs.
    fn free_object(&mut self, at: Ref) {
        self.frames.free(self.frames.class_at(at), at);
        self.freed_count += 1;
    }
}

#[cfg(test)]
#[path = "store_test.rs"]
mod store_test;

#[cfg(test)]
#[path = "mistakes_test.rs"]
mod mistakes_test;

#[cfg(test)]
#[path = "limit_test.rs"]
mod limit_test;
