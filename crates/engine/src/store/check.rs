//! The store's invariants, walked in full: for tests and the simulator. O(everything).
use super::{Store, kind, object};
use crate::memory::classes::Class;
use crate::store::databases::{DATABASE_NUMBERS, KeyCounts};
use crate::store::index::GROUP_BUCKETS;
use crate::store::rope::{Owner, child_at};

impl Store {
    /// Asserts that every slot has exactly one owner, every key is in its chain under its tag,
    /// the counts equal a recount, and no class uses more frames than its contents need.
    pub fn check(&self) {
        self.frames.check();
        let mut counts = [KeyCounts::default(); DATABASE_NUMBERS];
        let (mut key_count, mut child_count) = (0, 0);
        for bucket in 0..self.index.bucket_count() {
            child_count += u64::from(self.index.chain_buckets(&self.frames, bucket) - 1);
            self.index.for_each(&self.frames, bucket, |at, place| {
                let header = *object::header(&self.frames, at);
                assert!(!header.has(object::FLAG_SPARED), "nobody makes room now");
                let hash = self.hash_of(at);
                assert_eq!(self.index.home(hash), bucket, "a key is in its home chain");
                let name = object::key(&self.frames, at);
                let found = self.index.find(&self.frames, hash, |candidate| {
                    let other = object::header(&self.frames, candidate);
                    other.database() == header.database()
                        && object::key(&self.frames, candidate) == name
                });
                assert_eq!(found, Some((at, place)), "a key is found under its tag, once");
                let has_ttl = header.has(object::FLAG_TTL);
                assert_eq!(self.index.has_ttl(&self.frames, place), has_ttl);
                let row = &mut counts[header.database() as usize];
                row.keys += 1;
                row.deadlines += u64::from(has_ttl);
                key_count += 1;
                true
            });
        }
        for number in 0..DATABASE_NUMBERS as u8 {
            let (is, was) = (counts[number as usize], self.databases.counts(number));
            assert_eq!((is.keys, is.deadlines), (was.keys, was.deadlines), "database {number}");
        }
        let deadline_count: u64 = counts.iter().map(|row| row.deadlines).sum();
        assert_eq!(deadline_count, self.wheel.count(), "what has a deadline is in the wheel");
        self.check_groups();
        self.check_ropes();
        self.check_collections();
        self.check_staged();
        self.check_graveyard();
        assert_eq!(child_count, self.frames.live_count(Class::CHILD_BUCKET), "child buckets");
        self.wheel.check(&self.frames);
        let mut object_count = 0;
        self.frames.for_each_live(|class, at| {
            if class == Class::CHILD_BUCKET {
                return;
            }
            let is_object = self.frames.kind(at) >= object::KIND_STRING;
            if is_object && !object::header(&self.frames, at).has(object::FLAG_DETACHED) {
                object_count += 1;
            }
        });
        assert_eq!(object_count, key_count, "an object has a key, and a key an object");
    }

    /// Every part of a rope is known to its owner, every whole frame belongs to one rope.
    fn check_ropes(&self) {
        let mut frame_count = self.staged_frame_count();
        self.frames.for_each_live(|class, at| {
            if class == Class::CHILD_BUCKET {
                return;
            }
            match self.frames.kind(at) {
                kind::TREE_LEAF | kind::TREE_INNER => return,
                kind::TEXT | kind::TEXT_ROPE | kind::OBJECT_MIN.. => {
                    if object::header(&self.frames, at).is_rope() {
                        frame_count += object::root(&self.frames, at).frame_count(&self.frames);
                    }
                    return;
                }
                _ => {}
            }
            let (owner, position) = child_at(&self.frames, at);
            let root = match owner {
                Owner::Object(object) => object::root(&self.frames, object),
                Owner::Staged(index) => self.staged_root(index),
            };
            assert_eq!(root.child(position), at, "a part of a rope that its owner does not know");
        });
        assert_eq!(frame_count, self.frames.whole_count(), "whole frames of ropes");
    }

    fn check_groups(&self) {
        for (group, row) in self.index.groups().iter().enumerate() {
            let first = group as u32 * GROUP_BUCKETS;
            let end = (first + GROUP_BUCKETS).min(self.index.bucket_count());
            let (mut keys, mut deadlines) = (0, 0);
            for bucket in first..end {
                self.index.for_each(&self.frames, bucket, |at, _| {
                    keys += 1;
                    deadlines += u32::from(object::header(&self.frames, at).has(object::FLAG_TTL));
                    true
                });
            }
            assert_eq!((keys, deadlines), (row.total(), row.deadlines()), "group {group}");
        }
    }
}
