//! Walking the keyspace: SCAN, RANDOMKEY, sizes, and what concerns a database as a whole.
use super::types::{Entry, Type};
use super::{Store, object};
use crate::clock::Now;
use crate::marks::Mark;
use crate::planted::{Bug, is_planted};
use crate::store::databases::DATABASE_NAMES;
use crate::store::index::GROUP_BUCKETS;

/// Buckets that one call of `scan` looks at.
const SCAN_BUCKETS_MAX: u32 = 4096;

impl Store {
    /// Visits keys of `database` from `cursor` on, whole chains at a time, until `count` were
    /// visited or 4,096 buckets seen; returns the next cursor, 0 at the end. Nothing that exists
    /// all the while is missed, nothing comes twice. Expired keys are skipped.
    pub fn scan(
        &self,
        now: Now,
        database: u8,
        cursor: u64,
        count: u64,
        visit: &mut dyn FnMut(&[u8], Type),
    ) -> u64 {
        let number = self.databases.number(database);
        let bucket_count = self.index.bucket_count();
        let mut bucket = u32::try_from(cursor).unwrap_or(bucket_count);
        let (mut visited_count, mut seen_count) = (0, 0);
        while bucket < bucket_count && visited_count < count && seen_count < SCAN_BUCKETS_MAX {
            seen_count += 1;
            let group = bucket / GROUP_BUCKETS;
            if self.index.groups()[group as usize].keys(number) == 0 {
                bucket = (group + 1) * GROUP_BUCKETS;
                continue;
            }
            self.index.for_each(&self.frames, bucket, |at, place| {
                let is_ours = object::header(&self.frames, at).database() == number;
                let is_shown = is_planted(Bug::ScanShowsExpired) || !self.has_expired(now, at);
                if is_ours && is_shown {
                    visited_count += 1;
                    visit(object::key(&self.frames, at), self.kind(Entry { object: at, place }));
                }
                true
            });
            bucket += 1 + u32::from(is_planted(Bug::ScanSkips) && visited_count >= count);
        }
        if bucket < bucket_count { u64::from(bucket) } else { 0 }
    }

    /// A key of `database`, each with the same chance, expired ones set aside: after 100 expired
    /// picks the last one is deleted and the answer is none, as if the database were empty.
    pub fn random_key(&mut self, now: Now, database: u8) -> Option<Entry> {
        let number = self.databases.number(database);
        for _ in 0..100 {
            let key_count = self.databases.counts(number).keys;
            if key_count == 0 {
                return None;
            }
            let rank = self.random.below(key_count);
            let entry = self.key_of_rank(number, rank);
            if !self.has_expired(now, entry.object) {
                return Some(entry);
            }
            let hash = self.hash_of(entry.object);
            self.expire(hash, entry.object, entry.place);
        }
        None
    }

    /// Key number `rank` of a database, in index order. The rows of counts lead to its group.
    fn key_of_rank(&self, number: u8, mut rank: u64) -> Entry {
        let mut group = 0;
        loop {
            let here = u64::from(self.index.groups()[group as usize].keys(number));
            if rank < here {
                break;
            }
            rank -= here;
            group += 1;
        }
        let row = &self.index.groups()[group as usize];
        let is_alone = row.keys(number) == row.total();
        let mut bucket = group * GROUP_BUCKETS;
        loop {
            // Where no other database lives, whole chains are counted without a look at objects.
            let here = u64::from(self.index.chain_len(&self.frames, bucket));
            if is_alone && rank >= here {
                rank -= here;
                bucket += 1;
                continue;
            }
            let mut found = None;
            self.index.for_each(&self.frames, bucket, |object, place| {
                if object::header(&self.frames, object).database() == number {
                    if rank == 0 {
                        found = Some(Entry { object, place });
                        return false;
                    }
                    rank -= 1;
                }
                true
            });
            if let Some(entry) = found {
                return entry;
            }
            bucket += 1;
        }
    }

    /// Keys in `database` (DBSIZE).
    pub fn key_count(&self, database: u8) -> u64 {
        self.databases.counts(self.databases.number(database)).keys
    }

    /// Keys with a deadline in `database`.
    pub fn expires_count(&self, database: u8) -> u64 {
        self.databases.counts(self.databases.number(database)).deadlines
    }

    /// Empties `database` at once; its memory comes back in slices. False while too many earlier
    /// flushes are still being reaped: try again in a later turn.
    pub fn flush(&mut self, now: Now, database: u8) -> bool {
        let number = self.databases.number(database);
        let key_count = self.databases.counts(number).keys;
        if !self.databases.flush(database) {
            self.frames.marks.reach(Mark::FlushRetried);
            return false;
        }
        let fresh = self.databases.number(database);
        // At the start the names have the numbers below.
        if fresh != number && usize::from(fresh) < DATABASE_NAMES {
            self.frames.marks.reach(Mark::NumberRecycled);
        }
        let renumber = |watched| if watched == number { fresh } else { watched };
        self.renumber_watches(now, renumber);
        self.counters.changes += key_count;
        true
    }

    /// Empties every database, or none of them: false as for `flush`.
    pub fn flush_all(&mut self, now: Now) -> bool {
        if !self.databases.can_flush_all() {
            self.frames.marks.reach(Mark::FlushRetried);
            return false;
        }
        for database in 0..DATABASE_NAMES as u8 {
            assert!(self.flush(now, database), "there are numbers enough for every database");
        }
        true
    }

    /// Exchanges the names of two databases. O(watched keys).
    pub fn swap(&mut self, now: Now, one: u8, other: u8) {
        let numbers = (self.databases.number(one), self.databases.number(other));
        self.databases.swap(one, other);
        self.renumber_watches(now, |watched| match watched {
            number if number == numbers.0 => numbers.1,
            number if number == numbers.1 => numbers.0,
            number => number,
        });
        self.counters.changes += 1;
    }

    /// Names have other numbers now: watches follow their names. A watch is broken if the key
    /// existed under the old number or exists, not expired, under the new one.
    fn renumber_watches(&mut self, now: Now, renumber: impl Fn(u8) -> u8) {
        if is_planted(Bug::SwapUnseen) {
            return;
        }
        let Self { watches, index, frames, hash_key, .. } = self;
        let hash_of = |at| {
            let database = object::header(frames, at).database();
            Self::keyed_hash(*hash_key, object::key(frames, at), database)
        };
        watches.renumber(
            |hash, number| {
                let new_number = renumber(number);
                if new_number != number {
                    frames.marks.reach(Mark::WatchRenumbered);
                }
                (hash ^ Self::database_mix(number) ^ Self::database_mix(new_number), new_number)
            },
            |hash| index.find(frames, hash, |at| hash_of(at) == hash).is_some(),
            |hash| {
                let is_live =
                    |at| object::deadline(frames, at).is_none_or(|at| at >= now.unix_ms());
                index.find(frames, hash, |at| hash_of(at) == hash && is_live(at)).is_some()
            },
        );
    }
}
