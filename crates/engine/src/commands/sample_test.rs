//! Each choice of ranks comes as often as any other, and a walk finds what the one before it found.
use super::*;
extern crate std;
use std::collections::HashMap;
use std::vec;
use std::vec::Vec;

/// Are the counts of equally likely outcomes as near to each other as chance brings them? `bound`
/// is exceeded once in a million times.
fn is_even(counts: &[u64], expected: u64, bound: u64) -> bool {
    let squares: u64 = counts.iter().map(|count| count.abs_diff(expected).pow(2)).sum();
    squares < bound * expected
}

#[test]
fn each_subset_is_as_likely_as_any_other() {
    const ROUNDS: u64 = 35_000;
    let mut random = Random::new(7);
    let mut counts: HashMap<Vec<u64>, u64> = HashMap::new();
    for _ in 0..ROUNDS {
        let sample = Sample::draw(&mut random, 3, 7);
        let ranks: Vec<u64> = sample.ranks().collect();
        assert!(ranks.is_sorted() && ranks.iter().all(|rank| *rank < 7) && ranks.len() == 3);
        *counts.entry(ranks).or_default() += 1;
    }
    // Three of seven: 35 subsets.
    assert_eq!(counts.len(), 35);
    let counts: Vec<u64> = counts.into_values().collect();
    assert!(is_even(&counts, ROUNDS / 35, 90), "{counts:?}");
}

#[test]
fn a_large_sample_has_each_rank_as_often() {
    const ROUNDS: u64 = 400;
    const AMONG: u64 = 3_000;
    let mut random = Random::new(11);
    let mut counts = vec![0; AMONG as usize];
    for _ in 0..ROUNDS {
        let sample = Sample::draw(&mut random, LISTED_MAX + 476, AMONG);
        assert!(sample.asked_count() > 0);
        let ranks: Vec<u64> = sample.ranks().collect();
        assert_eq!(ranks.len() as u64, LISTED_MAX + 476);
        assert!(ranks.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(sample.ranks().eq(ranks.iter().copied()), "a walk differs from the one before");
        for rank in ranks {
            counts[rank as usize] += 1;
        }
    }
    // Each rank is in half of the samples: its count varies by half of what is expected.
    assert!(is_even(&counts, ROUNDS / 2, AMONG / 2 * 115 / 100));
}

#[test]
fn everything_and_nothing_are_samples() {
    let mut random = Random::new(1);
    for count in [0, 1, LISTED_MAX, LISTED_MAX + 1] {
        let sample = Sample::draw(&mut random, count, count);
        assert!(sample.ranks().eq(0..count));
    }
    assert_eq!(Sample::draw(&mut random, 0, 9).ranks().next(), None);
}
