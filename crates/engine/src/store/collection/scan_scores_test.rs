//! Walks over sorted sets whose members come, go and change their scores between two steps.
use super::*;
use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::collection::{Fresh, Place};
extern crate std;
use std::collections::BTreeMap;
use std::format;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

fn put(store: &mut Store, number: u64, new: f64) {
    let name = format!("member:{number}");
    let key = store.key(0, b"set");
    let hash = store.name_hash(name.as_bytes());
    let entry = store.find(NOW, &key);
    if let Some(old) = entry.and_then(|entry| store.standing(entry, name.as_bytes(), hash)) {
        store.set_score(NOW, &key, &old, name.as_bytes(), new).expect("there is room");
        return;
    }
    let name = Value::Bytes(name.as_bytes());
    let fresh = Fresh { name, hash: Some(hash), value: None, score: Some(new) };
    store.put_element(NOW, &key, Order::Sorted, Place::Own, &fresh).expect("there is room");
}

fn take(store: &mut Store, number: u64) {
    let name = format!("member:{number}");
    let key = store.key(0, b"set");
    let hash = store.name_hash(name.as_bytes());
    store.take_named(&key, name.as_bytes(), hash);
}

/// Walks over a set of `stay_count` members that stay, with so many different scores.
fn check(seed: u64, stay_count: u64, score_count: u32) {
    let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], seed);
    let mut random = Random::new(seed);
    let draw = |random: &mut Random| f64::from(random.below(score_count.into()) as u32);
    for number in 0..stay_count {
        put(&mut store, number, draw(&mut random));
    }
    let (mut found, mut cursor, mut step_count) = (BTreeMap::new(), 0, 0);
    loop {
        let key = store.key(0, b"set");
        let entry = store.find(NOW, &key).expect("members stay");
        let count = 1 + random.below(60);
        let mut visited_count = 0;
        (cursor, _) = store.scan_elements(entry, cursor, count, |element| {
            let name = element.name().as_slice().expect("a short name").to_vec();
            *found.entry(name).or_insert(0) += 1;
            visited_count += 1;
        });
        step_count += 1;
        if cursor == 0 {
            break;
        }
        assert!(visited_count >= count && visited_count <= count + 2, "as many as asked for");
        for _ in 0..random.below(20) {
            let number = random.below(stay_count);
            put(&mut store, number, draw(&mut random));
            let other = stay_count + random.below(50);
            if random.below(2) == 0 {
                put(&mut store, other, draw(&mut random));
            } else {
                take(&mut store, other);
            }
        }
        store.shuffle();
    }
    assert!(step_count > stay_count / 60, "several steps");
    for number in 0..stay_count {
        let name = format!("member:{number}").into_bytes();
        assert_eq!(found.get(&name), Some(&1), "seed {seed}: a member that stays comes once");
    }
}

#[test]
fn members_that_stay_are_visited_once() {
    for seed in 0..4 {
        check(seed, 1_500, 1);
        check(seed, 1_500, 20);
        check(seed, 1_500, 1_000_000);
    }
}

/// What a step costs is bounded by the set where many members have one score, and by what was asked
/// for where they have not.
#[test]
fn a_step_looks_at_no_member_twice() {
    const MEMBER_COUNT: u64 = 3_000;
    for (score_count, look_count_max) in [(1, MEMBER_COUNT), (u64::MAX, 11 * (SEEK_LOOKS + 1))] {
        let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
        let mut store = Store::new(&limits, [7; 16], 1);
        for number in 0..MEMBER_COUNT {
            put(&mut store, number, f64::from((number % score_count) as u32));
        }
        let key = store.key(0, b"set");
        let entry = store.find(NOW, &key).expect("there are members");
        let (mut cursor, mut count) = (0, 0);
        loop {
            let (next, look_count) = store.scan_elements(entry, cursor, 10, |element| {
                let hash = store.hash_of_element(&element);
                assert_eq!(
                    (hash.scores_key() >> 56) as u8,
                    hash.tag(),
                    "a key begins with the tag"
                );
                count += 1;
            });
            assert!(look_count <= look_count_max, "{look_count} looks");
            cursor = next;
            if cursor == 0 {
                break;
            }
        }
        assert_eq!(count, MEMBER_COUNT);
    }
}
