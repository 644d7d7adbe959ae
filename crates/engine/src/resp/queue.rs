//! A queue of bytes in buffers: filled at the tail, taken from the front.
//!
//! Full buffers behind the front are kept newest first and turned round when they are needed, so
//! that every operation is O(1) per buffer although a chain can only be walked forwards.
//!
//! Invariant: every buffer in it but the tail is filled, and `byte_count` is the sum of all.
use crate::memory::buffer::BufferHandle;
use crate::planted::{Bug, is_planted};

/// Bytes in order.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// To be taken first, in order.
    front: Option<BufferHandle>,
    /// Full buffers behind the front, newest first.
    back: Option<BufferHandle>,
    /// The one that is being filled.
    tail: Option<BufferHandle>,
    byte_count: u32,
}

impl Queue {
    pub(super) const fn new() -> Self {
        Self { front: None, back: None, tail: None, byte_count: 0 }
    }

    /// Bytes in it.
    pub(super) const fn byte_count(&self) -> u32 {
        self.byte_count
    }

    /// Bytes that fit without another buffer.
    pub(super) fn room_size(&self) -> u32 {
        self.tail.as_ref().map_or(0, |tail| tail.room_size())
    }

    /// The room of the tail, if it is at least `size` bytes.
    #[inline(always)]
    pub(super) fn room(&mut self, size: usize) -> Option<&mut [u8]> {
        let room = self.tail.as_deref_mut()?.room();
        if room.len() < size { None } else { Some(room) }
    }

    /// So many bytes were written into the room of the tail.
    #[inline(always)]
    pub(super) fn wrote(&mut self, size: u32) {
        self.tail.as_deref_mut().expect("there is a tail with room").commit(size);
        self.byte_count += size;
    }

    /// Appends what fits into the tail; returns how much that was.
    #[inline]
    pub(super) fn append(&mut self, bytes: &[u8]) -> usize {
        let Some(tail) = &mut self.tail else { return 0 };
        let size = tail.append(bytes);
        self.byte_count += size as u32;
        size
    }

    /// Appends what `read` writes into the room of the tail, of which there must be some.
    pub(super) fn append_with(&mut self, read: impl FnOnce(&mut [u8]) -> usize) -> usize {
        let tail = self.tail.as_deref_mut().expect("there is a tail with room");
        let size = read(tail.room());
        tail.commit(size as u32);
        self.byte_count += size as u32;
        size
    }

    /// An empty buffer becomes the tail.
    pub(super) fn grow(&mut self, empty: BufferHandle) {
        if let Some(full) = self.tail.take() {
            if let Some(back) = self.back.take() {
                full.link(back);
            }
            self.back = Some(full);
        }
        self.tail = Some(empty);
    }

    /// The first buffer with content, unlinked.
    pub(super) fn take(&mut self) -> Option<BufferHandle> {
        if let Some(full) = self.take_full() {
            return Some(full);
        }
        // An empty tail has nothing to give, and will be filled next.
        if self.byte_count == 0 {
            return None;
        }
        let tail = self.tail.take().expect("bytes are in the tail if nowhere else");
        self.byte_count -= tail.filled_size();
        Some(tail)
    }

    /// As `take`, but the tail stays, with the room that it has.
    pub(super) fn take_full(&mut self) -> Option<BufferHandle> {
        self.turn_round();
        let first = self.front.take()?;
        self.front = first.take_next();
        self.byte_count -= first.filled_size();
        Some(first)
    }

    /// Any buffer, the tail last, whether or not it has content.
    pub(super) fn take_any(&mut self) -> Option<BufferHandle> {
        self.take().or_else(|| self.tail.take())
    }

    /// The first bytes, as many as lie together.
    pub(super) fn first(&mut self) -> &[u8] {
        self.turn_round();
        self.front.as_deref().or(self.tail.as_deref()).map_or(&[], |buffer| buffer.filled())
    }

    /// The first `size` of the bytes that `first` gave are done with. Gives the buffer back that
    /// this has emptied.
    pub(super) fn consume(&mut self, size: u32) -> Option<BufferHandle> {
        let buffer = self.front.as_deref_mut().or(self.tail.as_deref_mut());
        let buffer = buffer.expect("what is consumed was there");
        buffer.consume(size);
        let is_empty = buffer.filled_size() == 0;
        self.byte_count -= size;
        if !is_empty {
            return None;
        }
        let Some(first) = self.front.take() else { return self.tail.take() };
        self.front = first.take_next();
        Some(first)
    }

    fn turn_round(&mut self) {
        if self.front.is_some() {
            return;
        }
        while let Some(newest) = self.back.take() {
            self.back = newest.take_next();
            if is_planted(Bug::RepliesSwapped) {
                self.front = Some(newest);
                return;
            }
            if let Some(front) = self.front.take() {
                newest.link(front);
            }
            self.front = Some(newest);
        }
    }
}
