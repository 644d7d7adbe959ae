//! Single members: their scores and ranks, how many there are, and taking them out by name.
use crate::commands::arguments::is_word;
use crate::commands::context::Context;
use crate::commands::elements::{reply_count, take_named};
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::resp::request::Request;
use crate::stdx::number::DOUBLE_TEXT_SIZE_MAX;
use crate::store::Type;

/// `ZCARD key`: count of members. O(1).
pub fn zcard(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_count(cx, request, Type::SortedSet)
}

fn reply_score(cx: &mut Context<'_>, score: Option<f64>) {
    match score {
        Some(score) => cx.reply.double(score),
        None => cx.reply.null(),
    }
}

/// `ZSCORE key member`: the score of a member, or null. O(log n).
pub fn zscore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let score = cx.known.score(cx.store, entry, request, 2);
    reply_score(cx, score);
    Ok(())
}

/// `ZMSCORE key member [member ...]`: the score of each member, or null. O(log n) for each.
pub fn zmscore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let count = request.argument_count() as u64 - 2;
    reserve_reply(cx, BULK_OVERHEAD + count * (BULK_OVERHEAD + DOUBLE_TEXT_SIZE_MAX as u64))?;
    cx.reply.array(count);
    for index in 2..request.argument_count() {
        let score = cx.known.score(cx.store, entry, request, index);
        reply_score(cx, score);
    }
    Ok(())
}

/// `ZRANK key member [WITHSCORE]`: how many members are before one, or null. O(log n).
pub fn zrank(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    rank(cx, request, "zrank", false)
}

/// `ZREVRANK key member [WITHSCORE]`: how many members are behind one, or null. O(log n).
pub fn zrevrank(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    rank(cx, request, "zrevrank", true)
}

fn rank(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    command: &'static str,
    is_back: bool,
) -> Result<(), CommandError> {
    let with_score = match request.argument_count() {
        3 => false,
        4 if is_word(request.argument(3), "WITHSCORE") => true,
        4 => return Err(CommandError::SYNTAX),
        _ => return Err(CommandError::Arity(command)),
    };
    let (key, name) = (cx.key(request, 1), request.argument(2));
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let rank = entry.and_then(|entry| {
        let rank = cx.store.rank_of_name(entry, name, cx.name_hash(request, 2))?;
        Some(if is_back { cx.store.element_count(entry) - 1 - rank } else { rank })
    });
    match rank {
        None if with_score => cx.reply.null_array(),
        None => cx.reply.null(),
        Some(rank) => {
            if with_score {
                cx.reply.array(2);
            }
            cx.reply.integer(rank.cast_signed());
            if with_score {
                let score = cx.known.score(cx.store, entry, request, 2);
                reply_score(cx, score);
            }
        }
    }
    Ok(())
}

/// `ZREM key member [member ...]`: takes members out; how many there were. O(log n) for each.
pub fn zrem(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    take_named(cx, request, Type::SortedSet)
}
