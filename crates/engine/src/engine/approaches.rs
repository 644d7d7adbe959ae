//! The ways to the keys of a group: which of them the processor was asked to go on with.
//!
//! Invariant: `bucket_count` and `object_count` only grow until the group is cleared, so that each
//! bucket and each object is asked for once; only what may be a large collection is asked for once
//! more, in advance. Several are asked for together (`store/approach.rs` says why).
use super::group::{Entry, GROUP_SIZE};
use crate::store::{
    Approach, BUCKETS_AT_ONCE, OBJECT_DISTANCE, OBJECTS_AT_ONCE, Store, VALUE_DISTANCE,
};

/// One for each entry of the group.
#[derive(Debug)]
pub(super) struct Approaches {
    /// Where the entry may have a key.
    all: [Option<Approach>; GROUP_SIZE],
    count: usize,
    /// Entries whose buckets were asked for: the first ones.
    bucket_count: usize,
    /// Where the entries begin whose objects were not asked for.
    object_count: usize,
}

impl Approaches {
    pub(super) const fn new() -> Self {
        Self { all: [None; GROUP_SIZE], count: 0, bucket_count: 0, object_count: 0 }
    }

    pub(super) fn clear(&mut self) {
        (self.count, self.bucket_count, self.object_count) = (0, 0, 0);
    }

    /// The way of entry `index`, if it may have a key.
    pub(super) fn of(&self, index: usize) -> Option<Approach> {
        self.all[index]
    }

    /// One more; asks for buckets once enough have come together.
    #[inline(always)]
    pub(super) fn push(&mut self, store: &Store, approach: Option<Approach>) {
        self.all[self.count] = approach;
        self.count += 1;
        if self.count - self.bucket_count >= BUCKETS_AT_ONCE {
            self.ask_for_buckets(store);
        }
    }

    /// Asks for all buckets that were not yet asked for.
    #[inline(always)]
    pub(super) fn ask_for_buckets(&mut self, store: &Store) {
        let gathered = &self.all[self.bucket_count..self.count];
        gathered.iter().flatten().for_each(|approach| store.approach_bucket(approach));
        self.bucket_count = self.count;
    }

    /// Asks for the objects of all entries that may be of an element: a large collection is looked
    /// through before the first entry runs.
    pub(super) fn ask_for_owners(&mut self, store: &Store, entries: &[Entry]) {
        let all = &mut self.all[..self.count];
        for (approach, entry) in all.iter_mut().zip(entries) {
            if let Some(approach) = approach.as_mut().filter(|_| entry.may_have_element) {
                store.guess_object(approach);
            }
        }
        // For the others nothing was guessed yet.
        all.iter().flatten().for_each(|approach| store.approach_object(approach));
    }

    /// Asks for the first objects. `ask_for_coming` asks for the others while those are used.
    pub(super) fn ask_for_first(&mut self, store: &Store) {
        self.ask_for_objects(store, OBJECT_DISTANCE);
    }

    /// Entry `index` runs next: asks for the objects of some that come soon, and for the value of
    /// one that comes sooner.
    #[inline(always)]
    pub(super) fn ask_for_coming(&mut self, store: &Store, index: usize) {
        if index >= self.object_count {
            // Entries were left out, since their connection waits.
            self.object_count = index;
            self.ask_for_objects(store, OBJECT_DISTANCE);
        }
        if index + OBJECT_DISTANCE >= self.object_count && self.object_count < self.count {
            self.ask_for_objects(store, OBJECTS_AT_ONCE);
        }
        if let Some(Some(approach)) = self.all[..self.count].get(index + VALUE_DISTANCE) {
            store.approach_value(approach);
        }
    }

    #[inline(always)]
    fn ask_for_objects(&mut self, store: &Store, count: usize) {
        let end = self.count.min(self.object_count + count);
        let coming = &mut self.all[self.object_count..end];
        coming.iter_mut().flatten().for_each(|approach| store.guess_object(approach));
        coming.iter().flatten().for_each(|approach| store.approach_object(approach));
        self.object_count = end;
    }
}
