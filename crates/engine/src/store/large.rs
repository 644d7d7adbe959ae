//! Values too large for a slot: the rope that an object holds, seen from the keyspace.
use super::types::{Key, StoreFull};
use super::{Store, object, rope};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::resp::request::Value;
use crate::store::index::Insertion;
use crate::store::object::{FLAG_TTL, Header, KIND_ROPE};
use crate::store::rope::{Owner, Root};

impl Store {
    /// Bytes of a value argument.
    pub fn value_size(&self, value: Value<'_>) -> u64 {
        match value {
            Value::Bytes(bytes) => bytes.len() as u64,
            Value::Staged(id) => self.staged_size(id),
        }
    }

    /// Adds the slots and frames of a rope of `value_size` bytes, and of its object.
    pub(super) fn need_rope(
        &self,
        needs: &mut Needs,
        name_size: usize,
        value_size: u64,
        expires: bool,
    ) {
        needs.slot(self.frames.class_of(object::rope_size(name_size, expires)));
        Root::EMPTY.needs(&self.frames, needs, 0, value_size, 0..value_size);
    }

    /// `key` becomes a string kept as a rope. A staged value's rope changes its owner, bytes of
    /// the request are written into a new one.
    pub(super) fn set_rope(
        &mut self,
        now: Now,
        key: &Key<'_>,
        value: Value<'_>,
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        let size = self.value_size(value);
        let mut needs = Needs::NONE;
        match value {
            Value::Staged(_) => {
                let size = object::rope_size(key.name.len(), deadline.is_some());
                needs.slot(self.frames.class_of(size));
            }
            Value::Bytes(_) => {
                self.need_rope(&mut needs, key.name.len(), size, deadline.is_some());
            }
        }
        self.make_room_for_entry(now, &needs, key, key)?;
        // Reserve first: from here on nothing fails.
        let existing = self.locate(key);
        let at = self.allocate_rope_object(now, key, size, deadline);
        let root = match value {
            Value::Staged(id) => self.consume_staged(id),
            Value::Bytes(bytes) => {
                let mut root = Root::EMPTY;
                root.write(&mut self.frames, Owner::Object(at), size, 0, bytes);
                root
            }
        };
        root.adopt(&mut self.frames, Owner::Object(at));
        object::set_root(&mut self.frames, at, &root);
        self.publish(key, at, existing, deadline.is_some());
        Ok(())
    }

    /// What the key's index entry takes: nothing if it exists.
    pub(super) fn insertion_for(&self, key: &Key<'_>) -> Insertion {
        if self.locate(key).is_some() {
            return Insertion::Free;
        }
        self.insertion_of(key.hash)
    }

    /// An object for a rope of `size` bytes, of which everything is missing yet.
    pub(super) fn allocate_rope_object(
        &mut self,
        now: Now,
        key: &Key<'_>,
        size: u64,
        deadline: Option<i64>,
    ) -> Ref {
        let flags = if deadline.is_some() { FLAG_TTL } else { 0 };
        let header = Header::new(KIND_ROPE, flags, key.name.len(), size as u32, key.database);
        let at = self.frames.allocate(self.frames.class_of(header.object_size()));
        self.write_header_and_key(now, at, header, key, deadline);
        object::set_root(&mut self.frames, at, &Root::EMPTY);
        at
    }

    /// Bytes that the rope of an object takes, besides the object.
    pub(super) fn rope_usage(&self, at: Ref) -> u64 {
        object::root(&self.frames, at).memory_usage(&self.frames)
    }

    /// The object of a rope moved to `at`: its parts are told.
    pub(super) fn adopt_rope(&mut self, at: Ref) {
        object::root(&self.frames, at).adopt(&mut self.frames, Owner::Object(at));
    }

    /// A table or piece moved to `to`: its owner is told.
    pub(super) fn moved_piece(&mut self, to: Ref) {
        let (owner, position) = rope::child_at(&self.frames, to);
        match owner {
            Owner::Object(at) => {
                self.frames.marks.reach(Mark::PieceMoved);
                let mut root = object::root(&self.frames, at);
                if is_planted(Bug::RootUnpatched) {
                    return;
                }
                root.child_moved(position, to);
                object::set_root(&mut self.frames, at, &root);
            }
            Owner::Staged(index) => {
                self.frames.marks.reach(Mark::StagedPieceMoved);
                self.staged_moved(index, position, to);
            }
        }
    }

    /// Gives what a rope's object held to the reaper, or leaves it to its last reader.
    pub(super) fn drop_rope(&mut self, at: Ref) {
        let header = object::header_mut(&mut self.frames, at);
        header.flags |= object::FLAG_DETACHED;
        if header.has(object::FLAG_PINNED) {
            self.frames.marks.reach(Mark::RopeDetached);
        } else if !is_planted(Bug::GraveForgotten) {
            self.bury(at);
        }
    }
}
