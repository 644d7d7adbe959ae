//! SRANDMEMBER: members by chance.
use crate::commands::arguments::signed_count;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::picks::{reply_any, reply_picked};
use crate::commands::texts::write_text;
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::store::Type;

/// `SRANDMEMBER key [count]`: a member at random, or so many different ones; of a negative count
/// each is picked among all. O(count * log n), up to `command-work-max`.
pub fn srandmember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let count = match request.argument_count() {
        2 => None,
        3 => Some(signed_count(request.argument(2))?),
        _ => return Err(CommandError::SYNTAX),
    };
    let key = cx.key(request, 1);
    match (cx.read_of(&key, Type::Set)?, count) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) | (_, Some(0)) => cx.reply.array(0),
        (Some(entry), None) => {
            reply_any(cx, entry)?;
        }
        (Some(entry), Some(count)) => {
            let head = |reply: &mut Reply<'_>, count| reply.array(count);
            reply_picked(cx, entry, count, 1, head, |reply, member| {
                write_text(reply, member.name());
            })?;
        }
    }
    Ok(())
}
