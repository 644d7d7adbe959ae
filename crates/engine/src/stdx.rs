//! Things that could have been in `core`, but are not.

/// `size` rounded up to a multiple of `unit`.
pub const fn round_up(size: u64, unit: u64) -> u64 {
    size.div_ceil(unit) * unit
}
