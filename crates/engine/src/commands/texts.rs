//! Texts on their way into a reply: strings, and those of collections.
//!
//! A small one is copied, a large one is pinned in the store and streamed by the connection.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::limits::SLOT_SIZE_MAX;
use crate::resp::output::REPLY_ROOM;
pub(crate) use crate::resp::reply::BULK_OVERHEAD;
use crate::resp::reply::{Reply, STREAM_SIZE_MIN};
use crate::resp::request::PinId;
use crate::store::{Entry, Store, Text, TextObject};

const _: () = assert!(SLOT_SIZE_MAX as u64 <= STREAM_SIZE_MIN, "only ropes are streamed");

/// Makes sure of `size` bytes of reply, if they are more than are always there.
pub(crate) fn reserve_reply(cx: &mut Context<'_>, size: u64) -> Result<(), CommandError> {
    reserve(&mut cx.reply, size)
}

#[inline(always)]
fn reserve(reply: &mut Reply<'_>, size: u64) -> Result<(), CommandError> {
    if size > u64::from(REPLY_ROOM) {
        reply.reserve(size)?;
    }
    Ok(())
}

/// Bytes of so many bulk strings with so many bytes of text in all, and of the header before them,
/// at most. A size of n has at most 1 + n / 10 digits.
pub(crate) const fn bulks_size(count: u64, text_bytes: u64) -> u64 {
    let digits_at_most = text_bytes / 10;
    let overhead = count.saturating_mul(6).saturating_add(digits_at_most);
    let overhead_at_most = count.saturating_mul(BULK_OVERHEAD);
    let least = if overhead < overhead_at_most { overhead } else { overhead_at_most };
    least.saturating_add(text_bytes).saturating_add(BULK_OVERHEAD)
}

/// Replies with the whole value of a string that exists. Writes nothing if it fails.
#[inline(always)]
pub(crate) fn reply_string(cx: &mut Context<'_>, entry: Entry) -> Result<(), CommandError> {
    let object = cx.store.string(entry)?.object().expect("a string is an object");
    reply_object(cx, object)
}

/// Replies with the text that `find` finds in a collection, or null. It is all of the reply.
pub(crate) fn reply_text(
    cx: &mut Context<'_>,
    find: impl for<'s> FnOnce(&'s Store) -> Option<Text<'s>>,
) -> Result<(), CommandError> {
    let Some(text) = find(cx.store) else {
        cx.reply.null();
        return Ok(());
    };
    if let Some(slice) = text.as_slice() {
        return reply_slice(&mut cx.reply, slice);
    }
    let object = text.object().expect("a rope is an object");
    reply_rope(cx, object)
}

/// Replies with a text that is an object, copied or streamed.
#[inline(always)]
fn reply_object(cx: &mut Context<'_>, object: TextObject) -> Result<(), CommandError> {
    // Most texts are no ropes.
    match cx.store.text(object).as_slice() {
        Some(slice) => reply_slice(&mut cx.reply, slice),
        None => reply_rope(cx, object),
    }
}

/// Replies with a text that lies in one piece. Writes nothing if it fails.
#[inline(always)]
fn reply_slice(reply: &mut Reply<'_>, slice: &[u8]) -> Result<(), CommandError> {
    reserve(reply, slice.len() as u64 + BULK_OVERHEAD)?;
    reply.bulk(slice);
    Ok(())
}

fn reply_rope(cx: &mut Context<'_>, object: TextObject) -> Result<(), CommandError> {
    let size = cx.store.text(object).size();
    if cx.reply.prefers_stream(size) {
        let pin = pin(cx, object, size)?;
        cx.reply.stream(pin, size);
        return Ok(());
    }
    reserve_reply(cx, size + BULK_OVERHEAD)?;
    write_pieces(&mut cx.reply, cx.store.text(object));
    Ok(())
}

/// Copies a text into the reply, as one bulk string of it. There is room.
#[inline(always)]
pub(crate) fn write_text(reply: &mut Reply<'_>, text: Text<'_>) {
    match text.as_slice() {
        Some(slice) => reply.bulk(slice),
        None => write_pieces(reply, text),
    }
}

fn write_pieces(reply: &mut Reply<'_>, text: Text<'_>) {
    reply.bulk_header(text.size());
    for chunk in text.chunks(0, text.size()) {
        reply.raw(chunk);
    }
    reply.raw(b"\r\n");
}

/// Keeps a large value for a reply. Without a free pin the command waits for those who read.
pub(super) fn pin(
    cx: &mut Context<'_>,
    object: TextObject,
    size: u64,
) -> Result<PinId, CommandError> {
    let pin = if cx.reply.has_place() { cx.store.pin(object) } else { None };
    pin.ok_or_else(|| cx.reply.no_place(size).into())
}
