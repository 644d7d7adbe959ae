//! SINTER, SINTERCARD, SUNION and SDIFF: several sets read as one.
//!
//! Nothing is collected: each member of some sets is looked up in others, so that it comes once. An
//! answer takes two such walks, one to measure and one to write.
use super::sources::Sources;
use super::{HEAD_SIZE, LOOKUP_WORK, bulk_size};
use crate::commands::arguments::{count, counted_keys, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::member::with_bytes;
use crate::commands::places::Places;
use crate::commands::texts::{reserve_reply, write_text};
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::{Leaf, Sought, Store, Text};
use core::ops::Range;

pub(super) const TOO_LARGE: &str =
    "OOM command-work-max: the sets are too large to be combined in one command";

/// Members of which the verdicts cost nothing to speak of.
const FEW: u64 = 128;

/// Members of which the verdicts are kept at most: 16 KiB of the stack.
const MANY: usize = 128 << 10;

/// Members after which the size of a reply is guessed: of so many, half in common, the guess is
/// within a thirtieth nearly always. A sixteenth more than the ceiling is asked for, then.
const SAMPLE_COUNT: u64 = 4_096;

/// Which members are wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Combination {
    /// Those of all sets.
    Intersection,
    /// Those of any set.
    Union,
    /// Those of the first set alone.
    Difference,
}

/// The members of one set that are in all of some other sets, or in none of them.
pub(super) struct Part {
    /// Which set.
    pub(super) position: usize,
    others: Range<usize>,
    are_in_others: bool,
}

impl Combination {
    /// Where its members come from. No member is in two parts.
    pub(super) fn parts(
        self,
        store: &Store,
        sources: &Sources<'_>,
    ) -> impl Iterator<Item = Part> + use<> {
        let count = sources.count;
        let positions = match self {
            Self::Intersection => {
                let smallest = sources.smallest(store);
                smallest..smallest + 1
            }
            Self::Union => 0..count,
            Self::Difference => 0..1,
        };
        positions.map(move |position| Part {
            position,
            others: match self {
                Self::Intersection => 0..count,
                Self::Union => 0..position,
                Self::Difference => 1..count,
            },
            are_in_others: self == Self::Intersection,
        })
    }
}

impl Part {
    /// Do all members of its set belong to it?
    #[inline]
    pub(super) const fn is_whole(&self) -> bool {
        self.others.start == self.others.end
    }

    fn others(&self) -> impl Iterator<Item = usize> + use<> {
        let own = self.position;
        self.others.clone().filter(move |position| *position != own)
    }

    /// The members that are asked for next are those of a leaf of its set.
    fn come_near(&self, places: &mut Places<'_, '_>, leaf: &Leaf<'_>) {
        self.others().for_each(|position| places.come_near(position, leaf));
    }

    /// Does a member of its set belong to it?
    #[inline]
    pub(super) fn takes(&self, places: &mut Places<'_, '_>, member: &mut Sought<'_>) -> bool {
        self.others().all(|position| places.has(position, member) == self.are_in_others)
    }

    /// What looking one of its members up counts as, in bytes.
    pub(super) fn member_work(&self) -> u64 {
        LOOKUP_WORK * (1 + self.others().count() as u64)
    }
}

/// What the first walk of an answer has found out about members, for the second one: does the
/// combination take them? Of the first ones, as many as there are bits.
struct Verdicts<'a> {
    bits: &'a mut [u64],
    known_count: usize,
}

impl<'a> Verdicts<'a> {
    const fn new(bits: &'a mut [u64]) -> Self {
        Self { bits, known_count: 0 }
    }

    /// Are those on the first `count` members known?
    const fn know(&self, count: usize) -> bool {
        count <= self.known_count
    }

    /// That on the member with this number, which `judge` knows.
    #[inline]
    fn of(&mut self, number: usize, judge: impl FnOnce() -> bool) -> bool {
        let bit = 1 << (number % 64);
        if number < self.known_count {
            return self.bits[number / 64] & bit != 0;
        }
        let takes = judge();
        if number == self.known_count && number / 64 < self.bits.len() {
            self.bits[number / 64] |= if takes { bit } else { 0 };
            self.known_count += 1;
        }
        takes
    }
}

/// What a reply may have that does not wait.
struct Ceiling {
    size: u64,
    /// Members of the set that is walked first. In a union they are all taken, and those of other
    /// sets come behind them.
    member_count: u64,
}

impl Ceiling {
    fn of(cx: &Context<'_>, sources: &Sources<'_>, combination: Combination) -> Self {
        let parts = combination.parts(cx.store, sources);
        let mut counts = parts.map(|part| sources.member_count(cx.store, part.position));
        let member_count = counts.find(|count| *count > 0).unwrap_or(0);
        Self { size: cx.reply.ceiling(), member_count }
    }

    /// Is a reply above it that has `size` bytes after so many members, or will it be in all
    /// likelihood? Large sets are walked in the order of hashes, so that the first members are as
    /// all others of their set. A reply that would not have had to wait comes a little later.
    fn is_passed(&self, size: u64, looked_count: u64) -> bool {
        // Of few members, or few large ones, nothing can be guessed.
        let is_sample =
            (SAMPLE_COUNT..=self.member_count).contains(&looked_count) && size >= self.size / 8;
        let product = |size, count| u128::from(size) * u128::from(count);
        size > self.size
            || is_sample
                && product(size, self.member_count)
                    > product(self.size + self.size / 16, looked_count)
    }
}

/// Visits each member once, with how many were looked at so far, until `visit` has seen enough; the
/// work of it, up to `work_max`.
fn walk<'a>(
    store: &'a Store,
    sources: &Sources<'_>,
    combination: Combination,
    work_max: u64,
    verdicts: &mut Verdicts<'_>,
    mut visit: impl FnMut(Text<'a>, u64) -> bool,
) -> Result<u64, CommandError> {
    let mut places = sources.places(store);
    let (mut work, mut looked_count, mut number) = (0, 0, 0);
    for part in combination.parts(store, sources) {
        let Some(entry) = places.entry(part.position) else { continue };
        let member_work = part.member_work();
        for leaf in store.leaves(entry) {
            if !part.is_whole() && !verdicts.know(number + leaf.count()) {
                part.come_near(&mut places, &leaf);
            }
            for (member, tag) in leaf.elements() {
                work += member_work;
                if work > work_max {
                    return Err(CommandError::Line(TOO_LARGE));
                }
                looked_count += 1;
                let mut takes = |name: &[u8]| part.takes(&mut places, &mut Sought::new(name, tag));
                let is_taken = part.is_whole()
                    || verdicts.of(number, || with_bytes(member.name(), &mut takes));
                number += usize::from(!part.is_whole());
                if is_taken && !visit(member.name(), looked_count) {
                    return Ok(work);
                }
            }
        }
    }
    Ok(work)
}

/// Answers a combination of all keys of the request.
fn reply(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    combination: Combination,
) -> Result<(), CommandError> {
    let sources = Sources::read(cx, request, 1, request.argument_count() - 1)?;
    let parts = combination.parts(cx.store, &sources);
    let count: u64 = parts.map(|part| sources.member_count(cx.store, part.position)).sum();
    if count <= FEW {
        reply_judged(cx, &sources, combination, &mut [0; FEW as usize / 64])
    } else {
        reply_many(cx, &sources, combination)
    }
}

#[inline(never)]
fn reply_many(
    cx: &mut Context<'_>,
    sources: &Sources<'_>,
    combination: Combination,
) -> Result<(), CommandError> {
    reply_judged(cx, sources, combination, &mut [0; MANY / 64])
}

fn reply_judged(
    cx: &mut Context<'_>,
    sources: &Sources<'_>,
    combination: Combination,
    bits: &mut [u64],
) -> Result<(), CommandError> {
    let work_max = cx.limits.command_work_max;
    let mut verdicts = Verdicts::new(bits);
    let (mut count, mut size) = (0, HEAD_SIZE);
    let ceiling = Ceiling::of(cx, sources, combination);
    let mut is_below = true;
    let work = walk(cx.store, sources, combination, work_max, &mut verdicts, |member, looked| {
        count += 1;
        size += bulk_size(member.size());
        is_below = !ceiling.is_passed(size, looked);
        is_below
    })?;
    work::check(cx, work, TOO_LARGE)?;
    reserve_reply(cx, if is_below { size } else { size.max(ceiling.size + 1) })?;
    assert!(is_below, "a reply above the ceiling waits");
    cx.reply.set(count);
    let reply = &mut cx.reply;
    walk(cx.store, sources, combination, work_max, &mut verdicts, |member, _| {
        write_text(reply, member);
        true
    })?;
    Ok(())
}

/// `SINTER key [key ...]`: the members that all sets have. O(n * m), n the size of the smallest
/// set and m the count of sets, up to `command-work-max`.
pub fn sinter(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply(cx, request, Combination::Intersection)
}

/// `SUNION key [key ...]`: the members that any of the sets has. O(n * m), n the sum of the sizes
/// and m the count of sets, up to `command-work-max`.
pub fn sunion(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply(cx, request, Combination::Union)
}

/// `SDIFF key [key ...]`: the members of the first set that no other has. O(n * m), n the size of
/// the first set and m the count of sets, up to `command-work-max`.
pub fn sdiff(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply(cx, request, Combination::Difference)
}

/// `SINTERCARD numkeys key [key ...] [LIMIT limit]`: how many members all sets have, counted up to
/// the limit; 0 is none. O(n * m), as SINTER.
pub fn sintercard(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let missing = "ERR Number of keys can't be greater than number of args";
    let keys = counted_keys(request, 1, CommandError::Line(missing))?;
    let limit = limit(request, keys.end)?;
    let sources = Sources::read(cx, request, keys.start, keys.len())?;
    let mut count = 0;
    let work_max = cx.limits.command_work_max;
    let mut verdicts = Verdicts::new(&mut []);
    let intersection = Combination::Intersection;
    let work = walk(cx.store, &sources, intersection, work_max, &mut verdicts, |_, _| {
        count += 1;
        count != limit
    })?;
    work::check(cx, work, TOO_LARGE)?;
    cx.reply.integer(count.cast_signed());
    Ok(())
}

/// The limit that the arguments from `index` on say, if any; 0 is none. The last one counts.
fn limit(request: &Request<'_>, index: usize) -> Result<u64, CommandError> {
    let (mut limit, mut rest) = (0, request.arguments_from(index));
    while let Some(word) = rest.next() {
        let Some(argument) = rest.next().filter(|_| is_word(word, "LIMIT")) else {
            return Err(CommandError::SYNTAX);
        };
        limit = count(argument, 0, "ERR LIMIT can't be negative")?;
    }
    Ok(limit)
}

#[cfg(test)]
#[path = "combine_test.rs"]
mod combine_test;
