//! Room: what happens when a write needs memory.
//!
//! 1. It is there: the usual case, one comparison.
//! 2. It is there as *debt*: holes that compaction has not closed yet, dead values that the reaper
//!    has not freed yet, flushed databases, keys whose deadline passed. Debt counts as free: it is
//!    paid until the write fits, a step at a time, each step freeing or moving one thing.
//! 3. The policy lets something be evicted.
//! 4. Otherwise the write is refused, and nothing was changed.
use super::Store;
use super::types::{Key, Policy, StoreFull};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::Needs;
use crate::store::index::Insertion;
use crate::store::object;

/// Frames kept free by evicting ahead of need: enough that a write hardly ever waits, measured.
pub(super) const RESERVE_FRAMES: u32 = 4;

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

    /// Adds what a staged value needs to become the value of a key: its bytes are there already.
    pub fn need_staged(&self, needs: &mut Needs, name_size: usize) {
        needs.slot(self.frames.class_of(object::rope_size(name_size, false)));
        needs.slot(Class::CHILD_BUCKET);
    }

    /// Makes room for all of `needs` (MSET). The writes that follow at once, until
    /// `end_reservation`, cannot fail for room, and evict nothing: not each other.
    pub fn reserve(&mut self, now: Now, needs: &Needs) -> Result<(), StoreFull> {
        self.make_room(now, needs, None)?;
        self.is_reserved = true;
        Ok(())
    }

    /// The writes that room was reserved for are done.
    pub const fn end_reservation(&mut self) {
        self.is_reserved = false;
    }

    /// Refuses a key whose chain is full already, unless it is there: for `reserve`, after which
    /// the chains of the keys that are written may grow by those.
    pub fn check_chain(&self, key: &Key<'_>) -> Result<(), StoreFull> {
        let is_full = self.index.insertion(&self.frames, key.hash) == Insertion::Refused;
        if is_full && self.locate(key).is_none() { Err(StoreFull::Chain) } else { Ok(()) }
    }

    /// What one more key in the chain of `hash` takes.
    pub(super) fn insertion_of(&self, hash: u64) -> Insertion {
        match self.index.insertion(&self.frames, hash) {
            Insertion::Refused if self.is_reserved => Insertion::Child,
            insertion => insertion,
        }
    }

    /// Can a slot of `class` be had without evicting anything? Pays debt to find out.
    pub(super) fn has_room_for_slot(&mut self, class: Class) -> bool {
        while !self.frames.fits_slot(class) {
            if !self.pay_debt() {
                return false;
            }
        }
        true
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

    /// Adds what `insertion` says to `needs`.
    fn need_entry(&self, needs: &mut Needs, insertion: Insertion) -> Result<(), StoreFull> {
        match insertion {
            Insertion::Free => {}
            Insertion::Child => needs.slot(Class::CHILD_BUCKET),
            Insertion::Refused => {
                self.frames.marks.reach(Mark::ChainRefused);
                return Err(StoreFull::Chain);
            }
        }
        Ok(())
    }

    /// Makes room for `needs` and for an index entry of `target`, if it has none, sparing `source`.
    pub(super) fn make_room_for_entry(
        &mut self,
        now: Now,
        needs: &Needs,
        target: &Key<'_>,
        source: &Key<'_>,
    ) -> Result<(), StoreFull> {
        loop {
            let insertion = self.insertion_for(target);
            let mut all = needs.clone();
            self.need_entry(&mut all, insertion)?;
            self.make_room(now, &all, Some(source))?;
            // A key that had to leave may have been in the same chain, which then is one shorter
            // and has given up its last child: the new key will need it again.
            if insertion == Insertion::Child || self.insertion_for(target) == Insertion::Free {
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
    ) -> Result<(), StoreFull> {
        if self.tuning.policy != Policy::NoEviction {
            self.evict_ahead(now, needs, spared);
        }
        while !self.frames.fits(needs) {
            if self.pay_debt() {
                continue;
            }
            if self.expire_overdue(now, 1) > 0 {
                self.frames.marks.reach(Mark::OverdueExpired);
                continue;
            }
            if self.tuning.policy == Policy::NoEviction || !self.evict_one(now, needs, spared) {
                return Err(StoreFull::Data);
            }
        }
        Ok(())
    }

    /// Pays one step of debt. False when there is none left.
    pub(super) fn pay_debt(&mut self) -> bool {
        let is_paid = self.close_hole(true) || self.reap_one() || self.reap_flushed(1) > 0;
        if is_paid {
            self.counters.debt_paid += 1;
            self.frames.marks.reach(Mark::DebtPaid);
        }
        is_paid
    }
}
