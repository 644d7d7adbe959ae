//! Which replies are taken for too large before they are measured to the end.
use super::*;

const CREDIT: u64 = 1 << 20;

#[test]
fn a_reply_is_guessed_from_many_members_of_the_first_set() {
    let ceiling = Ceiling { size: CREDIT, member_count: 100_000 };
    assert!(!ceiling.is_passed(100_000, SAMPLE_COUNT - 1), "too few to guess from");
    assert!(ceiling.is_passed(CREDIT / 8, SAMPLE_COUNT), "three times the ceiling");
    assert!(!ceiling.is_passed(CREDIT / 2, 50_000), "just the ceiling");
    assert!(!ceiling.is_passed(CREDIT / 2, 100_001), "those of other sets may all be the same");
    assert!(ceiling.is_passed(CREDIT + 1, 100_001), "it is above");
}

#[test]
fn one_large_member_is_no_sample() {
    let ceiling = Ceiling { size: CREDIT, member_count: 300_000 };
    assert!(!ceiling.is_passed(16 << 10, SAMPLE_COUNT + 100));
}

#[test]
fn the_largest_sets_are_guessed_too() {
    let ceiling = Ceiling { size: 1 << 40, member_count: u64::from(u32::MAX) << 20 };
    assert!(ceiling.is_passed(1 << 39, SAMPLE_COUNT));
    let none = Ceiling { size: u64::MAX, member_count: u64::MAX };
    assert!(!none.is_passed(1 << 50, 1 << 40), "without a ceiling none is above it");
}
