//! Asking the processor for a cache line before it is needed.
//!
//! A data set larger than the caches costs two dependent misses for a GET; asking for them while
//! others run hides most of them (measured in the prototype: 408 ns alone, 78 ns in batches). It
//! takes the prefetch instruction: a plain early load blocks retirement and costs twice as much.
//! This is the one line of the engine that is not safe Rust (invariant 7 of ARCHITECTURE.md).
#![allow(unsafe_code, reason = "the prefetch instruction takes a pointer; see the file's header")]

/// Bytes of a cache line.
pub const LINE_SIZE: usize = 64;

/// Asks for the cache line in which `bytes` begins.
#[inline]
pub fn prefetch_line(bytes: &[u8]) {
    if let Some(first) = bytes.first() {
        line(first);
    }
}

/// Asks for the cache lines that hold the first and the last byte of `bytes` (at most two lines).
#[inline]
pub fn prefetch(bytes: &[u8]) {
    if let Some(first) = bytes.first() {
        line(first);
    }
    if let Some(last) = bytes.last() {
        line(last);
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn line(byte: &u8) {
    // SAFETY: the instruction is a hint; it neither reads nor faults, whatever the address, and
    // the address is that of a live reference.
    unsafe {
        core::arch::x86_64::_mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(
            core::ptr::from_ref(byte).cast::<i8>(),
        );
    }
}

/// No instruction for it here: the load that follows waits, as it would without us.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn line(_byte: &u8) {}
