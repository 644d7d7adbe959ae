//! Deadlines of keys: the wheel, seen from the keyspace.
use super::types::{Key, StoreFull};
use super::{Store, object};
use crate::clock::Now;
use crate::memory::frames::Ref;
use crate::store::object::FLAG_TTL;

impl Store {
    /// A deadline was written into an object that had none: it dies in time.
    pub(super) fn schedule(&mut self, at: Ref) {
        let _ = at;
    }

    /// The object no longer has a deadline, or is about to be dropped.
    pub(super) fn unschedule(&mut self, at: Ref) {
        let _ = at;
    }

    /// Changes the deadline of an object that has one.
    pub(super) fn reschedule(&mut self, at: Ref, deadline: i64) {
        self.unschedule(at);
        object::set_deadline(&mut self.frames, at, deadline);
        self.schedule(at);
    }

    /// An object with a deadline moved.
    pub(super) fn moved_scheduled(&mut self, from: Ref, to: Ref) {
        let _ = (from, to);
    }

    /// Deletes up to `budget` keys whose deadline passed; returns how many.
    pub(super) fn expire_overdue(&mut self, now: Now, budget: u32) -> u32 {
        let _ = (now, budget);
        0
    }

    /// Sets or removes the deadline of an existing key. A past one does not delete: the caller
    /// decides. Setting one where there was none needs 16 bytes more and may fail.
    pub fn set_deadline(
        &mut self,
        now: Now,
        key: &Key<'_>,
        deadline: Option<i64>,
    ) -> Result<(), StoreFull> {
        let (at, _) = self.locate(key).expect("the caller found the key");
        let had_ttl = object::header(&self.frames, at).has(FLAG_TTL);
        match deadline {
            None if !had_ttl => return Ok(()),
            Some(deadline) if had_ttl => self.reschedule(at, deadline),
            _ => self.reshape(now, key, key, deadline)?,
        }
        self.changed(key.hash);
        Ok(())
    }
}
