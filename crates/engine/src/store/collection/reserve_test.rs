//! What was reserved is there, however full the store is.
use super::*;
use crate::limits::Limits;
use crate::random::Random;
use crate::resp::request::Value;
use crate::store::collection::Place;
extern crate std;
use std::format;
use std::string::String;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

fn fresh<'a>(store: &Store, order: Order, name: &'a str, own_score: f64) -> Fresh<'a> {
    Fresh {
        name: Value::Bytes(name.as_bytes()),
        hash: (order != Order::List).then(|| store.name_hash(name.as_bytes())),
        value: (order == Order::Hash).then_some(Value::Bytes(b"value")),
        score: (order == Order::Sorted).then_some(own_score),
    }
}

/// Puts all of `names` into a collection, or none. Members of a sorted set that are there get
/// another score, other elements that are there stay.
fn put_all(store: &mut Store, order: Order, names: &[String], random: &mut Random) -> bool {
    let name_of_key = format!("key of {order:?}");
    let key = store.key(0, name_of_key.as_bytes());
    let all: Vec<_> = names
        .iter()
        .map(|name| fresh(store, order, name, f64::from(random.below(1_000) as u32)))
        .collect();
    if store.reserve_elements(NOW, &key, order, all.iter().copied()).is_err() {
        return false;
    }
    for (name, fresh) in names.iter().zip(&all) {
        let entry = store.find(NOW, &key);
        let old = match (entry, fresh.hash) {
            (Some(entry), Some(hash)) => store.element(entry, name.as_bytes(), hash).is_some(),
            _ => false,
        };
        if !old {
            let place = if order == Order::List { Place::Rank(0) } else { Place::Own };
            store.put_element(NOW, &key, order, place, fresh).expect("room was reserved");
        } else if let (Order::Sorted, Some(hash), Some(score)) = (order, fresh.hash, fresh.score) {
            let name = name.as_bytes();
            store.set_score(NOW, &key, name, hash, score).expect("room was reserved");
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
            refused_count += u32::from(!put_all(&mut store, order, &names, &mut random));
            if step % 10 == 0 {
                store.check();
            }
        }
    }
    assert!(refused_count > 30, "memory was hardly short: {refused_count}");
}
