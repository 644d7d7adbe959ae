//! What a command takes besides what is stored already: slots by size, child buckets of the index,
//! whole frames. What it will give back is not taken off: a command reserves before it changes.
use std::collections::BTreeMap;

/// Slots, child buckets and frames.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Need {
    /// Count of slots for each slot size.
    pub slots: BTreeMap<u32, u64>,
    /// Child buckets.
    pub children: u64,
    /// Whole frames.
    pub frames: u64,
}

impl Need {
    pub(super) fn slot(&mut self, size: u32) {
        *self.slots.entry(size).or_default() += 1;
    }

    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        for (size, count) in &other.slots {
            *self.slots.entry(*size).or_default() += count;
        }
        self.children += other.children;
        self.frames += other.frames;
    }

    /// Nothing at all.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
