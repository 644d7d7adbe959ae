//! Many elements of a list or a sorted set taken out at once: leaf by leaf where whole ones go. The
//! scores of a sorted set are in another order, and go one by one.
use super::{Form, Spot};
use crate::memory::frames::Ref;
use crate::store::tree::{Order, PageAt, Tree, large_items_at, node_header};
use crate::store::types::Key;
use crate::store::{Store, object};

impl Store {
    /// Takes `count` elements of the list or sorted set `key` out, from the element `rank` on; with
    /// the last one the key goes. O(leaves), and O(log n) for each element of a leaf of which some
    /// stay that has objects, and for each score.
    pub fn take_run(&mut self, key: &Key<'_>, rank: u64, count: u64) {
        let (at, place) = self.locate(key).expect("the caller found the key");
        let whole_count = self.count_at(at);
        assert!(rank + count <= whole_count, "the caller counted the elements");
        if count == whole_count {
            self.remove(at, place);
            return;
        }
        let order = object::header(&self.frames, at).order();
        let mut left_count = count;
        while left_count > 0 {
            left_count -= match self.form(at) {
                Form::Page(page) => self.cut_page(page, order, rank, left_count),
                Form::Tree(tree) => self.cut_leaf(at, tree, rank, left_count),
            };
        }
        self.tighten(at);
    }

    /// Takes elements of a small collection out; how many.
    fn cut_page(&mut self, page: PageAt, order: Order, rank: u64, count: u64) -> u64 {
        for index in rank..rank + count {
            self.drop_texts(page, order, index as usize);
        }
        page.page_mut(&mut self.frames, order).remove_run(rank as usize, count as usize);
        count
    }

    /// Takes elements of one leaf out, from an element on: all of the leaf, or those of it that go,
    /// or where some are objects the first one; how many these were.
    fn cut_leaf(&mut self, at: Ref, mut tree: Tree, rank: u64, count: u64) -> u64 {
        let order = tree.order;
        let spot = self.spot_at_rank(at, rank);
        let path = spot.path.expect("a spot in a tree has a path");
        let leaf_count = spot.page.page(&self.frames, order).count();
        let is_whole = spot.index == 0 && leaf_count as u64 <= count;
        let has_objects = node_header(&self.frames, spot.page.holder).count > 0;
        let cut_count = match (is_whole, has_objects) {
            (true, _) => leaf_count,
            (false, true) => 1,
            (false, false) => (leaf_count - spot.index).min(count as usize),
        };
        if order == Order::Sorted {
            for index in spot.index..spot.index + cut_count {
                self.take_score(at, &Spot { index, ..spot });
            }
        }
        if is_whole {
            for index in (0..leaf_count).filter(|_| has_objects) {
                self.drop_texts(spot.page, order, index);
            }
            tree.remove_leaf(&mut self.frames, &path);
        } else if has_objects {
            let texts = large_items_at(&self.frames, spot.page, order, spot.index);
            tree.remove(&mut self.frames, &path, spot.index);
            self.drop_each(texts);
        } else {
            tree.remove_run(&mut self.frames, &path, spot.index, cut_count);
        }
        self.set_tree(&tree);
        self.count_elements(at, -(cut_count as u32).cast_signed());
        self.freed_count += 2;
        debug_assert!(object::trees(&self.frames, at).count > 0, "some elements stay");
        cut_count as u64
    }
}

#[cfg(test)]
#[path = "cut_test.rs"]
mod cut_test;
