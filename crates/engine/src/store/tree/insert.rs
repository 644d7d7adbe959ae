//! Putting an element into a tree, second half: the change, which cannot fail.
use super::grow::{child_mut, count_up};
use super::node::{Child, Header, PageAt, header, header_mut};
use super::order::Order;
use super::plan::{Cell, Change, Cut, Division, Plan};
use super::seek::Path;
use super::{Cursor, Tree, text};
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Ref};
use crate::planted::{Bug, is_planted};

impl Tree {
    /// Puts the element where it was planned. What the plan needs must be there.
    pub fn insert(
        &mut self,
        frames: &mut Frames,
        path: &Path,
        index: usize,
        cell: &Cell<'_>,
        plan: &Plan,
    ) {
        match &plan.change {
            Change::Here => self.insert_here(frames, path, index, cell),
            Change::Grow(class) => {
                let leaf = self.resize_leaf(frames, path, *class);
                let page = PageAt::of_leaf(frames, leaf);
                page.page_mut(frames, self.order).insert(index, cell.tag, cell.parts);
                self.note_large(frames, leaf, cell);
                count_up(frames, path.steps(), (1, cell.bytes));
            }
            Change::Split(division) => self.split(frames, path, index, cell, division),
        }
    }

    /// Puts the element into a leaf that has room for it.
    pub fn insert_here(&self, frames: &mut Frames, path: &Path, index: usize, cell: &Cell<'_>) {
        let mut page = path.page_at(frames).page_mut(frames, self.order);
        page.insert(index, cell.tag, cell.parts);
        self.note_large(frames, path.leaf, cell);
        count_up(frames, path.steps(), (1, cell.bytes));
    }

    /// Takes an element out of its leaf and puts it into another one that has room for it. Its
    /// texts are none of their own. What `from` says is over, what `to` says too.
    pub fn carry(&mut self, frames: &mut Frames, from: &Cursor, to: &Cursor) {
        let source = from.path.page_at(frames);
        let bytes = text::size_of_cell(
            frames,
            self.order,
            source.page(frames, self.order).cell(from.index),
        );
        self.copy_cell(frames, to.path.leaf, to.index, source, from.index);
        count_up(frames, to.path.steps(), (1, bytes));
        self.remove(frames, &from.path, from.index);
    }

    /// The element that was put into `leaf` may refer to objects, which then are its.
    fn note_large(&self, frames: &mut Frames, leaf: Ref, cell: &Cell<'_>) {
        if cell.large_count > 0 {
            header_mut(frames, leaf).count += cell.large_count;
            if !is_planted(Bug::TextUnadopted) {
                super::adopt_large(frames, PageAt::of_leaf(frames, leaf), self.order);
            }
        }
    }

    /// The leaf of `path` in a slot of another class; its parent is told, its slot given back.
    pub fn resize_leaf(&mut self, frames: &mut Frames, path: &Path, class: Class) -> Ref {
        let from = path.leaf;
        let to = frames.allocate(class);
        let head = *header(frames, from);
        *header_mut(frames, to) = head;
        PageAt::of_leaf(frames, to).empty(frames, self.order);
        copy_page(frames, PageAt::of_leaf(frames, from), PageAt::of_leaf(frames, to), self.order);
        self.replace_node(frames, path, path.steps().len(), to);
        if head.count > 0 {
            super::adopt_large(frames, PageAt::of_leaf(frames, to), self.order);
        }
        frames.free(frames.class_at(from), from);
        to
    }

    /// The node that `path` has at `depth` is now at `to`.
    pub(super) fn replace_node(&mut self, frames: &mut Frames, path: &Path, depth: usize, to: Ref) {
        if depth == 0 {
            self.root = to;
            return;
        }
        let step = path.steps()[depth - 1];
        child_mut(frames, step.node, usize::from(step.index)).at = to;
    }

    fn split(
        &mut self,
        frames: &mut Frames,
        path: &Path,
        index: usize,
        cell: &Cell<'_>,
        Division { cut, classes }: &Division,
    ) {
        frames.marks.reach(Mark::LeafSplit);
        let from = path.leaf;
        let parent = header(frames, from).parent;
        let halves = classes.map(|class| frames.allocate(class));
        for half in halves {
            *header_mut(frames, half) = Header::leaf(self.order, 0, parent);
            PageAt::of_leaf(frames, half).empty(frames, self.order);
        }
        let source = PageAt::of_leaf(frames, from);
        let count = source.page(frames, self.order).count();
        let new_is_left = cut.takes(cell.key);
        let mut children = [Child { key: 0, bytes: 0, count: 0, at: Ref::NONE }; 2];
        for old in 0..=count {
            if old == index {
                self.put(frames, halves, usize::from(!new_is_left), cell.tag, cell.parts);
            }
            if old < count {
                let bytes = source.page(frames, self.order).cell(old);
                let side = usize::from(!cut.is_left(old));
                children[side].bytes += text::size_of_cell(frames, self.order, bytes);
                children[side].count += 1;
                self.append_cell(frames, halves[side], source, old);
            }
        }
        let side = usize::from(!new_is_left);
        children[side].bytes += cell.bytes;
        children[side].count += 1;
        children[1].key = self.key_of_right(frames, halves[1], cut);
        for (child, half) in children.iter_mut().zip(halves) {
            child.at = half;
            self.recount_large(frames, half);
        }
        frames.free(frames.class_at(from), from);
        if let Some((_, above)) = path.steps().split_last() {
            // The leaf's parent is told anew what is below it.
            count_up(frames, above, (1, cell.bytes));
        }
        self.insert_child(frames, path, path.steps().len(), children);
    }

    fn put(&self, frames: &mut Frames, halves: [Ref; 2], side: usize, tag: u8, parts: &[&[u8]]) {
        let mut page = PageAt::of_leaf(frames, halves[side]).page_mut(frames, self.order);
        let end = page.as_page().count();
        page.insert(end, tag, parts);
    }

    /// Appends the element `index` of another page.
    pub(super) fn append_cell(&self, frames: &mut Frames, to: Ref, source: PageAt, index: usize) {
        let end = PageAt::of_leaf(frames, to).page(frames, self.order).count();
        self.copy_cell(frames, to, end, source, index);
    }

    /// Copies the element `index` of another page before the element `place` of a leaf.
    fn copy_cell(&self, frames: &mut Frames, to: Ref, place: usize, source: PageAt, index: usize) {
        let page = source.page(frames, self.order);
        let (start, size) = (page.cell_start(index), page.cell(index).len());
        let tag = page.tag(index);
        let target = PageAt::of_leaf(frames, to);
        let place = target.page_mut(frames, self.order).open(place, tag, size);
        frames.copy_bytes(source.start() + start, target.start() + place, size as u32);
    }

    /// The least key that the right half of a leaf may hold.
    fn key_of_right(&self, frames: &Frames, right: Ref, cut: &Cut) -> u64 {
        match (self.order, cut) {
            (_, Cut::Below(key, _)) => *key + u64::from(is_planted(Bug::BorderShifted)),
            (Order::List, _) => 0,
            _ => {
                let page = PageAt::of_leaf(frames, right).page(frames, self.order);
                self.key_of(frames, page.cell(0))
            }
        }
    }

    /// Counts the objects that the cells of a leaf refer to, and tells them.
    pub fn recount_large(&self, frames: &mut Frames, leaf: Ref) {
        if self.order == Order::Scores {
            return;
        }
        let page = PageAt::of_leaf(frames, leaf);
        let large_count = {
            let page = page.page(frames, self.order);
            let of_cell = |index| text::large_items(self.order, page.cell(index)).count();
            (0..page.count()).map(of_cell).sum::<usize>()
        };
        header_mut(frames, leaf).count = large_count as u16;
        if large_count > 0 {
            super::adopt_large(frames, page, self.order);
        }
    }
}

/// The elements of one page in another one, which is empty and has room.
pub fn copy_page(frames: &mut Frames, from: PageAt, to: PageAt, order: Order) {
    let (cells_end, directory_size) = from.page(frames, order).extents();
    let (source, target) = (from.start(), to.start());
    assert!(cells_end + directory_size <= to.size, "reserve first: a page has room");
    frames.copy_bytes(source, target, cells_end);
    frames.copy_bytes(
        source + (from.size - directory_size) as usize,
        target + (to.size - directory_size) as usize,
        directory_size,
    );
}
