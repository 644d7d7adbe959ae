//! Reading a rope: slices of memory, and of zeros where something is missing.
use super::child::{HEADER_SIZE, slot_size};
use super::{Layout, PIECE_PAYLOAD_MAX, Root};
use crate::marks::Mark;
use crate::memory::frames::Frames;
use core::ops::Range;

static ZEROS: [u8; 4096] = [0; 4096];

/// The bytes of a range of a value, in order; see `Root::chunks`.
pub struct Chunks<'a> {
    frames: &'a Frames,
    root: Root,
    layout: Layout,
    /// What is still to come.
    range: Range<u64>,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.range.is_empty() {
            return None;
        }
        let left = self.range.end - self.range.start;
        let (bytes, unit_left) = if self.range.start < self.layout.tail_start() {
            self.frame_rest()
        } else {
            self.piece_rest()
        };
        if bytes.is_empty() {
            self.frames.marks.reach(Mark::RopeAbsentRead);
        }
        // What a frame or piece does not have is zeros, up to its end.
        let count = if bytes.is_empty() { ZEROS.len() as u64 } else { bytes.len() as u64 };
        let count = count.min(left).min(unit_left);
        self.range.start += count;
        let source = if bytes.is_empty() { &ZEROS } else { bytes };
        Some(&source[..count as usize])
    }
}

impl<'a> Chunks<'a> {
    pub(super) const fn new(
        frames: &'a Frames,
        root: Root,
        layout: Layout,
        range: Range<u64>,
    ) -> Self {
        Self { frames, root, layout, range }
    }

    /// The rest of the frame at the start of the range, and how many bytes it should have.
    fn frame_rest(&self) -> (&'a [u8], u64) {
        let (index, within) = (
            (self.range.start / self.layout.frame_size) as u32,
            self.range.start % self.layout.frame_size,
        );
        let at = self.root.frame(self.frames, index);
        let bytes = if at.is_none() {
            &[]
        } else {
            &self.frames.bytes(at, self.layout.frame_size as u32)[within as usize..]
        };
        (bytes, self.layout.frame_size - within)
    }

    /// The rest of the tail piece at the start of the range, and how many bytes it could have.
    fn piece_rest(&self) -> (&'a [u8], u64) {
        let offset = (self.range.start - self.layout.tail_start()) as u32;
        let (piece, within) = (offset / PIECE_PAYLOAD_MAX, offset % PIECE_PAYLOAD_MAX);
        let at = self.root.tail[piece as usize];
        let size = slot_size(self.frames, at);
        let start = HEADER_SIZE + within;
        let bytes =
            if size <= start { &[] } else { &self.frames.bytes(at, size)[start as usize..] };
        (bytes, u64::from(PIECE_PAYLOAD_MAX - within))
    }
}
