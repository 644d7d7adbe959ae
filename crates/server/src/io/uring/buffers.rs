//! The receive buffers, and the ring through which the kernel takes those that it is lent.
//!
//! The kernel is lent as many as there are receives, for each fills one at a time, and it is lent
//! those that came back last: what fifty clients send goes through fifty buffers that the caches
//! know, not through all there are in turn.
//!
//! Invariant: a buffer is a pointer that only the kernel uses, idle here, or a handle that somebody
//! owns; never two of them. Numbers in `free_numbers` belong to no buffer, all others to one that
//! is lent.
#![expect(unsafe_code, reason = "the kernel writes into buffers through pointers")]

use granite_engine::memory::buffer::{BUFFER_SIZE, Buffer, BufferHandle, BufferPool};
use io_uring::types::BufRingEntry;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU16, Ordering};

/// Buffers that a ring can number.
pub(super) const BUFFERS_MAX: u32 = 1 << 15;

/// The kernel wants the ring on a page of its own.
#[repr(C, align(4096))]
#[derive(Clone)]
struct Page([u8; 4096]);

/// Provided buffers and their numbers.
pub(super) struct ReceiveBuffers {
    entries: NonNull<BufRingEntry>,
    entry_count: u16,
    tail: u16,
    lent: Box<[Option<NonNull<Buffer>>]>,
    free_numbers: Box<[u16]>,
    free_count: usize,
    idle: BufferPool,
}

impl ReceiveBuffers {
    /// An empty ring for the buffers of a pool. Its memory is never given back: the kernel reads it
    /// for as long as the process lives.
    pub(super) fn new(idle: BufferPool) -> Self {
        let capacity = idle.capacity();
        assert!(capacity > 0, "a driver needs a receive buffer");
        assert!(capacity <= BUFFERS_MAX, "more buffers than a ring can number");
        let entry_count = capacity.next_power_of_two();
        let size = entry_count as usize * size_of::<BufRingEntry>();
        let pages = vec![Page([0; 4096]); size.div_ceil(size_of::<Page>())];
        let pages: &'static mut [Page] = Box::leak(pages.into_boxed_slice());
        Self {
            entries: NonNull::from(pages).cast(),
            entry_count: entry_count as u16,
            tail: 0,
            lent: vec![None; capacity as usize].into(),
            // Popped from the end, so that the first buffers get the lowest numbers.
            free_numbers: (0..capacity as u16).rev().collect(),
            free_count: capacity as usize,
            idle,
        }
    }

    /// Bytes that `new` takes, at most: before the ring's first page there may be a gap.
    pub(super) fn table_bytes(capacity: u32) -> u64 {
        let entries = capacity.next_power_of_two() as usize * size_of::<BufRingEntry>();
        let pages = entries.next_multiple_of(size_of::<Page>()) + size_of::<Page>();
        let per_buffer = size_of::<Option<NonNull<Buffer>>>() + size_of::<u16>();
        (pages + capacity as usize * per_buffer) as u64
    }

    /// Where the ring is and how many entries it has, for its registration.
    pub(super) fn ring(&self) -> (u64, u16) {
        (self.entries.as_ptr() as u64, self.entry_count)
    }

    /// The pool again, from which nothing was lent yet.
    pub(super) fn into_idle(self) -> BufferPool {
        assert_eq!(self.lent_count(), 0, "the kernel has buffers of a ring that never started");
        self.idle
    }

    /// A buffer that is empty again. The kernel sees it after `lend`.
    pub(super) fn give_back(&mut self, buffer: BufferHandle) {
        self.idle.release(buffer);
    }

    /// Lends the kernel so many buffers, or all there are.
    pub(super) fn lend(&mut self, wanted_count: usize) {
        while self.lent_count() < wanted_count {
            let Some(buffer) = self.idle.acquire() else { return };
            self.provide(buffer);
        }
    }

    /// Puts a buffer behind the ring's last one, and shows the kernel that it is there.
    fn provide(&mut self, buffer: BufferHandle) {
        self.free_count -= 1;
        let number = self.free_numbers[self.free_count];
        let pointer = NonNull::from(buffer);
        // SAFETY: the pointer was made from the handle, which is consumed by it: nobody else can
        // touch the buffer.
        let storage = unsafe { (*pointer.as_ptr()).storage() };
        let address = storage.as_mut_ptr() as u64;
        self.lent[number as usize] = Some(pointer);

        let index = self.tail & (self.entry_count - 1);
        // SAFETY: the index is below the count of entries, which is what was allocated.
        let entry = unsafe { self.entries.add(index as usize) };
        // SAFETY: the entry lies beyond the published tail, so that the kernel does not read it.
        // What it reads, the tail, shares entry 0 but is not written through this reference.
        let entry = unsafe { &mut *entry.as_ptr() };
        entry.set_addr(address);
        entry.set_len(BUFFER_SIZE as u32);
        entry.set_bid(number);
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the pointer is the ring's first entry, initialized with zeros.
        let tail = unsafe { BufRingEntry::tail(self.entries.as_ptr()) };
        // SAFETY: the tail is an aligned u16 that only we write and that lives for ever.
        let tail = unsafe { AtomicU16::from_ptr(tail.cast_mut()) };
        tail.store(self.tail, Ordering::Release);
    }

    /// The kernel filled `size` bytes of buffer `number`: it is ours again.
    pub(super) fn take(&mut self, number: u16, size: u32) -> BufferHandle {
        let pointer = self.lent[number as usize].take();
        let mut pointer = pointer.expect("the kernel gives back only what it was lent");
        self.free_numbers[self.free_count] = number;
        self.free_count += 1;
        // SAFETY: the pointer came from a `'static` handle, and the completion that names the
        // number ended the kernel's use of it (invariant 5: it had no other holder).
        let buffer: BufferHandle = unsafe { pointer.as_mut() };
        buffer.clear();
        buffer.commit(size);
        buffer
    }

    /// Buffers that the kernel may fill, or has filled and not reported yet.
    pub(super) fn lent_count(&self) -> usize {
        self.lent.len() - self.free_count
    }
}

/// A chain of buffers that the kernel reads, and how far it got.
///
/// Invariant: from `new` to `finish` nothing but the kernel touches the chain's bytes.
pub(super) struct Outgoing {
    head: NonNull<Buffer>,
    current: NonNull<Buffer>,
    current_sent: u32,
    sent_bytes: u32,
}

impl Outgoing {
    /// Takes the chain for as long as the send lasts.
    pub(super) fn new(chain: BufferHandle) -> Self {
        let head = NonNull::from(chain);
        Self { head, current: head, current_sent: 0, sent_bytes: 0 }
    }

    /// Collects what is still to be sent, as many pieces as `vectors` holds; returns their count.
    /// 0 when all is out.
    pub(super) fn rest(&mut self, vectors: &mut [libc::iovec]) -> usize {
        let mut count = 0;
        let mut sent = self.current_sent;
        let mut next = Some(self.current);
        while let (Some(buffer), Some(vector)) = (next, vectors.get_mut(count)) {
            // SAFETY: the chain is ours since `new`, and the kernel only reads it.
            let buffer = unsafe { buffer.as_ref() };
            let bytes = &buffer.filled()[sent as usize..];
            if !bytes.is_empty() {
                *vector = libc::iovec {
                    iov_base: ptr::from_ref(bytes).cast_mut().cast(),
                    iov_len: bytes.len(),
                };
                count += 1;
            }
            sent = 0;
            next = buffer.next().map(NonNull::from);
        }
        count
    }

    /// The bytes that the next `count` pieces consist of.
    #[cfg(test)]
    pub(super) fn copy_rest(&mut self, count: usize) -> Vec<u8> {
        let nothing = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
        let mut pieces = vec![nothing; count];
        let count = self.rest(&mut pieces);
        let mut bytes = Vec::new();
        for piece in &pieces[..count] {
            // SAFETY: `rest` describes bytes of the chain, which is still here.
            let piece = unsafe { std::slice::from_raw_parts(piece.iov_base.cast(), piece.iov_len) };
            bytes.extend_from_slice(piece);
        }
        bytes
    }

    /// `size` more bytes are out.
    pub(super) fn advance(&mut self, size: u32) {
        self.sent_bytes += size;
        let mut size = size + self.current_sent;
        loop {
            // SAFETY: as in `rest`.
            let buffer = unsafe { self.current.as_ref() };
            if size < buffer.filled_size() {
                break;
            }
            let Some(next) = buffer.next() else {
                assert_eq!(size, buffer.filled_size(), "sent more than the chain holds");
                break;
            };
            size -= buffer.filled_size();
            self.current = NonNull::from(next);
        }
        self.current_sent = size;
    }

    /// Gives the chain back, with the count of its bytes that left.
    pub(super) fn finish(self) -> (BufferHandle, u32) {
        let mut head = self.head;
        // SAFETY: the pointer came from a `'static` handle, and no send of the chain is in flight
        // any more: we are its only holder.
        (unsafe { head.as_mut() }, self.sent_bytes)
    }
}
