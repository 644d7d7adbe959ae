//! A walk over a large sorted set, step by step, while it changes: what ZSCAN does.
//!
//! Its members stand in the order of their scores, which may change between two steps; the tree of
//! scores has the order of their hashes, of which it keeps 32 bits. So a cursor is a hash whose
//! lower half is 0, and a step asks that tree which members it is about.
use super::Element;
use crate::store::lookup::NameHash;
use crate::store::tree::order::{score, score_key, scores_key};
use crate::store::tree::{Bound, Cursor, Order, Tree, position_of_scores_key, text};
use crate::store::{Entry, Store};
use core::ops::Range;

/// Steps of a walk.
struct Step {
    /// Hashes that it is about, from its cursor up to the next one; none is the end.
    first: u64,
    next: Option<u64>,
    /// Members that looking at the scores one by one would visit.
    work: u64,
}

impl Step {
    fn has(&self, hash: u64) -> bool {
        hash >= self.first && self.next.is_none_or(|next| hash < next)
    }
}

impl Store {
    /// Visits the members whose hashes are from `cursor` on, at least `count` if there are so many,
    /// and returns the next cursor: 0 at the end. The score of a member leads to all members of
    /// that score, among which it is found by its hash: O(`count` times the members of one score),
    /// but at most one walk over the whole set.
    pub(super) fn scan_scores<'a>(
        &'a self,
        entry: Entry,
        cursor: u64,
        count: u64,
        mut visit: impl FnMut(Element<'a>),
    ) -> u64 {
        let tree = self.tree_at(entry.object, Order::Scores);
        let first = cursor >> 32 << 32;
        let step = self.step(entry, &tree, first, count);
        if step.work >= self.element_count(entry) {
            let all = self.elements(entry, 0, false);
            all.filter(|element| step.has(self.hash_of_name(element))).for_each(visit);
            return step.next.unwrap_or(0);
        }
        let mut place = self.place_of(&tree, first);
        let mut before = None;
        while let Some(cell) = place.cell(&self.frames, &tree)
            && step.has(scores_key(cell))
        {
            let (key, score) = (scores_key(cell), score(Order::Scores, cell));
            place.advance(&self.frames, &tree);
            // Members that agree in hash and score are visited together.
            if before.replace((key, score.to_bits())) == Some((key, score.to_bits())) {
                continue;
            }
            let ranks = self.ranks_of_score(entry, score);
            self.elements(entry, ranks.start, false)
                .take((ranks.end - ranks.start) as usize)
                .filter(|element| NameHash::of(self.hash_of_name(element)).score_key() == key)
                .for_each(&mut visit);
        }
        step.next.unwrap_or(0)
    }

    /// How far a step goes. Hashes that agree are not divided.
    fn step(&self, entry: Entry, tree: &Tree, first: u64, count: u64) -> Step {
        let mut step = Step { first, next: None, work: 0 };
        let (mut seen_count, mut last) = (0, None);
        let mut place = self.place_of(tree, first);
        while let Some(cell) = place.cell(&self.frames, tree) {
            let key = scores_key(cell);
            if seen_count >= count && last != Some(key) {
                step.next = Some(key);
                break;
            }
            let ranks = self.ranks_of_score(entry, score(Order::Scores, cell));
            step.work = step.work.saturating_add(ranks.end - ranks.start);
            seen_count += 1;
            last = Some(key);
            place.advance(&self.frames, tree);
        }
        step
    }

    /// The first score whose hash is not below `key`, or behind the last one.
    fn place_of(&self, tree: &Tree, key: u64) -> Cursor {
        let path = tree.seek_key(&self.frames, key);
        let index = position_of_scores_key(path.page(&self.frames, Order::Scores), key);
        let mut place = Cursor { path, index };
        place.settle(&self.frames, tree);
        place
    }

    /// The ranks of all members with a score.
    fn ranks_of_score(&self, entry: Entry, score: f64) -> Range<u64> {
        let score = score_key(score);
        self.rank_of_bound(entry, &Bound { score, name: Some(b"") })
            ..self.rank_of_bound(entry, &Bound { score, name: None })
    }

    fn hash_of_name(&self, element: &Element<'_>) -> u64 {
        text::hash(&self.frames, self.hash_key, element.order.name(element.cell))
    }
}

#[cfg(test)]
#[path = "scan_scores_test.rs"]
mod scan_scores_test;
