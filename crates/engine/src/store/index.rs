//! The index: keys to objects, in buckets of one cache line (see `bucket`) that are never resized
//! or rehashed.
//!
//! A key's home is `(hash * bucket_count) >> 64`: any bucket count will do. A full bucket is
//! chained to a child, a slot of the frames. Entries fill a chain from its front: a bucket that is
//! not the last of its chain holds 11 entries and the child, the last up to 12. So the shape of a
//! chain follows from how many keys it has, not from history, and there are no tombstones: a
//! deleted entry's place is taken by the chain's last.
//!
//! Keys never leave their home chain, so a cursor is a bucket number, and an iteration neither
//! misses nor repeats a key that stays.
//!
//! Rows of counts for each group of 1,024 buckets say how many keys of each database live there
//! and how many have a deadline: empty groups are skipped, and a random key is found by counting.
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Ref};
use crate::planted::{Bug, is_planted};
pub use crate::store::bucket::{BUCKET_ENTRIES, Bucket};
use crate::store::bucket::{CHILD_SLOT, Item, TOUCHED_SHIFT, TTL_SHIFT};
use crate::store::databases::DATABASE_NUMBERS;
use crate::store::kind;
use alloc::boxed::Box;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Buckets in a chain at most: a key that would need more is refused.
pub const CHAIN_BUCKETS_MAX: u32 = 16;
/// Buckets that share a row of counts.
pub const GROUP_BUCKETS: u32 = 1024;

/// A bucket: one of the array, or a child in the frames.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BucketAt {
    home: u32,
    child: Ref,
}

/// Where an entry is. Valid until the next change of its chain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    bucket: BucketAt,
    slot: u8,
}

/// Keys of each database, and keys with a deadline, in one group of buckets.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct GroupRow {
    keys: [u32; DATABASE_NUMBERS],
    deadlines: u32,
}

impl GroupRow {
    /// Keys of one database.
    pub const fn keys(&self, database: u8) -> u32 {
        self.keys[database as usize]
    }

    /// Keys of all databases.
    pub fn total(&self) -> u32 {
        self.keys.iter().sum()
    }

    /// Keys with a deadline, of all databases.
    pub const fn deadlines(&self) -> u32 {
        self.deadlines
    }
}

/// What inserting one more key into a chain takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Insertion {
    /// Nothing: a place is free.
    Free,
    /// A slot for a child bucket.
    Child,
    /// The chain has `CHAIN_BUCKETS_MAX` full buckets.
    Refused,
}

/// The index.
pub struct Index {
    buckets: Box<[Bucket]>,
    groups: Box<[GroupRow]>,
    chain_lines_max: u32,
}

impl Index {
    /// An index of `bucket_count` empty buckets.
    pub fn new(bucket_count: u32) -> Self {
        assert!(bucket_count > 0, "an index has buckets");
        let mut buckets = <[Bucket]>::new_box_zeroed_with_elems(bucket_count as usize)
            .expect("the plan found room for the index before the region was taken");
        buckets.fill(Bucket::EMPTY);
        let group_count = bucket_count.div_ceil(GROUP_BUCKETS) as usize;
        let groups = <[GroupRow]>::new_box_zeroed_with_elems(group_count)
            .expect("the plan found room for the index before the region was taken");
        Self { buckets, groups, chain_lines_max: 1 }
    }

    /// Bytes of a row of counts.
    pub const fn group_row_size() -> u32 {
        size_of::<GroupRow>() as u32
    }

    /// Buckets in the array.
    pub fn bucket_count(&self) -> u32 {
        self.buckets.len() as u32
    }

    /// The longest chain that a lookup ever walked, in buckets.
    pub const fn chain_lines_max(&self) -> u32 {
        self.chain_lines_max
    }

    /// The bucket that a hash belongs to.
    #[inline(always)]
    pub fn home(&self, hash: u64) -> u32 {
        ((u128::from(hash) * self.buckets.len() as u128) >> 64) as u32
    }

    /// The rows of counts.
    pub fn groups(&self) -> &[GroupRow] {
        &self.groups
    }

    /// The bytes of a home bucket, for prefetching.
    #[inline]
    pub fn home_bytes(&self, hash: u64) -> &[u8] {
        self.buckets[self.home(hash) as usize].as_bytes()
    }

    #[inline]
    fn bucket<'a>(&'a self, frames: &'a Frames, at: BucketAt) -> &'a Bucket {
        if at.child.is_none() { &self.buckets[at.home as usize] } else { frames.get(at.child) }
    }

    #[inline]
    fn bucket_mut<'a>(&'a mut self, frames: &'a mut Frames, at: BucketAt) -> &'a mut Bucket {
        if at.child.is_none() {
            &mut self.buckets[at.home as usize]
        } else {
            frames.get_mut(at.child)
        }
    }

    /// The first entry of the chain of `hash` whose tag matches and that `is_it` accepts.
    #[inline(always)]
    pub fn find(
        &self,
        frames: &Frames,
        hash: u64,
        mut is_it: impl FnMut(Ref) -> bool,
    ) -> Option<(Ref, Place)> {
        let mut at = BucketAt { home: self.home(hash), child: Ref::NONE };
        loop {
            let bucket = self.bucket(frames, at);
            let child = bucket.child();
            let (mut first, mut last) = bucket.matches(hash as u8);
            while first != 0 || last != 0 {
                let slot = if first != 0 {
                    let slot = first.trailing_zeros() / 8;
                    first &= first - 1;
                    slot as usize
                } else {
                    let slot = 8 + last.trailing_zeros() / 8;
                    last &= last - 1;
                    slot as usize
                };
                let object = bucket.refs[slot];
                if object.is_none() || (slot == CHILD_SLOT && child.is_some()) {
                    continue;
                }
                if is_it(object) {
                    return Some((object, Place { bucket: at, slot: slot as u8 }));
                }
            }
            at.child = child?;
        }
    }

    /// The first entry of the home bucket whose tag matches: a guess, for prefetching.
    #[inline]
    pub fn first_match(&self, hash: u64) -> Option<Ref> {
        let bucket = &self.buckets[self.home(hash) as usize];
        let (first, last) = bucket.matches(hash as u8);
        let slot = if first != 0 {
            first.trailing_zeros() / 8
        } else if last != 0 {
            8 + last.trailing_zeros() / 8
        } else {
            return None;
        };
        Some(bucket.refs[slot as usize]).filter(|object| !object.is_none())
    }

    /// Visits the entries of a chain, in order, until `visit` says false.
    pub fn for_each(&self, frames: &Frames, home: u32, mut visit: impl FnMut(Ref, Place) -> bool) {
        let mut at = BucketAt { home, child: Ref::NONE };
        loop {
            let bucket = self.bucket(frames, at);
            for slot in 0..bucket.len() {
                if !visit(bucket.refs[slot], Place { bucket: at, slot: slot as u8 }) {
                    return;
                }
            }
            match bucket.child() {
                Some(child) => at.child = child,
                None => return,
            }
        }
    }

    /// Entries in the chain of a bucket.
    pub fn chain_len(&self, frames: &Frames, home: u32) -> u32 {
        let mut at = BucketAt { home, child: Ref::NONE };
        let mut count = 0;
        loop {
            let bucket = self.bucket(frames, at);
            count += bucket.len() as u32;
            match bucket.child() {
                Some(child) => at.child = child,
                None => return count,
            }
        }
    }

    fn last_bucket(&self, frames: &Frames, home: u32) -> (BucketAt, Option<BucketAt>, u32) {
        let mut at = BucketAt { home, child: Ref::NONE };
        let (mut parent, mut count) = (None, 1);
        while let Some(child) = self.bucket(frames, at).child() {
            parent = Some(at);
            at.child = child;
            count += 1;
        }
        (at, parent, count)
    }

    /// Buckets in the chain of a bucket, itself included.
    pub fn chain_buckets(&self, frames: &Frames, home: u32) -> u32 {
        let (_, _, count) = self.last_bucket(frames, home);
        count
    }

    /// What one more key in the chain of `hash` takes.
    #[inline]
    pub fn insertion(&self, frames: &Frames, hash: u64) -> Insertion {
        let home = &self.buckets[self.home(hash) as usize];
        if home.refs[CHILD_SLOT].is_none() {
            return Insertion::Free;
        }
        let (at, _, count) = self.last_bucket(frames, self.home(hash));
        if count > CHAIN_BUCKETS_MAX {
            // Writes that were let in together have made it longer: until it is shorter again.
            Insertion::Refused
        } else if self.bucket(frames, at).len() < BUCKET_ENTRIES {
            Insertion::Free
        } else if count < CHAIN_BUCKETS_MAX {
            Insertion::Child
        } else {
            Insertion::Refused
        }
    }

    /// Adds an entry; the caller reserved what `insertion` said.
    pub fn insert(
        &mut self,
        frames: &mut Frames,
        hash: u64,
        object: Ref,
        database: u8,
        has_ttl: bool,
    ) -> Place {
        let home = self.home(hash);
        let (mut at, _, mut count) = self.last_bucket(frames, home);
        let mut slot = self.bucket(frames, at).len();
        if slot == BUCKET_ENTRIES {
            at = self.chain(frames, at);
            (slot, count) = (1, count + 1);
        }
        self.chain_lines_max = self.chain_lines_max.max(count);
        let item = Item { object, tag: hash as u8, has_ttl, touched: false };
        self.bucket_mut(frames, at).put(slot, item);
        self.count(home, database, has_ttl, true);
        Place { bucket: at, slot: slot as u8 }
    }

    /// Gives a full bucket a child, into which its last entry moves.
    fn chain(&mut self, frames: &mut Frames, at: BucketAt) -> BucketAt {
        frames.marks.reach(Mark::BucketChained);
        let child = frames.allocate(Class::CHILD_BUCKET);
        *frames.get_mut::<Bucket>(child) = Bucket::EMPTY;
        let parent = self.bucket_mut(frames, at);
        let item = parent.item(CHILD_SLOT);
        parent.clear(CHILD_SLOT);
        parent.refs[CHILD_SLOT] = child;
        parent.set_kind(kind::BUCKET_CHAINED);
        if !is_planted(Bug::ChainEntryLost) {
            frames.get_mut::<Bucket>(child).put(0, item);
        }
        BucketAt { home: at.home, child }
    }

    /// Removes the entry at `place`; the chain's last entry takes its place.
    pub fn remove(&mut self, frames: &mut Frames, place: Place, database: u8) {
        let home = place.bucket.home;
        let has_ttl = self.bucket(frames, place.bucket).item(place.slot as usize).has_ttl;
        self.count(home, database, has_ttl, false);
        let (last, parent, _) = self.last_bucket(frames, home);
        let last_slot = self.bucket(frames, last).len() - 1;
        let item = self.bucket(frames, last).item(last_slot);
        self.bucket_mut(frames, place.bucket).put(place.slot as usize, item);
        self.bucket_mut(frames, last).clear(last_slot);
        if let Some(parent) = parent
            && last_slot == 1
        {
            frames.marks.reach(Mark::ChildFreed);
            // One entry is left in the child: it goes back to where it came from.
            let item = self.bucket(frames, last).item(0);
            if !is_planted(Bug::ChildLeaked) {
                frames.free(Class::CHILD_BUCKET, last.child);
            }
            let bucket = self.bucket_mut(frames, parent);
            bucket.set_kind(kind::BUCKET);
            bucket.put(CHILD_SLOT, item);
        }
    }

    fn count(&mut self, home: u32, database: u8, has_ttl: bool, more: bool) {
        let row = &mut self.groups[(home / GROUP_BUCKETS) as usize];
        let keys = &mut row.keys[database as usize];
        if more {
            *keys += 1;
            row.deadlines += u32::from(has_ttl);
            row.deadlines += u32::from(has_ttl && is_planted(Bug::TtlCountedTwice));
        } else {
            *keys -= 1;
            row.deadlines -= u32::from(has_ttl);
        }
    }

    /// The entry at `place` is now `object`.
    pub fn replace(&mut self, frames: &mut Frames, place: Place, object: Ref) {
        self.bucket_mut(frames, place.bucket).refs[place.slot as usize] = object;
    }

    /// Notes whether the key at `place` has a deadline.
    pub fn set_has_ttl(&mut self, frames: &mut Frames, place: Place, has_ttl: bool) {
        let bucket = self.bucket_mut(frames, place.bucket);
        let before = bucket.item(place.slot as usize).has_ttl;
        bucket.set_bit(TTL_SHIFT, place.slot as usize, has_ttl);
        let row = &mut self.groups[(place.bucket.home / GROUP_BUCKETS) as usize];
        row.deadlines = row.deadlines + u32::from(has_ttl) - u32::from(before);
    }

    /// Does the key at `place` have a deadline?
    pub fn has_ttl(&self, frames: &Frames, place: Place) -> bool {
        self.bucket(frames, place.bucket).item(place.slot as usize).has_ttl
    }

    /// Has the key at `place` been read since it was inserted?
    #[inline]
    pub fn is_touched(&self, frames: &Frames, place: Place) -> bool {
        let bucket = self.bucket(frames, place.bucket);
        bucket.head >> (TOUCHED_SHIFT + u32::from(place.slot)) & 1 != 0
    }

    /// Notes whether the key at `place` has been read since it was inserted.
    #[inline(always)]
    pub fn set_touched(&mut self, frames: &mut Frames, place: Place, touched: bool) {
        self.bucket_mut(frames, place.bucket).set_bit(TOUCHED_SHIFT, place.slot as usize, touched);
    }

    /// Finds the entry that refers to `object` in the chain of `hash`, by reference alone.
    pub fn find_ref(&self, frames: &Frames, hash: u64, object: Ref) -> Option<Place> {
        let mut found = None;
        self.for_each(frames, self.home(hash), |candidate, place| {
            if candidate == object {
                found = Some(place);
            }
            found.is_none()
        });
        found
    }

    /// Child bucket `from` of the chain of `hash` was copied to `to`: its parent is told.
    pub fn moved_child(&mut self, frames: &mut Frames, hash: u64, from: Ref, to: Ref) {
        let mut at = BucketAt { home: self.home(hash), child: Ref::NONE };
        loop {
            let child = self.bucket(frames, at).child().expect("a child bucket is in its chain");
            if child == from {
                self.bucket_mut(frames, at).refs[CHILD_SLOT] = to;
                return;
            }
            at.child = child;
        }
    }

    /// Some object in a child bucket: its key tells which chain the bucket is in.
    pub fn any_object(frames: &Frames, child: Ref) -> Ref {
        let object = frames.get::<Bucket>(child).refs[0];
        assert!(!object.is_none(), "a child bucket is never empty");
        object
    }
}

#[cfg(test)]
#[path = "index_test.rs"]
mod index_test;
