//! Asking for what a command will read of a large collection, while those of its group do the same.
//!
//! A look for a name, or for an end of a list, goes from node to node, and each of them may be
//! beyond the caches. Here the looks of a group go down together: each step asks for the node that
//! it comes to next, and leaves it to arrive while the others take their steps. Nothing is changed.
//! Where a name's tag was seen is remembered: the command looks there first.
//!
//! Invariant: what was seen is believed only while data memory has not changed, and only of an
//! element that has the name.
use super::read::Element;
use crate::memory::frames::Ref;
use crate::prefetch::{LINE_SIZE, prefetch, prefetch_line};
use crate::store::lookup::NameHash;
use crate::store::tree::{Next, Order, PageAt, Tree, text};
use crate::store::{Entry, Store};
use zerocopy::IntoBytes;

/// A look for a name, on its way down.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    /// The tree that it is in.
    tree: Tree,
    /// The node that was asked for, and the keys that it may hold.
    node: Ref,
    low: u64,
    high: u64,
    /// What it looks for: a hash, the key of a score, or an end of a list.
    key: u64,
    /// Eight bits of the hash of the name.
    tag: u8,
    /// The place in the node was asked for: of a score in its leaf, of a list's last child; of a
    /// name what says where its cell is.
    is_place_asked: bool,
    /// Where in the leaf that it has come to the first element with the tag is.
    index: Option<u16>,
}

/// Where a look ahead has seen what may be an element.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    owner: Ref,
    leaf: Ref,
    order: Order,
    index: u16,
    /// `Frames::write_count` at that time.
    write_count: u64,
}

/// What stands for the last element of a list; the first one is 0.
const LAST: u64 = u64::MAX;

impl Store {
    /// Was there ever a collection to look ahead in?
    #[inline]
    pub const fn has_trees(&self) -> bool {
        self.has_trees
    }

    /// Begins to look for a name, in a collection that `approached_tree` has found.
    #[inline]
    pub fn begin_ahead(&self, (owner, order): (Ref, Order), hash: NameHash) -> Ahead {
        let (order, key) = match order {
            Order::Sorted => (Order::Scores, hash.scores_key()),
            order => (order, hash.to_u64()),
        };
        self.begin_at_root((owner, order), key, hash.tag())
    }

    /// Begins to look for the first or the last element of a list that `approached_tree` has found.
    #[inline]
    pub fn begin_ahead_at_end(&self, owner: Ref, is_last: bool) -> Ahead {
        self.begin_at_root((owner, Order::List), if is_last { LAST } else { 0 }, 0)
    }

    #[inline]
    fn begin_at_root(&self, (owner, order): (Ref, Order), key: u64, tag: u8) -> Ahead {
        let tree = self.tree_at(owner, order);
        let node = tree.root;
        self.ask_for(node);
        let (low, high) = (0, u64::MAX);
        Ahead { tree, node, low, high, key, tag, is_place_asked: false, index: None }
    }

    /// What a look that has ended has seen.
    #[inline]
    pub fn seen(&self, ahead: &Ahead) -> Option<Seen> {
        let (tree, leaf) = (&ahead.tree, ahead.node);
        let write_count = self.frames.write_count();
        let index = ahead.index?;
        Some(Seen { owner: tree.owner, leaf, order: tree.order, index, write_count })
    }

    /// The element with a name where a look ahead has seen one that may be it. None says nothing.
    #[inline]
    pub fn element_seen(&self, entry: Entry, name: &[u8], seen: &Seen) -> Option<Element<'_>> {
        let frames = &self.frames;
        if seen.write_count != frames.write_count() || seen.owner != entry.object {
            return None;
        }
        let page = PageAt::of_leaf(frames, seen.leaf).page(frames, seen.order);
        let cell = page.from_cell(usize::from(seen.index));
        let is_it = text::is(frames, seen.order.name(cell), name);
        is_it.then_some(Element { frames, order: seen.order, cell })
    }

    /// One step down. False: everything is asked for.
    #[inline]
    pub fn step_ahead(&self, ahead: &mut Ahead) -> bool {
        if ahead.tree.order == Order::List {
            return self.step_to_end(ahead);
        }
        match ahead.tree.next(&self.frames, ahead.node, ahead.key, (ahead.low, ahead.high)) {
            Next::Child { at, low, high } => {
                (ahead.node, ahead.low, ahead.high) = (at, low, high);
                self.ask_for(at);
                true
            }
            Next::Leaf if ahead.tree.order == Order::Scores => self.step_at_score(ahead),
            Next::Leaf => self.step_at_name(ahead),
        }
    }

    /// In a leaf: asks for its directory, then for the cell that has the name, by its tag.
    fn step_at_name(&self, ahead: &mut Ahead) -> bool {
        let page = PageAt::of_leaf(&self.frames, ahead.node).page(&self.frames, ahead.tree.order);
        if !ahead.is_place_asked {
            ahead.is_place_asked = true;
            page.directory().chunks(LINE_SIZE).for_each(prefetch_line);
            return true;
        }
        if let Some(index) = page.find_tag(ahead.tag, 0) {
            let cell = page.from_cell(index);
            prefetch(&cell[..cell.len().min(LINE_SIZE)]);
            ahead.index = Some(index as u16);
        }
        false
    }

    /// In a list: asks for the first or last child, then goes on with it; in a leaf for what says
    /// where its cells are, and for their end.
    fn step_to_end(&self, ahead: &mut Ahead) -> bool {
        let Some(child) = ahead.tree.end_of(&self.frames, ahead.node, ahead.key == LAST) else {
            let page = PageAt::of_leaf(&self.frames, ahead.node).page(&self.frames, Order::List);
            page.directory().chunks(LINE_SIZE).for_each(prefetch_line);
            prefetch_line(page.room());
            return false;
        };
        if ahead.is_place_asked {
            ahead.node = child.at;
            self.ask_for(ahead.node);
        } else {
            prefetch_line(child.as_bytes());
        }
        ahead.is_place_asked = !ahead.is_place_asked;
        true
    }

    /// In a leaf of scores: asks for the place of the score, then goes on with it to the member.
    fn step_at_score(&self, ahead: &mut Ahead) -> bool {
        let tree = &ahead.tree;
        let keys = (ahead.low, ahead.high);
        if !ahead.is_place_asked {
            ahead.is_place_asked = true;
            prefetch_line(tree.guess_of_score(&self.frames, ahead.node, ahead.key, keys));
            return true;
        }
        let Some(score) = tree.score_in(&self.frames, ahead.node, ahead.key, keys) else {
            return false;
        };
        ahead.tree = self.tree_at(tree.owner, Order::Sorted);
        (ahead.node, ahead.low, ahead.high) = (ahead.tree.root, 0, u64::MAX);
        (ahead.key, ahead.is_place_asked) = (score, false);
        true
    }

    #[inline]
    fn ask_for(&self, node: Ref) {
        if let Some(bytes) = self.frames.all().get(node.offset()..) {
            prefetch_line(bytes);
        }
    }
}
