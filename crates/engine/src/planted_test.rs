//! Planted bugs: numbers, and that no ordinary build has one.
use super::{ALL, Bug, is_planted};

#[test]
fn every_bug_is_listed_once_and_at_its_number() {
    for (index, (bug, name)) in ALL.iter().enumerate() {
        assert_eq!(*bug as usize, index + 1, "{name}");
        assert_eq!(ALL.iter().filter(|(_, other)| other == name).count(), 1, "{name}");
    }
    assert_eq!(Bug::OutputPostponedForEver as usize, ALL.len());
}

#[test]
fn nothing_is_planted_unasked() {
    assert!(ALL.iter().all(|(bug, _)| !is_planted(*bug)));
}
