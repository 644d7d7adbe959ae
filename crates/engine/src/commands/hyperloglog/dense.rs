//! Dense registers: 6 bits each, from the lowest bit of each byte up, four of them in three bytes.
use super::hash::Trace;
use super::registers::Registers;
use super::{HEADER_SIZE, Header, REGISTER_COUNT};
use crate::store::Text;

/// Bits of a register.
const REGISTER_BITS: usize = 6;

const REGISTER_MASK: u16 = (1 << REGISTER_BITS) - 1;

/// Bytes of a dense HyperLogLog.
pub(super) const SIZE: usize = HEADER_SIZE + REGISTER_COUNT * REGISTER_BITS / 8;

const _: () = assert!(SIZE == 12_304);

/// The bytes of a dense HyperLogLog.
pub(super) fn pack(header: Header, registers: &Registers) -> [u8; SIZE] {
    let mut bytes = [0; SIZE];
    bytes[..HEADER_SIZE].copy_from_slice(&header.to_dense().0);
    let (triples, _) = bytes[HEADER_SIZE..].as_chunks_mut::<3>();
    for (triple, [a, b, c, d]) in triples.iter_mut().zip(registers.groups()) {
        *triple = [a | b << 6, b >> 2 | c << 4, c >> 4 | d << 2];
    }
    bytes
}

/// Visits each register, as a run of one.
pub(super) fn visit_registers<'a>(
    chunks: impl Iterator<Item = &'a [u8]>,
    mut visit: impl FnMut(u8, usize),
) {
    // What of a group of three bytes lies in the chunk before.
    let (mut begun, mut begun_size) = ([0; 3], 0);
    let mut group = |[a, b, c]: [u8; 3]| {
        for register in [a & 63, (a >> 6 | b << 2) & 63, (b >> 4 | c << 4) & 63, c >> 2] {
            visit(register, 1);
        }
    };
    for chunk in chunks {
        let taken_size = if begun_size == 0 { 0 } else { chunk.len().min(3 - begun_size) };
        let (taken, rest) = chunk.split_at(taken_size);
        begun[begun_size..][..taken_size].copy_from_slice(taken);
        begun_size += taken_size;
        if begun_size == 3 {
            group(begun);
            begun_size = 0;
        }
        let (triples, left) = rest.as_chunks::<3>();
        triples.iter().copied().for_each(&mut group);
        if !left.is_empty() {
            begun[..left.len()].copy_from_slice(left);
            begun_size = left.len();
        }
    }
}

/// The one or two bytes that hold a register.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Cell {
    /// Where they begin in the HyperLogLog.
    pub(super) offset: u64,
    bytes: [u8; 2],
    size: usize,
    shift: u32,
}

impl Cell {
    /// The cell of a register of the dense HyperLogLog `text`.
    pub(super) fn read(text: &Text<'_>, index: usize) -> Self {
        let bit = index * REGISTER_BITS;
        let shift = (bit % 8) as u32;
        let size = (shift as usize + REGISTER_BITS).div_ceil(8);
        let mut cell = Self { offset: (HEADER_SIZE + bit / 8) as u64, bytes: [0; 2], size, shift };
        text.read(cell.offset, &mut cell.bytes[..size]);
        cell
    }

    /// The register.
    const fn value(&self) -> u8 {
        (u16::from_le_bytes(self.bytes) >> self.shift & REGISTER_MASK) as u8
    }

    /// Raises the register as an element asks for; was it lower?
    pub(super) const fn raise(&mut self, trace: Trace) -> bool {
        if self.value() >= trace.value {
            return false;
        }
        let others = u16::from_le_bytes(self.bytes) & !(REGISTER_MASK << self.shift);
        self.bytes = (others | (trace.value as u16) << self.shift).to_le_bytes();
        true
    }

    /// What lies at `offset`.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

#[cfg(test)]
#[path = "dense_test.rs"]
mod dense_test;
