//! The tree of a large collection: an order-statistic B+tree of right-sized nodes.
//!
//! In reading order: `order` (what a cell holds), `page` (the elements of a leaf, or of a small
//! collection), `node` (what a slot holds), `text`, `seek` (from the root to an element), `walk`
//! (from element to element), `plan`, `insert`, `grow`, `remove`, `copy`, `moves` (what compaction
//! tells).
//!
//! A node takes the class of its content, and moves to the next when it outgrows it: what a tree
//! takes is its content and a few percent. Every inner node knows the count and the bytes of each
//! subtree, so that ranks and the size of a reply are sums over one path.
//!
//! Invariant: all leaves have the same depth; no node is empty; the elements of a subtree have keys
//! of at least the subtree's and below its right neighbour's (sorted sets: not above).
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
pub use node::{NODE_HEADER_SIZE, PageAt, header as node_header, make_leaf};
pub use order::{Item, Order};
pub use page::{EMPTY_SIZE, Page, PageMut};
pub use plan::{Cell, Plan, roomy};
pub use seek::{Bound, Path, position_in_page};
pub use walk::Cursor;

use crate::memory::frames::{Frames, Ref};
use node::{DEPTH_MAX, children, header};

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

    /// Bytes of the page of a tree that has no other.
    pub fn single_page_size(&self, frames: &Frames) -> Option<u32> {
        let is_single = header(frames, self.root).is_leaf();
        is_single.then(|| PageAt::of_leaf(frames, self.root).page(frames, self.order).used_size())
    }

    /// Bytes of the slots of all nodes. O(nodes).
    pub fn slot_bytes(&self, frames: &Frames) -> u64 {
        slot_bytes_below(frames, self.root, 0)
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

fn slot_bytes_below(frames: &Frames, at: Ref, depth: usize) -> u64 {
    assert!(depth < DEPTH_MAX, "a tree without an end");
    let own = u64::from(frames.class_size(frames.class_at(at)));
    if header(frames, at).is_leaf() {
        return own;
    }
    let below = children(frames, at).iter();
    own + below.map(|child| slot_bytes_below(frames, child.at, depth + 1)).sum::<u64>()
}
