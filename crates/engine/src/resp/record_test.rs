//! Records come back as they were written, whatever their sizes.
use super::*;
use crate::random::Random;
extern crate std;
use std::vec::Vec;

#[test]
fn records_of_all_sizes_come_back() {
    let mut random = Random::new(7);
    for round in 0..200 {
        let mut blocks = Blocks::new(64);
        let mut chain = Chain::new();
        let mut expected: Vec<Result<Vec<u8>, u32>> = Vec::new();
        let size_max = [10, 3_000, u64::from(RECORD_SIZE_MAX) + 1][round % 3];
        loop {
            let size = random.below(size_max) as usize;
            let bytes: Vec<u8> = (0..size).map(|_| random.bits() as u8).collect();
            let written = match random.below(4) {
                0 => append(&mut blocks, &mut chain, Value::Staged(StagedId(size as u32)), 6)
                    .map(|()| expected.push(Err(size as u32))),
                1 if size <= 500 => begin(&mut blocks, &mut chain, 0, 6).and_then(|mut content| {
                    for &byte in &bytes {
                        content = push(&mut blocks, &mut chain, content, byte, 6)?;
                    }
                    expected.push(Ok(bytes));
                    Ok(())
                }),
                _ => append(&mut blocks, &mut chain, Value::Bytes(&bytes), 6)
                    .map(|()| expected.push(Ok(bytes))),
            };
            if written.is_err() {
                break;
            }
        }
        assert_eq!(chain.block_count(), 6);
        let mut records = Records::new(&blocks, &chain);
        for value in expected {
            let span = records.next(&blocks, &chain);
            match value {
                Ok(bytes) => assert_eq!(blocks.record(span), bytes),
                Err(number) => assert_eq!((span.start, span.size), (STAGED, number)),
            }
        }
        blocks.release(&mut chain);
        assert_eq!(blocks.free_count(), 64);
    }
}
