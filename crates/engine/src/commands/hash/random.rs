//! HRANDFIELD: fields by chance.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::picks::{Asked, asked, reply_any, reply_picked};
use crate::commands::texts::write_text;
use crate::resp::reply::Protocol;
use crate::resp::request::Request;
use crate::store::{Entry, Type};

/// `HRANDFIELD key [count [WITHVALUES]]`: a field by chance, or null; with a count so many distinct
/// ones, with a negative one so many that may repeat. O(log n) for each, up to `command-work-max`.
pub fn hrandfield(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let asked = asked(request, "WITHVALUES")?;
    let key = cx.key(request, 1);
    match (cx.read_of(&key, Type::Hash)?, asked) {
        (None, None) => cx.reply.null(),
        (None, Some(_)) | (_, Some(Asked { count: 0, .. })) => cx.reply.array(0),
        (Some(entry), None) => {
            reply_any(cx, entry)?;
        }
        (Some(entry), Some(asked)) => reply_some(cx, entry, asked)?,
    }
    Ok(())
}

fn reply_some(cx: &mut Context<'_>, entry: Entry, asked: Asked) -> Result<(), CommandError> {
    let Asked { count, with_more: with_values } = asked;
    // In RESP3 every field with its value is an array.
    let is_nested = with_values && cx.reply.protocol() == Protocol::Resp3;
    let text_count = if with_values { 2 } else { 1 };
    let item_count = if is_nested { 1 } else { text_count };
    reply_picked(
        cx,
        entry,
        count,
        text_count,
        |reply, count| reply.array(item_count * count),
        |reply, field| {
            if is_nested {
                reply.array(2);
            }
            write_text(reply, field.name());
            if with_values {
                write_text(reply, field.value());
            }
        },
    )
}
