//! What contents take when no debt is left. Usages add up: of several models, of what is arriving.
use super::chains::CHAIN_KEYS_MAX;
use super::need::Need;
use std::collections::BTreeMap;

/// Slots, frames and chains in use.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    pub(super) slots: BTreeMap<u32, u64>,
    pub(super) frames: u64,
    /// Keys of each chain.
    pub(super) chains: BTreeMap<u64, u64>,
    /// Keys of whose chain nothing is known.
    pub(super) scattered: u64,
    /// Objects that may be in a larger slot than theirs: their own, and the largest it may be.
    /// They count in `slots` too.
    pub(super) unsettled: Vec<(u32, u32)>,
}

impl Usage {
    /// Adds what other contents take.
    pub fn add(&mut self, other: &Self) {
        let Self { slots, frames, chains, scattered, unsettled } = other;
        for (size, count) in slots {
            *self.slots.entry(*size).or_default() += count;
        }
        for (chain, count) in chains {
            *self.chains.entry(*chain).or_default() += count;
        }
        self.frames += frames;
        self.scattered += scattered;
        self.unsettled.extend(unsettled);
    }

    /// Adds what is taken and belongs to no key: a value that is arriving, queued, or being read.
    pub fn add_parts(&mut self, parts: &Need) {
        for (size, count) in &parts.slots {
            *self.slots.entry(*size).or_default() += count;
        }
        self.frames += parts.frames;
    }

    /// Is there a chain, or may there be one, that takes no more keys?
    pub fn longest_chain_is_full(&self) -> bool {
        let longest = self.chains.values().max().copied().unwrap_or_default();
        longest + self.scattered >= CHAIN_KEYS_MAX
    }

    pub(super) fn add_slot(&mut self, size: u32) {
        *self.slots.entry(size).or_default() += 1;
    }
}
