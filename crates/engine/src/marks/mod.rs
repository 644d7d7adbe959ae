//! Reached marks: rare paths count how often they were taken, so that a test can say what it has
//! never met.
//!
//! There is no global: each large part of the engine owns its `Marks`, and `Engine::marks` adds
//! them up. They are always on, because they stand only where something rare happens: what every
//! request passes has none.
//!
//! Invariant: a count never wraps.
mod mark;

pub use mark::{ALL, COUNT, Mark};

use core::cell::Cell;

/// How often each mark was reached. Cells, because those that read reach marks as well.
#[derive(Clone, Debug)]
pub struct Marks([Cell<u32>; COUNT]);

impl Marks {
    /// Nothing was reached yet.
    pub const fn new() -> Self {
        Self([const { Cell::new(0) }; COUNT])
    }

    /// The path was taken. Out of line, so that it costs those who do not take it nothing.
    #[cold]
    #[inline(never)]
    pub fn reach(&self, mark: Mark) {
        self.add(mark, 1);
    }

    /// The path was taken `count` times.
    pub fn add(&self, mark: Mark, count: u32) {
        let cell = &self.0[mark as usize];
        cell.set(cell.get().saturating_add(count));
    }

    /// How often.
    pub fn count(&self, mark: Mark) -> u32 {
        self.0[mark as usize].get()
    }

    /// Every mark with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Mark, u32)> {
        ALL.iter().map(|(mark, _)| (*mark, self.count(*mark)))
    }

    /// Adds the counts of another part.
    pub fn merge(&self, other: &Self) {
        for (mark, count) in other.iter() {
            self.add(mark, count);
        }
    }
}

impl Default for Marks {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[path = "marks_test.rs"]
mod marks_test;
