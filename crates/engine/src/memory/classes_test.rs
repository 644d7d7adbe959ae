//! The table of classes against its own rules.
use super::{Class, GRANULE, SizeClasses};
use crate::limits::SLOT_SIZE_MAX;

#[test]
fn every_size_gets_the_smallest_class_that_holds_it() {
    for frame_size in [32 << 10, 64 << 10] {
        let classes = SizeClasses::new(frame_size);
        for size in 1..=SLOT_SIZE_MAX {
            let class = classes.of(size);
            assert_ne!(class, Class::CHILD_BUCKET, "child buckets have a class of their own");
            assert!(classes.size(class) >= size);
            let smaller = classes.all().skip(1).map(|c| classes.size(c)).filter(|&s| s >= size);
            assert_eq!(smaller.min(), Some(classes.size(class)), "size {size}");
        }
    }
}

#[test]
fn slots_are_granules_and_large_ones_waste_little() {
    let classes = SizeClasses::new(64 << 10);
    assert_eq!(classes.count(), 1 + 83, "child buckets and the 83 classes of the design");
    for class in classes.all() {
        let (size, count) = (classes.size(class), classes.slots_per_frame(class));
        assert_eq!(size % GRANULE, 0);
        let waste = (64 << 10) - size * count;
        assert!(waste < size.max(1024), "class of {size}: {waste} bytes of a frame are lost");
    }
}
