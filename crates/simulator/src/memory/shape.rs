//! What one stored value looks like in memory.
//!
//! An object has a header of 12 bytes, 16 more with a deadline, its name, and its value or the 56
//! bytes of a rope's root. An object that became smaller may have stayed in its slot, if there was
//! none of its own size: `slot_max` is the largest that it may still have.
use super::SLOT_SIZE_MAX;
use super::classes::Classes;
use super::rope::Rope;

pub(super) const HEADER_SIZE: u64 = 12;
const DEADLINE_SIZE: u64 = 16;
pub(super) const ROOT_SIZE: u64 = 56;

/// What of a key's content decides about its memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stored {
    /// Bytes of the name.
    pub key_size: u64,
    /// Bytes of the value.
    pub value_size: u64,
    /// It has a deadline.
    pub has_deadline: bool,
}

/// How a value lies in memory, as far as its content does not say it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Shape {
    pub(super) slot_max: u32,
    pub(super) rope: Option<Rope>,
}

impl Stored {
    fn fixed_size(self) -> u64 {
        HEADER_SIZE + if self.has_deadline { DEADLINE_SIZE } else { 0 } + self.key_size
    }

    /// Can name and value share a slot?
    pub(super) fn is_small(self) -> bool {
        self.fixed_size() + self.value_size <= SLOT_SIZE_MAX
    }

    /// The slot of the object, whose value is in it or in a rope.
    pub(super) fn slot(self, classes: &Classes, is_rope: bool) -> u32 {
        let value_size = if is_rope { ROOT_SIZE } else { self.value_size };
        classes.slot(self.fixed_size() + value_size)
    }
}
