//! What the prefetch has found out about a request, for its command.
//!
//! Invariant: it is of this request, and of its database; what was seen in the store is checked
//! there.
use crate::resp::request::Request;
use crate::store::{Element, Entry, NameHash, Seen, Store};

/// What is known of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// The hash of the first argument as a key.
    pub first: Option<NameHash>,
    /// An argument as the name of an element.
    pub element: Option<KnownElement>,
}

/// What is known of the name of an element.
#[derive(Clone, Copy, Debug)]
pub struct KnownElement {
    /// Which argument it is.
    pub index: u8,
    /// Its hash.
    pub hash: NameHash,
    /// Where it may be.
    pub seen: Option<Seen>,
}

impl Known {
    /// Nothing is known.
    pub const NOTHING: Self = Self { first: None, element: None };

    #[inline(always)]
    fn element_at(&self, index: usize) -> Option<&KnownElement> {
        self.element.as_ref().filter(|known| usize::from(known.index) == index)
    }

    /// The hash of argument `index` as the name of an element.
    #[inline(always)]
    pub fn name_hash(&self, store: &Store, request: &Request<'_>, index: usize) -> NameHash {
        let compute = || store.name_hash(request.argument(index));
        match self.element_at(index) {
            Some(known) => {
                debug_assert_eq!(known.hash, compute(), "the hash of another request");
                known.hash
            }
            None => compute(),
        }
    }

    /// The element that argument `index` names, in a collection that may be missing. O(log n), and
    /// O(1) where the prefetch has seen it.
    #[inline]
    pub fn element<'s>(
        &self,
        store: &'s Store,
        entry: Option<Entry>,
        request: &Request<'_>,
        index: usize,
    ) -> Option<Element<'s>> {
        let entry = entry?;
        self.element_seen(store, entry, request, index).or_else(|| {
            let hash = self.name_hash(store, request, index);
            store.element(entry, request.argument(index), hash)
        })
    }

    /// The score of the member that argument `index` names, in a sorted set that may be missing.
    /// O(log n), and O(1) where the prefetch has seen it.
    #[inline]
    pub fn score(
        &self,
        store: &Store,
        entry: Option<Entry>,
        request: &Request<'_>,
        index: usize,
    ) -> Option<f64> {
        let entry = entry?;
        if let Some(element) = self.element_seen(store, entry, request, index) {
            return Some(element.score());
        }
        let hash = self.name_hash(store, request, index);
        store.score(entry, request.argument(index), hash)
    }

    #[inline]
    fn element_seen<'s>(
        &self,
        store: &'s Store,
        entry: Entry,
        request: &Request<'_>,
        index: usize,
    ) -> Option<Element<'s>> {
        let seen = self.element_at(index)?.seen.as_ref()?;
        store.element_seen(entry, request.argument(index), seen)
    }
}
