//! What a command needs of data memory, counted before it changes anything.
use crate::memory::classes::{CLASS_COUNT_MAX, Class, SizeClasses};

/// What a command needs: slots of each class, and whole frames.
///
/// Invariant: a class of which there is a slot has its bit in `classes`: most commands need one or
/// two of some hundred classes, and nobody looks at the others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Needs {
    slots: [u32; CLASS_COUNT_MAX],
    classes: u128,
    pub(super) frames: u32,
}

const _: () = assert!(CLASS_COUNT_MAX <= u128::BITS as usize, "each class has a bit");

impl Needs {
    /// Nothing.
    pub const NONE: Self = Self { slots: [0; CLASS_COUNT_MAX], classes: 0, frames: 0 };

    /// One more slot of `class`.
    pub fn slot(&mut self, class: Class) {
        self.slots(class, 1);
    }

    /// `count` more slots of `class`.
    pub fn slots(&mut self, class: Class, count: u32) {
        self.slots[class.index()] += count;
        self.classes |= u128::from(count > 0) << class.index();
    }

    /// Is it nothing?
    pub const fn is_none(&self) -> bool {
        self.classes == 0 && self.frames == 0
    }

    /// The classes of which slots are needed, and how many.
    pub(super) fn of_classes(&self) -> impl Iterator<Item = (Class, u32)> {
        let mut left = self.classes;
        core::iter::from_fn(move || {
            let index = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some((Class::from_index(index), self.slots[index]))
        })
    }

    /// All that `other` needs, too.
    pub fn add(&mut self, other: &Self) {
        other.of_classes().for_each(|(class, count)| self.slots(class, count));
        self.frames += other.frames;
    }

    /// One more whole frame.
    pub fn frame(&mut self) {
        self.frames += 1;
    }

    /// `count` more whole frames.
    pub fn frames(&mut self, count: u32) {
        self.frames += count;
    }

    /// Whole frames.
    pub const fn frame_count(&self) -> u32 {
        self.frames
    }

    /// Bytes of all of it.
    pub fn bytes(&self, classes: &SizeClasses) -> u64 {
        let slots: u64 = self
            .of_classes()
            .map(|(class, count)| u64::from(count) * u64::from(classes.size(class)))
            .sum();
        slots + u64::from(self.frames) * u64::from(classes.frame_size())
    }

    /// The largest class that is needed, child buckets set aside.
    pub fn largest_class(&self) -> Option<Class> {
        let index = self.classes.checked_ilog2()?;
        Some(Class::from_index(index as usize)).filter(|&class| class != Class::CHILD_BUCKET)
    }
}

impl Default for Needs {
    fn default() -> Self {
        Self::NONE
    }
}
