//! All of a hash in one reply, which has to fit into `reply-max`; HSCAN has no bound.
use crate::commands::context::Context;
use crate::commands::elements::reply_elements;
use crate::commands::error::CommandError;
use crate::commands::texts::{bulks_size, write_text};
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
    let text_bytes = cx.store.text_bytes_at_most(entry, 0, count);
    reply_elements(cx, 2 * count, bulks_size(2 * count, text_bytes), |reply, store| {
        reply.map(count);
        for element in store.elements(entry, 0, false) {
            let (name, value) = element.pair();
            write_text(reply, name);
            write_text(reply, value);
        }
    })
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
    let text_bytes = cx.store.text_bytes_at_most(entry, 0, count);
    reply_elements(cx, count, bulks_size(count, text_bytes), |reply, store| {
        reply.array(count);
        for element in store.elements(entry, 0, false) {
            write_text(reply, part.of(&element));
        }
    })
}
