//! Every pool of the plan with what is in use of it: for INFO memory and MEMORY PLAN.
//!
//! A pool that has no units to hand out (the process image, the index) is in use as a whole.
use crate::commands::slowlog::Slowlog;
use crate::memory::plan::{Part, Plan, PlanRow};
use crate::memory::usage::Usage;
use crate::store::Store;

/// One pool at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Pool<'a> {
    /// Its row in the plan.
    pub row: &'a PlanRow,
    /// Units in use.
    pub used: u64,
    /// The most that were ever in use at once.
    pub used_max: u64,
}

/// What pools are asked about.
#[derive(Clone, Copy)]
pub struct Pools<'a> {
    plan: &'a Plan,
    usage: &'a Usage,
    store: &'a Store,
    slowlog: &'a Slowlog,
}

impl<'a> Pools<'a> {
    /// The pools with what is used of them.
    pub fn new(plan: &'a Plan, usage: &'a Usage, store: &'a Store, slowlog: &'a Slowlog) -> Self {
        Self { plan, usage, store, slowlog }
    }

    /// Every pool in user space, in the order of the plan.
    pub fn iter(self) -> impl Iterator<Item = Pool<'a>> + Clone {
        let rows = self.plan.rows().iter().filter(|row| row.part != Part::Kernel);
        rows.map(move |row| {
            let (used, used_max) = self.used(row).unwrap_or((row.count, row.count));
            Pool { row, used, used_max }
        })
    }

    fn used(&self, row: &PlanRow) -> Option<(u64, u64)> {
        let pair = |used: u32, used_max: u32| (u64::from(used), u64::from(used_max));
        let [pins, staged] = self.store.large_values_used();
        let frames = self.store.frames();
        Some(match row.name {
            "watches" => {
                let (used, used_max) = self.store.watches().used();
                pair(used, used_max)
            }
            "pins" => pair(pins.0, pins.1),
            "staged values" => pair(staged.0, staged.1),
            "slowlog entries" => (self.slowlog.len() as u64, self.slowlog.len_max() as u64),
            "frames" => pair(frames.frame_count() - frames.free_count(), frames.used_count_max()),
            name => {
                let pool = self.usage.pools.iter().find(|pool| pool.name == name)?;
                pair(pool.used_count, pool.used_count_max)
            }
        })
    }
}
