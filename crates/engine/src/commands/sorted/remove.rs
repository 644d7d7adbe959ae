//! Ranges taken out.
use super::bounds::{By, Range, Ranks};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::{Key, Type};

const TOO_MANY: &str =
    "OOM command-work-max: the range is too large for one command; use smaller ranges";

/// `ZREMRANGEBYRANK key start stop`: takes a range of ranks out; how many members. O(log n) for
/// each, up to `command-work-max`; O(1) for all of them.
pub fn zremrangebyrank(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    remove(cx, request, By::Rank)
}

/// `ZREMRANGEBYSCORE key min max`: takes a range of scores out; how many members. As
/// ZREMRANGEBYRANK.
pub fn zremrangebyscore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    remove(cx, request, By::Score)
}

/// `ZREMRANGEBYLEX key min max`: takes a range of names out of a set with one score; how many
/// members. As ZREMRANGEBYRANK.
pub fn zremrangebylex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    remove(cx, request, By::Name)
}

fn remove(cx: &mut Context<'_>, request: &Request<'_>, by: By) -> Result<(), CommandError> {
    let range = Range::parse(by, request.argument(2), request.argument(3))?;
    let key = cx.key(request, 1);
    let ranks = match cx.find_of(&key, Type::SortedSet)? {
        Some(entry) => range.ranks(cx.store, entry, false),
        None => Ranks { start: 0, end: 0 },
    };
    check_take(cx, &key, ranks)?;
    take_ranks(cx, &key, ranks);
    cx.reply.integer(ranks.count().cast_signed());
    Ok(())
}

/// Refuses to take out more than one command may, unless it is everything.
pub(super) fn check_take(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    ranks: Ranks,
) -> Result<(), CommandError> {
    match cx.store.find(cx.now, key) {
        Some(entry) if ranks.count() < cx.store.element_count(entry) => {
            work::check(cx, ranks.count() * work::CUT, TOO_MANY)
        }
        _ => Ok(()),
    }
}

/// Takes the members of `ranks` out of the set, as `check_take` has allowed.
pub(super) fn take_ranks(cx: &mut Context<'_>, key: &Key<'_>, ranks: Ranks) {
    let count = ranks.count();
    if count > 0 {
        // Of a whole set, the store frees it in slices.
        cx.store.take_run(key, ranks.start, count);
        cx.changed(key, count);
    }
}
