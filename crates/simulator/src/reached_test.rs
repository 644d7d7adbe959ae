//! Marks over engines and processes.
use super::{Reached, SEED_COUNT_MIN};
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::transcript::{Settings, Target, Wait};
use crate::value::request;
use granite_engine::limits::Limits;
use granite_engine::marks::{ALL, Mark};

fn some() -> Reached {
    let mut granite = Granite::new(Limits::tiny(), 1, Faults::default());
    granite.begin(&Settings::default()).unwrap();
    for line in ["MULTI", "NONSENSE", "EXEC", "NONSENSE"] {
        granite.exchange(1, &request(&[line]), Wait::Reply);
    }
    let mut reached = Reached::new();
    reached.collect(granite.kernel());
    reached
}

#[test]
fn what_an_engine_has_reached_is_collected() {
    let reached = some();
    let count = |mark: Mark| reached.counts[mark as usize];
    assert_eq!(count(Mark::ExecAborted), (Mark::ExecAborted, 1));
    assert_eq!(count(Mark::ExecBroken), (Mark::ExecBroken, 0));
}

#[test]
fn marks_are_found_among_other_counts() {
    let counts = [("exec aborted", 2), ("no such mark", 3)].map(|(name, n)| (name.to_owned(), n));
    let reached = Reached::among(&counts.into());
    assert_eq!(reached.counts[Mark::ExecAborted as usize].1, 2);
    assert_eq!(reached.counts.iter().map(|(_, count)| count).sum::<u64>(), 2);
    assert!(reached.table().contains("           2 exec aborted\n"), "{}", reached.table());
}

#[test]
fn a_mark_that_was_never_reached_fails_a_long_run() {
    let reached = some();
    assert!(reached.judge(SEED_COUNT_MIN - 1, &[]).is_ok());
    let why = reached.judge(SEED_COUNT_MIN, &[]).unwrap_err();
    assert!(why.contains("exec broken by watch") && !why.contains("exec aborted"), "{why}");
    let all: Vec<(Mark, &str)> = ALL.iter().map(|(mark, _)| (*mark, "a test")).collect();
    assert!(reached.judge(SEED_COUNT_MIN, &all).is_ok());
    let others: Vec<(Mark, &str)> =
        all.into_iter().filter(|(mark, _)| *mark != Mark::HoleFilled).collect();
    let why = reached.judge(SEED_COUNT_MIN, &others).unwrap_err();
    assert!(why.ends_with("have never reached: hole filled by a move"), "{why}");
}
