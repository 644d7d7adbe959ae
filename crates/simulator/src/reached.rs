//! Which rare paths a run has taken, and whether it should have taken more.
//!
//! The engine counts its marks; this adds them up over engines, prints them, and judges: a run
//! that is long enough and has never reached a mark proves nothing about what the mark stands for.
//! Children hand theirs on by name in their `Report`.
//!
//! Invariant: it has every mark, in the engine's order, also those at 0.
use crate::kernel::Kernel;
use granite_engine::marks::{Mark, Marks};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Seeds after which a mark that was never reached is a failure: what is rarer than that is not
/// tested by a run of CI either.
pub const SEED_COUNT_MIN: u64 = 1_000;

/// How often each mark was reached.
#[derive(Clone, Debug)]
pub struct Reached {
    counts: Vec<(Mark, u64)>,
}

impl Reached {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { counts: Marks::new().iter().map(|(mark, _)| (mark, 0)).collect() }
    }

    /// Adds what an engine and its kernel have reached.
    pub fn collect(&mut self, kernel: &Kernel) {
        for (mark, count) in kernel.marks().iter() {
            self.add(mark, count.into());
        }
    }

    /// The marks among counts by name.
    pub fn among(counts: &BTreeMap<String, u64>) -> Self {
        let mut reached = Self::new();
        for (mark, count) in counts.iter().filter_map(|(name, n)| Some((Mark::named(name)?, n))) {
            reached.add(mark, *count);
        }
        reached
    }

    fn add(&mut self, mark: Mark, count: u64) {
        self.counts[mark as usize].1 += count;
    }

    /// All marks with their counts, for people.
    pub fn table(&self) -> String {
        let mut text = String::from("marks reached:\n");
        for (mark, count) in &self.counts {
            let _ = writeln!(text, "{count:>12} {}", mark.name());
        }
        text
    }

    /// Fails if one of the marks was never reached, unless it is among those that this run cannot
    /// reach, which are listed with a reason, or the run was too short to say so.
    pub fn judge(&self, seed_count: u64, unreachable: &[(Mark, &str)]) -> Result<(), String> {
        let is_excused = |mark: Mark| unreachable.iter().any(|(excused, _)| *excused == mark);
        let missed: Vec<&str> = self
            .counts
            .iter()
            .filter(|(mark, count)| *count == 0 && !is_excused(*mark))
            .map(|(mark, _)| mark.name())
            .collect();
        if seed_count < SEED_COUNT_MIN || missed.is_empty() {
            return Ok(());
        }
        Err(format!("{seed_count} seeds have never reached: {}", missed.join(", ")))
    }
}

impl Default for Reached {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
#[path = "reached_test.rs"]
mod reached_test;
