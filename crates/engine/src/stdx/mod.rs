//! Things that could have been in `core`, but are not: numbers as Redis reads and prints them, its
//! glob patterns, a square root. Nothing here knows the rest of the engine.
pub mod double;
pub mod extended;
pub mod glob;
mod natural;
pub mod number;
pub mod permutation;
pub mod root;

/// `size` rounded up to a multiple of `unit`.
pub const fn round_up(size: u64, unit: u64) -> u64 {
    size.div_ceil(unit) * unit
}
