//! Requests that were parsed and are executed next, of several connections.
//!
//! Invariant: what is in a group lies in the inputs of its connections, which nothing consumes but
//! its execution.
use super::approaches::Approaches;
use crate::commands::known::Known;
use crate::limits::GROUP_SPANS;
use crate::memory::buffer::BUFFER_SIZE;
use crate::store::{Approach, Store};

/// Requests in a group. One connection may fill it: a pipeline of 64 is then answered in one send
/// (docs/decisions/0011).
pub(super) const GROUP_SIZE: usize = 64;

/// The most arguments that a buffer can hold: `$0\r\n\r\n` is the shortest.
const BUFFER_ARGUMENTS_MAX: usize = BUFFER_SIZE / 6;

const _: () = assert!(GROUP_SPANS as usize > 2 * BUFFER_ARGUMENTS_MAX, "a group has room");

/// A parsed request: its arguments are `first_span..end_span` of the engine's spans, relative to
/// the filled bytes of its connection's input.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    pub(super) first_span: u32,
    pub(super) end_span: u32,
    /// Where in the input the next request begins.
    pub(super) end: u32,
    /// What is known of its first argument, most commands' key, and of an element's name.
    pub(super) known: Known,
    /// It may be of an element of a collection.
    pub(super) may_have_element: bool,
}

/// One connection's part of a group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Visit {
    pub(super) slot: u32,
    pub(super) first_entry: u32,
    pub(super) end_entry: u32,
    /// Bytes parsed, with what needs no executing behind the last request.
    pub(super) end: u32,
}

/// What is gathered.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) entries: [Entry; GROUP_SIZE],
    /// The ways to their keys.
    pub(super) approaches: Approaches,
    pub(super) entry_count: usize,
    pub(super) visits: [Visit; GROUP_SIZE],
    pub(super) visit_count: usize,
    pub(super) span_count: usize,
}

impl Group {
    pub(super) fn new() -> Self {
        Self {
            entries: [Entry::default(); GROUP_SIZE],
            approaches: Approaches::new(),
            entry_count: 0,
            visits: [Visit::default(); GROUP_SIZE],
            visit_count: 0,
            span_count: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        (self.entry_count, self.visit_count, self.span_count) = (0, 0, 0);
        self.approaches.clear();
    }

    #[inline(always)]
    pub(super) fn push(&mut self, store: &Store, entry: Entry, approach: Option<Approach>) {
        self.entries[self.entry_count] = entry;
        self.entry_count += 1;
        self.approaches.push(store, approach);
    }

    pub(super) fn has_room(&self) -> bool {
        self.entry_count < GROUP_SIZE
            && self.visit_count < GROUP_SIZE
            && self.span_count + BUFFER_ARGUMENTS_MAX <= GROUP_SPANS as usize
    }
}
