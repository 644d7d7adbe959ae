//! The end of a turn: expiry, reaping and density, each within a bound of counted work.
use super::Store;
use super::compaction::SPARE_MOVES;
use crate::clock::Now;

/// Keys that one turn expires at least, if so many are due.
const EXPIRE_MAX: u32 = 64;
/// Large values' pieces that one turn frees.
const REAP_MAX: u32 = 64;
/// Buckets of flushed databases that one turn looks at.
const FLUSHED_BUCKETS_MAX: u32 = 128;

/// Buckets that one turn looks at for objects in too large a slot.
const SETTLE_BUCKETS_MAX: u32 = 32;

impl Store {
    /// End of a turn that ran `command_count` commands: density, expiry, reaping, each within its
    /// counted bound. True while more of it waits.
    pub fn turn(&mut self, now: Now, command_count: u32) -> bool {
        let mut more = false;
        if self.tuning.active_expire {
            // About a quarter of the turn while keys are overdue.
            self.expire_overdue(now, EXPIRE_MAX + command_count / 4);
            more |= self.has_overdue(now);
        }
        more |= self.reap(REAP_MAX);
        if self.databases.any_flushed() {
            self.reap_flushed(FLUSHED_BUCKETS_MAX);
            more |= self.databases.any_flushed();
        }
        let budget = self.freed_count + SPARE_MOVES;
        let moved_count = self.compact(budget);
        self.freed_count = 0;
        self.key_count_max = self.key_count_max.max(self.total_key_count());
        more |= self.settle(SETTLE_BUCKETS_MAX);
        more || moved_count == budget
    }
}
