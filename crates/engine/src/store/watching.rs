//! WATCH, UNWATCH and what EXEC asks: the table of watched keys, seen from the keyspace.
use super::Store;
use super::types::Key;
use super::watch::{WatchMark, Watched};
use crate::clock::Now;
use crate::marks::Mark;

impl Store {
    /// WATCH: remembers the key for the connection in `slot`. False when `watches-max` are kept.
    pub fn watch(&mut self, now: Now, slot: u32, key: &Key<'_>) -> bool {
        let was_missing = self.find(now, key).is_none();
        let watched = Watched { hash: key.hash, database: key.database, was_missing };
        let is_added = self.watches.add(slot, watched);
        if !is_added {
            self.frames.marks.reach(Mark::WatchesFull);
        }
        is_added
    }

    /// Where the keys end that `slot` watches now, for `unwatch_since`.
    pub fn watch_mark(&self, slot: u32) -> WatchMark {
        self.watches.mark(slot)
    }

    /// Forgets the keys that `slot` watches since `mark`: of a WATCH that found no room.
    pub fn unwatch_since(&mut self, slot: u32, mark: WatchMark) {
        self.watches.clear_since(slot, mark);
    }

    /// Has a key that `slot` watches been written, deleted or expired since?
    pub fn watch_broken(&mut self, now: Now, slot: u32) -> bool {
        self.watches.is_broken(slot)
            || self
                .watches
                .of(slot)
                .any(|watched| !watched.was_missing && self.has_expired_under(now, watched.hash))
    }

    /// Is there a key of this hash whose deadline passed, though nobody deleted it yet?
    fn has_expired_under(&self, now: Now, hash: u64) -> bool {
        let is_it = |at| self.has_expired(now, at) && self.hash_of(at) == hash;
        self.index.find(&self.frames, hash, is_it).is_some()
    }

    /// Forgets what `slot` watches.
    pub fn unwatch(&mut self, slot: u32) {
        self.watches.clear(slot);
    }
}
