//! Who is told when something of a tree moves: compaction calls these.
//!
//! A node tells its parent and its children; an object that a cell refers to tells the page that it
//! lies in, which is a leaf's or that of a small collection.
use super::node::{PageAt, children, header, header_mut};
use super::order::{Item, Order, Prefix, item, item_size};
use super::text;
use crate::marks::Mark;
use crate::memory::frames::{Frames, Ref};
use crate::planted::{Bug, is_planted};
use crate::store::{kind, object};

/// The node at `from` is now at `to`. A root says so to its key's object: the order of the tree is
/// returned for that.
pub fn moved_node(frames: &mut Frames, from: Ref, to: Ref) -> Option<(Ref, Order)> {
    let moved = *header(frames, to);
    if moved.is_leaf() {
        if moved.count > 0 {
            let page = PageAt::of_leaf(frames, to);
            adopt_large(frames, page, moved.order());
        }
    } else if !is_planted(Bug::ChildrenUnadopted) {
        adopt_children(frames, to);
    }
    if frames.kind(moved.parent) >= kind::OBJECT_MIN {
        frames.marks.reach(Mark::RootMoved);
        return Some((moved.parent, moved.order()));
    }
    frames.marks.reach(Mark::NodeMoved);
    let index = children(frames, moved.parent)
        .iter()
        .position(|child| child.at == from)
        .expect("a node's parent has it as a child");
    if !is_planted(Bug::NodeUnpatched) {
        super::grow::child_mut(frames, moved.parent, index).at = to;
    }
    None
}

/// Tells the children of an inner node where it is.
pub(super) fn adopt_children(frames: &mut Frames, node: Ref) {
    for index in 0..children(frames, node).len() {
        let child = children(frames, node)[index].at;
        header_mut(frames, child).parent = node;
    }
}

/// The root of a tree is told where its key's object is.
pub fn set_parent(frames: &mut Frames, root: Ref, owner: Ref) {
    header_mut(frames, root).parent = owner;
}

/// The objects that a cell refers to: two at most.
pub fn large_items_at(
    frames: &Frames,
    page: PageAt,
    order: Order,
    index: usize,
) -> [Option<Ref>; 2] {
    let mut items = text::large_items(order, page.page(frames, order).cell(index));
    [items.next(), items.next()]
}

/// Tells the objects that the cells of a page refer to who has the page.
pub fn adopt_large(frames: &mut Frames, page: PageAt, order: Order) {
    let count = page.page(frames, order).count();
    for index in 0..count {
        for at in large_items_at(frames, page, order, index).into_iter().flatten() {
            object::header_mut(frames, at).set_holder(page.holder);
        }
    }
}

/// The object of a text has moved: the cell that refers to it is told.
pub fn moved_large(frames: &mut Frames, page: PageAt, order: Order, from: Ref, to: Ref) {
    let count = page.page(frames, order).count();
    for index in 0..count {
        let mut page = page.page_mut(frames, order);
        let mut rest = page.cell_mut(index);
        if order == Order::Sorted {
            rest = &mut rest[8..];
        }
        while !rest.is_empty() {
            let size = item_size(rest);
            if item(rest) == Item::Large(from) {
                rest[..size].copy_from_slice(Prefix::of_large(to).as_slice());
                return;
            }
            rest = &mut rest[size..];
        }
    }
    panic!("an object that no cell refers to has moved");
}
