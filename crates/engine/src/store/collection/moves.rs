//! What compaction and the reaper have to know of collections.
use super::Form;
use crate::marks::Mark;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::object::{FLAG_DETACHED, FLAG_LARGE, FLAG_PINNED};
use crate::store::tree::{
    Order, PageAt, adopt_large, large_items_at, moved_large, moved_node, node_header, set_parent,
};
use crate::store::{Store, kind, object};

impl Store {
    /// A node of a tree has moved: if it was a root, its collection is told.
    pub(in crate::store) fn moved_tree_node(&mut self, from: Ref, to: Ref) {
        if let Some((owner, order)) = moved_node(&mut self.frames, from, to) {
            let mut tree = self.tree_at(owner, order);
            assert_eq!(tree.root, from, "a root that its collection does not know has moved");
            tree.root = to;
            if !is_planted(Bug::RootUntold) {
                self.set_tree(&tree);
            }
        }
    }

    /// The object of a collection has moved to `at`: what names it is told.
    pub(in crate::store) fn adopt_elements(&mut self, at: Ref) {
        let header = *object::header(&self.frames, at);
        if header.is_tree() {
            let trees = object::trees(&self.frames, at);
            for root in [trees.root, trees.scores] {
                if !root.is_none() {
                    set_parent(&mut self.frames, root, at);
                }
            }
        } else if header.has(FLAG_LARGE) {
            self.frames.marks.reach(Mark::TextsAdopted);
            let page = self.page_at(at);
            adopt_large(&mut self.frames, page, header.order());
        }
    }

    /// The object of a text of a collection has moved.
    pub(in crate::store) fn moved_text(&mut self, from: Ref, to: Ref) {
        self.frames.marks.reach(Mark::TextMoved);
        let header = *object::header(&self.frames, to);
        if header.is_rope() {
            self.adopt_rope(to);
        }
        if header.has(FLAG_PINNED) {
            self.moved_pinned(from, to);
        }
        if header.has(FLAG_DETACHED) {
            self.moved_detached(from, to);
            return;
        }
        let holder = header.holder();
        let (page, order) = if self.frames.kind(holder) == kind::TREE_LEAF {
            (PageAt::of_leaf(&self.frames, holder), node_header(&self.frames, holder).order())
        } else {
            (self.page_at(holder), object::header(&self.frames, holder).order())
        };
        moved_large(&mut self.frames, page, order, from, to);
    }

    /// Gives back what hangs on the object of a collection that goes, and the object itself, now or
    /// in slices.
    pub(in crate::store) fn drop_collection(&mut self, at: Ref) {
        match self.form(at) {
            Form::Tree(_) => {
                self.frames.marks.reach(Mark::TreeBuried);
                object::header_mut(&mut self.frames, at).flags |= FLAG_DETACHED;
                self.bury(at);
            }
            Form::Page(page) => {
                let order = object::header(&self.frames, at).order();
                if object::header(&self.frames, at).has(FLAG_LARGE) {
                    for index in 0..page.page(&self.frames, order).count() {
                        self.drop_texts(page, order, index);
                    }
                }
                self.free_object(at);
            }
        }
    }

    /// Drops the objects that a cell refers to.
    pub(in crate::store) fn drop_texts(&mut self, page: PageAt, order: Order, index: usize) {
        self.drop_each(large_items_at(&self.frames, page, order, index));
    }

    /// Drops the objects of texts that no cell refers to any more.
    pub(super) fn drop_each(&mut self, texts: [Option<Ref>; 2]) {
        for text in texts.into_iter().flatten() {
            self.drop_object(text);
        }
    }

    /// Frees at most `budget` leaves and texts of a detached collection. True when it has
    /// none left.
    pub(in crate::store) fn reap_trees(&mut self, at: Ref, budget: u32) -> bool {
        for _ in 0..budget {
            let trees = object::trees(&self.frames, at);
            let order = object::header(&self.frames, at).order();
            let order = if trees.root.is_none() { Order::Scores } else { order };
            let mut tree = self.tree_at(at, order);
            if tree.root.is_none() {
                return true;
            }
            let leaf = tree.last_leaf(&self.frames).page_at(&self.frames);
            if node_header(&self.frames, leaf.holder).count > 0 {
                let last = leaf.page(&self.frames, order).count() - 1;
                if !is_planted(Bug::TextsLeaked) {
                    self.drop_texts(leaf, order, last);
                }
                tree.pop_last(&mut self.frames);
            } else {
                tree.free_last_leaf(&mut self.frames);
                self.set_tree(&tree);
            }
            self.freed_count += 1;
        }
        self.frames.marks.reach(Mark::TreeReapedLater);
        false
    }
}
