//! ZRANGE and its older relatives, and the counts of ranges.
use super::bounds::{By, Range};
use super::{Shown, Style, reply_members};
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::Type;

/// What a range command is, before its options.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Where the key is; the ends follow.
    pub(super) key: usize,
    /// None: an option says it.
    pub(super) by: Option<By>,
    /// None: an option says it.
    pub(super) is_back: Option<bool>,
    /// May scores be asked for?
    pub(super) shows_scores: bool,
}

/// A range with its options.
pub(super) struct Asked<'a> {
    pub(super) range: Range<'a>,
    pub(super) is_back: bool,
    pub(super) with_scores: bool,
    pub(super) offset: i64,
    pub(super) count: i64,
}

impl<'a> Asked<'a> {
    pub(super) fn parse(request: &Request<'a>, form: Form) -> Result<Self, CommandError> {
        let (mut by, mut is_back) = (form.by, form.is_back);
        let (mut with_scores, mut offset, mut count) = (false, 0, -1);
        let mut index = form.key + 3;
        while index < request.argument_count() {
            let word = request.argument(index);
            if form.shows_scores && is_word(word, "WITHSCORES") {
                with_scores = true;
            } else if is_word(word, "LIMIT") && index + 2 < request.argument_count() {
                offset = integer(request.argument(index + 1))?;
                count = integer(request.argument(index + 2))?;
                index += 2;
            } else if is_back.is_none() && is_word(word, "REV") {
                is_back = Some(true);
            } else if by.is_none() && is_word(word, "BYLEX") {
                by = Some(By::Name);
            } else if by.is_none() && is_word(word, "BYSCORE") {
                by = Some(By::Score);
            } else {
                return Err(CommandError::SYNTAX);
            }
            index += 1;
        }
        let (by, is_back) = (by.unwrap_or(By::Rank), is_back.unwrap_or(false));
        if count != -1 && by == By::Rank {
            return Err(CommandError::Line(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or \
                 BYLEX",
            ));
        }
        if with_scores && by == By::Name {
            return Err(CommandError::Line(
                "ERR syntax error, WITHSCORES not supported in combination with BYLEX",
            ));
        }
        let (first, second) = (request.argument(form.key + 1), request.argument(form.key + 2));
        // Ranks count from where the walk begins; other ranges are given as highest and lowest.
        let (low, high) = if is_back && by != By::Rank { (second, first) } else { (first, second) };
        if by == By::Rank {
            offset = 0;
        }
        Ok(Self { range: Range::parse(by, low, high)?, is_back, with_scores, offset, count })
    }
}

/// `ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`: the members
/// of a range. O(log n) and the size of the reply.
pub fn zrange(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    range(cx, request, None, None)
}

/// `ZREVRANGE key start stop [WITHSCORES]`: as ZRANGE with REV. O(log n) and the reply.
pub fn zrevrange(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    range(cx, request, Some(By::Rank), Some(true))
}

/// `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]`: as ZRANGE with BYSCORE.
/// O(log n) and the reply.
pub fn zrangebyscore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    range(cx, request, Some(By::Score), Some(false))
}

/// `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]`: as ZRANGE with BYSCORE and
/// REV. O(log n) and the reply.
pub fn zrevrangebyscore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    range(cx, request, Some(By::Score), Some(true))
}

/// `ZRANGEBYLEX key min max [LIMIT offset count]`: as ZRANGE with BYLEX. O(log n) and the reply.
pub fn zrangebylex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    range(cx, request, Some(By::Name), Some(false))
}

/// `ZREVRANGEBYLEX key max min [LIMIT offset count]`: as ZRANGE with BYLEX and REV. O(log n) and
/// the reply.
pub fn zrevrangebylex(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    range(cx, request, Some(By::Name), Some(true))
}

fn range(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    by: Option<By>,
    is_back: Option<bool>,
) -> Result<(), CommandError> {
    let asked = Asked::parse(request, Form { key: 1, by, is_back, shows_scores: true })?;
    let key = cx.key(request, 1);
    let Some(entry) = cx.read_of(&key, Type::SortedSet)? else {
        cx.reply.array(0);
        return Ok(());
    };
    let ranks = asked.range.ranks(cx.store, entry, asked.is_back);
    let ranks = ranks.limited(asked.offset, asked.count, asked.is_back);
    let style = if asked.with_scores { Style::scores(cx.reply.protocol()) } else { Style::Name };
    reply_members(cx, entry, Shown { ranks, is_back: asked.is_back, style, key: None })
}

/// `ZCOUNT key min max`: count of members with scores in a range. O(log n).
pub fn zcount(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    count(cx, request, By::Score)
}

/// `ZLEXCOUNT key min max`: count of members with names in a range, of a set with one score.
/// O(log n).
pub fn zlexcount(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    count(cx, request, By::Name)
}

fn count(cx: &mut Context<'_>, request: &Request<'_>, by: By) -> Result<(), CommandError> {
    let range = Range::parse(by, request.argument(2), request.argument(3))?;
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let count = entry.map_or(0, |entry| range.ranks(cx.store, entry, false).count());
    cx.reply.integer(count.cast_signed());
    Ok(())
}
