//! `docs/bad-inputs.md` against the tests: each test named `bad_NN_...` is in its table, each test
//! in the table exists, and each of the 93 rows is shown or says what it waits for.
use crate::root;
use std::collections::BTreeSet;

const PATH: &str = "docs/bad-inputs.md";
const TESTS: &str = "crates/server/tests/it";
const ROW_COUNT: u32 = 93;

/// What is wrong with the page.
pub(crate) fn check() -> Vec<String> {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let page = read(root().join(PATH));
    let sources = std::fs::read_dir(root().join(TESTS)).expect("the tests are in the tree");
    let tests: String =
        sources.map(|entry| read(entry.expect("a readable folder").path())).collect();
    problems(&page, &tests)
}

fn problems(page: &str, tests: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let in_page: BTreeSet<&str> = page.split('`').filter(|word| word.starts_with("bad_")).collect();
    let in_tests: BTreeSet<&str> = tests
        .split("fn ")
        .filter(|rest| rest.starts_with("bad_"))
        .filter_map(|rest| rest.split('(').next())
        .collect();
    for name in in_page.symmetric_difference(&in_tests) {
        problems.push(format!("{PATH}: {name} is in the page or in the tests, but not in both"));
    }
    let rows: BTreeSet<u32> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|numbers| numbers.split(", ").filter_map(|number| number.parse().ok()))
        .collect();
    for row in (1..=ROW_COUNT).filter(|row| !rows.contains(row)) {
        problems.push(format!("{PATH}: nothing is said about row {row}"));
    }
    problems
}

#[test]
fn the_page_and_the_tests_agree() {
    assert_eq!(check(), Vec::<String>::new());
}

#[test]
fn what_is_missing_is_found() {
    let all: Vec<String> = (1..ROW_COUNT).map(|row| format!("| {row} | a | `bad_1_a` |")).collect();
    let found = problems(&all.join("\n"), "fn bad_1_a() {}\nfn bad_2_b() {}\n");
    assert_eq!(found.len(), 2, "a test without a row, and the last row: {found:?}");
}
