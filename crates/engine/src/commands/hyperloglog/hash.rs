//! From an element to a register, and to what the register then knows at least.
//!
//! Keeps true: this is `MurmurHash64A` with the seed of Redis, read in little endian, and its bits
//! are used as Redis uses them: the lowest ones choose the register, the zeros above them count.

/// Bits of the hash that choose the register.
pub(super) const INDEX_BITS: u32 = 14;

/// The highest value that the other bits can give a register.
pub(super) const VALUE_MAX: u8 = (u64::BITS - INDEX_BITS + 1) as u8;

const SEED: u64 = 0xADC8_3B19;
const FACTOR: u64 = 0xC6A4_A793_5BD1_E995;
const SHIFT: u32 = 47;

/// The register of an element, and the value that it makes sure of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Trace {
    /// Which register.
    pub(super) index: usize,
    /// From 1 to `VALUE_MAX`.
    pub(super) value: u8,
}

impl Trace {
    /// What `element` leaves behind.
    pub(super) fn of(element: &[u8]) -> Self {
        let hash = murmur(element);
        let index = hash & ((1 << INDEX_BITS) - 1);
        // The bit above all others ends the longest run of zeros.
        let rest = hash >> INDEX_BITS | 1 << (u64::BITS - INDEX_BITS);
        Self { index: index as usize, value: rest.trailing_zeros() as u8 + 1 }
    }
}

fn murmur(bytes: &[u8]) -> u64 {
    let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let mut word = u64::from_le_bytes(*word).wrapping_mul(FACTOR);
        word ^= word >> SHIFT;
        hash = (hash ^ word.wrapping_mul(FACTOR)).wrapping_mul(FACTOR);
    }
    if !rest.is_empty() {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
    }
    hash = (hash ^ hash >> SHIFT).wrapping_mul(FACTOR);
    hash ^ hash >> SHIFT
}

#[cfg(test)]
#[path = "hash_test.rs"]
mod hash_test;
