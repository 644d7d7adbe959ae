//! The law holds, and spreading the ranks loses none.
use super::*;

#[test]
fn ranks_are_as_frequent_as_their_weights() {
    let (count, draws) = (1_000, 400_000);
    let zipf = Zipf::new(count);
    let mut random = Random::new(7);
    let mut seen = vec![0u32; count as usize];
    for _ in 0..draws {
        seen[zipf.rank(&mut random) as usize] += 1;
    }
    // The first two ranks are exact, the others an approximation: by groups.
    for (ranks, tolerance) in [(0..1, 0.03), (1..2, 0.03), (2..100, 0.1), (100..1_000, 0.1)] {
        let wanted: f64 = ranks.clone().map(|rank| ((rank + 1) as f64).powf(-EXPONENT)).sum();
        let wanted = wanted / weights(count) * f64::from(draws);
        let found: f64 = seen[ranks.clone()].iter().map(|&times| f64::from(times)).sum();
        assert!((found / wanted - 1.0).abs() < tolerance, "{ranks:?}: {found}, not {wanted}");
    }
}

#[test]
fn the_integral_is_as_good_as_the_sum() {
    let count = 50_000;
    let sum: f64 = (1..=count).map(|rank| (rank as f64).powf(-EXPONENT)).sum();
    assert!((weights(count) / sum - 1.0).abs() < 1e-9);
}

#[test]
fn every_rank_has_a_key_of_its_own() {
    let count = 20_000;
    let mut keys: Vec<u64> = (0..count).map(|rank| rank * SPREAD % count).collect();
    keys.sort_unstable();
    assert!(keys.into_iter().eq(0..count));
    let zipf = Zipf::new(count);
    let mut random = Random::new(1);
    assert!((0..10_000).all(|_| zipf.next(&mut random) < count));
}
