//! The invariants of collections, walked in full: for tests and the simulator. O(everything).
use super::Form;
use crate::memory::classes::Class;
use crate::memory::frames::Ref;
use crate::store::object::{FLAG_DETACHED, FLAG_LARGE};
use crate::store::tree::{Found, Order, large_items_at, node_header};
use crate::store::{Store, kind, object};

impl Store {
    /// Asserts that every node is in the tree of a collection, every text has one cell that refers
    /// to it, and every count is right.
    pub(in crate::store) fn check_collections(&self) {
        let (mut node_count, mut text_count) = (0, 0);
        let (mut found_nodes, mut found_texts, mut is_dying) = (0, 0, false);
        self.frames.for_each_live(|class, at| {
            if class == Class::CHILD_BUCKET {
                return;
            }
            match self.frames.kind(at) {
                kind::TREE_LEAF | kind::TREE_INNER => node_count += 1,
                kind::TEXT | kind::TEXT_ROPE
                    if !object::header(&self.frames, at).has(FLAG_DETACHED) =>
                {
                    text_count += 1;
                    self.check_text(at);
                }
                kind::OBJECT_MIN.. if object::header(&self.frames, at).is_collection() => {
                    let found = self.check_collection(at);
                    is_dying |= object::header(&self.frames, at).has(FLAG_DETACHED);
                    found_nodes += found.node_count;
                    found_texts += found.large_count;
                }
                _ => {}
            }
        });
        // What is being freed has nodes whose counts are no longer kept.
        assert!(is_dying || (node_count, text_count) == (found_nodes, found_texts));
    }

    fn check_text(&self, at: Ref) {
        let holder = object::header(&self.frames, at).holder();
        let is_leaf = self.frames.kind(holder) == kind::TREE_LEAF;
        if is_leaf {
            assert!(node_header(&self.frames, holder).count > 0, "a leaf that counts its texts");
        } else {
            let header = object::header(&self.frames, holder);
            assert!(header.is_collection() && header.has(FLAG_LARGE), "who has a text");
        }
    }

    fn check_collection(&self, at: Ref) -> Found {
        let header = object::header(&self.frames, at);
        if header.has(FLAG_DETACHED) {
            return Found::default();
        }
        let order = header.order();
        match self.form(at) {
            Form::Page(page) => {
                let cells = page.page(&self.frames, order);
                assert!(cells.count() > 0, "a collection without elements");
                let mut found = Found::default();
                for index in 0..cells.count() {
                    for text in
                        large_items_at(&self.frames, page, order, index).into_iter().flatten()
                    {
                        assert_eq!(object::header(&self.frames, text).holder(), at);
                        found.large_count += 1;
                    }
                }
                assert!(header.has(FLAG_LARGE) || found.large_count == 0);
                found
            }
            Form::Tree(tree) => {
                let mut found = tree.check(&self.frames);
                let trees = object::trees(&self.frames, at);
                assert_eq!(found.count, u64::from(trees.count), "elements of a collection");
                if order == Order::Sorted {
                    let scores = self.tree_at(at, Order::Scores).check(&self.frames);
                    assert_eq!(scores.count, found.count, "a score for each member");
                    found.node_count += scores.node_count;
                }
                found
            }
        }
    }
}
