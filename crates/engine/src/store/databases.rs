//! Databases: sixteen names over a few more numbers.
//!
//! A key belongs to a database *number*, which is mixed into its hash and kept in its header. A
//! *name* (what SELECT chooses) points to a number. So SWAPDB exchanges two pointers, and FLUSHDB
//! gives the name a fresh number: what carried the old one is invisible at once, and is reaped in
//! slices, after which the number is fresh again.
//!
//! Invariant: each number has one name, or is being reaped, or is fresh and has no key.
use crate::planted::{Bug, is_planted};

/// Names: SELECT 0 to 15.
pub const DATABASE_NAMES: usize = 16;
/// Numbers: as many flushes again can wait for the reaper.
pub const DATABASE_NUMBERS: usize = 32;

/// Keys of one database number.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyCounts {
    /// All keys.
    pub keys: u64,
    /// Keys with a deadline.
    pub deadlines: u64,
}

/// Names, numbers and their key counts.
#[derive(Debug)]
pub struct Databases {
    numbers: [u8; DATABASE_NAMES],
    counts: [KeyCounts; DATABASE_NUMBERS],
    /// Numbers being reaped, as bits.
    flushed: u32,
}

impl Databases {
    /// Every name with a number of its own, all empty.
    pub fn new() -> Self {
        Self {
            numbers: core::array::from_fn(|name| name as u8),
            counts: [KeyCounts::default(); DATABASE_NUMBERS],
            flushed: 0,
        }
    }

    /// The number behind a name.
    #[inline]
    pub fn number(&self, name: u8) -> u8 {
        self.numbers[name as usize]
    }

    /// The name that has a number now. None has one that is being reaped.
    pub fn name(&self, number: u8) -> Option<u8> {
        self.numbers.iter().position(|of_name| *of_name == number).map(|name| name as u8)
    }

    /// Keys of a number.
    pub fn counts(&self, number: u8) -> KeyCounts {
        self.counts[number as usize]
    }

    /// Keys of a number, to be changed.
    pub fn counts_mut(&mut self, number: u8) -> &mut KeyCounts {
        &mut self.counts[number as usize]
    }

    /// Gives `name` a fresh number and its old one to the reaper. False if no number is fresh.
    pub fn flush(&mut self, name: u8) -> bool {
        let old = self.number(name);
        if self.counts(old).keys == 0 {
            return true;
        }
        let fresh = (!self.in_use()).trailing_zeros();
        if fresh as usize >= DATABASE_NUMBERS {
            return false;
        }
        if !is_planted(Bug::FlushForgotten) {
            self.flushed |= 1 << old;
        }
        self.numbers[name as usize] = fresh as u8;
        true
    }

    /// Are there fresh numbers for all names that have keys?
    pub fn can_flush_all(&self) -> bool {
        let fresh_count = DATABASE_NUMBERS - self.in_use().count_ones() as usize;
        let occupied = self.numbers.iter().filter(|&&number| self.counts(number).keys > 0);
        occupied.count() <= fresh_count
    }

    /// Numbers that a name has or that are being reaped, as bits.
    fn in_use(&self) -> u32 {
        self.numbers.iter().fold(self.flushed, |bits, &number| bits | 1 << number)
    }

    /// Exchanges the numbers of two names.
    pub fn swap(&mut self, one: u8, other: u8) {
        self.numbers.swap(one as usize, other as usize);
    }

    /// Is this number being reaped?
    pub const fn is_flushed(&self, number: u8) -> bool {
        self.flushed >> number & 1 != 0
    }

    /// Is any number being reaped?
    pub const fn any_flushed(&self) -> bool {
        self.flushed != 0
    }

    /// Numbers being reaped, as bits.
    pub const fn flushed(&self) -> u32 {
        self.flushed
    }

    /// The last key of a flushed number is gone: it is fresh again.
    pub fn reaped(&mut self, number: u8) {
        assert_eq!(self.counts(number).keys, 0, "a fresh number has no key");
        self.flushed &= !(1 << number);
    }
}

impl Default for Databases {
    fn default() -> Self {
        Self::new()
    }
}
