//! Dense slabs against a plain list of live slots.
extern crate std;

use super::{Class, Frames, Needs, Ref};
use crate::random::Random;
use std::vec::Vec;

/// Makes every class dense: what `store::compaction` does, without owners to patch.
fn make_dense(frames: &mut Frames, live: &mut [(Class, Ref, u32)]) {
    while let Some(class) = frames.indebted_class(true) {
        if frames.drop_last_hole(class) {
            continue;
        }
        let last = frames.last(class).expect("a class with holes has slots");
        let hole = frames.take_hole(class);
        frames.copy_slot(class, last, hole);
        frames.drop_last(class);
        let moved = live.iter_mut().find(|entry| entry.1 == last).expect("the last slot is live");
        moved.1 = hole;
    }
}

#[test]
fn contents_survive_random_allocation_and_compaction() {
    let mut random = Random::new(11);
    let mut frames = Frames::new(24, 32 << 10);
    let mut live: Vec<(Class, Ref, u32)> = Vec::new();
    for step in 0..60_000u32 {
        if random.below(100) < 52 {
            let size = 16 + random.below(random.clone().below(8177) + 1) as u32;
            let class = frames.class_of(size);
            if frames.fits_slot(class) {
                let at = frames.allocate(class);
                frames.bytes_mut(at, 16)[0] = 0x20;
                frames.bytes_mut(at, 16)[4..8].copy_from_slice(&step.to_le_bytes());
                live.push((class, at, step));
            }
        } else if !live.is_empty() {
            let (class, at, _) = live.swap_remove(random.below(live.len() as u64) as usize);
            frames.free(class, at);
        }
        if random.below(200) == 0 {
            make_dense(&mut frames, &mut live);
            assert!(!frames.has_holes());
            frames.check();
        }
    }
    for &(_, at, step) in &live {
        assert_eq!(frames.bytes(at, 16)[4..8], step.to_le_bytes());
    }
    for (class, at, _) in live.drain(..) {
        frames.free(class, at);
    }
    make_dense(&mut frames, &mut []);
    assert_eq!(frames.free_count(), frames.frame_count(), "every frame came back");
}

#[test]
fn fits_says_exactly_what_can_be_had() {
    let mut frames = Frames::new(3, 32 << 10);
    let large = frames.class_of(8192);
    let mut needs = Needs::NONE;
    needs.slots(large, 12);
    assert!(frames.fits(&needs), "three frames hold four slots of 8 KiB each");
    needs.slot(large);
    assert_eq!(frames.frames_missing(&needs), 1);
    let whole = frames.allocate_frame();
    frames.promise(1);
    let mut needs = Needs::NONE;
    needs.slots(large, 4);
    assert!(frames.fits(&needs));
    needs.frame();
    assert!(!frames.fits(&needs), "a promised frame is not free for others");
    frames.redeem(1);
    assert!(frames.fits(&needs));
    frames.free_frame(whole);
    frames.check();
}
