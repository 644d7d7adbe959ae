//! The tree of a large collection: an order-statistic B+tree of right-sized nodes.
//!
//! In reading order: `order` (what a cell holds), `page` (the elements of a leaf, or of a small
//! collection), `node` (what a slot holds), `text`, `seek` (from the root to an element), `walk`
//! (from element to element), `plan`, `insert`, `grow`, `remove`, `copy`, `moves` (what compaction
//! tells), `check`.
//!
//! A node takes the class of its content, and moves to the next when it outgrows it: what a tree
//! takes is its content and a few percent. Every inner node knows the count and the bytes of each
//! subtree, so that ranks and the size of a reply are sums over one path.
//!
//! Invariant: all leaves have the same depth; no node is empty; the elements of a subtree have keys
//! of at least the subtree's and below its right neighbour's (sorted sets: not above), and the
//! first child has the key of its node.
mod check;
mod copy;
mod grow;
mod insert;
mod moves;
mod node;
pub mod order;
mod page;
mod plan;
mod remove;
mod seek;
pub mod text;
mod walk;

#[cfg(test)]
#[path = "tree_test.rs"]
mod tree_test;

pub use check::Found;
pub use insert::copy_page;
pub use moves::{adopt_large, large_items_at, moved_large, moved_node, set_parent};
pub use node::{Child, LEAF_SIZE_MAX, NODE_HEADER_SIZE, PageAt, header as node_header, make_leaf};
pub use order::{Item, Order};
pub use page::{EMPTY_SIZE, Page, PageMut};
pub use plan::{Cell, Plan, roomy};
pub use seek::{Bound, Next, Path, position_in_page, position_of_scores_key};
pub use walk::Cursor;

use crate::memory::frames::{Frames, Ref};
use node::{children, header};

/// Leaves that are looked at to say what a tree takes.
const MEASURED_LEAF_COUNT: u32 = 64;

/// A tree, as its owner keeps it. It is passed as a copy; whoever keeps it stores it back after a
/// change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tree {
    /// The root: a leaf or an inner node.
    pub root: Ref,
    /// What it is ordered by.
    pub order: Order,
    /// The key's object, which is told when the root moves.
    pub owner: Ref,
    /// Secret of the hashes that name elements.
    pub hash_key: (u64, u64),
}

impl Tree {
    /// Elements and bytes of their texts.
    pub fn totals(&self, frames: &Frames) -> (u64, u64) {
        let header = header(frames, self.root);
        if header.is_leaf() {
            let page = PageAt::of_leaf(frames, self.root).page(frames, self.order);
            let bytes = (0..page.count())
                .map(|index| text::size_of_cell(frames, self.order, page.cell(index)))
                .sum();
            return (page.count() as u64, bytes);
        }
        children(frames, self.root).iter().fold((0, 0), |(count, bytes), child| {
            (count + u64::from(child.count), bytes + child.bytes)
        })
    }

    /// Have the texts of all elements more than `bytes_max` bytes together? Looks no
    /// further than is needed to say so.
    pub fn bytes_exceed(&self, frames: &Frames, bytes_max: u64) -> bool {
        if header(frames, self.root).is_leaf() {
            return self.totals(frames).1 > bytes_max;
        }
        let mut bytes = 0;
        children(frames, self.root).iter().any(|child| {
            bytes += child.bytes;
            bytes > bytes_max
        })
    }

    /// Bytes of the page of a tree that has no other.
    pub fn single_page_size(&self, frames: &Frames) -> Option<u32> {
        let is_single = header(frames, self.root).is_leaf();
        is_single.then(|| PageAt::of_leaf(frames, self.root).page(frames, self.order).used_size())
    }

    /// Bytes of the slots of all leaves, of their places in inner nodes, and of the objects of
    /// texts: of up to `MEASURED_LEAF_COUNT` leaves, and of more as if all were like these.
    pub fn usage(&self, frames: &Frames) -> u64 {
        let (mut bytes, mut count) = (0, 0);
        let mut leaf = Some(self.first_leaf(frames));
        for _ in 0..MEASURED_LEAF_COUNT {
            let Some(path) = leaf else { break };
            let page = path.page(frames, self.order);
            bytes += u64::from(frames.class_size(frames.class_at(path.leaf)) + node::CHILD_SIZE);
            count += page.count() as u64;
            if header(frames, path.leaf).count > 0 {
                bytes += large_bytes(frames, page);
            }
            leaf = path.next(frames);
        }
        let total = self.totals(frames).0;
        if leaf.is_none() {
            return bytes;
        }
        // Bytes of large texts times a billion elements are more than 64 bits hold.
        (u128::from(bytes) * u128::from(total) / u128::from(count.max(1))) as u64
    }

    /// The key of an element: what decides in which subtree it is.
    pub fn key_of(&self, frames: &Frames, cell: &[u8]) -> u64 {
        match self.order {
            Order::List => 0,
            Order::Set | Order::Hash => text::hash(frames, self.hash_key, self.order.name(cell)),
            Order::Sorted => order::score_key(order::score(self.order, cell)),
            Order::Scores => order::scores_key(cell),
        }
    }
}

/// Bytes of the texts of a page that are objects of their own.
pub fn large_bytes(frames: &Frames, page: Page<'_>) -> u64 {
    let size = |at| text::size(frames, Item::Large(at));
    let of_cell = |index| text::large_items(page.order(), page.cell(index)).map(size).sum::<u64>();
    (0..page.count()).map(of_cell).sum()
}
