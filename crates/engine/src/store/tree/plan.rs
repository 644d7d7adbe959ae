//! Putting an element into a tree, first half: what happens to its leaf, and what that takes.
use super::Tree;
use super::grow::inner_needs;
use super::node::{LEAF_SIZE_MAX, NODE_HEADER_SIZE};
use super::order::SCORE_CELL_SIZE;
use super::page::{EMPTY_SIZE, Page};
use super::seek::Path;
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Needs};

/// More elements than any leaf has: 4 KiB hold 819 of the smallest, two bytes and three of the
/// directory. A multiple of 64, for `Marks`.
const LEAF_COUNT_MAX: usize = 1024;

/// A leaf at an end of a list that grows gets one part in so many more than it needs.
const END_SHARE: u32 = 8;

/// An element to be put into a tree.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// Its cell, in pieces; a plan does not look at them.
    pub parts: &'a [&'a [u8]],
    /// Bytes of the cell.
    pub size: u32,
    /// Eight bits of the hash of its name.
    pub tag: u8,
    /// What decides in which subtree it belongs; 0 in a list.
    pub key: u64,
    /// Bytes of its texts.
    pub bytes: u64,
    /// Its texts that are objects of their own.
    pub large_count: u16,
}

impl<'a> Cell<'a> {
    /// That of a score.
    pub fn of_score(parts: &'a [&'a [u8]], key: u64) -> Self {
        let size = SCORE_CELL_SIZE as u32;
        Self { parts, size, tag: 0, key, bytes: 0, large_count: 0 }
    }
}

/// How a leaf is divided: what goes into the left half.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cut {
    /// So many elements; the new one too, if it says so.
    Before(usize, bool),
    /// Elements whose key is less, and which ones of those that are there these are.
    Below(u64, Marks),
}

/// A bit for each element of a leaf.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Marks([u64; LEAF_COUNT_MAX / 64]);

impl Marks {
    const NONE: Self = Self([0; LEAF_COUNT_MAX / 64]);

    fn set(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    fn has(&self, index: usize) -> bool {
        self.0[index / 64] >> (index % 64) & 1 == 1
    }
}

/// What happens to the leaf that gets the element.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Change {
    /// It has room.
    Here,
    /// It moves to a slot of this class.
    Grow(Class),
    /// It is divided.
    Split(Division),
}

/// How a leaf is divided, and what its halves take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Division {
    pub(super) cut: Cut,
    pub(super) classes: [Class; 2],
}

/// What putting an element into a tree does and takes.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) change: Change,
    /// Slots that have to be there.
    pub needs: Needs,
}

impl Plan {
    /// Nothing has to be there.
    pub fn is_free(&self) -> bool {
        self.change == Change::Here
    }
}

impl Tree {
    /// What it takes to put an element before the element `index` of the leaf of `path`.
    pub fn plan(&self, frames: &Frames, path: &Path, index: usize, cell: &Cell<'_>) -> Plan {
        let page = path.page(frames, self.order);
        let more_size = cell.size + self.order.entry_size() as u32;
        let mut needs = Needs::NONE;
        if page.room_size() >= more_size {
            return Plan { change: Change::Here, needs };
        }
        let size = NODE_HEADER_SIZE + page.used_size() + more_size;
        let cut = (size > LEAF_SIZE_MAX && page.count() > 0)
            .then(|| self.cut(frames, path, page, index, cell))
            .flatten();
        let Some(cut) = cut else {
            let is_end = self.is_end_of_list(frames, path);
            let class = frames.class_of(if is_end { size + size / END_SHARE } else { roomy(size) });
            needs.slot(class);
            return Plan { change: Change::Grow(class), needs };
        };
        let (left_size, right_size) = self.sizes_of_halves(page, &cut, cell);
        let class_of = |size: u32| frames.class_of(NODE_HEADER_SIZE + size);
        let (left, right) = (class_of(left_size), class_of(right_size));
        needs.slot(left);
        needs.slot(right);
        inner_needs(frames, path, &mut needs);
        let division = Division { cut, classes: [left, right] };
        Plan { change: Change::Split(division), needs }
    }

    /// Where a leaf is divided; nothing if all its elements have the same key.
    fn cut(
        &self,
        frames: &Frames,
        path: &Path,
        page: Page<'_>,
        index: usize,
        cell: &Cell<'_>,
    ) -> Option<Cut> {
        if self.order.is_hashed() {
            return self.median_key(frames, page, cell.key);
        }
        let count = page.count();
        // Who appends, or puts before all others, leaves full leaves behind.
        if index == count && path.is_last(frames) {
            return Some(Cut::Before(count, false));
        }
        if index == 0 && path.is_first() {
            return Some(Cut::Before(0, true));
        }
        if count == 1 {
            return Some(Cut::Before(index, index == 0));
        }
        let half = page.used_size() / 2;
        let mut size = EMPTY_SIZE;
        let mut left_count = 0;
        while left_count < count - 1 && size < half {
            size += page.cell(left_count).len() as u32 + self.order.entry_size() as u32;
            left_count += 1;
        }
        let left_count = left_count.max(1);
        Some(Cut::Before(left_count, index <= left_count))
    }

    /// A key that divides the elements of a page and one more into two halves.
    fn median_key(&self, frames: &Frames, page: Page<'_>, key: u64) -> Option<Cut> {
        let mut keys = [0; LEAF_COUNT_MAX];
        let count = page.count();
        assert!(count < LEAF_COUNT_MAX, "a leaf has fewer elements");
        for (index, key) in keys[..count].iter_mut().enumerate() {
            *key = self.key_of(frames, page.cell(index));
        }
        keys[count] = key;
        let mut sorted = keys;
        let sorted = &mut sorted[..=count];
        let middle = sorted.len() / 2;
        let (below, &mut median, above) = sorted.select_nth_unstable(middle);
        let pivot = if below.iter().any(|key| *key < median) {
            median
        } else {
            above.iter().copied().filter(|key| *key > median).min()?
        };
        let mut marks = Marks::NONE;
        (0..count).filter(|&index| keys[index] < pivot).for_each(|index| marks.set(index));
        Some(Cut::Below(pivot, marks))
    }

    /// Bytes of the pages of both halves, with the new element in one of them.
    fn sizes_of_halves(&self, page: Page<'_>, cut: &Cut, cell: &Cell<'_>) -> (u32, u32) {
        let entry_size = self.order.entry_size() as u32;
        let mut sizes = [EMPTY_SIZE; 2];
        for index in 0..page.count() {
            let size = page.cell(index).len() as u32 + entry_size;
            sizes[usize::from(!cut.is_left(index))] += size;
        }
        let is_left = cut.takes(cell.key);
        sizes[usize::from(!is_left)] += cell.size + entry_size;
        (sizes[0], sizes[1])
    }
}

impl Cut {
    /// Does the new element, with this key, go to the left?
    pub(super) fn takes(&self, key: u64) -> bool {
        match self {
            Self::Before(_, new_is_left) => *new_is_left,
            Self::Below(pivot, _) => key < *pivot,
        }
    }

    /// Does the element `index` go to the left?
    pub(super) fn is_left(&self, index: usize) -> bool {
        match self {
            Self::Before(count, _) => index < *count,
            Self::Below(_, marks) => marks.has(index),
        }
    }
}

/// What a leaf takes that needs `size` bytes: where classes are narrow a little more, so that not
/// every element moves it.
pub fn roomy(size: u32) -> u32 {
    if size < 512 { size + size / 16 } else { size }
}
