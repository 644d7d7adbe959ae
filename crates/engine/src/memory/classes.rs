//! Size classes: which slot size an object of a given size gets.
//!
//! Steps of 16 bytes up to 512; above, the sizes that divide a frame best, `frame / k` rounded down
//! to 16 and thinned to steps of about 1/16, up to 8 KiB. One class more, of 64 bytes, is for
//! child buckets alone, because the owner of a bucket is found in another way.
//!
//! The table is a function of the frame size only: what a data set needs can be computed from it.
use crate::limits::SLOT_SIZE_MAX;
use crate::planted::{Bug, is_planted};

/// Bytes in a granule: the unit of references and of slot sizes.
pub const GRANULE: u32 = 16;

/// Room for all classes of any frame size.
pub const CLASS_COUNT_MAX: usize = 96;

/// Sizes up to this one step by a granule.
const FINE_SIZE_MAX: u32 = 512;

/// Bytes of a bucket of the index.
pub const CHILD_BUCKET_SIZE: u32 = 64;

const GRANULES_MAX: usize = (SLOT_SIZE_MAX / GRANULE) as usize;

/// One size class.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Class(u8);

impl Class {
    /// The class of child buckets.
    pub const CHILD_BUCKET: Self = Self(0);

    /// Position in tables by class.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The class at a position in tables by class.
    pub const fn from_index(index: usize) -> Self {
        assert!(index < CLASS_COUNT_MAX, "there are fewer classes");
        Self(index as u8)
    }
}

/// The table of classes for one frame size.
#[derive(Clone, Debug)]
pub struct SizeClasses {
    frame_size: u32,
    count: usize,
    sizes: [u32; CLASS_COUNT_MAX],
    by_granules: [u8; GRANULES_MAX + 1],
}

impl SizeClasses {
    /// The classes of frames of `frame_size` bytes (64 or 32 KiB).
    pub fn new(frame_size: u32) -> Self {
        assert!(frame_size >= 2 * SLOT_SIZE_MAX, "a frame holds at least two of the largest slots");
        assert!(frame_size.is_power_of_two(), "a frame is found by shifting");
        let mut classes = Self {
            frame_size,
            count: 0,
            sizes: [0; CLASS_COUNT_MAX],
            by_granules: [0; GRANULES_MAX + 1],
        };
        classes.push(CHILD_BUCKET_SIZE);
        for granules in 1..=FINE_SIZE_MAX / GRANULE {
            classes.push(granules * GRANULE);
        }
        let mut size_last = FINE_SIZE_MAX;
        let sizes = |slot_count: u32| frame_size / slot_count / GRANULE * GRANULE;
        for slot_count in (frame_size / SLOT_SIZE_MAX..frame_size / FINE_SIZE_MAX).rev() {
            // Taken if leaving it out would make a step of more than 1/16.
            let next =
                if sizes(slot_count) == SLOT_SIZE_MAX { u32::MAX } else { sizes(slot_count - 1) };
            if sizes(slot_count) > size_last && next > size_last + size_last / 16 {
                size_last = sizes(slot_count);
                classes.push(size_last);
            }
        }
        assert_eq!(size_last, SLOT_SIZE_MAX, "the largest slot is a class");
        classes.fill_lookup();
        classes
    }

    fn push(&mut self, size: u32) {
        self.sizes[self.count] = size;
        self.count += 1;
    }

    fn fill_lookup(&mut self) {
        let mut class = 1;
        for granules in 1..=GRANULES_MAX {
            while self.sizes[class] < granules as u32 * GRANULE {
                class += 1;
            }
            self.by_granules[granules] = class as u8;
        }
        self.by_granules[0] = 1;
    }

    /// The class for `size` bytes, at most `SLOT_SIZE_MAX`. O(1).
    #[inline]
    pub fn of(&self, size: u32) -> Class {
        let size = size - u32::from(is_planted(Bug::ClassBorder) && size % GRANULE == 1);
        Class(self.by_granules[size.div_ceil(GRANULE) as usize])
    }

    /// Bytes in a slot of `class`.
    #[inline]
    pub fn size(&self, class: Class) -> u32 {
        self.sizes[class.index()]
    }

    /// Slots of `class` in a frame.
    pub fn slots_per_frame(&self, class: Class) -> u32 {
        self.frame_size / self.size(class)
    }

    /// Count of classes, the one of child buckets included.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Every class, child buckets first, then by size.
    pub fn all(&self) -> impl Iterator<Item = Class> + use<> {
        (0..self.count).map(Class::from_index)
    }

    /// Holes that `class` may keep: few enough to be nothing, enough that steady churn moves
    /// nothing. Moves per operation that changes class: 0.97 / (holes + 1), measured.
    pub fn hole_count_max(&self, class: Class) -> u32 {
        (self.slots_per_frame(class) / 4).clamp(2, 32)
    }

    /// Bytes in a frame.
    pub const fn frame_size(&self) -> u32 {
        self.frame_size
    }
}

#[cfg(test)]
#[path = "classes_test.rs"]
mod classes_test;
