//! STORE: the elements, or what they name, as a list of its own.
//!
//! What an element names is not spared while room is made for the list: if it has to leave, the
//! list has it as if it had left before.
use super::options::Options;
use super::pattern::{Look, Name, Pattern};
use super::sequence::Sequence;
use super::{Source, TOO_LARGE};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::list::listpack;
use crate::commands::{scratch, work};
use crate::limits::SLOT_SIZE_MAX;
use crate::resp::request::{Request, StagedId, Value};
use crate::store::{Fresh, Key, Order, Place, Store, TextPlace};

/// Bytes that are copied at once into a value that is being staged.
const COPY_SIZE: usize = 4096;

/// Stores the elements as the list that argument `target` names; answers how many.
pub(super) fn store(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    target: usize,
    source: &Source<'_>,
    options: &Options<'_>,
    sequence: &Sequence,
) -> Result<(), CommandError> {
    let target = cx.key(request, target);
    let count = scratch::store(cx, request, 1..2, &target, |cx, scratch| {
        let mut list = List { key: scratch, count: 0, work: cx.work.get(), name: Name::new() };
        // Where a text is read may move when room is made for it.
        let mut room = [0; SLOT_SIZE_MAX as usize];
        for index in 0..sequence.count() {
            sequence.prefetch(cx.store, index + AHEAD);
            for pattern in options.gets() {
                list.push(cx, &Found { source, sequence, index, pattern }, &mut room)?;
            }
        }
        if let Some(entry) = cx.store.peek(scratch) {
            let outgrows = listpack::outgrows(cx, Some(entry), 0, 0);
            listpack::grow(cx, scratch, outgrows);
        }
        Ok(())
    })?;
    // As in Redis, each element counts.
    cx.store.counters.changes += count.saturating_sub(1);
    cx.reply.integer(count.cast_signed());
    Ok(())
}

/// How far ahead of it elements are asked for.
const AHEAD: u64 = 16;

/// What a GET finds for an element.
struct Found<'a, 'r> {
    source: &'a Source<'r>,
    sequence: &'a Sequence,
    index: u64,
    pattern: Pattern<'r>,
}

impl Found<'_, '_> {
    fn place(&self, cx: &mut Context<'_>, name: &mut Name, look: Look) -> TextPlace {
        let element = self.sequence.element(cx.store, self.source, self.index);
        self.pattern.find(cx, name, element, look)
    }
}

/// The list on its way.
struct List<'a> {
    key: &'a Key<'a>,
    count: u64,
    work: u64,
    name: Name,
}

impl List<'_> {
    /// Puts what was found in at the end, by way of `room`; where nothing was, an empty text.
    fn push(
        &mut self,
        cx: &mut Context<'_>,
        found: &Found<'_, '_>,
        room: &mut [u8],
    ) -> Result<(), CommandError> {
        let place = found.place(cx, &mut self.name, Look::First);
        let Some(text) = cx.store.text_at(place) else { return self.put(cx, Value::Bytes(b"")) };
        self.work = self.work.saturating_add(text.size());
        let (slice, size) = (text.as_slice(), text.size());
        if let Some(slice) = slice {
            let copy = &mut room[..slice.len()];
            copy.copy_from_slice(slice);
            work::check(cx, self.work, TOO_LARGE)?;
            return self.put(cx, Value::Bytes(copy));
        }
        work::check(cx, self.work, TOO_LARGE)?;
        self.push_large(cx, found, size)
    }

    /// As `push`, for a text in several pieces. Making room may let it leave.
    fn push_large(
        &mut self,
        cx: &mut Context<'_>,
        found: &Found<'_, '_>,
        size: u64,
    ) -> Result<(), CommandError> {
        cx.store.spare(self.key, true);
        let staged = cx.store.stage(cx.now, size);
        cx.store.spare(self.key, false);
        let staged = staged?;
        let place = found.place(cx, &mut self.name, Look::Again);
        if place == TextPlace::NONE {
            cx.store.stage_discard(staged);
            return self.put(cx, Value::Bytes(b""));
        }
        copy(cx.store, place, staged);
        let put = self.put(cx, Value::Staged(staged));
        if put.is_err() {
            cx.store.stage_discard(staged);
        }
        put
    }

    fn put(&mut self, cx: &mut Context<'_>, value: Value<'_>) -> Result<(), CommandError> {
        let fresh = Fresh::element(value);
        let place = Place::Rank(self.count);
        cx.store.put_element(cx.now, self.key, Order::List, place, &fresh)?;
        self.count += 1;
        Ok(())
    }
}

/// Copies a text into a staged value of the same size.
fn copy(store: &mut Store, place: TextPlace, staged: StagedId) {
    let (mut piece, mut offset) = ([0; COPY_SIZE], 0);
    while offset < store.staged_size(staged) {
        let text = store.text_at(place).expect("it was found a line above");
        let mut size = 0;
        for chunk in text.chunks(offset, offset + COPY_SIZE as u64) {
            piece[size..][..chunk.len()].copy_from_slice(chunk);
            size += chunk.len();
        }
        store.stage_write(staged, &piece[..size]);
        offset += size as u64;
    }
}
