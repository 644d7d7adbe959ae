//! Rows of bits against the table of numbers that they stand for.
extern crate std;

use super::{Carries, STRIP_COLUMNS, Strip};
use crate::random::Random;
use std::vec;
use std::vec::Vec;

/// L(i, j) for all i and j.
fn lengths(first: &[u8], second: &[u8]) -> Vec<Vec<u32>> {
    let mut rows = vec![vec![0; second.len() + 1]];
    for letter in first {
        let above = rows.last().expect("there is a first row");
        let mut row = vec![0];
        for (column, other) in second.iter().enumerate() {
            row.push(if letter == other {
                above[column] + 1
            } else {
                above[column + 1].max(row[column])
            });
        }
        rows.push(row);
    }
    rows
}

fn text(random: &mut Random, size: u64, letter_count: u64) -> Vec<u8> {
    (0..size).map(|_| b'a' + random.below(letter_count) as u8).collect()
}

#[test]
fn bits_say_where_lengths_grow() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let letter_count = 1 + random.below(20);
        let (row_count, column_count) = (random.below(150), random.below(2_500));
        let first = text(&mut random, row_count, letter_count);
        let second = text(&mut random, column_count, letter_count);
        let all = lengths(&first, &second);
        let mut carries = Carries([0; super::CARRY_ROWS / 64]);
        for (number, letters) in second.chunks(STRIP_COLUMNS as usize).enumerate() {
            let mut strip = Strip::of(letters);
            for (row, letter) in first.iter().enumerate() {
                let carry = strip.step(*letter, carries.get(row));
                carries.set(row, carry);
                let bits: Vec<u64> = strip.growth().collect();
                for column in 0..letters.len() {
                    let at = number * STRIP_COLUMNS as usize + column;
                    let grows = bits[column / 64] >> (column % 64) & 1 != 0;
                    let lengths = &all[row + 1];
                    assert_eq!(grows, lengths[at + 1] > lengths[at], "seed {seed}, {row}, {at}");
                }
                let behind = letters.len() % 64;
                assert!(behind == 0 || bits.last().is_none_or(|word| word >> behind == 0));
            }
        }
    }
}
