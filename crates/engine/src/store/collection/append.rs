//! Members put behind all others of a set: as many as make a leaf at once, instead of one after the
//! other into leaves that grow and are split.
//!
//! For who has members in the order of their hashes, as sets are.
use super::{Form, Fresh};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Needs, Ref};
use crate::store::lookup::NameHash;
use crate::store::tree::{EMPTY_SIZE, LEAF_SIZE_MAX, NODE_HEADER_SIZE, Order, PageAt, make_leaf};
use crate::store::types::{Key, StoreFull};
use crate::store::{Entry, Store, object};

/// What has to be done before members can be put in.
enum Step {
    /// The key is missing.
    Make,
    /// The page has room.
    Here,
    /// The page moves to a slot of this class.
    Grow(Class),
    /// The page becomes a tree.
    Outgrow,
    /// It is a tree, which gets a leaf of this class.
    Append(Class),
}

impl Store {
    /// Puts the first ones of `fresh` into the set `key`, as many as make a leaf; how many these
    /// are. The set is made if it is missing, and the caller has checked the type. None if the
    /// first one has a text too long for a cell. All of `fresh` are in the order of their hashes,
    /// which differ and are above those of all members that the set has. O(depth), and O(1) for
    /// each.
    pub fn append<'a>(
        &mut self,
        now: Now,
        key: &Key<'_>,
        fresh: impl Iterator<Item = Fresh<'a>> + Clone,
    ) -> Result<usize, StoreFull> {
        let fresh = fresh.take_while(Fresh::is_plain);
        let (count, size) = fair_share(fresh.clone());
        let fresh = fresh.take(count);
        let Some(first) = fresh.clone().next() else { return Ok(0) };
        self.check_fresh(key, &first)?;
        loop {
            let existing = self.locate(key).map(|(at, _)| at);
            if let Some(at) = existing {
                self.check_count(at, count as u64)?;
            }
            let (step, needs) = self.needs_of_append(key, existing, size);
            self.make_room_for_entry(now, &needs, key, key)?;
            // Reserve first: from here on nothing fails.
            let existing = self.locate(key).map(|(at, _)| at);
            let at = match (step, existing) {
                (Step::Make, _) => self.make_collection(now, key, Order::Set, EMPTY_SIZE + size),
                (Step::Here, Some(at)) => at,
                (Step::Grow(class), Some(at)) => self.resize_page(at, class),
                (Step::Outgrow, Some(at)) => {
                    self.make_tree(at);
                    continue;
                }
                (Step::Append(class), Some(at)) => {
                    self.put_leaf(at, class, fresh);
                    return Ok(count);
                }
                (_, None) => unreachable!("making room spares the key"),
            };
            match self.form(at) {
                Form::Page(page) => {
                    self.put_behind(page, fresh);
                }
                Form::Tree(tree) => {
                    self.put_behind(PageAt::of_leaf(&self.frames, tree.root), fresh);
                    self.count_elements(at, (count as u32).cast_signed());
                }
            }
            return Ok(count);
        }
    }

    /// What putting members of so many bytes in takes.
    fn needs_of_append(&self, key: &Key<'_>, existing: Option<Ref>, size: u32) -> (Step, Needs) {
        let mut needs = Needs::NONE;
        let Some(at) = existing else {
            self.need_new(&mut needs, Order::Set, key.name.len(), EMPTY_SIZE + size);
            return (Step::Make, needs);
        };
        let page = match self.form(at) {
            Form::Page(page) => page.page(&self.frames, Order::Set),
            Form::Tree(tree) => {
                let class = self.frames.class_of(NODE_HEADER_SIZE + EMPTY_SIZE + size);
                needs.slot(class);
                tree.append_needs(&self.frames, &mut needs);
                return (Step::Append(class), needs);
            }
        };
        if page.room_size() >= size {
            return (Step::Here, needs);
        }
        let value_offset = object::header(&self.frames, at).value_offset();
        let Some(class) = self.page_class(value_offset, page.used_size() + size) else {
            self.need_tree(&mut needs, at);
            return (Step::Outgrow, needs);
        };
        needs.slot(class);
        (Step::Grow(class), needs)
    }

    /// Puts members into a leaf of their own, behind the others.
    fn put_leaf<'a>(
        &mut self,
        at: Ref,
        class: Class,
        fresh: impl Iterator<Item = Fresh<'a>> + Clone,
    ) {
        self.frames.marks.reach(Mark::LeafAppended);
        let leaf = make_leaf(&mut self.frames, class, Order::Set, at);
        let first = fresh.clone().next().expect("a leaf has members");
        let hash = first.hash.expect("members have hashes");
        let (count, bytes) = self.put_behind(PageAt::of_leaf(&self.frames, leaf), fresh);
        let mut tree = self.tree_at(at, Order::Set);
        tree.append_leaf(&mut self.frames, leaf, (hash.to_u64(), count, bytes));
        self.set_tree(&tree);
        self.count_elements(at, count.cast_signed());
        self.freed_count += 2;
    }

    /// Puts members into a page, which has room, behind the others; how many, and the bytes of
    /// their texts.
    fn put_behind<'a>(
        &mut self,
        page: PageAt,
        fresh: impl Iterator<Item = Fresh<'a>>,
    ) -> (u32, u64) {
        let start = page.page(&self.frames, Order::Set).count();
        let (mut count, mut bytes) = (0, 0);
        let mut page = page.page_mut(&mut self.frames, Order::Set);
        for fresh in fresh {
            let tag = fresh.hash.map_or(0, NameHash::tag);
            page.insert(start + count as usize, tag, &fresh.plain_parts().pieces());
            count += 1;
            bytes += fresh.plain_size();
        }
        (count, bytes)
    }

    /// How many elements stand in a leaf of a collection, from the one with a rank on, which there
    /// is. O(log n).
    pub fn count_in_leaf(&self, entry: Entry, rank: u64) -> u64 {
        let order = object::header(&self.frames, entry.object).order();
        let spot = self.spot_at_rank(entry.object, rank);
        (spot.page.page(&self.frames, order).count() - spot.index) as u64
    }
}

/// How many of the first members a leaf takes, and their bytes in its page. Leaves are of about the
/// same size, so that none has only what the others have left over.
fn fair_share<'a>(fresh: impl Iterator<Item = Fresh<'a>> + Clone) -> (usize, u32) {
    let sizes = fresh.map(|fresh| fresh.size_in_page(Order::Set));
    let all_size: u32 = sizes.clone().sum();
    let size_max = LEAF_SIZE_MAX - NODE_HEADER_SIZE - EMPTY_SIZE;
    let fair_size = all_size / all_size.div_ceil(size_max).max(1);
    let (mut size, mut count) = (0, 0);
    for more_size in sizes {
        if size >= fair_size || size + more_size > size_max {
            break;
        }
        (size, count) = (size + more_size, count + 1);
    }
    (count, size)
}

#[cfg(test)]
#[path = "append_test.rs"]
mod append_test;
