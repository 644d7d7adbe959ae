//! Room: what happens when a write needs memory.
//!
//! 1. It is there: the usual case, one comparison.
//! 2. It is there as *debt*: holes that compaction has not closed yet, dead values that the reaper
//!    has not freed yet, flushed databases, keys whose deadline passed. Debt counts as free: it is
//!    paid until the write fits, a step at a time, each step freeing or moving one thing.
//! 3. The policy lets something be evicted.
//! 4. Otherwise the write is refused, and nothing was changed.
//!
//! One call has so many `Steps` for it, and a command that makes many calls has a bound for all of
//! them. What needs more is asked to come back in a later turn, with the room that was made so far;
//! a large value on its way collects its room in slices (`staged`).
use super::Store;
use super::types::{Expiry, Key, Policy, StoreFull};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::Needs;
use crate::resp::request::Value;
use crate::store::index::Insertion;
use crate::store::object;

/// Frames kept free by evicting ahead of need: enough that a write hardly ever waits, measured.
pub(super) const RESERVE_FRAMES: u32 = 4;

/// Steps of debt and eviction that one command takes: about a millisecond of them.
pub(super) const STEPS_MAX: u32 = 1_024;

/// Steps that all calls of one command take together, an eviction counted as several, with the few
/// that commands before it in the turn have taken: some 2,000 evictions, or 60 milliseconds.
pub(super) const ALL_STEPS_MAX: u32 = 1 << 16;

/// What a step (an object moved or freed) counts in bytes of a turn: each takes about a
/// microsecond. An eviction counts as several.
pub(super) const ROOM_STEP_BYTES: u64 = 1 << 10;

/// Steps of debt and eviction that a command may still take.
#[derive(Debug)]
pub struct Steps {
    left_count: u32,
}

impl Steps {
    /// Those of a command that has taken none.
    pub const fn of_command() -> Self {
        Self { left_count: STEPS_MAX }
    }

    /// Takes one. False when none is left.
    const fn take(&mut self) -> bool {
        let is_left = self.left_count > 0;
        self.left_count -= is_left as u32;
        is_left
    }
}

impl Store {
    /// Adds one string of `value_size` bytes under a name of `name_size` bytes to `needs`.
    pub fn need_string(&self, needs: &mut Needs, name_size: usize, value_size: u64, expires: bool) {
        match object::inline_size(name_size, value_size, expires) {
            Some(size) => needs.slot(self.frames.class_of(size)),
            None => self.need_rope(needs, name_size, value_size, expires),
        }
        // Whether its chain is full cannot be known for keys that come before it: assume so.
        needs.slot(Class::CHILD_BUCKET);
    }

    /// Adds what it takes to set `key` to a string of `value_size` bytes that does not expire. An
    /// object that stays in its slot takes nothing, if it cannot be evicted meanwhile.
    pub fn need_set(&self, now: Now, needs: &mut Needs, key: &Key<'_>, value_size: u64) {
        // Who is overdue may be gone before it is written.
        let existing = self.locate(key).map(|(at, _)| at).filter(|at| !self.has_expired(now, *at));
        let stays = self.tuning.policy == Policy::NoEviction
            && existing.is_some_and(|at| {
                let size = object::inline_size(key.name.len(), value_size, false);
                object::header(&self.frames, at).is_whole()
                    && size
                        .is_some_and(|size| self.frames.class_of(size) == self.frames.class_at(at))
            });
        if !stays {
            self.need_string(needs, key.name.len(), value_size, false);
        }
    }

    /// Adds what a staged value needs to become the value of a key: its bytes are there already.
    pub fn need_staged(&self, needs: &mut Needs, name_size: usize) {
        needs.slot(self.frames.class_of(object::rope_size(name_size, false)));
        needs.slot(Class::CHILD_BUCKET);
    }

    /// Makes room for all of `needs` (MSET). The writes that follow at once, with `set_reserved`,
    /// cannot fail.
    pub fn reserve(&mut self, now: Now, needs: &Needs, steps: &mut Steps) -> Result<(), StoreFull> {
        self.make_room(now, needs, None, steps)
    }

    /// What one more key in the chain of `hash` takes.
    pub(super) fn insertion_of(&self, hash: u64) -> Insertion {
        match self.index.insertion(&self.frames, hash) {
            Insertion::Refused if self.is_reserved => Insertion::Child,
            insertion => insertion,
        }
    }

    /// Refuses a new key whose chain takes no more. Dead keys in it are debt, which is paid first.
    pub fn check_chain(
        &mut self,
        now: Now,
        key: &Key<'_>,
        steps: &mut Steps,
    ) -> Result<(), StoreFull> {
        while self.insertion_for(key) == Insertion::Refused {
            if !steps.take() {
                self.frames.marks.reach(Mark::CommandLater);
                return Err(StoreFull::Later);
            }
            self.room_steps += 1;
            if !self.pay_debt() && !self.expire_one(now) {
                self.frames.marks.reach(Mark::ChainRefused);
                return Err(StoreFull::Chain);
            }
        }
        Ok(())
    }

    /// As `set`, for one of several keys for which all was reserved and whose chains were checked.
    /// What those before it have added to its chain does not count: the command happens entirely,
    /// and the chain may become longer by the keys of one command. Nothing is evicted ahead: it
    /// could be one of those before it.
    pub fn set_reserved(&mut self, now: Now, key: &Key<'_>, value: Value<'_>) {
        self.is_reserved = true;
        self.set(now, key, value, Expiry::Clear).expect("room for it was reserved");
        self.is_reserved = false;
    }

    /// Can a slot of `class` be had without evicting anything? Pays debt to find out, but not more
    /// than one command may: for whoever has another way.
    pub(super) fn has_room_for_slot(&mut self, class: Class) -> bool {
        for _ in 0..STEPS_MAX {
            if self.frames.fits_slot(class) {
                return true;
            }
            self.room_steps += 1;
            if !self.pay_debt() {
                return false;
            }
        }
        false
    }

    /// Makes room for one object of `class`, and for its index entry if the key is new.
    #[inline]
    pub(super) fn make_room_for_slot(
        &mut self,
        now: Now,
        key: &Key<'_>,
        class: Class,
        is_new: bool,
    ) -> Result<(), StoreFull> {
        let insertion = if is_new { self.insertion_of(key.hash) } else { Insertion::Free };
        let ahead =
            self.frames.spare_count() >= RESERVE_FRAMES || self.tuning.policy == Policy::NoEviction;
        if insertion == Insertion::Free && ahead && self.frames.fits_slot(class) {
            return Ok(());
        }
        let mut needs = Needs::NONE;
        needs.slot(class);
        self.make_room_for_entry(now, &needs, key, key)
    }

    /// Makes room for `needs` and for an index entry of `target`, if it has none, sparing `source`.
    pub(super) fn make_room_for_entry(
        &mut self,
        now: Now,
        needs: &Needs,
        target: &Key<'_>,
        source: &Key<'_>,
    ) -> Result<(), StoreFull> {
        let mut steps = Steps::of_command();
        loop {
            if !self.is_reserved {
                self.check_chain(now, target, &mut steps)?;
            }
            let insertion = self.insertion_for(target);
            let mut all = needs.clone();
            if insertion != Insertion::Free {
                all.slot(Class::CHILD_BUCKET);
            }
            self.make_room(now, &all, Some(source), &mut steps)?;
            // A key that had to leave may have been in the same chain, which then is one shorter
            // and has given up its last child: the new key will need it again.
            if insertion != Insertion::Free || self.insertion_for(target) == Insertion::Free {
                return Ok(());
            }
        }
    }

    /// Makes room for `needs`, sparing the key that the write is about.
    pub(super) fn make_room(
        &mut self,
        now: Now,
        needs: &Needs,
        spared: Option<&Key<'_>>,
        steps: &mut Steps,
    ) -> Result<(), StoreFull> {
        if self.tuning.policy != Policy::NoEviction {
            self.evict_ahead(now, needs, spared, steps);
        }
        while !self.frames.fits(needs) {
            if !self.may_step(steps) {
                self.frames.marks.reach(Mark::CommandLater);
                return Err(StoreFull::Later);
            }
            if !self.make_some_room(now, needs, spared) {
                return Err(StoreFull::Data);
            }
        }
        Ok(())
    }

    /// Takes one of `steps`. False when there is none, or the command has had its part of a turn.
    pub(super) const fn may_step(&self, steps: &mut Steps) -> bool {
        self.room_steps < ALL_STEPS_MAX && steps.take()
    }

    /// One step towards room for `needs`. False when nothing more can be done.
    pub(super) fn make_some_room(
        &mut self,
        now: Now,
        needs: &Needs,
        spared: Option<&Key<'_>>,
    ) -> bool {
        self.room_steps += 1;
        self.pay_debt()
            || self.expire_one(now)
            || self.tuning.policy != Policy::NoEviction && self.evict_one(now, needs, spared)
    }

    /// What writes have done to make room since `take_room_bytes`, as bytes of a turn's bound.
    pub const fn room_bytes(&self) -> u64 {
        self.room_steps as u64 * ROOM_STEP_BYTES
    }

    /// As `room_bytes`, which then begins from nothing.
    pub const fn take_room_bytes(&mut self) -> u64 {
        let bytes = self.room_bytes();
        self.room_steps = 0;
        bytes
    }

    /// Pays at most so many steps of debt.
    pub fn pay_slice(&mut self, step_count: u32) {
        for _ in 0..step_count {
            if !self.pay_debt() {
                return;
            }
        }
    }

    /// Deletes a key past its deadline. False when there is none.
    fn expire_one(&mut self, now: Now) -> bool {
        let is_expired = self.expire_overdue(now, 1) > 0;
        if is_expired {
            self.frames.marks.reach(Mark::OverdueExpired);
        }
        is_expired
    }

    /// Pays one step of debt. False when there is none left.
    pub(super) fn pay_debt(&mut self) -> bool {
        self.pay(true)
    }

    /// As `pay_debt`, but classes may keep the holes that they keep between turns.
    pub(super) fn pay_due_debt(&mut self) -> bool {
        self.pay(false)
    }

    fn pay(&mut self, all_holes: bool) -> bool {
        let is_paid = self.close_hole(all_holes) || self.reap_one() || self.reap_flushed(1) > 0;
        if is_paid {
            self.counters.debt_paid += 1;
            self.frames.marks.reach(Mark::DebtPaid);
        }
        is_paid
    }
}

#[cfg(test)]
#[path = "room_test.rs"]
mod room_test;
