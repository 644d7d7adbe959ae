//! Deadlines of keys: the wheel, seen from the keyspace.
use super::types::{Key, StoreFull};
use super::{Store, object};
use crate::clock::Now;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::object::FLAG_TTL;

/// Steps of the wheel that deleting one key may take: slots to look at, entries to link again.
const WORK_PER_KEY: u32 = 4;

/// The latest deadline that has passed: as in Redis, a key lives through the millisecond that its
/// deadline names.
fn last_passed(now: Now) -> i64 {
    now.unix_ms() - i64::from(!is_planted(Bug::ExpiredEarly))
}

impl Store {
    /// A deadline was written into an object that had none: it dies in time.
    pub(super) fn schedule(&mut self, at: Ref) {
        self.wheel.link(&mut self.frames, at);
    }

    /// The object no longer has a deadline, or is about to be dropped.
    pub(super) fn unschedule(&mut self, at: Ref) {
        self.wheel.unlink(&mut self.frames, at);
    }

    /// Changes the deadline of an object that has one.
    pub(super) fn reschedule(&mut self, at: Ref, deadline: i64) {
        self.wheel.set_deadline(&mut self.frames, at, deadline);
    }

    /// An object with a deadline moved.
    pub(super) fn moved_scheduled(&mut self, from: Ref, to: Ref) {
        self.wheel.relinked(&mut self.frames, from, to);
    }

    /// Deletes keys whose deadline passed, as many as some `budget` of work allows; returns how
    /// many. More wait while `has_overdue` says so.
    pub(super) fn expire_overdue(&mut self, now: Now, budget: u32) -> u32 {
        let mut work = budget.saturating_mul(WORK_PER_KEY);
        let mut expired_count = 0;
        while expired_count < budget
            && let Some(at) = self.wheel.next_due(&mut self.frames, last_passed(now), &mut work)
        {
            let hash = self.hash_of(at);
            let place = self.index.find_ref(&self.frames, hash, at);
            let place = place.expect("a key's object is in the chain of its hash");
            self.expire(hash, at, place);
            expired_count += 1;
        }
        expired_count
    }

    /// Is there work for the wheel at this time?
    pub(super) fn has_overdue(&self, now: Now) -> bool {
        self.wheel.has_work(last_passed(now))
    }

    /// No key dies before this, in Unix milliseconds: how long an idle server may sleep.
    pub fn next_deadline(&self) -> Option<i64> {
        let next = self.wheel.next_deadline().filter(|_| self.tuning.active_expire);
        next.map(|deadline| deadline.saturating_add(1))
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
            _ => {
                self.make_renamable(now, key, key.name.len())?;
                self.reshape(now, key, key, deadline)?;
            }
        }
        self.changed(key.hash);
        Ok(())
    }
}
