//! From element to element, both ways.
use super::node::{children, header};
use super::seek::Path;
use super::{Page, Tree};
use crate::memory::frames::Frames;
use crate::planted::{Bug, is_planted};

/// An element of a tree. Valid until the next change of the tree, or move of its nodes.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    /// The way to its leaf.
    pub path: Path,
    /// Its position in the leaf.
    pub index: usize,
}

impl Cursor {
    /// The cell of the element; none behind the last one.
    #[inline]
    pub fn cell<'a>(&self, frames: &'a Frames, tree: &Tree) -> Option<&'a [u8]> {
        let page = self.page(frames, tree);
        (self.index < page.count()).then(|| page.cell(self.index))
    }

    fn page<'a>(&self, frames: &'a Frames, tree: &Tree) -> Page<'a> {
        self.path.page(frames, tree.order)
    }

    /// One that stands at the end of a leaf goes to the beginning of the next, if there is one.
    pub fn settle(&mut self, frames: &Frames, tree: &Tree) {
        if self.index >= self.page(frames, tree).count() && self.next_leaf(frames) {
            self.index = 0;
        }
    }

    /// Goes to the next element, or behind the last one.
    #[inline]
    pub fn advance(&mut self, frames: &Frames, tree: &Tree) {
        self.index += 1;
        self.settle(frames, tree);
    }

    /// Goes to the element before; false, and stays, at the first one.
    pub fn retreat(&mut self, frames: &Frames, tree: &Tree) -> bool {
        if self.index > 0 {
            self.index -= 1;
            return true;
        }
        if !self.previous_leaf(frames) {
            return false;
        }
        self.index = self.page(frames, tree).count() - 1;
        true
    }

    fn next_leaf(&mut self, frames: &Frames) -> bool {
        let next = self.path.next(frames);
        if let Some(path) = next {
            self.path = path;
        }
        next.is_some()
    }

    fn previous_leaf(&mut self, frames: &Frames) -> bool {
        let path = &mut self.path;
        let steps = path.steps();
        let Some(depth) = (0..steps.len()).rev().find(|&depth| steps[depth].index > 0) else {
            return false;
        };
        path.steps_mut()[depth].index -= 1;
        path.descend(frames, depth, !is_planted(Bug::WalkBackSkips));
        true
    }
}

impl Tree {
    /// At least the bytes of the texts of the elements from `rank` on, `count` of them: those of
    /// the leaves that they are in. O(log n) and the count of these leaves.
    pub fn bytes_at_most(&self, frames: &Frames, rank: u64, count: u64) -> u64 {
        let (total_count, total_bytes) = self.totals(frames);
        if count >= total_count {
            return total_bytes;
        }
        let (mut path, index) = self.seek_rank(frames, rank);
        let (mut bytes, mut left_count) = (0, count + index as u64);
        while let Some(step) = path.steps().last() {
            let leaf = &children(frames, step.node)[usize::from(step.index)];
            bytes += leaf.bytes;
            left_count = left_count.saturating_sub(u64::from(leaf.count));
            match path.next(frames) {
                Some(next) if left_count > 0 => path = next,
                _ => return bytes,
            }
        }
        total_bytes
    }
}

impl Path {
    /// The way to the next leaf.
    pub fn next(mut self, frames: &Frames) -> Option<Self> {
        let is_last = |depth: &usize| {
            let step = self.steps()[*depth];
            usize::from(step.index) + 1 == children(frames, step.node).len()
        };
        let depth = (0..self.steps().len()).rev().find(|depth| !is_last(depth))?;
        self.steps_mut()[depth].index += 1;
        self.descend(frames, depth, false);
        Some(self)
    }

    /// From the child that the step at `depth` takes, down to its first or last leaf.
    fn descend(&mut self, frames: &Frames, depth: usize, last: bool) {
        let step = self.steps()[depth];
        self.cut(depth + 1);
        self.leaf = children(frames, step.node)[usize::from(step.index)].at;
        while !header(frames, self.leaf).is_leaf() {
            let node = self.leaf;
            let children = children(frames, node);
            let index = if last { children.len() - 1 } else { 0 };
            self.push(node, index);
            self.leaf = children[index].at;
        }
    }
}
