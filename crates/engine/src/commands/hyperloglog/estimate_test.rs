//! Counts that redis-server tells, and those of registers that no element makes.
use super::{Histogram, round};
use crate::commands::hyperloglog::REGISTER_COUNT;
use crate::commands::hyperloglog::hash::Trace;
use crate::commands::hyperloglog::registers::Registers;

fn estimate_of(values: impl Iterator<Item = u8>) -> u64 {
    let mut histogram = Histogram::new();
    values.for_each(|value| histogram.add(value, 1));
    histogram.estimate()
}

#[test]
fn counts_are_near_the_truth() {
    let mut registers = Registers::new();
    let mut next = 1;
    for number in 1..=1_000_000_u64 {
        let trace = Trace::of(&number.to_le_bytes());
        registers.raise(trace.index, trace.value);
        if number == next {
            let estimate = estimate_of(registers.values());
            let error_max = 1 + number / 25;
            assert!(estimate.abs_diff(number) <= error_max, "{number}: {estimate}");
            next *= 10;
        }
    }
}

#[test]
fn registers_without_elements_count_none() {
    assert_eq!(estimate_of(core::iter::repeat_n(0, REGISTER_COUNT)), 0);
}

#[test]
fn registers_that_no_element_makes_count_something() {
    // What redis-server answers to PFCOUNT of the same registers.
    let all = |value| estimate_of(core::iter::repeat_n(value, REGISTER_COUNT));
    assert_eq!(all(51), i64::MIN.cast_unsigned());
    assert_eq!(all(63), i64::MIN.cast_unsigned());
    assert_eq!(all(50), 9_223_372_036_854_775_808);
    assert_eq!(all(40), 12_994_641_697_113_596);
    let half =
        |value| estimate_of((0..REGISTER_COUNT).map(|at| if at % 2 == 0 { value } else { 3 }));
    assert_eq!(half(51), 189_097);
    assert_eq!(half(0), 12_398);
}

#[test]
fn halves_are_rounded_up() {
    assert_eq!([0.4, 0.5, 1.5, 2.5, 2.4].map(round), [0, 1, 2, 3, 2]);
    assert_eq!(round(0.499_999_999_999_999_94), 0);
    assert_eq!(round(9_223_372_036_854_774_784.0), 9_223_372_036_854_774_784);
    assert_eq!(round(f64::INFINITY), i64::MIN.cast_unsigned());
}
