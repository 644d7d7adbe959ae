//! Names tell the cases apart, and patterns find them.
use super::*;
use std::collections::BTreeSet;

#[test]
fn each_case_has_a_name_of_its_own() {
    let names: BTreeSet<String> = CASES.iter().map(Case::name).collect();
    assert_eq!(names.len(), CASES.len());
    assert_eq!(CASES[0].name(), "get 64B p1 c50 1M uniform");
    assert!(names.contains("set 16384B p16 c50 0.1M uniform"));
    assert!(names.contains("hget 16B p16 c50 elements 100000x10 uniform"));
}

#[test]
fn cases_with_the_same_data_stand_together() {
    let mut seen: Vec<Data> = Vec::new();
    for case in CASES {
        if seen.last() != Some(&case.data) {
            assert!(!seen.contains(&case.data), "{} stands apart", case.name());
            seen.push(case.data);
        }
    }
}

#[test]
fn a_pattern_is_words_of_a_name() {
    assert!(GET.is_named("get"));
    assert!(GET.is_named("set p16,get p1"));
    assert!(!GET.is_named("set"));
    assert!(!GET.is_named("get p"));
    assert!(!GET.is_named("get p16"));
}
