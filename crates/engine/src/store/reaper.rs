//! The reaper: frees in slices what a command dropped whole.
//!
//! Detached ropes: objects that lost their key wait in a list, linked both ways through their own
//! headers, and give back a few frames and pieces a turn. Discarded staged values likewise.
//!
//! Flushed databases: a cursor goes over the buckets, skipping groups whose row of counts says
//! that no flushed key is there.
use super::{Store, object};
use crate::marks::Mark;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::index::GROUP_BUCKETS;

/// Parts of a rope that one step frees.
const REAP_STEP: u32 = 16;

/// The list of detached ropes that nobody reads any more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Graveyard {
    head: Ref,
    count: u64,
}

impl Graveyard {
    /// Ropes that wait.
    pub(super) const fn count(self) -> u64 {
        self.count
    }
}

impl Store {
    /// Puts a detached object into the list.
    pub(super) fn bury(&mut self, at: Ref) {
        let next = self.graveyard.head;
        object::header_mut(&mut self.frames, at).set_links(next, Ref::NONE);
        if !next.is_none() {
            let (after, _) = object::header(&self.frames, next).links();
            object::header_mut(&mut self.frames, next).set_links(after, at);
        }
        self.graveyard.head = at;
        self.graveyard.count += 1;
    }

    /// Asserts that the list of detached objects is linked both ways and as long as it is counted.
    /// For `check`.
    pub(super) fn check_graveyard(&self) {
        let (mut at, mut before, mut count) = (self.graveyard.head, Ref::NONE, 0);
        while !at.is_none() {
            let header = object::header(&self.frames, at);
            assert!(header.has(object::FLAG_DETACHED), "an object with a key waits to be freed");
            assert!(!header.has(object::FLAG_PINNED), "a value that is read waits to be freed");
            let (next, previous) = header.links();
            assert_eq!(previous, before, "a link that is not mutual");
            count += 1;
            assert!(count <= self.graveyard.count, "a list without an end");
            (at, before) = (next, at);
        }
        assert_eq!(count, self.graveyard.count, "objects that wait to be freed");
    }

    /// A detached object moved: its neighbours are told. One that is still read has none.
    pub(super) fn moved_detached(&mut self, from: Ref, to: Ref) {
        let header = *object::header(&self.frames, to);
        if header.has(object::FLAG_PINNED) {
            return;
        }
        let (next, previous) = header.links();
        if previous.is_none() {
            assert_eq!(self.graveyard.head, from, "the first of the list has no predecessor");
            if !is_planted(Bug::GraveUnpatched) {
                self.graveyard.head = to;
            }
        } else {
            let (_, before) = object::header(&self.frames, previous).links();
            object::header_mut(&mut self.frames, previous).set_links(to, before);
        }
        if !next.is_none() {
            let (after, _) = object::header(&self.frames, next).links();
            object::header_mut(&mut self.frames, next).set_links(after, to);
        }
    }

    /// Frees up to `budget` parts of detached and discarded ropes. True when some remain.
    pub(super) fn reap(&mut self, budget: u32) -> bool {
        for _ in 0..budget.div_ceil(REAP_STEP) {
            if !self.reap_one() {
                return false;
            }
        }
        true
    }

    /// One step: up to `REAP_STEP` parts of one rope. False when there is nothing to do.
    pub(super) fn reap_one(&mut self) -> bool {
        if self.reap_staged(REAP_STEP) {
            return true;
        }
        let at = self.graveyard.head;
        if at.is_none() {
            return false;
        }
        let is_done = if object::header(&self.frames, at).is_tree() {
            self.reap_trees(at, REAP_STEP)
        } else {
            let mut root = object::root(&self.frames, at);
            let is_done = root.release_some(&mut self.frames, REAP_STEP);
            object::set_root(&mut self.frames, at, &root);
            self.freed_count += REAP_STEP;
            is_done
        };
        if is_done {
            self.exhume(at);
            self.counters.reaped += 1;
            self.frames.marks.reach(Mark::RopeReaped);
            self.free_object(at);
        }
        true
    }

    /// Takes an object out of the list. Texts of its own may have been put before it meanwhile.
    fn exhume(&mut self, at: Ref) {
        let (next, previous) = object::header(&self.frames, at).links();
        if previous.is_none() {
            self.graveyard.head = next;
        } else {
            let (_, before) = object::header(&self.frames, previous).links();
            object::header_mut(&mut self.frames, previous).set_links(next, before);
        }
        if !next.is_none() {
            let (after, _) = object::header(&self.frames, next).links();
            object::header_mut(&mut self.frames, next).set_links(after, previous);
        }
        self.graveyard.count -= 1;
    }

    /// Large values that wait to be freed.
    pub const fn reapable_count(&self) -> u64 {
        self.graveyard.count()
    }

    /// Looks for keys of flushed databases in up to `budget` buckets, and removes them. Returns
    /// how many buckets it looked at; 0 when no database waits.
    pub(super) fn reap_flushed(&mut self, budget: u32) -> u32 {
        let mut seen_count = 0;
        while seen_count < budget && self.databases.any_flushed() {
            seen_count += 1;
            let group = self.flush_cursor / GROUP_BUCKETS;
            if self.has_flushed_keys(group) {
                self.reap_bucket(self.flush_cursor);
                self.flush_cursor += 1;
            } else {
                self.flush_cursor = (group + 1) * GROUP_BUCKETS;
            }
            if self.flush_cursor >= self.index.bucket_count() {
                self.flush_cursor = 0;
            }
            self.finish_flushed();
        }
        seen_count
    }

    fn has_flushed_keys(&self, group: u32) -> bool {
        let row = &self.index.groups()[group as usize];
        let mut numbers = self.databases.flushed();
        while numbers != 0 {
            if row.keys(numbers.trailing_zeros() as u8) > 0 {
                return true;
            }
            numbers &= numbers - 1;
        }
        false
    }

    /// Removes all flushed keys of one chain: at most as many as a chain holds.
    fn reap_bucket(&mut self, bucket: u32) {
        loop {
            let mut found = None;
            self.index.for_each(&self.frames, bucket, |at, place| {
                let database = object::header(&self.frames, at).database();
                if self.databases.is_flushed(database) {
                    found = Some((at, place));
                }
                found.is_none()
            });
            let Some((at, place)) = found else { return };
            self.remove(at, place);
        }
    }

    /// Numbers whose last key is gone are fresh again.
    fn finish_flushed(&mut self) {
        let mut numbers = self.databases.flushed();
        while numbers != 0 {
            let number = numbers.trailing_zeros() as u8;
            if self.databases.counts(number).keys == 0 {
                self.frames.marks.reach(Mark::FlushReaped);
                self.databases.reaped(number);
            }
            numbers &= numbers - 1;
        }
    }
}
