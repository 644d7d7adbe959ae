//! Where redis-server puts some elements: their register, and what it knows then.
use super::{Trace, VALUE_MAX};

#[test]
fn elements_leave_the_traces_that_redis_shows() {
    for (element, index, value) in [
        ("a", 12_711, 2),
        ("b", 15_780, 1),
        ("", 5_938, 2),
        ("hello", 9_216, 1),
        ("12345678", 10_579, 3),
        ("123456789", 9_293, 2),
    ] {
        assert_eq!(Trace::of(element.as_bytes()), Trace { index, value }, "{element}");
    }
}

#[test]
fn values_end_where_bits_do() {
    assert_eq!(VALUE_MAX, 51);
    let highest = (0..100_000_u32).map(|number| Trace::of(&number.to_le_bytes()).value).max();
    assert!(highest.is_some_and(|value| (12..VALUE_MAX).contains(&value)), "{highest:?}");
}
