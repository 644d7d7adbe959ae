//! The scores of a sorted set: where each member stands, and the second tree of a large one.
use super::{Spot, Standing};
use crate::clock::Now;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::Store;
use crate::store::lookup::NameHash;
use crate::store::tree::{
    Bound, Cell, Cursor, Order, PageAt, Tree, adopt_large, order, position_in_page, text,
};
use crate::store::types::{Key, StoreFull};

/// The largest cell of a sorted set.
const CELL_SIZE_MAX: usize = 8 + 3 + order::ITEM_SIZE_MAX;

impl Store {
    /// Gives a member of a sorted set, which stands where `standing` says, another score. O(log n).
    pub fn set_score(
        &mut self,
        now: Now,
        key: &Key<'_>,
        standing: &Standing,
        name: &[u8],
        score: f64,
    ) -> Result<(), StoreFull> {
        let Standing { spot, scores, .. } = *standing;
        let Some(scores) = scores else {
            let bound = Bound { score: order::score_key(score), name: Some(name) };
            let cells = spot.page.page(&self.frames, Order::Sorted);
            let index = position_in_page(&self.frames, cells, &bound);
            self.move_in_page(spot.page, spot.index, index, score);
            return Ok(());
        };
        let (at, _) = self.locate(key).expect("the caller found the key");
        let tree = self.tree_at(at, Order::Sorted);
        if self.set_score_here(&tree, &(spot, scores), name, score) {
            return Ok(());
        }
        let hash = self.name_hash(name);
        let mut bytes = [0; CELL_SIZE_MAX];
        let size = self.copy_cell(spot.page, Order::Sorted, spot.index, &mut bytes);
        order::set_score(Order::Sorted, &mut bytes, score);
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
            size: size as u32,
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
        order::set_score(Order::Sorted, &mut bytes, score);
        let parts = [&bytes[..size]];
        let cell = Cell { parts: &parts, ..cell };
        let (path, index, plan) = plan(self, at, &cell);
        tree.insert(&mut self.frames, &path, index, &cell, &plan);
        self.set_tree(&tree);
        self.remove_member(at, name, old_score);
        if !is_planted(Bug::ScoreForgotten) {
            self.write_score(at, hash, old_score, score);
        }
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

    /// Gives a member of a large sorted set another score, if that takes no room: it stays in its
    /// leaf, or goes to one that has room for it. False, and nothing has changed, if not.
    fn set_score_here(
        &mut self,
        tree: &Tree,
        (spot, scores): &(Spot, Spot),
        name: &[u8],
        score: f64,
    ) -> bool {
        let bound = Bound { score: order::score_key(score), name: Some(name) };
        let (path, index) = tree.seek_bound(&self.frames, &bound);
        let page = path.page_at(&self.frames);
        if page == spot.page {
            self.move_in_page(page, spot.index, index, score);
        } else {
            let cell = spot.page.page(&self.frames, Order::Sorted).cell(spot.index);
            let size = cell.len() as u32 + Order::Sorted.entry_size() as u32;
            let is_plain = text::large_items(Order::Sorted, cell).next().is_none();
            if !is_plain || page.page(&self.frames, Order::Sorted).room_size() < size {
                return false;
            }
            let mut tree = *tree;
            self.write_cell_score(spot, Order::Sorted, score);
            let from = Cursor { path: spot.path.expect("in a tree"), index: spot.index };
            tree.carry(&mut self.frames, &from, &Cursor { path, index });
            self.set_tree(&tree);
            self.freed_count += 2;
        }
        self.write_cell_score(scores, Order::Scores, score);
        true
    }

    /// Writes another score into a cell, which stays where it is.
    fn write_cell_score(&mut self, spot: &Spot, order: Order, score: f64) {
        let mut cells = spot.page.page_mut(&mut self.frames, order);
        order::set_score(order, cells.cell_mut(spot.index), score);
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
    fn write_score(&mut self, at: Ref, hash: NameHash, old: f64, new: f64) {
        let spot = self.spot_of_score(at, hash, old);
        self.write_cell_score(&spot, Order::Scores, new);
    }

    /// Where the tree of scores has this score of this member. Another one with the same 32 bits of
    /// hash and the same score would do as well.
    fn spot_of_score(&self, at: Ref, hash: NameHash, score: f64) -> Spot {
        let scores = self.tree_at(at, Order::Scores);
        let key = hash.scores_key();
        let (path, first) = scores.seek_scores_key(&self.frames, key);
        let page = path.page(&self.frames, Order::Scores);
        let index = (first..page.count())
            .take_while(|&index| order::scores_key(page.from_cell(index)) == key)
            .find(|&index| {
                order::score(Order::Scores, page.from_cell(index)).to_bits() == score.to_bits()
            })
            .expect("a member has its score in the tree of scores");
        Spot { path: Some(path), page: path.page_at(&self.frames), index }
    }

    /// The element `from` of a page gets another score, and goes before the element `before`.
    fn move_in_page(&mut self, page: PageAt, from: usize, before: usize, score: f64) {
        let mut cells = page.page_mut(&mut self.frames, Order::Sorted);
        order::set_score(Order::Sorted, cells.cell_mut(from), score);
        cells.reorder(from, if before > from { before - 1 } else { before });
    }

    fn copy_cell(&self, page: PageAt, order: Order, index: usize, out: &mut [u8]) -> usize {
        let cell = page.page(&self.frames, order).cell(index);
        out[..cell.len()].copy_from_slice(cell);
        cell.len()
    }

    /// Takes the score of an element of a large sorted set out of the tree of scores.
    pub(super) fn take_score(&mut self, at: Ref, spot: &Spot) {
        let cell = spot.page.page(&self.frames, Order::Sorted).cell(spot.index);
        let score = order::score(Order::Sorted, cell);
        let name = Order::Sorted.name(cell);
        let hash = NameHash::of(text::hash(&self.frames, self.hash_key, name));
        let spot = self.spot_of_score(at, hash, score);
        let mut scores = self.tree_at(at, Order::Scores);
        let path = spot.path.expect("a spot in a tree has a path");
        scores.remove(&mut self.frames, &path, spot.index);
        self.set_tree(&scores);
    }
}
