//! The walk over the cells of a search, and the results that it keeps.
//!
//! Invariant: walks of the same search over the same set find the same results in the same order.
use super::asked::{Asked, Sorting};
use super::cell::Position;
use super::shape::{CELL_COUNT_MAX, Probe};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::planted::{Bug, is_planted};
use crate::store::tree::order::score_key;
use crate::store::{Bound, Entry, Key, Store, TextPlace};
use core::cmp::Ordering;

/// Results that are kept on the stack.
const HIT_COUNT_MAX: usize = 1_024;

/// Of these, the most that are picked out of any number: so that picking, which is linear, comes
/// after as many new ones.
const PICKED_COUNT_MAX: u64 = HIT_COUNT_MAX as u64 / 2;

const TOO_MANY: &str =
    "OOM command-work-max: there are too many members around for one command; use a smaller area";

/// A member within the shape.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hit {
    /// Metres from the centre; 0 if nobody wants to know.
    pub(super) distance: f64,
    /// Where its name is, until something is written or room is made; then nothing.
    pub(super) name: TextPlace,
    /// Its rank in the set.
    pub(super) rank: u32,
    /// How many were found before.
    pub(super) sequence: u32,
}

impl Hit {
    /// Who comes first; of those equally far away, as they were found.
    fn compare(&self, other: &Self, sorting: Sorting) -> Ordering {
        let by_distance = self.distance.total_cmp(&other.distance);
        let by_distance = match sorting {
            Sorting::NearestFirst => by_distance,
            Sorting::FarthestFirst => by_distance.reverse(),
        };
        by_distance.then(self.sequence.cmp(&other.sequence))
    }
}

/// Some results.
pub(super) struct Hits {
    list: [Hit; HIT_COUNT_MAX],
    count: usize,
}

impl Hits {
    #[expect(clippy::large_stack_arrays, reason = "24 KiB, for one command")]
    pub(super) const fn new() -> Self {
        const NONE: Hit = Hit { distance: 0.0, name: TextPlace::NONE, rank: 0, sequence: 0 };
        Self { list: [NONE; HIT_COUNT_MAX], count: 0 }
    }

    pub(super) fn as_slice(&self) -> &[Hit] {
        &self.list[..self.count]
    }

    /// Takes one more; is there room for another one?
    pub(super) fn push(&mut self, hit: Hit) -> bool {
        self.list[self.count] = hit;
        self.count += 1;
        self.count < HIT_COUNT_MAX
    }

    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Takes one more of which the first `count` are wanted, and forgets others when it is full.
    fn pick(&mut self, hit: Hit, count: usize, sorting: Sorting) {
        if !self.push(hit) {
            self.list.select_nth_unstable_by(count, |one, other| one.compare(other, sorting));
            self.count = count;
        }
    }

    /// Puts them in order, if there is one, and leaves at most `count`.
    fn finish(&mut self, sorting: Option<Sorting>, count: Option<u64>) {
        if let Some(sorting) = sorting {
            let list = &mut self.list[..self.count];
            list.sort_unstable_by(|one, other| one.compare(other, sorting));
        }
        let count_max = count.map_or(usize::MAX, |count| count as usize);
        self.count = self.count.min(count_max);
    }
}

/// A shape, and the ranks of the members of its cells.
pub(super) struct Search {
    probe: Probe,
    /// From, and below.
    ranges: [(u64, u64); CELL_COUNT_MAX],
    range_count: usize,
    /// The most that may be found.
    limit: u64,
    /// Members were left out that one command may not visit.
    is_cut: bool,
}

impl Search {
    /// Refuses to visit more members than one command may, unless the first few will do.
    pub(super) fn new(cx: &Context<'_>, entry: Entry, asked: &Asked) -> Result<Self, CommandError> {
        let limit = asked.count.filter(|_| asked.is_any).unwrap_or(u64::MAX);
        let shape = asked.shape();
        let wants_distance =
            asked.sorting.is_some() || asked.with_distance || asked.stores_distance;
        let mut search = Self {
            probe: Probe::new(&shape, wants_distance),
            ranges: [(0, 0); CELL_COUNT_MAX],
            range_count: 0,
            limit,
            is_cut: false,
        };
        for cell in shape.cells() {
            let (low, high) = cell.scores();
            let rank = |score| {
                cx.store
                    .rank_of_bound(entry, &Bound { score: score_key(score), name: Some(&b""[..]) })
            };
            search.ranges[search.range_count] = (rank(low), rank(high));
            search.range_count += 1;
        }
        if is_planted(Bug::CellForgotten) && search.range_count > 1 {
            search.range_count -= 1;
        }
        if asked.is_any {
            search.cut(cx.limits.command_work_max / work::VISIT);
        } else {
            work::check(cx, search.member_count() * work::VISIT, TOO_MANY)?;
        }
        Ok(search)
    }

    fn member_count(&self) -> u64 {
        self.ranges.iter().map(|(start, end)| end - start).sum()
    }

    /// Leaves out what is behind the first `count` members.
    fn cut(&mut self, count: u64) {
        let mut rest = count;
        for (start, end) in &mut self.ranges {
            let size = (*end - *start).min(rest);
            self.is_cut |= size < *end - *start;
            *end = *start + size;
            rest -= size;
        }
    }
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Walk {
    /// The cell,
    range: usize,
    /// and how many of its members were visited.
    offset: u64,
    visited_count: u64,
    pub(super) found_count: u64,
}

impl Walk {
    pub(super) fn is_done(&self, search: &Search) -> bool {
        self.range == search.range_count || self.found_count == search.limit
    }

    /// Finds results for `take` until it wants no more, or to the end.
    pub(super) fn go_on(
        &mut self,
        search: &Search,
        store: &Store,
        entry: Entry,
        mut take: impl FnMut(Hit) -> bool,
    ) {
        while !self.is_done(search) {
            let (start, end) = search.ranges[self.range];
            let first = start + self.offset;
            let elements = store.elements(entry, first, false).take((end - first) as usize);
            for (rank, element) in (first..end).zip(elements) {
                self.offset += 1;
                self.visited_count += 1;
                let position = Position::of_score(element.score());
                let Some(distance) = search.probe.distance_to(position) else { continue };
                let hit = Hit {
                    distance,
                    name: element.name().place(),
                    rank: rank as u32,
                    sequence: self.found_count as u32,
                };
                self.found_count += 1;
                if !take(hit) || self.found_count == search.limit {
                    return;
                }
            }
            (self.range, self.offset) = (self.range + 1, 0);
        }
    }
}

/// What the first walk of a search has found.
pub(super) struct Found {
    /// All that is asked for, in order; or the first ones, as they were found, if there are more.
    pub(super) hits: Hits,
    pub(super) is_complete: bool,
    /// Where the walk has stopped.
    pub(super) walk: Walk,
}

impl Found {
    pub(super) fn new(
        cx: &Context<'_>,
        entry: Entry,
        asked: &Asked,
        search: &Search,
    ) -> Result<Self, CommandError> {
        let (mut hits, mut walk) = (Hits::new(), Walk::default());
        let picked_count = asked.count.filter(|count| !asked.is_any && *count <= PICKED_COUNT_MAX);
        if let (Some(count), Some(sorting)) = (picked_count, asked.sorting) {
            walk.go_on(search, cx.store, entry, |hit| {
                hits.pick(hit, count as usize, sorting);
                true
            });
        } else {
            walk.go_on(search, cx.store, entry, |hit| hits.push(hit));
        }
        let is_complete = walk.is_done(search);
        if is_complete {
            hits.finish(asked.sorting, asked.count);
        }
        let mut whole = walk;
        if asked.is_any {
            whole.go_on(search, cx.store, entry, |_| true);
            if search.is_cut && whole.found_count < search.limit {
                return Err(CommandError::Line(TOO_MANY));
            }
        }
        // How many are found is not known yet where more are than are kept here.
        let (visited_count, result_count) = match (is_complete, asked.is_any) {
            (true, _) => (whole.visited_count, hits.as_slice().len() as u64),
            (false, true) => (whole.visited_count, whole.found_count),
            (false, false) => {
                let member_count = search.member_count();
                (member_count, member_count.min(asked.count.unwrap_or(u64::MAX)))
            }
        };
        // These are noted if they have an order, and else found twice.
        let visit_work = if is_complete { work::VISIT } else { 2 * work::VISIT };
        let result_work = result_count.saturating_mul(asked.result_work(result_count));
        work::check(cx, visited_count * visit_work + result_work, TOO_MANY)?;
        Ok(Self { hits, is_complete, walk })
    }

    /// Gives all results to `take`, in portions. It may change any set but the one that is
    /// searched: that is spared.
    pub(super) fn each_portion(
        &mut self,
        cx: &mut Context<'_>,
        source: &Key<'_>,
        search: &Search,
        mut take: impl FnMut(&mut Context<'_>, &[Hit]) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        loop {
            take(cx, self.hits.as_slice())?;
            if self.walk.is_done(search) {
                return Ok(());
            }
            let entry = cx.store.find(cx.now, source).expect("sources are spared");
            let Self { hits, walk, .. } = self;
            hits.clear();
            walk.go_on(search, cx.store, entry, |hit| hits.push(hit));
        }
    }
}
