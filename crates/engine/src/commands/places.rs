//! Where the keys are that a command reads again and again.
use crate::resp::request::Request;
use crate::store::{Entry, Finder, Key, Leaf, Sought, Store};

/// Keys whose places are remembered. The others are looked up each time.
const REMEMBERED_MAX: usize = 64;

/// Keys in which names are looked for as neighbours of those looked for before: each takes some
/// 2 KiB of the stack.
const FINDER_COUNT: usize = 4;

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
    finders: [Option<Finder<'a>>; FINDER_COUNT],
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
        Places { store, names: *self, remembered, finders: [const { None }; FINDER_COUNT] }
    }
}

impl<'a> Places<'a, '_> {
    /// Where the key at `position` is.
    #[inline]
    pub fn entry(&self, position: usize) -> Option<Entry> {
        match self.remembered.get(position) {
            Some(entry) => *entry,
            None => self.names.entry(self.store, position),
        }
    }

    /// The names that are looked for next are those of a leaf of another collection.
    pub fn come_near(&mut self, position: usize, leaf: &Leaf<'_>) {
        if let Some(finder) = self.finder(position) {
            finder.come_near(leaf);
        }
    }

    /// Has the collection at `position`, which may be missing, an element with a name?
    #[inline]
    pub fn has(&mut self, position: usize, sought: &mut Sought<'_>) -> bool {
        if let Some(Some(finder)) = self.finders.get_mut(position) {
            return finder.has(sought);
        }
        if position < FINDER_COUNT {
            return self.finder(position).is_some_and(|finder| finder.has(sought));
        }
        self.entry(position).is_some_and(|entry| sought.is_in(self.store, entry))
    }

    /// The finder of a collection that is there, and one of the first.
    fn finder(&mut self, position: usize) -> Option<&mut Finder<'a>> {
        let place = self.finders.get(position)?;
        if place.is_none() {
            let finder = self.entry(position).map(|entry| self.store.finder(entry));
            self.finders[position] = finder;
        }
        self.finders[position].as_mut()
    }
}
