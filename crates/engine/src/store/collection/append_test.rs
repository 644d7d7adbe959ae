//! Sets that are appended to, against the set of the library.
use super::*;
use crate::limits::Limits;
use crate::random::Random;
use crate::store::collection::Place;
extern crate std;
use std::collections::BTreeSet;
use std::format;
use std::string::String;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// Puts members in, in the order of their hashes, in portions: as leaves where that goes.
fn build(store: &mut Store, random: &mut Random, members: &[(NameHash, String)]) -> usize {
    let key = store.key(0, b"set");
    let (mut rest, mut part_count) = (members, 0);
    while !rest.is_empty() {
        let count = (1 + random.below(300) as usize).min(rest.len());
        let (portion, behind) = rest.split_at(count);
        rest = behind;
        let mut done = 0;
        while done < count {
            let fresh_ones = portion[done..]
                .iter()
                .map(|(hash, name)| Fresh::member(name.as_bytes(), Some(*hash)));
            let appended_count = store.append(NOW, &key, fresh_ones).expect("there is room");
            part_count += usize::from(appended_count > 0);
            if appended_count == 0 {
                let (hash, name) = &portion[done];
                let first = Fresh::member(name.as_bytes(), Some(*hash));
                store
                    .put_element(NOW, &key, Order::Set, Place::Own, &first)
                    .expect("there is room");
            }
            done += appended_count.max(1);
        }
    }
    part_count
}

#[test]
fn leaves_are_appended_and_the_set_goes_on() {
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
        let part_count = build(&mut store, &mut random, &members);
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
