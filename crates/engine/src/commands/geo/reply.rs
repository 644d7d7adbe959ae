//! Results in replies: names, and what else is asked for of each.
//!
//! Coordinates have as many digits as tell them apart from each other, distances four behind the
//! point.
use super::asked::Asked;
use super::cell::Position;
use super::distance::{self, DISTANCE_TEXT_SIZE_MAX};
use super::hits::Hit;
use crate::commands::texts::{BULK_OVERHEAD, write_text};
use crate::resp::reply::Reply;
use crate::stdx::number::DOUBLE_TEXT_SIZE_MAX;
use crate::store::{Entry, Store};

/// Bytes of a position in a reply, at most.
pub(super) const POSITION_SIZE_MAX: u64 =
    BULK_OVERHEAD + 2 * (BULK_OVERHEAD + DOUBLE_TEXT_SIZE_MAX as u64);

/// A longitude and a latitude.
pub(super) fn write_position(reply: &mut Reply<'_>, position: Position) {
    reply.array(2);
    reply.decimal(position.longitude);
    reply.decimal(position.latitude);
}

/// A distance, as a bulk string in both dialects.
pub(super) fn write_distance(reply: &mut Reply<'_>, distance: f64) {
    reply.bulk(distance::format(distance, &mut [0; DISTANCE_TEXT_SIZE_MAX]));
}

/// What a reply says of each result.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) store: &'a Store,
    /// The set that was searched.
    pub(super) entry: Entry,
    pub(super) asked: &'a Asked,
}

impl Shown<'_> {
    /// A result: a name, or an array that begins with it.
    pub(super) fn write(&self, reply: &mut Reply<'_>, hit: &Hit) {
        let Self { store, entry, asked } = *self;
        let more = [asked.with_distance, asked.with_hash, asked.with_position];
        let more_count = more.iter().filter(|is_shown| **is_shown).count();
        if more_count > 0 {
            reply.array(1 + more_count as u64);
        }
        let element = || store.element_at_rank(entry, hit.rank.into());
        write_text(reply, store.text_at(hit.name).unwrap_or_else(|| element().name()));
        if asked.with_distance {
            write_distance(reply, hit.distance / asked.shape().unit);
        }
        if asked.with_hash {
            reply.integer(element().score() as i64);
        }
        if asked.with_position {
            write_position(reply, Position::of_score(element().score()));
        }
    }
}
