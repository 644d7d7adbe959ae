//! The sets that a command combines: arguments of its request, found again whenever it is needed.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::places::{Names, Places};
use crate::resp::request::Request;
use crate::store::{Entry, Store, Type};

/// Some arguments of a request as sets. A missing one is empty.
#[derive(Clone, Copy)]
pub(super) struct Sources<'r> {
    names: Names<'r>,
    pub(super) count: usize,
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
        let database = cx.session().database;
        Ok(Self { names: Names::new(request, first, count, database), count })
    }

    /// Where the set at `position` is now.
    pub(super) fn entry(&self, store: &Store, position: usize) -> Option<Entry> {
        self.names.entry(store, position)
    }

    /// Members of the set at `position`.
    pub(super) fn member_count(&self, store: &Store, position: usize) -> u64 {
        self.entry(store, position).map_or(0, |entry| store.element_count(entry))
    }

    /// Are these the same set?
    pub(super) fn are_same(&self, one: usize, other: usize) -> bool {
        self.names.name(one) == self.names.name(other)
    }

    /// Which set is the smallest.
    pub(super) fn smallest(&self, store: &Store) -> usize {
        let by_count = |position: &usize| self.member_count(store, *position);
        (0..self.count).min_by_key(by_count).expect("a command names a set")
    }

    /// Where they are, until the store changes.
    pub(super) fn places<'a>(&self, store: &'a Store) -> Places<'a, 'r> {
        self.names.places(store)
    }
}
