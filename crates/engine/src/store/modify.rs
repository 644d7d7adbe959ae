//! Writing into a string: APPEND, SETRANGE, SETBIT and their kin.
//!
//! A string that stays in its class is changed in place. One that grows out of it moves to a slot
//! of the next class, one that grows out of slots becomes a rope.
use super::types::{Key, StoreFull};
use super::{Steps, Store, object};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::resp::request::{StagedId, Value};
use crate::store::object::{FLAG_PINNED, FLAG_RAW, FLAG_TEXT, FLAG_TTL, Header, KIND_STRING};
use crate::store::rope::{Owner, Root};
use core::ops::Range;

/// Bytes that move at once from one rope to another.
const COPY_SIZE: usize = 4096;

impl Store {
    /// Writes `value` at `offset` of the string `key`, made if it is missing, zeros between its
    /// end and `offset`; returns the new size. The caller has checked the type. APPEND writes at
    /// the end. The deadline stays. The string is `raw` afterwards. A staged value is consumed.
    pub fn write_at(
        &mut self,
        now: Now,
        key: &Key<'_>,
        offset: u64,
        value: Value<'_>,
    ) -> Result<u64, StoreFull> {
        let size = self.write_untold(now, key, offset, value)?;
        if !is_planted(Bug::WatchMissed) {
            self.changed(key.hash);
        }
        Ok(size)
    }

    /// As `write_at`, but those who watch the key are not told: that is for the caller to do, with
    /// `tell_watchers`, if it counts as a change.
    pub fn write_untold(
        &mut self,
        now: Now,
        key: &Key<'_>,
        offset: u64,
        value: Value<'_>,
    ) -> Result<u64, StoreFull> {
        let written_size = self.value_size(value);
        let existing = self.find(now, key).map(|entry| entry.object);
        let old_size =
            existing.map_or(0, |at| u64::from(object::header(&self.frames, at).value_size));
        let size = offset.saturating_add(written_size).max(old_size);
        self.check_sizes(key, size)?;
        let has_ttl = existing.is_some_and(|at| object::header(&self.frames, at).has(FLAG_TTL));
        if existing.is_none() && offset == 0 && matches!(value, Value::Staged(_)) {
            self.set_rope(now, key, value, None)?;
        } else if let Some(inline_size) = object::inline_size(key.name.len(), size, has_ttl)
            && !existing.is_some_and(|at| object::header(&self.frames, at).is_rope())
        {
            self.grow_inline(now, key, existing, size, inline_size)?;
        } else {
            let range = offset..offset + written_size;
            self.grow_rope(now, key, existing, (old_size, size), range)?;
        }
        let (at, place) = self.locate(key).expect("it was made or grown a line above");
        if !is_planted(Bug::RawForgotten) {
            object::header_mut(&mut self.frames, at).flags |= FLAG_RAW;
        }
        match value {
            Value::Bytes(bytes) => self.write_bytes(at, offset, bytes),
            Value::Staged(id) => self.write_staged(at, offset, id),
        }
        self.index.set_touched(&mut self.frames, place, true);
        Ok(size)
    }

    /// Tells those who watch the key that it has changed, and counts that.
    pub fn tell_watchers(&mut self, key: &Key<'_>) {
        self.changed(key.hash);
    }

    /// Makes sure that writing to each of `ranges` of the string `key`, made if it is missing, will
    /// not fail for room: for commands that write in several places, all or none. Nothing is
    /// changed. The caller has checked the type.
    pub fn reserve_writes(
        &mut self,
        now: Now,
        key: &Key<'_>,
        ranges: impl Iterator<Item = Range<u64>> + Clone,
    ) -> Result<(), StoreFull> {
        let existing = self.find(now, key).map(|entry| entry.object);
        let header = existing.map(|at| *object::header(&self.frames, at));
        let old_size = header.map_or(0, |header| u64::from(header.value_size));
        let size = ranges.clone().map(|range| range.end).fold(old_size, u64::max);
        self.check_sizes(key, size)?;
        let has_ttl = header.is_some_and(|header| header.has(FLAG_TTL));
        let is_rope = header.is_some_and(|header| header.is_rope());
        let mut needs = Needs::NONE;
        let inline_size = object::inline_size(key.name.len(), size, has_ttl);
        if let (Some(inline_size), false) = (inline_size, is_rope) {
            let has_room = existing
                .is_some_and(|at| self.frames.class_size(self.frames.class_at(at)) >= inline_size);
            if !has_room {
                needs.slot(self.frames.class_of(inline_size));
            }
        } else if is_rope && !header.is_some_and(|header| header.has(FLAG_PINNED)) {
            let root = object::root(&self.frames, existing.expect("it has a header"));
            for range in ranges {
                root.needs(&self.frames, &mut needs, old_size, size, range);
            }
        } else {
            if old_size > self.copy_size_max {
                return Err(StoreFull::Pinned);
            }
            needs.slot(self.frames.class_of(object::rope_size(key.name.len(), has_ttl)));
            for range in core::iter::once(0..old_size).chain(ranges) {
                Root::EMPTY.needs(&self.frames, &mut needs, 0, size, range);
            }
        }
        self.make_room_for_entry(now, &needs, key, key)
    }

    /// The existing string is `raw` from now on, as after `write_at`, though nothing was written.
    pub fn mark_raw(&mut self, key: &Key<'_>) {
        let (at, _) = self.locate(key).expect("the caller found the key");
        object::header_mut(&mut self.frames, at).flags |= FLAG_RAW;
    }

    /// The existing string is no `int` from now on, until it is set again.
    pub fn mark_text(&mut self, key: &Key<'_>) {
        let (at, _) = self.locate(key).expect("the caller found the key");
        object::header_mut(&mut self.frames, at).flags |= FLAG_TEXT;
    }

    /// Makes the key an inline string of `size` bytes, the new ones zero.
    fn grow_inline(
        &mut self,
        now: Now,
        key: &Key<'_>,
        existing: Option<Ref>,
        size: u64,
        inline_size: u32,
    ) -> Result<(), StoreFull> {
        let class = self.frames.class_of(inline_size);
        if let Some(at) = existing {
            let old_size = object::header(&self.frames, at).value_size as usize;
            if self.frames.class_size(self.frames.class_at(at)) >= inline_size {
                object::header_mut(&mut self.frames, at).value_size = size as u32;
                if !is_planted(Bug::GapKept) {
                    object::inline_value_mut(&mut self.frames, at)[old_size..].fill(0);
                }
                return Ok(());
            }
        }
        self.make_room_for_slot(now, key, class, existing.is_none())?;
        // Reserve first: from here on nothing fails.
        let existing = self.locate(key);
        let to = self.frames.allocate(class);
        let deadline = existing.and_then(|(at, _)| object::deadline(&self.frames, at));
        let flags = if deadline.is_some() { FLAG_TTL } else { 0 };
        let header = Header::new(KIND_STRING, flags, key.name.len(), size as u32, key.database);
        self.write_header_and_key(now, to, header, key, deadline);
        let old_size = existing.map_or(0, |(at, _)| {
            let old = *object::header(&self.frames, at);
            let source = at.offset() + old.value_offset() as usize;
            let target = to.offset() + header.value_offset() as usize;
            self.frames.copy_bytes(source, target, old.value_size);
            old.value_size as usize
        });
        object::inline_value_mut(&mut self.frames, to)[old_size..].fill(0);
        self.publish(key, to, existing, deadline.is_some());
        Ok(())
    }

    /// Makes the key a rope of `size` bytes whose `range` can be written without failing.
    fn grow_rope(
        &mut self,
        now: Now,
        key: &Key<'_>,
        existing: Option<Ref>,
        (old_size, size): (u64, u64),
        range: Range<u64>,
    ) -> Result<(), StoreFull> {
        if let Some(at) = existing {
            let header = *object::header(&self.frames, at);
            let is_free = !header.has(FLAG_PINNED) || is_planted(Bug::PinnedWritten);
            if header.is_rope() && is_free {
                return self.grow_rope_in_place(now, key, (old_size, size), range);
            }
            if header.is_rope() {
                self.frames.marks.reach(Mark::RopeCopied);
            }
        }
        // A rope of its own: for a new key, an inline value, or one that somebody is reading.
        let deadline = existing.and_then(|at| object::deadline(&self.frames, at));
        let mut needs = Needs::NONE;
        let object_size = object::rope_size(key.name.len(), deadline.is_some());
        needs.slot(self.frames.class_of(object_size));
        if range.start <= old_size {
            Root::EMPTY.needs(&self.frames, &mut needs, 0, size, 0..range.end.max(old_size));
        } else {
            // A piece that both ranges touch is counted twice, which is safe.
            Root::EMPTY.needs(&self.frames, &mut needs, 0, size, 0..old_size);
            Root::EMPTY.needs(&self.frames, &mut needs, 0, size, range);
        }
        if old_size > self.copy_size_max {
            return Err(StoreFull::Pinned);
        }
        self.make_room_for_entry(now, &needs, key, key)?;
        // Reserve first: from here on nothing fails.
        let existing = self.locate(key);
        let to = self.allocate_rope_object(now, key, size, deadline);
        if let Some((at, _)) = existing {
            self.copy_value(at, to, old_size);
        }
        self.publish(key, to, existing, deadline.is_some());
        Ok(())
    }

    fn grow_rope_in_place(
        &mut self,
        now: Now,
        key: &Key<'_>,
        (old_size, size): (u64, u64),
        range: Range<u64>,
    ) -> Result<(), StoreFull> {
        let (at, _) = self.locate(key).expect("the caller found the key");
        let mut needs = Needs::NONE;
        let root = object::root(&self.frames, at);
        root.needs(&self.frames, &mut needs, old_size, size, range);
        self.make_room(now, &needs, Some(key), &mut Steps::of_command())?;
        // Reserve first: from here on nothing fails.
        let (at, _) = self.locate(key).expect("making room spares the key");
        self.frames.marks.reach(Mark::RopeGrown);
        let mut root = object::root(&self.frames, at);
        root.resize(&mut self.frames, Owner::Object(at), old_size, size);
        object::set_root(&mut self.frames, at, &root);
        object::header_mut(&mut self.frames, at).value_size = size as u32;
        Ok(())
    }

    /// Copies the first `size` bytes of the value at `from` into the rope at `to`.
    pub(super) fn copy_value(&mut self, from: Ref, to: Ref, size: u64) {
        let mut piece = [0; COPY_SIZE];
        let mut offset = 0;
        while offset < size {
            let count = (size - offset).min(COPY_SIZE as u64) as usize;
            if object::header(&self.frames, from).is_rope() {
                let source_size = u64::from(object::header(&self.frames, from).value_size);
                let root = object::root(&self.frames, from);
                root.read(&self.frames, source_size, offset, &mut piece[..count]);
            } else {
                let value = object::inline_value(&self.frames, from);
                piece[..count].copy_from_slice(&value[offset as usize..][..count]);
            }
            self.write_bytes(to, offset, &piece[..count]);
            offset += count as u64;
        }
    }

    /// Writes within the size of a value; what it takes was made room for.
    fn write_bytes(&mut self, at: Ref, offset: u64, bytes: &[u8]) {
        let header = *object::header(&self.frames, at);
        if header.is_rope() {
            let mut root = object::root(&self.frames, at);
            let size = u64::from(header.value_size);
            root.write(&mut self.frames, Owner::Object(at), size, offset, bytes);
            object::set_root(&mut self.frames, at, &root);
        } else {
            let value = object::inline_value_mut(&mut self.frames, at);
            value[offset as usize..][..bytes.len()].copy_from_slice(bytes);
        }
    }

    /// Writes a staged value into another one, and gives it up. One that became the value itself
    /// is consumed already, and there is nothing to do.
    fn write_staged(&mut self, at: Ref, offset: u64, id: StagedId) {
        let mut piece = [0; COPY_SIZE];
        let mut done = 0;
        loop {
            let count = self.stage_read(id, done, &mut piece);
            if count == 0 {
                break;
            }
            self.write_bytes(at, offset + done, &piece[..count]);
            done += count as u64;
        }
        self.stage_discard(id);
    }
}
