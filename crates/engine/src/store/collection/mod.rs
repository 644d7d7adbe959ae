//! Collections: the object of a key as a list, set, hash or sorted set.
//!
//! A small one is a page behind the key's name, one that outgrows it a tree of pages, whose roots
//! then stand there. Which of the two it is shows nowhere but here: a `Spot` is an element of
//! either.
//!
//! In reading order: `read` (find, count, walk), `leaves` (walk leaf by leaf), `finder` (find one
//! after the other), `ahead` (ask for what a find will read), `scan` and `scan_scores` (walk step
//! by step), `fresh` (an element on its way in), `put`, `reserve` (several at once), `run`
//! (neighbours at once), `replace`, `score`, `take`, `copy`, `carry` (from list to list) and `cut`
//! (a run), `form` (from page to tree and back), `moves` (what compaction and the reaper ask), and
//! `check`.
//!
//! Invariant: a collection has an element, or there is no key.
mod ahead;
mod carry;
mod check;
mod copy;
mod cut;
mod finder;
mod form;
mod fresh;
mod leaves;
mod moves;
mod put;
mod read;
mod replace;
mod reserve;
mod run;
mod scan;
mod scan_scores;
mod score;
mod take;

pub use ahead::{Ahead, Seen};
pub use finder::{Finder, Sought};
pub use fresh::{Fresh, Place};
pub use leaves::Leaf;
pub use read::{Element, Elements, Spot, Standing};

use super::tree::{Order, PageAt, Tree, large_bytes};
use super::types::{Entry, Key};
use super::{Store, object};
use crate::memory::frames::Ref;

/// In which way Redis would keep a collection: OBJECT ENCODING names it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kept {
    /// In a table or a list of nodes, as it once was long, or had a long element.
    pub at_large: bool,
    /// It once had an element that is no integer.
    pub as_text: bool,
}

/// Bytes of the page of a small collection, at most.
pub(super) const PAGE_SIZE_MAX: u32 = 4096;

/// Where the elements of a collection are.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// In a page behind the name.
    Page(PageAt),
    /// In a tree.
    Tree(Tree),
}

impl Store {
    /// Where the elements of the collection at `at` are.
    #[inline]
    fn form(&self, at: Ref) -> Form {
        let header = object::header(&self.frames, at);
        if header.is_tree() {
            Form::Tree(self.tree_at(at, header.order()))
        } else {
            Form::Page(self.page_at(at))
        }
    }

    /// The page of a small collection.
    #[inline]
    fn page_at(&self, at: Ref) -> PageAt {
        let header = object::header(&self.frames, at);
        PageAt { holder: at, offset: header.value_offset(), size: header.value_size }
    }

    /// One of the trees of a large collection: that of `Order::Scores`, or the other one.
    #[inline]
    fn tree_at(&self, at: Ref, order: Order) -> Tree {
        let trees = object::trees(&self.frames, at);
        let root = if order == Order::Scores { trees.scores } else { trees.root };
        Tree { root, order, owner: at, hash_key: self.hash_key }
    }

    /// Stores a changed tree back.
    fn set_tree(&mut self, tree: &Tree) {
        let mut trees = object::trees(&self.frames, tree.owner);
        let root = if tree.order == Order::Scores { &mut trees.scores } else { &mut trees.root };
        *root = tree.root;
        object::set_trees(&mut self.frames, tree.owner, &trees);
    }

    /// Counts elements of a large collection.
    fn count_elements(&mut self, at: Ref, more: i32) {
        let mut trees = object::trees(&self.frames, at);
        trees.count = trees.count.checked_add_signed(more).expect("elements are counted exactly");
        object::set_trees(&mut self.frames, at, &trees);
    }

    /// In which way Redis would keep the collection.
    pub fn kept(&self, entry: Entry) -> Kept {
        let header = object::header(&self.frames, entry.object);
        Kept { at_large: header.has(object::FLAG_RAW), as_text: header.has(object::FLAG_TEXT) }
    }

    /// Says in which way Redis would keep the existing collection from now on.
    pub fn set_kept(&mut self, key: &Key<'_>, kept: Kept) {
        let (at, _) = self.locate(key).expect("the caller found the key");
        let header = object::header_mut(&mut self.frames, at);
        header.flags &= !(object::FLAG_RAW | object::FLAG_TEXT);
        header.flags |= if kept.at_large { object::FLAG_RAW } else { 0 };
        header.flags |= if kept.as_text { object::FLAG_TEXT } else { 0 };
    }

    /// Bytes that a collection takes besides its object, for the largest by a sample.
    pub(super) fn elements_usage(&self, at: Ref) -> u64 {
        let header = object::header(&self.frames, at);
        let order = header.order();
        if !header.is_tree() {
            let page = self.page_at(at).page(&self.frames, order);
            return if header.has(object::FLAG_LARGE) {
                large_bytes(&self.frames, page)
            } else {
                0
            };
        }
        let trees = object::trees(&self.frames, at);
        let usage = |root: Ref, order| {
            if root.is_none() { 0 } else { self.tree_at(at, order).usage(&self.frames) }
        };
        usage(trees.root, order) + usage(trees.scores, Order::Scores)
    }
}

#[cfg(test)]
#[path = "scan_test.rs"]
mod scan_test;

#[cfg(test)]
#[path = "collection_test.rs"]
mod collection_test;

#[cfg(test)]
#[path = "list_test.rs"]
mod list_test;
