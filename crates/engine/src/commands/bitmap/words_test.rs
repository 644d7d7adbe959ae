//! Words against the naive way, one bit at a time.
use super::{Operation, combine, count, find, invert};
use crate::random::Random;

const SIZE_MAX: usize = 100;

fn bit(bytes: &[u8], index: usize) -> bool {
    bytes[index / 8] & (0x80 >> (index % 8)) != 0
}

/// Bytes at random; sometimes all zeros or all ones for a while, as real bitmaps are.
fn fill(random: &mut Random, bytes: &mut [u8]) {
    let kind = random.below(3);
    for byte in bytes {
        *byte = match (kind, random.below(16)) {
            (0, _) | (_, 0) => random.bits() as u8,
            (1, _) => 0,
            _ => 0xFF,
        };
    }
}

#[test]
fn count_and_find_agree_with_single_bits() {
    let mut random = Random::new(7);
    for _ in 0..2_000 {
        let mut bytes = [0; SIZE_MAX];
        let size = random.below(SIZE_MAX as u64 + 1) as usize;
        let bytes = &mut bytes[..size];
        fill(&mut random, bytes);
        let ones = (0..size * 8).filter(|&index| bit(bytes, index)).count();
        assert_eq!(count(bytes), ones as u64);
        for wanted in [false, true] {
            let first = (0..size * 8).position(|index| bit(bytes, index) == wanted);
            assert_eq!(find(bytes, wanted), first.map(|index| index as u64), "{bytes:?}");
        }
    }
}

#[test]
fn combine_agrees_with_single_bytes() {
    let mut random = Random::new(8);
    for round in 0..1_000 {
        let (mut one, mut other) = ([0; SIZE_MAX], [0; SIZE_MAX]);
        let size = random.below(SIZE_MAX as u64 + 1) as usize;
        fill(&mut random, &mut one);
        fill(&mut random, &mut other);
        let operation = [Operation::And, Operation::Or, Operation::Xor][round % 3];
        let before = one;
        combine(&mut one[..size], &other[..size], operation);
        for index in 0..SIZE_MAX {
            let expected = match operation {
                _ if index >= size => before[index],
                Operation::And => before[index] & other[index],
                Operation::Or => before[index] | other[index],
                _ => before[index] ^ other[index],
            };
            assert_eq!(one[index], expected, "{operation:?} at {index} of {size}");
        }
        let before = one;
        invert(&mut one);
        assert!(one.iter().zip(before).all(|(one, before)| *one == !before));
    }
}
