//! What the store takes from the allocator, row by row: the same arithmetic as its constructors.
use super::index::{Bucket, GROUP_BUCKETS, Index};
use super::pins::Pins;
use super::staged::StagedTable;
use super::watch::Watches;
use super::wheel::Wheel;
use super::{Division, Store};
use crate::limits::Limits;
use crate::memory::frames::Frames;

/// One of the store's pools: `count` things of `unit_bytes` each, in allocations of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StorePool {
    /// Name in the plan, INFO and MEMORY PLAN.
    pub name: &'static str,
    /// Bytes of one.
    pub unit_bytes: u64,
    /// How many.
    pub count: u64,
    /// Is it part of data memory (index and frames), or one of the pools beside it?
    pub is_data: bool,
    /// What it is for.
    pub why: &'static str,
}

/// How much of a pool is in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PoolUse {
    /// The pool's name in the plan.
    pub name: &'static str,
    /// In use now.
    pub used: u64,
    /// The most that were ever in use at once.
    pub used_max: u64,
    /// All.
    pub count: u64,
}

impl Store {
    /// The pools that `Store::new` takes for these limits, in the order in which it takes them.
    pub fn pools(limits: &Limits) -> [StorePool; 7] {
        let division = Division::of(limits);
        let buckets = u64::from(division.bucket_count);
        let frames = u64::from(division.frame_count);
        let slots = u64::from(limits.connections_max + limits.connections_reserved);
        let (watch_size, watcher_size) = Watches::unit_sizes();
        let pool = |name, unit_bytes: u32, count, is_data, why| StorePool {
            name,
            unit_bytes: u64::from(unit_bytes),
            count,
            is_data,
            why,
        };
        [
            pool("frames", limits.frame_size, frames, true, "keys and values"),
            pool("frame-table", Frames::table_row_size(), frames, true, "who uses which frame"),
            pool("index", size_of::<Bucket>() as u32, buckets, true, "12 keys each"),
            pool(
                "index-counts",
                Index::group_row_size(),
                buckets.div_ceil(u64::from(GROUP_BUCKETS)),
                true,
                "keys per database in 1,024 buckets",
            ),
            pool("wheel", Wheel::BYTES as u32, 1, false, "which key dies when"),
            pool(
                "watches",
                watch_size,
                u64::from(limits.watches_max),
                false,
                "watches-max keys watched by all connections",
            ),
            pool(
                "transfers",
                StagedTable::unit_size() * limits.staged_max
                    + Pins::unit_size() * limits.pins_max
                    + watcher_size * slots as u32,
                1,
                false,
                "large values coming in and going out, watchers",
            ),
        ]
    }

    /// How much of each pool is in use.
    pub fn pool_uses(&self) -> [PoolUse; 5] {
        let of =
            |name, used: u64, used_max: u64, count: u64| PoolUse { name, used, used_max, count };
        let frames = &self.frames;
        let frame_count = u64::from(frames.frame_count());
        let (watched, watched_max) = self.watches.used();
        let staged = self.staged.used();
        let pinned = self.pins.used();
        let keys = self.total_key_count();
        [
            of(
                "frames",
                frame_count - u64::from(frames.free_count()),
                u64::from(frames.used_count_max()),
                frame_count,
            ),
            of("index", keys, self.key_count_max.max(keys), self.keys_max()),
            of("watches", watched.into(), watched_max.into(), self.watches.capacity().into()),
            of("staged-values", staged.0.into(), staged.1.into(), staged.2.into()),
            of("pinned-values", pinned.0.into(), pinned.1.into(), pinned.2.into()),
        ]
    }

    /// Keys that the index is sized for: ten and a fifth for each bucket.
    pub fn keys_max(&self) -> u64 {
        u64::from(self.index.bucket_count()) * 102 / 10
    }
}
