//! The index alone: chains take their one shape, whatever came before.
extern crate std;

use super::{BUCKET_ENTRIES, CHAIN_BUCKETS_MAX, Index, Insertion, Place};
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Ref};
use crate::random::Random;
use std::vec::Vec;

fn child_count(index: &Index, frames: &Frames, entries: u32) -> u64 {
    assert_eq!(index.chain_len(frames, 0), entries);
    frames.live_count(Class::CHILD_BUCKET)
}

/// 12 entries need no child, 13 to 23 one, 24 to 34 two: in either direction.
#[test]
fn the_shape_of_a_chain_follows_from_its_length() {
    let mut frames = Frames::new(4, 32 << 10);
    let mut index = Index::new(1);
    let mut random = Random::new(3);
    let mut live: Vec<(u64, Ref)> = Vec::new();
    for step in 1..20_000u32 {
        let grows =
            live.is_empty() || random.below(100) < if step / 1000 % 2 == 0 { 60 } else { 40 };
        if grows && index.insertion(&frames, 0) != Insertion::Refused {
            let entry = (random.bits(), Ref::from_u32(step));
            let needs_child = index.insertion(&frames, entry.0) == Insertion::Child;
            let before = frames.live_count(Class::CHILD_BUCKET);
            index.insert(&mut frames, entry.0, entry.1, 0, step % 2 == 0);
            let after = frames.live_count(Class::CHILD_BUCKET);
            assert_eq!(after - before, u64::from(needs_child), "what was announced was taken");
            live.push(entry);
        } else if !live.is_empty() {
            let (hash, object) = live.swap_remove(random.below(live.len() as u64) as usize);
            let place = index.find_ref(&frames, hash, object).expect("it is in the chain");
            assert_eq!(index.has_ttl(&frames, place), object.as_u32() % 2 == 0);
            index.remove(&mut frames, place, 0);
        }
        let count = live.len() as u32;
        let children = if count <= 12 { 0 } else { (u64::from(count) - 2) / 11 };
        assert_eq!(child_count(&index, &frames, count), children, "{count} entries");
        for &(hash, object) in &live {
            let found = index.find(&frames, hash, |candidate| candidate == object);
            assert!(found.is_some(), "an entry is found by its tag");
        }
    }
}

#[test]
fn a_chain_ends_at_its_limit() {
    let mut frames = Frames::new(4, 32 << 10);
    let mut index = Index::new(1);
    let mut count = 0;
    while index.insertion(&frames, 0) != Insertion::Refused {
        count += 1;
        index.insert(&mut frames, 0, Ref::from_u32(count), 0, false);
    }
    assert_eq!(count, (CHAIN_BUCKETS_MAX - 1) * (BUCKET_ENTRIES as u32 - 1) + 12);
    assert_eq!(index.chain_lines_max(), CHAIN_BUCKETS_MAX);
}

/// Marks move with their entries when a deleted entry's place is filled.
#[test]
fn touched_marks_follow_their_entries() {
    let mut frames = Frames::new(4, 32 << 10);
    let mut index = Index::new(1);
    for number in 1..=30 {
        let place = index.insert(&mut frames, number.into(), Ref::from_u32(number), 0, false);
        index.set_touched(&mut frames, place, number % 3 == 0);
    }
    for number in (1..=30).step_by(2) {
        let place = index.find_ref(&frames, number.into(), Ref::from_u32(number));
        index.remove(&mut frames, place.expect("it is there"), 0);
    }
    let mut left: Vec<(u32, Place)> = Vec::new();
    index.for_each(&frames, 0, |object, place| {
        left.push((object.as_u32(), place));
        true
    });
    assert_eq!(left.len(), 15);
    for (number, place) in left {
        assert_eq!(index.is_touched(&frames, place), number % 3 == 0, "entry {number}");
    }
}
