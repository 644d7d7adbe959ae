//! A finder finds what a look from the root does, in whatever order it is asked.
use super::*;
use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::{Fresh, Place};
extern crate std;
use std::format;
use std::string::String;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// Every third name is long, so that leaves have few elements, and texts are objects here and there.
fn name(number: u64, long_size: usize) -> String {
    let size = if number.is_multiple_of(3) { long_size } else { 0 };
    format!("name:{number}{}", "n".repeat(size))
}

/// A collection of `count` elements with even numbers.
fn filled(order: Order, count: u64, long_size: usize) -> Store {
    let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let key = store.key(0, b"key");
    for number in (0..2 * count).step_by(2) {
        let name = name(number, long_size);
        let fresh = Fresh {
            name: Value::Bytes(name.as_bytes()),
            hash: Some(store.name_hash(name.as_bytes())),
            value: (order == Order::Hash).then_some(Value::Bytes(b"value")),
            score: (order == Order::Sorted).then_some(f64::from(number as u32) / 7.0),
        };
        store.put_element(NOW, &key, order, Place::Own, &fresh).expect("there is room");
    }
    store
}

/// Looks for names that are there and for others: at random, and as the neighbours that the walk of
/// another collection gives.
fn check(order: Order, count: u64, long_size: usize) {
    let store = filled(order, count, long_size);
    let entry = store.peek(&store.key(0, b"key")).expect("it has elements");
    let mut random = Random::new(count);
    let mut asked: std::vec::Vec<u64> = (0..2 * count).collect();
    asked.sort_by_key(|number| store.name_hash(name(*number, long_size).as_bytes()).to_u64() >> 52);
    asked.extend((0..count).map(|_| random.below(2 * count)));
    let mut finder = store.finder(entry);
    for number in asked {
        let name = name(number, long_size);
        let hash = store.name_hash(name.as_bytes());
        let is_there = finder.has(&mut Sought::hashed(name.as_bytes(), hash));
        assert_eq!(is_there, number.is_multiple_of(2), "{order:?} {name}");
    }
}

#[test]
fn it_finds_what_a_look_from_the_root_finds() {
    for order in [Order::Set, Order::Hash, Order::Sorted] {
        check(order, 1, 0);
        check(order, 40, 8);
        check(order, 5_000, 8);
        check(order, 2_000, 700);
        check(order, 300, 2_000);
    }
}

/// Looks for the names of the leaves of one collection, every `step`th number, in another.
fn check_near(count: u64, step: u64, long_size: usize) {
    let store = filled(Order::Set, count, long_size);
    let others = filled(Order::Set, count / step, long_size);
    let entry = |store: &Store| store.peek(&store.key(0, b"key")).expect("it has elements");
    let mut finder = others.finder(entry(&others));
    let (mut found_count, mut seen_count) = (0, 0);
    for leaf in store.leaves(entry(&store)) {
        finder.come_near(&leaf);
        for (element, tag) in leaf.elements() {
            let text = element.name();
            let bytes: std::vec::Vec<u8> = text.chunks(0, text.size()).flatten().copied().collect();
            found_count += u64::from(finder.has(&mut Sought::new(&bytes, tag)));
            seen_count += 1;
        }
    }
    assert_eq!((seen_count, found_count), (count, count / step), "1 of {step}, {long_size} bytes");
}

#[test]
fn near_a_leaf_it_finds_all_that_are_there() {
    for (count, step) in [(1, 1), (30, 1), (30, 3), (5_000, 1), (5_000, 2), (5_000, 50)] {
        check_near(count, step, 8);
    }
    check_near(2_000, 2, 700);
    check_near(300, 3, 2_000);
}

/// Where one leaf reaches over more than are remembered, names are looked for by their hashes.
#[test]
fn far_from_all_leaves_it_finds_them_too() {
    let (small, large) = (filled(Order::Set, 20, 8), filled(Order::Set, 20_000, 8));
    let entry = |store: &Store| store.peek(&store.key(0, b"key")).expect("it has elements");
    let mut finder = large.finder(entry(&large));
    let leaf = small.leaves(entry(&small)).next().expect("it has elements");
    finder.come_near(&leaf);
    assert_eq!(finder.near_count, 0);
    for (element, tag) in leaf.elements() {
        let name = element.name().as_slice().expect("a short name");
        assert!(finder.has(&mut Sought::new(name, tag)), "both have the first numbers");
    }
}
