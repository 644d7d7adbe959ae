//! Reading fields by their names.
use super::value;
use crate::commands::context::Context;
use crate::commands::elements::reply_count;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reply_text, reserve_reply, write_text};
use crate::resp::request::Request;
use crate::store::{Text, TextPlace, Type};

/// Values that are found once, to be measured and then written. Others are looked up again.
const REMEMBERED_MAX: usize = 128;

/// `HGET key field`: the value of a field, or null. O(log n) plus the size of the value.
pub fn hget(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Hash)?;
    let known = cx.known;
    reply_text(cx, |store| Some(known.element(store, entry, request, 2)?.value()))
}

/// `HMGET key field [field ...]`: the values of fields; null for one that is missing. O(log n) for
/// each, plus the sizes of the values.
pub fn hmget(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Hash)?;
    let fields = request.arguments_from(2);
    let (mut places, mut size) = ([TextPlace::NONE; REMEMBERED_MAX], BULK_OVERHEAD);
    for (index, field) in fields.clone().enumerate() {
        let text = value(cx.store, entry, field);
        size += BULK_OVERHEAD + text.map_or(0, |text| text.size());
        if let Some(place) = places.get_mut(index) {
            *place = text.map_or(TextPlace::NONE, |text| text.place());
        }
    }
    reserve_reply(cx, size)?;
    cx.reply.array(fields.len() as u64);
    for (index, field) in fields.enumerate() {
        let text = match places.get(index) {
            Some(place) => cx.store.text_at(*place),
            None => value(cx.store, entry, field),
        };
        match text {
            Some(text) => write_text(&mut cx.reply, text),
            None => cx.reply.null(),
        }
    }
    Ok(())
}

/// `HEXISTS key field`: 1 if the hash has the field. O(log n).
pub fn hexists(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_number(cx, request, |text| i64::from(text.is_some()))
}

/// `HSTRLEN key field`: the size of a value in bytes; 0 if there is none. O(log n).
pub fn hstrlen(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_number(cx, request, |text| text.map_or(0, |text| text.size().cast_signed()))
}

fn reply_number(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    number: impl FnOnce(Option<Text<'_>>) -> i64,
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Hash)?;
    let element = cx.known.element(cx.store, entry, request, 2);
    cx.reply.integer(number(element.map(|element| element.value())));
    Ok(())
}

/// `HLEN key`: how many fields the hash has. O(1).
pub fn hlen(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_count(cx, request, Type::Hash)
}
