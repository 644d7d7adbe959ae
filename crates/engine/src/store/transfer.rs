//! Giving an object another name, another database, another deadline, or a twin.
use super::types::{Key, StoreFull};
use super::{Store, object};
use crate::clock::Now;
use crate::limits::SLOT_SIZE_MAX;
use crate::marks::Mark;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::store::index::Place;
use crate::store::object::{
    FLAG_LARGE, FLAG_PINNED, FLAG_RAW, FLAG_TEXT, FLAG_TTL, Header, KIND_ROPE,
};
use crate::store::rope::Owner;

impl Store {
    /// The existing `source` gets the name (and database) of `target`, which it replaces, with
    /// its value and deadline. O(1) but for a longer name.
    pub fn rename(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
    ) -> Result<(), StoreFull> {
        self.take_place(now, source, target)?;
        // As in Redis, both names are one change.
        self.watches.touch(source.hash);
        Ok(())
    }

    /// As `rename`, for a `source` that one command alone knows: that it is gone is no change.
    pub fn take_place(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
    ) -> Result<(), StoreFull> {
        self.check_sizes(target, 0)?;
        let (at, _) = self.locate(source).expect("the caller found the key");
        let deadline = object::deadline(&self.frames, at);
        let deadline = deadline.filter(|_| !is_planted(Bug::RenameTtlLost));
        self.make_renamable(now, source, target.name.len())?;
        self.reshape(now, source, target, deadline)?;
        self.changed(target.hash);
        Ok(())
    }

    /// Turns the object of `source` into one of the name of `target` and of `deadline`, with the
    /// same value. Where the size stays in its class it stays in its slot.
    pub(super) fn reshape(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        let is_same_key = source.hash == target.hash && source.name == target.name;
        let (at, _) = self.locate(source).expect("the caller found the key");
        let old = *object::header(&self.frames, at);
        let header = Self::reshaped(&old, target, deadline.is_some());
        if header.kind != old.kind {
            return self.outgrow(now, source, target, deadline);
        }
        let size = header.object_size();
        let class = self.frames.class_of(size);
        let here = self.frames.class_at(at);
        // A smaller object that finds no place of its own stays where it is.
        let stays = here == class
            || (self.frames.class_size(here) >= size && !self.has_room_for_slot(class));
        let mut needs = Needs::NONE;
        if !stays {
            needs.slot(class);
        }
        self.make_room_for_entry(now, &needs, target, source)?;
        // Reserve first: from here on nothing fails.
        if !is_same_key && let Some((old, place)) = self.locate(target) {
            self.remove(old, place);
        }
        let (at, place) = self.locate(source).expect("making room spares the key");
        let is_touched = self.index.is_touched(&self.frames, place);
        self.detach(at, place);
        let to = if stays { at } else { self.frames.allocate(class) };
        self.rewrite(at, to, &header, target, deadline);
        if to != at {
            self.frames.free(here, at);
            if is_planted(Bug::SlotFreedTwice) {
                self.frames.free(here, at);
            }
            self.freed_count += 1;
        }
        let place = self.attach(target, to);
        self.index.set_touched(&mut self.frames, place, is_touched);
        self.note_size(to);
        Ok(())
    }

    /// The header that the object gets with another name and with or without a deadline.
    fn reshaped(old: &Header, target: &Key<'_>, has_ttl: bool) -> Header {
        let ttl = if has_ttl { FLAG_TTL } else { 0 };
        let flags = old.flags & (FLAG_RAW | FLAG_TEXT | FLAG_PINNED | FLAG_LARGE) | ttl;
        let mut header =
            Header::new(old.kind, flags, target.name.len(), old.value_size, target.database);
        header.set_clock(old.clock());
        if header.object_size() > SLOT_SIZE_MAX && !header.is_collection() {
            // A longer name or a deadline pushes the value out of the slot.
            header.kind = KIND_ROPE;
        }
        header
    }

    /// As `reshape`, for a value that no longer fits into a slot beside its name: it becomes a
    /// rope.
    fn outgrow(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        self.frames.marks.reach(Mark::ValueOutgrown);
        self.twin(now, source, target, deadline)?;
        if source.hash != target.hash || source.name != target.name {
            let (at, place) = self.locate(source).expect("making room spares the key");
            self.remove(at, place);
        }
        Ok(())
    }

    /// `target` becomes a rope with the bytes of the inline value of `source`.
    fn twin(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        let (at, _) = self.locate(source).expect("the caller found the key");
        let old = *object::header(&self.frames, at);
        let size = u64::from(old.value_size);
        let mut needs = Needs::NONE;
        self.need_rope(&mut needs, target.name.len(), size, deadline.is_some());
        self.make_room_for_entry(now, &needs, target, source)?;
        // Reserve first: from here on nothing fails.
        let existing = self.locate(target);
        let (at, _) = self.locate(source).expect("making room spares the key");
        let to = self.allocate_rope_object(now, target, size, deadline);
        self.copy_value(at, to, size);
        let header = object::header_mut(&mut self.frames, to);
        header.flags |= old.flags & FLAG_RAW;
        header.set_clock(old.clock());
        self.publish(target, to, existing, deadline.is_some());
        Ok(())
    }

    /// Writes the object at `from` to `to` (the same slot, or a free one) with another header and
    /// name.
    fn rewrite(
        &mut self,
        from: Ref,
        to: Ref,
        header: &Header,
        target: &Key<'_>,
        deadline: Option<i64>,
    ) {
        let old = *object::header(&self.frames, from);
        let value_size = old.object_size() - old.value_offset();
        // The value first: in the same slot it may have to make way for the name.
        self.frames.copy_bytes(
            from.offset() + old.value_offset() as usize,
            to.offset() + header.value_offset() as usize,
            value_size,
        );
        *object::header_mut(&mut self.frames, to) = *header;
        let (offset, size) = (header.key_offset(), target.name.len() as u32);
        self.frames.bytes_mut(to, offset + size)[offset as usize..].copy_from_slice(target.name);
        if let Some(deadline) = deadline {
            object::set_deadline(&mut self.frames, to, deadline);
        }
        if header.is_rope() && from != to {
            self.adopt_rope(to);
        }
        if header.is_collection() && from != to {
            self.adopt_elements(to);
        }
        if header.has(FLAG_PINNED) {
            self.moved_pinned(from, to);
        }
    }

    /// Enters an object that nothing refers to under `key`, which does not exist.
    pub(super) fn attach(&mut self, key: &Key<'_>, at: Ref) -> Place {
        let has_ttl = object::header(&self.frames, at).has(FLAG_TTL);
        let counts = self.databases.counts_mut(key.database);
        counts.keys += 1;
        counts.deadlines += u64::from(has_ttl);
        let place = self.index.insert(&mut self.frames, key.hash, at, key.database, has_ttl);
        if has_ttl {
            self.schedule(at);
        }
        place
    }

    /// `target` becomes a copy of the existing `source`, deadline included. O(size).
    pub fn copy(&mut self, now: Now, source: &Key<'_>, target: &Key<'_>) -> Result<(), StoreFull> {
        self.check_sizes(target, 0)?;
        self.make_renamable(now, source, target.name.len())?;
        let (at, _) = self.locate(source).expect("the caller found the key");
        let old = *object::header(&self.frames, at);
        let mut header = Self::reshaped(&old, target, old.has(FLAG_TTL));
        header.flags &= !FLAG_PINNED;
        if header.is_collection() {
            return self.copy_collection(now, source, target, &header);
        }
        if header.kind != old.kind {
            let deadline = object::deadline(&self.frames, at);
            self.twin(now, source, target, deadline)?;
            self.changed(target.hash);
            return Ok(());
        }
        let mut needs = Needs::NONE;
        needs.slot(self.frames.class_of(header.object_size()));
        if header.is_rope() {
            object::root(&self.frames, at).copy_needs(&self.frames, &mut needs);
        }
        self.make_room_for_entry(now, &needs, target, source)?;
        // Reserve first: from here on nothing fails.
        if let Some((old, place)) = self.locate(target) {
            self.remove(old, place);
        }
        let (at, _) = self.locate(source).expect("making room spares the key");
        let deadline = object::deadline(&self.frames, at);
        let to = self.frames.allocate(self.frames.class_of(header.object_size()));
        self.copy_object(at, to, &header, target, deadline);
        self.attach(target, to);
        self.changed(target.hash);
        Ok(())
    }

    pub(super) fn copy_object(
        &mut self,
        from: Ref,
        to: Ref,
        header: &Header,
        target: &Key<'_>,
        deadline: Option<i64>,
    ) {
        if !header.is_rope() {
            self.rewrite(from, to, header, target, deadline);
            return;
        }
        *object::header_mut(&mut self.frames, to) = *header;
        let (offset, size) = (header.key_offset(), target.name.len() as u32);
        self.frames.bytes_mut(to, offset + size)[offset as usize..].copy_from_slice(target.name);
        if let Some(deadline) = deadline {
            object::set_deadline(&mut self.frames, to, deadline);
        }
        let root = object::root(&self.frames, from).copy(&mut self.frames, Owner::Object(to));
        object::set_root(&mut self.frames, to, &root);
    }
}
