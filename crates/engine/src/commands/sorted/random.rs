//! ZRANDMEMBER: members by chance.
use super::bounds::Ranks;
use super::{ELEMENT_WORK, Shown, Style, reply_members};
use crate::commands::arguments::{is_word, signed_count};
use crate::commands::context::Context;
use crate::commands::elements::TEXT_SIZE_MIN;
use crate::commands::error::CommandError;
use crate::commands::texts::{reply_text, reserve_reply};
use crate::commands::work;
use crate::random::Random;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::stdx::permutation::Permutation;
use crate::store::{Entry, Type};

const TOO_MANY: &str =
    "OOM command-work-max: the count is too large for one command; use a smaller one";

/// `ZRANDMEMBER key [count [WITHSCORES]]`: a member, each with the same chance; `count` different
/// ones; or if it is negative, so many which may be the same. O(log n) for each, up to
/// `command-work-max`.
pub fn zrandmember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let argument_count = request.argument_count();
    let key = cx.key(request, 1);
    if argument_count == 2 {
        let entry = cx.read_of(&key, Type::SortedSet)?;
        let rank = entry.map(|entry| {
            let count = cx.store.element_count(entry);
            cx.store.random().below(count)
        });
        return reply_text(cx, |store| Some(store.element_at_rank(entry?, rank?).name()));
    }
    let count = signed_count(request.argument(2))?;
    let with_scores = argument_count == 4 && is_word(request.argument(3), "WITHSCORES");
    if argument_count > 4 || argument_count == 4 && !with_scores {
        return Err(CommandError::SYNTAX);
    }
    if with_scores && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(CommandError::Line("ERR value is out of range"));
    }
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let Some(entry) = entry.filter(|_| count != 0) else {
        cx.reply.array(0);
        return Ok(());
    };
    let style = if with_scores { Style::scores(cx.reply.protocol()) } else { Style::Name };
    let set_count = cx.store.element_count(entry);
    if count > 0 && count.cast_unsigned() >= set_count {
        let ranks = Ranks { start: 0, end: set_count };
        return reply_members(cx, entry, Shown { ranks, is_back: false, style, key: None });
    }
    reply_some(cx, entry, count, style)
}

/// `count` members, fewer than there are; if it is negative, any.
fn reply_some(
    cx: &mut Context<'_>,
    entry: Entry,
    count: i64,
    style: Style,
) -> Result<(), CommandError> {
    let (set_count, drawn_count) = (cx.store.element_count(entry), count.unsigned_abs());
    reserve_reply(cx, drawn_count.saturating_mul(TEXT_SIZE_MIN))?;
    work::check(cx, drawn_count.saturating_mul(ELEMENT_WORK), TOO_MANY)?;
    // The reply is written twice, once to measure it: both times by the same chance.
    let seed = cx.store.random().bits();
    let store = &*cx.store;
    let write = |reply: &mut Reply<'_>| {
        style.header(reply, drawn_count);
        let (mut random, different) = (Random::new(seed), Permutation::new(set_count, seed));
        for index in 0..drawn_count {
            let rank = if count < 0 { random.below(set_count) } else { different.at(index) };
            style.member(reply, &store.element_at_rank(entry, rank));
        }
    };
    cx.reply.measured(write)?;
    Ok(())
}
