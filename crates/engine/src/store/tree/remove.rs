//! Taking an element out of a tree, and freeing a whole one in slices.
//!
//! Taking out never fails. What makes the tree smaller (a leaf in a smaller slot, two neighbours in
//! one) is done where a slot is at hand, and left for later where none is.
use super::grow::{child_mut, insert_at};
use super::insert::copy_page;
use super::node::{
    CHILD_COUNT_MAX, Child, LEAF_SIZE_MAX, NODE_HEADER_SIZE, PageAt, children, children_mut,
    header, header_mut, inner_size,
};
use super::plan::roomy;
use super::seek::Path;
use super::{Tree, text};
use crate::marks::Mark;
use crate::memory::frames::{Frames, Ref};
use crate::planted::{Bug, is_planted};

/// Two neighbours become one if the smaller has less than this share of what it may have ...
const SPARSE_SHARE: u32 = 2;

/// ... and both together at most seven eighths: what is merged is not split again at once.
const MERGED_LEAF_SIZE_MAX: u32 = LEAF_SIZE_MAX / 8 * 7;
const MERGED_CHILD_COUNT_MAX: usize = CHILD_COUNT_MAX / 8 * 7;

/// A slot that has less than one part in so many free is left as it is.
const SLACK_SHARE: u32 = 16;

/// The same at the ends of a list. More than what a leaf there has in advance when it grows, so
/// that pushes and pops by turns do not move it each time.
const END_SLACK_SHARE: u32 = 5;

impl Tree {
    /// Takes the element `index` of the leaf of `path` out. Objects that its cell refers to are the
    /// caller's now. False when the tree is empty, and gone.
    pub fn remove(&mut self, frames: &mut Frames, path: &Path, index: usize) -> bool {
        let page = path.page_at(frames);
        let cell = page.page(frames, self.order).cell(index);
        let bytes = text::size_of_cell(frames, self.order, cell);
        let large_count = text::large_items(self.order, cell).count();
        page.page_mut(frames, self.order).remove(index);
        if !is_planted(Bug::TextCountKept) {
            header_mut(frames, path.leaf).count -= large_count as u16;
        }
        for step in path.steps() {
            let child = child_mut(frames, step.node, usize::from(step.index));
            child.count -= 1;
            child.bytes -= bytes;
        }
        if page.page(frames, self.order).count() == 0 {
            frames.free(frames.class_at(path.leaf), path.leaf);
            return self.remove_child(frames, path, path.steps().len());
        }
        self.tighten_leaf(frames, path);
        true
    }

    /// Takes elements of the leaf of `path` out, so many from `index` on, and not all of them. No
    /// cell of the leaf refers to an object.
    pub fn remove_run(&mut self, frames: &mut Frames, path: &Path, index: usize, count: usize) {
        let page = path.page_at(frames);
        assert_eq!(header(frames, path.leaf).count, 0, "objects are dropped one by one");
        let size_of = |index: usize| {
            text::size_of_cell(frames, self.order, page.page(frames, self.order).cell(index))
        };
        let bytes: u64 = (index..index + count).map(size_of).sum();
        page.page_mut(frames, self.order).remove_run(index, count);
        for step in path.steps() {
            let child = child_mut(frames, step.node, usize::from(step.index));
            child.count -= count as u32;
            child.bytes -= bytes;
        }
        self.tighten_leaf(frames, path);
    }

    /// Takes the leaf of `path` out with all its elements; it is not the only one. Objects that its
    /// cells refer to are gone before.
    pub fn remove_leaf(&mut self, frames: &mut Frames, path: &Path) {
        frames.marks.reach(Mark::LeafCut);
        let last = *path.steps().last().expect("it is not the only leaf");
        let Child { count, bytes, .. } = children(frames, last.node)[usize::from(last.index)];
        for step in path.steps() {
            let child = child_mut(frames, step.node, usize::from(step.index));
            child.count -= count;
            child.bytes -= if is_planted(Bug::CutBytesKept) { 0 } else { bytes };
        }
        frames.free(frames.class_at(path.leaf), path.leaf);
        self.remove_child(frames, path, path.steps().len());
    }

    /// An element of the leaf of `path` has texts of so many bytes more than before.
    pub fn note_bytes(&self, frames: &mut Frames, path: &Path, more: i64) {
        if is_planted(Bug::BytesKept) {
            return;
        }
        for step in path.steps() {
            let child = child_mut(frames, step.node, usize::from(step.index));
            child.bytes = child.bytes.checked_add_signed(more).expect("bytes are counted exactly");
        }
    }

    /// Puts a leaf that has become small together with a neighbour, or into a smaller slot.
    pub fn tighten_leaf(&mut self, frames: &mut Frames, path: &Path) {
        let used_size = NODE_HEADER_SIZE + path.page(frames, self.order).used_size();
        if used_size < LEAF_SIZE_MAX / SPARSE_SHARE && self.merge_leaf(frames, path) {
            return;
        }
        let here = frames.class_at(path.leaf);
        let wanted = frames.class_of(roomy(used_size));
        let (size, wanted_size) = (frames.class_size(here), frames.class_size(wanted));
        let is_end = self.is_end_of_list(frames, path);
        let slack_share = if is_end { END_SLACK_SHARE } else { SLACK_SHARE };
        if size.saturating_sub(wanted_size) > size / slack_share && frames.fits_slot(wanted) {
            self.resize_leaf(frames, path, wanted);
        }
    }

    /// Puts a leaf and a neighbour into one. False if they are too large, or no slot is at hand.
    fn merge_leaf(&mut self, frames: &mut Frames, path: &Path) -> bool {
        let Some(step) = path.steps().last().copied() else { return false };
        let count = children(frames, step.node).len();
        let index = usize::from(step.index);
        let left_index = if index + 1 < count { index } else { index.wrapping_sub(1) };
        if count < 2 || left_index == usize::MAX {
            return false;
        }
        let [left, right] = [0, 1].map(|side| children(frames, step.node)[left_index + side]);
        let used =
            |child: &Child| PageAt::of_leaf(frames, child.at).page(frames, self.order).used_size();
        let header_size = if is_planted(Bug::MergedShort) { 0 } else { NODE_HEADER_SIZE };
        let size = header_size + used(&left) + used(&right);
        let class = frames.class_of(roomy(size));
        if size > MERGED_LEAF_SIZE_MAX || !frames.fits_slot(class) {
            return false;
        }
        frames.marks.reach(Mark::LeafMerged);
        let to = frames.allocate(class);
        *header_mut(frames, to) = *header(frames, left.at);
        PageAt::of_leaf(frames, to).empty(frames, self.order);
        copy_page(
            frames,
            PageAt::of_leaf(frames, left.at),
            PageAt::of_leaf(frames, to),
            self.order,
        );
        self.append_page(frames, to, right.at);
        self.recount_large(frames, to);
        for child in [left, right] {
            frames.free(frames.class_at(child.at), child.at);
        }
        let merged = child_mut(frames, step.node, left_index);
        merged.at = to;
        merged.count += right.count;
        merged.bytes += right.bytes;
        let mut path = *path;
        let depth = path.steps().len();
        path.steps_mut()[depth - 1].index = left_index as u16 + 1;
        self.remove_child(frames, &path, depth);
        true
    }

    /// Appends all elements of the leaf at `from` to that at `to`, which has room.
    fn append_page(&self, frames: &mut Frames, to: Ref, from: Ref) {
        let source = PageAt::of_leaf(frames, from);
        let lost_count = usize::from(is_planted(Bug::MergeLoses));
        for index in 0..source.page(frames, self.order).count() - lost_count {
            self.append_cell(frames, to, source, index);
        }
    }

    /// The child that `path` takes at `depth - 1` is gone. False when the tree is.
    fn remove_child(&mut self, frames: &mut Frames, path: &Path, depth: usize) -> bool {
        if depth == 0 {
            self.root = Ref::NONE;
            return false;
        }
        let step = path.steps()[depth - 1];
        let count = children(frames, step.node).len();
        if count == 1 {
            frames.free(frames.class_at(step.node), step.node);
            return self.remove_child(frames, path, depth - 1);
        }
        let siblings = children_mut(frames, step.node, count);
        let first_key = siblings[0].key;
        siblings.copy_within(usize::from(step.index) + 1..count, usize::from(step.index));
        header_mut(frames, step.node).count -= 1;
        if step.index == 0 && !is_planted(Bug::FirstKeyKept) {
            lower_first_key(frames, step.node, first_key);
        }
        if depth == 1 && count == 2 {
            // The root has one child left, which takes its place.
            frames.marks.reach(Mark::RootDropped);
            let child = children(frames, step.node)[0].at;
            frames.free(frames.class_at(step.node), step.node);
            header_mut(frames, child).parent = self.owner;
            self.root = child;
            return true;
        }
        self.tighten_inner(frames, path, depth - 1);
        true
    }

    /// As `tighten_leaf`, for an inner node.
    fn tighten_inner(&mut self, frames: &mut Frames, path: &Path, depth: usize) {
        let node = path.steps()[depth].node;
        let count = children(frames, node).len();
        if depth > 0
            && count < CHILD_COUNT_MAX / SPARSE_SHARE as usize
            && self.merge_inner(frames, path, depth)
        {
            return;
        }
        let size = frames.class_size(frames.class_at(node));
        let wanted = frames.class_of(inner_size(count + count / 8));
        let wanted_size = frames.class_size(wanted);
        if size.saturating_sub(wanted_size) > size / SLACK_SHARE && frames.fits_slot(wanted) {
            self.resize_inner(frames, path, depth, wanted);
        }
    }

    fn merge_inner(&mut self, frames: &mut Frames, path: &Path, depth: usize) -> bool {
        let above = path.steps()[depth - 1];
        let sibling_count = children(frames, above.node).len();
        let index = usize::from(above.index);
        if sibling_count < 2 {
            return false;
        }
        let left_index = if index + 1 < sibling_count { index } else { index - 1 };
        let [left, right] = [0, 1].map(|side| children(frames, above.node)[left_index + side]);
        let (left_count, right_count) =
            (children(frames, left.at).len(), children(frames, right.at).len());
        let count = left_count + right_count;
        let class = frames.class_of(inner_size(count + count / 8));
        if count > MERGED_CHILD_COUNT_MAX || !frames.fits_slot(class) {
            return false;
        }
        frames.marks.reach(Mark::InnerMerged);
        let to = frames.allocate(class);
        frames.copy_bytes(left.at.offset(), to.offset(), inner_size(left_count));
        for index in 0..right_count {
            let child = children(frames, right.at)[index];
            insert_at(frames, to, left_count + index, child);
        }
        super::moves::adopt_children(frames, to);
        for child in [left, right] {
            frames.free(frames.class_at(child.at), child.at);
        }
        let merged = child_mut(frames, above.node, left_index);
        merged.at = to;
        merged.count += right.count;
        merged.bytes += right.bytes;
        let mut path = *path;
        path.steps_mut()[depth - 1].index = left_index as u16 + 1;
        self.remove_child(frames, &path, depth);
        true
    }

    /// The last leaf: what is freed first of a tree that goes.
    pub fn last_leaf(&self, frames: &Frames) -> Path {
        let mut path = Path::start(self.root);
        while !header(frames, path.leaf).is_leaf() {
            let node = path.leaf;
            let last = children(frames, node).len() - 1;
            path.push(node, last);
            path.leaf = children(frames, node)[last].at;
        }
        path
    }

    /// Frees the last leaf of a tree that goes, and the nodes above that are then empty.
    /// The objects that it refers to are gone before. False when nothing is left. O(depth).
    pub fn free_last_leaf(&mut self, frames: &mut Frames) -> bool {
        let path = self.last_leaf(frames);
        assert_eq!(header(frames, path.leaf).count, 0, "objects go before the leaf that has them");
        frames.free(frames.class_at(path.leaf), path.leaf);
        for step in path.steps().iter().rev() {
            let head = header_mut(frames, step.node);
            head.count -= 1;
            if head.count > 0 {
                return true;
            }
            frames.free(frames.class_at(step.node), step.node);
        }
        self.root = Ref::NONE;
        false
    }

    /// Takes the last element out of the last leaf of a tree that goes, counts left as they are.
    pub fn pop_last(&self, frames: &mut Frames) {
        let path = self.last_leaf(frames);
        let page = path.page_at(frames);
        let index = page.page(frames, self.order).count() - 1;
        let large_count =
            text::large_items(self.order, page.page(frames, self.order).cell(index)).count();
        page.page_mut(frames, self.order).remove(index);
        header_mut(frames, path.leaf).count -= large_count as u16;
    }
}

/// The first child of an inner node is gone: what that could have held its neighbour may hold now,
/// and so may the first of its children, down to the leaf.
fn lower_first_key(frames: &mut Frames, node: Ref, key: u64) {
    frames.marks.reach(Mark::FirstKeyLowered);
    let mut at = node;
    while !header(frames, at).is_leaf() {
        let first = child_mut(frames, at, 0);
        first.key = key;
        at = first.at;
    }
}
