//! Putting elements in.
//!
//! Each call that may fail makes room first, and only then changes anything. Those who watch the
//! key are told by the caller, once for a command.
use super::fresh::{Parts, key_of};
use super::{Form, Fresh, Place, Spot};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::store::lookup::NameHash;
use crate::store::object::FLAG_LARGE;
use crate::store::tree::order::SCORE_CELL_SIZE;
use crate::store::tree::{
    Bound, Cell, EMPTY_SIZE, Order, PageAt, Path, Plan, Tree, adopt_large, order, position_in_page,
};
use crate::store::types::{Key, StoreFull};
use crate::store::{Store, object};

/// What has to be done before an element can be put in.
#[expect(clippy::large_enum_variant, reason = "it lives in one frame of the stack, for one call")]
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
    Branch(Branch),
}

/// Where in a collection an element goes.
struct Target {
    spot: Spot,
    /// Of a large sorted set: where its score goes.
    scores: Option<Spot>,
}

/// Where in a tree an element goes, and what that takes.
struct Branch {
    target: Target,
    plan: Plan,
    /// Of a sorted set: what its score takes.
    scores_plan: Option<Plan>,
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
        self.check_fresh(key, fresh)?;
        let mut sought = None;
        if let Some((at, _)) = self.locate(key) {
            self.check_count(at, 1)?;
            let target = self.target(at, place, fresh);
            if self.put_here(at, &target, fresh) {
                return Ok(());
            }
            sought = Some(target);
        }
        self.put_with_room(now, (key, order), place, fresh, sought)
    }

    /// As `put_element`, where room has to be made, or may have to be. `sought` is where the
    /// element goes, if that is known.
    fn put_with_room(
        &mut self,
        now: Now,
        (key, order): (&Key<'_>, Order),
        place: Place,
        fresh: &Fresh<'_>,
        mut sought: Option<Target>,
    ) -> Result<(), StoreFull> {
        loop {
            let (step, needs) = self.needs_of_put((key, order), place, fresh, sought.take());
            let has_moved = !needs.is_none() && {
                let steps_before = self.room_steps;
                self.make_room_for_entry(now, &needs, key, key)?;
                self.room_steps != steps_before
            };
            // Reserve first: from here on nothing fails.
            let existing = self.locate(key).map(|(at, _)| at);
            match (step, existing) {
                (Step::Make, _) => {
                    let page_size = EMPTY_SIZE + fresh.size_in_page(order);
                    let at = self.make_collection(now, key, order, page_size);
                    self.put_first(at, fresh);
                }
                (Step::Here, Some(at)) => self.put_in_page(at, place, fresh),
                (Step::Grow(class), Some(at)) => {
                    let at = self.resize_page(at, class);
                    self.put_in_page(at, place, fresh);
                }
                (Step::Outgrow, Some(at)) => {
                    self.make_tree(at);
                    continue;
                }
                (Step::Branch(branch), Some(at)) => {
                    let tree = self.tree_at(at, order);
                    // Where something moved to make room, the way to the leaf is another one.
                    let branch = if has_moved {
                        self.frames.marks.reach(Mark::PlaceSoughtAgain);
                        self.branch(&tree, self.target(at, place, fresh), fresh)
                    } else {
                        branch
                    };
                    self.put_in_tree(tree, fresh, &branch);
                }
                (_, None) => unreachable!("making room spares the key"),
            }
            return Ok(());
        }
    }

    /// Puts a member or a field, or replaces the value of a field that is there; true if it is new.
    /// The collection is made if it is missing, and the caller has checked the type. Where a value
    /// got shorter, `settle_collection` trims its page. O(log n).
    pub fn put_named(
        &mut self,
        now: Now,
        key: &Key<'_>,
        order: Order,
        fresh: &Fresh<'_>,
    ) -> Result<bool, StoreFull> {
        self.check_fresh(key, fresh)?;
        let mut sought = None;
        if let Some((at, _)) = self.locate(key) {
            let hash = fresh.hash.expect("names have hashes");
            match self.seek_name(at, self.form(at), fresh.short_name(), hash) {
                Ok(spot) if fresh.value.is_none() || self.rewrite_here(at, &spot, fresh) => {
                    return Ok(false);
                }
                Ok(_) => {
                    self.replace_named(now, key, fresh)?;
                    return Ok(false);
                }
                Err(spot) => {
                    self.check_count(at, 1)?;
                    let target = Target { spot, scores: None };
                    if self.put_here(at, &target, fresh) {
                        return Ok(true);
                    }
                    sought = Some(target);
                }
            }
        }
        self.put_with_room(now, (key, order), Place::Own, fresh, sought)?;
        Ok(true)
    }

    /// Where an element goes in an existing collection.
    fn target(&self, at: Ref, place: Place, fresh: &Fresh<'_>) -> Target {
        let tree = match self.form(at) {
            Form::Page(page) => {
                let order = object::header(&self.frames, at).order();
                let index = self.place_in_page(page, order, place, fresh);
                return Target { spot: Spot { path: None, page, index }, scores: None };
            }
            Form::Tree(tree) => tree,
        };
        let (path, index) = self.place_in_tree(&tree, place, fresh);
        let spot = Spot { path: Some(path), page: path.page_at(&self.frames), index };
        let scores = (tree.order == Order::Sorted).then(|| {
            let (path, index) = self.place_of_score(at, fresh);
            Spot { path: Some(path), page: path.page_at(&self.frames), index }
        });
        Target { spot, scores }
    }

    /// Puts an element where its page has room for it, and nothing else has to change its place:
    /// what most do. False if it has not.
    fn put_here(&mut self, at: Ref, target: &Target, fresh: &Fresh<'_>) -> bool {
        let order = object::header(&self.frames, at).order();
        let has_room =
            |spot: &Spot, order, size| spot.page.page(&self.frames, order).room_size() >= size;
        if !fresh.is_plain()
            || !has_room(&target.spot, order, fresh.size_in_page(order))
            || target
                .scores
                .as_ref()
                .is_some_and(|spot| !has_room(spot, Order::Scores, SCORE_CELL_SIZE as u32))
        {
            return false;
        }
        let parts = fresh.plain_parts();
        let pieces = parts.pieces();
        let Spot { path, page, index } = &target.spot;
        let Some(path) = path else {
            let tag = fresh.hash.map_or(0, NameHash::tag);
            page.page_mut(&mut self.frames, order).insert(*index, tag, &pieces);
            return true;
        };
        let cell = fresh.cell(order, &pieces, fresh.plain_size(), 0);
        self.tree_at(at, order).insert_here(&mut self.frames, path, *index, &cell);
        if let Some(Spot { path: Some(path), index, .. }) = &target.scores {
            let (hash, score) = score_cell(fresh);
            let parts = [&hash[..], &score];
            let cell =
                Cell::of_score(&parts, fresh.hash.expect("members have hashes").scores_key());
            self.tree_at(at, Order::Scores).insert_here(&mut self.frames, path, *index, &cell);
        }
        self.count_elements(at, 1);
        true
    }

    /// Where in the tree of scores that of a new member goes.
    fn place_of_score(&self, at: Ref, fresh: &Fresh<'_>) -> (Path, usize) {
        let key = fresh.hash.expect("members have hashes").scores_key();
        self.tree_at(at, Order::Scores).seek_scores_key(&self.frames, key)
    }

    fn needs_of_put(
        &self,
        (key, order): (&Key<'_>, Order),
        place: Place,
        fresh: &Fresh<'_>,
        sought: Option<Target>,
    ) -> (Step, Needs) {
        let mut needs = Needs::NONE;
        self.need_large(&mut needs, fresh);
        let more_size = fresh.size_in_page(order);
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
                if let Some(class) = self.page_class(header.value_offset(), page_size) {
                    needs.slot(class);
                    return (Step::Grow(class), needs);
                }
                let mut needs = Needs::NONE;
                self.need_tree(&mut needs, at);
                (Step::Outgrow, needs)
            }
            Form::Tree(tree) => {
                let target = sought.unwrap_or_else(|| self.target(at, place, fresh));
                let branch = self.branch(&tree, target, fresh);
                needs.add(&branch.plan.needs);
                if let Some(plan) = &branch.scores_plan {
                    needs.add(&plan.needs);
                }
                if is_planted(Bug::ElementGreedy) {
                    // Fewer than several elements keep, which are put one after the other.
                    needs.frames(30);
                }
                (Step::Branch(branch), needs)
            }
        }
    }

    /// What it takes to put an element where it goes in a tree.
    fn branch(&self, tree: &Tree, target: Target, fresh: &Fresh<'_>) -> Branch {
        let cell = fresh.cell(tree.order, &[], 0, 0);
        let plan = tree.plan(&self.frames, target.spot.path(), target.spot.index, &cell);
        let scores_plan = target.scores.as_ref().map(|spot| {
            let cell = Cell::of_score(&[], fresh.hash.expect("members have hashes").scores_key());
            let scores = self.tree_at(tree.owner, Order::Scores);
            scores.plan(&self.frames, spot.path(), spot.index, &cell)
        });
        Branch { target, plan, scores_plan }
    }

    fn place_in_tree(&self, tree: &Tree, place: Place, fresh: &Fresh<'_>) -> (Path, usize) {
        match (tree.order, place) {
            (Order::List, Place::Rank(rank)) => self.seek_rank(tree, rank),
            (Order::Sorted, _) => {
                let name = fresh.short_name();
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

    fn put_in_page(&mut self, at: Ref, place: Place, fresh: &Fresh<'_>) {
        let order = object::header(&self.frames, at).order();
        let page = self.page_at(at);
        let index = self.place_in_page(page, order, place, fresh);
        let parts = self.make_parts(fresh);
        let tag = fresh.hash.map_or(0, NameHash::tag);
        page.page_mut(&mut self.frames, order).insert(index, tag, &parts.pieces());
        self.note_parts(at, page, order, &parts);
    }

    fn put_in_tree(&mut self, mut tree: Tree, fresh: &Fresh<'_>, branch: &Branch) {
        let at = tree.owner;
        let bytes = self.fresh_bytes(fresh);
        let parts = self.make_parts(fresh);
        let pieces = parts.pieces();
        let cell = fresh.cell(tree.order, &pieces, bytes, parts.large_count);
        let Target { spot, scores } = &branch.target;
        tree.insert(&mut self.frames, spot.path(), spot.index, &cell, &branch.plan);
        self.set_tree(&tree);
        if let (Some(spot), Some(plan)) = (scores, &branch.scores_plan) {
            self.put_score(at, fresh, spot, plan);
        }
        self.count_elements(at, 1);
        self.freed_count += 2;
    }

    /// The first element of a collection that was just made.
    fn put_first(&mut self, at: Ref, fresh: &Fresh<'_>) {
        let order = object::header(&self.frames, at).order();
        let Form::Tree(tree) = self.form(at) else {
            self.put_in_page(at, Place::Rank(0), fresh);
            return;
        };
        let parts = self.make_parts(fresh);
        let tag = fresh.hash.map_or(0, NameHash::tag);
        let page = PageAt::of_leaf(&self.frames, tree.root);
        page.page_mut(&mut self.frames, order).insert(0, tag, &parts.pieces());
        tree.recount_large(&mut self.frames, tree.root);
        self.count_elements(at, 1);
        if order == Order::Sorted {
            let scores = self.tree_at(at, Order::Scores);
            let (hash, score) = score_cell(fresh);
            let page = PageAt::of_leaf(&self.frames, scores.root);
            page.page_mut(&mut self.frames, Order::Scores).insert(0, 0, &[&hash, &score]);
        }
    }

    fn put_score(&mut self, at: Ref, fresh: &Fresh<'_>, spot: &Spot, plan: &Plan) {
        let mut scores = self.tree_at(at, Order::Scores);
        let (hash, score) = score_cell(fresh);
        let key = fresh.hash.expect("members have hashes").scores_key();
        let parts = [&hash[..], &score];
        let cell = Cell::of_score(&parts, key);
        scores.insert(&mut self.frames, spot.path(), spot.index, &cell, plan);
        self.set_tree(&scores);
    }

    fn place_in_page(&self, page: PageAt, order: Order, place: Place, fresh: &Fresh<'_>) -> usize {
        let cells = page.page(&self.frames, order);
        match (order, place) {
            (Order::List, Place::Rank(rank)) => rank as usize,
            (Order::Sorted, _) => {
                let name = fresh.short_name();
                let score = order::score_key(fresh.score.expect("members have scores"));
                let bound = Bound { score, name: Some(name) };
                position_in_page(&self.frames, cells, &bound)
            }
            _ => cells.count(),
        }
    }

    /// A cell of the small collection at `at` may refer to objects, which then are its.
    pub(super) fn note_parts(&mut self, at: Ref, page: PageAt, order: Order, parts: &Parts<'_>) {
        if parts.large_count > 0 {
            object::header_mut(&mut self.frames, at).flags |= FLAG_LARGE;
            adopt_large(&mut self.frames, page, order);
        }
    }
}

/// The cell of a score.
fn score_cell(fresh: &Fresh<'_>) -> ([u8; 4], [u8; 8]) {
    let key = fresh.hash.expect("members have hashes").scores_key();
    let score = fresh.score.expect("members have scores");
    (((key >> 32) as u32).to_le_bytes(), score.to_bits().to_le_bytes())
}
