//! The end of a turn: expiry, reaping and density, each within a bound of counted work.
//!
//! A turn that ran `n` commands does at most `EXPIRE_MAX + n` steps of each kind, and as many moves
//! as slots were freed; a step touches one object, or one bucket and its chain. INFO shows the most
//! that a turn ever did.
use super::Store;
use super::compaction::SPARE_MOVES;
use crate::clock::Now;

/// Parts of large values that one turn frees, if so many are due.
const WORK_MAX: u32 = 64;
/// Keys that one turn expires, if so many are due: some 50 us of it. Turns without pipelines run
/// only some 30 commands, and a million keys of one second must be gone within three.
const EXPIRE_MAX: u32 = 160;
/// Buckets that one turn looks at for keys of flushed databases: some 650 keys, and as many objects
/// that move. With 96 a turn of ten million keys came up to a millisecond.
const FLUSHED_BUCKETS_MAX: u32 = 64;
/// Buckets that one turn looks at for objects in too large a slot.
const SETTLE_BUCKETS_MAX: u32 = 32;

impl Store {
    /// Between slices of a transaction no key goes because its time has come.
    pub const fn hold_expiry(&mut self, is_held: bool) {
        self.is_expiry_held = is_held;
    }

    /// End of a turn that ran `command_count` commands. True while more waits.
    pub fn turn(&mut self, now: Now, command_count: u32) -> bool {
        let mut work = 0;
        let mut more = false;
        if self.tuning.active_expire && !self.is_expiry_held {
            // About a quarter of the turn while keys are overdue.
            work += self.expire_overdue(now, EXPIRE_MAX + command_count / 4);
            more |= self.has_overdue(now);
        }
        let parts = WORK_MAX + command_count;
        more |= self.reap(parts);
        if self.databases.any_flushed() {
            work += self.reap_flushed(FLUSHED_BUCKETS_MAX);
            more |= self.databases.any_flushed();
        }
        let budget = self.freed_count + SPARE_MOVES;
        let moved_count = self.compact(budget);
        more |= moved_count == budget;
        if self.settle(SETTLE_BUCKETS_MAX) {
            work += SETTLE_BUCKETS_MAX;
            more = true;
        }
        work += moved_count + self.freed_count;
        self.freed_count = 0;
        self.counters.turn_work_max = self.counters.turn_work_max.max(u64::from(work));
        more
    }
}
