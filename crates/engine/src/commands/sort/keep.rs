//! STORE: the elements, or what they name, as a list of its own.
//!
//! What an element names is not spared while room is made for the list: if it has to leave, the
//! list has it as if it had left before.
use super::options::Options;
use super::pattern::{Look, Name, Pattern};
use super::sequence::Sequence;
use super::{AHEAD, Source, TOO_LARGE};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::list::listpack;
use crate::commands::{scratch, work};
use crate::limits::SLOT_SIZE_MAX;
use crate::resp::request::{Request, StagedId, Value};
use crate::store::{Fresh, Key, Order, Place, Store, TextPlace};

/// Bytes that are copied at once into a value that is being staged.
const COPY_SIZE: usize = 4096;

/// Texts that wait at most: of numbers as many as make a leaf or two.
const WAITING_MAX: usize = 512;

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
        let mut list = List::new(scratch, cx.work.get());
        for index in 0..sequence.count() {
            sequence.prefetch(cx.store, index + AHEAD);
            for pattern in options.gets() {
                list.push(cx, &Found { source, sequence, index, pattern })?;
            }
        }
        list.flush(cx)?;
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

/// The list on its way. Where a text is read may move when room is made for it, so that texts are
/// copied before.
struct List<'a> {
    key: &'a Key<'a>,
    /// Elements that it has.
    count: u64,
    work: u64,
    name: Name,
    /// The texts that it gets next, one behind the other.
    texts: [u8; SLOT_SIZE_MAX as usize],
    /// Where each of them ends.
    ends: [u16; WAITING_MAX],
    waiting_count: usize,
}

impl<'a> List<'a> {
    const fn new(key: &'a Key<'a>, work: u64) -> Self {
        Self {
            key,
            count: 0,
            work,
            name: Name::new(),
            texts: [0; SLOT_SIZE_MAX as usize],
            ends: [0; WAITING_MAX],
            waiting_count: 0,
        }
    }

    /// Puts what was found in at the end; where nothing was, an empty text.
    #[inline]
    fn push(&mut self, cx: &mut Context<'_>, found: &Found<'_, '_>) -> Result<(), CommandError> {
        let place = found.place(cx, &mut self.name, Look::First);
        let text = cx.store.text_at(place);
        let size = text.map_or(0, |text| text.size());
        self.work = self.work.saturating_add(size);
        work::check(cx, self.work, TOO_LARGE)?;
        let slice = text.map_or(Some(&b""[..]), |text| text.as_slice());
        if slice.is_some_and(|slice| self.keep(slice)) {
            return Ok(());
        }
        self.flush(cx)?;
        // Room was made perhaps.
        let place = found.place(cx, &mut self.name, Look::Again);
        let slice = cx.store.text_at(place).map_or(Some(&b""[..]), |text| text.as_slice());
        match slice {
            Some(slice) => {
                assert!(self.keep(slice), "a text in one piece fits");
                Ok(())
            }
            None => self.push_large(cx, found, size),
        }
    }

    /// Copies a text that the list gets next; false if there is no room for it.
    #[inline]
    fn keep(&mut self, text: &[u8]) -> bool {
        let start = self.end_of_waiting();
        let end = start + text.len();
        if self.waiting_count == WAITING_MAX || end > self.texts.len() {
            return false;
        }
        self.texts[start..end].copy_from_slice(text);
        self.ends[self.waiting_count] = end as u16;
        self.waiting_count += 1;
        true
    }

    /// Where the texts end that wait.
    #[inline]
    fn end_of_waiting(&self) -> usize {
        self.waiting_count.checked_sub(1).map_or(0, |last| self.ends[last].into())
    }

    /// Puts in what waits.
    fn flush(&mut self, cx: &mut Context<'_>) -> Result<(), CommandError> {
        let mut done = 0;
        while done < self.waiting_count {
            let first = done.checked_sub(1).map_or(0, |last| self.ends[last].into());
            let (texts, ends) = (&self.texts, &self.ends[done..self.waiting_count]);
            let starts = core::iter::once(first).chain(ends.iter().map(|&end| usize::from(end)));
            let rest = starts
                .zip(ends)
                .map(|(start, &end)| Fresh::element(Value::Bytes(&texts[start..usize::from(end)])));
            let count = cx.store.put_run(cx.now, self.key, rest, true)?;
            self.count += count as u64;
            done += count;
        }
        self.waiting_count = 0;
        Ok(())
    }

    /// As `push`, for a text in several pieces, when nothing waits. Making room may let it leave.
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
            assert!(self.keep(b""), "nothing waits");
            return Ok(());
        }
        copy(cx.store, place, staged);
        let fresh = Fresh::element(Value::Staged(staged));
        let place = Place::Rank(self.count);
        let put = cx.store.put_element(cx.now, self.key, Order::List, place, &fresh);
        if put.is_err() {
            cx.store.stage_discard(staged);
        }
        self.count += 1;
        Ok(put?)
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
