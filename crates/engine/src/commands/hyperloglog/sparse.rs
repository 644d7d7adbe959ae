//! Sparse registers: runs of equal ones, as opcodes of one or two bytes.
//!
//! ```text
//!   00nnnnnn            n + 1 registers that are 0
//!   01nnnnnn nnnnnnnn   the same, for longer runs
//!   1vvvvvnn            n + 1 registers that are v + 1
//! ```
//!
//! Keeps true: after the same changes the bytes are those of Redis, which splits a run in place
//! and then merges neighbours from the run before it on, five opcodes far. What was read need not
//! be well-formed: a change looks only at the opcodes up to its register, and the second byte of
//! an opcode that is cut off at the end is 0, as in Redis.
use super::hash::Trace;
use super::registers::Registers;
use super::{Corrupt, HEADER_SIZE, Header, REGISTER_COUNT, STALE};
use crate::store::Text;

/// Bytes of the longest, whatever `hll-sparse-max-bytes` says: a dense one has fewer by then.
const SIZE_MAX: usize = REGISTER_COUNT;

/// The highest value of a register that an opcode can tell.
const VALUE_MAX: u8 = 32;

/// Registers of the longest run that is not 0.
const VALUE_RUN_MAX: usize = 4;

/// Registers of the longest run that is 0, in one byte.
const SHORT_RUN_MAX: usize = 64;

/// Opcodes that are looked at for neighbours to be merged.
const MERGE_COUNT: usize = 5;

/// Visits all runs: their value, and how many registers they are.
pub(super) fn visit_runs<'a>(
    chunks: impl Iterator<Item = &'a [u8]>,
    mut visit: impl FnMut(u8, usize),
) -> Result<(), Corrupt> {
    let (mut end, mut begun) = (0, None);
    for chunk in chunks {
        for &byte in chunk {
            let (value, count) = match (begun.take(), byte >> 6) {
                (Some(high), _) => (0, long_count(high, byte)),
                (None, 0b00) => (0, usize::from(byte) + 1),
                (None, 0b01) => {
                    begun = Some(byte);
                    continue;
                }
                (None, _) => value_run(byte),
            };
            end += count;
            if end > REGISTER_COUNT {
                return Err(Corrupt);
            }
            visit(value, count);
        }
    }
    if let Some(high) = begun {
        let count = long_count(high, 0).min(REGISTER_COUNT - end + 1);
        end += count;
        if end <= REGISTER_COUNT {
            visit(0, count);
        }
    }
    if end == REGISTER_COUNT { Ok(()) } else { Err(Corrupt) }
}

/// Registers of an opcode of two bytes.
fn long_count(high: u8, low: u8) -> usize {
    usize::from(u16::from_be_bytes([high & 0x3F, low])) + 1
}

/// Value and registers of an opcode that is not for zeros.
fn value_run(byte: u8) -> (u8, usize) {
    ((byte >> 2 & 0x1F) + 1, usize::from(byte & 0x03) + 1)
}

/// An opcode, and what it says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Run {
    /// The value of its registers.
    pub(super) value: u8,
    /// How many they are.
    pub(super) count: usize,
    /// Its bytes.
    pub(super) size: usize,
}

/// A place between two runs: a position among the bytes, and the register that comes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Spot {
    position: usize,
    register: usize,
}

const START: Spot = Spot { position: HEADER_SIZE, register: 0 };

/// The run that has a register.
#[derive(Clone, Copy, Debug)]
struct Found {
    spot: Spot,
    run: Run,
    /// Where the run before it begins, and the one before that, as far as they were passed.
    before: Option<Spot>,
    before_that: Option<Spot>,
}

/// What raising a register did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Raised {
    /// Nothing: it was as high already.
    No,
    /// It is higher now.
    Yes,
    /// Nothing yet: only dense registers can be as high, or so many.
    Dense,
}

/// A sparse HyperLogLog out of the store, to be changed and written back.
pub(super) struct Sparse {
    bytes: [u8; SIZE_MAX],
    size: usize,
    /// Where the search for a later register begins: before all that a change where the last one
    /// ended could merge.
    resume: Spot,
}

impl Sparse {
    /// One without elements.
    pub(super) fn empty() -> Self {
        let mut sparse = Self { bytes: [0; SIZE_MAX], size: HEADER_SIZE, resume: START };
        sparse.bytes[..HEADER_SIZE].copy_from_slice(&Header::of_empty().0);
        let mut opcodes = Opcodes::default();
        opcodes.push(0, REGISTER_COUNT);
        sparse.replace(HEADER_SIZE..HEADER_SIZE, opcodes.bytes());
        sparse
    }

    /// The one that `text` is.
    pub(super) fn of(text: &Text<'_>) -> Result<Self, Corrupt> {
        if text.size() > SIZE_MAX as u64 {
            return Err(Corrupt);
        }
        let mut sparse = Self { bytes: [0; SIZE_MAX], size: 0, resume: START };
        sparse.size = text.read(0, &mut sparse.bytes);
        Ok(sparse)
    }

    /// All of it, as it is in the store.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }

    /// What stands before the registers.
    pub(super) fn header(&self) -> Header {
        let (bytes, _) = self.bytes.split_first_chunk().expect("there is room for a header");
        Header(*bytes)
    }

    /// Its registers.
    pub(super) fn registers(&self) -> Result<Registers, Corrupt> {
        let mut registers = Registers::new();
        let opcodes = core::iter::once(&self.bytes[HEADER_SIZE..self.size]);
        visit_runs(opcodes, registers.merging())?;
        Ok(registers)
    }

    /// Its opcodes.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run> {
        let mut position = HEADER_SIZE;
        core::iter::from_fn(move || {
            let run = self.run(position)?;
            position += run.size;
            Some(run)
        })
    }

    /// The cardinality is no longer that of the registers.
    pub(super) const fn make_stale(&mut self) {
        self.bytes[HEADER_SIZE - 1] |= STALE;
    }

    /// Raises a register as an element asks for, unless the whole would then be longer than
    /// `size_max` bytes.
    pub(super) fn raise(&mut self, trace: Trace, size_max: u64) -> Result<Raised, Corrupt> {
        if trace.value > VALUE_MAX {
            return Ok(Raised::Dense);
        }
        let found = self.find(trace.index).ok_or(Corrupt)?;
        let Found { spot, run, .. } = found;
        self.resume = found.before_that.unwrap_or(START);
        if run.value >= trace.value {
            return Ok(Raised::No);
        }
        let mut opcodes = Opcodes::default();
        let before_count = trace.index - spot.register;
        opcodes.push(run.value, before_count);
        opcodes.push(trace.value, 1);
        opcodes.push(run.value, run.count - before_count - 1);
        let size = self.size - run.size + opcodes.bytes().len();
        if size > self.size && (size as u64 > size_max || size > SIZE_MAX) {
            return Ok(Raised::Dense);
        }
        self.replace(spot.position..spot.position + run.size, opcodes.bytes());
        self.merge_from(found.before.unwrap_or(START).position);
        Ok(Raised::Yes)
    }

    /// The opcode at `position`, if there is one.
    fn run(&self, position: usize) -> Option<Run> {
        let byte = *self.bytes[..self.size].get(position)?;
        let low = self.bytes[..self.size].get(position + 1).copied().unwrap_or(0);
        Some(match byte >> 6 {
            0b00 => Run { value: 0, count: usize::from(byte) + 1, size: 1 },
            0b01 => Run { value: 0, count: long_count(byte, low), size: 2 },
            _ => {
                let (value, count) = value_run(byte);
                Run { value, count, size: 1 }
            }
        })
    }

    /// The run that has register `index`.
    fn find(&self, index: usize) -> Option<Found> {
        let is_ahead = self.resume.register <= index;
        let resumed = if is_ahead { self.find_from(self.resume, index) } else { None };
        // What lies before it has to be known as well.
        resumed.filter(|found| found.before.is_some()).or_else(|| self.find_from(START, index))
    }

    fn find_from(&self, start: Spot, index: usize) -> Option<Found> {
        let (mut spot, mut before, mut before_that) = (start, None, None);
        while let Some(run) = self.run(spot.position) {
            let next =
                Spot { position: spot.position + run.size, register: spot.register + run.count };
            if index < next.register {
                return Some(Found { spot, run, before, before_that });
            }
            before_that = before.replace(spot);
            spot = next;
        }
        None
    }

    /// Puts opcodes in the place of others. There is room, but for the end of one that was cut off.
    fn replace(&mut self, old: core::ops::Range<usize>, opcodes: &[u8]) {
        let end = (old.start + opcodes.len()).min(SIZE_MAX);
        self.bytes.copy_within(old.end.min(self.size)..self.size, end);
        self.bytes[old.start..end].copy_from_slice(&opcodes[..end - old.start]);
        self.size = self.size - old.len() + opcodes.len();
    }

    /// Makes one run of neighbours with the same value, where an opcode can tell it.
    fn merge_from(&mut self, start: usize) {
        let mut position = start;
        for _ in 0..MERGE_COUNT {
            let Some(run) = self.run(position) else { return };
            let next = self.run(position + run.size).filter(|next| {
                run.value > 0 && next.value == run.value && run.count + next.count <= VALUE_RUN_MAX
            });
            if let Some(next) = next {
                let mut opcodes = Opcodes::default();
                opcodes.push(run.value, run.count + next.count);
                self.replace(position..position + run.size + next.size, opcodes.bytes());
            } else {
                position += run.size;
            }
        }
    }
}

/// What one opcode becomes when a register in it changes.
#[derive(Default)]
struct Opcodes {
    bytes: [u8; 5],
    size: usize,
}

impl Opcodes {
    /// Adds a run, if it has any registers.
    fn push(&mut self, value: u8, count: usize) {
        let Some(more_count) = count.checked_sub(1) else { return };
        let (opcode, size) = match value {
            0 if count <= SHORT_RUN_MAX => ([more_count as u8, 0], 1),
            0 => ((more_count as u16 | 0x4000).to_be_bytes(), 2),
            value => ([0x80 | (value - 1) << 2 | more_count as u8, 0], 1),
        };
        self.bytes[self.size..][..size].copy_from_slice(&opcode[..size]);
        self.size += size;
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

#[cfg(test)]
#[path = "sparse_test.rs"]
mod sparse_test;
