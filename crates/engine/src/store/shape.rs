//! What a string of given sizes takes in the frames: the arithmetic behind what the plan promises.
use super::object::{inline_size, rope_size};
use super::rope::{child_sizes, size_max};

/// Slots that one string takes: its object, and if it is a rope, its tables and pieces.
pub const SLOT_COUNT_MAX: usize = 16;

/// What one string takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shape {
    sizes: [u32; SLOT_COUNT_MAX],
    slot_count: usize,
    /// Whole frames.
    pub frame_count: u64,
}

impl Shape {
    /// A string of `value_size` bytes under a name of `key_size` bytes, or nothing if no store
    /// with frames of `frame_size` bytes can hold it.
    pub fn of(key_size: u64, value_size: u64, has_ttl: bool, frame_size: u32) -> Option<Self> {
        let mut shape = Self { sizes: [0; SLOT_COUNT_MAX], slot_count: 0, frame_count: 0 };
        let key_size = usize::try_from(key_size).ok().filter(|size| *size < 8_192)?;
        if let Some(size) = inline_size(key_size, value_size, has_ttl) {
            shape.push(size);
            return Some(shape);
        }
        if value_size > size_max(frame_size) {
            return None;
        }
        shape.push(rope_size(key_size, has_ttl));
        shape.frame_count = value_size / u64::from(frame_size);
        for size in child_sizes(value_size, frame_size) {
            shape.push(size);
        }
        Some(shape)
    }

    fn push(&mut self, size: u32) {
        self.sizes[self.slot_count] = size;
        self.slot_count += 1;
    }

    /// Bytes that are asked for in each slot.
    pub fn slot_sizes(&self) -> &[u32] {
        &self.sizes[..self.slot_count]
    }
}
