//! Deadlines and the conditions on them, without a store.
use super::{Base, Conditions, Unit, deadline};
use crate::clock::Now;

const NOW: Now = Now { monotonic_ms: 0, unix_us: 1_000_000 };

#[test]
fn deadlines_that_overflow_are_none() {
    assert_eq!(deadline(NOW, 10, Unit::Seconds, Base::Now), Some(11_000));
    assert_eq!(deadline(NOW, -10, Unit::Milliseconds, Base::Now), Some(990));
    assert_eq!(deadline(NOW, i64::MAX, Unit::Milliseconds, Base::Epoch), Some(i64::MAX));
    assert_eq!(deadline(NOW, i64::MAX, Unit::Milliseconds, Base::Now), None);
    assert_eq!(deadline(NOW, i64::MAX / 1_000 + 1, Unit::Seconds, Base::Epoch), None);
    assert_eq!(deadline(NOW, i64::MIN / 1_000 - 1, Unit::Seconds, Base::Epoch), None);
}

#[test]
fn no_deadline_counts_as_infinitely_late() {
    let none = Conditions::default();
    let missing = Conditions { missing: true, ..none };
    let existing = Conditions { existing: true, ..none };
    let later = Conditions { later: true, ..none };
    let earlier = Conditions { earlier: true, ..none };
    let rows = [
        // conditions, without a deadline, with one that is earlier, the same, later
        (none, [true, true, true, true]),
        (missing, [true, false, false, false]),
        (existing, [false, true, true, true]),
        (later, [false, true, false, false]),
        (earlier, [true, false, false, true]),
    ];
    for (conditions, expected) in rows {
        let current = [None, Some(1), Some(2), Some(3)];
        assert_eq!(current.map(|c| conditions.allow(c, 2)), expected, "{conditions:?}");
    }
}
