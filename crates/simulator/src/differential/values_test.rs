//! Values.
use super::super::words::Words;
use super::{Draw, GRID_MS, Source};
use std::collections::BTreeSet;

const NOW_MS: i64 = 2_000_000_000_000;

fn drawn(source: Source, count: usize) -> Vec<Vec<u8>> {
    let mut draw = Draw::new(7, NOW_MS);
    let mut words = Words::default();
    (0..count).for_each(|_| draw.word(source, &mut words));
    words.to_vecs()
}

/// The numbers that are no edges: those lie at least twenty minutes and at most a month away.
fn deadlines(source: Source, unit_ms: i64, base_ms: i64) -> Vec<i64> {
    let number = |word: &Vec<u8>| std::str::from_utf8(word).ok()?.parse::<i64>().ok();
    let far = |ms: &i64| (1_000_000..3_000_000_000).contains(ms);
    let words = drawn(source, 10_000);
    let times = words.iter().filter_map(number).filter_map(|time| time.checked_mul(unit_ms));
    times.filter_map(|time| time.checked_sub(base_ms)).filter(far).collect()
}

#[test]
fn no_two_deadlines_are_near_to_each_other() {
    let kinds = [
        (Source::Seconds, 1000, 0),
        (Source::Milliseconds, 1, 0),
        (Source::UnixSeconds, 1000, NOW_MS),
        (Source::UnixMilliseconds, 1, NOW_MS),
    ];
    for (source, unit_ms, base_ms) in kinds {
        let mut times = deadlines(source, unit_ms, base_ms);
        assert!(times.len() > 5_000, "{source:?}: only {}", times.len());
        times.sort_unstable();
        let nearest = times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
        assert!(nearest > GRID_MS - 2_000, "{source:?}: {nearest} ms");
    }
}

#[test]
fn values_meet_the_borders_of_slots_and_frames() {
    let sizes: BTreeSet<usize> = drawn(Source::Value, 50_000).iter().map(Vec::len).collect();
    for size in [0, 1, 43, 44, 45, 8 << 10, 20_540, 32 << 10, 64 << 10] {
        assert!(sizes.contains(&size), "no value has {size} bytes");
    }
    assert!(sizes.last().unwrap() < &(65 << 10));
}

#[test]
fn a_seed_gives_the_same_again() {
    assert_eq!(drawn(Source::Value, 100), drawn(Source::Value, 100));
}
