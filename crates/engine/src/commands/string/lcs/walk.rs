//! From the end of both strings back along the table of LCS, as Redis goes.
use super::table::Table;
use super::{FIRST, Pair, SECOND};
use crate::store::Store;

/// Letters that are read at once.
const LETTERS_SIZE: usize = 256;

/// A match: `size` letters that are the same in both strings.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Run {
    /// Where it begins in the first string.
    pub(super) first: u64,
    /// Where it begins in the second one.
    pub(super) second: u64,
    /// Letters.
    pub(super) size: u64,
}

/// Letters of a string, read backwards.
struct Letters {
    which: usize,
    bytes: [u8; LETTERS_SIZE],
    start: u64,
    size: usize,
}

impl Letters {
    const fn of(which: usize) -> Self {
        Self { which, bytes: [0; LETTERS_SIZE], start: 0, size: 0 }
    }

    /// The letter at `position`.
    fn get(&mut self, store: &Store, pair: &Pair<'_>, position: u64) -> u8 {
        if position < self.start || position >= self.start + self.size as u64 {
            self.start = (position + 1).saturating_sub(LETTERS_SIZE as u64);
            self.size = pair.read(store, self.which, self.start, &mut self.bytes);
        }
        self.bytes[(position - self.start) as usize]
    }
}

/// Where the walk is.
pub(super) struct Walk<'a, 'k> {
    pair: &'a Pair<'k>,
    table: &'a mut Table,
    letters: [Letters; 2],
    row: u64,
    column: u64,
}

impl<'a, 'k> Walk<'a, 'k> {
    /// At the end of both strings.
    pub(super) fn new(pair: &'a Pair<'k>, table: &'a mut Table) -> Self {
        let [row, column] = pair.sizes;
        Self { pair, table, letters: [FIRST, SECOND].map(Letters::of), row, column }
    }

    /// A letter of the first string.
    pub(super) fn letter(&mut self, store: &Store, position: u64) -> u8 {
        self.letters[FIRST].get(store, self.pair, position)
    }

    /// Are the letters here the same? Not at the start of a string.
    fn is_match(&mut self, store: &Store) -> bool {
        if self.row == 0 || self.column == 0 {
            return false;
        }
        let first = self.letters[FIRST].get(store, self.pair, self.row - 1);
        first == self.letters[SECOND].get(store, self.pair, self.column - 1)
    }

    /// The next match to the left, as long as it can be; none at the end of the walk.
    pub(super) fn next_run(&mut self, store: &Store) -> Option<Run> {
        while !self.is_match(store) {
            if self.row == 0 || self.column == 0 {
                return None;
            }
            if self.table.bit(store, self.row - 1, self.column - 1) {
                self.row -= 1;
            } else {
                self.column -= 1;
            }
        }
        let mut size = 0;
        while self.is_match(store) {
            self.row -= 1;
            self.column -= 1;
            size += 1;
        }
        Some(Run { first: self.row, second: self.column, size })
    }
}
