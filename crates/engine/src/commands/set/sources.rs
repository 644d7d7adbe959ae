//! The sets that a command combines: arguments of its request, found again whenever it is needed.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::{Entry, Key, Store, Type};

/// Sets whose places a walk remembers. The others are looked up for each member.
const REMEMBERED_MAX: usize = 64;

/// Some arguments of a request as sets. A missing one is empty.
#[derive(Clone, Copy)]
pub(super) struct Sources<'r> {
    request: Request<'r>,
    first: usize,
    pub(super) count: usize,
    database: u8,
}

/// Where sets are, until the store changes.
pub(super) struct Places<'a, 'r> {
    store: &'a Store,
    sources: Sources<'r>,
    remembered: [Option<Entry>; REMEMBERED_MAX],
}

impl<'r> Sources<'r> {
    /// The `count` arguments from `first` on. Counts hits and misses, and refuses other types.
    pub(super) fn read(
        cx: &mut Context<'_>,
        request: &Request<'r>,
        first: usize,
        count: usize,
    ) -> Result<Self, CommandError> {
        for index in first..first + count {
            let key = cx.key(request, index);
            cx.read_of(&key, Type::Set)?;
        }
        Ok(Self { request: *request, first, count, database: cx.session().database })
    }

    fn key(&self, store: &Store, position: usize) -> Key<'r> {
        store.key(self.database, self.request.argument(self.first + position))
    }

    /// Where the set at `position` is now.
    pub(super) fn entry(&self, store: &Store, position: usize) -> Option<Entry> {
        store.peek(&self.key(store, position))
    }

    /// Members of the set at `position`.
    pub(super) fn member_count(&self, store: &Store, position: usize) -> u64 {
        self.entry(store, position).map_or(0, |entry| store.element_count(entry))
    }

    /// Are these the same set?
    pub(super) fn are_same(&self, one: usize, other: usize) -> bool {
        let name = |position| self.request.argument(self.first + position);
        name(one) == name(other)
    }

    /// Which set is the smallest.
    pub(super) fn smallest(&self, store: &Store) -> usize {
        let by_count = |position: &usize| self.member_count(store, *position);
        (0..self.count).min_by_key(by_count).expect("a command names a set")
    }

    /// Where they are, until the store changes.
    pub(super) fn places<'a>(&self, store: &'a Store) -> Places<'a, 'r> {
        let mut remembered = [None; REMEMBERED_MAX];
        for (position, place) in remembered.iter_mut().enumerate().take(self.count) {
            *place = self.entry(store, position);
        }
        Places { store, sources: *self, remembered }
    }
}

impl Places<'_, '_> {
    /// Where the set at `position` is.
    #[inline]
    pub(super) fn entry(&self, position: usize) -> Option<Entry> {
        match self.remembered.get(position) {
            Some(entry) => *entry,
            None => self.sources.entry(self.store, position),
        }
    }
}
