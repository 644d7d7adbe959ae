//! What was reserved is there, however full the store is.
use super::*;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::Expiry;
use crate::store::collection::Place;
extern crate std;
use std::format;
use std::string::String;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// What values of fields are the beginnings of.
static VALUE: [u8; 600] = [b'v'; 600];

fn fresh<'a>(store: &Store, order: Order, name: &'a str, own_score: f64) -> Fresh<'a> {
    let value = &VALUE[..store.name_hash(name.as_bytes()).to_u64() as usize % VALUE.len()];
    Fresh {
        name: Value::Bytes(name.as_bytes()),
        hash: (order != Order::List).then(|| store.name_hash(name.as_bytes())),
        value: (order == Order::Hash).then_some(Value::Bytes(value)),
        score: (order == Order::Sorted).then_some(own_score),
    }
}

/// Puts all of `names` into a collection, or none. Members of a sorted set that are there get
/// another score, fields another value; other elements that are there stay.
fn put_all(
    store: &mut Store,
    key: &[u8],
    order: Order,
    names: &[String],
    random: &mut Random,
) -> bool {
    let key = store.key(0, key);
    let mut all = Vec::new();
    for name in names {
        let mut fresh = fresh(store, order, name, f64::from(random.below(1_000) as u32));
        let size = random.below(VALUE.len() as u64) as usize;
        fresh.value = fresh.value.map(|_| Value::Bytes(&VALUE[..size]));
        all.push(fresh);
    }
    if store.reserve_elements(NOW, &key, order, all.iter().copied()).is_err() {
        return false;
    }
    for (name, fresh) in names.iter().zip(&all) {
        let name = name.as_bytes();
        let entry = store.find(NOW, &key);
        let old = entry.zip(fresh.hash).and_then(|(entry, hash)| store.element(entry, name, hash));
        match (order, old) {
            (Order::Set | Order::Hash, _) => {
                store.put_named(NOW, &key, order, fresh).expect("room was reserved");
            }
            (_, Some(_)) => {
                let hash = fresh.hash.expect("members have hashes");
                let new = fresh.score.expect("and scores");
                let entry = entry.expect("it has members");
                let old = store.standing(entry, name, hash).expect("it is there");
                store.set_score(NOW, &key, &old, name, new).expect("room was reserved");
            }
            (_, None) => {
                let place = if order == Order::List { Place::Rank(0) } else { Place::Own };
                store.put_element(NOW, &key, order, place, fresh).expect("room was reserved");
            }
        }
    }
    store.settle_collection(&key);
    true
}

#[test]
fn what_was_reserved_can_be_put() {
    let mut refused_count = 0;
    for seed in 0..6 {
        let limits = Limits {
            keys_max: 100,
            data_bytes: [50, 60, 80][seed as usize % 3] * (64 << 10) + 20_000,
            frame_size: 64 << 10,
            ..Limits::tiny()
        };
        let mut store = Store::new(&limits, [3; 16], seed);
        let mut random = Random::new(seed);
        for step in 0..120_u32 {
            let order = [Order::List, Order::Set, Order::Hash, Order::Sorted, Order::Sorted]
                [random.below(5) as usize];
            if random.below(12) == 0 {
                let name_of_key = format!("key of {order:?}");
                let key = store.key(0, name_of_key.as_bytes());
                store.delete(NOW, &key);
            }
            let size = [1, 8, 40, 300, 1_500][random.below(5) as usize];
            let spread = 1 + random.below(100_000);
            let most = 1 << (1 + random.below(14));
            let names: Vec<String> = (0..=random.below(most).min(400_000 / size as u64))
                .map(|_| format!("{:0size$}", random.below(spread)))
                .collect();
            let key = format!("key of {order:?}");
            let is_put = put_all(&mut store, key.as_bytes(), order, &names, &mut random);
            refused_count += u32::from(!is_put);
            if step % 10 == 0 {
                store.check();
            }
        }
    }
    assert!(refused_count > 30, "memory was hardly short: {refused_count}");
}

/// Small collections get shorter and longer names, and values, where memory is full but for a few
/// slots of some classes.
#[test]
fn a_page_keeps_what_was_reserved_in_it() {
    let (mut refused_count, mut put_count) = (0, 0);
    for seed in 0..300 {
        let limits = Limits {
            keys_max: 500,
            data_bytes: 8 * (64 << 10) + 20_000,
            frame_size: 64 << 10,
            ..Limits::tiny()
        };
        let mut store = Store::new(&limits, [3; 16], seed);
        let mut random = Random::new(seed);
        let filler = [b'f'; 3_000];
        for step in 0..200 {
            let order =
                [Order::List, Order::Set, Order::Hash, Order::Sorted][random.below(4) as usize];
            let (short, long) = (format!("{order:?}"), format!("{order:?}").repeat(300));
            let filler_name = format!("filler {}", random.below(200));
            let filler_key = store.key(0, filler_name.as_bytes());
            let [short_key, long_key] = [&short, &long].map(|name| store.key(0, name.as_bytes()));
            match random.below(8) {
                0 => {
                    store.delete(NOW, &filler_key);
                }
                1 if store.peek(&long_key).is_some() => {
                    let _ = store.rename(NOW, &long_key, &short_key);
                }
                2 if store.peek(&short_key).is_some() => {
                    let _ = store.rename(NOW, &short_key, &long_key);
                }
                3 => {
                    store.delete(NOW, if random.below(2) == 0 { &short_key } else { &long_key });
                }
                4 | 5 => {
                    let size = [199, 3_000][random.below(2) as usize];
                    let value = Value::Bytes(&filler[..size]);
                    let _ = store.set(NOW, &filler_key, value, Expiry::Clear);
                }
                _ => {
                    let size = [1, 25, 200][random.below(3) as usize];
                    let names: Vec<String> = (0..=random.below(8))
                        .map(|_| format!("{:0size$}", random.below(9)))
                        .collect();
                    let key = if random.below(2) == 0 { &short } else { &long };
                    let is_put = put_all(&mut store, key.as_bytes(), order, &names, &mut random);
                    *(if is_put { &mut put_count } else { &mut refused_count }) += 1;
                }
            }
            if step % 20 == 0 {
                store.check();
            }
        }
    }
    assert!(refused_count > 1_000 && put_count > 1_000, "{refused_count} refused, {put_count} put");
}
