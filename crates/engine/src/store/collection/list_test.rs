//! What only lists do (elements carried from one to another, runs of them taken out) against naive
//! lists, over seeds, in a store that is too small and whose objects move after every step.
use super::*;
use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::{Fresh, Place, StoreFull};
extern crate std;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };
const KEYS: [&[u8]; 3] = [b"one", b"two", b"three"];

struct World {
    store: Store,
    random: Random,
    lists: [Vec<Vec<u8>>; 3],
    refused_count: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        let limits = Limits {
            keys_max: 100,
            data_bytes: [8, 12, 30][seed as usize % 3] * (64 << 10) + 20_000,
            frame_size: 64 << 10,
            ..Limits::tiny()
        };
        let lists = [const { Vec::new() }; 3];
        let store = Store::new(&limits, [9; 16], seed);
        Self { store, random: Random::new(seed), lists, refused_count: 0 }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.below(bound as u64) as usize
    }

    fn text(&mut self) -> Vec<u8> {
        let size = match self.below(30) {
            0 => 1_000 + self.below(40),
            1 => 3_000,
            2 => 20_000 + self.below(9_000),
            _ => self.below(14),
        };
        (0..size).map(|_| b'a' + self.below(26) as u8).collect()
    }

    fn note(&mut self, result: Result<(), StoreFull>) -> bool {
        if let Err(full) = result {
            assert!(matches!(full, StoreFull::Data | StoreFull::Later), "{full:?}");
            self.refused_count += 1;
        }
        result.is_ok()
    }

    fn put(&mut self) {
        let (which, text) = (self.below(3), self.text());
        let index = self.below(self.lists[which].len() + 1);
        let key = self.store.key(0, KEYS[which]);
        let fresh = Fresh { name: Value::Bytes(&text), hash: None, value: None, score: None };
        let place = Place::Rank(index as u64);
        let result = self.store.put_element(NOW, &key, Order::List, place, &fresh);
        if self.note(result) {
            self.lists[which].insert(index, text);
        }
    }

    fn carry(&mut self) {
        let (from, to) = (self.below(3), self.below(3));
        if self.lists[from].is_empty() {
            return;
        }
        let rank = self.below(self.lists[from].len());
        let place = self.below(self.lists[to].len() + 1);
        let [source, target] = [from, to].map(|which| self.store.key(0, KEYS[which]));
        let result = self.store.carry_element(NOW, (&source, rank as u64), (&target, place as u64));
        if self.note(result) {
            let text = self.lists[from].remove(rank);
            let moved_up = from == to && place > rank;
            self.lists[to].insert(place - usize::from(moved_up), text);
        }
    }

    fn cut(&mut self) {
        let which = self.below(3);
        let count = self.lists[which].len();
        if count == 0 {
            return;
        }
        let start = self.below(count);
        let most = if self.below(4) == 0 { count - start } else { (count - start).min(9) };
        let cut_count = 1 + self.below(most);
        let key = self.store.key(0, KEYS[which]);
        self.store.take_run(&key, start as u64, cut_count as u64);
        self.lists[which].drain(start..start + cut_count);
    }

    fn check(&mut self) {
        self.store.check();
        for (name, expected) in KEYS.iter().zip(&self.lists) {
            let key = self.store.key(0, name);
            let Some(entry) = self.store.find(NOW, &key) else {
                assert!(expected.is_empty(), "a list is missing");
                continue;
            };
            let bytes = |element: Element<'_>| {
                element.name().chunks(0, u64::MAX).collect::<Vec<_>>().concat()
            };
            let all: Vec<_> = self.store.elements(entry, 0, false).map(bytes).collect();
            assert!(all == *expected, "{} elements, {} expected", all.len(), expected.len());
            let size: usize = expected.iter().map(Vec::len).sum();
            assert_eq!(self.store.text_bytes(entry), size as u64);
        }
    }
}

#[test]
fn lists_agree_with_naive_ones() {
    let mut refused_count = 0;
    for seed in 0..12 {
        let mut world = World::new(seed);
        let empty = world.store.used_bytes();
        for step in 0..3_000 {
            match world.below(100) {
                0..=1 => world.cut(),
                2..=40 => world.carry(),
                _ => world.put(),
            }
            world.store.shuffle();
            if step % 40 == 0 {
                world.check();
            }
        }
        world.check();
        for (name, list) in KEYS.iter().zip(&mut world.lists) {
            if !list.is_empty() {
                world.store.take_run(&world.store.key(0, name), 0, list.len() as u64);
            }
            list.clear();
        }
        while world.store.pay_debt() {}
        world.check();
        assert_eq!(world.store.used_bytes(), empty, "all is given back");
        refused_count += world.refused_count;
    }
    assert!(refused_count > 100, "memory was hardly short: {refused_count}");
}
