//! The allocator of the judges: the system's own, which notices what the engine asks of it.
//! (unsafe file)
//!
//! The engine takes all its memory in `Engine::new`. Whoever calls it later does so through
//! `within`, which ends the process, or the seed, if the engine has taken or given back memory
//! meanwhile. What a judge's own hook does is excused by `without`.
//!
//! Invariant: it never fails and never says anything by itself, since whoever allocates may be in
//! the middle of anything; it only counts, for the thread.
#![allow(unsafe_code, reason = "a global allocator is unsafe by its trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The allocator itself; what it has noticed belongs to the thread.
pub struct WatchedAllocator;

thread_local! {
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
    static CALL_COUNT: Cell<u64> = const { Cell::new(0) };
    /// Bytes of the last call.
    static SIZE: Cell<usize> = const { Cell::new(0) };
}

/// While one of these lives, the thread is watched or is not; then as before.
struct Watching {
    before: bool,
}

impl Watching {
    fn begin(is_watched: bool) -> Self {
        Self { before: IS_WATCHED.replace(is_watched) }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        IS_WATCHED.set(self.before);
    }
}

/// Calls the engine, which must not allocate.
#[inline]
pub fn within<T>(call: impl FnOnce() -> T) -> T {
    // A panic may have left something.
    CALL_COUNT.set(0);
    let watching = Watching::begin(true);
    let result = call();
    drop(watching);
    let (count, size) = (CALL_COUNT.get(), SIZE.get());
    assert!(count == 0, "the engine called the allocator {count} times, last for {size} bytes");
    result
}

/// Calls a judge from within the engine: it may allocate.
#[inline]
pub fn without(call: impl FnOnce()) {
    let _watching = Watching::begin(false);
    call();
}

fn notice(size: usize) {
    if IS_WATCHED.get() {
        CALL_COUNT.set(CALL_COUNT.get() + 1);
        SIZE.set(size);
    }
}

// SAFETY: every call is the system allocator's, with the same arguments.
unsafe impl GlobalAlloc for WatchedAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        notice(layout.size());
        // SAFETY: the caller's promise is the one that this call asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        notice(layout.size());
        // SAFETY: the caller's promise is the one that this call asks for.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        notice(layout.size());
        // SAFETY: `start` came from the system allocator, since every piece does.
        unsafe { System.dealloc(start, layout) }
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        notice(size);
        // SAFETY: `start` came from the system allocator, since every piece does.
        unsafe { System.realloc(start, layout, size) }
    }
}

#[cfg(test)]
#[path = "watched_allocator_test.rs"]
mod watched_allocator_test;
