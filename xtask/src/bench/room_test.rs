//! What servers take side by side, and what is said when it is too much.
use super::super::options::Options;
use super::*;

/// A run of two Granites, a null server and one that takes what it needs.
const RUN: [&str; 5] = [
    "--servers",
    "granite-uring,granite-epoll,null-uring",
    "--server",
    "other=redis-server --maxmemory {limit}",
    "--cases",
];

fn run(cases: &str) -> (Vec<Case>, Vec<Spec>) {
    let options = Options::parse(&[&RUN[..], &[cases]].concat()).unwrap();
    let specs = Spec::all(&options).unwrap();
    (options.cases, specs)
}

#[track_caller]
fn check_needs(case: &str, mib: [u64; 4]) {
    let (cases, specs) = run(case);
    let needs: Vec<u64> = specs.iter().map(|spec| spec.memory_need(&cases[0].data) >> 20).collect();
    assert_eq!(needs, mib, "{case}");
}

#[test]
fn a_server_takes_what_it_is_given_or_what_the_data_need() {
    check_needs("get 64B p1 1M", [1024, 1024, 0, 190]);
    check_needs("get 20M", [3072, 3072, 0, 3814]);
    check_needs("evict", [1024, 1024, 0, 1024]);
}

#[test]
fn a_run_that_does_not_fit_is_refused() {
    let (cases, specs) = run("get,evict");
    let need = |case: &Case| specs.iter().map(|spec| spec.memory_need(&case.data)).sum();
    let most: u64 = cases.iter().map(need).max().unwrap();
    assert_eq!(check_within(most, &cases, &specs), Ok(()));
    let why = check_within(most - 1, &cases, &specs).unwrap_err();
    assert!(why.starts_with("get 64B p16 c50 20M uniform: "), "{why}");
    assert!(why.contains("about 9958 MiB, and 9958 MiB are available"), "{why}");
}
