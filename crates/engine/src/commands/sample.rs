//! Which members are picked: so many different ranks, each choice of them with the same chance.
//!
//! A sample can be walked over again and again with the same outcome, so that a reply is measured
//! before it is written. A small one is a list of ranks; a large one follows from its seed, by
//! asking for each rank whether it belongs to it.
use crate::random::Random;

/// Ranks that a sample lists: a page of them.
pub(crate) const LISTED_MAX: u64 = 1024;

/// So many of the ranks below a count.
pub(crate) struct Sample {
    listed: [u32; LISTED_MAX as usize],
    count: u64,
    among: u64,
    random: Random,
}

/// The ranks of a sample, from the lowest on.
#[derive(Clone)]
pub(crate) struct Ranks<'a> {
    sample: &'a Sample,
    random: Random,
    next_rank: u64,
    picked_count: u64,
}

impl Sample {
    /// Draws `count` of `among` ranks. O(`count`), and a large one takes O(`among`) for each walk.
    pub(crate) fn draw(random: &mut Random, count: u64, among: u64) -> Self {
        assert!(count <= among, "a sample is a part");
        let random = Random::new(random.bits());
        let mut sample = Self { listed: [0; LISTED_MAX as usize], count, among, random };
        if count <= LISTED_MAX {
            sample.list();
        }
        sample
    }

    const fn is_large(&self) -> bool {
        self.count > LISTED_MAX
    }

    /// Ranks that each walk asks whether they are picked.
    pub(crate) const fn asked_count(&self) -> u64 {
        if self.is_large() { self.among } else { 0 }
    }

    /// After Floyd: each round lets one more rank take part, which is picked itself where the one
    /// that was drawn is there already.
    fn list(&mut self) {
        for (size, last) in (self.among - self.count..self.among).enumerate() {
            let rank = self.random.below(last + 1) as u32;
            let (place, rank) = match self.listed[..size].binary_search(&rank) {
                Err(place) => (place, rank),
                Ok(_) => (size, last as u32),
            };
            self.listed.copy_within(place..size, place + 1);
            self.listed[place] = rank;
        }
    }

    /// The ranks, from the lowest on.
    pub(crate) fn ranks(&self) -> Ranks<'_> {
        Ranks { sample: self, random: self.random.clone(), next_rank: 0, picked_count: 0 }
    }
}

impl Iterator for Ranks<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let sample = self.sample;
        if self.picked_count == sample.count {
            return None;
        }
        let missing_count = sample.count - self.picked_count;
        self.picked_count += 1;
        if !sample.is_large() {
            return Some(sample.listed[self.picked_count as usize - 1].into());
        }
        loop {
            let rank = self.next_rank;
            self.next_rank += 1;
            if self.random.below(sample.among - rank) < missing_count {
                return Some(rank);
            }
        }
    }
}

#[cfg(test)]
#[path = "sample_test.rs"]
mod sample_test;
