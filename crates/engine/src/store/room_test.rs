//! What commands that write a lot do to others: they evict what they need and not more, and rest
//! when they have done their part of a turn.
extern crate std;

use super::*;
use crate::limits::Limits;
use crate::store::tree::Order;
use crate::store::{Expiry, Fresh, Place};
use std::format;

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// A store that is full of values of `size` bytes, which may all leave.
fn full_store(data_bytes: u64, size: usize) -> Store {
    let limits = Limits { keys_max: 100_000, data_bytes, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let value = std::vec![b'v'; size];
    for number in 0_u32.. {
        let name = format!("value{number}");
        let key = store.key(0, name.as_bytes());
        if store.set(NOW, &key, Value::Bytes(&value), Expiry::Clear).is_err() {
            break;
        }
    }
    store.tuning.policy = Policy::AllKeysLru;
    store
}

fn put(store: &mut Store, order: Order, name: &str, number: u32) -> Result<(), StoreFull> {
    let key = store.key(0, b"collection");
    let (hash, place) = match order {
        Order::List => (None, Place::Rank(u64::from(number))),
        _ => (Some(store.name_hash(name.as_bytes())), Place::Own),
    };
    let fresh = Fresh {
        name: Value::Bytes(name.as_bytes()),
        hash,
        value: (order == Order::Hash).then_some(Value::Bytes(b"value")),
        score: (order == Order::Sorted).then(|| f64::from(number % 1_000)),
    };
    store.put_element(NOW, &key, order, place, &fresh)
}

/// Keys that leave a full store while a collection is filled, by one command or by one for each
/// element.
fn evicted_count(order: Order, at_once: bool) -> u64 {
    let mut store = full_store(8 << 20, 3_000);
    for number in 0..10_000 {
        put(&mut store, order, &format!("member{number:06}"), number).expect("all may leave");
        store.take_room_bytes();
        if !at_once {
            store.turn(NOW, 1);
        }
    }
    store.check();
    store.counters.evicted
}

/// The leaves of a tree move from slot to slot as they grow; within one command nobody closes the
/// holes that they leave.
#[test]
fn a_command_that_fills_a_collection_evicts_about_what_single_ones_do() {
    for order in [Order::List, Order::Hash, Order::Set, Order::Sorted] {
        let (single, at_once) = (evicted_count(order, false), evicted_count(order, true));
        // It is not the same: leaves that wait for their holes to be closed open other classes.
        assert!(at_once <= 2 * single, "{order:?}: {single} or {at_once}");
    }
}

#[test]
fn a_command_that_has_done_its_part_of_a_turn_goes_on_in_the_next_one() {
    let mut store = full_store(8 << 20, 20);
    let (mut number, mut turn_count) = (0, 1);
    let name = |number: u32| format!("{number:01000}");
    while number < 2_000 {
        match put(&mut store, Order::List, &name(number), number) {
            Ok(()) => number += 1,
            Err(full) => {
                assert_eq!(full, StoreFull::Later);
                let bytes = store.take_room_bytes();
                let most = u64::from(ALL_STEPS_MAX + STEPS_MAX) * ROOM_STEP_BYTES;
                assert!(bytes <= most, "{bytes} bytes of a turn");
                turn_count += 1;
            }
        }
    }
    assert!(turn_count > 5, "it took {turn_count} turns");
    store.check();
}
