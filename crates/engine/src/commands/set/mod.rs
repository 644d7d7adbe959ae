//! Sets: members without an order that means anything.
//!
//! `edit` puts members in and takes them out, `look` reads them, `scan` does so step by step,
//! `chance` picks some (`sample` says which), `combine` reads several sets as one (`sources` finds
//! them) and `keep` stores that. `encoding` is how Redis would keep a set.
//!
//! What is answered is measured first: by a bound that costs nothing, and where that is too much
//! for a reply, by a walk of its own. Then it is written while nothing changes.
pub mod chance;
pub mod combine;
pub mod edit;
pub mod keep;
pub mod look;
pub mod scan;

mod encoding;
mod member;
mod sample;
mod sources;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::string::kept::{bulks_size, reserve_reply, write_text};
use crate::resp::output::REPLY_ROOM;
use crate::resp::reply::ReplyFull;
use crate::store::Entry;

/// Bytes that looking a member up counts as: two or three lines of memory.
const LOOKUP_WORK: u64 = 32;

/// Bytes of the line before the members of a reply.
const HEAD_SIZE: u64 = 32;

/// Bytes of a bulk string in a reply.
const fn bulk_size(size: u64) -> u64 {
    let digit_count = match size.checked_ilog10() {
        Some(power) => power as u64 + 1,
        None => 1,
    };
    1 + digit_count + 2 + size + 2
}

/// Makes sure that all members of a set can be answered.
fn reserve_members(cx: &mut Context<'_>, entry: Entry) -> Result<(), CommandError> {
    let bound = bulks_size(cx.store.element_count(entry), cx.store.text_bytes(entry));
    if bound <= u64::from(REPLY_ROOM) {
        return Ok(());
    }
    match cx.reply.reserve(bound) {
        Err(ReplyFull::TooLarge { .. }) => {
            let members = cx.store.elements(entry, 0, false);
            let size: u64 = members.map(|member| bulk_size(member.name().size())).sum();
            reserve_reply(cx, HEAD_SIZE + size)
        }
        outcome => Ok(outcome?),
    }
}

/// Writes all members of a set, for which there is room.
fn write_members(cx: &mut Context<'_>, entry: Entry) {
    for member in cx.store.elements(entry, 0, false) {
        write_text(&mut cx.reply, member.name());
    }
}
