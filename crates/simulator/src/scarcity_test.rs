//! Are refusals judged, and is a wrong one found out?
use super::run_seed;
use crate::reached::Reached;
use std::collections::BTreeSet;

#[test]
fn no_write_into_a_collection_is_refused_while_there_is_room() {
    let mut judged_count = 0;
    for seed in 0..60 {
        judged_count +=
            run_seed(seed, &mut BTreeSet::new(), &mut Reached::new()).unwrap_or_else(|why| {
                panic!(
                    "{why}\ncargo run -p granite-simulator -- random --seeds {seed}..{}",
                    seed + 1
                )
            });
    }
    assert!(judged_count > 1_000, "only {judged_count}");
}
