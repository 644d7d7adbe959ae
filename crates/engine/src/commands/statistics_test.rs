//! Buckets, kinds and rates.
extern crate std;
use super::Statistics;
use crate::commands::table::lookup;
use crate::limits::Limits;
use std::vec::Vec;

#[test]
fn a_duration_falls_into_the_smallest_bucket_that_holds_it() {
    for (duration_ns, bucket) in
        [(0, 0), (1, 0), (1024, 0), (1025, 1), (2048, 1), (2049, 2), (1 << 30, 20), (u64::MAX, 20)]
    {
        let mut statistics = Statistics::new(&Limits::tiny());
        let get = lookup(b"get").unwrap();
        assert_eq!(statistics.count_call(get, 0, duration_ns, false), duration_ns);
        let found = statistics.command(get).buckets.iter().position(|count| *count == 1);
        assert_eq!(found, Some(bucket), "{duration_ns}");
    }
}

#[test]
fn a_command_starts_where_the_last_one_ended() {
    let mut statistics = Statistics::new(&Limits::tiny());
    let get = lookup(b"get").unwrap();
    statistics.mark(5_000);
    assert_eq!(statistics.count_call(get, statistics.tick(), 5_300, false), 300);
    assert_eq!(statistics.count_call(get, statistics.tick(), 5_900, true), 600);
    statistics.mark(10_000);
    assert_eq!(statistics.count_call(get, statistics.tick(), 10_100, false), 100);
    let counted = statistics.command(get);
    assert_eq!((counted.call_count, counted.duration_ns, counted.failed_count), (3, 1_000, 1));
}

#[test]
fn errors_are_counted_by_kind() {
    let mut statistics = Statistics::new(&Limits::tiny());
    for kind in ["ERR", "OOM", "ERR"] {
        statistics.count_error(kind);
    }
    assert_eq!(statistics.errors().collect::<Vec<_>>(), [("ERR", 2), ("OOM", 1)]);
    statistics.reset();
    assert_eq!((statistics.errors().count(), statistics.error_count), (0, 0));
}

#[test]
fn rates_are_per_second() {
    let mut statistics = Statistics::new(&Limits::tiny());
    for step in 1..=16 {
        statistics.processed_count += 50;
        statistics.sample(step * 100, step);
    }
    assert_eq!(statistics.rates(), [500, 0, 0]);
    assert_eq!(statistics.note_used_memory(5), 16);
}
