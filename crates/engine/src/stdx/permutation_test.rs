//! Everything comes once, and everywhere as often.
use super::Permutation;
use crate::random::Random;
extern crate std;
use std::vec;

#[test]
fn everything_comes_once() {
    let mut random = Random::new(1);
    for count in (1..300).chain([1_000, 4_095, 4_096, 4_097, 65_537]) {
        let permutation = Permutation::new(count, random.bits());
        let mut is_seen = vec![false; count as usize];
        for index in 0..count {
            let seen = &mut is_seen[permutation.at(index) as usize];
            assert!(!core::mem::replace(seen, true), "twice in {count}");
        }
    }
}

#[test]
fn everything_comes_everywhere() {
    let mut random = Random::new(2);
    for count in [2_u32, 3, 5, 10, 16, 20] {
        // The first and the last place, and pairs of neighbours.
        let mut tallies = vec![[0_u32; 3]; (count * count) as usize];
        let draw_count = 40_000;
        for _ in 0..draw_count {
            let permutation = Permutation::new(u64::from(count), random.bits());
            let (first, second) = (permutation.at(0), permutation.at(1));
            tallies[first as usize][0] += 1;
            tallies[permutation.at(u64::from(count) - 1) as usize][1] += 1;
            tallies[(first * u64::from(count) + second) as usize][2] += 1;
        }
        for (kind, cells) in [(0, count), (1, count), (2, count * (count - 1))] {
            let expected = f64::from(draw_count) / f64::from(cells);
            let found = tallies.iter().map(|tally| f64::from(tally[kind])).filter(|&n| n > 0.0);
            let square: f64 = found.clone().map(|n| (n - expected).powi(2) / expected).sum();
            // Chi-square has a mean of the cells and a deviation of the root of twice as many.
            let bound = f64::from(cells) + 6.0 * (2.0 * f64::from(cells)).sqrt();
            assert_eq!(found.count(), cells as usize, "{count}: some never come");
            assert!(square < bound, "{count}, {kind}: {square} is above {bound}");
        }
    }
}
