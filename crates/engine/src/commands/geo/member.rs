//! Single members: where they are, and how far from each other.
use super::cell::{GEOHASH_SIZE, Position};
use super::distance::{between, unit};
use super::position_of;
use super::reply::{POSITION_SIZE_MAX, write_distance, write_position};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, reserve_reply};
use crate::resp::reply::Reply;
use crate::resp::request::Request;
use crate::store::Type;

/// `GEOPOS key [member ...]`: the longitude and latitude of each member, or null. O(log n) for
/// each.
pub fn geopos(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    each(cx, request, POSITION_SIZE_MAX, |reply, position| match position {
        Some(position) => write_position(reply, position),
        None => reply.null_array(),
    })
}

/// `GEOHASH key [member ...]`: the position of each member as a text of eleven letters, or null.
/// O(log n) for each.
pub fn geohash(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    const SIZE_MAX: u64 = BULK_OVERHEAD + GEOHASH_SIZE as u64;
    each(cx, request, SIZE_MAX, |reply, position| match position {
        Some(position) => reply.bulk(&position.geohash()),
        None => reply.null(),
    })
}

/// Replies with the position of each member, in `size_max` bytes at most.
fn each(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    size_max: u64,
    write: fn(&mut Reply<'_>, Option<Position>),
) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let count = request.argument_count() as u64 - 2;
    reserve_reply(cx, BULK_OVERHEAD + count * size_max)?;
    cx.reply.array(count);
    for name in request.arguments_from(2) {
        let position = position_of(cx, entry, name);
        write(&mut cx.reply, position);
    }
    Ok(())
}

/// `GEODIST key member1 member2 [M | KM | FT | MI]`: how far one member is from another, or null.
/// O(log n).
pub fn geodist(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let unit = match request.argument_count() {
        4 => 1.0,
        5 => unit(request.argument(4))?,
        _ => return Err(CommandError::SYNTAX),
    };
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::SortedSet)?;
    let place = |index| position_of(cx, entry, request.argument(index));
    match place(2).zip(place(3)) {
        Some((one, other)) => write_distance(&mut cx.reply, between(one, other) / unit),
        None => cx.reply.null(),
    }
    Ok(())
}
