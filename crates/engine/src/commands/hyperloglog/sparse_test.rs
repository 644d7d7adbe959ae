//! Sparse registers against a plain array, and bytes that are none against no panic.
extern crate std;

use super::{HEADER_SIZE, Raised, SIZE_MAX, START, Sparse, visit_runs};
use crate::commands::hyperloglog::REGISTER_COUNT;
use crate::commands::hyperloglog::hash::Trace;
use crate::random::Random;
use std::vec::Vec;

/// The registers that the bytes tell.
fn decoded(sparse: &Sparse) -> Vec<u8> {
    sparse.registers().expect("it is well-formed").values().collect()
}

fn random_trace(random: &mut Random, spread: u64) -> Trace {
    // Many neighbours and equal values, so that runs are split and merged.
    let value = if random.below(8) == 0 { 1 + random.below(34) } else { 1 + random.below(3) };
    Trace { index: random.below(spread) as usize, value: value as u8 }
}

#[test]
fn registers_are_those_of_a_plain_array() {
    for seed in 0..60 {
        let mut random = Random::new(seed);
        let spread = [20, 300, 5_000, REGISTER_COUNT as u64][seed as usize % 4];
        let size_max = [30, 500, 3_000, 100_000][random.below(4) as usize];
        let (mut sparse, mut naive) = (Sparse::empty(), std::vec![0; REGISTER_COUNT]);
        for _ in 0..2_000 {
            let trace = random_trace(&mut random, spread);
            let (before, size) = (naive[trace.index], sparse.size);
            match sparse.raise(trace, size_max).expect("it is well-formed") {
                Raised::No => assert!(before >= trace.value),
                Raised::Yes => {
                    assert!(before < trace.value);
                    naive[trace.index] = trace.value;
                    assert!(sparse.size <= size || sparse.size as u64 <= size_max);
                }
                Raised::Dense => assert!(trace.value > 32 || size as u64 + 3 > size_max),
            }
        }
        assert_eq!(decoded(&sparse), naive, "seed {seed}");
    }
}

/// The search goes on where the last one ended, which must not be seen in the bytes.
#[test]
fn resuming_finds_what_a_search_from_the_start_finds() {
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let (mut resuming, mut starting) = (Sparse::empty(), Sparse::empty());
        let mut index = 0;
        for _ in 0..3_000 {
            let trace = random_trace(&mut random, 400);
            // Mostly forwards, as PFMERGE goes.
            index = (index + trace.index / 100) % REGISTER_COUNT;
            let trace = if seed % 2 == 0 { Trace { index, ..trace } } else { trace };
            starting.resume = START;
            let raised = resuming.raise(trace, 2_000);
            assert_eq!(raised, starting.raise(trace, 2_000), "seed {seed}");
            assert!(resuming.bytes() == starting.bytes(), "seed {seed}");
        }
    }
}

#[test]
fn there_is_a_longest() {
    let mut sparse = Sparse::empty();
    let trace = |index| Trace { index, value: 1 + (index % 2) as u8 };
    let yes = (0..REGISTER_COUNT)
        .take_while(|index| sparse.raise(trace(*index), u64::MAX) == Ok(Raised::Yes));
    let raised_count = yes.count();
    assert!(raised_count > SIZE_MAX - HEADER_SIZE - 5, "{raised_count}");
    assert!((SIZE_MAX - 2..=SIZE_MAX).contains(&sparse.size));
    // What is on its own may rise without becoming longer.
    assert_eq!(sparse.raise(Trace { index: 77, value: 32 }, 0), Ok(Raised::Yes));
}

#[test]
fn any_bytes_are_refused_or_changed() {
    for seed in 0..3_000 {
        let mut random = Random::new(seed);
        let mut sparse = Sparse::empty();
        sparse.size = HEADER_SIZE + random.below(40) as usize;
        if seed % 100 == 0 {
            sparse.size = SIZE_MAX - random.below(3) as usize;
        }
        let zeros = seed % 2 == 0;
        for byte in &mut sparse.bytes[HEADER_SIZE..sparse.size] {
            *byte = random.bits() as u8 & if zeros { 0x7F } else { 0xFF };
        }
        let chunk_size = 1 + random.below(5) as usize;
        let mut count = 0;
        let opcodes = sparse.bytes[HEADER_SIZE..sparse.size].chunks(chunk_size);
        let is_valid = visit_runs(opcodes, |_, more| count += more).is_ok();
        assert_eq!(is_valid, sparse.registers().is_ok());
        assert!(count <= REGISTER_COUNT && (!is_valid || count == REGISTER_COUNT));
        for _ in 0..8 {
            let trace = random_trace(&mut random, REGISTER_COUNT as u64);
            let raised = sparse.raise(trace, u64::MAX);
            assert!(!is_valid || raised.is_ok());
            assert!(sparse.size <= SIZE_MAX);
            let run_count = sparse.runs().count();
            assert!(run_count <= sparse.size);
        }
    }
}
