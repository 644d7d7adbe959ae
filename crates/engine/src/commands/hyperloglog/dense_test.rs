//! Dense registers there and back, however their bytes are cut.
extern crate std;

use super::{HEADER_SIZE, SIZE, pack, visit_registers};
use crate::commands::hyperloglog::registers::Registers;
use crate::commands::hyperloglog::{Header, REGISTER_COUNT};
use crate::random::Random;
use std::vec::Vec;

fn random_registers(seed: u64) -> Registers {
    let (mut random, mut registers) = (Random::new(seed), Registers::new());
    for index in 0..REGISTER_COUNT {
        registers.raise(index, random.below(64) as u8);
    }
    registers
}

#[test]
fn registers_come_back_from_any_chunks() {
    let registers = random_registers(1);
    let bytes = pack(Header::of_empty(), &registers);
    assert_eq!(bytes.len(), SIZE);
    assert_eq!(&bytes[..5], b"HYLL\0");
    for sizes in [&[SIZE][..], &[1], &[2], &[3], &[1, 2, 4, 5, 7], &[8_188, 1], &[1, 8_000]] {
        let (mut chunks, mut rest) = (Vec::new(), &bytes[HEADER_SIZE..]);
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at((*size).min(rest.len()));
            chunks.push(chunk);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let mut seen = Vec::new();
        visit_registers(chunks.into_iter(), |value, count| {
            assert_eq!(count, 1);
            seen.push(value);
        });
        assert!(seen.iter().copied().eq(registers.values()), "chunks of {sizes:?}");
    }
}

#[test]
fn the_lowest_bits_come_first() {
    let mut registers = Registers::new();
    registers.raise(0, 0b00_0001);
    registers.raise(1, 0b10_0011);
    registers.raise(2, 0b00_0100);
    registers.raise(3, 0b11_0000);
    let bytes = pack(Header::of_empty(), &registers);
    assert_eq!(bytes[HEADER_SIZE..][..3], [0b1100_0001, 0b0100_1000, 0b1100_0000]);
}
