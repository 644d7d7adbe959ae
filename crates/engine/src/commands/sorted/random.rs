//! ZRANDMEMBER: members by chance.
use super::Style;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::picks::{Asked, asked, reply_any, reply_picked};
use crate::resp::request::Request;
use crate::store::Type;

/// `ZRANDMEMBER key [count [WITHSCORES]]`: a member, each with the same chance; `count` different
/// ones; or if it is negative, so many which may be the same. O(log n) for each, up to
/// `command-work-max`.
pub fn zrandmember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let asked = asked(request, "WITHSCORES")?;
    let key = cx.key(request, 1);
    match (cx.read_of(&key, Type::SortedSet)?, asked) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) | (_, Some(Asked { count: 0, .. })) => cx.reply.array(0),
        (Some(entry), None) => {
            reply_any(cx, entry)?;
        }
        (Some(entry), Some(Asked { count, with_more })) => {
            let style = if with_more { Style::scores(cx.reply.protocol()) } else { Style::Name };
            reply_picked(
                cx,
                entry,
                count,
                1,
                |reply, count| style.header(reply, count),
                |reply, element| style.member(reply, element),
            )?;
        }
    }
    Ok(())
}
