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
use crate::store::tree::{Bound, Cursor, Order, Tree};
use core::ops::{Range, RangeInclusive};

/// Tags that can be looked at while the members of a score are found: half a microsecond.
const SEEK_LOOKS: u64 = 128;

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
            self.visit_step(tree, 0..whole_count, &step, &mut visit);
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
            let ranks = self.ranks_of_score(tree, score);
            self.visit_step(tree, ranks, &Step::of_key(key), &mut visit);
        }
        (next, step.look_count)
    }

    /// How far a step goes. Keys that agree are not divided.
    fn step(&self, tree: &Tree, scores: &Tree, first: u64, count: u64) -> Step {
        let mut step = Step { first, next: None, look_count: 0 };
        let whole_count = tree.totals(&self.frames).0;
        let (mut seen_count, mut last) = (0, None);
        let mut place = self.place_of(scores, first);
        while let Some(cell) = place.cell(&self.frames, scores) {
            let key = scores_key(cell);
            if seen_count >= count && last != Some(key) {
                step.next = Some(key);
                break;
            }
            // Else all members are looked at, whatever their scores.
            if step.look_count < whole_count {
                let ranks = self.ranks_of_score(tree, score(Order::Scores, cell));
                step.look_count += SEEK_LOOKS + (ranks.end - ranks.start);
            }
            seen_count += 1;
            last = Some(key);
            place.advance(&self.frames, scores);
        }
        step
    }

    /// Visits those members with the given ranks that the step is about.
    fn visit_step<'a>(
        &'a self,
        tree: &Tree,
        ranks: Range<u64>,
        step: &Step,
        visit: &mut impl FnMut(Element<'a>),
    ) {
        let tags = step.tags();
        let (mut path, mut start) = tree.seek_rank(&self.frames, ranks.start);
        let mut left_count = (ranks.end - ranks.start) as usize;
        loop {
            let page = path.page(&self.frames, Order::Sorted);
            let end = page.count().min(start + left_count);
            for index in start..end {
                if !tags.contains(&page.tag(index)) {
                    continue;
                }
                let cell = page.cell(index);
                let element = Element { frames: &self.frames, order: Order::Sorted, cell };
                if step.has(self.hash_of_element(&element).scores_key()) {
                    visit(element);
                }
            }
            left_count -= end - start;
            if left_count == 0 {
                return;
            }
            path = path.next(&self.frames).expect("ranks are below the count of members");
            start = 0;
        }
    }

    /// The first score whose key is not below `key`, or behind the last one.
    fn place_of(&self, scores: &Tree, key: u64) -> Cursor {
        let (path, index) = scores.seek_scores_key(&self.frames, key);
        let mut place = Cursor { path, index };
        place.settle(&self.frames, scores);
        place
    }

    /// The ranks of all members with a score.
    fn ranks_of_score(&self, tree: &Tree, score: f64) -> Range<u64> {
        let score = score_key(score);
        let rank = |name| {
            let spot = self.spot_of_bound(tree.owner, &Bound { score, name });
            self.rank_of_spot(tree.owner, &spot)
        };
        rank(Some(b"".as_slice()))..rank(None)
    }
}

#[cfg(test)]
#[path = "scan_scores_test.rs"]
mod scan_scores_test;
