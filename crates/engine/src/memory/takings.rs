//! What each pool really took, to be held against the plan: a plan that is not what was taken is
//! a wish.
//!
//! Constructors run one after the other and each pool is recorded when it is made, so that what was
//! taken since the last record belongs to it.

/// Pools at most.
const COUNT_MAX: usize = 32;

/// Bytes by pool.
pub struct Takings {
    taken: fn() -> u64,
    before: u64,
    pools: [(&'static str, u64); COUNT_MAX],
    count: usize,
}

impl Takings {
    /// Nothing yet; `taken` tells how many bytes the process has taken in all.
    pub fn new(taken: fn() -> u64) -> Self {
        Self { taken, before: taken(), pools: [("", 0); COUNT_MAX], count: 0 }
    }

    /// For whoever does not ask.
    pub fn unknown() -> Self {
        Self::new(|| 0)
    }

    /// `pool` was just made, and belongs to what the plan calls `name`.
    pub fn made<T>(&mut self, name: &'static str, pool: T) -> T {
        let taken = (self.taken)();
        let bytes = taken - self.before;
        self.before = taken;
        let known = self.pools[..self.count].iter_mut().find(|(known, _)| *known == name);
        if let Some((_, sum)) = known {
            *sum += bytes;
        } else {
            self.pools[self.count] = (name, bytes);
            self.count += 1;
        }
        pool
    }

    /// Name and bytes of each pool.
    pub fn pools(&self) -> &[(&'static str, u64)] {
        &self.pools[..self.count]
    }
}
