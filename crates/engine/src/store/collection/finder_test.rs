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
    let key = store.key(0, b"key");
    let entry = store.peek(&key).expect("it has elements");
    let mut random = Random::new(count);
    let mut asked: std::vec::Vec<u64> = (0..2 * count).collect();
    asked.sort_by_key(|number| store.name_hash(name(*number, long_size).as_bytes()).to_u64() >> 52);
    asked.extend((0..count).map(|_| random.below(2 * count)));
    let mut finder = store.finder(entry);
    let mut found_count = 0;
    for number in asked {
        let name = name(number, long_size);
        let hash = store.name_hash(name.as_bytes());
        let found = finder.find(name.as_bytes(), hash);
        let is_it =
            |element: Element<'_>| element.name().chunks(0, u64::MAX).flatten().eq(name.as_bytes());
        assert_eq!(found.map(is_it), number.is_multiple_of(2).then_some(true), "{order:?} {name}");
        found_count += u64::from(found.is_some());
    }
    assert!(found_count >= count, "every element was asked for");
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
