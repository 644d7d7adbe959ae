//! COPY of a collection: all of it or nothing.
use super::Form;
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::store::object::Header;
use crate::store::rope::Owner;
use crate::store::tree::{Order, PageAt, adopt_large, large_items_at, moved_large};
use crate::store::types::{Key, StoreFull};
use crate::store::{Store, object};

impl Store {
    /// `target`, which is missing or dropped, becomes a copy of the collection `source` with the
    /// given header. O(n).
    pub(in crate::store) fn copy_collection(
        &mut self,
        now: Now,
        source: &Key<'_>,
        target: &Key<'_>,
        header: &Header,
    ) -> Result<(), StoreFull> {
        let (at, _) = self.locate(source).expect("the caller found the key");
        let mut needs = Needs::NONE;
        needs.slot(self.frames.class_of(header.object_size()));
        self.need_elements(&mut needs, at);
        self.make_room_for_entry(now, &needs, target, source)?;
        // Reserve first: from here on nothing fails.
        if let Some((old, place)) = self.locate(target) {
            self.remove(old, place);
        }
        let (from, _) = self.locate(source).expect("making room spares the key");
        let deadline = object::deadline(&self.frames, from);
        let to = self.frames.allocate(self.frames.class_of(header.object_size()));
        self.copy_object(from, to, header, target, deadline);
        // That told the elements that they have moved, which they have not.
        self.adopt_elements(from);
        match self.form(from) {
            Form::Page(_) => self.copy_texts(self.page_at(to), header.order()),
            Form::Tree(tree) => {
                self.frames.marks.reach(Mark::TreeCopied);
                let mut trees = object::trees(&self.frames, from);
                let copied = tree.copy(&mut self.frames, to);
                trees.root = copied.root;
                if !trees.scores.is_none() {
                    let scores = self.tree_at(from, Order::Scores);
                    trees.scores = scores.copy(&mut self.frames, to).root;
                }
                object::set_trees(&mut self.frames, to, &trees);
                let mut leaf = Some(copied.first_leaf(&self.frames));
                while let Some(path) = leaf.filter(|_| !is_planted(Bug::CopySharesTexts)) {
                    self.copy_texts(path.page_at(&self.frames), header.order());
                    leaf = path.next(&self.frames);
                }
            }
        }
        self.attach(target, to);
        self.changed(target.hash);
        Ok(())
    }

    /// Adds the nodes and texts of a collection, but not its object.
    fn need_elements(&self, needs: &mut Needs, at: Ref) {
        let order = object::header(&self.frames, at).order();
        match self.form(at) {
            Form::Page(page) => self.need_texts(needs, page, order),
            Form::Tree(tree) => {
                tree.copy_needs(&self.frames, needs);
                tree.for_each_leaf(&self.frames, &mut |page| self.need_texts(needs, page, order));
                let scores = self.tree_at(at, Order::Scores);
                if !scores.root.is_none() {
                    scores.copy_needs(&self.frames, needs);
                }
            }
        }
    }

    fn need_texts(&self, needs: &mut Needs, page: PageAt, order: Order) {
        for index in 0..page.page(&self.frames, order).count() {
            for at in large_items_at(&self.frames, page, order, index).into_iter().flatten() {
                needs.slot(self.frames.class_at(at));
                if object::header(&self.frames, at).is_rope() {
                    object::root(&self.frames, at).copy_needs(&self.frames, needs);
                }
            }
        }
    }

    /// The cells of a copied page refer to objects of another collection: these are copied.
    fn copy_texts(&mut self, page: PageAt, order: Order) {
        for index in 0..page.page(&self.frames, order).count() {
            for from in large_items_at(&self.frames, page, order, index).into_iter().flatten() {
                let to = self.copy_text(from);
                moved_large(&mut self.frames, page, order, from, to);
            }
        }
        adopt_large(&mut self.frames, page, order);
    }

    fn copy_text(&mut self, from: Ref) -> Ref {
        self.frames.marks.reach(Mark::TextCopied);
        let class = self.frames.class_at(from);
        let to = self.frames.allocate(class);
        self.frames.copy_slot(class, from, to);
        let header = object::header_mut(&mut self.frames, to);
        header.flags &= !object::FLAG_PINNED;
        if header.is_rope() {
            let root = object::root(&self.frames, from).copy(&mut self.frames, Owner::Object(to));
            object::set_root(&mut self.frames, to, &root);
        }
        to
    }
}
