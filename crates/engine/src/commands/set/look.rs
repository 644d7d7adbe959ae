//! SISMEMBER, SMISMEMBER, SMEMBERS and SCARD: reading one set.
use super::{HEAD_SIZE, reply_whole};
use crate::commands::context::Context;
use crate::commands::elements::reply_count;
use crate::commands::error::CommandError;
use crate::commands::texts::reserve_reply;
use crate::resp::request::Request;
use crate::store::Type;

/// Bytes of an answer of SMISMEMBER: `:1` and the end of the line.
const ANSWER_SIZE: u64 = 4;

/// `SISMEMBER key member`: 1 if the set has the member. O(log n).
pub fn sismember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Set)?;
    let is_member = cx.known.element(cx.store, entry, request, 2).is_some();
    cx.reply.integer(i64::from(is_member));
    Ok(())
}

/// `SMISMEMBER key member [member ...]`: for each member, 1 if the set has it. O(members * log n).
pub fn smismember(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let entry = cx.read_of(&key, Type::Set)?;
    let members = request.arguments_from(2);
    let count = members.len() as u64;
    reserve_reply(cx, HEAD_SIZE + count * ANSWER_SIZE)?;
    cx.reply.array(count);
    for index in 2..request.argument_count() {
        let is_member = cx.known.element(cx.store, entry, request, index).is_some();
        cx.reply.integer(i64::from(is_member));
    }
    Ok(())
}

/// `SMEMBERS key`: all members, in no order. O(n).
pub fn smembers(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let Some(entry) = cx.read_of(&key, Type::Set)? else {
        cx.reply.set(0);
        return Ok(());
    };
    reply_whole(cx, entry, true)
}

/// `SCARD key`: count of members. O(1).
pub fn scard(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    reply_count(cx, request, Type::Set)
}
