//! The judge of memory itself: its tables against the engine's, and whether it can say no.
use super::chains::{Numbers, children};
use super::classes::Classes;
use super::rope::Rope;
use super::{Account, Need, Room};
use crate::model::Model;
use crate::value::Value;
use granite_engine::limits::Limits;
use granite_engine::memory::classes::SizeClasses;

/// Room of exactly `frame_count` frames of 32 KiB.
fn room(frame_count: u64) -> Room {
    let limits = Limits {
        keys_max: 1_000,
        frame_size: 32 << 10,
        // The index of 99 buckets and its row of counts need less than one frame.
        data_bytes: (frame_count + 1) * (32 << 10),
        ..Limits::tiny()
    };
    let room = Room::of(&limits, [7; 16]);
    assert_eq!(room.frame_count(), frame_count);
    room
}

fn model(frame_count: u64) -> Model {
    let mut model = Model::new(2_000_000_000_000);
    model.memory = Some(Account::new(room(frame_count)));
    model
}

/// What the model makes of the reply to a command: `+OK`, `-OOM`, or another value.
fn judge(model: &mut Model, words: &[&[u8]], reply: &Value) -> Result<(), String> {
    let arguments: Vec<Vec<u8>> = words.iter().map(|word| word.to_vec()).collect();
    model.judge(1, &arguments, reply)
}

fn full() -> Value {
    Value::error("OOM command not allowed when used memory > 'maxmemory'.")
}

fn set(model: &mut Model, key: &str, size: usize) {
    judge(model, &[b"SET", key.as_bytes(), &vec![b'v'; size]], &Value::ok()).unwrap();
}

#[test]
fn the_description_of_the_classes_is_that_of_the_engine() {
    for frame_size in [32 << 10, 64 << 10] {
        let described = Classes::new(u64::from(frame_size));
        let engine = SizeClasses::new(frame_size);
        let sizes: Vec<u32> = engine.all().skip(1).map(|class| engine.size(class)).collect();
        assert_eq!(described.sizes(), sizes);
        for size in 0..=8 << 10 {
            assert_eq!(described.slot(u64::from(size)), engine.size(engine.of(size)));
        }
    }
}

#[test]
fn children_follow_from_the_keys_of_a_chain() {
    for (keys, expected) in
        [(0, 0), (12, 0), (13, 1), (23, 1), (24, 2), (34, 2), (35, 3), (177, 15)]
    {
        assert_eq!(children(keys), expected, "{keys} keys");
    }
}

#[test]
fn a_flushed_database_gets_the_lowest_number_until_nobody_knows() {
    let hashing = super::chains::Hashing { key: (1, 2), bucket_count: 1 << 40 };
    let bucket = |numbers: &Numbers, database| numbers.bucket(&hashing, database, b"key");
    let mut numbers = Numbers::new();
    let first = bucket(&numbers, 0);
    numbers.flush(0);
    assert_ne!(bucket(&numbers, 0), first, "a fresh number, another bucket");
    numbers.settle();
    // Number 0 was reaped: database 1 gets it.
    numbers.flush(1);
    assert_eq!(bucket(&numbers, 1), first);
    numbers.swap(0, 1);
    assert_eq!(bucket(&numbers, 0), first);
    numbers.go_on();
    assert_eq!(bucket(&numbers, 0), first);
    numbers.flush(2);
    assert_eq!(bucket(&numbers, 2), None, "flushed twice in one transaction");
}

#[test]
fn ropes_take_what_is_written() {
    let classes = Classes::new(32 << 10);
    let size = 40_000;
    let (full, need) = Rope::full(&classes, size);
    assert_eq!(full.parts(), need);
    // One frame in a table of one entry, and 7,232 bytes in one piece.
    assert_eq!((need.frames, need.slots.clone()), (1, [(16, 1), (8192, 1)].into()));
    let mut sparse = Rope::default();
    assert!(sparse.write(&classes, (0, size), 0..0).is_nothing());
    let last = sparse.write(&classes, (size, size), size - 1..size);
    assert_eq!((last.frames, last.slots), (0, [(8192, 1)].into()));
    // Growing by a frame turns the tail into a frame; then the new end is in no slot yet.
    let grown = sparse.write(&classes, (size, 2 * size), 2 * size - 1..2 * size);
    assert_eq!((grown.frames, grown.slots), (1, [(16, 1), (6544, 1)].into()));
    assert_eq!(sparse.parts(), Need { frames: 1, slots: [(16, 1), (6544, 1)].into(), children: 0 });
}

#[test]
fn a_refusal_of_what_fits_is_illegal() {
    // Two frames: one for objects of 8 KiB, one more.
    let mut model = model(2);
    let value = vec![b'v'; 8_000];
    let why = judge(&mut model, &[b"SET", b"a", &value], &full()).unwrap_err();
    assert!(why.contains("not a legal reply"), "{why}");
    for key in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        set(&mut model, key, 8_000);
    }
    // Both frames are full: one more is refused rightly, and so is a small one.
    judge(&mut model, &[b"SET", b"i", &value], &full()).unwrap();
    judge(&mut model, &[b"SET", b"i", b"small"], &full()).unwrap();
    // Overwriting with as much or with less always works, and so does what needs nothing.
    for words in [&[b"SET", &b"a"[..], &value][..], &[b"SET", b"a", b"v"], &[b"DEL", b"a"]] {
        judge(&mut model, words, &full()).unwrap_err();
    }
    // Debt counts as free: a deleted key, an expired one, a flushed database.
    judge(&mut model, &[b"DEL", b"a"], &Value::Integer(1)).unwrap();
    judge(&mut model, &[b"SET", b"i", &value], &full()).unwrap_err();
    judge(&mut model, &[b"SET", b"i", b"small"], &full()).unwrap();
    judge(&mut model, &[b"FLUSHALL"], &Value::ok()).unwrap();
    judge(&mut model, &[b"SET", b"i", b"small"], &full()).unwrap_err();
}

#[test]
fn a_write_that_cannot_fit_must_not_be_accepted() {
    let mut model = model(1);
    for key in ["a", "b", "c", "d"] {
        set(&mut model, key, 8_000);
    }
    let value = vec![b'v'; 8_000];
    let why = judge(&mut model, &[b"SET", b"e", &value], &Value::ok()).unwrap_err();
    assert!(why.contains("1 frames do not hold"), "{why}");
}

#[test]
fn what_a_transaction_has_queued_takes_memory_while_it_is_queued() {
    let mut model = model(4);
    // A frame, three pieces of 8 KiB in another, a table.
    let large = vec![b'v'; 57_000];
    judge(&mut model, &[b"MULTI"], &Value::ok()).unwrap();
    let queued = Value::Simple("QUEUED".to_owned());
    judge(&mut model, &[b"SET", b"a", &large], &queued).unwrap();
    let arguments = [b"SET".to_vec(), b"b".to_vec(), large.clone()];
    model.judge(2, &arguments, &full()).unwrap();
    judge(&mut model, &[b"DISCARD"], &Value::ok()).unwrap();
    model.judge(2, &arguments, &full()).unwrap_err();
}

#[test]
fn exceptions_are_counted_under_their_names() {
    let mut model = model(1);
    set(&mut model, "a", 8_000);
    set(&mut model, "b", 8_000);
    set(&mut model, "c", 8_000);
    set(&mut model, "d", 8_000);
    judge(&mut model, &[b"MSET", b"a", b"v"], &full()).unwrap();
    let memory = model.memory.as_ref().unwrap();
    assert_eq!(memory.excused.keys().copied().collect::<Vec<_>>(), [super::EXCEPTIONS[0].1]);
    assert_eq!(memory.legal_count, 0);
}

#[test]
fn usages_of_several_models_add_up() {
    let (mut one, mut other) = (model(2), model(2));
    for key in ["a", "b", "c", "d"] {
        set(&mut one, key, 8_000);
        set(&mut other, key, 8_000);
    }
    let command = [b"SET".to_vec(), b"e".to_vec(), vec![b'v'; 8_000]];
    let mut usage = one.usage();
    assert!(matches!(one.verdict(1, &command, &usage), Some(super::Verdict::Illegal(_))));
    usage.add(&other.usage());
    assert_eq!(one.verdict(1, &command, &usage), Some(super::Verdict::Legal));
    let mut promised = one.usage();
    promised.add_parts(&Need { frames: 1, ..Need::default() });
    assert_eq!(one.verdict(1, &command, &promised), Some(super::Verdict::Legal));
}
