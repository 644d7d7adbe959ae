//! How full each pool of the connections is: figures for INFO and MEMORY, taken once a turn.

/// One pool.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PoolUsage {
    /// Its name in the plan.
    pub name: &'static str,
    /// Bytes of one unit.
    pub unit_size: u32,
    /// All units.
    pub capacity: u32,
    /// Units in use.
    pub used_count: u32,
    /// The most that were ever in use at once.
    pub used_count_max: u32,
}

/// Pools that `Usage` tells of.
pub const POOL_COUNT: usize = 6;

/// All pools of the connections. The store tells its own figures.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// In the order of the plan.
    pub pools: [PoolUsage; POOL_COUNT],
    /// Connections that wait for a buffer, for the jumbo permit or for the store.
    pub waiting_count: u32,
}
