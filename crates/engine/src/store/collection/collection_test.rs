//! Collections against naive ones, over seeds, in a store that is too small: with objects that move
//! after every step, refusals that change nothing, and memory that is all there at the end.
use super::*;
use crate::clock::Now;
use crate::limits::Limits;
use crate::memory::frames::Needs;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::tree::order::score_key;
use crate::store::{Bound, Element, Expiry, Steps, StoreFull, Text};
extern crate std;
use std::format;
use std::string::String;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// The name of a key: one leaves no room for a page behind it.
fn key_name(which: usize) -> String {
    let long = if which == 3 { "n".repeat(7_900) } else { String::new() };
    format!("key:{which}{long}")
}

/// A field, member or element, with its value or score.
type Pair = (Vec<u8>, Vec<u8>, f64);

struct World {
    store: Store,
    random: Random,
    /// The collections, by key.
    model: Vec<Vec<Pair>>,
    orders: [Order; 4],
    refused_count: u32,
}

fn bytes_of(text: Text<'_>) -> Vec<u8> {
    text.chunks(0, u64::MAX).collect::<Vec<_>>().concat()
}

fn pair_of(order: Order, element: &Element<'_>) -> Pair {
    let value = if order == Order::Hash { bytes_of(element.value()) } else { Vec::new() };
    let score = if order == Order::Sorted { element.score() } else { 0.0 };
    (bytes_of(element.name()), value, score)
}

impl World {
    fn new(seed: u64, frame_count: u64) -> Self {
        let limits = Limits {
            keys_max: 100,
            data_bytes: frame_count * (64 << 10) + 20_000,
            frame_size: 64 << 10,
            ..Limits::tiny()
        };
        Self {
            store: Store::new(&limits, [9; 16], seed),
            random: Random::new(seed),
            model: (0..4).map(|_| Vec::new()).collect(),
            orders: [Order::List, Order::Set, Order::Hash, Order::Sorted],
            refused_count: 0,
        }
    }

    fn text(&mut self, is_name: bool) -> Vec<u8> {
        let size = match self.random.below(60) {
            0 => 0,
            1 => 253 + self.random.below(4),
            2 => 1_020 + self.random.below(10),
            3 => 3_000,
            4 if !is_name => 20_000 + self.random.below(9_000),
            _ => 1 + self.random.below(12),
        };
        (0..size).map(|_| b'a' + self.random.below(6) as u8).collect()
    }

    fn put(&mut self, which: usize) -> Result<(), StoreFull> {
        let order = self.orders[which];
        let name = self.text(order != Order::List);
        let value = self.text(false);
        let score = f64::from(self.random.below(9) as u32) - 4.0;
        let name_of_key = key_name(which);
        let key = self.store.key(0, name_of_key.as_bytes());
        let hash = (order != Order::List).then(|| self.store.name_hash(&name));
        let fresh = Fresh {
            name: Value::Bytes(&name),
            hash,
            value: (order == Order::Hash).then_some(Value::Bytes(&value)),
            score: (order == Order::Sorted).then_some(score),
        };
        let elements = &mut self.model[which];
        if order != Order::List
            && let Some(index) = elements.iter().position(|(old, ..)| *old == name)
        {
            match order {
                Order::Set | Order::Hash => {
                    let is_new = self.store.put_named(NOW, &key, order, &fresh)?;
                    assert!(!is_new, "it is there");
                    if self.random.below(2) == 0 {
                        self.store.settle_collection(&key);
                    }
                }
                Order::Sorted => {
                    let hash = hash.expect("a name has a hash");
                    let entry = self.store.peek(&key).expect("it has members");
                    let old = self.store.standing(entry, &name, hash).expect("it is there");
                    self.store.set_score(NOW, &key, &old, &name, score)?;
                }
                Order::List | Order::Scores => unreachable!("their elements have no names"),
            }
            elements[index].1 = if order == Order::Hash { value } else { Vec::new() };
            elements[index].2 = if order == Order::Sorted { score } else { 0.0 };
            return Ok(());
        }
        let rank = self.random.below(elements.len() as u64 + 1);
        if order == Order::List && !elements.is_empty() && rank.is_multiple_of(4) {
            let rank = self.random.below(elements.len() as u64);
            self.store.replace_ranked(NOW, &key, rank, &fresh)?;
            elements[rank as usize] = (name, Vec::new(), 0.0);
            return Ok(());
        }
        if matches!(order, Order::Set | Order::Hash) {
            let is_new = self.store.put_named(NOW, &key, order, &fresh)?;
            assert!(is_new, "it was not there");
        } else {
            let place = if order == Order::List { Place::Rank(rank) } else { Place::Own };
            self.store.put_element(NOW, &key, order, place, &fresh)?;
        }
        let value = if order == Order::Hash { value } else { Vec::new() };
        let score = if order == Order::Sorted { score } else { 0.0 };
        let index = if order == Order::List { rank as usize } else { elements.len() };
        elements.insert(index, (name, value, score));
        Ok(())
    }

    fn take(&mut self, which: usize) {
        let count = self.model[which].len() as u64;
        if count == 0 {
            return;
        }
        let index = self.random.below(count) as usize;
        let (name, ..) = self.model[which].remove(index);
        let name_of_key = key_name(which);
        let key = self.store.key(0, name_of_key.as_bytes());
        let is_taken = if self.orders[which] == Order::List {
            self.store.take_ranked(&key, index as u64)
        } else {
            let hash = self.store.name_hash(&name);
            self.store.take_named(&key, &name, hash)
        };
        assert!(is_taken, "what was put is there");
    }

    fn step(&mut self, grows: bool) {
        let which = self.random.below(4) as usize;
        let chance = if grows { 100 } else { 70 };
        match self.random.below(chance) {
            0 if self.random.below(4) == 0 => {
                let name_of_key = key_name(which);
                let key = self.store.key(0, name_of_key.as_bytes());
                self.store.delete(NOW, &key);
                self.model[which].clear();
            }
            1..=35 => self.take(which),
            36 => self.copy_over(which),
            37 => self.lengthen(which),
            _ => {
                if let Err(full) = self.put(which) {
                    assert!(matches!(full, StoreFull::Data | StoreFull::Later), "{full:?}");
                    self.refused_count += 1;
                }
            }
        }
        if self.random.below(2) == 0 {
            self.store.shuffle();
        }
        self.store.compact(4);
        self.store.reap(4);
    }

    /// The key is copied, and the copy takes its place.
    fn copy_over(&mut self, which: usize) {
        if self.model[which].is_empty() {
            return;
        }
        let name_of_key = key_name(which);
        let key = self.store.key(0, name_of_key.as_bytes());
        let twin = self.store.key(0, b"twin");
        if self.store.copy(NOW, &key, &twin).is_ok() {
            self.store.check();
            self.store.delete(NOW, &key);
            if self.store.rename(NOW, &twin, &key).is_err() {
                self.store.delete(NOW, &twin);
                self.model[which].clear();
            }
        }
    }

    /// A deadline comes and goes.
    fn lengthen(&mut self, which: usize) {
        if self.model[which].is_empty() {
            return;
        }
        let name_of_key = key_name(which);
        let key = self.store.key(0, name_of_key.as_bytes());
        let _ = self.store.set_deadline(NOW, &key, Some(i64::MAX / 2));
        let _ = self.store.set_deadline(NOW, &key, None);
    }

    fn check(&mut self) {
        self.store.check();
        for which in 0..4 {
            let order = self.orders[which];
            let name_of_key = key_name(which);
            let key = self.store.key(0, name_of_key.as_bytes());
            let mut expected = self.model[which].clone();
            let Some(entry) = self.store.find(NOW, &key) else {
                assert!(expected.is_empty(), "a key is missing");
                continue;
            };
            assert_eq!(self.store.element_count(entry), expected.len() as u64);
            let mut all: Vec<_> = self
                .store
                .elements(entry, 0, false)
                .map(|element| pair_of(order, &element))
                .collect();
            let last = expected.len() as u64 - 1;
            let back: Vec<_> = self
                .store
                .elements(entry, last, true)
                .map(|element| pair_of(order, &element))
                .collect();
            assert!(all.iter().eq(back.iter().rev()), "the same both ways");
            if order == Order::Sorted {
                expected.sort_by_key(|(name, _, score)| (score_key(*score), name.clone()));
            } else if order != Order::List {
                expected.sort_by(|left, right| left.0.cmp(&right.0));
                all.sort_by(|left, right| left.0.cmp(&right.0));
            }
            assert!(all == expected, "{order:?}: {} elements", all.len());
            let size = |pair: &Pair| pair.0.len() + pair.1.len();
            let bytes: usize = expected.iter().map(size).sum();
            assert_eq!(self.store.text_bytes(entry), bytes as u64);
            self.check_names(which, entry, &expected);
        }
    }

    fn check_names(&self, which: usize, entry: Entry, expected: &[Pair]) {
        let order = self.orders[which];
        if order == Order::List {
            return;
        }
        for (rank, pair) in expected.iter().enumerate() {
            let hash = self.store.name_hash(&pair.0);
            let element = self.store.element(entry, &pair.0, hash).expect("a name is found");
            assert_eq!(pair_of(order, &element), *pair);
            if order == Order::Sorted {
                let found = self.store.rank_of_name(entry, &pair.0, hash);
                assert_eq!(found, Some(rank as u64));
                let bound = Bound { score: score_key(pair.2), name: Some(&pair.0) };
                assert_eq!(self.store.rank_of_bound(entry, &bound), rank as u64);
            }
        }
        assert!(self.store.element(entry, b"absent", self.store.name_hash(b"absent")).is_none());
    }
}

#[test]
fn collections_agree_with_naive_ones() {
    let mut refused_count = 0;
    for seed in 0..12 {
        let mut world = World::new(seed, [10, 16, 40][seed as usize % 3]);
        let empty = world.store.used_bytes();
        for step in 0..4_000 {
            world.step(step % 1_500 < 1_000);
            if step % 50 == 0 {
                world.check();
            }
        }
        world.check();
        for which in 0..4 {
            while !world.model[which].is_empty() {
                world.take(which);
                world.store.shuffle();
            }
        }
        while world.store.pay_debt() {}
        world.store.check();
        assert_eq!(world.store.used_bytes(), empty, "all is given back");
        refused_count += world.refused_count;
    }
    assert!(refused_count > 100, "memory was hardly short: {refused_count}");
}

/// Small ones are written over where they are, others give back what they have.
#[test]
fn a_string_takes_the_place_of_a_collection() {
    let mut world = World::new(5, 40);
    let empty = world.store.used_bytes();
    for (count, name_size) in [(1, 1), (30, 3), (3, 3_000), (900, 20)] {
        for (which, order) in world.orders.into_iter().enumerate() {
            for value_size in [1, 60, 200, 900, 7_000] {
                let name_of_key = key_name(which);
                let key = world.store.key(0, name_of_key.as_bytes());
                for index in 0..count {
                    let name = format!("{index:0name_size$}");
                    let fresh = Fresh {
                        name: Value::Bytes(name.as_bytes()),
                        hash: (order != Order::List)
                            .then(|| world.store.name_hash(name.as_bytes())),
                        value: (order == Order::Hash).then_some(Value::Bytes(b"")),
                        score: (order == Order::Sorted).then_some(1.0),
                    };
                    let place = if order == Order::List { Place::Rank(0) } else { Place::Own };
                    world.store.put_element(NOW, &key, order, place, &fresh).unwrap();
                }
                let value = "x".repeat(value_size);
                let value = Value::Bytes(value.as_bytes());
                if value_size % 20 == 0 {
                    world.store.set(NOW, &key, value, Expiry::Clear).unwrap();
                } else {
                    let mut needs = Needs::NONE;
                    world.store.need_set(NOW, &mut needs, &key, value_size as u64);
                    world.store.reserve(NOW, &needs, &mut Steps::of_command()).unwrap();
                    world.store.set_reserved(NOW, &key, value);
                }
                let entry = world.store.find(NOW, &key).unwrap();
                let size = world.store.string(entry).unwrap().size();
                assert_eq!(size, value_size as u64);
                assert!(!world.store.string(entry).unwrap().is_text());
                world.store.check();
                world.store.delete(NOW, &key);
                while world.store.pay_debt() {}
                assert_eq!(world.store.used_bytes(), empty, "{order:?} {count} {value_size}");
            }
        }
    }
}
