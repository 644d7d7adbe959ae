//! Asking for what a command will read of a large collection, while those of its group do the same.
//!
//! A look for a name goes from node to node, and each of them may be beyond the caches. Here the
//! looks of a group go down together: each step asks for the node that it comes to next, and leaves
//! it to arrive while the others take their steps. Nothing is changed, and nothing is remembered:
//! the command looks again.
use crate::memory::frames::Ref;
use crate::prefetch::prefetch_line;
use crate::store::lookup::NameHash;
use crate::store::tree::{Next, Order, PageAt};
use crate::store::types::Key;
use crate::store::{Store, object};

/// Bytes of a cache line.
const LINE_SIZE: usize = 64;

/// A look for a name, on its way down.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// The key's object.
    owner: Ref,
    /// The tree that it is in.
    order: Order,
    /// The node that was asked for, and the keys that it may hold.
    node: Ref,
    low: u64,
    high: u64,
    /// What it looks for: a hash, or the key of a score.
    key: u64,
    /// The place of a score in its leaf was asked for.
    is_at_score: bool,
}

impl Store {
    /// Was there ever a collection to look ahead in?
    #[inline]
    pub const fn has_trees(&self) -> bool {
        self.has_trees
    }

    /// The order of a large collection whose elements have names. The key's object was asked for
    /// before.
    #[inline]
    pub fn order_ahead(&self, key: &Key<'_>) -> Option<(Ref, Order)> {
        let at = self.index.first_match(key.hash)?;
        let header = object::header(&self.frames, at);
        let is_tree = header.is_collection() && header.is_tree();
        let order = is_tree.then(|| header.order()).filter(|order| *order != Order::List)?;
        Some((at, order))
    }

    /// Begins to look for a name, in a collection that `order_ahead` has found.
    #[inline]
    pub fn begin_ahead(&self, (owner, order): (Ref, Order), hash: NameHash) -> Ahead {
        let (order, key) = match order {
            Order::Sorted => (Order::Scores, hash.scores_key()),
            order => (order, hash.to_u64()),
        };
        let node = self.tree_at(owner, order).root;
        self.ask_for(node);
        Ahead { owner, order, node, low: 0, high: u64::MAX, key, is_at_score: false }
    }

    /// One step down. False: everything is asked for.
    #[inline]
    pub fn step_ahead(&self, ahead: &mut Ahead) -> bool {
        let tree = self.tree_at(ahead.owner, ahead.order);
        match tree.next(&self.frames, ahead.node, ahead.key, (ahead.low, ahead.high)) {
            Next::Child { at, low, high } => {
                (ahead.node, ahead.low, ahead.high) = (at, low, high);
                self.ask_for(at);
                true
            }
            Next::Leaf if ahead.order != Order::Scores => {
                let page = PageAt::of_leaf(&self.frames, ahead.node).page(&self.frames, tree.order);
                page.directory().chunks(LINE_SIZE).for_each(prefetch_line);
                false
            }
            Next::Leaf => self.step_at_score(ahead),
        }
    }

    /// In a leaf of scores: asks for the place of the score, then goes on with it to the member.
    fn step_at_score(&self, ahead: &mut Ahead) -> bool {
        let tree = self.tree_at(ahead.owner, Order::Scores);
        let keys = (ahead.low, ahead.high);
        if !ahead.is_at_score {
            ahead.is_at_score = true;
            prefetch_line(tree.guess_of_score(&self.frames, ahead.node, ahead.key, keys));
            return true;
        }
        let Some(score) = tree.score_in(&self.frames, ahead.node, ahead.key, keys) else {
            return false;
        };
        ahead.order = Order::Sorted;
        ahead.key = score;
        ahead.node = self.tree_at(ahead.owner, Order::Sorted).root;
        true
    }

    #[inline]
    fn ask_for(&self, node: Ref) {
        if let Some(bytes) = self.frames.all().get(node.offset()..) {
            prefetch_line(bytes);
        }
    }
}
