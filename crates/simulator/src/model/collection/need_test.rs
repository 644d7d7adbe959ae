//! The judge itself must be able to say no, and yes.
use super::{ONE_SLOTS_MAX, OPENED_FRAMES_MAX, Spare};
use crate::memory::Room;
use crate::model::Model;
use crate::value::Value;
use granite_engine::limits::Limits;

/// Is this refusal legal while so many frames are free?
fn is_legal(line: &str, frame_count: u64) -> bool {
    let mut model = Model::new(0);
    model.may_be_full = true;
    let words = |line: &str| -> Vec<Vec<u8>> {
        line.split(' ').map(|word| word.as_bytes().to_vec()).collect()
    };
    model.judge(1, &words("RPUSH list a b"), &Value::Integer(2)).unwrap();
    model.spare = Some(Spare::new(Room::of(&Limits::tiny(), [0; 16])));
    model.spare.as_mut().unwrap().frame_count = frame_count;
    let refusal = Value::error("OOM command not allowed when used memory > 'maxmemory'.");
    model.judge(1, &words(line), &refusal).is_ok()
}

#[test]
fn a_refusal_is_legal_up_to_what_the_write_needs_at_most() {
    for (line, frame_count) in [
        ("RPUSH list c", ONE_SLOTS_MAX),
        ("RPUSH list c d", OPENED_FRAMES_MAX + 1),
        ("HSET hash f v g w", OPENED_FRAMES_MAX + 1),
        ("ZADD sorted 1 a", ONE_SLOTS_MAX),
        ("RENAME list other", ONE_SLOTS_MAX),
    ] {
        // And a child bucket.
        assert!(is_legal(line, frame_count), "{line}");
        assert!(!is_legal(line, frame_count + 1), "{line}");
    }
    // What takes nothing is never refused.
    assert!(!is_legal("LPOP list", 0));
    assert!(!is_legal("SREM set a", 0));
}
