//! Replacing an element by another one of the same name, or in a list of the same place.
use super::{Form, Fresh, Spot};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::{Needs, Ref};
use crate::store::lookup::NameHash;
use crate::store::tree::{large_items_at, text};
use crate::store::types::{Key, StoreFull};
use crate::store::{Store, object};

impl Store {
    /// Replaces the element that `find` finds by one of the same name (in a list: of the same
    /// place). It may not be in a sorted set. `settle_collection` then trims a page that has become
    /// smaller: not this, since room may be reserved in it. O(log n).
    pub fn replace_element(
        &mut self,
        now: Now,
        key: &Key<'_>,
        fresh: &Fresh<'_>,
        find: impl Fn(&Self, Ref) -> Spot,
    ) -> Result<(), StoreFull> {
        self.check_fresh(key, fresh)?;
        loop {
            let (at, _) = self.locate(key).expect("the caller found the key");
            let order = object::header(&self.frames, at).order();
            let spot = find(self, at);
            let cell_size = spot.page.page(&self.frames, order).cell(spot.index).len() as u32;
            let room_size = spot.page.page(&self.frames, order).room_size() + cell_size;
            let new_size = fresh.cell_size();
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
                        let Some(class) = grown else {
                            self.outgrow_page(now, key)?;
                            continue;
                        };
                        needs.slot(class);
                    }
                    Form::Tree(tree) => {
                        self.check_count(at, 1)?;
                        let cell = fresh.cell(order, &[], 0, 0);
                        let path = spot.path.expect("a spot in a tree has a path");
                        let plan = tree.plan(&self.frames, &path, spot.index + 1, &cell);
                        needs.add(&plan.needs);
                    }
                }
            }
            if !needs.is_none() {
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

    /// Writes a cell of the same size over one, which is most of all replacing. False, and nothing
    /// has changed, if it has another size, or refers to objects.
    pub(super) fn rewrite_here(&mut self, at: Ref, spot: &Spot, fresh: &Fresh<'_>) -> bool {
        let order = object::header(&self.frames, at).order();
        let old = spot.page.page(&self.frames, order).cell(spot.index);
        if !fresh.is_plain()
            || old.len() as u32 != fresh.cell_size()
            || text::large_items(order, old).next().is_some()
        {
            return false;
        }
        let parts = fresh.plain_parts();
        let mut page = spot.page.page_mut(&mut self.frames, order);
        let mut cell = page.cell_mut(spot.index);
        for piece in parts.pieces() {
            let (here, rest) = cell.split_at_mut(piece.len());
            here.copy_from_slice(piece);
            cell = rest;
        }
        true
    }

    /// Makes a page that has become too large a tree.
    fn outgrow_page(&mut self, now: Now, key: &Key<'_>) -> Result<(), StoreFull> {
        let (at, _) = self.locate(key).expect("the caller found the key");
        let mut needs = Needs::NONE;
        self.need_tree(&mut needs, at);
        self.make_room_for_entry(now, &needs, key, key)?;
        let (at, _) = self.locate(key).expect("making room spares the key");
        self.make_tree(at);
        Ok(())
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
        let had_object = large_items_at(&self.frames, page, order, spot.index)[0].is_some();
        let parts = self.make_parts(fresh);
        self.drop_texts(page, order, spot.index);
        let mut cells = page.page_mut(&mut self.frames, order);
        cells.remove(spot.index);
        cells.insert(spot.index, fresh.hash.map_or(0, NameHash::tag), &parts.pieces());
        let Some(path) = &spot.path else {
            self.note_parts(at, page, order, &parts);
            return;
        };
        let mut tree = self.tree_at(at, order);
        if had_object || parts.large_count > 0 {
            tree.recount_large(&mut self.frames, page.holder);
        }
        let more = new_bytes.cast_signed() - old_bytes.cast_signed();
        tree.note_bytes(&mut self.frames, path, more);
        tree.tighten_leaf(&mut self.frames, path);
        self.set_tree(&tree);
        self.freed_count += 2;
    }

    /// Puts the new element behind the old one and takes that out.
    fn swap_in_tree(
        &mut self,
        at: Ref,
        spot: &Spot,
        fresh: &Fresh<'_>,
        find: &impl Fn(&Self, Ref) -> Spot,
    ) {
        self.frames.marks.reach(Mark::ElementOutgrown);
        let order = object::header(&self.frames, at).order();
        let mut tree = self.tree_at(at, order);
        let path = spot.path.expect("a spot in a tree has a path");
        let bytes = self.fresh_bytes(fresh);
        let plan = {
            let cell = fresh.cell(order, &[], 0, 0);
            tree.plan(&self.frames, &path, spot.index + 1, &cell)
        };
        let parts = self.make_parts(fresh);
        let pieces = parts.pieces();
        let cell = fresh.cell(order, &pieces, bytes, parts.large_count);
        tree.insert(&mut self.frames, &path, spot.index + 1, &cell, &plan);
        self.set_tree(&tree);
        // Both are there, and ranks from the end are counted from all.
        self.count_elements(at, 1);
        let old = find(self, at);
        // The tree has to know the size of what it loses.
        let texts = large_items_at(&self.frames, old.page, order, old.index);
        let path = old.path.expect("a spot in a tree has a path");
        tree.remove(&mut self.frames, &path, old.index);
        self.set_tree(&tree);
        self.count_elements(at, -1);
        self.drop_each(texts);
        self.freed_count += 2;
    }

    /// As `replace_element`, for a field of a hash that is there.
    pub(super) fn replace_named(
        &mut self,
        now: Now,
        key: &Key<'_>,
        fresh: &Fresh<'_>,
    ) -> Result<(), StoreFull> {
        let hash = fresh.hash.expect("names have hashes");
        self.replace_element(now, key, fresh, |store, at| {
            let spot = store.spot_of_name(at, fresh.short_name(), hash);
            spot.expect("the caller found the field")
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
        let (at, _) = self.locate(key).expect("the caller found the key");
        let spot = self.spot_at_rank(at, rank);
        if self.rewrite_here(at, &spot, fresh) {
            return Ok(());
        }
        self.replace_element(now, key, fresh, |store, at| store.spot_at_rank(at, rank))
    }
}
