//! How much data memory there is, and whether something fits.
use super::chains::{Hashing, all_children};
use super::classes::Classes;
use super::need::Need;
use super::rope::Rope;
use super::shape::{HEADER_SIZE, ROOT_SIZE};
use super::usage::Usage;
use super::{CHILD_SIZE, SLOT_SIZE_MAX, UNSTAGED_SIZE_MAX};
use granite_engine::limits::Limits;
use granite_engine::store::Division;
use std::collections::BTreeMap;

/// Data memory as the plan divides it.
#[derive(Clone, Debug)]
pub struct Room {
    pub(super) classes: Classes,
    pub(super) hashing: Hashing,
    frame_count: u64,
    staged_max: u64,
    watches_max: u64,
    reply_max: u64,
    queue_size_min: u64,
}

impl Room {
    /// The room that a server with these limits prints in its plan. `hash_key` is what the index
    /// was made with.
    pub fn of(limits: &Limits, hash_key: [u8; 16]) -> Self {
        let Division { bucket_count, frame_count } = Division::of(limits);
        let (low, high) =
            (u128::from_le_bytes(hash_key) as u64, u128::from_le_bytes(hash_key) >> 64);
        Self {
            classes: Classes::new(u64::from(limits.frame_size)),
            hashing: Hashing { key: (low, high as u64), bucket_count: u64::from(bucket_count) },
            frame_count: u64::from(frame_count),
            staged_max: u64::from(limits.staged_max),
            watches_max: u64::from(limits.watches_max),
            reply_max: limits.reply_max,
            // A quarter of what is free, when another connection has its quarter; arguments lie
            // in one block each, so that up to a half of a block may be unused.
            queue_size_min: limits
                .request_size_max
                .min(u64::from(limits.queue_blocks()) * 3 / 16 * 20_544)
                / 2,
        }
    }

    /// Frames of all data memory.
    pub const fn frame_count(&self) -> u64 {
        self.frame_count
    }

    /// Large values of all connections on their way or queued.
    pub const fn staged_max(&self) -> u64 {
        self.staged_max
    }

    /// Keys watched by all connections.
    pub const fn watches_max(&self) -> u64 {
        self.watches_max
    }

    /// Bytes of the largest reply that is no value.
    pub const fn reply_max(&self) -> u64 {
        self.reply_max
    }

    /// Bytes that a transaction of a few connections can queue in any case.
    pub const fn queue_size_min(&self) -> u64 {
        self.queue_size_min
    }

    /// What an argument takes while it arrives, or while MULTI has it queued.
    pub fn staged(&self, argument_size: u64) -> Need {
        if argument_size <= UNSTAGED_SIZE_MAX {
            return Need::default();
        }
        Rope::full(&self.classes, argument_size).1
    }

    /// What a text of a collection takes that is too long for its cell.
    pub fn text(&self, size: u64) -> Need {
        let mut need = Need::default();
        if HEADER_SIZE + size <= SLOT_SIZE_MAX {
            need.slot(self.classes.slot(HEADER_SIZE + size));
        } else {
            need = Rope::full(&self.classes, size).1;
            need.slot(self.classes.slot(HEADER_SIZE + ROOT_SIZE));
        }
        need
    }

    /// Frames that are enough for `need`, whatever else there is.
    pub fn frames_at_most(&self, need: &Need) -> u64 {
        self.frames(&need.slots, need.children) + need.frames
    }

    /// Bytes of a frame.
    pub const fn frame_size(&self) -> u64 {
        self.classes.frame_size
    }

    /// Is an argument so long that it goes into frames while it arrives?
    pub const fn is_staged(argument_size: u64) -> bool {
        argument_size > UNSTAGED_SIZE_MAX
    }

    /// Is there room for `need` beside `usage`, once all debt is paid?
    pub fn fits(&self, usage: &Usage, need: &Need) -> bool {
        let mut slots = usage.slots.clone();
        need.slots.iter().for_each(|(size, count)| *slots.entry(*size).or_default() += count);
        let (_, children) = all_children(&usage.chains, usage.scattered);
        let frames = self.frames(&slots, children + need.children) + usage.frames + need.frames;
        frames <= self.frame_count
    }

    /// As `fits`, with every object that may be in too large a slot counted there too.
    pub(super) fn fits_unsettled(&self, usage: &Usage, need: &Need) -> bool {
        let mut usage = usage.clone();
        for (_, slot_max) in std::mem::take(&mut usage.unsettled) {
            usage.add_slot(slot_max);
        }
        self.fits(&usage, need)
    }

    /// Can these contents be stored at all? The least that they can take: objects that may have
    /// stayed in a larger slot count by their bytes alone.
    pub fn holds(&self, usage: &Usage) -> bool {
        let mut slots = usage.slots.clone();
        for (own, _) in &usage.unsettled {
            *slots.get_mut(own).expect("it is counted there too") -= 1;
        }
        let (children, _) = all_children(&usage.chains, usage.scattered);
        let by_class = self.frames(&slots, children) + usage.frames;
        let bytes: u64 = usage.slots.iter().map(|(size, count)| u64::from(*size) * count).sum();
        let bytes = bytes + children * u64::from(CHILD_SIZE);
        let by_bytes = bytes.div_ceil(self.classes.frame_size) + usage.frames;
        by_class.max(by_bytes) <= self.frame_count
    }

    fn frames(&self, slots: &BTreeMap<u32, u64>, children: u64) -> u64 {
        let of_slots: u64 =
            slots.iter().map(|(size, count)| count.div_ceil(self.classes.per_frame(*size))).sum();
        of_slots + children.div_ceil(self.classes.per_frame(CHILD_SIZE))
    }
}
