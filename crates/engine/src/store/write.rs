//! Writing keys. Each call finds room first (`room`), then changes what it must, and tells the
//! key's watchers. After room was found the key is located again: finding it may move objects.
use super::types::{Expiry, Key, StoreFull};
use super::{Store, object, rope};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Value;
use crate::store::index::Place;
use crate::store::object::{FLAG_PINNED, FLAG_RAW, FLAG_TEXT, FLAG_TTL, Header, KIND_STRING};
use crate::store::rope::Given;

impl Store {
    /// `key` becomes a string with `value`, whatever it was. A staged value is consumed.
    pub fn set(
        &mut self,
        now: Now,
        key: &Key<'_>,
        value: Value<'_>,
        expiry: Expiry,
    ) -> Result<(), StoreFull> {
        self.check_sizes(key, self.value_size(value))?;
        let existing = self.find(now, key).map(|entry| (entry.object, entry.place));
        let deadline = match expiry {
            Expiry::Keep if is_planted(Bug::KeepTtlLost) => None,
            Expiry::Keep => existing.and_then(|(at, _)| object::deadline(&self.frames, at)),
            Expiry::Clear => None,
            Expiry::At(deadline) => Some(deadline),
        };
        if deadline.is_some_and(|deadline| deadline < now.unix_ms()) {
            // Written and gone at once: those who watch a missing key are told as well.
            if !self.delete(now, key) {
                self.changed(key.hash);
            }
            return Ok(());
        }
        match value {
            Value::Bytes(bytes)
                if object::inline_size(key.name.len(), bytes.len() as u64, deadline.is_some())
                    .is_some() =>
            {
                self.set_inline(now, key, existing, bytes, deadline)?;
            }
            _ => self.set_rope(now, key, value, deadline)?,
        }
        self.changed(key.hash);
        Ok(())
    }

    /// Refuses names and values that are too long.
    pub(super) fn check_sizes(&self, key: &Key<'_>, value_size: u64) -> Result<(), StoreFull> {
        if key.name.len() > self.key_size_max as usize {
            return Err(StoreFull::KeySize);
        }
        // Small frames hold shorter ropes than the option allows.
        let value_size_max = rope::size_max(self.frames.frame_size());
        if value_size > self.tuning.value_size_max.min(value_size_max) {
            return Err(StoreFull::ValueSize);
        }
        Ok(())
    }

    fn set_inline(
        &mut self,
        now: Now,
        key: &Key<'_>,
        existing: Option<(Ref, Place)>,
        bytes: &[u8],
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        let size = object::inline_size(key.name.len(), bytes.len() as u64, deadline.is_some())
            .expect("the caller made sure that it fits into a slot");
        let class = self.frames.class_of(size);
        let mut gives_way = false;
        if let Some((at, _)) = existing {
            let old = *object::header(&self.frames, at);
            let here = self.frames.class_at(at);
            let fits_here = here == class
                // A smaller value always finds a place: if nowhere else, then here.
                || (self.frames.class_size(here) >= size && !self.has_room_for_slot(class));
            if old.is_whole() && fits_here {
                // Looking for a smaller place may have moved it.
                let found = if here == class { existing } else { self.locate(key) };
                let found = found.expect("paying debt deletes no key that can be found");
                self.overwrite(now, key, found, bytes, deadline);
                return Ok(());
            }
            // What a client is reading stays whole.
            gives_way = old.is_rope() && !old.has(FLAG_PINNED);
            if old.is_rope() {
                self.frames.marks.reach(Mark::RopeReplaced);
            }
        }
        let given = if gives_way { self.give_way(key, size, class) } else { None };
        if given.is_none() {
            self.make_room_for_slot(now, key, class, existing.is_none())?;
        }
        let class = given.unwrap_or(class);
        // Reserve first: from here on nothing fails.
        let existing = self.locate(key);
        let at = self.frames.allocate(class);
        self.write_object(now, at, key, bytes, deadline);
        self.publish(key, at, existing, deadline.is_some());
        self.note_size(at);
        Ok(())
    }

    /// A rope gives way to something small, which always has room: where no slot of `wanted` can be
    /// had, a part of the rope is given up for the `size` bytes. Says of which class a slot is
    /// there then; nothing if there was room anyway, or no part is large enough.
    fn give_way(&mut self, key: &Key<'_>, size: u32, wanted: Class) -> Option<Class> {
        if self.has_room_for_slot(wanted) {
            return None;
        }
        // Looking for room may have moved it.
        let (at, _) = self.locate(key).expect("paying debt deletes no key that can be found");
        let mut root = object::root(&self.frames, at);
        let given = root.give_up_part(&mut self.frames, size)?;
        self.frames.marks.reach(Mark::RopeGaveWay);
        if !is_planted(Bug::GivenTwice) {
            object::set_root(&mut self.frames, at, &root);
        }
        Some(match given {
            Given::Slot(class) => class,
            Given::Frame => wanted,
        })
    }

    /// Writes an inline value over an object that is whole and whose slot has room for it.
    fn overwrite(
        &mut self,
        now: Now,
        key: &Key<'_>,
        (at, place): (Ref, Place),
        bytes: &[u8],
        deadline: Option<i64>,
    ) {
        let was_scheduled = object::header(&self.frames, at).has(FLAG_TTL);
        if was_scheduled != deadline.is_some() {
            if was_scheduled && !is_planted(Bug::WheelLinkLeft) {
                self.unschedule(at);
            }
            self.write_object(now, at, key, bytes, deadline);
            self.note_lifetime(key, (at, place), was_scheduled, deadline.is_some());
            self.note_size(at);
            return;
        }
        let header = object::header_mut(&mut self.frames, at);
        // It may have been a small collection.
        header.kind = KIND_STRING;
        header.value_size = bytes.len() as u32;
        header.flags &= !(FLAG_RAW | FLAG_TEXT);
        object::inline_value_mut(&mut self.frames, at).copy_from_slice(bytes);
        if let Some(deadline) = deadline {
            self.reschedule(at, deadline);
        }
        self.start_clock(now, at);
        self.index.set_touched(&mut self.frames, place, false);
        self.note_size(at);
    }

    /// Fills a fresh slot.
    fn write_object(
        &mut self,
        now: Now,
        at: Ref,
        key: &Key<'_>,
        bytes: &[u8],
        deadline: Option<i64>,
    ) {
        let flags = if deadline.is_some() { FLAG_TTL } else { 0 };
        let header =
            Header::new(KIND_STRING, flags, key.name.len(), bytes.len() as u32, key.database);
        self.write_header_and_key(now, at, header, key, deadline);
        object::inline_value_mut(&mut self.frames, at).copy_from_slice(bytes);
    }

    /// Fills a fresh slot up to where the value begins.
    pub(super) fn write_header_and_key(
        &mut self,
        now: Now,
        at: Ref,
        header: Header,
        key: &Key<'_>,
        deadline: Option<i64>,
    ) {
        *object::header_mut(&mut self.frames, at) = header;
        let (offset, size) = (header.key_offset(), key.name.len() as u32);
        self.frames.bytes_mut(at, offset + size)[offset as usize..].copy_from_slice(key.name);
        if let Some(deadline) = deadline {
            object::set_deadline(&mut self.frames, at, deadline);
        }
        self.start_clock(now, at);
    }

    /// The object at `at` is from now on what `key` means; what it meant before is dropped. That
    /// the key changed is for the caller to say.
    pub(super) fn publish(
        &mut self,
        key: &Key<'_>,
        at: Ref,
        existing: Option<(Ref, Place)>,
        has_ttl: bool,
    ) {
        if let Some((old, place)) = existing {
            let was_scheduled = object::header(&self.frames, old).has(FLAG_TTL);
            if was_scheduled {
                self.unschedule(old);
            }
            self.index.replace(&mut self.frames, place, at);
            self.note_lifetime(key, (at, place), was_scheduled, has_ttl);
            self.drop_object(old);
            return;
        }
        let counts = self.databases.counts_mut(key.database);
        counts.keys += 1;
        counts.deadlines += u64::from(has_ttl);
        self.index.insert(&mut self.frames, key.hash, at, key.database, has_ttl);
        if has_ttl {
            self.schedule(at);
        }
    }

    /// An existing key has a new value, written and not yet scheduled.
    fn note_lifetime(
        &mut self,
        key: &Key<'_>,
        (at, place): (Ref, Place),
        was_scheduled: bool,
        has_ttl: bool,
    ) {
        let counts = self.databases.counts_mut(key.database);
        counts.deadlines = counts.deadlines + u64::from(has_ttl) - u64::from(was_scheduled);
        self.index.set_has_ttl(&mut self.frames, place, has_ttl);
        self.index.set_touched(&mut self.frames, place, false);
        if has_ttl {
            self.schedule(at);
        }
    }

    /// Deletes the key; was it there (and not expired)? O(1): large values are freed in slices.
    pub fn delete(&mut self, now: Now, key: &Key<'_>) -> bool {
        let Some(entry) = self.find(now, key) else { return false };
        self.remove(entry.object, entry.place);
        self.changed(key.hash);
        true
    }

    /// Deletes the key, if it is there, that one command alone knows: nobody is told.
    pub fn discard(&mut self, key: &Key<'_>) {
        if let Some((at, place)) = self.locate(key) {
            self.remove(at, place);
        }
    }

    /// Takes an entry out of the index and the wheel, and drops its object.
    pub(super) fn remove(&mut self, at: Ref, place: Place) {
        self.detach(at, place);
        self.drop_object(at);
    }

    /// Takes an entry out of the index and the wheel.
    pub(super) fn detach(&mut self, at: Ref, place: Place) {
        let header = *object::header(&self.frames, at);
        if header.has(FLAG_TTL) {
            self.unschedule(at);
        }
        let counts = self.databases.counts_mut(header.database());
        counts.keys -= 1;
        counts.deadlines -= u64::from(header.has(FLAG_TTL));
        self.index.remove(&mut self.frames, place, header.database());
    }
}
