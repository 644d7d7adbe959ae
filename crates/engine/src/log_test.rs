//! The ring keeps order, drops what does not fit, and a line stays one line.
extern crate std;

use super::{LINE_SIZE_MAX, Level, Line, Log};
use std::string::String;
use std::vec::Vec;

fn drain(log: &mut Log) -> Vec<String> {
    let mut lines = Vec::new();
    while let Some(line) = log.front() {
        lines.push(String::from_utf8(line.bytes().to_vec()).unwrap());
        log.pop();
    }
    lines
}

#[test]
fn keeps_order_over_the_end_of_the_ring() {
    let mut log = Log::new(3);
    for round in 0..10 {
        log.notice(format_args!("first {round}"));
        log.warning(format_args!("second {round}"));
        let expected = [std::format!("first {round}"), std::format!("second {round}")];
        assert_eq!(drain(&mut log), expected);
    }
    assert_eq!(log.dropped_count(), 0);
}

#[test]
fn a_full_ring_drops_and_counts_the_newest() {
    let mut log = Log::new(2);
    for number in 0..5 {
        log.notice(format_args!("{number}"));
    }
    assert_eq!(log.dropped_count(), 3);
    assert_eq!(drain(&mut log), ["0", "1"]);
}

#[test]
fn what_is_below_the_level_is_not_kept() {
    let mut log = Log::new(4);
    log.verbose(format_args!("no"));
    log.set_level(Level::Verbose);
    log.verbose(format_args!("yes"));
    log.write(Level::Debug, format_args!("no"));
    assert_eq!(drain(&mut log), ["yes"]);
    assert_eq!(log.dropped_count(), 0, "a line that is not wanted is not lost");
}

#[test]
fn a_line_is_one_line_of_bounded_size() {
    let line = Line::new(Level::Notice, format_args!("a\r\nb\tc\x7f"));
    assert_eq!(line.bytes(), b"a??b?c?");
    let long = "x".repeat(LINE_SIZE_MAX);
    assert_eq!(Line::new(Level::Notice, format_args!("{long}")).bytes(), long.as_bytes());
    let line = Line::new(Level::Notice, format_args!("{long}y"));
    assert_eq!(line.bytes().len(), LINE_SIZE_MAX);
    assert!(line.bytes().ends_with(b"x..."));
}

#[test]
fn names_and_marks_are_those_of_redis() {
    for level in [Level::Debug, Level::Verbose, Level::Notice, Level::Warning] {
        assert_eq!(Level::from_name(level.name()), Some(level));
    }
    let marks = [Level::Debug, Level::Verbose, Level::Notice, Level::Warning].map(Level::mark);
    assert_eq!(&marks, b".-*#");
}
