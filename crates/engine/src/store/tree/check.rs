//! The invariants of a tree, walked in full: for tests and the simulator. O(everything).
use super::node::{Child, DEPTH_MAX, PageAt, children, header};
use super::order::{self, Order};
use super::{Tree, text};
use crate::memory::frames::{Frames, Ref};
use core::cmp::Ordering;
use core::ops::RangeInclusive;

/// What a walk over a subtree has found.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// Elements.
    pub count: u64,
    /// Bytes of their texts.
    pub bytes: u64,
    /// Leaves and inner nodes.
    pub node_count: u64,
    /// Texts that are objects of their own.
    pub large_count: u64,
    depth: usize,
}

impl Tree {
    /// Asserts that every node is known to its parent and has that as its parent, that
    /// counts, bytes and keys are those of what is below, and that all leaves are equally
    /// deep.
    pub fn check(&self, frames: &Frames) -> Found {
        assert_eq!(header(frames, self.root).parent, self.owner, "the root's parent");
        self.check_below(frames, self.root, 0..=u64::MAX, 0)
    }

    fn check_below(
        &self,
        frames: &Frames,
        at: Ref,
        keys: RangeInclusive<u64>,
        depth: usize,
    ) -> Found {
        assert!(depth < DEPTH_MAX, "a tree without an end");
        let head = *header(frames, at);
        assert_eq!(head.order(), self.order, "a node of another tree");
        if head.is_leaf() {
            let found = self.check_leaf(frames, at, &keys);
            assert_eq!(u64::from(head.count), found.large_count, "objects of a leaf");
            return Found { depth, ..found };
        }
        let mut all = Found { node_count: 1, ..Found::default() };
        let children = children(frames, at);
        assert!(!children.is_empty(), "an inner node has children");
        for (index, child) in children.iter().enumerate() {
            assert_eq!(header(frames, child.at).parent, at, "a child's parent");
            let found = self.check_child(frames, children, index, &keys, depth);
            let (count, bytes) = (u64::from(child.count), child.bytes);
            assert_eq!((found.count, found.bytes), (count, bytes), "what is below a child");
            assert!(index == 0 || found.depth == all.depth, "leaves of different depths");
            all = Found {
                count: all.count + found.count,
                bytes: all.bytes + found.bytes,
                node_count: all.node_count + found.node_count,
                large_count: all.large_count + found.large_count,
                depth: found.depth,
            };
        }
        all
    }

    fn check_child(
        &self,
        frames: &Frames,
        children: &[Child],
        index: usize,
        keys: &RangeInclusive<u64>,
        depth: usize,
    ) -> Found {
        let low = children[index].key;
        if self.order != Order::List && index == 0 {
            assert_eq!(low, *keys.start(), "the first child's key is that of its node");
        }
        let high = match children.get(index + 1) {
            // Scores may be equal on both sides; hashes are not.
            Some(next) if self.order.is_hashed() => next.key - 1,
            Some(next) => next.key,
            None => *keys.end(),
        };
        let keys = if self.order == Order::List { 0..=u64::MAX } else { low..=high };
        self.check_below(frames, children[index].at, keys, depth + 1)
    }

    fn check_leaf(&self, frames: &Frames, at: Ref, keys: &RangeInclusive<u64>) -> Found {
        let page = PageAt::of_leaf(frames, at).page(frames, self.order);
        let mut found = Found { count: page.count() as u64, node_count: 1, ..Found::default() };
        assert!(found.count > 0, "an empty leaf");
        for index in 0..page.count() {
            let cell = page.cell(index);
            let key = self.key_of(frames, cell);
            assert!(keys.contains(&key), "an element is where its key says");
            found.bytes += text::size_of_cell(frames, self.order, cell);
            found.large_count += text::large_items(self.order, cell).count() as u64;
            if index > 0 {
                let before = page.cell(index - 1);
                assert!(self.is_before(frames, before, cell), "elements in order");
            }
        }
        found
    }

    fn is_before(&self, frames: &Frames, before: &[u8], cell: &[u8]) -> bool {
        match self.order {
            Order::List | Order::Set | Order::Hash => true,
            Order::Scores => order::scores_key(before) <= order::scores_key(cell),
            Order::Sorted => {
                let [low, high] = [before, cell].map(|cell| self.key_of(frames, cell));
                let names = || {
                    let item = self.order.name(before);
                    match self.order.name(cell) {
                        super::Item::Bytes(bytes) => text::compare(frames, item, bytes),
                        super::Item::Large(_) => Ordering::Less,
                    }
                };
                low.cmp(&high).then_with(names) == Ordering::Less
            }
        }
    }
}
