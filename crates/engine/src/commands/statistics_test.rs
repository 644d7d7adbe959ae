//! Buckets, kinds and rates.
extern crate std;
use super::Statistics;
use crate::commands::table::{CommandId, lookup};
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
    let no_clock = || panic!("nothing is to be timed before");
    statistics.mark(5_000);
    let started = statistics.start(no_clock);
    assert_eq!(statistics.count_call(get, started, 5_300, false), 300);
    let started = statistics.start(no_clock);
    assert_eq!(statistics.count_call(get, started, 5_900, true), 600);
    statistics.mark(10_000);
    let started = statistics.start(no_clock);
    assert_eq!(statistics.count_call(get, started, 10_100, false), 100);
    let counted = statistics.command(get);
    assert_eq!((counted.call_count, counted.duration_ns, counted.failed_count), (3, 1_000, 1));
}

fn short(statistics: &mut Statistics, id: CommandId, ticks: fn() -> u64, failed: bool) {
    statistics.start_short(id, ticks);
    statistics.count_short_call(id, failed);
}

#[test]
fn short_commands_share_the_time_of_their_group() {
    let mut statistics = Statistics::new(&Limits::tiny());
    let [get, set, keys] = [&b"get"[..], b"set", b"keys"].map(|name| lookup(name).unwrap());
    let no_clock = || panic!("nothing is to be timed before");
    statistics.mark(1_000);
    for id in [get, get, set] {
        short(&mut statistics, id, no_clock, false);
    }
    // A command that may take long ends their group, and is timed by itself.
    let started = statistics.start(|| 1_600);
    assert_eq!(statistics.count_call(keys, started, 9_600, false), 8_000);
    short(&mut statistics, set, no_clock, true);
    statistics.settle(|| 9_700);
    let durations = [get, set, keys].map(|id| statistics.command(id).duration_ns);
    assert_eq!(durations, [400, 200 + 100, 8_000]);
    assert_eq!(statistics.command(set).failed_count, 1);
    assert_eq!(statistics.command(get).buckets[0], 2);
    // More changes than are timed together: the clock is read.
    for index in 0..100 {
        short(&mut statistics, [get, set][index % 2], || 10_000, false);
    }
    statistics.settle(|| 10_000);
    assert_eq!(statistics.command(get).call_count, 52);
    assert_eq!(statistics.command(get).buckets.iter().sum::<u64>(), 52);
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
