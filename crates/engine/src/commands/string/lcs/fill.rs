//! Computing the table of LCS, 64 columns at a time.
//!
//! Let L(i, j) be the length for the first i letters of one string and the first j of the other.
//! From one column to the next it grows by 1 or not at all: a row is a string of bits. The next row
//! follows from it by an addition, whose carries pass on what is better (Crochemore, Iliopoulos,
//! Pinzon and Reid, 2001). A bit of the table says that L(i, j) is more than L(i, j - 1): where the
//! letters are not equal, that is where L(i - 1, j) is more than L(i, j - 1).
use super::table::{BATCH_ROWS, STRIP_COLUMNS, STRIP_WORDS, Table, WORD_COLUMNS};
use super::{FIRST, Pair, SECOND};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::planted::{Bug, is_planted};

/// Rows that carries from strip to strip are kept for. If there are more, there is one strip: the
/// pairs of letters are at most as many as Redis could have in 512 MiB, four bytes for each.
const CARRY_ROWS: usize = 1 << 16;

const _: () = assert!(CARRY_ROWS as u64 * STRIP_COLUMNS * super::REDIS_CELL_SIZE >= 512 << 20);

/// What was found out.
pub(super) struct Filled {
    /// The length of the longest common text.
    pub(super) length: u64,
    /// The way to it; without a word if only the length is wanted.
    pub(super) table: Table,
}

/// Columns of the table, on the way down its rows.
struct Strip {
    /// For each half of a letter, the columns that have it.
    low_masks: [[u64; STRIP_WORDS]; 16],
    high_masks: [[u64; STRIP_WORDS]; 16],
    /// The row above: 0 where the length grows from the column before.
    row: [u64; STRIP_WORDS],
    word_count: usize,
}

/// The halves of a letter: masks for each are a sixteenth of those for each letter.
const fn halves(letter: u8) -> (usize, usize) {
    ((letter & 0xF) as usize, (letter >> 4) as usize)
}

impl Strip {
    fn of(letters: &[u8]) -> Self {
        let word_count = letters.len().div_ceil(WORD_COLUMNS as usize);
        let masks = [[0; STRIP_WORDS]; 16];
        let row = [u64::MAX; STRIP_WORDS];
        let mut strip = Self { low_masks: masks, high_masks: masks, row, word_count };
        for (column, letter) in letters.iter().enumerate() {
            let (word, bit) =
                (column / WORD_COLUMNS as usize, 1 << (column % WORD_COLUMNS as usize));
            let (low, high) = halves(*letter);
            strip.low_masks[low][word] |= bit;
            strip.high_masks[high][word] |= bit;
        }
        strip
    }

    /// Goes down to the row of `letter`; what comes from the strip to the left, and goes to the
    /// right.
    fn step(&mut self, letter: u8, mut carry: bool) -> bool {
        let (low, high) = halves(letter);
        let masks = self.low_masks[low].iter().zip(&self.high_masks[high]);
        for (row, (low, high)) in self.row[..self.word_count].iter_mut().zip(masks) {
            let mask = low & high;
            let (sum, is_over) = row.overflowing_add(*row & mask);
            let (sum, is_over_again) = sum.overflowing_add(u64::from(carry));
            *row = sum | *row & !mask;
            carry = is_over && !is_planted(Bug::WordCarryForgotten) || is_over_again;
        }
        carry
    }

    /// The row, 1 where the length grows.
    fn growth(&self) -> impl Iterator<Item = u64> {
        self.row[..self.word_count].iter().map(|word| !word)
    }
}

/// Carries out of the strip before, a bit for each row.
struct Carries([u64; CARRY_ROWS / 64]);

impl Carries {
    fn get(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 != 0)
    }

    fn set(&mut self, row: usize, carry: bool) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word = *word & !(1 << (row % 64)) | u64::from(carry) << (row % 64);
        }
    }
}

/// Computes the length, and if it `is_kept` the table.
pub(super) fn fill(
    cx: &mut Context<'_>,
    pair: &Pair<'_>,
    is_kept: bool,
) -> Result<Filled, CommandError> {
    let [row_count, column_count] = if pair.is_empty() { [0; 2] } else { pair.sizes };
    let mut table = Table::new(cx, if is_kept { row_count } else { 0 }, column_count)?;
    let mut carries = Carries([0; CARRY_ROWS / 64]);
    let mut length = 0;
    for first_column in (0..column_count).step_by(STRIP_COLUMNS as usize) {
        let mut letters = [0; STRIP_COLUMNS as usize];
        let letter_count = pair.read(cx.store, SECOND, first_column, &mut letters);
        let mut strip = Strip::of(&letters[..letter_count]);
        for first_row in (0..row_count).step_by(BATCH_ROWS) {
            let mut letters = [0; BATCH_ROWS];
            let letter_count = pair.read(cx.store, FIRST, first_row, &mut letters);
            for (row, letter) in (first_row as usize..).zip(&letters[..letter_count]) {
                let carry = strip.step(*letter, carries.get(row));
                carries.set(row, carry);
                if is_kept {
                    strip.growth().for_each(|word| table.push(word));
                }
            }
            table.end_batch(cx.store);
        }
        length += strip.growth().map(|word| u64::from(word.count_ones())).sum::<u64>();
    }
    table.end(cx.store);
    Ok(Filled { length, table })
}

#[cfg(test)]
#[path = "fill_test.rs"]
mod fill_test;
