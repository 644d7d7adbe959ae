//! Walks over collections that change between two steps.
use super::*;
use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
extern crate std;
use std::collections::BTreeMap;
use std::format;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

fn put(store: &mut Store, number: u64, text_size: usize) {
    let name = format!("field:{number}");
    let value = "v".repeat(text_size);
    let key = store.key(0, b"hash");
    let fresh = Fresh {
        name: Value::Bytes(name.as_bytes()),
        hash: Some(store.name_hash(name.as_bytes())),
        value: Some(Value::Bytes(value.as_bytes())),
        score: None,
    };
    store.put_element(NOW, &key, Order::Hash, Place::Own, &fresh).expect("there is room");
}

fn take(store: &mut Store, number: u64) {
    let name = format!("field:{number}");
    let key = store.key(0, b"hash");
    let hash = store.name_hash(name.as_bytes());
    assert!(store.take_named(&key, name.as_bytes(), hash), "a field that was put is there");
}

/// Walks over a hash of `stay_count` fields that stay, while it gets others up to `peak_count` in
/// all and loses them again.
fn check(seed: u64, stay_count: u64, peak_count: u64, text_size: usize) {
    let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], seed);
    let mut random = Random::new(seed);
    for number in 0..stay_count {
        put(&mut store, number, text_size);
    }
    let mut found = BTreeMap::new();
    let (mut cursor, mut next_number, mut first_number) = (0, stay_count, stay_count);
    let mut grows = true;
    loop {
        let key = store.key(0, b"hash");
        let entry = store.find(NOW, &key).expect("fields stay");
        let count = 1 + random.below(20);
        (cursor, _) = store.scan_elements(entry, cursor, count, |element| {
            let name = element.name().as_slice().expect("a short name").to_vec();
            *found.entry(name).or_insert(0) += 1;
        });
        if cursor == 0 {
            break;
        }
        for _ in 0..random.below(peak_count / 4) {
            grows = if grows {
                next_number - first_number < peak_count
            } else {
                next_number == first_number
            };
            if grows {
                put(&mut store, next_number, text_size);
                next_number += 1;
            } else {
                take(&mut store, first_number);
                first_number += 1;
            }
        }
        store.shuffle();
    }
    for number in 0..stay_count {
        let name = format!("field:{number}").into_bytes();
        assert_eq!(found.get(&name), Some(&1), "seed {seed}: a field that stays comes once");
    }
    assert!(found.values().all(|count| *count == 1), "seed {seed}: none comes twice");
}

#[test]
fn what_stays_is_visited_once() {
    for seed in 0..20 {
        check(seed, 2_000, 400, 8);
        check(seed, 40, 300, 40);
        check(seed, 10, 60, 300);
        check(seed, 300, 100, 1_000);
    }
}
