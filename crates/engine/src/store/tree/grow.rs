//! Inner nodes that get one more child: they grow, or become two, up to a new root.
use super::Tree;
use super::node::{
    CHILD_COUNT_MAX, Child, Header, children, children_mut, header, header_mut, inner_size,
};
use super::seek::{Path, Step};
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Needs, Ref};
use crate::planted::{Bug, is_planted};

impl Tree {
    /// The node that `path` has at `depth` has become two: its parent is told, which may itself
    /// become two.
    pub(super) fn insert_child(
        &mut self,
        frames: &mut Frames,
        path: &Path,
        depth: usize,
        [mut left, right]: [Child; 2],
    ) {
        if depth == 0 {
            self.grow_root(frames, [left, right]);
            return;
        }
        let step = path.steps()[depth - 1];
        let (node, index) = (step.node, usize::from(step.index));
        left.key = children(frames, node)[index].key;
        *child_mut(frames, node, index) = left;
        for child in [left, right] {
            header_mut(frames, child.at).parent = node;
        }
        match inner_change(frames, step) {
            InnerChange::Here => insert_at(frames, node, index + 1, right),
            InnerChange::Grow(class) => {
                let to = self.resize_inner(frames, path, depth - 1, class);
                insert_at(frames, to, index + 1, right);
                header_mut(frames, right.at).parent = to;
            }
            InnerChange::Split(left_count, classes) => {
                let halves = self.split_inner(frames, node, left_count, classes, (index, right));
                frames.free(frames.class_at(node), node);
                self.insert_child(frames, path, depth - 1, halves);
            }
        }
    }

    /// Adds what it takes to put a leaf behind the last one, besides the leaf.
    pub fn append_needs(&self, frames: &Frames, needs: &mut Needs) {
        inner_needs(frames, &self.last_leaf(frames), needs);
    }

    /// Puts a leaf behind the last one. Its elements have keys from the given one on, above those
    /// of all others; so many they are, and so many bytes their texts have.
    pub fn append_leaf(
        &mut self,
        frames: &mut Frames,
        leaf: Ref,
        (key, count, bytes): (u64, u32, u64),
    ) {
        let path = self.last_leaf(frames);
        let new = Child { key, bytes, count, at: leaf };
        let Some((last, above)) = path.steps().split_last() else {
            let (count, bytes) = self.totals(frames);
            let only = Child { key: 0, bytes, count: count as u32, at: path.leaf };
            self.grow_root(frames, [only, new]);
            return;
        };
        // The leaf's parent is told what is below it with the leaf itself.
        count_up(frames, above, (count, bytes));
        let before = children(frames, last.node)[usize::from(last.index)];
        self.insert_child(frames, &path, path.steps().len(), [before, new]);
    }

    /// Divides an inner node, with one more child behind the child `index`.
    fn split_inner(
        &self,
        frames: &mut Frames,
        node: Ref,
        left_count: usize,
        (left_class, right_class): (Class, Class),
        (index, new): (usize, Child),
    ) -> [Child; 2] {
        frames.marks.reach(Mark::InnerSplit);
        let parent = header(frames, node).parent;
        let count = children(frames, node).len();
        let halves = [frames.allocate(left_class), frames.allocate(right_class)];
        let mut sums = [Child { key: 0, bytes: 0, count: 0, at: Ref::NONE }; 2];
        for half in halves {
            *header_mut(frames, half) = Header::inner(self.order, 0, parent);
        }
        for place in 0..=count {
            let child = match place {
                place if place <= index => children(frames, node)[place],
                place if place == index + 1 => new,
                place => children(frames, node)[place - 1],
            };
            let side = usize::from(place >= left_count);
            let end = usize::from(header(frames, halves[side]).count);
            if end == 0 {
                sums[side].key = child.key;
            }
            sums[side].count += child.count;
            sums[side].bytes += child.bytes;
            insert_at(frames, halves[side], end, child);
            header_mut(frames, child.at).parent = halves[side];
        }
        sums[0].at = halves[0];
        sums[1].at = halves[1];
        sums
    }

    fn grow_root(&mut self, frames: &mut Frames, halves: [Child; 2]) {
        frames.marks.reach(Mark::RootGrown);
        let root = frames.allocate(frames.class_of(inner_size(2)));
        *header_mut(frames, root) = Header::inner(self.order, 0, self.owner);
        for (index, child) in halves.into_iter().enumerate() {
            insert_at(frames, root, index, child);
            header_mut(frames, child.at).parent = root;
        }
        self.root = root;
    }

    /// An inner node in a slot of another class; parent and children are told.
    pub(super) fn resize_inner(
        &mut self,
        frames: &mut Frames,
        path: &Path,
        depth: usize,
        class: Class,
    ) -> Ref {
        frames.marks.reach(Mark::InnerMoved);
        let from = path.steps()[depth].node;
        let to = frames.allocate(class);
        let count = children(frames, from).len();
        frames.copy_bytes(from.offset(), to.offset(), inner_size(count));
        self.replace_node(frames, path, depth, to);
        super::moves::adopt_children(frames, to);
        frames.free(frames.class_at(from), from);
        to
    }
}

/// What happens to an inner node that gets one more child.
#[derive(Clone, Copy, Debug)]
enum InnerChange {
    Here,
    Grow(Class),
    /// So many of them go to the left.
    Split(usize, (Class, Class)),
}

fn inner_change(frames: &Frames, step: Step) -> InnerChange {
    let count = children(frames, step.node).len();
    let slot_size = frames.class_size(frames.class_at(step.node));
    if inner_size(count + 1) <= slot_size {
        return InnerChange::Here;
    }
    if count < CHILD_COUNT_MAX {
        let wanted = (count + 1 + count / 8).min(CHILD_COUNT_MAX);
        return InnerChange::Grow(frames.class_of(inner_size(wanted)));
    }
    // Who appends leaves full nodes behind.
    let left_count = if usize::from(step.index) + 1 == count { count } else { count / 2 };
    let class = |count: usize| frames.class_of(inner_size(count));
    InnerChange::Split(left_count, (class(left_count), class(count + 1 - left_count)))
}

/// Adds what the inner nodes above a leaf take when it becomes two.
pub(super) fn inner_needs(frames: &Frames, path: &Path, needs: &mut Needs) {
    for step in path.steps().iter().rev() {
        match inner_change(frames, *step) {
            InnerChange::Here => return,
            InnerChange::Grow(class) => {
                needs.slot(class);
                return;
            }
            InnerChange::Split(_, (left, right)) => {
                needs.slot(left);
                needs.slot(right);
            }
        }
    }
    needs.slot(frames.class_of(inner_size(2)));
}

impl Path {
    /// So many more elements are in the leaf, with so many bytes of texts.
    pub fn count_up(&self, frames: &mut Frames, count: u32, bytes: u64) {
        count_up(frames, self.steps(), (count, bytes));
    }
}

/// So many more elements, with so many bytes of texts, below the children that the steps take.
pub(super) fn count_up(frames: &mut Frames, steps: &[Step], (count, bytes): (u32, u64)) {
    let steps =
        if is_planted(Bug::CountShort) { steps.get(1..).unwrap_or_default() } else { steps };
    for step in steps {
        let child = child_mut(frames, step.node, usize::from(step.index));
        child.count = child.count.checked_add(count).expect("elements are counted in 32 bits");
        child.bytes += bytes;
    }
}

/// A child of an inner node, to be changed.
pub(super) fn child_mut(frames: &mut Frames, node: Ref, index: usize) -> &mut Child {
    let count = usize::from(header(frames, node).count);
    &mut children_mut(frames, node, count)[index]
}

/// Puts a child into an inner node that has room for it.
pub(super) fn insert_at(frames: &mut Frames, node: Ref, index: usize, child: Child) {
    let count = usize::from(header(frames, node).count);
    let slot_size = frames.class_size(frames.class_at(node));
    assert!(inner_size(count + 1) <= slot_size, "reserve first: an inner node has room");
    let children = children_mut(frames, node, count + 1);
    children.copy_within(index..count, index + 1);
    children[index] = child;
    header_mut(frames, node).count += 1;
}
