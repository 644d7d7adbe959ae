//! Ranges of sorted sets: what a client may call one, and which ranks that is.
//!
//! Invariant: ranks count from the lowest score, whichever way the client counts.
use crate::commands::arguments::integer;
use crate::commands::error::CommandError;
use crate::planted::{Bug, is_planted};
use crate::stdx::double;
use crate::store::tree::order::score_key;
use crate::store::{Bound, Entry, Store};
use core::cmp::Ordering;

/// The ranks `start..end`; empty if they are not in this order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Ranks {
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Ranks {
    pub(super) const fn count(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Without the first `offset`, and at most `count` of the rest: of a walk forth or back. A
    /// negative offset leaves nothing, a negative count everything.
    pub(super) fn limited(self, offset: i64, count: i64, is_back: bool) -> Self {
        let offset = u64::try_from(offset).unwrap_or(u64::MAX).min(self.count());
        let count = u64::try_from(count).unwrap_or(u64::MAX).min(self.count() - offset);
        if is_back {
            let end = self.end - offset;
            Self { start: end - count, end }
        } else {
            let start = self.start + offset;
            Self { start, end: start + count }
        }
    }
}

/// By what a range is given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum By {
    Rank,
    Score,
    Name,
}

/// One end of a range of scores.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScoreEnd {
    score: f64,
    is_open: bool,
}

impl ScoreEnd {
    fn parse(argument: &[u8]) -> Result<Self, CommandError> {
        let (is_open, digits) = match argument {
            [b'(', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        match double::parse_bound(digits) {
            Some(score) => Ok(Self { score, is_open }),
            None => Err(CommandError::Line("ERR min or max is not a float")),
        }
    }

    /// The place before all members of this score, or behind them.
    fn bound(self, is_behind: bool) -> Bound<'static> {
        let name = if is_behind { None } else { Some(&b""[..]) };
        Bound { score: score_key(self.score), name }
    }
}

/// One end of a range of names.
#[derive(Clone, Copy, Debug)]
pub(super) enum NameEnd<'a> {
    /// Before every name.
    Before,
    /// Behind every name.
    Behind,
    At {
        name: &'a [u8],
        is_open: bool,
    },
}

impl<'a> NameEnd<'a> {
    fn parse(argument: &'a [u8]) -> Result<Self, CommandError> {
        match argument {
            // Redis looks no further than a NUL.
            [b'-'] | [b'-', 0, ..] => Ok(Self::Before),
            [b'+'] | [b'+', 0, ..] => Ok(Self::Behind),
            [b'(', name @ ..] => Ok(Self::At { name, is_open: true }),
            [b'[', name @ ..] => Ok(Self::At { name, is_open: false }),
            _ => Err(CommandError::Line("ERR min or max not valid string range item")),
        }
    }

    /// The rank of the first member behind this end, if it is a low one, or not before it, if it
    /// is a high one.
    fn rank(self, store: &Store, entry: Entry, is_high: bool) -> u64 {
        let count = store.element_count(entry);
        let (name, is_open) = match self {
            Self::Before => return 0,
            Self::Behind => return count,
            Self::At { name, is_open } => (name, is_open),
        };
        let is_open = is_open && !is_planted(Bug::EndTaken);
        let takes_equal = is_open != is_high;
        let key = |rank| score_key(store.element_at_rank(entry, rank).score());
        let only = key(0);
        if key(count - 1) != only {
            return rank_by_name(store, entry, name, takes_equal);
        }
        let rank = store.rank_of_bound(entry, &Bound { score: only, name: Some(name) });
        let is_there = takes_equal && store.element(entry, name, store.name_hash(name)).is_some();
        rank + u64::from(is_there)
    }
}

/// Members before `name`, and itself if `takes_equal`, of a set with several scores. Such ranges
/// ask for one score: what they give here means something only if the names are in the order of
/// the scores, and then it is what Redis says. O(log n) steps of O(log n).
fn rank_by_name(store: &Store, entry: Entry, name: &[u8], takes_equal: bool) -> u64 {
    let is_before = |rank| match store.element_at_rank(entry, rank).name().compare_with(name) {
        Ordering::Less => true,
        Ordering::Equal => takes_equal,
        Ordering::Greater => false,
    };
    let (mut low, mut high) = (0, store.element_count(entry));
    while low < high {
        let middle = u64::midpoint(low, high);
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// A range as a client gives it, its lower end first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range<'a> {
    /// Both inclusive, negative ones counted from the end. Counted back if the walk goes back.
    Rank(i64, i64),
    Score(ScoreEnd, ScoreEnd),
    Name(NameEnd<'a>, NameEnd<'a>),
}

impl<'a> Range<'a> {
    /// A range of ranks has its ends in the order of the walk, others the lower end first.
    pub(super) fn parse(by: By, low: &'a [u8], high: &'a [u8]) -> Result<Self, CommandError> {
        Ok(match by {
            By::Rank => Self::Rank(integer(low)?, integer(high)?),
            By::Score => Self::Score(ScoreEnd::parse(low)?, ScoreEnd::parse(high)?),
            By::Name => Self::Name(NameEnd::parse(low)?, NameEnd::parse(high)?),
        })
    }

    /// The ranks that it is in a set. O(log n).
    pub(super) fn ranks(self, store: &Store, entry: Entry, is_back: bool) -> Ranks {
        let count = store.element_count(entry);
        match self {
            Self::Rank(first, last) => {
                let Some((start, end)) = absolute(first, last, count) else {
                    return Ranks { start: 0, end: 0 };
                };
                if is_back {
                    return Ranks { start: count - end, end: count - start };
                }
                Ranks { start, end }
            }
            Self::Score(low, high) => Ranks {
                start: store.rank_of_bound(entry, &low.bound(low.is_open)),
                end: store.rank_of_bound(entry, &high.bound(!high.is_open)),
            },
            Self::Name(low, high) => {
                Ranks { start: low.rank(store, entry, false), end: high.rank(store, entry, true) }
            }
        }
    }
}

/// Inclusive positions, negative ones counted from the end, as `start..end` within `count`; nothing
/// if that is empty.
fn absolute(first: i64, last: i64, count: u64) -> Option<(u64, u64)> {
    let from_start = |position: i64| match u64::try_from(position) {
        Ok(position) => Some(position),
        Err(_) => count.checked_sub(position.unsigned_abs()),
    };
    let start = from_start(first).unwrap_or(0);
    let end = from_start(last)?.saturating_add(1).min(count);
    (start < end).then_some((start, end))
}
