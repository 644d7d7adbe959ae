//! The one mapping that all pools live in, and the advice that the kernel gets about memory.
//! (unsafe file)
//!
//! Mapped once, aligned to huge pages, every page touched before the first client is served, and
//! never given back. Populating goes in steps so that an error says how far it came, and so that a
//! start can be interrupted.
//!
//! Invariant: a `Region` is the only owner of its bytes; they are zero.
#![allow(unsafe_code, reason = "mapping memory is a promise that the compiler cannot check")]

use core::ffi::c_void;
use core::fmt;
use core::ops::Range;
use core::ptr::{self, NonNull};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mlock, mmap_anonymous, munmap};

/// What one entry of the middle page table maps.
pub const HUGE_PAGE_SIZE: usize = 2 << 20;

/// Pages that are not huge.
pub const PAGE_SIZE: usize = 4096;

/// Bytes populated between two looks at the world.
const POPULATE_STEP: usize = 64 << 20;

/// Why there is no region.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegionError {
    /// The address space refused.
    Map(Errno),
    /// Memory ran out, or is not ours to take, after so many bytes.
    Populate {
        /// What the kernel said.
        error: Errno,
        /// Bytes that were populated.
        done_bytes: u64,
    },
    /// The caller asked to stop after so many bytes.
    Interrupted {
        /// Bytes that were populated.
        done_bytes: u64,
    },
    /// `lock-memory yes`, and the kernel refused.
    Lock(Errno),
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Map(error) => write!(f, "the kernel refused to map it: {error}"),
            Self::Populate { error, done_bytes } => {
                write!(f, "the kernel gave {done_bytes} bytes and then said: {error}")
            }
            Self::Interrupted { done_bytes } => {
                write!(f, "interrupted after {done_bytes} bytes")
            }
            Self::Lock(error) => write!(
                f,
                "it could not be locked: {error}; raise LimitMEMLOCK (ulimit -l) or say \
                 'lock-memory try'"
            ),
        }
    }
}

/// Memory that is mapped, resident, zero and ours.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    size: usize,
}

impl Region {
    /// Maps `size` bytes, rounded up to whole pages, and touches each of them. `go_on` is asked
    /// between steps and told how many bytes are done.
    pub fn take(
        size: u64,
        huge_pages: bool,
        mut go_on: impl FnMut(u64) -> bool,
    ) -> Result<Self, RegionError> {
        let size = usize::try_from(size)
            .map_err(|_| RegionError::Map(Errno::NOMEM))?
            .next_multiple_of(PAGE_SIZE);
        let region = Self { start: map_aligned(size).map_err(RegionError::Map)?, size };
        // Advice is taken where it can be: a kernel without huge pages or core dumps refuses it.
        let huge = if huge_pages { Advice::LinuxHugepage } else { Advice::LinuxNoHugepage };
        let _ = region.advise(0..size, huge);
        let _ = region.advise(0..size, Advice::LinuxDontDump);
        let mut done = 0;
        while done < size {
            let end = (done + POPULATE_STEP).min(size);
            region
                .populate(done..end)
                .map_err(|error| RegionError::Populate { error, done_bytes: done as u64 })?;
            done = end;
            if !go_on(done as u64) {
                return Err(RegionError::Interrupted { done_bytes: done as u64 });
            }
        }
        Ok(region)
    }

    /// Keeps the region out of swap.
    pub fn lock(&self) -> Result<(), RegionError> {
        // SAFETY: the range is mapped and ours; locking changes neither content nor ownership.
        unsafe { mlock(self.start.as_ptr().cast(), self.size) }.map_err(RegionError::Lock)
    }

    /// Bytes of the region: what was asked for, rounded up to whole pages.
    pub fn size(&self) -> u64 {
        self.size as u64
    }

    /// The bytes themselves, which the caller then owns until the process ends.
    pub fn into_raw(self) -> (NonNull<u8>, usize) {
        (self.start, self.size)
    }

    fn populate(&self, range: Range<usize>) -> Result<(), Errno> {
        loop {
            match self.advise(range.clone(), Advice::LinuxPopulateWrite) {
                Err(Errno::INTR | Errno::AGAIN) => {}
                // Kernels before 5.14 do not know the advice: touch the pages by hand.
                Err(Errno::INVAL) => {
                    for offset in range.step_by(PAGE_SIZE) {
                        let page = self.start.as_ptr().wrapping_add(offset);
                        // SAFETY: the page is within the mapping, which is ours and zero.
                        unsafe { page.write_volatile(0) };
                    }
                    return Ok(());
                }
                result => return result,
            }
        }
    }

    fn advise(&self, range: Range<usize>, advice: Advice) -> Result<(), Errno> {
        let start = self.start.as_ptr().wrapping_add(range.start).cast();
        // SAFETY: the range is within the mapping, which is ours; none of the advice used here
        // discards content.
        unsafe { madvise(start, range.len(), advice) }
    }
}

/// Maps `size` bytes at a multiple of the huge page size.
fn map_aligned(size: usize) -> Result<NonNull<u8>, Errno> {
    let protection = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
    let mapped_size = size.checked_add(HUGE_PAGE_SIZE).ok_or(Errno::NOMEM)?;
    // SAFETY: a new private mapping at an address of the kernel's choice touches nobody's memory.
    let mapped =
        unsafe { mmap_anonymous(ptr::null_mut(), mapped_size, protection, flags) }?.cast::<u8>();
    let start = mapped.map_addr(|address| address.next_multiple_of(HUGE_PAGE_SIZE));
    let head_size = start.addr() - mapped.addr();
    let tail_size = mapped_size - head_size - size;
    for (piece, piece_size) in [(mapped, head_size), (start.wrapping_add(size), tail_size)] {
        if piece_size > 0 {
            // SAFETY: the piece is part of the mapping just made, and nobody has seen it.
            unsafe { munmap(piece.cast(), piece_size) }?;
        }
    }
    NonNull::new(start).ok_or(Errno::NOMEM)
}

/// Makes pages of our own image resident: `write` for private memory that will be written, else
/// for reading. Pages that cannot be (a guard, a device) are left as they are.
pub fn make_resident(pages: Range<usize>, write: bool) {
    let advice = if write { Advice::LinuxPopulateWrite } else { Advice::LinuxPopulateRead };
    let start = ptr::with_exposed_provenance_mut::<c_void>(pages.start);
    // SAFETY: populating changes no content, whatever is mapped there; where nothing is, or a
    // kernel does not know the advice, it fails and changes nothing.
    let _ = unsafe { madvise(start, pages.len(), advice) };
}

/// Keeps huge pages away from memory that is sparsely used, so that it cannot grow by itself.
pub fn keep_small(pages: Range<usize>) {
    let start = ptr::with_exposed_provenance_mut::<c_void>(pages.start);
    // SAFETY: the advice changes no content, and fails where nothing is mapped.
    let _ = unsafe { madvise(start, pages.len(), Advice::LinuxNoHugepage) };
}

#[cfg(test)]
#[path = "region_test.rs"]
mod region_test;
