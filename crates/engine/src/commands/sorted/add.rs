//! ZADD and ZINCRBY: members put in, and scores changed.
//!
//! Everything is parsed and room for all members is there before the first change: a command
//! happens entirely or not at all. Of a command of several pairs each sees what those before it
//! did.
use super::score;
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::tree::order::score_key;
use crate::store::{Fresh, Kept, Key, Order, Place, StoreFull, Type};

/// Only members that are missing.
pub(in crate::commands) const NX: u8 = 1 << 0;
/// Only members that are there.
pub(in crate::commands) const XX: u8 = 1 << 1;
/// Only to a greater score.
const GT: u8 = 1 << 2;
/// Only to a lesser score.
const LT: u8 = 1 << 3;
/// The reply counts changed members, too.
pub(in crate::commands) const CH: u8 = 1 << 4;
/// Adds to the score, and replies with it.
const INCR: u8 = 1 << 5;

const WORDS: [(&str, u8); 6] =
    [("NX", NX), ("XX", XX), ("GT", GT), ("LT", LT), ("CH", CH), ("INCR", INCR)];

/// What is asked for: options, and pairs of a score and a member.
pub(in crate::commands) struct Adding<'a, 'r> {
    pub(in crate::commands) request: &'a Request<'r>,
    pub(in crate::commands) flags: u8,
    /// The first score.
    pub(in crate::commands) first: usize,
    pub(in crate::commands) pair_count: usize,
    /// Arguments of a pair, the last of which is the member.
    pub(in crate::commands) pair_size: usize,
    /// Reads the score that begins with an argument.
    pub(in crate::commands) read_score: fn(&Request<'_>, usize) -> Result<f64, CommandError>,
}

impl<'a, 'r> Adding<'a, 'r> {
    fn parse(request: &'a Request<'r>, implied: u8) -> Result<Self, CommandError> {
        let (mut flags, mut first) = (implied, 2);
        while first < request.argument_count() {
            let word = request.argument(first);
            let Some((_, flag)) = WORDS.iter().find(|(name, _)| is_word(word, name)) else { break };
            flags |= flag;
            first += 1;
        }
        let rest_count = request.argument_count() - first;
        if rest_count == 0 || !rest_count.is_multiple_of(2) {
            return Err(CommandError::SYNTAX);
        }
        let read_score = |request: &Request<'_>, index| score(request.argument(index));
        let pair_count = rest_count / 2;
        let adding = Self { request, flags, first, pair_count, pair_size: 2, read_score };
        adding.check()?;
        Ok(adding)
    }

    /// Refuses options that contradict each other, and scores that are none.
    fn check(&self) -> Result<(), CommandError> {
        if self.has(NX) && self.has(XX) {
            return Err(CommandError::Line(
                "ERR XX and NX options at the same time are not compatible",
            ));
        }
        let bound_count = [NX, GT, LT].iter().filter(|flag| self.has(**flag)).count();
        if bound_count > 1 {
            return Err(CommandError::Line(
                "ERR GT, LT, and/or NX options at the same time are not compatible",
            ));
        }
        if self.has(INCR) && self.pair_count > 1 {
            return Err(CommandError::Line(
                "ERR INCR option supports a single increment-element pair",
            ));
        }
        (0..self.pair_count).try_for_each(|index| self.score(index).map(|_| ()))
    }

    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn score(&self, index: usize) -> Result<f64, CommandError> {
        (self.read_score)(self.request, self.first + self.pair_size * index)
    }

    fn name(&self, index: usize) -> &'r [u8] {
        self.request.argument(self.first + self.pair_size * (index + 1) - 1)
    }

    /// A pair as a new member.
    fn fresh(&self, cx: &Context<'_>, index: usize) -> Fresh<'r> {
        let score = self.score(index).expect("all scores were parsed");
        Fresh::scored(self.name(index), cx.store.name_hash(self.name(index)), score)
    }

    /// What becomes of a member whose score is `old`, and what its score is then.
    fn outcome(&self, old: Option<f64>, given: f64) -> Result<Outcome, CommandError> {
        let Some(old) = old else {
            return Ok(if self.has(XX) { Outcome::Skipped } else { Outcome::Added(given) });
        };
        if self.has(NX) {
            return Ok(Outcome::Skipped);
        }
        let new = if self.has(INCR) { old + given } else { given };
        if new.is_nan() {
            return Err(CommandError::Line("ERR resulting score is not a number (NaN)"));
        }
        Ok(if self.has(LT) && new >= old || self.has(GT) && new <= old {
            Outcome::Skipped
        } else if score_key(new) != score_key(old) {
            Outcome::Changed(new)
        } else {
            Outcome::Kept(new)
        })
    }
}

/// What became of a pair.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    /// An option forbids it.
    Skipped,
    /// A new member.
    Added(f64),
    /// Another score.
    Changed(f64),
    /// The score that it had.
    Kept(f64),
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
struct Done {
    added_count: i64,
    changed_count: i64,
    /// The longest name that was added.
    name_size_max: u64,
    /// The score of the last member, unless it was skipped.
    score: Option<f64>,
}

/// `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]`: puts members in or
/// changes their scores; how many are new. O(log n) for each pair.
pub fn zadd(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    add(cx, &Adding::parse(request, 0)?)
}

/// `ZINCRBY key increment member`: adds to a score, which is 0 if it is missing; the score then.
/// O(log n).
pub fn zincrby(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    add(cx, &Adding::parse(request, INCR)?)
}

/// Puts the members in whose scores can be read, and replies.
pub(in crate::commands) fn add(
    cx: &mut Context<'_>,
    adding: &Adding<'_, '_>,
) -> Result<(), CommandError> {
    let key = cx.key(adding.request, 1);
    let existing = cx.find_of(&key, Type::SortedSet)?;
    let mut done = Done::default();
    if existing.is_some() || !adding.has(XX) {
        if adding.pair_count == 1 {
            add_pair(cx, &key, adding, 0, &mut done)?;
        } else {
            add_pairs(cx, &key, adding, &mut done)?;
        }
        if cx.store.find(cx.now, &key).is_some() {
            note_size(cx, &key, adding.pair_count as u64, done.name_size_max);
        }
    }
    if done.added_count + done.changed_count > 0 {
        cx.changed(&key, (done.added_count + done.changed_count).cast_unsigned());
    }
    match (adding.has(INCR), done.score) {
        (true, Some(score)) => cx.reply.double(score),
        (true, None) => cx.reply.null(),
        (false, _) if adding.has(CH) => cx.reply.integer(done.added_count + done.changed_count),
        (false, _) => cx.reply.integer(done.added_count),
    }
    Ok(())
}

/// Several pairs, all or none.
fn add_pairs(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    adding: &Adding<'_, '_>,
    done: &mut Done,
) -> Result<(), CommandError> {
    reserve(cx, key, adding)?;
    for index in 0..adding.pair_count {
        add_pair(cx, key, adding, index, done).expect("room was reserved");
    }
    cx.store.settle_collection(key);
    Ok(())
}

fn reserve(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    adding: &Adding<'_, '_>,
) -> Result<(), CommandError> {
    // Room does not depend on hashes, which cost more than all else here.
    let hash = cx.store.name_hash(b"");
    let members = (0..adding.pair_count).map(|index| Fresh::scored(adding.name(index), hash, 0.0));
    cx.store.reserve_elements(cx.now, key, Order::Sorted, members)?;
    Ok(())
}

/// One pair. Fails only if it changed nothing.
fn add_pair(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    adding: &Adding<'_, '_>,
    index: usize,
    done: &mut Done,
) -> Result<(), CommandError> {
    let fresh = adding.fresh(cx, index);
    let (name, hash) = (adding.name(index), fresh.hash.expect("members have hashes"));
    let given = adding.score(index)?;
    let entry = cx.store.find(cx.now, key);
    let standing = entry.and_then(|entry| cx.store.standing(entry, name, hash));
    let outcome = adding.outcome(standing.map(|standing| standing.score), given)?;
    done.score = None;
    match outcome {
        Outcome::Skipped => return Ok(()),
        Outcome::Kept(score) => done.score = Some(score),
        Outcome::Added(score) => {
            put(cx, key, &fresh)?;
            done.added_count += 1;
            done.name_size_max = done.name_size_max.max(name.len() as u64);
            done.score = Some(score);
        }
        Outcome::Changed(score) => {
            let standing = standing.expect("it had another score");
            cx.store.set_score(cx.now, key, &standing, name, score + 0.0)?;
            done.changed_count += 1;
            done.score = Some(score);
        }
    }
    Ok(())
}

/// Puts in a member that is not there.
pub(super) fn put(cx: &mut Context<'_>, key: &Key<'_>, fresh: &Fresh<'_>) -> Result<(), StoreFull> {
    cx.store.put_element(cx.now, key, Order::Sorted, Place::Own, fresh)
}

/// Redis keeps a set in a skip list from when it had so many members, or got so many at once, or a
/// name of this size.
pub(super) fn note_size(cx: &mut Context<'_>, key: &Key<'_>, at_once: u64, name_size: u64) {
    let entry = cx.store.find(cx.now, key).expect("it has members");
    let kept = cx.store.kept(entry);
    let count = cx.store.element_count(entry).max(at_once);
    let at_large =
        count > cx.hot.zset_listpack_count_max || name_size > cx.hot.zset_listpack_name_max;
    if at_large && !kept.at_large {
        cx.store.set_kept(key, Kept { at_large, ..kept });
    }
}
