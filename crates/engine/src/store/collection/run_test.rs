//! Runs that are put into sets, against the set of the library; and how full their leaves are.
use super::*;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::collection::Place;
extern crate std;
use std::collections::BTreeSet;
use std::format;
use std::string::String;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// Puts members in, in the order of their hashes, in portions of up to so many: as runs where that
/// goes. The set has members of hashes up to `hash_max`.
fn build(
    store: &mut Store,
    random: &mut Random,
    members: &[(NameHash, String)],
    portion_max: u64,
    mut hash_max: Option<u64>,
) -> usize {
    let key = store.key(0, b"set");
    let (mut rest, mut part_count) = (members, 0);
    while !rest.is_empty() {
        let count = (1 + random.below(portion_max) as usize).min(rest.len());
        let (portion, behind) = rest.split_at(count);
        rest = behind;
        let mut done = 0;
        while done < count {
            let fresh_ones = portion[done..]
                .iter()
                .map(|(hash, name)| Fresh::member(name.as_bytes(), Some(*hash)));
            let hash = portion[done].0.to_u64();
            let is_behind = hash_max.is_none_or(|hash_max| hash > hash_max);
            let run_count = store.put_run(NOW, &key, fresh_ones, is_behind).expect("there is room");
            part_count += usize::from(run_count > 1);
            done += run_count;
            hash_max = hash_max.max(Some(portion[done - 1].0.to_u64()));
        }
    }
    part_count
}

#[test]
fn leaves_are_filled_and_the_set_goes_on() {
    for seed in 0..6 {
        let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
        let mut store = Store::new(&limits, [7; 16], seed);
        let mut random = Random::new(seed);
        let mut members: Vec<(NameHash, String)> = (0..40_000)
            .map(|number| {
                // Some names are objects of their own.
                let size = if random.below(200) == 0 { 1_500 } else { 1 + seed as usize * 10 };
                let name = format!("{number:0size$}");
                (store.name_hash(name.as_bytes()), name)
            })
            .collect();
        members.sort_by_key(|(hash, _)| hash.to_u64());
        let mut model: BTreeSet<String> = members.iter().map(|(_, name)| name.clone()).collect();
        let part_count = build(&mut store, &mut random, &members, 300, None);
        assert!(part_count > 100, "most members come so, seed {seed}");
        store.check();
        for (hash, name) in members.iter().step_by(3) {
            let key = store.key(0, b"set");
            assert!(store.take_named(&key, name.as_bytes(), *hash), "it is there, seed {seed}");
            model.remove(name);
        }
        for number in 50_000..55_000 {
            let name = format!("{number}");
            let (key, hash) = (store.key(0, b"set"), store.name_hash(name.as_bytes()));
            let put = store.put_element(
                NOW,
                &key,
                Order::Set,
                Place::Own,
                &Fresh::member(name.as_bytes(), Some(hash)),
            );
            put.expect("there is room");
            model.insert(name);
        }
        store.check();
        let key = store.key(0, b"set");
        let entry = store.find(NOW, &key).expect("it has members");
        let found: BTreeSet<String> = store
            .elements(entry, 0, false)
            .map(|element| {
                let bytes: Vec<u8> =
                    element.name().chunks(0, u64::MAX).collect::<Vec<_>>().concat();
                String::from_utf8(bytes).expect("names are text")
            })
            .collect();
        assert_eq!(found, model, "seed {seed}");
    }
}

#[test]
fn runs_go_where_they_belong() {
    for seed in 0..6 {
        let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
        let mut store = Store::new(&limits, [7; 16], seed);
        let mut random = Random::new(seed);
        let mut members: Vec<(NameHash, String)> = (0..8_000)
            .map(|number| {
                let size = if random.below(100) == 0 { 1_500 } else { 1 + seed as usize * 20 };
                let name = format!("{number:0size$}");
                (store.name_hash(name.as_bytes()), name)
            })
            .collect();
        let mut hash_max = None;
        // Each run goes from the first leaf to the last one, in a set that has some already.
        while !members.is_empty() {
            let count = (1 + random.below(700) as usize).min(members.len());
            let mut run = members.split_off(members.len() - count);
            run.sort_by_key(|(hash, _)| hash.to_u64());
            build(&mut store, &mut random, &run, 300, hash_max);
            hash_max = hash_max.max(run.last().map(|(hash, _)| hash.to_u64()));
            store.check();
            let key = store.key(0, b"set");
            for (hash, name) in &run {
                let entry = store.find(NOW, &key).expect("it has members");
                assert!(store.element(entry, name.as_bytes(), *hash).is_some(), "seed {seed}");
            }
        }
        let entry = store.find(NOW, &store.key(0, b"set")).expect("it has members");
        assert_eq!(store.element_count(entry), 8_000, "seed {seed}");
    }
}

/// Bytes that a list of these texts takes: appended to in portions of up to so many, or, of none,
/// pushed one by one.
fn bytes_of_list(texts: &[String], portion_max: u64) -> u64 {
    let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let mut random = Random::new(1);
    let key = store.key(0, b"list");
    let mut done = 0;
    while done < texts.len() {
        let count = if portion_max > 0 { 1 + random.below(portion_max) as usize } else { 0 };
        let portion = &texts[done..(done + count).min(texts.len())];
        let fresh_ones = portion.iter().map(|text| Fresh::element(Value::Bytes(text.as_bytes())));
        let mut count = store.put_run(NOW, &key, fresh_ones, true).expect("there is room");
        if count == 0 {
            let fresh = Fresh::element(Value::Bytes(texts[done].as_bytes()));
            let place = Place::Rank(done as u64);
            store.put_element(NOW, &key, Order::List, place, &fresh).expect("there is room");
            count = 1;
        }
        done += count;
    }
    store.check();
    let entry = store.find(NOW, &key).expect("it has elements");
    let found = store.elements(entry, 0, false).map(|element| {
        let name = element.name();
        name.chunks(0, u64::MAX).collect::<Vec<_>>().concat()
    });
    assert!(found.eq(texts.iter().map(|text| text.clone().into_bytes())), "all, in their order");
    store.used_bytes()
}

/// Bytes that a set of these members takes, as `bytes_of_list`.
fn bytes_of_set(texts: &[String], portion_max: u64) -> u64 {
    let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let hashed = |text: &String| (store.name_hash(text.as_bytes()), text.clone());
    let mut members: Vec<(NameHash, String)> = texts.iter().map(hashed).collect();
    members.sort_by_key(|(hash, _)| hash.to_u64());
    if portion_max > 0 {
        build(&mut store, &mut Random::new(1), &members, portion_max, None);
    } else {
        let key = store.key(0, b"set");
        for (hash, name) in &members {
            let fresh = Fresh::member(name.as_bytes(), Some(*hash));
            store.put_element(NOW, &key, Order::Set, Place::Own, &fresh).expect("there is room");
        }
    }
    store.check();
    store.used_bytes()
}

#[test]
fn leaves_are_as_full_as_those_of_elements_put_in_one_by_one() {
    // Every so many texts one is an object of its own, or almost half a leaf, and what comes before
    // it comes alone.
    for (long_size, distance) in [(1_100, 2), (1_100, 5), (1_100, 40), (900, 2), (900, 30), (8, 1)]
    {
        let texts: Vec<String> = (0..3_000)
            .map(|number| {
                let size = if number % distance == 0 { long_size } else { 12 };
                format!("{number:0size$}")
            })
            .collect();
        for portion_max in [1, 2, 10, 300] {
            for (bytes, bytes_one_by_one) in [
                (bytes_of_list(&texts, portion_max), bytes_of_list(&texts, 0)),
                (bytes_of_set(&texts, portion_max), bytes_of_set(&texts, 0)),
            ] {
                assert!(
                    bytes * 100 <= bytes_one_by_one * 105,
                    "{bytes} and {bytes_one_by_one} bytes: a text of {long_size} in {distance}, \
                     portions of up to {portion_max}"
                );
            }
        }
    }
}
