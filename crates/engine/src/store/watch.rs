//! WATCH: which connection looks at which key, as 64-bit keyed hashes in a fixed table.
//!
//! A write of a key marks its watchers broken. Names are not kept: two different keys with the same
//! keyed hash (one chance in 2^64) would break a transaction that could have run, never the
//! reverse.
//!
//! Invariant: entries of one hash chain share their bucket; free entries are in the free list.
use alloc::boxed::Box;

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Watch {
    hash: u64,
    /// Connection slot that watches.
    slot: u32,
    /// Number of the key's database when it was watched.
    database: u8,
    /// The key was missing or expired when it was watched.
    was_missing: bool,
    /// Next entry of the same bucket, or of the free list.
    next: u32,
    /// Next entry of the same connection.
    next_of_slot: u32,
}

const EMPTY: Watch =
    Watch { hash: 0, slot: NONE, database: 0, was_missing: false, next: NONE, next_of_slot: NONE };

/// What a connection watches.
#[derive(Clone, Copy, Debug)]
struct Watcher {
    head: u32,
    broken: bool,
}

/// One watched key, as `Watches::of` gives it.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// The key's hash.
    pub hash: u64,
    /// Number of its database.
    pub database: u8,
    /// It was missing or expired when it was watched.
    pub was_missing: bool,
}

/// What a connection watched last, at some moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WatchMark(u32);

/// The table of watched keys.
pub struct Watches {
    entries: Box<[Watch]>,
    buckets: Box<[u32]>,
    watchers: Box<[Watcher]>,
    free_head: u32,
    used_count: u32,
    used_count_max: u32,
}

impl Watches {
    /// Room for `capacity` watched keys of `slot_count` connections.
    pub fn new(capacity: u32, slot_count: u32) -> Self {
        let last = capacity.wrapping_sub(1);
        Self {
            entries: (0..capacity)
                .map(|id| Watch { next: if id == last { NONE } else { id + 1 }, ..EMPTY })
                .collect(),
            buckets: (0..capacity.max(1)).map(|_| NONE).collect(),
            watchers: (0..slot_count).map(|_| Watcher { head: NONE, broken: false }).collect(),
            free_head: if capacity == 0 { NONE } else { 0 },
            used_count: 0,
            used_count_max: 0,
        }
    }

    /// Bytes for each watched key, and for each connection.
    pub const fn unit_sizes() -> (u32, u32) {
        (size_of::<Watch>() as u32 + 4, size_of::<Watcher>() as u32)
    }

    fn bucket(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.buckets.len() as u128) >> 64) as usize
    }

    /// Notes that `slot` watches the key. False when the table is full.
    pub fn add(&mut self, slot: u32, watched: Watched) -> bool {
        if self.is_watched(slot, watched.hash) {
            return true;
        }
        let id = self.free_head;
        if id == NONE {
            return false;
        }
        self.free_head = self.entries[id as usize].next;
        let bucket = self.bucket(watched.hash);
        self.entries[id as usize] = Watch {
            hash: watched.hash,
            slot,
            database: watched.database,
            was_missing: watched.was_missing,
            next: self.buckets[bucket],
            next_of_slot: self.watchers[slot as usize].head,
        };
        self.buckets[bucket] = id;
        self.watchers[slot as usize].head = id;
        self.used_count += 1;
        self.used_count_max = self.used_count_max.max(self.used_count);
        true
    }

    /// Does `slot` watch the key with this hash? O(those who watch it).
    fn is_watched(&self, slot: u32, hash: u64) -> bool {
        let mut id = self.buckets[self.bucket(hash)];
        while let Some(entry) = self.entries.get(id as usize) {
            if entry.hash == hash && entry.slot == slot {
                return true;
            }
            id = entry.next;
        }
        false
    }

    /// The key with this hash was written: whoever watches it is broken.
    #[inline]
    pub fn touch(&mut self, hash: u64) {
        if self.used_count > 0 {
            self.touch_watchers(hash);
        }
    }

    fn touch_watchers(&mut self, hash: u64) {
        let mut id = self.buckets[self.bucket(hash)];
        while id != NONE {
            let entry = self.entries[id as usize];
            if entry.hash == hash {
                self.watchers[entry.slot as usize].broken = true;
            }
            id = entry.next;
        }
    }

    /// Databases have other numbers: `renumber` says the hash and number that an entry has from
    /// now on. Where the number changes, the watch is broken if there is a key under the old hash
    /// that was not overdue before, or one that `is_live` under the new hash.
    pub fn renumber(
        &mut self,
        renumber: impl Fn(u64, u8) -> (u64, u8),
        exists: impl Fn(u64) -> bool,
        is_live: impl Fn(u64) -> bool,
    ) {
        for slot in 0..self.watchers.len() {
            let mut id = self.watchers[slot].head;
            while id != NONE {
                let entry = self.entries[id as usize];
                let (hash, database) = renumber(entry.hash, entry.database);
                if database != entry.database {
                    // What was missing when it was watched, and is there, had expired before; or it
                    // was made by a command that tells nobody.
                    let was_there = exists(entry.hash) && !entry.was_missing || is_live(entry.hash);
                    self.watchers[slot].broken |= was_there || is_live(hash);
                    self.unlink(id, entry.hash);
                    let bucket = self.bucket(hash);
                    let next = core::mem::replace(&mut self.buckets[bucket], id);
                    self.entries[id as usize] = Watch { hash, database, next, ..entry };
                }
                id = entry.next_of_slot;
            }
        }
    }

    /// Was something that `slot` watches written?
    pub fn is_broken(&self, slot: u32) -> bool {
        self.watchers[slot as usize].broken
    }

    /// What `slot` watches.
    pub fn of(&self, slot: u32) -> impl Iterator<Item = Watched> {
        let mut id = self.watchers[slot as usize].head;
        core::iter::from_fn(move || {
            let entry = self.entries.get(id as usize)?;
            id = entry.next_of_slot;
            let Watch { hash, database, was_missing, .. } = *entry;
            Some(Watched { hash, database, was_missing })
        })
    }

    /// Forgets what `slot` watches, and that it was broken.
    pub fn clear(&mut self, slot: u32) {
        self.clear_since(slot, WatchMark(NONE));
        self.watchers[slot as usize].broken = false;
    }

    /// Where the watches of `slot` end now.
    pub fn mark(&self, slot: u32) -> WatchMark {
        WatchMark(self.watchers[slot as usize].head)
    }

    /// Forgets what `slot` watches since `mark`: what is newer stands in front of it.
    pub fn clear_since(&mut self, slot: u32, mark: WatchMark) {
        let mut id = core::mem::replace(&mut self.watchers[slot as usize].head, mark.0);
        while id != mark.0 {
            let entry = self.entries[id as usize];
            self.unlink(id, entry.hash);
            self.entries[id as usize] = Watch { next: self.free_head, ..EMPTY };
            self.free_head = id;
            self.used_count -= 1;
            id = entry.next_of_slot;
        }
    }

    fn unlink(&mut self, id: u32, hash: u64) {
        let bucket = self.bucket(hash);
        let next = self.entries[id as usize].next;
        if self.buckets[bucket] == id {
            self.buckets[bucket] = next;
            return;
        }
        let mut at = self.buckets[bucket];
        while self.entries[at as usize].next != id {
            at = self.entries[at as usize].next;
        }
        self.entries[at as usize].next = next;
    }

    /// Keys watched now, and the most there ever were.
    pub const fn used(&self) -> (u32, u32) {
        (self.used_count, self.used_count_max)
    }

    /// Keys that can be watched.
    pub fn capacity(&self) -> u32 {
        self.entries.len() as u32
    }
}
