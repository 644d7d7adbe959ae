//! ZRANGESTORE: a range of one set as another one.
use super::ELEMENT_WORK;
use super::range::{Asked, Form};
use super::result::Grown;
use super::sources::read;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::portion::Portion;
use crate::commands::{scratch, work};
use crate::resp::request::Request;
use crate::store::Type;

const TOO_MANY: &str =
    "OOM command-work-max: the range is too large for one command; use a smaller one";

/// `ZRANGESTORE destination source min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]`: stores
/// the members that ZRANGE answers; how many. O(log n) for each, up to `command-work-max`.
pub fn zrangestore(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    const SOURCE: usize = 2;
    let form = Form { key: SOURCE, by: None, is_back: None, shows_scores: false };
    let asked = Asked::parse(request, form)?;
    let (target, source) = (cx.key(request, 1), cx.key(request, SOURCE));
    let Some(entry) = cx.read_of(&source, Type::SortedSet)? else {
        cx.store.delete(cx.now, &target);
        cx.reply.integer(0);
        return Ok(());
    };
    let ranks = asked.range.ranks(cx.store, entry, asked.is_back);
    let ranks = ranks.limited(asked.offset, asked.count, asked.is_back);
    work::check(cx, ranks.count() * ELEMENT_WORK, TOO_MANY)?;
    let count = scratch::store(cx, request, SOURCE..SOURCE + 1, &target, |cx, scratch| {
        let mut grown = Grown::new(scratch);
        let mut portion = Portion::new(cx.store.name_hash(b""));
        let mut rank = ranks.start;
        while rank < ranks.end {
            let entry = cx.store.peek(&source).expect("sources are spared");
            rank = read(cx.store, entry, rank, &mut portion, |_, _, score| Some(score));
            let excess = rank.saturating_sub(ranks.end) as usize;
            let count = portion.count() - excess;
            for member in portion.members().take(count) {
                grown.put(cx, &member)?;
            }
            portion.clear();
        }
        grown.end(cx);
        Ok(())
    })?;
    cx.reply.integer(count.cast_signed());
    Ok(())
}
