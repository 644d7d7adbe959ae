//! Positions of ranges, as Redis counts them.
use super::{absolute_range, is_backward};

#[test]
fn ranges_are_inclusive_and_count_from_both_ends() {
    let rows = [
        ((0, -1), 5, Some((0, 5))),
        ((0, 0), 5, Some((0, 1))),
        ((-3, -2), 5, Some((2, 4))),
        ((-100, 1), 5, Some((0, 2))),
        ((3, 100), 5, Some((3, 5))),
        ((5, 5), 5, None),
        ((3, 2), 5, None),
        ((-1, -2), 5, None),
        // Both are before the start: the first byte, a habit of Redis.
        ((-100, -99), 5, Some((0, 1))),
        ((-99, -100), 5, Some((0, 1))),
        ((0, -1), 0, None),
        ((i64::MIN, i64::MAX), 5, Some((0, 5))),
        ((i64::MAX, i64::MIN), 5, None),
    ];
    for ((start, end), size, expected) in rows {
        assert_eq!(absolute_range(start, end, size), expected, "{start} {end} of {size}");
    }
}

#[test]
fn only_negative_positions_are_compared_before_they_are_moved() {
    assert!(is_backward(-99, -100));
    assert!(!is_backward(-100, -99));
    assert!(!is_backward(2, 1));
    assert!(!is_backward(-1, 0));
}
