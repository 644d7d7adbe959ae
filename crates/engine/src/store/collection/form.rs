//! From no key to a page, from a page to a larger one, to a tree, and back.
use super::fresh::slot_size;
use super::{Form, PAGE_SIZE_MAX};
use crate::clock::Now;
use crate::limits::SLOT_SIZE_MAX;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::store::lookup::NameHash;
use crate::store::object::{FLAG_LARGE, FORM_TREE, Header, TREES_SIZE, Trees};
use crate::store::tree::{
    EMPTY_SIZE, NODE_HEADER_SIZE, Order, PageAt, Tree, copy_page, make_leaf, order,
    position_of_scores_key, roomy, text,
};
use crate::store::types::{Key, StoreFull};
use crate::store::{Store, object};

/// The kind of the object of a small collection.
const fn kind_of(order: Order) -> u8 {
    match order {
        Order::List => object::KIND_LIST,
        Order::Set => object::KIND_SET,
        Order::Hash => object::KIND_HASH,
        Order::Sorted | Order::Scores => object::KIND_SORTED,
    }
}

/// A page this much smaller than what a small collection may have becomes one again.
const PAGE_SIZE_BACK: u32 = PAGE_SIZE_MAX / 4;

impl Store {
    /// The class of the object of a collection whose page takes `page_size` bytes; nothing if it is
    /// too large for a page.
    pub(super) fn page_class(&self, value_offset: u32, page_size: u32) -> Option<Class> {
        let size = value_offset + roomy(page_size);
        (page_size <= PAGE_SIZE_MAX && size <= SLOT_SIZE_MAX).then(|| self.frames.class_of(size))
    }

    /// What making a key for a collection takes, with a page or, if its name is too long, a tree.
    pub(super) fn need_new(
        &self,
        needs: &mut Needs,
        order: Order,
        name_size: usize,
        page_size: u32,
    ) {
        let value_offset = object::HEADER_SIZE + name_size as u32;
        if let Some(class) = self.page_class(value_offset, page_size) {
            needs.slot(class);
            return;
        }
        needs.slot(self.frames.class_of(value_offset + TREES_SIZE));
        needs.slot(self.frames.class_of(NODE_HEADER_SIZE + roomy(page_size)));
        if order == Order::Sorted {
            needs.slot(scores_class(&self.frames, 1));
        }
    }

    /// Makes an object for a key that is missing, with room for `page_size` bytes of elements, and
    /// enters it. There is no element in it yet.
    pub(super) fn make_collection(
        &mut self,
        now: Now,
        key: &Key<'_>,
        order: Order,
        page_size: u32,
    ) -> Ref {
        let value_offset = object::HEADER_SIZE + key.name.len() as u32;
        let (class, is_page) = match self.page_class(value_offset, page_size) {
            Some(class) => (class, true),
            None => (self.frames.class_of(value_offset + TREES_SIZE), false),
        };
        let at = self.frames.allocate(class);
        let value_size =
            if is_page { self.frames.class_size(class) - value_offset } else { TREES_SIZE };
        let kind = kind_of(order) | if is_page { 0 } else { FORM_TREE };
        let header = Header::new(kind, 0, key.name.len(), value_size, key.database);
        self.write_header_and_key(now, at, header, key, None);
        if is_page {
            self.page_at(at).empty(&mut self.frames, order);
        } else {
            self.frames.marks.reach(Mark::TreeAtOnce);
            self.has_trees = true;
            let class = self.frames.class_of(NODE_HEADER_SIZE + roomy(page_size));
            let root = make_leaf(&mut self.frames, class, order, at);
            object::set_trees(&mut self.frames, at, &Trees { root, ..Trees::default() });
            if order == Order::Sorted {
                self.make_scores(at);
            }
        }
        self.publish(key, at, None, false);
        at
    }

    /// Moves the small collection at `at` to a slot of another class: its page gets the rest of it.
    pub(super) fn resize_page(&mut self, from: Ref, class: Class) -> Ref {
        let header = *object::header(&self.frames, from);
        let to = self.frames.allocate(class);
        let size = header.value_offset();
        self.frames.copy_bytes(from.offset(), to.offset(), size);
        object::header_mut(&mut self.frames, to).value_size = self.frames.class_size(class) - size;
        let target = self.page_at(to);
        target.empty(&mut self.frames, header.order());
        let source = self.page_at(from);
        copy_page(&mut self.frames, source, target, header.order());
        self.moved_object(from, to);
        self.free_object(from);
        to
    }

    /// What making a small collection a tree takes.
    pub(super) fn need_tree(&self, needs: &mut Needs, at: Ref) {
        let header = object::header(&self.frames, at);
        let page = self.page_at(at).page(&self.frames, header.order());
        needs.slot(self.frames.class_of(header.value_offset() + TREES_SIZE));
        needs.slot(self.frames.class_of(NODE_HEADER_SIZE + page.used_size()));
        if header.order() == Order::Sorted {
            needs.slot(scores_class(&self.frames, page.count()));
        }
    }

    /// Makes a small collection a tree of one leaf, in a slot that `need_tree` asked for.
    pub(super) fn make_tree(&mut self, from: Ref) -> Ref {
        let header = *object::header(&self.frames, from);
        self.frames.marks.reach(Mark::PageOutgrown);
        let order = header.order();
        let source = self.page_at(from);
        let (used_size, count) = {
            let page = source.page(&self.frames, order);
            (page.used_size(), page.count() as u32)
        };
        let size = header.value_offset();
        let to = self.frames.allocate(self.frames.class_of(size + TREES_SIZE));
        self.has_trees = true;
        let class = self.frames.class_of(NODE_HEADER_SIZE + used_size);
        let root = make_leaf(&mut self.frames, class, order, to);
        let target = PageAt::of_leaf(&self.frames, root);
        copy_page(&mut self.frames, source, target, order);
        self.frames.copy_bytes(from.offset(), to.offset(), size);
        let new = object::header_mut(&mut self.frames, to);
        new.kind |= FORM_TREE;
        new.value_size = TREES_SIZE;
        new.flags &= !FLAG_LARGE;
        object::set_trees(&mut self.frames, to, &Trees { root, count, ..Trees::default() });
        self.tree_at(to, order).recount_large(&mut self.frames, root);
        if order == Order::Sorted {
            self.make_scores(to);
        }
        self.moved_object(from, to);
        self.free_object(from);
        to
    }

    /// Makes the tree of scores of a sorted set whose elements are in one leaf.
    fn make_scores(&mut self, at: Ref) {
        let tree = self.tree_at(at, Order::Sorted);
        let source = PageAt::of_leaf(&self.frames, tree.root);
        let count = source.page(&self.frames, Order::Sorted).count();
        let class = scores_class(&self.frames, count);
        let root = make_leaf(&mut self.frames, class, Order::Scores, at);
        for index in 0..count {
            let cell = source.page(&self.frames, Order::Sorted).cell(index);
            let score = order::score(Order::Sorted, cell).to_bits().to_le_bytes();
            let name = Order::Sorted.name(cell);
            let hash = NameHash::of(text::hash(&self.frames, self.hash_key, name));
            let key = hash.scores_key();
            let target = PageAt::of_leaf(&self.frames, root);
            let place = position_of_scores_key(target.page(&self.frames, Order::Scores), key);
            let hash = ((key >> 32) as u32).to_le_bytes();
            target.page_mut(&mut self.frames, Order::Scores).insert(place, 0, &[&hash, &score]);
        }
        let mut trees = object::trees(&self.frames, at);
        trees.scores = root;
        object::set_trees(&mut self.frames, at, &trees);
    }

    /// After something was taken out of the collection at `at`: where a smaller slot is at hand and
    /// is worth it, it moves there.
    pub(super) fn tighten(&mut self, at: Ref) {
        let header = *object::header(&self.frames, at);
        match self.form(at) {
            Form::Page(page) => {
                let used_size = page.page(&self.frames, header.order()).used_size();
                let size = slot_size(&self.frames, header.object_size());
                let Some(class) = self.page_class(header.value_offset(), used_size) else { return };
                let spare = size.saturating_sub(self.frames.class_size(class));
                if spare > size / 8 && self.frames.fits_slot(class) {
                    self.resize_page(at, class);
                }
            }
            Form::Tree(tree) => self.tighten_tree(at, &header, &tree),
        }
    }

    /// A tree of one small leaf becomes a page again.
    fn tighten_tree(&mut self, from: Ref, header: &Header, tree: &Tree) {
        let Some(page_size) = tree.single_page_size(&self.frames) else { return };
        let Some(class) = self.page_class(header.value_offset(), page_size) else { return };
        if page_size > PAGE_SIZE_BACK || !self.frames.fits_slot(class) {
            return;
        }
        self.frames.marks.reach(Mark::PageRegained);
        let order = header.order();
        let trees = object::trees(&self.frames, from);
        let to = self.frames.allocate(class);
        let size = header.value_offset();
        self.frames.copy_bytes(from.offset(), to.offset(), size);
        let value_size = self.frames.class_size(class) - size;
        let new = object::header_mut(&mut self.frames, to);
        new.kind &= !FORM_TREE;
        new.value_size = value_size;
        let target = self.page_at(to);
        target.empty(&mut self.frames, order);
        let source = PageAt::of_leaf(&self.frames, trees.root);
        copy_page(&mut self.frames, source, target, order);
        self.note_large(to);
        self.moved_object(from, to);
        let mut scores = self.tree_at(from, Order::Scores);
        self.frames.free(self.frames.class_at(trees.root), trees.root);
        let is_left = is_planted(Bug::ScoresLeaked);
        while !is_left && !scores.root.is_none() && scores.free_last_leaf(&mut self.frames) {}
        self.freed_count += 2;
        self.free_object(from);
    }

    /// Notes whether the page of a small collection refers to objects.
    pub(super) fn note_large(&mut self, at: Ref) {
        let order = object::header(&self.frames, at).order();
        let page = self.page_at(at).page(&self.frames, order);
        let is_large = (0..page.count())
            .any(|index| text::large_items(order, page.cell(index)).next().is_some());
        let header = object::header_mut(&mut self.frames, at);
        header.flags = header.flags & !FLAG_LARGE | if is_large { FLAG_LARGE } else { 0 };
    }

    /// Makes a small collection a tree if its page would not fit behind a name of `name_size` bytes
    /// with a deadline. Room is made first.
    pub(in crate::store) fn make_renamable(
        &mut self,
        now: Now,
        key: &Key<'_>,
        name_size: usize,
    ) -> Result<(), StoreFull> {
        let (at, _) = self.locate(key).expect("the caller found the key");
        let header = object::header(&self.frames, at);
        let fixed_size = object::HEADER_SIZE + object::TTL_SIZE + name_size as u32;
        if !header.is_collection() || header.is_tree() {
            return Ok(());
        }
        if fixed_size + header.value_size <= SLOT_SIZE_MAX {
            return Ok(());
        }
        let mut needs = Needs::NONE;
        self.need_tree(&mut needs, at);
        self.make_room_for_entry(now, &needs, key, key)?;
        self.frames.marks.reach(Mark::TreeForName);
        let (at, _) = self.locate(key).expect("making room spares the key");
        self.make_tree(at);
        Ok(())
    }
}

/// The class of a leaf of so many scores.
fn scores_class(frames: &Frames, count: usize) -> Class {
    let size = NODE_HEADER_SIZE + EMPTY_SIZE + (count.max(1) * order::SCORE_CELL_SIZE) as u32;
    frames.class_of(roomy(size))
}
