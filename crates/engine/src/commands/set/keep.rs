//! SINTERSTORE, SUNIONSTORE and SDIFFSTORE: a combination of sets as a set of its own.
//!
//! Making room for it moves what is in the store: the sources are found again for each portion of
//! members.
use super::LOOKUP_WORK;
use super::combine::{Combination, TOO_LARGE};
use super::encoding::{Encoding, is_integer};
use super::sources::Sources;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::portion::{MEMBER_COUNT_MAX, Member, Portion};
use crate::commands::{scratch, work};
use crate::resp::request::Request;
use crate::store::{Entry, Fresh, Key, NameHash, Sought, Store, StoreFull};

/// What has been built so far.
struct Built {
    count: u64,
    encoding: Encoding,
    has_text: bool,
    name_size_max: u64,
    /// The highest hash of all, if there is one.
    hash_max: Option<u64>,
    work: u64,
    /// Redis adds all members of the first set, and then takes out those of the others.
    counts_all: bool,
}

/// Stores a combination of the keys behind the first one, and answers how many members it has.
fn store(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    combination: Combination,
) -> Result<(), CommandError> {
    let keys = 2..request.argument_count();
    let sources = Sources::read(cx, request, keys.start, keys.len())?;
    let target = cx.key(request, 1);
    let count = scratch::store(cx, request, keys, &target, |cx, scratch| {
        build(cx, &sources, combination, scratch)
    })?;
    cx.reply.integer(count.cast_signed());
    Ok(())
}

/// Builds the combination as `scratch`, which there is only if it has members.
fn build(
    cx: &mut Context<'_>,
    sources: &Sources<'_>,
    combination: Combination,
    scratch: &Key<'_>,
) -> Result<(), CommandError> {
    let first = sources.entry(cx.store, sources.smallest(cx.store));
    let first = first.map_or(Encoding::Integers, |entry| Encoding::of(cx.store.kept(entry)));
    let starts_packed = combination == Combination::Intersection && first != Encoding::Integers;
    let encoding = if starts_packed { Encoding::Packed } else { Encoding::Integers };
    let counts_all = combination == Combination::Difference && adds_before(cx.store, sources);
    let mut built = Built {
        count: 0,
        encoding,
        has_text: false,
        name_size_max: 0,
        hash_max: None,
        work: 0,
        counts_all,
    };
    fill(cx, sources, combination, scratch, &mut built)?;
    work::check(cx, built.work, TOO_LARGE)?;
    if starts_packed && !built.has_text && built.count <= cx.hot.set_intset_count_max {
        built.encoding = Encoding::Integers;
    }
    if built.count > 0 && built.encoding != Encoding::Integers {
        cx.store.set_kept(scratch, built.encoding.kept());
    }
    Ok(())
}

/// Puts each member of the combination into `scratch`.
fn fill(
    cx: &mut Context<'_>,
    sources: &Sources<'_>,
    combination: Combination,
    scratch: &Key<'_>,
    built: &mut Built,
) -> Result<(), CommandError> {
    let mut portion = Portion::new(cx.store.name_hash(b""));
    for part in combination.parts(cx.store, sources) {
        let mut rank = 0;
        while rank < sources.member_count(cx.store, part.position) {
            rank = if combination == Combination::Union && part.position > 1 {
                // One look tells whether it is in any of the sets before.
                let scratch = cx.store.peek(scratch);
                let is_new = |member: &[u8], hash| {
                    let found = scratch.and_then(|entry| cx.store.element(entry, member, hash));
                    found.is_none()
                };
                let entry = sources.entry(cx.store, part.position);
                built.read(cx, (entry, rank), 2 * LOOKUP_WORK, &mut portion, is_new)?
            } else {
                let mut places = sources.places(cx.store);
                let entry = places.entry(part.position);
                let takes = |member: &[u8], hash| {
                    part.takes(&mut places, &mut Sought::hashed(member, hash))
                };
                built.read(cx, (entry, rank), part.member_work(), &mut portion, takes)?
            };
            built.put(cx, scratch, &portion)?;
            portion.clear();
        }
    }
    Ok(())
}

impl Built {
    /// Reads members of a set that is there, from `rank` on, until the portion is full of those
    /// that `takes` takes; the rank of the next one.
    fn read(
        &mut self,
        cx: &Context<'_>,
        (entry, rank): (Option<Entry>, u64),
        member_work: u64,
        portion: &mut Portion,
        mut takes: impl FnMut(&[u8], NameHash) -> bool,
    ) -> Result<u64, CommandError> {
        let mut next = rank;
        let entry = entry.expect("sources are spared");
        let mut leaf_end = rank;
        for element in cx.store.elements(entry, rank, false) {
            if next == leaf_end {
                // Whole leaves, so that the next portion is behind this one.
                let count = cx.store.count_in_leaf(entry, next);
                if portion.count() > 0 && !portion.has_room_for(count) {
                    break;
                }
                leaf_end += count;
            }
            if !portion.has_room(element.name().size()) {
                break;
            }
            self.work += member_work;
            if self.work > cx.limits.command_work_max {
                return Err(CommandError::Line(TOO_LARGE));
            }
            let member = portion.read(element.name());
            let hash = cx.store.name_hash(member);
            if self.counts_all {
                self.encoding = self.encoding.with(cx.hot, next, member, |_| false);
            }
            next += 1;
            if takes(member, hash) {
                self.has_text = self.has_text || !is_integer(member);
                portion.keep(hash, 0.0);
            }
        }
        Ok(next)
    }

    /// Puts the members of a portion into `scratch`.
    fn put(
        &mut self,
        cx: &mut Context<'_>,
        scratch: &Key<'_>,
        portion: &Portion,
    ) -> Result<(), StoreFull> {
        for member in portion.members() {
            let is_long = |size_max| self.name_size_max > size_max;
            if !self.counts_all {
                self.encoding = self.encoding.with(cx.hot, self.count, member.name, is_long);
            }
            self.name_size_max = self.name_size_max.max(member.name.len() as u64);
            self.count += 1;
        }
        let mut places = [0; MEMBER_COUNT_MAX];
        let places = in_order(portion, &mut places);
        let mut done = 0;
        while done < places.len() {
            let rest = places[done..].iter().map(|&place| {
                let Member { name, hash, .. } = portion.member(place.into());
                Fresh::member(name, Some(hash))
            });
            let first = portion.member(places[done].into());
            let is_behind = self.hash_max.is_none_or(|hash_max| first.hash.to_u64() > hash_max);
            done += cx.store.put_run(cx.now, scratch, rest, is_behind)?;
            let last = portion.member(places[done - 1].into()).hash.to_u64();
            self.hash_max = self.hash_max.max(Some(last));
        }
        Ok(())
    }
}

/// The places of the members of a portion, in the order of their hashes.
fn in_order<'a>(portion: &Portion, places: &'a mut [u16; MEMBER_COUNT_MAX]) -> &'a [u16] {
    let mut keyed = [(0, 0); MEMBER_COUNT_MAX];
    let keyed = &mut keyed[..portion.count()];
    for (index, (entry, hash)) in keyed.iter_mut().zip(portion.hashes()).enumerate() {
        *entry = (hash.to_u64(), index as u16);
    }
    keyed.sort_unstable();
    for (place, (_, index)) in places.iter_mut().zip(keyed.iter()) {
        *place = *index;
    }
    &places[..portion.count()]
}

/// Would Redis add all members of the first set, and then take out those of the others?
fn adds_before(store: &Store, sources: &Sources<'_>) -> bool {
    let first = sources.entry(store, 0);
    let first_count = sources.member_count(store, 0);
    let (mut work, mut other_work) = (0, 0);
    for position in 0..sources.count {
        let entry = sources.entry(store, position);
        // ... unless it is subtracted from itself.
        if position > 0 && entry.is_some() && sources.are_same(0, position) {
            return false;
        }
        if entry.is_some() {
            work += first_count;
            other_work += sources.member_count(store, position);
        }
    }
    first.is_some() && work / 2 > other_work
}

/// `SINTERSTORE destination key [key ...]`: stores the members that all sets have; how many. All or
/// nothing. O(n * m * log n), n the size of the smallest set and m the count of sets, up to
/// `command-work-max`.
pub fn sinterstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    store(cx, request, Combination::Intersection)
}

/// `SUNIONSTORE destination key [key ...]`: stores the members that any of the sets has; how many.
/// All or nothing. O(n * log n), n the sum of the sizes, up to `command-work-max`.
pub fn sunionstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    store(cx, request, Combination::Union)
}

/// `SDIFFSTORE destination key [key ...]`: stores the members of the first set that no other has;
/// how many. All or nothing. O(n * m * log n), n the size of the first set and m the count of sets,
/// up to `command-work-max`.
pub fn sdiffstore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    store(cx, request, Combination::Difference)
}
