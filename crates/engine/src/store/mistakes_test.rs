//! One test for each of the six mistakes that the prototype of this store made.
extern crate std;

use super::{Expiry, Policy, Store};
use crate::clock::Now;
use crate::limits::Limits;
use crate::memory::classes::Class;
use crate::resp::request::Value;
use std::format;
use std::vec;

const NOW: Now = Now { monotonic_ms: 1_000_000, unix_us: 1_000_000_000 };

/// Few buckets, so that chains are long and child buckets many.
fn store(keys_max: u64) -> Store {
    let limits = Limits { keys_max, data_bytes: 8 << 20, ..Limits::tiny() };
    Store::new(&limits, [9; 16], 5)
}

fn set(store: &mut Store, name: &str, size: usize) {
    let key = store.key(0, name.as_bytes());
    let value = vec![b'm'; size];
    store.set(NOW, &key, Value::Bytes(&value), Expiry::Clear).expect("there is room");
    store.take_room_bytes();
}

fn delete(store: &mut Store, name: &str) {
    let key = store.key(0, name.as_bytes());
    assert!(store.delete(NOW, &key), "{name} was there");
}

/// Mistake 1: The last slot of a class can itself be a hole, in the middle of the list of holes.
#[test]
fn mistake_1_the_last_slot_is_a_hole() {
    let mut store = store(1_000);
    for number in 0..100 {
        set(&mut store, &format!("k{number:02}"), 64);
    }
    for number in [10, 99, 20, 98, 97, 30] {
        delete(&mut store, &format!("k{number:02}"));
        store.frames().check();
    }
    while store.close_hole(true) {
        store.check();
    }
    assert!(!store.frames().has_holes());
    assert_eq!(store.key_count(0), 94);
}

/// Mistake 2: A move can land in a slot that is itself one of the next to move: holes at the very end of
/// a class, filled and emptied again while its objects move.
#[test]
fn mistake_2_moves_that_follow_each_other() {
    for gap in 1..12 {
        let mut store = store(1_000);
        for number in 0..300 {
            set(&mut store, &format!("k{number:03}"), 64);
        }
        for number in (0..300).filter(|number| number % gap != 0 || number % 7 == 0) {
            delete(&mut store, &format!("k{number:03}"));
        }
        while store.turn(NOW, 1) || store.close_hole(true) {
            store.check();
        }
    }
}

/// Mistake 3: Eviction looks at whole chains: keys in child buckets leave like all others.
#[test]
fn mistake_3_keys_in_child_buckets_can_be_evicted() {
    let mut store = store(40);
    store.tuning.policy = Policy::AllKeysRandom;
    for number in 0..200 {
        set(&mut store, &format!("k{number}"), 64);
    }
    assert!(store.frames().live_count(Class::CHILD_BUCKET) > 10, "chains have children");
    let needs = super::Needs::NONE;
    while store.evict_one(NOW, &needs, None) {}
    assert_eq!(store.key_count(0), 0, "every key could be evicted");
    store.check();
}

/// Mistake 4: A child bucket that moves has its parent told, in chains of several children.
#[test]
fn mistake_4_child_buckets_move() {
    let mut store = store(60);
    for number in 0..800 {
        set(&mut store, &format!("k{number}"), 8);
    }
    let child_count = store.frames().live_count(Class::CHILD_BUCKET);
    assert!(child_count > 40);
    for number in 0..700 {
        delete(&mut store, &format!("k{number}"));
        while store.close_hole(true) {}
        store.check();
    }
    assert!(store.frames().live_count(Class::CHILD_BUCKET) < child_count / 4);
}

/// Mistake 5: A moved object is found by its reference, not by its tag: with two keys of one tag in a
/// chain the right entry is patched.
#[test]
fn mistake_5_equal_tags_are_told_apart_by_reference() {
    let mut store = store(1);
    for number in 0..150 {
        set(&mut store, &format!("k{number}"), 40);
    }
    for number in (0..150).step_by(3) {
        delete(&mut store, &format!("k{number}"));
    }
    while store.close_hole(true) {
        store.check();
    }
    for number in (0..150).filter(|number| number % 3 != 0) {
        let name = format!("k{number}");
        let key = store.key(0, name.as_bytes());
        assert!(store.find(NOW, &key).is_some(), "{name}");
    }
}

/// Mistake 6: Evicting only in the own class looks perfect until sizes change. The long form of this is
/// `eviction_follows_a_shift_of_sizes`; here: large values come in although all keys are small.
#[test]
fn mistake_6_a_change_of_sizes_does_not_calcify() {
    let mut store = store(80_000);
    store.tuning.policy = Policy::AllKeysLru;
    for number in 0..80_000 {
        set(&mut store, &format!("small{number}"), 64);
    }
    let small_count = store.key_count(0);
    for number in 0..4_000 {
        set(&mut store, &format!("large{number}"), 2_000);
        store.turn(NOW, 1);
    }
    let visit_large = |store: &Store| {
        let (mut cursor, mut count) = (0, 0);
        loop {
            let visit = &mut |name: &[u8], _| count += u64::from(name.starts_with(b"large"));
            cursor = store.scan(NOW, 0, cursor, 1_000, visit);
            if cursor == 0 {
                return count;
            }
        }
    };
    let large_count = visit_large(&store);
    assert!(large_count > 1_200, "{large_count} of 4,000 large values are there");
    assert!(store.key_count(0) - large_count < small_count * 2 / 3, "small keys made way");
    store.check();
}
