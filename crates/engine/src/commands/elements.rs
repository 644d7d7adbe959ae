//! What a reply says of a collection: its elements, whose room is made sure of first, or how many
//! they are.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::output::REPLY_ROOM;
use crate::resp::reply::{Reply, ReplyFull};
use crate::resp::request::Request;
use crate::store::{Store, Type};

/// Bytes of the shortest text in a reply: an empty bulk string.
pub(crate) const TEXT_SIZE_MIN: u64 = 6;

/// Replies with what `write` writes: at least `text_count` texts, and at most `size_max` bytes. It
/// may run twice, and writes the same both times. Writes nothing if it fails. O(the reply).
pub(crate) fn reply_elements(
    cx: &mut Context<'_>,
    text_count: u64,
    size_max: u64,
    write: impl Fn(&mut Reply<'_>, &Store),
) -> Result<(), CommandError> {
    if cx.reply.is_muted() {
        return Ok(());
    }
    if size_max > u64::from(REPLY_ROOM) {
        match cx.reply.reserve(size_max) {
            Err(ReplyFull::TooLarge { .. }) => {
                // Where not even the shortest texts fit, nobody walks.
                cx.reply.reserve(text_count.saturating_mul(TEXT_SIZE_MIN))?;
                let store = &*cx.store;
                return Ok(cx.reply.measured(|reply| write(reply, store))?);
            }
            outcome => outcome?,
        }
    }
    write(&mut cx.reply, cx.store);
    Ok(())
}

/// Replies with the count of elements of the collection that is the first argument; 0 if it is
/// missing. O(1).
pub(crate) fn reply_count(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    kind: Type,
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, kind)?;
    let count = entry.map_or(0, |entry| cx.store.element_count(entry));
    cx.reply.integer(count.cast_signed());
    Ok(())
}
