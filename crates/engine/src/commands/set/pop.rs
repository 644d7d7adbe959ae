//! SPOP: members picked by their rank and taken out, each choice with the same chance.
use super::encoding::Encoding;
use super::reply_whole;
use crate::commands::arguments::pop_count;
use crate::commands::context::Context;
use crate::commands::elements::TEXT_SIZE_MIN;
use crate::commands::error::CommandError;
use crate::commands::picks::reply_any;
use crate::commands::sample::Sample;
use crate::commands::texts::{reserve_reply, write_text};
use crate::commands::work;
use crate::planted::{Bug, is_planted};
use crate::resp::request::Request;
use crate::store::{Entry, Key, Type};

/// `SPOP key [count]`: takes members out at random, and answers them. O(count * log n).
pub fn spop(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = match request.argument_count() {
        2 => None,
        3 => Some(pop_count(request.argument(2))?),
        _ => return Err(CommandError::SYNTAX),
    };
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::Set)?;
    match (entry, count) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) | (Some(_), Some(0)) => cx.reply.set(0),
        (Some(entry), None) => pop_one(cx, &key, entry)?,
        (Some(entry), Some(count)) if count < cx.store.element_count(entry) => {
            pop_some(cx, &key, entry, count)?;
        }
        (Some(entry), Some(_)) => {
            let count = cx.store.element_count(entry);
            reply_whole(cx, entry, true)?;
            cx.store.delete(cx.now, &key);
            cx.store.counters.changes += count - 1;
        }
    }
    Ok(())
}

fn pop_one(cx: &mut Context<'_>, key: &Key<'_>, entry: Entry) -> Result<(), CommandError> {
    let rank = reply_any(cx, entry)?;
    cx.store.take_ranked(key, rank);
    cx.changed(key, 1);
    Ok(())
}

/// Takes some members out, but not all.
fn pop_some(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    entry: Entry,
    count: u64,
) -> Result<(), CommandError> {
    const TOO_MANY: &str =
        "OOM command-work-max: too many members for one command; use a smaller count";
    // However short they are. This bounds the count before anything is picked.
    reserve_reply(cx, count.saturating_mul(TEXT_SIZE_MIN))?;
    let among = cx.store.element_count(entry);
    let sample = Sample::draw(cx.store.random(), count, among);
    work::check(cx, count * work::TAKE + sample.asked_count() * work::ASK, TOO_MANY)?;
    let store = &*cx.store;
    cx.reply.measured(|reply| {
        reply.set(count);
        for rank in sample.ranks() {
            write_text(reply, store.element_at_rank(entry, rank).name());
        }
    })?;
    for (taken_count, rank) in sample.ranks().enumerate() {
        let taken_count = if is_planted(Bug::PoppedBeside) { 0 } else { taken_count };
        cx.store.take_ranked(key, rank - taken_count as u64);
    }
    repack(cx, key, count);
    cx.changed(key, count);
    Ok(())
}

/// Where most of a set was taken out, Redis makes a new one of the rest.
fn repack(cx: &mut Context<'_>, key: &Key<'_>, taken_count: u64) {
    let entry = cx.store.peek(key).expect("some members were left");
    let (hot, count) = (cx.hot, cx.store.element_count(entry));
    if count * 5 > taken_count || Encoding::of(cx.store.kept(entry)) != Encoding::Table {
        return;
    }
    let mut members = cx.store.elements(entry, 0, false);
    let is_short = count <= hot.set_listpack_count_max
        && members.all(|member| member.name().size() <= hot.set_listpack_size_max);
    if is_short {
        cx.store.set_kept(key, Encoding::Packed.kept());
    }
}
