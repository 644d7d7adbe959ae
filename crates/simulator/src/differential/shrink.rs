//! Makes a failing stream small: delta debugging (Zeller), then all on one connection if it fails
//! there, too.
use super::player::{Finding, Player};
use super::stream::{Step, Stream};

/// Plays that may be spent on one stream.
const TRIAL_COUNT_MAX: usize = 1_500;

/// The fewest steps that still show the same.
pub fn shrink(player: &mut Player, stream: &Stream, finding: &Finding) -> Vec<Step> {
    let steps = &stream.steps[..=finding.index];
    let mut fails = |steps: &[Step]| {
        let result = player.play(stream, steps);
        result.err().is_some_and(|other| other.about == finding.about)
    };
    if !fails(steps) {
        return Vec::new();
    }
    let small = minimize(steps.to_vec(), TRIAL_COUNT_MAX, &mut fails);
    let alone: Vec<Step> = small.iter().map(Step::alone).collect();
    if !fails(&alone) {
        return small;
    }
    minimize(alone, TRIAL_COUNT_MAX, &mut fails)
}

/// Takes away whatever can be taken away: halves first, at last single ones. `fails` holds for
/// `items`, and for what is returned.
pub fn minimize<T: Clone>(
    mut items: Vec<T>,
    trial_count_max: usize,
    fails: &mut impl FnMut(&[T]) -> bool,
) -> Vec<T> {
    let mut trial_count = 0;
    let mut piece = items.len().div_ceil(2);
    while piece > 0 && !items.is_empty() {
        let mut at = 0;
        let mut is_smaller = false;
        while at < items.len() && trial_count < trial_count_max {
            let end = items.len().min(at + piece);
            let rest = [&items[..at], &items[end..]].concat();
            trial_count += 1;
            if !rest.is_empty() && fails(&rest) {
                items = rest;
                is_smaller = true;
            } else {
                at = end;
            }
        }
        // Single ones once more, for as long as that helps: one may have needed another.
        if piece > 1 || !is_smaller {
            piece /= 2;
        }
    }
    items
}

#[cfg(test)]
#[path = "shrink_test.rs"]
mod shrink_test;
