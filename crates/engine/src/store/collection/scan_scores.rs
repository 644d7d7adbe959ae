//! A walk over a large sorted set, step by step, while it changes: what ZSCAN does.
//!
//! Its members stand in the order of their scores, which may change between two steps; the tree of
//! scores has the order of their hashes, of which it keeps 32 bits. So a cursor is such a key, with
//! a lower half of 0, and a step asks that tree which members it is about.
//!
//! A score leads to all members of that score. The tag of a member is the beginning of its key: of
//! a thousand members with one score, the names of the few with a tag of the step are looked at.
use super::Element;
use crate::marks::Mark;
use crate::store::Store;
use crate::store::tree::order::{score, score_key, scores_key};
use crate::store::tree::{Bound, Cursor, Order, Page, Path, Tree};
use core::ops::RangeInclusive;

/// Tags that can be looked at while the members of a score are found: half a microsecond.
const SEEK_LOOKS: u64 = 128;

/// Members that are compared with a score before the last one of that score is sought.
const NEAR_COUNT: usize = 4;

/// A part of a walk.
struct Step {
    /// Keys that it is about, from its cursor up to the next one; none is the end.
    first: u64,
    next: Option<u64>,
    /// Tags that going from score to score would look at.
    look_count: u64,
}

impl Step {
    /// That of the members with one key.
    const fn of_key(key: u64) -> Self {
        Self { first: key, next: key.checked_add(1), look_count: 0 }
    }

    fn has(&self, key: u64) -> bool {
        key >= self.first && self.next.is_none_or(|next| key < next)
    }

    /// Tags of members that it may be about.
    fn tags(&self) -> RangeInclusive<u8> {
        let last = self.next.map_or(u64::MAX, |next| next - 1);
        (self.first >> 56) as u8..=(last >> 56) as u8
    }
}

impl Store {
    /// Visits the members whose keys are from `cursor` on, at least `count` if there are so many,
    /// and returns the next cursor, 0 at the end, and how many members it has looked at.
    /// O(`count` times the members of one score), but at most one look at every tag.
    pub(super) fn scan_scores<'a>(
        &'a self,
        tree: &Tree,
        cursor: u64,
        count: u64,
        mut visit: impl FnMut(Element<'a>),
    ) -> (u64, u64) {
        let scores = self.tree_at(tree.owner, Order::Scores);
        let first = cursor >> 32 << 32;
        let step = self.step(tree, &scores, first, count);
        let next = step.next.unwrap_or(0);
        let whole_count = tree.totals(&self.frames).0;
        if step.look_count >= whole_count {
            self.frames.marks.reach(Mark::ScoresWalked);
            self.visit_all(tree, &step, &mut visit);
            return (next, whole_count);
        }
        let mut place = self.place_of(&scores, first);
        let mut before = None;
        while let Some(cell) = place.cell(&self.frames, &scores)
            && step.has(scores_key(cell))
        {
            let (key, score) = (scores_key(cell), score(Order::Scores, cell));
            place.advance(&self.frames, &scores);
            // Members that agree in key and score are visited together.
            if before.replace((key, score.to_bits())) == Some((key, score.to_bits())) {
                continue;
            }
            self.visit_score(tree, score, &Step::of_key(key), &mut visit);
        }
        (next, step.look_count)
    }

    /// How far a step goes. Keys that agree are not divided.
    fn step(&self, tree: &Tree, scores: &Tree, first: u64, count: u64) -> Step {
        let whole_count = tree.totals(&self.frames).0;
        // Each score has a member at least: of many it is clear that all are looked at.
        let looks_min = count.saturating_mul(SEEK_LOOKS + 1);
        let look_count = if looks_min < whole_count { 0 } else { whole_count };
        let mut step = Step { first, next: None, look_count };
        let (mut seen_count, mut last) = (0, None);
        let mut place = self.place_of(scores, first);
        while let Some(cell) = place.cell(&self.frames, scores) {
            let key = scores_key(cell);
            if seen_count >= count && last != Some(key) {
                step.next = Some(key);
                break;
            }
            // Beyond that all members are looked at, whatever their scores.
            if step.look_count < whole_count {
                step.look_count +=
                    SEEK_LOOKS + self.count_of_score(tree, score(Order::Scores, cell));
            }
            seen_count += 1;
            last = Some(key);
            place.advance(&self.frames, scores);
        }
        step
    }

    /// Visits those members that a step over all of them is about.
    fn visit_all<'a>(&'a self, tree: &Tree, step: &Step, visit: &mut impl FnMut(Element<'a>)) {
        let tags = step.tags();
        let mut path = tree.first_leaf(&self.frames);
        loop {
            let page = path.page(&self.frames, Order::Sorted);
            for (index, tag) in page.tags().enumerate() {
                if tags.contains(&tag) {
                    self.visit_due(page, index, step, visit);
                }
            }
            let Some(next) = path.next(&self.frames) else { return };
            path = next;
        }
    }

    /// Visits those members with a score that a step is about.
    fn visit_score<'a>(
        &'a self,
        tree: &Tree,
        score: f64,
        step: &Step,
        visit: &mut impl FnMut(Element<'a>),
    ) {
        let tags = step.tags();
        let (mut path, mut start) = self.place_of_score_start(tree, score);
        loop {
            let page = path.page(&self.frames, Order::Sorted);
            let count = page.count();
            // Where the last one of a leaf has the score, the others need not be asked.
            let goes_on = start == count || has_score(page, count - 1, score);
            let differs = |index: &usize| !has_score(page, *index, score);
            let end = if goes_on { None } else { (start..count).find(differs) };
            for index in start..end.unwrap_or(count) {
                if tags.contains(&page.tag(index)) {
                    self.visit_due(page, index, step, visit);
                }
            }
            let next = if goes_on { path.next(&self.frames) } else { None };
            let Some(next) = next else { return };
            (path, start) = (next, 0);
        }
    }

    /// Visits a member with a tag of a step if that is about it.
    fn visit_due<'a>(
        &'a self,
        page: Page<'a>,
        index: usize,
        step: &Step,
        visit: &mut impl FnMut(Element<'a>),
    ) {
        let cell = page.cell(index);
        let element = Element { frames: &self.frames, order: Order::Sorted, cell };
        if step.has(self.hash_of_element(&element).scores_key()) {
            visit(element);
        }
    }

    /// The first score whose key is not below `key`, or behind the last one.
    fn place_of(&self, scores: &Tree, key: u64) -> Cursor {
        let (path, index) = scores.seek_scores_key(&self.frames, key);
        let mut place = Cursor { path, index };
        place.settle(&self.frames, scores);
        place
    }

    /// Where the members with a score begin: a leaf, and the position in it, or its end.
    fn place_of_score_start(&self, tree: &Tree, score: f64) -> (Path, usize) {
        let bound = Bound { score: score_key(score), name: Some(b"") };
        tree.seek_bound(&self.frames, &bound)
    }

    /// How many members have a score. O(log n).
    fn count_of_score(&self, tree: &Tree, score: f64) -> u64 {
        let (path, start) = self.place_of_score_start(tree, score);
        let page = path.page(&self.frames, Order::Sorted);
        // Mostly the next one has another.
        let near = start..page.count().min(start + NEAR_COUNT);
        if let Some(end) = near.into_iter().find(|index| !has_score(page, *index, score)) {
            return (end - start) as u64;
        }
        let rank = tree.rank_of(&self.frames, &path) + start as u64;
        let bound = Bound { score: score_key(score), name: None };
        let (path, end) = tree.seek_bound(&self.frames, &bound);
        tree.rank_of(&self.frames, &path) + end as u64 - rank
    }
}

/// Has the member at a position this score?
#[inline]
fn has_score(page: Page<'_>, index: usize, other: f64) -> bool {
    score_key(score(Order::Sorted, page.from_cell(index))) == score_key(other)
}

#[cfg(test)]
#[path = "scan_scores_test.rs"]
mod scan_scores_test;
