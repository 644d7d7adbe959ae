//! A collection as a list of its elements, and a walk over it that must miss nobody who stays.
use granite_engine::clock::Now;
use granite_engine::store::tree::order::score_key;
use granite_engine::store::{Bound, Element, Entry, Key, Order, Store, Text};
use std::collections::{BTreeMap, BTreeSet};

/// A member, field or element, with its value or score.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) name: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) score: f64,
}

pub(super) struct Naive {
    order: Order,
    /// A list in its order, others as they came.
    pairs: Vec<Pair>,
    /// Of a list it means nothing.
    names: BTreeSet<Vec<u8>>,
    walk: Walk,
}

/// A walk in steps, and how often it has met those that were there all the time.
#[derive(Default)]
struct Walk {
    cursor: u64,
    met: BTreeMap<Vec<u8>, u32>,
}

impl Naive {
    pub(super) fn new(order: Order) -> Self {
        Self { order, pairs: Vec::new(), names: BTreeSet::new(), walk: Walk::default() }
    }

    /// The same elements, over which nobody walks.
    pub(super) fn twin(&self) -> Self {
        Self { pairs: self.pairs.clone(), names: self.names.clone(), ..Self::new(self.order) }
    }

    pub(super) fn count(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn has(&self, name: &[u8]) -> bool {
        self.names.contains(name)
    }

    pub(super) fn name_at(&self, place: usize) -> Vec<u8> {
        self.pairs[place].name.clone()
    }

    pub(super) fn put(&mut self, place: usize, pair: Pair) {
        let place = if self.order == Order::List { place } else { self.pairs.len() };
        self.names.insert(pair.name.clone());
        self.pairs.insert(place, pair);
    }

    pub(super) fn take(&mut self, place: usize, run: usize) -> Vec<Pair> {
        let end = (place + run).min(self.pairs.len());
        let taken: Vec<Pair> = self.pairs.drain(place..end).collect();
        for pair in &taken {
            self.walk.met.remove(&pair.name);
            self.names.remove(&pair.name);
        }
        taken
    }

    pub(super) fn replace(&mut self, place: usize, pair: Pair) {
        self.pairs[place] = pair;
    }

    /// A step of a walk; at its end everybody who stayed was met, once.
    pub(super) fn scan(&mut self, store: &mut Store, now: Now, key: &Key<'_>, count: u64) {
        if self.order == Order::List {
            return;
        }
        if self.walk.cursor == 0 {
            self.walk.met = self.pairs.iter().map(|pair| (pair.name.clone(), 0)).collect();
        }
        let entry = store.find(now, key).expect("a collection with elements has a key");
        let met = &mut self.walk.met;
        let (cursor, _) = store.scan_elements(entry, self.walk.cursor, count, |element| {
            if let Some(times) = met.get_mut(&bytes_of(element.name())) {
                *times += 1;
            }
        });
        self.walk.cursor = cursor;
        if self.walk.cursor == 0 {
            for (name, times) in &self.walk.met {
                assert_eq!(*times, 1, "a walk meets {} once", name.escape_ascii());
            }
        }
    }

    /// Compares everything that can be asked.
    pub(super) fn check(&self, store: &mut Store, now: Now, key: &Key<'_>) {
        let Some(entry) = store.find(now, key) else {
            assert!(self.pairs.is_empty(), "a key is missing");
            return;
        };
        assert_eq!(store.element_count(entry), self.pairs.len() as u64);
        let pair_of = |element| pair_of(self.order, &element);
        let mut all: Vec<Pair> = store.elements(entry, 0, false).map(pair_of).collect();
        let last = self.pairs.len() as u64 - 1;
        let back: Vec<Pair> = store.elements(entry, last, true).map(pair_of).collect();
        assert!(all.iter().eq(back.iter().rev()), "the same both ways");
        let mut expected = self.pairs.clone();
        match self.order {
            Order::List => {}
            Order::Sorted => expected.sort_by(|one, other| rank_key(one).cmp(&rank_key(other))),
            _ => {
                expected.sort_by(|one, other| one.name.cmp(&other.name));
                all.sort_by(|one, other| one.name.cmp(&other.name));
            }
        }
        assert!(all == expected, "{} elements, {} expected", all.len(), expected.len());
        let size: usize = expected.iter().map(|pair| pair.name.len() + pair.value.len()).sum();
        assert_eq!(store.text_bytes(entry), size as u64, "bytes of all texts");
        if self.order != Order::List {
            self.check_names(store, entry, &expected);
        }
    }

    fn check_names(&self, store: &Store, entry: Entry, expected: &[Pair]) {
        for (rank, pair) in expected.iter().enumerate() {
            let hash = store.name_hash(&pair.name);
            let element = store.element(entry, &pair.name, hash).expect("a name is found");
            assert_eq!(pair_of(self.order, &element), *pair);
            if self.order == Order::Sorted {
                let rank = rank as u64;
                assert_eq!(store.rank_of_name(entry, &pair.name, hash), Some(rank));
                let bound = Bound { score: score_key(pair.score), name: Some(&pair.name) };
                assert_eq!(store.rank_of_bound(entry, &bound), rank);
                let element = store.element_at_rank(entry, rank);
                assert_eq!(bytes_of(element.name()), pair.name);
            }
        }
        let absent = b"nobody has this name";
        assert!(store.element(entry, absent, store.name_hash(absent)).is_none());
    }
}

fn rank_key(pair: &Pair) -> (u64, &[u8]) {
    (score_key(pair.score), &pair.name)
}

fn bytes_of(text: Text<'_>) -> Vec<u8> {
    text.chunks(0, u64::MAX).collect::<Vec<_>>().concat()
}

fn pair_of(order: Order, element: &Element<'_>) -> Pair {
    Pair {
        name: bytes_of(element.name()),
        value: if order == Order::Hash { bytes_of(element.value()) } else { Vec::new() },
        score: if order == Order::Sorted { element.score() } else { 0.0 },
    }
}
