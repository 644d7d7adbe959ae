//! Delta debugging.
use super::minimize;

#[test]
fn what_is_needed_stays_and_nothing_else() {
    let mut trial_count = 0;
    let mut fails = |items: &[u32]| {
        trial_count += 1;
        [3, 400, 401, 999].iter().all(|needed| items.contains(needed))
    };
    let small = minimize((0..1_000).collect(), 10_000, &mut fails);
    assert_eq!(small, [3, 400, 401, 999]);
    assert!(trial_count < 200, "{trial_count} trials");
}

#[test]
fn pairs_go_once_one_of_them_may() {
    // 5 may only go after 9: a second pass over single ones finds it.
    let mut fails =
        |items: &[u32]| items.contains(&7) && (items.contains(&5) || !items.contains(&9));
    let small = minimize(vec![5, 9, 7], 100, &mut fails);
    assert_eq!(small, [7]);
}

#[test]
fn trials_have_a_bound() {
    let mut trial_count = 0;
    let mut fails = |_: &[u32]| {
        trial_count += 1;
        false
    };
    assert_eq!(minimize((0..100).collect(), 10, &mut fails).len(), 100);
    assert_eq!(trial_count, 10);
}
