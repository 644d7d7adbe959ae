//! The rows, against the table of the engine.
use super::{LEFT_OUT, RULES, check_complete, find, table_names};
use std::collections::BTreeSet;

#[test]
fn every_command_of_the_table_has_a_generator_or_a_reason() {
    check_complete(table_names().into_iter()).unwrap();
    let why = check_complete(["get", "nosuch"].into_iter()).unwrap_err();
    assert_eq!(why, "commands without a generator: nosuch");
}

#[test]
fn there_is_nothing_but_the_table() {
    let table: BTreeSet<&str> = table_names().into_iter().collect();
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    let left_out: BTreeSet<&str> = LEFT_OUT.iter().map(|(name, _)| *name).collect();
    assert_eq!(rules.len() + left_out.len(), table.len());
    assert!(rules.union(&left_out).all(|name| table.contains(name)));
}

#[test]
fn rows_are_sorted_so_that_they_are_found() {
    assert!(RULES.is_sorted_by_key(|rule| rule.name));
    assert_eq!(find("get").map(|rule| RULES[rule].name), Some("get"));
    assert_eq!(find("nosuch"), None);
}
