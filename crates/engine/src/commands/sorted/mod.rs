//! Sorted sets: members with scores, in the order of the scores, and of the names where these are
//! equal.
//!
//! `add` puts members in, `member` asks about single ones, `bounds` turns what a client calls a
//! range into ranks, `range` answers one and `remove` takes one out; `pop` takes from an end,
//! `random` picks, `scan` walks. `result` makes a whole new set: in `store` of the range of another
//! one, in `combine` of several others, which `sources` reads. This file has what they share.
pub mod add;
mod bounds;
pub mod combine;
pub mod member;
pub mod pop;
pub mod random;
pub mod range;
pub mod remove;
pub(super) mod result;
pub mod scan;
pub(super) mod sources;
pub mod store;

use crate::commands::context::Context;
use crate::commands::elements::reply_elements;
use crate::commands::error::CommandError;
use crate::commands::texts::{bulks_size, write_text};
use crate::resp::reply::{BULK_OVERHEAD, Protocol, Reply};
use crate::stdx::double;
use crate::stdx::number::DOUBLE_TEXT_SIZE_MAX;
use crate::store::{Element, Entry};
use bounds::Ranks;

/// Bytes that an element counts for as work, besides its name: some walks down a tree, to find it
/// in another set or to put it into one. Finding took 1.3 microseconds, putting 1.6 to 2.4.
const ELEMENT_WORK: u64 = 256;

/// What a reply says of each member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Style {
    /// Its name.
    Name,
    /// Its name, and then its score.
    Flat,
    /// An array of both.
    Pair,
}

impl Style {
    /// Names with scores, as the dialect has them.
    fn scores(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Resp2 => Self::Flat,
            Protocol::Resp3 => Self::Pair,
        }
    }

    /// Bytes of a score in a reply, and of what stands before it and its member, at most.
    const fn score_size_max(self) -> u64 {
        match self {
            Self::Name => 0,
            Self::Flat => BULK_OVERHEAD + DOUBLE_TEXT_SIZE_MAX as u64,
            Self::Pair => 2 * BULK_OVERHEAD + DOUBLE_TEXT_SIZE_MAX as u64,
        }
    }

    fn header(self, reply: &mut Reply<'_>, count: u64) {
        reply.array(if self == Self::Flat { 2 * count } else { count });
    }

    fn member(self, reply: &mut Reply<'_>, element: &Element<'_>) {
        if self == Self::Pair {
            reply.array(2);
        }
        write_text(reply, element.name());
        if self != Self::Name {
            reply.double(element.score());
        }
    }
}

/// Members as a reply.
#[derive(Clone, Copy)]
struct Shown<'a> {
    ranks: Ranks,
    /// From the last to the first.
    is_back: bool,
    style: Style,
    /// The key that stands before them, in an array of both.
    key: Option<&'a [u8]>,
}

/// Replies with members. Writes nothing if it fails. O(log n) and the size of the reply.
fn reply_members(cx: &mut Context<'_>, entry: Entry, shown: Shown<'_>) -> Result<(), CommandError> {
    let Shown { ranks, is_back, style, key } = shown;
    let count = ranks.count();
    let text_bytes = cx.store.text_bytes_at_most(entry, ranks.start, count);
    let key_size = key.map_or(0, |key| bulks_size(2, key.len() as u64));
    let size_max = bulks_size(count, text_bytes) + count * style.score_size_max() + key_size;
    reply_elements(cx, count, size_max, |reply, store| {
        if let Some(key) = key {
            reply.array(2);
            reply.bulk(key);
        }
        style.header(reply, count);
        let first = if is_back { ranks.end.saturating_sub(1) } else { ranks.start };
        let elements = store.elements(entry, first, is_back);
        elements.take(count as usize).for_each(|element| style.member(reply, &element));
    })
}

/// A score: any double that is a number.
fn score(argument: &[u8]) -> Result<f64, CommandError> {
    double::parse(argument).ok_or(CommandError::NOT_A_FLOAT)
}
