//! Workspaces of every size, and what is left when they are given back.
extern crate std;

use super::{HERE_COUNT, Record};
use crate::clock::Now;
use crate::limits::Limits;
use crate::resp::request::Value;
use crate::store::{Expiry, Policy, Store, StoreFull, TextPlace};
use std::format;
use std::vec;

const NOW: Now = Now { monotonic_ms: 1_000_000, unix_us: 1_000_000_000 };

fn store() -> Store {
    Store::new(&Limits { keys_max: 2_000, data_bytes: 4 << 20, ..Limits::tiny() }, [7; 16], 1)
}

fn fill(store: &mut Store) {
    for number in 0.. {
        let name = format!("key{number}");
        let key = store.key(0, name.as_bytes());
        let value = vec![b'v'; 5_000];
        if store.set(NOW, &key, Value::Bytes(&value), Expiry::Clear).is_err() {
            return;
        }
    }
}

#[test]
fn records_keep_what_is_written() {
    let mut store = store();
    let free_count = store.frames().free_count();
    let spared = store.key(0, b"key0");
    for count in [0, 1, HERE_COUNT, HERE_COUNT + 1, 2_048, 2_049, 20_000] {
        let mut records = store.take_workspace(NOW, count as u64, &spared).expect("there is room");
        assert_eq!(records.count(), count);
        let record = |index: usize| Record {
            key: index as u64 * 3,
            text: TextPlace::NONE,
            rank: (count - index) as u64,
        };
        for index in 0..count {
            records.set_record(&mut store, index, record(index));
        }
        for index in 0..count {
            assert_eq!(records.record(&store, index), record(index), "{index} of {count}");
        }
        store.give_workspace(records);
        assert_eq!(store.frames().free_count(), free_count);
    }
    store.check();
}

#[test]
fn records_stay_while_there_are_more_of_them() {
    let mut store = store();
    let free_count = store.frames().free_count();
    let spared = store.key(0, b"key0");
    let record =
        |rank: usize| Record { key: rank as u64 * 3, text: TextPlace::NONE, rank: rank as u64 };
    let mut records = store.take_workspace(NOW, 0, &spared).expect("it takes no memory");
    let mut noted_count = 0;
    for count in [1, HERE_COUNT - 1, HERE_COUNT, HERE_COUNT + 1, 2_000, 2_049, 5_000, 20_000] {
        store.widen_workspace(NOW, &mut records, count as u64, &spared).expect("there is room");
        assert_eq!(records.count(), count);
        for rank in noted_count..count {
            records.set_record(&mut store, rank, record(rank));
        }
        noted_count = count;
        for rank in 0..count {
            assert_eq!(records.record(&store, rank), record(rank), "{rank} of {count}");
        }
    }
    let refused = store.widen_workspace(NOW, &mut records, 1 << 20, &spared);
    assert_eq!(refused.err(), Some(StoreFull::Data), "4 MiB of data memory have no room");
    assert_eq!(records.count(), noted_count);
    assert_eq!(records.record(&store, noted_count - 1), record(noted_count - 1));
    store.give_workspace(records);
    assert_eq!(store.frames().free_count(), free_count);
    store.check();
}

#[test]
fn without_room_there_is_none() {
    let mut store = store();
    fill(&mut store);
    let spared = store.key(0, b"key0");
    let few = store.take_workspace(NOW, HERE_COUNT as u64, &spared).expect("it takes no memory");
    store.give_workspace(few);
    for count in [HERE_COUNT as u64 + 1, 1 << 20, 1 << 40, u64::MAX] {
        let refused = store.take_workspace(NOW, count, &spared).err();
        assert_eq!(refused, Some(StoreFull::Data), "{count}");
    }
    store.check();
}

#[test]
fn others_leave_for_it_and_the_spared_key_stays() {
    let mut store = store();
    fill(&mut store);
    store.tuning.policy = Policy::AllKeysRandom;
    let spared = store.key(0, b"key0");
    let key_count = store.total_key_count();
    for _ in 0..20 {
        let records = store.take_workspace(NOW, 20_000, &spared).expect("keys leave");
        store.give_workspace(records);
        assert!(store.peek(&spared).is_some());
    }
    assert!(store.total_key_count() < key_count, "somebody had to leave");
    store.check();
}
