//! Members taken from either end.
use super::bounds::Ranks;
use super::remove::{check_take, take_ranks};
use super::{Shown, Style, reply_members};
use crate::commands::arguments::{count, counted_keys, is_word, pop_count};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::reply::Protocol;
use crate::resp::request::Request;
use crate::store::{Entry, Key, Type};

/// `ZPOPMIN key [count]`: takes out the members with the lowest scores; them and these. O(log n)
/// for each.
pub fn zpopmin(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    pop(cx, request, false)
}

/// `ZPOPMAX key [count]`: takes out the members with the highest scores; them and these. O(log n)
/// for each.
pub fn zpopmax(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    pop(cx, request, true)
}

fn pop(cx: &mut Context<'_>, request: &Request<'_>, is_back: bool) -> Result<(), CommandError> {
    let count = match request.argument_count() {
        2 => None,
        3 => Some(pop_count(request.argument(2))?),
        _ => return Err(CommandError::SYNTAX),
    };
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, Type::SortedSet)?;
    let Some(entry) = entry.filter(|_| count != Some(0)) else {
        cx.reply.array(0);
        return Ok(());
    };
    let is_nested = count.is_some() && cx.reply.protocol() == Protocol::Resp3;
    let style = if is_nested { Style::Pair } else { Style::Flat };
    let ranks = end_of(cx, entry, count.unwrap_or(1), is_back);
    take(cx, &key, entry, Shown { ranks, is_back, style, key: None })
}

/// `ZMPOP numkeys key [key ...] MIN | MAX [COUNT count]`: as ZPOPMIN or ZPOPMAX of the first of the
/// keys that exists, with its name; or null. O(keys), and O(log n) for each member.
pub fn zmpop(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let keys = counted_keys(request, 1, CommandError::SYNTAX)?;
    let is_back = match request.arguments_from(keys.end).next().unwrap_or_default() {
        word if is_word(word, "MIN") => false,
        word if is_word(word, "MAX") => true,
        _ => return Err(CommandError::SYNTAX),
    };
    let mut member_count = None;
    let mut index = keys.end + 1;
    while index < request.argument_count() {
        let is_count = member_count.is_none() && is_word(request.argument(index), "COUNT");
        if !is_count || index + 1 == request.argument_count() {
            return Err(CommandError::SYNTAX);
        }
        let refusal = "ERR count should be greater than 0";
        member_count = Some(count(request.argument(index + 1), 1, refusal)?);
        index += 2;
    }
    for index in keys {
        let key = cx.key(request, index);
        if let Some(entry) = cx.find_of(&key, Type::SortedSet)? {
            let ranks = end_of(cx, entry, member_count.unwrap_or(1), is_back);
            let name = Some(key.name);
            let shown = Shown { ranks, is_back, style: Style::Pair, key: name };
            return take(cx, &key, entry, shown);
        }
    }
    cx.reply.null_array();
    Ok(())
}

/// The ranks of `count` members at an end.
fn end_of(cx: &Context<'_>, entry: Entry, count: u64, is_back: bool) -> Ranks {
    let all = Ranks { start: 0, end: cx.store.element_count(entry) };
    all.limited(0, count.cast_signed(), is_back)
}

/// Replies with members, and takes them out.
fn take(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    entry: Entry,
    shown: Shown<'_>,
) -> Result<(), CommandError> {
    check_take(cx, key, shown.ranks)?;
    reply_members(cx, entry, shown)?;
    take_ranks(cx, key, shown.ranks);
    Ok(())
}
