//! The global allocator: a bump allocator until the seal, a trap after it. (unsafe file)
//!
//! Three states, one way: *bootstrap* serves from a static array (options, configuration, driver
//! tables), *region* from the one mapping whose bytes the plan has counted, *sealed* serves
//! nothing: any call writes one line and aborts. Under `--seal count` it counts instead and serves
//! from a small fallback area that is part of the process image.
//!
//! Memory only ever moves forward: what is freed comes back only if it was the last piece taken.
//! That is enough, since everything lives until the process ends, and it makes each row of the
//! plan exactly the distance that the cursor moved.
//!
//! Invariant 1: `[cursor, end)` of the area in use belongs to nobody. Invariant 2: what lies at or
//! above `dirty_end` was never handed out, so it is still the zeros that the kernel gave.
#![allow(unsafe_code, reason = "a global allocator is unsafe by its trait")]

use crate::log;
use crate::region::Region;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::{Cell, UnsafeCell};
use core::ops::Range;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use granite_engine::log::Level;

/// Every piece starts on a cache line and its size is rounded up to whole ones.
pub const ALIGNMENT: usize = 64;

/// What options, configuration and driver tables may take together. Untouched pages cost nothing.
const BOOTSTRAP_SIZE: usize = 16 << 20;

/// What may still be taken from the bootstrap area after the image was measured.
const BOOTSTRAP_SPARE: usize = 128 << 10;

/// For the text of a panic, and for what `--seal count` lets through.
const FALLBACK_SIZE: usize = 32 << 10;

/// Lines that `--seal count` writes; further calls are only counted.
const COUNTED_LINES_MAX: u64 = 32;

const PAGE_SIZE: usize = 4096;

/// What the allocator does with a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum State {
    /// Serve from the static array.
    Bootstrap,
    /// Serve from the region.
    Region,
    /// Write a line and abort.
    Sealed,
    /// Write a line, count, serve from the fallback area.
    Counting,
    /// Serve from the fallback area: `--seal off`.
    Unsealed,
}

/// The allocator itself; all its state is static, since there is one heap in a process.
pub struct StartupAllocator;

#[repr(C, align(4096))]
struct Static<const SIZE: usize>(UnsafeCell<[u8; SIZE]>);

// SAFETY: the bytes are only reached through pieces that an `Area` hands out, each to one owner
// (invariant 1).
unsafe impl<const SIZE: usize> Sync for Static<SIZE> {}

static BOOTSTRAP: Static<BOOTSTRAP_SIZE> = Static(UnsafeCell::new([0; BOOTSTRAP_SIZE]));
static FALLBACK: Static<FALLBACK_SIZE> = Static(UnsafeCell::new([0; FALLBACK_SIZE]));

static STATE: AtomicU8 = AtomicU8::new(State::Bootstrap as u8);
static MAIN_AREA: Area = Area::new(BOOTSTRAP.0.get().cast(), BOOTSTRAP_SIZE);
static FALLBACK_AREA: Area = Area::new(FALLBACK.0.get().cast(), FALLBACK_SIZE);
static REGION_START: AtomicUsize = AtomicUsize::new(0);
static ALLOCATIONS_AFTER_SEAL: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static PHASE: Cell<&'static str> = const { Cell::new("the start") };
}

/// Names the command or phase that runs from now on, for the line that an abort writes.
pub fn phase(name: &'static str) {
    PHASE.set(name);
}

/// The command or phase that runs.
pub fn current_phase() -> &'static str {
    PHASE.get()
}

/// Bytes taken from the region until now.
pub fn taken() -> u64 {
    match REGION_START.load(Ordering::Acquire) {
        0 => 0,
        start => (MAIN_AREA.cursor.load(Ordering::Acquire).addr() - start) as u64,
    }
}

/// Calls since the seal. The promise is 0.
pub fn allocations_after_seal() -> u64 {
    ALLOCATIONS_AFTER_SEAL.load(Ordering::Relaxed)
}

/// Ends the growth of the bootstrap area: it may take `BOOTSTRAP_SPARE` more, which the caller
/// makes resident with the rest of the image. Returns the addresses that nobody will ever touch.
pub fn settle_bootstrap() -> Range<usize> {
    // The end of the array, not of the area: an earlier call has lowered that one already.
    let area_end = BOOTSTRAP.0.get().addr() + BOOTSTRAP_SIZE;
    let used_end = MAIN_AREA.cursor.load(Ordering::Acquire).addr();
    let end = (used_end + BOOTSTRAP_SPARE).next_multiple_of(PAGE_SIZE).min(area_end);
    MAIN_AREA.end.store(end, Ordering::Release);
    end..area_end
}

/// From now on everything is taken from `region`, which is never given back.
pub fn serve_from(region: Region) {
    assert_eq!(state(), State::Bootstrap, "there is one region");
    let (start, size) = region.into_raw();
    MAIN_AREA.reset(start.as_ptr(), size);
    REGION_START.store(start.addr().get(), Ordering::Release);
    STATE.store(State::Region as u8, Ordering::Release);
}

/// Ends the process at once. The runtime's own clean-up would free and unmap, which is sealed.
pub fn leave(status: u8) -> ! {
    // SAFETY: the call does not return, and no destructor has to run: what must be written or
    // closed was, and all memory goes back with the process.
    unsafe { libc::_exit(i32::from(status)) }
}

/// Ends allocation. `state` is what happens to a call from now on.
pub fn seal(state: State) {
    assert!(matches!(state, State::Sealed | State::Counting | State::Unsealed));
    STATE.store(state as u8, Ordering::Release);
}

fn state() -> State {
    match STATE.load(Ordering::Acquire) {
        0 => State::Bootstrap,
        1 => State::Region,
        2 => State::Sealed,
        3 => State::Counting,
        _ => State::Unsealed,
    }
}

/// What a call gets after the seal: the fallback area, or the end of the process.
fn after_seal(state: State, call: &str, size: usize) -> &'static Area {
    // A panic formats its message on the heap; it must be able to say why the process dies.
    if state == State::Unsealed || std::thread::panicking() {
        return &FALLBACK_AREA;
    }
    let number = ALLOCATIONS_AFTER_SEAL.fetch_add(1, Ordering::Relaxed) + 1;
    let phase = PHASE.get();
    if state == State::Sealed {
        log::emergency(
            Level::Warning,
            format_args!("{call} of {size} bytes after the seal, in {phase}: abort"),
        );
        std::process::abort();
    }
    if number <= COUNTED_LINES_MAX {
        log::emergency(
            Level::Warning,
            format_args!("{call} of {size} bytes after the seal, in {phase}: number {number}"),
        );
    }
    &FALLBACK_AREA
}

fn area_for(call: &str, size: usize) -> &'static Area {
    match state() {
        State::Bootstrap | State::Region => &MAIN_AREA,
        state => after_seal(state, call, size),
    }
}

// SAFETY: `Area::take` gives every piece to one owner (invariant 1), aligned as asked and at least
// as large; `grow` extends a piece only into what belongs to nobody.
unsafe impl GlobalAlloc for StartupAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        area_for("allocation", layout.size()).take(layout)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        area_for("zeroed allocation", layout.size()).take_zeroed(layout)
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        let area = area_for("deallocation", layout.size());
        area.resize_last(start, layout.size(), 0);
    }

    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let area = area_for("reallocation", size);
        if area.resize_last(start, layout.size(), size) || size <= layout.size() {
            return start;
        }
        let Ok(larger) = Layout::from_size_align(size, layout.align()) else {
            return ptr::null_mut();
        };
        let target = area.take(larger);
        if !target.is_null() {
            // SAFETY: the old piece has `layout.size()` bytes, the new one more; they do not
            // overlap, since the new one belonged to nobody (invariant 1).
            unsafe { ptr::copy_nonoverlapping(start, target, layout.size()) };
        }
        target
    }
}

/// Memory that is handed out from its start to its end.
struct Area {
    start: AtomicUsize,
    cursor: AtomicPtr<u8>,
    end: AtomicUsize,
    dirty_end: AtomicUsize,
    size: AtomicUsize,
}

impl Area {
    const fn new(start: *mut u8, size: usize) -> Self {
        // An address cannot be had in a constant: the first call fills in the others.
        Self {
            start: AtomicUsize::new(0),
            cursor: AtomicPtr::new(start),
            end: AtomicUsize::new(0),
            dirty_end: AtomicUsize::new(0),
            size: AtomicUsize::new(size),
        }
    }

    fn reset(&self, start: *mut u8, size: usize) {
        self.size.store(size, Ordering::Release);
        self.cursor.store(start, Ordering::Release);
        self.dirty_end.store(start.addr(), Ordering::Release);
        self.end.store(start.addr() + size, Ordering::Release);
        self.start.store(start.addr(), Ordering::Release);
    }

    /// The first address behind the area.
    fn end(&self) -> usize {
        if self.start.load(Ordering::Acquire) == 0 {
            // Two threads that come here at once write the same values: nothing was taken yet.
            let start = self.cursor.load(Ordering::Acquire).addr();
            let size = self.size.load(Ordering::Acquire);
            if self.end.load(Ordering::Acquire) == 0 {
                self.end.store(start + size, Ordering::Release);
            }
            self.start.store(start, Ordering::Release);
        }
        self.end.load(Ordering::Acquire)
    }

    /// A piece, or null if it does not fit.
    fn take(&self, layout: Layout) -> *mut u8 {
        self.take_above(layout).0
    }

    /// A piece, and the first address that nobody had before.
    fn take_above(&self, layout: Layout) -> (*mut u8, usize) {
        let align = layout.align().max(ALIGNMENT);
        let size = layout.size().next_multiple_of(ALIGNMENT);
        let area_end = self.end();
        let mut cursor = self.cursor.load(Ordering::Acquire);
        loop {
            let start = cursor.map_addr(|address| address.next_multiple_of(align));
            if area_end.checked_sub(start.addr()).is_none_or(|room| room < size) {
                return (ptr::null_mut(), 0);
            }
            let next = start.wrapping_add(size);
            match self.cursor.compare_exchange(cursor, next, Ordering::AcqRel, Ordering::Acquire) {
                // Whoever had these bytes raised `dirty_end` before they gave them back.
                Ok(_) => {
                    return (start, self.dirty_end.fetch_max(next.addr(), Ordering::AcqRel));
                }
                Err(changed) => cursor = changed,
            }
        }
    }

    /// As `take`, all zeros. Memory that nobody had is not touched (invariant 2).
    fn take_zeroed(&self, layout: Layout) -> *mut u8 {
        let (start, dirty_end) = self.take_above(layout);
        if !start.is_null() {
            let dirty_size = dirty_end.saturating_sub(start.addr()).min(layout.size());
            // SAFETY: `dirty_size` bytes from `start` on are within the piece just taken.
            unsafe { ptr::write_bytes(start, 0, dirty_size) };
        }
        start
    }

    /// If the piece at `start` is the last one taken: makes it `size` bytes, 0 to give it back.
    fn resize_last(&self, start: *mut u8, size_before: usize, size: usize) -> bool {
        let area_end = self.end();
        let last_end = start.wrapping_add(size_before.next_multiple_of(ALIGNMENT));
        let is_ours = (self.start.load(Ordering::Acquire)..area_end).contains(&start.addr());
        let size = size.next_multiple_of(ALIGNMENT);
        if !is_ours || area_end - start.addr() < size {
            return false;
        }
        let next = start.wrapping_add(size);
        let exchange =
            self.cursor.compare_exchange(last_end, next, Ordering::AcqRel, Ordering::Acquire);
        if exchange.is_ok() {
            self.dirty_end.fetch_max(next.addr(), Ordering::AcqRel);
        }
        exchange.is_ok()
    }
}

#[cfg(test)]
#[path = "startup_allocator_test.rs"]
mod startup_allocator_test;
