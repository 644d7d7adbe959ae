//! All of a hash in one reply, which has to fit into `reply-max`; HSCAN has no bound.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::string::kept::{bulks_size, reserve_reply, write_text};
use crate::resp::request::Request;
use crate::store::{Element, Text, Type};

/// `HGETALL key`: all fields and their values. O(n).
pub fn hgetall(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let Some(entry) = cx.read_of(&key, Type::Hash)? else {
        cx.reply.map(0);
        return Ok(());
    };
    let count = cx.store.element_count(entry);
    reserve_reply(cx, bulks_size(2 * count, cx.store.text_bytes(entry)))?;
    cx.reply.map(count);
    for element in cx.store.elements(entry, 0, false) {
        write_text(&mut cx.reply, element.name());
        write_text(&mut cx.reply, element.value());
    }
    Ok(())
}

/// `HKEYS key`: the names of all fields. O(n).
pub fn hkeys(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_each(cx, request, Part::Name)
}

/// `HVALS key`: the values of all fields. O(n).
pub fn hvals(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_each(cx, request, Part::Value)
}

/// One of the texts of a field.
#[derive(Clone, Copy)]
enum Part {
    Name,
    Value,
}

impl Part {
    fn of<'s>(self, field: &Element<'s>) -> Text<'s> {
        match self {
            Self::Name => field.name(),
            Self::Value => field.value(),
        }
    }
}

/// Answers one text of each field.
fn reply_each(cx: &mut Context<'_>, request: &Request<'_>, part: Part) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let Some(entry) = cx.read_of(&key, Type::Hash)? else {
        cx.reply.array(0);
        return Ok(());
    };
    let count = cx.store.element_count(entry);
    // A hash whose texts would not fit if they were empty is not walked over.
    let size = if bulks_size(count, 0) > cx.limits.reply_max {
        0
    } else {
        cx.store.elements(entry, 0, false).map(|element| part.of(&element).size()).sum()
    };
    reserve_reply(cx, bulks_size(count, size))?;
    cx.reply.array(count);
    for element in cx.store.elements(entry, 0, false) {
        write_text(&mut cx.reply, part.of(&element));
    }
    Ok(())
}
