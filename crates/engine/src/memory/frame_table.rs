//! Which frame belongs to whom: every frame is in one group, and the frames of a group lie side by
//! side in one array. So a random frame of a class is one array access (eviction samples so), and a
//! class that lost its top frame finds another at once.
//!
//! Groups in order: one per class, whole frames (of ropes), free. A frame that changes its group
//! passes through those between, one swap each: at most 97, once in a frame's worth of slots.
//!
//! Invariant: `order` and `position` are inverse permutations; `starts` never decreases.
use crate::memory::classes::{CLASS_COUNT_MAX, Class};
use alloc::boxed::Box;

/// Number of a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameId(pub u32);

/// Who uses a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Group(u8);

impl Group {
    /// Frames that ropes use as a whole.
    pub const WHOLE: Self = Self(CLASS_COUNT_MAX as u8);
    /// Frames that nobody uses.
    pub const FREE: Self = Self(CLASS_COUNT_MAX as u8 + 1);

    /// Frames of a class.
    pub const fn of(class: Class) -> Self {
        Self(class.index() as u8)
    }

    const fn index(self) -> usize {
        self.0 as usize
    }

    /// The class whose frames these are.
    #[inline]
    pub const fn class(self) -> Option<Class> {
        if self.0 < Self::WHOLE.0 { Some(Class::from_index(self.0 as usize)) } else { None }
    }
}

const GROUP_COUNT: usize = CLASS_COUNT_MAX + 2;

/// The table of frames.
pub struct FrameTable {
    order: Box<[u32]>,
    position: Box<[u32]>,
    /// The group of each frame, beside what `starts` says, because every free asks.
    groups: Box<[Group]>,
    /// Where each group starts in `order`; one more for the end.
    starts: [u32; GROUP_COUNT + 1],
}

impl FrameTable {
    /// `count` frames, all free.
    pub fn new(count: u32) -> Self {
        let mut starts = [0; GROUP_COUNT + 1];
        starts[GROUP_COUNT] = count;
        Self {
            order: (0..count).collect(),
            position: (0..count).collect(),
            groups: (0..count).map(|_| Group::FREE).collect(),
            starts,
        }
    }

    /// Bytes of the table for each frame.
    pub const fn unit_size() -> u32 {
        9
    }

    /// Frames in `group`.
    pub fn count(&self, group: Group) -> u32 {
        self.starts[group.index() + 1] - self.starts[group.index()]
    }

    /// Frame `index` of `group`; the order within a group means nothing.
    pub fn frame(&self, group: Group, index: u32) -> FrameId {
        assert!(index < self.count(group), "the group has fewer frames");
        FrameId(self.order[(self.starts[group.index()] + index) as usize])
    }

    /// A free frame joins `group`. O(groups).
    pub fn acquire(&mut self, group: Group) -> Option<FrameId> {
        if self.count(Group::FREE) == 0 {
            return None;
        }
        let id = self.frame(Group::FREE, 0);
        for passed in (group.index() + 1..=Group::FREE.index()).rev() {
            // The frame is the last of no group or the first of `passed`: as its first it joins
            // the group before by moving the border.
            let first = self.starts[passed];
            self.swap(self.position[id.0 as usize], first);
            self.starts[passed] += 1;
        }
        self.groups[id.0 as usize] = group;
        Some(id)
    }

    /// A frame of `group` is free again. O(groups).
    pub fn release(&mut self, group: Group, id: FrameId) {
        for passed in group.index() + 1..=Group::FREE.index() {
            let last = self.starts[passed] - 1;
            self.swap(self.position[id.0 as usize], last);
            self.starts[passed] -= 1;
        }
        self.groups[id.0 as usize] = Group::FREE;
    }

    fn swap(&mut self, a: u32, b: u32) {
        self.order.swap(a as usize, b as usize);
        self.position[self.order[a as usize] as usize] = a;
        self.position[self.order[b as usize] as usize] = b;
    }

    /// The group that a frame is in. O(1).
    #[inline]
    pub fn group(&self, id: FrameId) -> Group {
        self.groups[id.0 as usize]
    }

    /// All frames.
    pub fn capacity(&self) -> u32 {
        self.order.len() as u32
    }
}

#[cfg(test)]
#[path = "frame_table_test.rs"]
mod frame_table_test;
