//! Changes in the middle of a list: LSET, LINSERT, LREM.
use super::find::Wanted;
use super::{listpack, rank_of_index};
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::work;
use crate::resp::request::Request;
use crate::store::{Entry, Fresh, Key, Order, Place, Type};

/// `LSET key index element`: replaces the element at an index, negative ones counted from the end.
/// O(log n).
pub fn lset(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::List)?.ok_or(CommandError::NO_SUCH_KEY)?;
    let index = integer(request.argument(2))?;
    let rank = rank_of_index(index, cx.store.element_count(entry))
        .ok_or(CommandError::Line("ERR index out of range"))?;
    let value = request.value(3);
    let outgrows = listpack::outgrows(cx, Some(entry), 1, cx.store.value_size(value));
    cx.store.replace_ranked(cx.now, &key, rank, &Fresh::element(value))?;
    cx.store.settle_collection(&key);
    listpack::grow(cx, &key, outgrows);
    listpack::shrink(cx, &key);
    cx.changed(&key, 1);
    cx.reply.ok();
    Ok(())
}

/// `LINSERT key <BEFORE | AFTER> pivot element`: puts `element` in beside the first element that is
/// `pivot`; the new count, 0 if the list is missing, -1 if the pivot is. O(n), up to
/// `command-work-max`.
pub fn linsert(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let is_behind = match request.argument(2) {
        word if is_word(word, "AFTER") => true,
        word if is_word(word, "BEFORE") => false,
        _ => return Err(CommandError::SYNTAX),
    };
    let Some(entry) = cx.find_of(&key, Type::List)? else {
        cx.reply.integer(0);
        return Ok(());
    };
    let count = cx.store.element_count(entry);
    let pivot = Wanted::new(cx, request.value(3));
    pivot.check(cx, entry, count)?;
    let Some(rank) = next_match(cx, entry, &pivot, 0, false) else {
        cx.reply.integer(-1);
        return Ok(());
    };
    let value = request.value(4);
    let outgrows = listpack::outgrows(cx, Some(entry), 1, cx.store.value_size(value));
    let place = Place::Rank(rank + u64::from(is_behind));
    cx.store.put_element(cx.now, &key, Order::List, place, &Fresh::element(value))?;
    listpack::grow(cx, &key, outgrows);
    cx.changed(&key, 1);
    cx.reply.integer(count.cast_signed() + 1);
    Ok(())
}

/// `LREM key count element`: takes out the first `count` elements that are `element`, the last ones
/// if it is negative, all if it is 0; how many. O(n), up to `command-work-max`.
pub fn lrem(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let count_max = integer(request.argument(2))?;
    let Some(entry) = cx.find_of(&key, Type::List)? else {
        cx.reply.integer(0);
        return Ok(());
    };
    let wanted = Wanted::new(cx, request.value(3));
    let removal = Removal { wanted, count_max, count: cx.store.element_count(entry) };
    let removed_count = removal.run(cx, &key, entry)?;
    if removed_count > 0 {
        cx.changed(&key, removed_count);
        listpack::shrink(cx, &key);
    }
    cx.reply.integer(removed_count.cast_signed());
    Ok(())
}

/// What LREM does to a list of `count` elements.
struct Removal<'a> {
    wanted: Wanted<'a>,
    count_max: i64,
    count: u64,
}

impl Removal<'_> {
    const fn is_back(&self) -> bool {
        self.count_max < 0
    }

    /// Elements that are taken out at most.
    fn take_count_max(&self) -> u64 {
        match self.count_max.unsigned_abs() {
            0 => self.count,
            count_max => count_max.min(self.count),
        }
    }

    /// Refuses what touches too much; where the most that may be taken out would be too many, those
    /// that are there are counted.
    fn check(&self, cx: &Context<'_>, entry: Entry) -> Result<(), CommandError> {
        const TOO_MANY: &str = "OOM command-work-max: too many elements to take out in one \
                                command; use LREM with a smaller count";
        let work = self.wanted.check(cx, entry, self.count)?;
        let work_of = |take_count: u64| work + take_count * work::TAKE;
        let mut take_count = self.take_count_max();
        if work_of(take_count) > cx.limits.command_work_max {
            let elements = cx.store.elements(entry, 0, false);
            let matches = elements.filter(|element| self.wanted.is(cx.store, element.name()));
            take_count = take_count.min(matches.count() as u64);
        }
        work::check(cx, work_of(take_count), TOO_MANY)
    }

    /// Takes them out; how many they were.
    fn run(&self, cx: &mut Context<'_>, key: &Key<'_>, entry: Entry) -> Result<u64, CommandError> {
        self.check(cx, entry)?;
        let mut removed_count = 0;
        let mut rank = if self.is_back() { self.count - 1 } else { 0 };
        while removed_count < self.take_count_max()
            && let Some(entry) = cx.store.find(cx.now, key)
            && let Some(found) = next_match(cx, entry, &self.wanted, rank, self.is_back())
        {
            assert!(cx.store.take_ranked(key, found), "it was found");
            removed_count += 1;
            rank = if self.is_back() { found.wrapping_sub(1) } else { found };
        }
        Ok(removed_count)
    }
}

/// The rank of the next element that is the same, from `rank` on, forth or back. A rank beyond the
/// end has none.
fn next_match(
    cx: &Context<'_>,
    entry: Entry,
    wanted: &Wanted<'_>,
    rank: u64,
    is_back: bool,
) -> Option<u64> {
    if rank >= cx.store.element_count(entry) {
        return None;
    }
    let mut elements = cx.store.elements(entry, rank, is_back);
    let distance = elements.position(|element| wanted.is(cx.store, element.name()))? as u64;
    Some(if is_back { rank - distance } else { rank + distance })
}
