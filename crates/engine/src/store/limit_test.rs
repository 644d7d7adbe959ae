//! Data memory to its last slot: what must still work there, and what must not break.
extern crate std;

use super::room::{ROOM_STEP_BYTES, STEPS_MAX};
use super::{Expiry, Needs, Policy, Steps, Store, StoreFull};
use crate::clock::Now;
use crate::limits::Limits;
use crate::resp::request::Value;
use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1_000_000, unix_us: 1_000_000_000 };

fn store(data_bytes: u64, keys_max: u64) -> Store {
    Store::new(&Limits { keys_max, data_bytes, ..Limits::tiny() }, [7; 16], 1)
}

fn set(store: &mut Store, name: &str, size: usize) -> Result<(), StoreFull> {
    let key = store.key(0, name.as_bytes());
    store.set(NOW, &key, Value::Bytes(&vec![b'v'; size]), Expiry::Clear)
}

fn delete(store: &mut Store, name: &str) {
    let key = store.key(0, name.as_bytes());
    assert!(store.delete(NOW, &key), "{name} was there");
}

fn size_of(store: &mut Store, name: &str) -> u64 {
    let key = store.key(0, name.as_bytes());
    let entry = store.find(NOW, &key).expect("the key is there");
    store.string(entry).expect("it is a string").size()
}

/// Writes values of `size` bytes until no more fit; their names.
fn fill(store: &mut Store, prefix: &str, size: usize) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let name = format!("{prefix}{:06}", names.len());
        if set(store, &name, size) == Err(StoreFull::Data) {
            return names;
        }
        names.push(name);
    }
}

#[test]
fn a_value_that_shrinks_is_found_where_paying_debt_has_moved_it() {
    let mut store = store(2 << 20, 2_000);
    let names = fill(&mut store, "k", 2_000);
    // The last object moves into this hole while a slot for the smaller value is looked for.
    delete(&mut store, &names[0]);
    let last = names.last().expect("some fit");
    set(&mut store, last, 10).expect("less always fits");
    assert_eq!(size_of(&mut store, last), 10);
    store.check();
}

#[test]
fn a_large_value_always_gives_way_to_a_small_one() {
    // In one piece, in several pieces, in whole frames, and a hole before a frame.
    for size in [9_000, 20_000, 70_000] {
        let mut store = store(2 << 20, 2_000);
        let mut names = fill(&mut store, "large", size);
        // What is left is too small for a large value: fill it to the last byte.
        fill(&mut store, "small", 100);
        names.push(String::from("sparse"));
        delete(&mut store, &names[0]);
        let sparse = store.key(0, b"sparse");
        let end = size as u64 - 1;
        store.write_at(NOW, &sparse, end, Value::Bytes(b"x")).expect("one was deleted");
        fill(&mut store, "smaller", 100);
        for (index, name) in names.iter().enumerate().skip(1) {
            let new_size = [0, 100, 1_500, 7_900][index % 4];
            if name == "sparse" {
                // It has less memory than the new value takes: that may be refused.
                let _ = set(&mut store, name, new_size);
                continue;
            }
            set(&mut store, name, new_size).expect("less always fits");
            assert_eq!(size_of(&mut store, name), new_size as u64);
            store.check();
        }
        while store.turn(NOW, 0) {}
        store.check();
    }
}

#[test]
fn several_values_are_overwritten_in_a_full_store() {
    let mut store = store(2 << 20, 20_000);
    let names = fill(&mut store, "k", 100);
    let keys: Vec<&[u8]> = names.iter().step_by(7).map(String::as_bytes).collect();
    let mut needs = Needs::default();
    for name in &keys {
        store.need_set(NOW, &mut needs, &store.key(0, name), 100);
    }
    store
        .reserve(NOW, &needs, &mut Steps::of_command())
        .expect("what stays in its slot needs nothing");
    let again = [&keys[..], &keys[..]].concat();
    for name in again {
        let key = store.key(0, name);
        store.set_reserved(NOW, &key, Value::Bytes(&[b'n'; 100]));
    }
    store.need_set(NOW, &mut needs, &store.key(0, b"new"), 100);
    assert_eq!(store.reserve(NOW, &needs, &mut Steps::of_command()), Err(StoreFull::Data));
    store.check();
}

#[test]
fn a_value_that_arrives_needs_nothing_that_others_can_take() {
    let mut store = store(2 << 20, 2_000);
    let bytes = vec![b'x'; 32 * 1024 * 3 + 30_000];
    let id = store.stage(NOW, bytes.len() as u64).expect("there is room");
    for (index, piece) in bytes.chunks(8_000).enumerate() {
        for size in [7_900, 5_000, 500, 60] {
            fill(&mut store, &format!("{index}:"), size);
        }
        store.stage_write(id, piece);
        store.check();
    }
    store.stage_discard(id);
    while store.pay_debt() {}
    store.check();
}

#[test]
fn what_was_given_up_counts_as_free_to_its_last_part() {
    let mut store = store(2 << 20, 2_000);
    let id = store.stage(NOW, 40_000).expect("there is room");
    store.stage_write(id, &vec![b'x'; 40_000]);
    fill(&mut store, "k", 7_900);
    store.stage_discard(id);
    set(&mut store, "one more", 7_900).expect("what was given up is free");
    store.check();
}

#[test]
fn a_key_that_leaves_may_take_the_child_of_the_chain_with_it() {
    // One bucket, and thirteen keys in it: one too many to do without a child.
    let mut store = store(300 << 10, 1);
    assert_eq!(store.index().bucket_count(), 1);
    let frame_count = store.frames().frame_count();
    for number in 0..13 {
        set(&mut store, &format!("k{number}"), 7_900).expect("there is room");
    }
    let mut held = Vec::new();
    while let Ok(id) = store.stage(NOW, u64::from(store.frames().frame_size())) {
        held.push(id);
    }
    assert!(store.frames().spare_count() == 0 && frame_count > 5, "no frame is left");
    store.tuning.policy = Policy::AllKeysRandom;
    set(&mut store, "new", 4_000).expect("somebody leaves");
    assert_eq!(size_of(&mut store, "new"), 4_000);
    store.check();
}

#[test]
fn the_number_of_a_staged_value_leaves_its_top_bit_to_the_queue() {
    let mut store = store(2 << 20, 2_000);
    let mut last = None;
    for _ in 0..70_000 {
        let id = store.stage(NOW, 1).expect("there is room");
        assert!(id.0 < 1 << 31, "the queue of a transaction marks staged values with that bit");
        assert_ne!(Some(id), last, "a number is not used again at once");
        last = Some(id);
        store.stage_discard(id);
        while store.pay_debt() {}
    }
}

#[test]
fn what_mset_reserves_for_a_staged_value_is_what_it_takes() {
    for name_size in 1..40 {
        let mut store = store(1 << 20, 2_000);
        let bytes = vec![b'x'; 20_000];
        let id = store.stage(NOW, bytes.len() as u64).expect("there is room");
        store.stage_write(id, &bytes);
        // One slot is free, of the class of a slightly larger object or of the same one.
        let names = fill(&mut store, "k", name_size + 57);
        delete(&mut store, &names[0]);
        let mut needs = Needs::NONE;
        store.need_staged(&mut needs, name_size);
        if store.reserve(NOW, &needs, &mut Steps::of_command()).is_ok() {
            let name = vec![b'n'; name_size];
            let key = store.key(0, &name);
            let written = store.set(NOW, &key, Value::Staged(id), Expiry::Clear);
            written.expect("it was reserved");
        }
        store.check();
    }
}

#[test]
fn a_value_of_the_same_size_may_lose_its_deadline_in_a_full_store() {
    let mut store = store(1 << 20, 2_000);
    let mut count = 0;
    let name = |number: u32| format!("k{number:05}");
    loop {
        let name = name(count);
        let key = store.key(0, name.as_bytes());
        if store.set(NOW, &key, Value::Bytes(&[b'v'; 400]), Expiry::At(5_000_000)).is_err() {
            break;
        }
        count += 1;
    }
    for number in (0..count).step_by(7) {
        set(&mut store, &name(number), 400).expect("it needs less than before");
    }
    store.check();
    let key = store.key(0, b"k00000");
    let entry = store.find(NOW, &key).expect("the key is there");
    assert_eq!(store.expires_at(entry), None);
    assert_eq!(store.expires_count(0), u64::from(count - count.div_ceil(7)));
    // With it, it fits where it was; where not, nothing changes.
    let value = Value::Bytes(&[b'v'; 380]);
    store.set(NOW, &key, value, Expiry::At(6_000_000)).expect("it fits where it was");
    store.check();
    assert_eq!(store.expires_count(0), u64::from(count - count.div_ceil(7) + 1));
}

/// Found by the simulator: the second key of an MSET evicted the first one.
#[test]
fn keys_that_are_written_together_do_not_evict_each_other() {
    let mut store = store(1 << 20, 2_000);
    fill(&mut store, "k", 900);
    store.tuning.policy = Policy::AllKeysRandom;
    for round in 0..300 {
        let names: Vec<String> = (0..4).map(|number| format!("m{round}:{number}")).collect();
        let mut needs = Needs::default();
        for name in &names {
            store.need_string(&mut needs, name.len(), 900, false);
        }
        store
            .reserve(NOW, &needs, &mut Steps::of_command())
            .expect("the policy lets everything go");
        for name in &names {
            let key = store.key(0, name.as_bytes());
            store.set_reserved(NOW, &key, Value::Bytes(&[b'v'; 900]));
        }
        for name in &names {
            assert_eq!(size_of(&mut store, name), 900);
        }
    }
    assert!(store.counters.evicted >= 300 * 4);
}

#[test]
fn what_is_spared_stays_until_that_is_taken_back() {
    let mut store = store(1 << 20, 2_000);
    let names = fill(&mut store, "k", 900);
    store.tuning.policy = Policy::AllKeysRandom;
    for (is_spared, expected_count) in [(true, 5), (false, 0)] {
        for name in &names[..5] {
            let key = store.key(0, name.as_bytes());
            store.spare(&key, is_spared);
        }
        for number in 0..10 * names.len() {
            set(&mut store, &format!("{is_spared}{number}"), 900).expect("others may go");
            store.take_room_bytes();
        }
        let is_there = |name: &&String| {
            let key = store.key(0, name.as_bytes());
            store.find(NOW, &key).is_some()
        };
        assert_eq!(names[..5].iter().filter(is_there).count(), expected_count);
    }
    store.check();
}

/// Several keys of one command may fill their chain: the command still happens entirely.
#[test]
fn a_chain_that_one_command_fills_takes_all_its_keys() {
    // One bucket: every key is in its chain, which holds 15 times 11 and 12 keys.
    let mut store = store(1 << 20, 1);
    for index in 0..176 {
        set(&mut store, &format!("k{index}"), 10).unwrap();
    }
    let mut needs = Needs::default();
    for name in ["one", "two", "three"] {
        let key = store.key(0, name.as_bytes());
        store.check_chain(NOW, &key, &mut Steps::of_command()).unwrap();
        store.need_string(&mut needs, name.len(), 3, false);
    }
    store.reserve(NOW, &needs, &mut Steps::of_command()).unwrap();
    for name in ["one", "two", "three"] {
        let key = store.key(0, name.as_bytes());
        store.set_reserved(NOW, &key, Value::Bytes(b"new"));
    }
    store.check();
    assert_eq!(set(&mut store, "four", 10), Err(StoreFull::Chain), "the cap holds for the next");
    let (missing, present) = (store.key(0, b"four"), store.key(0, b"two"));
    assert_eq!(store.check_chain(NOW, &missing, &mut Steps::of_command()), Err(StoreFull::Chain));
    assert_eq!(
        store.check_chain(NOW, &present, &mut Steps::of_command()),
        Ok(()),
        "a key that is there"
    );
    for name in ["one", "two", "three"] {
        delete(&mut store, name);
    }
    set(&mut store, "four", 10).unwrap();
    store.check();
}

/// Dead keys in a chain are debt, and no reason to refuse a key.
#[test]
fn a_chain_full_of_flushed_keys_takes_new_ones() {
    let mut store = store(1 << 20, 1);
    for index in 0..177 {
        set(&mut store, &format!("k{index}"), 10).unwrap();
    }
    assert_eq!(set(&mut store, "one more", 10), Err(StoreFull::Chain));
    assert!(store.flush(NOW, 0));
    set(&mut store, "one more", 10).unwrap();
    store.check();
}

/// The keys of one command share its steps, and go on where those of the turn before have ended.
#[test]
fn many_full_chains_take_the_steps_of_one_command() {
    // Some 20 buckets. All keys are overdue, those of the first two chains as the last.
    let mut store = store(1 << 20, 200);
    let soon = NOW.unix_ms() + 10;
    let mut fill_chains = |is_first: bool, deadline: i64| {
        for index in 0..8_000 {
            let name = format!("{is_first}{index}");
            let key = store.key(0, name.as_bytes());
            if (store.index.home(key.hash) < 2) == is_first {
                // A full chain refuses some of them.
                let _ = store.set(NOW, &key, Value::Bytes(b"v"), Expiry::At(deadline));
            }
        }
    };
    fill_chains(false, soon);
    fill_chains(true, soon + 10_000);
    let later = Now { monotonic_ms: NOW.monotonic_ms + 60_000, unix_us: NOW.unix_us + 60_000_000 };
    let names: Vec<String> = (0..1_000).map(|index| format!("new{index}")).collect();
    store.take_room_bytes();
    let mut turn_count = 1;
    loop {
        let mut steps = Steps::of_command();
        let mut check = |name: &String| {
            let key = store.key(0, name.as_bytes());
            if store.index.home(key.hash) >= 2 {
                return Ok(());
            }
            store.check_chain(later, &key, &mut steps)
        };
        let result = names.iter().try_for_each(&mut check);
        assert!(store.take_room_bytes() <= u64::from(STEPS_MAX) * ROOM_STEP_BYTES);
        match result {
            Ok(()) => break,
            Err(why) => assert_eq!(why, StoreFull::Later),
        }
        turn_count += 1;
    }
    assert!(turn_count > 2, "it took {turn_count} turns");
}

/// Writing several fields of a string (BITFIELD) that stays in its slot needs nothing.
#[test]
fn writes_within_a_slot_need_no_room() {
    let mut store = store(1 << 20, 20_000);
    let names = fill(&mut store, "k", 40);
    assert_eq!(set(&mut store, "one more", 40), Err(StoreFull::Data));
    let key = store.key(0, names[0].as_bytes());
    assert_eq!(store.reserve_writes(NOW, &key, [3..12, 20..29].into_iter()), Ok(()));
    assert_eq!(
        store.reserve_writes(NOW, &key, [3..12, 200..209].into_iter()),
        Err(StoreFull::Data),
        "growing out of the slot does"
    );
}

/// An overdue key does not stay in its slot: making room for another key of the same MSET may take
/// it away.
#[test]
fn mset_of_an_overdue_key_in_a_full_store() {
    let mut reserved_count = 0;
    for size in (600..1_000).step_by(7) {
        let mut store = store(2 << 20, 300);
        let key = store.key(0, b"k:dies");
        let soon = NOW.unix_ms() + 10;
        store.set(NOW, &key, Value::Bytes(&vec![b'v'; size]), Expiry::At(soon)).unwrap();
        let names = fill(&mut store, "s", size);
        // Some child buckets become free, and the slots of their keys are taken again.
        let mut deleted = 0;
        for name in names.iter().step_by(2) {
            delete(&mut store, name);
            deleted += 1;
        }
        while deleted > 0 && set(&mut store, &format!("again{deleted}"), size).is_ok() {
            deleted -= 1;
        }
        fill(&mut store, "more", size);
        let later =
            Now { monotonic_ms: NOW.monotonic_ms + 60_000, unix_us: NOW.unix_us + 60_000_000 };
        let mut needs = Needs::default();
        let names = ["k:new", "k:dies"];
        for name in names {
            let key = store.key(0, name.as_bytes());
            store.check_chain(later, &key, &mut Steps::of_command()).unwrap();
            store.need_set(later, &mut needs, &key, size as u64);
        }
        if store.reserve(later, &needs, &mut Steps::of_command()).is_ok() {
            reserved_count += 1;
            for name in names {
                let key = store.key(0, name.as_bytes());
                store.set_reserved(later, &key, Value::Bytes(&vec![b'n'; size]));
            }
        }
        store.check();
    }
    assert!(reserved_count > 0, "it never came to that");
}
