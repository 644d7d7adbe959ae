//! References into data memory.
use crate::memory::classes::GRANULE;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A reference: an offset into the frames, in granules of 16 bytes. 0 is none.
#[derive(
    Clone, Copy, Debug, Default, Eq, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
#[repr(transparent)]
pub struct Ref(u32);

impl Ref {
    /// No reference.
    pub const NONE: Self = Self(0);

    /// The reference with this number.
    pub const fn from_u32(number: u32) -> Self {
        Self(number)
    }

    /// The number, for storing.
    pub const fn as_u32(self) -> u32 {
        self.0
    }

    /// Refers to nothing.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Offset in bytes.
    #[inline]
    pub const fn offset(self) -> usize {
        self.0 as usize * GRANULE as usize
    }
}
