//! What a command needs of data memory, counted before it changes anything.
use crate::memory::classes::{CLASS_COUNT_MAX, Class, SizeClasses};

/// What a command needs: slots of each class, and whole frames.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Needs {
    pub(super) slots: [u32; CLASS_COUNT_MAX],
    pub(super) frames: u32,
}

impl Needs {
    /// Nothing.
    pub const NONE: Self = Self { slots: [0; CLASS_COUNT_MAX], frames: 0 };

    /// One more slot of `class`.
    pub fn slot(&mut self, class: Class) {
        self.slots[class.index()] += 1;
    }

    /// `count` more slots of `class`.
    pub fn slots(&mut self, class: Class, count: u32) {
        self.slots[class.index()] += count;
    }

    /// All that `other` needs, too.
    pub fn add(&mut self, other: &Self) {
        for (slots, more) in self.slots.iter_mut().zip(other.slots) {
            *slots += more;
        }
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
        let slots: u64 = classes
            .all()
            .map(|class| u64::from(self.slots[class.index()]) * u64::from(classes.size(class)))
            .sum();
        slots + u64::from(self.frames) * u64::from(classes.frame_size())
    }

    /// The largest class that is needed, child buckets set aside.
    pub fn largest_class(&self) -> Option<Class> {
        let index = self.slots.iter().rposition(|&count| count > 0)?;
        Some(Class::from_index(index)).filter(|&class| class != Class::CHILD_BUCKET)
    }
}

impl Default for Needs {
    fn default() -> Self {
        Self::NONE
    }
}
