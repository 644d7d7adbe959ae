//! Where the keys are that a command reads again and again.
use crate::resp::request::Request;
use crate::store::{Entry, Key, Store};

/// Keys whose places are remembered. The others are looked up each time.
const REMEMBERED_MAX: usize = 64;

/// Some arguments of a request as keys. A missing one is nowhere.
#[derive(Clone, Copy)]
pub struct Names<'r> {
    request: Request<'r>,
    first: usize,
    count: usize,
    database: u8,
}

/// Where they are, until the store changes.
pub struct Places<'a, 'r> {
    store: &'a Store,
    names: Names<'r>,
    remembered: [Option<Entry>; REMEMBERED_MAX],
}

impl<'r> Names<'r> {
    /// The `count` arguments from `first` on.
    pub const fn new(request: &Request<'r>, first: usize, count: usize, database: u8) -> Self {
        Self { request: *request, first, count, database }
    }

    /// How many.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The name at `position`.
    pub fn name(&self, position: usize) -> &'r [u8] {
        self.request.argument(self.first + position)
    }

    /// Where the key at `position` is now.
    pub fn entry(&self, store: &Store, position: usize) -> Option<Entry> {
        let key: Key<'r> = store.key(self.database, self.name(position));
        store.peek(&key)
    }

    /// Where they are, until the store changes.
    pub fn places<'a>(&self, store: &'a Store) -> Places<'a, 'r> {
        let mut remembered = [None; REMEMBERED_MAX];
        for (position, place) in remembered.iter_mut().enumerate().take(self.count) {
            *place = self.entry(store, position);
        }
        Places { store, names: *self, remembered }
    }
}

impl Places<'_, '_> {
    /// Where the key at `position` is.
    #[inline]
    pub fn entry(&self, position: usize) -> Option<Entry> {
        match self.remembered.get(position) {
            Some(entry) => *entry,
            None => self.names.entry(self.store, position),
        }
    }
}
