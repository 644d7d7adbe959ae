//! Putting elements in, replacing and taking them out.
//!
//! Each call that may fail makes room first, and only then changes anything. Those who watch the
//! key are told by the caller, once for a command.
use super::fresh::{Parts, key_of};
use super::read::position_of_scores_key;
use super::{Form, Fresh, Place, Spot};
use crate::clock::Now;
use crate::memory::classes::Class;
use crate::memory::frames::{Needs, Ref};
use crate::store::lookup::NameHash;
use crate::store::object::FLAG_LARGE;
use crate::store::tree::{
    Bound, Cell, Cursor, EMPTY_SIZE, Order, PageAt, Path, Plan, Tree, adopt_large, large_items_at,
    order, text,
};
use crate::store::types::{Key, StoreFull};
use crate::store::{Entry, Store, object};

/// What has to be done before an element can be put in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    /// The key is missing.
    Make,
    /// The page has room.
    Here,
    /// The page moves to a slot of this class.
    Grow(Class),
    /// The page becomes a tree.
    Outgrow,
    /// It is a tree.
    Branch,
}

/// Where in a tree an element goes, and what that takes.
struct Branch {
    path: Path,
    index: usize,
    plan: Plan,
    /// Of a sorted set: the same for its score.
    scores: Option<(Path, usize, Plan)>,
}

impl Store {
    /// Puts an element, which is not there, into the collection `key`, made if it is missing. The
    /// caller has checked the type. O(log n).
    pub fn put_element(
        &mut self,
        now: Now,
        key: &Key<'_>,
        order: Order,
        place: Place,
        fresh: &Fresh<'_>,
    ) -> Result<(), StoreFull> {
        self.check_sizes(key, self.value_size(fresh.name))?;
        self.check_sizes(key, fresh.value.map_or(0, |value| self.value_size(value)))?;
        loop {
            let (step, needs) = self.needs_of_put(key, order, place, fresh);
            let is_free = step == Step::Here && needs == Needs::NONE;
            if !is_free {
                self.make_room_for_entry(now, &needs, key, key)?;
            }
            // Reserve first: from here on nothing fails.
            let existing = self.locate(key).map(|(at, _)| at);
            let at = match (step, existing) {
                (Step::Make, _) => {
                    let page_size = EMPTY_SIZE + self.element_size(order, fresh);
                    self.make_collection(now, key, order, page_size)
                }
                (Step::Grow(class), Some(at)) => self.resize_page(at, class),
                (Step::Outgrow, Some(at)) => {
                    self.make_tree(at);
                    continue;
                }
                (_, Some(at)) => at,
                (_, None) => unreachable!("making room spares the key"),
            };
            self.put(at, place, fresh);
            return Ok(());
        }
    }

    /// Bytes that an element takes in a page.
    pub(super) fn element_size(&self, order: Order, fresh: &Fresh<'_>) -> u32 {
        self.fresh_cell_size(fresh) + order.entry_size() as u32
    }

    fn needs_of_put(
        &self,
        key: &Key<'_>,
        order: Order,
        place: Place,
        fresh: &Fresh<'_>,
    ) -> (Step, Needs) {
        let mut needs = Needs::NONE;
        self.need_large(&mut needs, fresh);
        let more_size = self.element_size(order, fresh);
        let Some((at, _)) = self.locate(key) else {
            self.need_new(&mut needs, order, key.name.len(), EMPTY_SIZE + more_size);
            return (Step::Make, needs);
        };
        match self.form(at) {
            Form::Page(page) => {
                let cells = page.page(&self.frames, order);
                if cells.room_size() >= more_size {
                    return (Step::Here, needs);
                }
                let header = object::header(&self.frames, at);
                let page_size = cells.used_size() + more_size;
                match self.page_class(header.value_offset(), page_size) {
                    Some(class) => {
                        needs.slot(class);
                        (Step::Grow(class), needs)
                    }
                    None => {
                        let mut needs = Needs::NONE;
                        self.need_tree(&mut needs, at);
                        (Step::Outgrow, needs)
                    }
                }
            }
            Form::Tree(tree) => {
                let parts = Placeholder::new(self.fresh_cell_size(fresh));
                let branch = self.branch(&tree, place, fresh, &parts.pieces());
                needs.add(&branch.plan.needs);
                if let Some((_, _, plan)) = &branch.scores {
                    needs.add(&plan.needs);
                }
                (Step::Branch, needs)
            }
        }
    }

    /// Where in a tree an element goes.
    fn branch(&self, tree: &Tree, place: Place, fresh: &Fresh<'_>, pieces: &[&[u8]]) -> Branch {
        let (path, index) = self.place_in_tree(tree, place, fresh);
        let cell = self.cell_of(tree.order, fresh, pieces, 0);
        let plan = tree.plan(&self.frames, &path, index, &cell);
        let scores = (tree.order == Order::Sorted).then(|| {
            let scores = self.tree_at(tree.owner, Order::Scores);
            let key = fresh.hash.expect("members have hashes").score_key();
            let path = scores.seek_key(&self.frames, key);
            let index = position_of_scores_key(path.page(&self.frames, Order::Scores), key);
            let cell = Cell { parts: &[&[0; 12]], tag: 0, key, bytes: 0, large_count: 0 };
            let plan = scores.plan(&self.frames, &path, index, &cell);
            (path, index, plan)
        });
        Branch { path, index, plan, scores }
    }

    fn place_in_tree(&self, tree: &Tree, place: Place, fresh: &Fresh<'_>) -> (Path, usize) {
        match (tree.order, place) {
            (Order::List, Place::Rank(rank)) => tree.seek_rank(&self.frames, rank),
            (Order::Sorted, _) => {
                let crate::resp::request::Value::Bytes(name) = fresh.name else {
                    unreachable!("members of sorted sets are not staged")
                };
                let score = order::score_key(fresh.score.expect("members have scores"));
                tree.seek_bound(&self.frames, &Bound { score, name: Some(name) })
            }
            _ => {
                let path = tree.seek_key(&self.frames, key_of(tree.order, fresh));
                let count = path.page(&self.frames, tree.order).count();
                (path, count)
            }
        }
    }

    fn cell_of<'a>(
        &self,
        order: Order,
        fresh: &Fresh<'_>,
        parts: &'a [&'a [u8]],
        large_count: u16,
    ) -> Cell<'a> {
        Cell {
            parts,
            tag: fresh.hash.map_or(0, NameHash::tag),
            key: key_of(order, fresh),
            bytes: self.fresh_bytes(fresh),
            large_count,
        }
    }

    /// Puts an element in. What it takes is there.
    fn put(&mut self, at: Ref, place: Place, fresh: &Fresh<'_>) {
        let order = object::header(&self.frames, at).order();
        let bytes = self.fresh_bytes(fresh);
        match self.form(at) {
            Form::Page(page) => {
                let index = self.place_in_page(page, order, place, fresh);
                let parts = self.make_parts(fresh);
                let tag = fresh.hash.map_or(0, NameHash::tag);
                page.page_mut(&mut self.frames, order).insert(index, tag, &parts.pieces());
                self.note_parts(at, page, order, &parts);
            }
            Form::Tree(mut tree) if self.count_at(at) == 0 => self.put_first(&mut tree, fresh),
            Form::Tree(mut tree) => {
                let size = Placeholder::new(self.fresh_cell_size(fresh));
                let branch = self.branch(&tree, place, fresh, &size.pieces());
                let parts = self.make_parts(fresh);
                let pieces = parts.pieces();
                let cell = Cell { bytes, ..self.cell_of(order, fresh, &pieces, parts.large_count) };
                let Branch { path, index, plan, scores } = &branch;
                tree.insert(&mut self.frames, path, *index, &cell, plan);
                self.set_tree(&tree);
                if let Some((path, index, plan)) = scores {
                    self.put_score(at, fresh, path, *index, plan);
                }
                self.count_elements(at, 1);
                self.freed_count += 2;
            }
        }
    }

    /// The first element of a collection whose name leaves no room for a page.
    fn put_first(&mut self, tree: &mut Tree, fresh: &Fresh<'_>) {
        let parts = self.make_parts(fresh);
        let tag = fresh.hash.map_or(0, NameHash::tag);
        let page = PageAt::of_leaf(&self.frames, tree.root);
        page.page_mut(&mut self.frames, tree.order).insert(0, tag, &parts.pieces());
        tree.recount_large(&mut self.frames, tree.root);
        self.count_elements(tree.owner, 1);
        if tree.order == Order::Sorted {
            let scores = self.tree_at(tree.owner, Order::Scores);
            let (hash, score) = score_cell(fresh);
            let page = PageAt::of_leaf(&self.frames, scores.root);
            page.page_mut(&mut self.frames, Order::Scores).insert(0, 0, &[&hash, &score]);
        }
    }

    fn put_score(&mut self, at: Ref, fresh: &Fresh<'_>, path: &Path, index: usize, plan: &Plan) {
        let mut scores = self.tree_at(at, Order::Scores);
        let (hash, score) = score_cell(fresh);
        let key = fresh.hash.expect("members have hashes").score_key();
        let cell = Cell { parts: &[&hash, &score], tag: 0, key, bytes: 0, large_count: 0 };
        scores.insert(&mut self.frames, path, index, &cell, plan);
        self.set_tree(&scores);
    }

    fn place_in_page(&self, page: PageAt, order: Order, place: Place, fresh: &Fresh<'_>) -> usize {
        let cells = page.page(&self.frames, order);
        match (order, place) {
            (Order::List, Place::Rank(rank)) => rank as usize,
            (Order::Sorted, _) => {
                let crate::resp::request::Value::Bytes(name) = fresh.name else {
                    unreachable!("members of sorted sets are not staged")
                };
                let score = order::score_key(fresh.score.expect("members have scores"));
                let bound = Bound { score, name: Some(name) };
                crate::store::tree::position_in_page(&self.frames, cells, &bound)
            }
            _ => cells.count(),
        }
    }

    /// A cell of the small collection at `at` may refer to objects, which then are its.
    fn note_parts(&mut self, at: Ref, page: PageAt, order: Order, parts: &Parts<'_>) {
        if parts.large_count > 0 {
            object::header_mut(&mut self.frames, at).flags |= FLAG_LARGE;
            adopt_large(&mut self.frames, page, order);
        }
    }

    /// Replaces the element that `find` finds by one of the same name (in a list: of the same
    /// place). It may not be in a sorted set. O(log n).
    pub fn replace_element(
        &mut self,
        now: Now,
        key: &Key<'_>,
        fresh: &Fresh<'_>,
        find: impl Fn(&Self, Ref) -> Spot,
    ) -> Result<(), StoreFull> {
        self.check_sizes(key, self.value_size(fresh.name))?;
        self.check_sizes(key, fresh.value.map_or(0, |value| self.value_size(value)))?;
        loop {
            let (at, _) = self.locate(key).expect("the caller found the key");
            let order = object::header(&self.frames, at).order();
            let spot = find(self, at);
            let cell_size = spot.page.page(&self.frames, order).cell(spot.index).len() as u32;
            let room_size = spot.page.page(&self.frames, order).room_size() + cell_size;
            let new_size = self.fresh_cell_size(fresh);
            let mut needs = Needs::NONE;
            self.need_large(&mut needs, fresh);
            let fits_here = room_size >= new_size;
            let mut grown = None;
            if !fits_here {
                match self.form(at) {
                    Form::Page(page) => {
                        let header = object::header(&self.frames, at);
                        let used_size = page.page(&self.frames, order).used_size();
                        let page_size = used_size - cell_size + new_size;
                        grown = self.page_class(header.value_offset(), page_size);
                        match grown {
                            Some(class) => needs.slot(class),
                            None => {
                                let mut needs = Needs::NONE;
                                self.need_tree(&mut needs, at);
                                self.make_room_for_entry(now, &needs, key, key)?;
                                let (at, _) = self.locate(key).expect("room spares the key");
                                self.make_tree(at);
                                continue;
                            }
                        }
                    }
                    Form::Tree(tree) => {
                        let size = Placeholder::new(new_size);
                        let pieces = size.pieces();
                        let cell = self.cell_of(order, fresh, &pieces, 0);
                        let path = spot.path.expect("a spot in a tree has a path");
                        let plan = tree.plan(&self.frames, &path, spot.index + 1, &cell);
                        needs.add(&plan.needs);
                    }
                }
            }
            if needs != Needs::NONE {
                self.make_room_for_entry(now, &needs, key, key)?;
            }
            // Reserve first: from here on nothing fails.
            let (mut at, _) = self.locate(key).expect("making room spares the key");
            if let Some(class) = grown {
                at = self.resize_page(at, class);
            }
            let spot = find(self, at);
            if fits_here || grown.is_some() {
                self.rewrite_cell(at, &spot, fresh);
            } else {
                self.swap_in_tree(at, &spot, fresh, &find);
            }
            return Ok(());
        }
    }

    /// Writes another cell in the place of one, in a page that has room for it.
    fn rewrite_cell(&mut self, at: Ref, spot: &Spot, fresh: &Fresh<'_>) {
        let order = object::header(&self.frames, at).order();
        let page = spot.page;
        let old_bytes = text::size_of_cell(
            &self.frames,
            order,
            page.page(&self.frames, order).cell(spot.index),
        );
        let new_bytes = self.fresh_bytes(fresh);
        let parts = self.make_parts(fresh);
        self.drop_texts(page, order, spot.index);
        let mut cells = page.page_mut(&mut self.frames, order);
        cells.remove(spot.index);
        cells.insert(spot.index, fresh.hash.map_or(0, NameHash::tag), &parts.pieces());
        match (self.form(at), &spot.path) {
            (Form::Tree(tree), Some(path)) => {
                tree.recount_large(&mut self.frames, page.holder);
                tree.note_bytes(&mut self.frames, path, new_bytes as i64 - old_bytes as i64);
            }
            _ => self.note_parts(at, page, order, &parts),
        }
    }

    /// Puts the new element behind the old one and takes that out.
    fn swap_in_tree(
        &mut self,
        at: Ref,
        spot: &Spot,
        fresh: &Fresh<'_>,
        find: &impl Fn(&Self, Ref) -> Spot,
    ) {
        let order = object::header(&self.frames, at).order();
        let mut tree = self.tree_at(at, order);
        let path = spot.path.expect("a spot in a tree has a path");
        let bytes = self.fresh_bytes(fresh);
        let size = Placeholder::new(self.fresh_cell_size(fresh));
        let plan = {
            let pieces = size.pieces();
            let cell = self.cell_of(order, fresh, &pieces, 0);
            tree.plan(&self.frames, &path, spot.index + 1, &cell)
        };
        let parts = self.make_parts(fresh);
        let pieces = parts.pieces();
        let cell = Cell { bytes, ..self.cell_of(order, fresh, &pieces, parts.large_count) };
        tree.insert(&mut self.frames, &path, spot.index + 1, &cell, &plan);
        self.set_tree(&tree);
        let old = find(self, at);
        // The tree has to know the size of what it loses.
        let texts = large_items_at(&self.frames, old.page, order, old.index);
        let path = old.path.expect("a spot in a tree has a path");
        tree.remove(&mut self.frames, &path, old.index);
        self.set_tree(&tree);
        self.drop_each(texts);
        self.freed_count += 2;
    }

    /// Gives a member of a sorted set another score. O(log n).
    pub fn set_score(
        &mut self,
        now: Now,
        key: &Key<'_>,
        name: &[u8],
        hash: NameHash,
        score: f64,
    ) -> Result<(), StoreFull> {
        let (at, _) = self.locate(key).expect("the caller found the key");
        if let Form::Page(page) = self.form(at) {
            self.move_in_page(at, page, name, hash, score);
            return Ok(());
        }
        let tree = self.tree_at(at, Order::Sorted);
        let (spot, _) = self.spot_by_score(&tree, name, hash).expect("the caller found the member");
        let mut bytes = [0; CELL_SIZE_MAX];
        let size = self.copy_cell(spot.page, Order::Sorted, spot.index, &mut bytes);
        bytes[..8].copy_from_slice(&score.to_bits().to_le_bytes());
        let bound = Bound { score: order::score_key(score), name: Some(name) };
        let plan = |store: &Self, at: Ref, cell: &Cell<'_>| {
            let tree = store.tree_at(at, Order::Sorted);
            let (path, index) = tree.seek_bound(&store.frames, &bound);
            (path, index, tree.plan(&store.frames, &path, index, cell))
        };
        let large_count = text::large_items(Order::Sorted, &bytes[..size]).count() as u16;
        let parts = [&bytes[..size]];
        let cell = Cell {
            parts: &parts,
            tag: hash.tag(),
            key: order::score_key(score),
            bytes: name.len() as u64,
            large_count,
        };
        let (_, _, first) = plan(self, at, &cell);
        self.make_room_for_entry(now, &first.needs, key, key)?;
        // Reserve first: from here on nothing fails. A text that moved meanwhile has told its cell.
        let (at, _) = self.locate(key).expect("making room spares the key");
        let mut tree = self.tree_at(at, Order::Sorted);
        let (old, _) = self.spot_by_score(&tree, name, hash).expect("it was there");
        let mut bytes = [0; CELL_SIZE_MAX];
        self.copy_cell(old.page, Order::Sorted, old.index, &mut bytes);
        let old_score = order::score(Order::Sorted, &bytes);
        bytes[..8].copy_from_slice(&score.to_bits().to_le_bytes());
        let parts = [&bytes[..size]];
        let cell = Cell { parts: &parts, ..cell };
        let (path, index, plan) = plan(self, at, &cell);
        tree.insert(&mut self.frames, &path, index, &cell, &plan);
        self.set_tree(&tree);
        self.remove_member(at, name, old_score);
        self.write_score(at, name, hash, old_score, score);
        // The old cell said that the text is its.
        if large_count > 0 {
            let (spot, _) = self
                .spot_by_score(&self.tree_at(at, Order::Sorted), name, hash)
                .expect("it was moved");
            adopt_large(&mut self.frames, spot.page, Order::Sorted);
        }
        self.freed_count += 2;
        Ok(())
    }

    /// Takes the cell of a member with a score out of the tree, and leaves its text alone.
    fn remove_member(&mut self, at: Ref, name: &[u8], score: f64) {
        let bound = Bound { score: order::score_key(score), name: Some(name) };
        let spot = self.spot_of_bound(at, &bound);
        let mut tree = self.tree_at(at, Order::Sorted);
        let path = spot.path.expect("a spot in a tree has a path");
        tree.remove(&mut self.frames, &path, spot.index);
        self.set_tree(&tree);
    }

    /// Writes another score into the tree of scores.
    fn write_score(&mut self, at: Ref, name: &[u8], hash: NameHash, old: f64, new: f64) {
        let spot = self.spot_of_score(at, name, hash, old);
        let mut cells = spot.page.page_mut(&mut self.frames, Order::Scores);
        cells.cell_mut(spot.index)[4..].copy_from_slice(&new.to_bits().to_le_bytes());
    }

    /// Where the tree of scores has this score of this member. Another one with the same 32 bits of
    /// hash and the same score would do as well.
    fn spot_of_score(&self, at: Ref, name: &[u8], hash: NameHash, score: f64) -> Spot {
        debug_assert!(!name.is_empty() || hash.to_u64() > 0, "a name has a hash");
        let scores = self.tree_at(at, Order::Scores);
        let key = hash.score_key();
        let path = scores.seek_key(&self.frames, key);
        let page = path.page(&self.frames, Order::Scores);
        let first = position_of_scores_key(page, key);
        let index = (first..page.count())
            .take_while(|&index| order::scores_key(page.cell(index)) == key)
            .find(|&index| {
                order::score(Order::Scores, page.cell(index)).to_bits() == score.to_bits()
            })
            .expect("a member has its score in the tree of scores");
        Spot { path: Some(path), page: path.page_at(&self.frames), index }
    }

    fn move_in_page(&mut self, at: Ref, page: PageAt, name: &[u8], hash: NameHash, score: f64) {
        let spot = self.spot_of_name(at, name, hash).expect("the caller found the member");
        let mut bytes = [0; CELL_SIZE_MAX];
        let size = self.copy_cell(page, Order::Sorted, spot.index, &mut bytes);
        bytes[..8].copy_from_slice(&score.to_bits().to_le_bytes());
        page.page_mut(&mut self.frames, Order::Sorted).remove(spot.index);
        let bound = Bound { score: order::score_key(score), name: Some(name) };
        let cells = page.page(&self.frames, Order::Sorted);
        let index = crate::store::tree::position_in_page(&self.frames, cells, &bound);
        page.page_mut(&mut self.frames, Order::Sorted).insert(index, hash.tag(), &[&bytes[..size]]);
    }

    fn copy_cell(&self, page: PageAt, order: Order, index: usize, out: &mut [u8]) -> usize {
        let cell = page.page(&self.frames, order).cell(index);
        out[..cell.len()].copy_from_slice(cell);
        cell.len()
    }

    /// Takes an element out of an existing collection; with the last one the key goes. O(log n).
    pub fn take_element(
        &mut self,
        key: &Key<'_>,
        find: impl Fn(&Self, Ref) -> Option<Spot>,
    ) -> bool {
        let (at, place) = self.locate(key).expect("the caller found the key");
        let Some(spot) = find(self, at) else { return false };
        let order = object::header(&self.frames, at).order();
        if self.count_at(at) == 1 {
            self.remove(at, place);
            return true;
        }
        match self.form(at) {
            Form::Page(page) => {
                self.drop_texts(page, order, spot.index);
                page.page_mut(&mut self.frames, order).remove(spot.index);
            }
            Form::Tree(mut tree) => {
                if order == Order::Sorted {
                    self.take_score(at, &spot);
                }
                let texts = large_items_at(&self.frames, spot.page, order, spot.index);
                let path = spot.path.expect("a spot in a tree has a path");
                tree.remove(&mut self.frames, &path, spot.index);
                self.set_tree(&tree);
                self.drop_each(texts);
                self.count_elements(at, -1);
                self.freed_count += 2;
            }
        }
        self.tighten(at);
        true
    }

    /// Takes the score of an element of a large sorted set out of the tree of scores.
    fn take_score(&mut self, at: Ref, spot: &Spot) {
        let cell = spot.page.page(&self.frames, Order::Sorted).cell(spot.index);
        let score = order::score(Order::Sorted, cell);
        let name = Order::Sorted.name(cell);
        let hash = NameHash::of(text::hash(&self.frames, self.hash_key, name));
        let spot = self.spot_of_score(at, b"", hash, score);
        let mut scores = self.tree_at(at, Order::Scores);
        let path = spot.path.expect("a spot in a tree has a path");
        scores.remove(&mut self.frames, &path, spot.index);
        self.set_tree(&scores);
    }

    /// As `take_element`, by name.
    pub fn take_named(&mut self, key: &Key<'_>, name: &[u8], hash: NameHash) -> bool {
        self.take_element(key, |store, at| store.spot_of_name(at, name, hash))
    }

    /// As `take_element`, by rank.
    pub fn take_ranked(&mut self, key: &Key<'_>, rank: u64) -> bool {
        self.take_element(key, |store, at| {
            (rank < store.count_at(at)).then(|| store.settled_at_rank(at, rank))
        })
    }

    /// As `replace_element`, for a field of a hash that is there.
    pub fn replace_named(
        &mut self,
        now: Now,
        key: &Key<'_>,
        name: &[u8],
        fresh: &Fresh<'_>,
    ) -> Result<(), StoreFull> {
        let hash = fresh.hash.expect("names have hashes");
        self.replace_element(now, key, fresh, |store, at| {
            store.spot_of_name(at, name, hash).expect("the caller found the field")
        })
    }

    /// As `replace_element`, for an element of a list that is there.
    pub fn replace_ranked(
        &mut self,
        now: Now,
        key: &Key<'_>,
        rank: u64,
        fresh: &Fresh<'_>,
    ) -> Result<(), StoreFull> {
        self.replace_element(now, key, fresh, |store, at| store.settled_at_rank(at, rank))
    }

    fn settled_at_rank(&self, at: Ref, rank: u64) -> Spot {
        match self.form(at) {
            Form::Page(_) => self.spot_at_rank(at, rank),
            Form::Tree(tree) => {
                let (path, index) = tree.seek_rank(&self.frames, rank);
                let mut cursor = Cursor { path, index };
                cursor.settle(&self.frames, &tree);
                Spot::of_cursor(&self.frames, &cursor)
            }
        }
    }

    /// The existing collection is read or written: it is in use.
    pub fn touch_collection(&mut self, now: Now, entry: Entry) {
        self.touch(now, entry);
    }
}

/// The largest cell of a sorted set.
const CELL_SIZE_MAX: usize = 8 + 3 + order::ITEM_SIZE_MAX;

/// A cell of which only the size is known.
struct Placeholder {
    size: usize,
}

/// As many bytes as the largest cell has.
static NOTHING: [u8; 2 * (3 + order::ITEM_SIZE_MAX) + 8] = [0; 2 * (3 + order::ITEM_SIZE_MAX) + 8];

impl Placeholder {
    const fn new(size: u32) -> Self {
        Self { size: size as usize }
    }

    fn pieces(&self) -> [&[u8]; 1] {
        [&NOTHING[..self.size]]
    }
}

/// The cell of a score.
fn score_cell(fresh: &Fresh<'_>) -> ([u8; 4], [u8; 8]) {
    let key = fresh.hash.expect("members have hashes").score_key();
    let score = fresh.score.expect("members have scores");
    (((key >> 32) as u32).to_le_bytes(), score.to_bits().to_le_bytes())
}
