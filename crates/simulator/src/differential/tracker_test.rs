//! Which replies come.
use super::{Expected, Tracker};
use Expected::{Nothing, Reply, ReplyAndEnd, Unknown};

fn check(script: &[(&str, Expected)]) {
    let mut tracker = Tracker::default();
    for (line, expected) in script {
        assert_eq!(tracker.observe(line.split(' ').map(str::as_bytes)), *expected, "{line}");
    }
}

#[test]
fn replies_are_silenced() {
    check(&[
        ("GET k", Reply),
        ("client reply off", Nothing),
        ("GET k", Nothing),
        ("CLIENT REPLY nosuch", Nothing),
        ("CLIENT REPLY SKIP", Nothing),
        ("CLIENT REPLY ON", Reply),
        ("CLIENT REPLY SKIP", Nothing),
        ("GET k", Nothing),
        ("GET k", Reply),
        ("CLIENT REPLY ON more", Reply),
        ("QUIT", ReplyAndEnd),
        ("GET k", Reply),
    ]);
}

#[test]
fn what_is_queued_changes_nothing_yet() {
    check(&[
        ("MULTI", Reply),
        ("CLIENT REPLY maybe", Reply),
        ("CLIENT REPLY OFF", Unknown),
        ("DISCARD now", Reply),
        ("CLIENT REPLY OFF", Unknown),
        ("EXEC now", Reply),
        ("CLIENT REPLY SKIP", Nothing),
    ]);
    check(&[("MULTI x", Reply), ("CLIENT REPLY OFF", Nothing)]);
    check(&[("MULTI", Reply), ("RESET", Reply), ("CLIENT REPLY OFF", Nothing)]);
}
