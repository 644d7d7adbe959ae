//! Putting an element into a tree: first a plan, which says what it takes, then the change, which
//! cannot fail.
use super::node::{
    CHILD_COUNT_MAX, CHILD_SIZE, Child, Header, LEAF_SIZE_MAX, NODE_HEADER_SIZE, PageAt, children,
    children_mut, header, header_mut, inner_size,
};
use super::order::Order;
use super::page::{EMPTY_SIZE, Page};
use super::seek::{Path, Step};
use super::{Tree, text};
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Needs, Ref};

/// The most elements of a leaf: those of a page of 4 KiB with cells of two bytes, the smallest.
const LEAF_COUNT_MAX: usize = 1024;

/// An element to be put into a tree.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// Its cell, in pieces.
    pub parts: &'a [&'a [u8]],
    /// Eight bits of the hash of its name.
    pub tag: u8,
    /// What decides in which subtree it belongs; 0 in a list.
    pub key: u64,
    /// Bytes of its texts.
    pub bytes: u64,
    /// Its texts that are objects of their own.
    pub large_count: u16,
}

impl Cell<'_> {
    /// Bytes of the cell.
    pub fn size(&self) -> u32 {
        self.parts.iter().map(|part| part.len() as u32).sum()
    }
}

/// How a leaf is divided: what goes into the left half.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Cut {
    /// So many elements; the new one too, if it says so.
    Before(usize, bool),
    /// Elements whose key is less, and which ones of those that are there these are.
    Below(u64, Marks),
}

/// A bit for each element of a leaf.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Marks([u64; LEAF_COUNT_MAX / 64]);

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
enum Change {
    /// It has room.
    Here,
    /// It moves to a slot of this class.
    Grow(Class),
    /// It is divided.
    Split(Cut, Class, Class),
}

/// What putting an element into a tree does and takes.
#[derive(Clone, Debug)]
pub struct Plan {
    change: Change,
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
        let more_size = cell.size() + self.order.entry_size() as u32;
        let mut needs = Needs::NONE;
        if page.room_size() >= more_size {
            return Plan { change: Change::Here, needs };
        }
        let size = NODE_HEADER_SIZE + page.used_size() + more_size;
        let cut = (size > LEAF_SIZE_MAX && page.count() > 0)
            .then(|| self.cut(frames, path, page, index, cell))
            .flatten();
        let Some(cut) = cut else {
            let class = frames.class_of(roomy(size));
            needs.slot(class);
            return Plan { change: Change::Grow(class), needs };
        };
        let (left_size, right_size) = self.sizes_of_halves(page, &cut, cell);
        let class_of = |size: u32| frames.class_of(NODE_HEADER_SIZE + size);
        let (left, right) = (class_of(left_size), class_of(right_size));
        needs.slot(left);
        needs.slot(right);
        inner_needs(frames, path, &mut needs);
        Plan { change: Change::Split(cut, left, right), needs }
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
        let steps = path.steps();
        let count = page.count();
        let is_last = || {
            steps
                .iter()
                .all(|step| usize::from(step.index) + 1 == children(frames, step.node).len())
        };
        // Who appends, or puts before all others, leaves full leaves behind.
        if index == count && is_last() {
            return Some(Cut::Before(count, false));
        }
        if index == 0 && steps.iter().all(|step| step.index == 0) {
            return Some(Cut::Before(0, true));
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
        sizes[usize::from(!is_left)] += cell.size() + entry_size;
        (sizes[0], sizes[1])
    }

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
            Change::Here => {
                let mut page = path.page_at(frames).page_mut(frames, self.order);
                page.insert(index, cell.tag, cell.parts);
                self.note_large(frames, path.leaf, cell);
                self.count_up(frames, path, cell);
            }
            Change::Grow(class) => {
                let leaf = self.resize_leaf(frames, path, *class);
                let page = PageAt::of_leaf(frames, leaf);
                page.page_mut(frames, self.order).insert(index, cell.tag, cell.parts);
                self.note_large(frames, leaf, cell);
                self.count_up(frames, path, cell);
            }
            Change::Split(cut, left, right) => {
                self.split(frames, path, index, cell, cut, (*left, *right));
            }
        }
    }

    /// One more element below every node of the path.
    fn count_up(&self, frames: &mut Frames, path: &Path, cell: &Cell<'_>) {
        for step in path.steps() {
            let child = child_mut(frames, step.node, usize::from(step.index));
            child.count = child.count.checked_add(1).expect("elements are counted in 32 bits");
            child.bytes += cell.bytes;
        }
    }

    /// The element that was put into `leaf` may refer to objects, which then are its.
    fn note_large(&self, frames: &mut Frames, leaf: Ref, cell: &Cell<'_>) {
        if cell.large_count > 0 {
            header_mut(frames, leaf).count += cell.large_count;
            super::adopt_large(frames, PageAt::of_leaf(frames, leaf), self.order);
        }
    }

    /// The leaf of `path` in a slot of another class; its parent is told, its slot given back.
    pub(super) fn resize_leaf(&mut self, frames: &mut Frames, path: &Path, class: Class) -> Ref {
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
        cut: &Cut,
        (left_class, right_class): (Class, Class),
    ) {
        let from = path.leaf;
        let parent = header(frames, from).parent;
        let halves = [frames.allocate(left_class), frames.allocate(right_class)];
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
        self.count_up_above(frames, path, cell);
        self.insert_child(frames, path, path.steps().len(), children);
    }

    /// The new element is below every node of the path but the leaf, which is counted anew.
    fn count_up_above(&self, frames: &mut Frames, path: &Path, cell: &Cell<'_>) {
        if let Some((_, above)) = path.steps().split_last() {
            for step in above {
                let child = child_mut(frames, step.node, usize::from(step.index));
                child.count = child.count.checked_add(1).expect("counted in 32 bits");
                child.bytes += cell.bytes;
            }
        }
    }

    fn put(&self, frames: &mut Frames, halves: [Ref; 2], side: usize, tag: u8, parts: &[&[u8]]) {
        let mut page = PageAt::of_leaf(frames, halves[side]).page_mut(frames, self.order);
        let end = page.as_page().count();
        page.insert(end, tag, parts);
    }

    /// Appends the element `index` of another page.
    pub(super) fn append_cell(&self, frames: &mut Frames, to: Ref, source: PageAt, index: usize) {
        let moved = MovedCell::of(source.page(frames, self.order), self.order, index);
        self.put_from(frames, to, source, &moved);
    }

    fn put_from(&self, frames: &mut Frames, to: Ref, source: PageAt, moved: &MovedCell) {
        let mut bytes = [0; CELL_SIZE_MAX];
        let from = source.holder.offset() + source.offset as usize + moved.start;
        let cell = &mut bytes[..moved.size];
        cell.copy_from_slice(&frames.all()[from..from + moved.size]);
        let mut page = PageAt::of_leaf(frames, to).page_mut(frames, self.order);
        let end = page.as_page().count();
        page.insert(end, moved.tag, &[cell]);
    }

    /// The least key that the right half of a leaf may hold.
    fn key_of_right(&self, frames: &Frames, right: Ref, cut: &Cut) -> u64 {
        match (self.order, cut) {
            (_, Cut::Below(key, _)) => *key,
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

    /// The node that `path` has at `depth` has become two: its parent is told, which may itself
    /// become two.
    fn insert_child(
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

    /// Divides an inner node, with one more child behind the child `index`.
    fn split_inner(
        &self,
        frames: &mut Frames,
        node: Ref,
        left_count: usize,
        (left_class, right_class): (Class, Class),
        (index, new): (usize, Child),
    ) -> [Child; 2] {
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

impl Cut {
    /// Does the new element, with this key, go to the left?
    fn takes(&self, key: u64) -> bool {
        match self {
            Self::Before(_, new_is_left) => *new_is_left,
            Self::Below(pivot, _) => key < *pivot,
        }
    }

    /// Does the element `index` go to the left?
    fn is_left(&self, index: usize) -> bool {
        match self {
            Self::Before(count, _) => index < *count,
            Self::Below(_, marks) => marks.has(index),
        }
    }
}

/// The largest cell: two texts that are not objects of their own, or one and a score.
const CELL_SIZE_MAX: usize = 2 * (3 + super::order::ITEM_SIZE_MAX);

/// A cell of a page that is being divided: where in the page it begins, its bytes, its tag.
struct MovedCell {
    start: usize,
    size: usize,
    tag: u8,
}

impl MovedCell {
    fn of(page: Page<'_>, order: Order, index: usize) -> Self {
        let tag = if order.entry_size() > 2 { page.tag(index) } else { 0 };
        Self { start: page.cell_start(index), size: page.cell(index).len(), tag }
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
fn inner_needs(frames: &Frames, path: &Path, needs: &mut Needs) {
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

/// What a leaf takes that needs `size` bytes: where classes are narrow a little more, so that not
/// every element moves it.
pub fn roomy(size: u32) -> u32 {
    if size < 512 { size + size / 8 } else { size }
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

/// The elements of one page in another one, which is empty and has room.
pub fn copy_page(frames: &mut Frames, from: PageAt, to: PageAt, order: Order) {
    let (cells_end, directory_size) = from.page(frames, order).extents();
    let start = |page: PageAt| page.holder.offset() + page.offset as usize;
    let (source, target) = (start(from), start(to));
    assert!(cells_end + directory_size <= to.size, "reserve first: a page has room");
    frames.copy_bytes(source, target, cells_end);
    frames.copy_bytes(
        source + (from.size - directory_size) as usize,
        target + (to.size - directory_size) as usize,
        directory_size,
    );
}

const _: () = assert!(inner_size(CHILD_COUNT_MAX) + CHILD_SIZE > 4096 - CHILD_SIZE);
