//! Ranges of sorted sets taken out, against a naive one.
use super::*;
use crate::clock::Now;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::collection::{Fresh, Place};
extern crate std;
use std::format;
use std::string::String;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

fn put(store: &mut Store, name: &str, points: u32) {
    let key = store.key(0, b"set");
    let hash = store.name_hash(name.as_bytes());
    let name = Value::Bytes(name.as_bytes());
    let fresh = Fresh { name, hash: Some(hash), value: None, score: Some(f64::from(points)) };
    store.put_element(NOW, &key, Order::Sorted, Place::Own, &fresh).expect("there is room");
}

fn names(store: &mut Store) -> Vec<String> {
    let key = store.key(0, b"set");
    let entry = store.find(NOW, &key).expect("some members stay");
    let name = |element: super::super::Element<'_>| {
        let bytes: Vec<u8> = element.name().chunks(0, u64::MAX).collect::<Vec<_>>().concat();
        String::from_utf8(bytes).expect("names are text")
    };
    store.elements(entry, 0, false).map(name).collect()
}

#[test]
fn ranges_of_a_sorted_set_go_with_their_scores() {
    for seed in 0..8 {
        let limits = Limits { keys_max: 100, data_bytes: 64 << 20, ..Limits::tiny() };
        let mut store = Store::new(&limits, [7; 16], seed);
        let mut random = Random::new(seed);
        let mut model = Vec::new();
        for number in 0..3_000 {
            // Some names are objects of their own.
            let size = if random.below(50) == 0 { 1_500 } else { 8 };
            let (name, points) = (format!("{number:0size$}"), random.below(200));
            put(&mut store, &name, points as u32);
            model.push((points, name));
        }
        model.sort();
        while model.len() > 10 {
            let key = store.key(0, b"set");
            let rank = random.below(model.len() as u64);
            let count = 1 + random.below((model.len() as u64 - rank).min(700));
            if count == model.len() as u64 {
                continue;
            }
            store.take_run(&key, rank, count);
            model.drain(rank as usize..(rank + count) as usize);
            let expected: Vec<String> = model.iter().map(|(_, name)| name.clone()).collect();
            assert_eq!(names(&mut store), expected, "seed {seed}");
            for (_, name) in model.iter().step_by(97) {
                let entry = store.find(NOW, &key).expect("some members stay");
                let hash = store.name_hash(name.as_bytes());
                assert!(store.element(entry, name.as_bytes(), hash).is_some(), "{name}");
            }
            store.check();
            store.shuffle();
        }
    }
}
