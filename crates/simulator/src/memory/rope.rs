//! What a value larger than a slot takes: whole frames, a tail in pieces of up to 8 KiB, tables of
//! frames. What was never written is missing and takes nothing, so a rope is what was written, not
//! how long it is.
//!
//! A table or piece has a header of 8 bytes, and is made as long as the value is at that moment;
//! if the value grows and the new end is written, it moves to a larger slot. When the tail has
//! grown to a frame, its pieces become that frame.
use super::SLOT_SIZE_MAX;
use super::classes::Classes;
use super::need::Need;
use std::collections::BTreeSet;
use std::ops::Range;

const HEADER_SIZE: u64 = 8;
const PIECE_SIZE_MAX: u64 = SLOT_SIZE_MAX - HEADER_SIZE;
const REFERENCE_SIZE: u64 = 4;
const REFERENCES_MAX: u64 = (SLOT_SIZE_MAX - HEADER_SIZE) / REFERENCE_SIZE;

/// The parts of a rope that are there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Rope {
    /// Indexes of whole frames.
    frames: BTreeSet<u64>,
    /// Slot sizes of the tables; 0 is missing.
    tables: [u32; 5],
    /// Slot sizes of the pieces of the tail; 0 is missing.
    pieces: [u32; 9],
}

impl Rope {
    /// A value of `size` bytes of which all was written.
    pub(super) fn full(classes: &Classes, size: u64) -> (Self, Need) {
        let mut rope = Self::default();
        let need = rope.write(classes, (0, size), 0..size);
        (rope, need)
    }

    /// All of it.
    pub(super) fn parts(&self) -> Need {
        let mut parts = Need { frames: self.frames.len() as u64, ..Need::default() };
        let slots = self.tables.iter().chain(&self.pieces).filter(|size| **size > 0);
        slots.for_each(|size| parts.slot(*size));
        parts
    }

    /// Bytes of the largest slot that a whole frame or a piece of it can become.
    pub(super) fn largest_part(&self, classes: &Classes) -> u32 {
        let frame = if self.frames.is_empty() { 0 } else { classes.slot(SLOT_SIZE_MAX) };
        self.pieces.iter().fold(frame, |largest, size| largest.max(*size))
    }

    /// The value grows from `old` to `new` bytes, then `range` is written: what that takes.
    pub(super) fn write(
        &mut self,
        classes: &Classes,
        (old, new): (u64, u64),
        range: Range<u64>,
    ) -> Need {
        let mut need = Need::default();
        let frame = classes.frame_size;
        let (old_whole, new_whole) = (old / frame, new / frame);
        if new_whole > old_whole && self.pieces.iter().any(|size| *size > 0) {
            self.pieces = [0; 9];
            self.take_frame(classes, &mut need, (old_whole, new_whole));
        }
        if range.is_empty() {
            return need;
        }
        let tail = new_whole * frame;
        if range.start < tail {
            for index in range.start / frame..range.end.min(tail).div_ceil(frame) {
                self.take_frame(classes, &mut need, (index, new_whole));
            }
        }
        let (start, end) = (range.start.max(tail) - tail, range.end.max(tail) - tail);
        for index in start / PIECE_SIZE_MAX..end.div_ceil(PIECE_SIZE_MAX) {
            let first = index * PIECE_SIZE_MAX;
            let piece = &mut self.pieces[index as usize];
            let written_end = (end - first).min(PIECE_SIZE_MAX);
            let value_end = (new - tail - first).min(PIECE_SIZE_MAX);
            if u64::from(*piece) < HEADER_SIZE + written_end {
                *piece = classes.slot(HEADER_SIZE + value_end);
                need.slot(*piece);
            }
        }
        need
    }

    /// Frame `index` of a value of `whole` frames is there from now on.
    fn take_frame(&mut self, classes: &Classes, need: &mut Need, (index, whole): (u64, u64)) {
        if !self.frames.insert(index) {
            return;
        }
        need.frames += 1;
        let first = index / REFERENCES_MAX * REFERENCES_MAX;
        let table = &mut self.tables[(index / REFERENCES_MAX) as usize];
        if u64::from(*table) < HEADER_SIZE + REFERENCE_SIZE * (index - first + 1) {
            let count = (whole - first).min(REFERENCES_MAX);
            *table = classes.slot(HEADER_SIZE + REFERENCE_SIZE * count);
            need.slot(*table);
        }
    }
}
