//! What collections have in common: elements in replies, whose room is made sure of first, how many
//! they are, and those that are taken out by their names.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::planted::{Bug, is_planted};
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

/// Takes out of the collection that is the first argument what the others name; replies with how
/// many there were. With its last element the key goes. O(log n) for each.
pub(crate) fn take_named(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    kind: Type,
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.find_of(&key, kind)?;
    let count = entry.map_or(0, |entry| cx.store.element_count(entry));
    let mut taken_count = 0;
    for name in request.arguments_from(2) {
        if taken_count == count {
            break;
        }
        let hash = cx.store.name_hash(name);
        taken_count += u64::from(cx.store.take_named(&key, name, hash));
    }
    if taken_count > 0 && !is_planted(Bug::ElementUnseen) {
        cx.changed(&key, taken_count);
    }
    cx.reply.integer(taken_count.cast_signed());
    Ok(())
}
