//! Elements that are put in as neighbours: at once as many as one leaf takes, instead of one by one
//! into leaves that grow and are split.
//!
//! For who makes a list, or has members of a set in the order of their hashes.
//!
//! Invariant: a leaf is filled before the next one is begun, however few elements come at once.
use super::{Form, Fresh, PAGE_SIZE_MAX, Place};
use crate::clock::Now;
use crate::limits::SLOT_SIZE_MAX;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Needs, Ref};
use crate::store::lookup::NameHash;
use crate::store::tree::{
    EMPTY_SIZE, LEAF_SIZE_MAX, NODE_HEADER_SIZE, Order, PageAt, Path, Tree, make_leaf,
};
use crate::store::types::{Key, StoreFull};
use crate::store::{Entry, Store, object};

/// What has to be done before elements can be put in.
enum Step {
    /// The key is missing.
    Make,
    /// The page, or the leaf, has room.
    Here,
    /// The page moves to a slot of this class.
    GrowPage(Class),
    /// The page becomes a tree.
    Outgrow,
    /// The leaf moves to a slot of this class.
    GrowLeaf(Class),
    /// The leaf is full, and has to be divided.
    Divide,
    /// The tree gets a leaf of this class.
    Append(Class),
}

/// The first ones of some elements.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    count: usize,
    /// Bytes that they take in a page.
    size: u32,
}

impl Store {
    /// Puts the first ones of `fresh` into the collection `key`, as many as go into one page; how
    /// many these are, at least one where there are any. The first one goes in by itself if it has
    /// a text too long for a cell, or belongs into a leaf that has to be divided. The collection is
    /// made if it is missing, and the caller has checked the type: a list, which gets them behind
    /// all others, if the elements have no hashes, else a set, which has none of them yet; they are
    /// then in the order of their hashes. The caller knows whether they go behind all others.
    /// O(depth), and O(1) for each.
    pub fn put_run<'a>(
        &mut self,
        now: Now,
        key: &Key<'_>,
        fresh: impl Iterator<Item = Fresh<'a>> + Clone,
        is_behind: bool,
    ) -> Result<usize, StoreFull> {
        let Some(first) = fresh.clone().next() else { return Ok(0) };
        let count = self.put_share(now, key, fresh, is_behind)?;
        if count > 0 {
            return Ok(count);
        }
        let (order, place) = if first.hash.is_some() {
            (Order::Set, Place::Own)
        } else {
            let count = self.peek(key).map_or(0, |entry| self.element_count(entry));
            (Order::List, Place::Rank(count))
        };
        self.put_element(now, key, order, place, &first)?;
        Ok(1)
    }

    /// As `put_run`; none if the first one has to go in by itself.
    fn put_share<'a>(
        &mut self,
        now: Now,
        key: &Key<'_>,
        fresh: impl Iterator<Item = Fresh<'a>> + Clone,
        is_behind: bool,
    ) -> Result<usize, StoreFull> {
        let fresh = fresh.take_while(Fresh::is_plain);
        let Some(first) = fresh.clone().next() else { return Ok(0) };
        self.check_fresh(key, &first)?;
        let order = if first.hash.is_some() { Order::Set } else { Order::List };
        loop {
            let existing = self.locate(key).map(|(at, _)| at);
            let (step, share, needs) =
                self.needs_of_run((key, order), existing, fresh.clone(), is_behind);
            if let Some(at) = existing {
                self.check_count(at, share.count as u64)?;
            }
            self.make_room_for_entry(now, &needs, key, key)?;
            // Reserve first: from here on nothing fails.
            let existing = self.locate(key).map(|(at, _)| at);
            let fresh = fresh.clone().take(share.count);
            let at = match (step, existing) {
                (Step::Make, _) => self.make_collection(now, key, order, EMPTY_SIZE + share.size),
                (Step::Here, Some(at)) => at,
                (Step::GrowPage(class), Some(at)) => self.resize_page(at, class),
                (Step::Outgrow, Some(at)) => {
                    self.make_tree(at);
                    continue;
                }
                (Step::Divide, _) => return Ok(0),
                (Step::GrowLeaf(class), Some(at)) => {
                    self.grow_leaf(at, &first, class);
                    at
                }
                (Step::Append(class), Some(at)) => {
                    self.put_leaf((at, order), class, fresh);
                    return Ok(share.count);
                }
                (_, None) => unreachable!("making room spares the key"),
            };
            self.put_in_leaf((at, order), &first, fresh);
            return Ok(share.count);
        }
    }

    /// What has to be done to put the first ones of `fresh` in, how many, and what it takes.
    fn needs_of_run<'a>(
        &self,
        (key, order): (&Key<'_>, Order),
        existing: Option<Ref>,
        fresh: impl Iterator<Item = Fresh<'a>> + Clone,
        is_behind: bool,
    ) -> (Step, Share, Needs) {
        let mut needs = Needs::NONE;
        let size_of = |fresh: Fresh<'_>| fresh.size_in_page(order);
        let sizes = fresh.clone().map(size_of);
        let leaf_size_max = LEAF_SIZE_MAX - NODE_HEADER_SIZE;
        let Some(at) = existing else {
            let share = Share::of(sizes, leaf_size_max - EMPTY_SIZE);
            self.need_new(&mut needs, order, key.name.len(), EMPTY_SIZE + share.size);
            return (Step::Make, share, needs);
        };
        let tree = match self.form(at) {
            Form::Page(page) => {
                let page = page.page(&self.frames, order);
                let value_offset = object::header(&self.frames, at).value_offset();
                let page_size_max = PAGE_SIZE_MAX.min(SLOT_SIZE_MAX - value_offset);
                let share = Share::of(sizes, page_size_max.saturating_sub(page.used_size()));
                if share.count > 0 && page.room_size() >= share.size {
                    return (Step::Here, share, needs);
                }
                let class = self.page_class(value_offset, page.used_size() + share.size);
                if let Some(class) = class.filter(|_| share.count > 0) {
                    needs.slot(class);
                    return (Step::GrowPage(class), share, needs);
                }
                self.need_tree(&mut needs, at);
                return (Step::Outgrow, share, needs);
            }
            Form::Tree(tree) => tree,
        };
        let first = fresh.clone().next().expect("somebody is to be put in");
        let path = self.path_of_run(&tree, &first);
        let page = path.page(&self.frames, order);
        // Those behind belong into the next leaf.
        let end = path.next(&self.frames).map(|next| next.key(&self.frames));
        let is_here = |fresh: &Fresh<'_>| match (fresh.hash, end) {
            (Some(hash), Some(end)) => hash.to_u64() < end,
            _ => true,
        };
        let sizes = fresh.take_while(is_here).map(size_of);
        let room_size = leaf_size_max.saturating_sub(page.used_size());
        let share = Share::of(sizes.clone(), room_size.max(page.room_size()));
        if share.count == 0 && !is_behind {
            return (Step::Divide, share, needs);
        }
        if share.count == 0 {
            let share = Share::of(sizes, leaf_size_max - EMPTY_SIZE);
            let class = self.frames.class_of(NODE_HEADER_SIZE + EMPTY_SIZE + share.size);
            needs.slot(class);
            tree.append_needs(&self.frames, &mut needs);
            return (Step::Append(class), share, needs);
        }
        if page.room_size() >= share.size {
            return (Step::Here, share, needs);
        }
        let class = self.frames.class_of(NODE_HEADER_SIZE + page.used_size() + share.size);
        needs.slot(class);
        (Step::GrowLeaf(class), share, needs)
    }

    /// The way to the leaf where some elements go of which this is the first one.
    fn path_of_run(&self, tree: &Tree, first: &Fresh<'_>) -> Path {
        match first.hash {
            Some(hash) => tree.seek_key(&self.frames, hash.to_u64()),
            None => tree.last_leaf(&self.frames),
        }
    }

    /// Moves the leaf where `first` goes to a slot of another class.
    fn grow_leaf(&mut self, at: Ref, first: &Fresh<'_>, class: Class) {
        let order = object::header(&self.frames, at).order();
        let mut tree = self.tree_at(at, order);
        let path = self.path_of_run(&tree, first);
        tree.resize_leaf(&mut self.frames, &path, class);
        self.set_tree(&tree);
        self.freed_count += 1;
    }

    /// Puts elements into a leaf of their own, behind the others.
    fn put_leaf<'a>(
        &mut self,
        (at, order): (Ref, Order),
        class: Class,
        fresh: impl Iterator<Item = Fresh<'a>> + Clone,
    ) {
        self.frames.marks.reach(Mark::LeafAppended);
        let leaf = make_leaf(&mut self.frames, class, order, at);
        let first = fresh.clone().next().expect("a leaf has elements");
        let key = first.hash.map_or(0, NameHash::to_u64);
        let (count, bytes) = self.put_behind(PageAt::of_leaf(&self.frames, leaf), order, fresh);
        let mut tree = self.tree_at(at, order);
        tree.append_leaf(&mut self.frames, leaf, (key, count, bytes));
        self.set_tree(&tree);
        self.count_elements(at, count.cast_signed());
        self.freed_count += 2;
    }

    /// Puts elements into the page of a collection, or the leaf where `first` goes, which has room.
    fn put_in_leaf<'a>(
        &mut self,
        (at, order): (Ref, Order),
        first: &Fresh<'_>,
        fresh: impl Iterator<Item = Fresh<'a>>,
    ) {
        let tree = match self.form(at) {
            Form::Page(page) => {
                self.put_behind(page, order, fresh);
                return;
            }
            Form::Tree(tree) => tree,
        };
        let path = self.path_of_run(&tree, first);
        let (count, bytes) = self.put_behind(path.page_at(&self.frames), order, fresh);
        path.count_up(&mut self.frames, count, bytes);
        self.count_elements(at, count.cast_signed());
    }

    /// Puts elements into a page, which has room, behind the others; how many, and the bytes of
    /// their texts.
    fn put_behind<'a>(
        &mut self,
        page: PageAt,
        order: Order,
        fresh: impl Iterator<Item = Fresh<'a>>,
    ) -> (u32, u64) {
        let texts = fresh.map(|fresh| (fresh.hash.map_or(0, NameHash::tag), fresh.short_name()));
        page.page_mut(&mut self.frames, order).append(texts)
    }

    /// How many elements stand in a leaf of a collection, from the one with a rank on, which there
    /// is. O(log n).
    pub fn count_in_leaf(&self, entry: Entry, rank: u64) -> u64 {
        let order = object::header(&self.frames, entry.object).order();
        let spot = self.spot_at_rank(entry.object, rank);
        (spot.page.page(&self.frames, order).count() - spot.index) as u64
    }
}

impl Share {
    /// As many of the first elements as fit into `size_max` bytes, by what each takes.
    fn of(sizes: impl Iterator<Item = u32>, size_max: u32) -> Self {
        let mut share = Self::default();
        for size in sizes {
            if share.size + size > size_max {
                break;
            }
            share = Self { count: share.count + 1, size: share.size + size };
        }
        share
    }
}

#[cfg(test)]
#[path = "run_test.rs"]
mod run_test;
