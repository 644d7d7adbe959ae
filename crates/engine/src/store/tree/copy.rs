//! A tree once more: what that takes, and the making.
use super::Tree;
use super::node::{PageAt, children, children_mut, header, header_mut, inner_size};
use crate::memory::frames::{Frames, Needs, Ref};

impl Tree {
    /// Adds the slots of all nodes to `needs`. O(nodes).
    pub fn copy_needs(&self, frames: &Frames, needs: &mut Needs) {
        needs_below(frames, self.root, needs);
    }

    /// The leaves, in order, are visited. O(nodes).
    pub fn for_each_leaf(&self, frames: &Frames, visit: &mut impl FnMut(PageAt)) {
        leaves_below(frames, self.root, visit);
    }

    /// Copies all nodes for the key's object `owner`; what they need is there. Cells still refer to
    /// the objects of the tree that is copied. O(nodes).
    #[must_use = "nobody else knows the nodes"]
    pub fn copy(&self, frames: &mut Frames, owner: Ref) -> Self {
        let root = copy_below(frames, self.root, owner);
        Self { root, owner, ..*self }
    }
}

fn needs_below(frames: &Frames, at: Ref, needs: &mut Needs) {
    needs.slot(frames.class_at(at));
    if !header(frames, at).is_leaf() {
        for child in children(frames, at) {
            needs_below(frames, child.at, needs);
        }
    }
}

fn leaves_below(frames: &Frames, at: Ref, visit: &mut impl FnMut(PageAt)) {
    if header(frames, at).is_leaf() {
        visit(PageAt::of_leaf(frames, at));
        return;
    }
    for child in children(frames, at) {
        leaves_below(frames, child.at, visit);
    }
}

fn copy_below(frames: &mut Frames, from: Ref, parent: Ref) -> Ref {
    let class = frames.class_at(from);
    let to = frames.allocate(class);
    let head = *header(frames, from);
    if head.is_leaf() {
        frames.copy_slot(class, from, to);
    } else {
        let count = usize::from(head.count);
        frames.copy_bytes(from.offset(), to.offset(), inner_size(count));
        for index in 0..count {
            let below = children(frames, from)[index].at;
            let copied = copy_below(frames, below, to);
            children_mut(frames, to, count)[index].at = copied;
        }
    }
    header_mut(frames, to).parent = parent;
    to
}
