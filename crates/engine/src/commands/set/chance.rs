//! SPOP and SRANDMEMBER: members picked by their rank, each choice with the same chance.
use super::encoding::Encoding;
use super::sample::Sample;
use super::{HEAD_SIZE, LOOKUP_WORK, bulk_size, reply_whole};
use crate::commands::arguments::{pop_count, signed_count};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{reply_text, reserve_reply, write_text};
use crate::commands::work;
use crate::planted::{Bug, is_planted};
use crate::random::Random;
use crate::resp::request::Request;
use crate::store::{Entry, Key, Type};

const TOO_MANY: &str =
    "OOM command-work-max: too many members for one command; use a smaller count";

/// Bytes that it counts as to ask whether a rank is picked.
const RANK_WORK: u64 = 4;

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
            reply_whole(cx, entry, true)?;
            cx.store.delete(cx.now, &key);
        }
    }
    Ok(())
}

fn pop_one(cx: &mut Context<'_>, key: &Key<'_>, entry: Entry) -> Result<(), CommandError> {
    let rank = reply_one(cx, entry)?;
    cx.store.take_ranked(key, rank);
    cx.store.tell_watchers(key);
    Ok(())
}

/// Answers any member; its rank.
fn reply_one(cx: &mut Context<'_>, entry: Entry) -> Result<u64, CommandError> {
    let count = cx.store.element_count(entry);
    let rank = cx.store.random().below(count);
    reply_text(cx, |store| Some(store.element_at_rank(entry, rank).name()))?;
    Ok(rank)
}

/// Takes some members out, but not all.
fn pop_some(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    entry: Entry,
    count: u64,
) -> Result<(), CommandError> {
    work::check(cx, count.saturating_mul(work::TAKE), TOO_MANY)?;
    let sample = draw(cx, entry, count)?;
    reserve_ranks(cx, entry, sample.ranks())?;
    cx.reply.set(count);
    write_ranks(cx, entry, sample.ranks());
    for (taken_count, rank) in sample.ranks().enumerate() {
        let taken_count = if is_planted(Bug::PoppedBeside) { 0 } else { taken_count };
        cx.store.take_ranked(key, rank - taken_count as u64);
    }
    repack(cx, key, count);
    cx.store.tell_watchers(key);
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

/// `SRANDMEMBER key [count]`: a member at random, or so many different ones; of a negative count
/// each is picked among all. O(count * log n).
pub fn srandmember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = match request.argument_count() {
        2 => None,
        3 => Some(signed_count(request.argument(2))?),
        _ => return Err(CommandError::SYNTAX),
    };
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Set)?;
    match (entry, count) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) | (Some(_), Some(0)) => cx.reply.array(0),
        (Some(entry), None) => {
            reply_one(cx, entry)?;
        }
        (Some(entry), Some(count @ ..0)) => pick_each(cx, entry, count.unsigned_abs())?,
        (Some(entry), Some(count)) if count.unsigned_abs() < cx.store.element_count(entry) => {
            let sample = draw(cx, entry, count.unsigned_abs())?;
            reserve_ranks(cx, entry, sample.ranks())?;
            cx.reply.array(count.unsigned_abs());
            write_ranks(cx, entry, sample.ranks());
        }
        (Some(entry), Some(_)) => reply_whole(cx, entry, false)?,
    }
    Ok(())
}

/// So many members, each of them any.
fn pick_each(cx: &mut Context<'_>, entry: Entry, count: u64) -> Result<(), CommandError> {
    if cx.reply.is_muted() {
        return Ok(());
    }
    // However short they are. This bounds the count before anything is picked.
    reserve_reply(cx, HEAD_SIZE.saturating_add(count.saturating_mul(bulk_size(0))))?;
    work::check(cx, count * LOOKUP_WORK, TOO_MANY)?;
    let among = cx.store.element_count(entry);
    let seed = cx.store.random().bits();
    let ranks = || {
        let mut random = Random::new(seed);
        (0..count).map(move |_| random.below(among))
    };
    reserve_ranks(cx, entry, ranks())?;
    cx.reply.array(count);
    write_ranks(cx, entry, ranks());
    Ok(())
}

fn draw(cx: &mut Context<'_>, entry: Entry, count: u64) -> Result<Sample, CommandError> {
    let among = cx.store.element_count(entry);
    let sample = Sample::draw(cx.store.random(), count, among);
    let rank_count = if sample.is_large() { among } else { 0 };
    work::check(cx, rank_count * RANK_WORK + count * LOOKUP_WORK, TOO_MANY)?;
    Ok(sample)
}

/// Makes sure that the members with some ranks can be answered.
fn reserve_ranks(
    cx: &mut Context<'_>,
    entry: Entry,
    ranks: impl Iterator<Item = u64>,
) -> Result<(), CommandError> {
    let sizes = ranks.map(|rank| bulk_size(cx.store.element_at_rank(entry, rank).name().size()));
    let size: u64 = sizes.sum();
    reserve_reply(cx, HEAD_SIZE + size)
}

/// Writes the members with some ranks, for which there is room.
fn write_ranks(cx: &mut Context<'_>, entry: Entry, ranks: impl Iterator<Item = u64>) {
    for rank in ranks {
        write_text(&mut cx.reply, cx.store.element_at_rank(entry, rank).name());
    }
}
