//! The bytes that a connection still has to send: a chain of reply buffers, filled at the tail,
//! sent from the head.
//!
//! Invariant: a command starts only when `ensure` said yes, so that a reply of up to `REPLY_ROOM`
//! bytes never fails; a larger one is reserved by its exact size first.
use crate::memory::buffer::{Buffer, BufferHandle, BufferPool};

/// Bytes that any command may write without reserving them.
pub const REPLY_ROOM: u32 = 1024;

/// Output that waits to be sent.
#[derive(Debug, Default)]
pub struct Output {
    head: Option<BufferHandle>,
    buffer_count: u32,
    byte_count: u64,
}

impl Output {
    /// Nothing to send.
    pub const fn new() -> Self {
        Self { head: None, buffer_count: 0, byte_count: 0 }
    }

    /// Bytes that wait.
    pub const fn byte_count(&self) -> u64 {
        self.byte_count
    }

    /// Buffers held.
    pub const fn buffer_count(&self) -> u32 {
        self.buffer_count
    }

    /// Takes the whole chain, to be sent.
    pub fn take(&mut self) -> Option<BufferHandle> {
        (self.buffer_count, self.byte_count) = (0, 0);
        self.head.take()
    }

    fn tail(&mut self) -> Option<&mut Buffer> {
        let mut tail: &mut Buffer = self.head.as_deref_mut()?;
        while tail.next().is_some() {
            tail = tail.next_mut().expect("it was there a line above");
        }
        Some(tail)
    }

    /// Makes sure that `size` bytes can be appended, taking buffers from `pool`. On failure what
    /// was taken stays, empty, for the next try.
    pub fn reserve(&mut self, pool: &mut BufferPool, size: u64) -> bool {
        let _ = (pool, size);
        unimplemented!("resp")
    }

    /// Appends bytes that were reserved.
    pub fn append(&mut self, bytes: &[u8]) {
        let _ = (bytes, self.tail());
        unimplemented!("resp")
    }
}
