//! SINTERSTORE, SUNIONSTORE and SDIFFSTORE: a combination of sets as a set of its own.
//!
//! Making room for it moves what is in the store: each source is found again for each member.
use super::LOOKUP_WORK;
use super::combine::{Combination, TOO_LARGE};
use super::edit::add;
use super::encoding::{Encoding, is_integer};
use super::member::Member;
use super::sources::Sources;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::{scratch, work};
use crate::resp::request::Request;
use crate::store::{Key, Store};

/// What has been built so far.
struct Built {
    count: u64,
    encoding: Encoding,
    has_text: bool,
    work: u64,
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
    let mut built = Built { count: 0, encoding, has_text: false, work: 0 };
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
    let is_union = combination == Combination::Union;
    let counts_all = combination == Combination::Difference && adds_before(cx.store, sources);
    let mut copy = Member::new();
    for part in combination.parts(cx.store, sources) {
        for rank in 0..sources.member_count(cx.store, part.position) {
            built.work += if is_union { 2 * LOOKUP_WORK } else { part.member_work() };
            if built.work > cx.limits.command_work_max {
                return Err(CommandError::Line(TOO_LARGE));
            }
            let store = &*cx.store;
            let entry = sources.entry(store, part.position).expect("sources are spared");
            let member = copy.copy(store.element_at_rank(entry, rank).name());
            let hash = store.name_hash(member);
            // What is there already shows where it comes from first.
            let is_wanted = if is_union {
                let found = store.peek(scratch).and_then(|at| store.element(at, member, hash));
                found.is_none()
            } else {
                part.takes(store, member, |other| sources.entry(store, other))
            };
            let mut encoding = built.encoding;
            if counts_all {
                built.encoding = encoding.with(cx.hot, rank, member, |_| false);
            }
            if is_wanted {
                add(cx, scratch, &mut encoding, member, hash)?;
                built.count += 1;
                built.has_text |= !is_integer(member);
                built.encoding = if counts_all { built.encoding } else { encoding };
            }
        }
    }
    Ok(())
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
