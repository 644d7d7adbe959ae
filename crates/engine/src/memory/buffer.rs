//! Buffers: bytes that can be handed to the kernel, and the pool that they live in.
//!
//! A handle is `&'static mut Buffer`: eight bytes, owned, not `Copy`. Whoever has it may touch the
//! bytes; nobody else can. So lending a buffer to the kernel is a move, and neither a flag nor
//! `unsafe` is needed here. Buffers link into chains through their own `next`.
//!
//! Invariant: a pool's buffers are either in its free list or owned by exactly one holder.
use alloc::boxed::Box;
use core::fmt;

/// Bytes of memory that one buffer takes, header included: a value of 16 KiB and the request or the
/// reply around it, or 16 requests with values of 1 KiB. An odd count of cache lines, so that the
/// beginnings of buffers, which are what is used most, do not all fall into the same sets of a
/// cache.
pub const BUFFER_BYTES: usize = 321 * 64;

/// Bytes that one buffer carries.
pub const BUFFER_SIZE: usize = BUFFER_BYTES - 16;

const _: () = assert!(size_of::<Buffer>() == BUFFER_BYTES, "a buffer is its header and its bytes");

/// An owned buffer. Moving it moves the right to touch its bytes.
pub type BufferHandle = &'static mut Buffer;

/// A fixed piece of memory for one receive or send, of which `start..end` is filled.
#[repr(C)]
pub struct Buffer {
    next: Option<BufferHandle>,
    start: u32,
    end: u32,
    bytes: [u8; BUFFER_SIZE],
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({}..{})", self.start, self.end)
    }
}

impl Buffer {
    #[expect(clippy::large_stack_arrays, reason = "pools are made at the start, one by one")]
    const fn new() -> Self {
        Self { next: None, start: 0, end: 0, bytes: [0; BUFFER_SIZE] }
    }

    /// The bytes that carry content.
    pub fn filled(&self) -> &[u8] {
        &self.bytes[self.start as usize..self.end as usize]
    }

    /// Count of filled bytes.
    pub const fn filled_size(&self) -> u32 {
        self.end - self.start
    }

    /// The bytes after the filled ones.
    pub fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.end as usize..]
    }

    /// Count of bytes that still fit.
    pub const fn room_size(&self) -> u32 {
        BUFFER_SIZE as u32 - self.end
    }

    /// The whole storage, for a driver that receives into it.
    pub fn storage(&mut self) -> &mut [u8; BUFFER_SIZE] {
        &mut self.bytes
    }

    /// Empties the buffer.
    pub fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// `size` more bytes of the room are filled.
    pub fn commit(&mut self, size: u32) {
        assert!(size <= self.room_size(), "filled past the end of a buffer");
        self.end += size;
    }

    /// The first `size` filled bytes are done with.
    pub fn consume(&mut self, size: u32) {
        assert!(size <= self.filled_size(), "consumed more than a buffer holds");
        self.start += size;
    }

    /// Appends what fits; returns the count of bytes taken.
    pub fn append(&mut self, bytes: &[u8]) -> usize {
        let size = bytes.len().min(self.room_size() as usize);
        self.room()[..size].copy_from_slice(&bytes[..size]);
        self.end += size as u32;
        size
    }

    /// Appends all of `bytes`, which must fit: behind what is filled, or after that has moved to
    /// the front.
    pub fn append_all(&mut self, bytes: &[u8]) {
        if bytes.len() > self.room_size() as usize {
            self.bytes.copy_within(self.start as usize..self.end as usize, 0);
            (self.start, self.end) = (0, self.filled_size());
        }
        assert_eq!(self.append(bytes), bytes.len(), "more bytes than a buffer has room for");
    }

    /// The rest of the chain, which the caller then owns.
    pub fn take_next(&mut self) -> Option<BufferHandle> {
        self.next.take()
    }

    /// The next buffer of the chain.
    pub fn next(&self) -> Option<&Buffer> {
        self.next.as_deref()
    }

    /// The next buffer of the chain, to be changed.
    pub fn next_mut(&mut self) -> Option<&mut Buffer> {
        match &mut self.next {
            Some(next) => Some(next),
            None => None,
        }
    }

    /// Links `next` behind this buffer, which must be the last of its chain.
    pub fn link(&mut self, next: BufferHandle) {
        assert!(self.next.is_none(), "linked behind a buffer that is not the last");
        self.next = Some(next);
    }
}

/// A fixed set of buffers.
pub struct BufferPool {
    free: Option<BufferHandle>,
    free_count: u32,
    capacity: u32,
    free_count_min: u32,
    refused_count: u32,
}

impl BufferPool {
    /// Takes `capacity` buffers from the allocator, for ever: they are handed out as `'static`.
    pub fn new(capacity: u32) -> Self {
        let buffers: Box<[Buffer]> = (0..capacity).map(|_| Buffer::new()).collect();
        let mut free = None;
        for buffer in Box::leak(buffers) {
            buffer.next = free;
            free = Some(buffer);
        }
        Self { free, free_count: capacity, capacity, free_count_min: capacity, refused_count: 0 }
    }

    /// An empty buffer, or nothing when all are in use. O(1).
    pub fn acquire(&mut self) -> Option<BufferHandle> {
        let Some(buffer) = self.free.take() else {
            self.refused_count = self.refused_count.saturating_add(1);
            return None;
        };
        self.free = buffer.next.take();
        self.free_count -= 1;
        self.free_count_min = self.free_count_min.min(self.free_count);
        buffer.clear();
        Some(buffer)
    }

    /// Gives back a whole chain; returns how many buffers it had.
    pub fn release(&mut self, chain: BufferHandle) -> u32 {
        let mut rest = Some(chain);
        let mut released_count = 0;
        while let Some(buffer) = rest {
            rest = buffer.next.take();
            buffer.next = self.free.take();
            self.free = Some(buffer);
            released_count += 1;
        }
        self.free_count += released_count;
        assert!(self.free_count <= self.capacity, "a pool was given a buffer that it never had");
        released_count
    }

    /// Buffers that nobody holds.
    pub const fn free_count(&self) -> u32 {
        self.free_count
    }

    /// How often somebody asked for a buffer and none was free.
    pub const fn refused_count(&self) -> u32 {
        self.refused_count
    }

    /// All buffers.
    pub const fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The most that were ever in use at once.
    pub const fn used_count_max(&self) -> u32 {
        self.capacity - self.free_count_min
    }
}

#[cfg(test)]
#[path = "buffer_test.rs"]
mod buffer_test;
