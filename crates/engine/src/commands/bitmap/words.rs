//! What is done to slices of bits, eight bytes at a time. Pure, and no `unsafe`: the compiler
//! turns the loops over `as_chunks` into wide instructions by itself.
use crate::planted::{Bug, is_planted};

/// Count of bits that are set.
pub(super) fn count(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let in_words: u64 =
        words.iter().map(|word| u64::from(u64::from_ne_bytes(*word).count_ones())).sum();
    in_words + rest.iter().map(|byte| u64::from(byte.count_ones())).sum::<u64>()
}

/// Position of the first bit that is `wanted`.
pub(super) fn find(bytes: &[u8], wanted: bool) -> Option<u64> {
    // A word without any wanted bit is all of this.
    let unwanted = if wanted { 0 } else { u64::MAX };
    let (words, rest) = bytes.as_chunks::<8>();
    if let Some(index) = words.iter().position(|word| u64::from_ne_bytes(*word) != unwanted) {
        let bits = u64::from_be_bytes(words[index]) ^ unwanted;
        return Some(index as u64 * 64 + u64::from(bits.leading_zeros()));
    }
    let index = rest.iter().position(|byte| *byte != unwanted as u8)?;
    let bits = rest[index] ^ unwanted as u8;
    Some(words.len() as u64 * 64 + index as u64 * 8 + u64::from(bits.leading_zeros()))
}

/// What BITOP does to bits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    And,
    Or,
    Xor,
    Not,
}

/// Combines `bytes` into `result`, of the same size, by `operation` (not NOT).
pub(super) fn combine(result: &mut [u8], bytes: &[u8], operation: Operation) {
    assert_eq!(result.len(), bytes.len(), "pieces of the same range");
    match operation {
        Operation::And => combine_with(result, bytes, |one, other| one & other),
        Operation::Or => combine_with(result, bytes, |one, other| one | other),
        Operation::Xor => combine_with(result, bytes, |one, other| one ^ other),
        Operation::Not => unreachable!("NOT has one source"),
    }
}

fn combine_with(result: &mut [u8], bytes: &[u8], operation: impl Fn(u64, u64) -> u64) {
    let (result_words, result_rest) = result.as_chunks_mut::<8>();
    let (words, rest) = bytes.as_chunks::<8>();
    for (result, word) in result_words.iter_mut().zip(words) {
        *result = operation(u64::from_ne_bytes(*result), u64::from_ne_bytes(*word)).to_ne_bytes();
    }
    if is_planted(Bug::TailKept) {
        return;
    }
    for (result, byte) in result_rest.iter_mut().zip(rest) {
        *result = operation(u64::from(*result), u64::from(*byte)) as u8;
    }
}

/// Inverts every bit.
pub(super) fn invert(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = !*byte;
    }
}

#[cfg(test)]
#[path = "words_test.rs"]
mod words_test;
