//! The process image: binary, libraries, stack, rings and start-up data. The first row of the plan.
//!
//! It is made resident before it is measured, so that running a piece of code for the first time,
//! or going deeper into the stack than ever before, does not change what `top` shows.
//!
//! Invariant: after `measure` the image grows by nothing but what `settle_bootstrap` has left,
//! which is counted already.
use crate::{region, startup_allocator};
use core::hint::black_box;
use core::ops::Range;
use granite_engine::stdx::round_up;
use std::{fs, io};

/// Bytes of stack made resident below the caller: far more than any command needs, none recurses.
const STACK_SIZE: usize = 256 << 10;

/// The image is rounded up to this, so that the plan does not change with each build.
const IMAGE_UNIT: u64 = 256 << 10;

/// Makes the image resident; returns its size, with `more_bytes` for what is part of it but not
/// there yet (rings), rounded up.
pub fn measure(more_bytes: u64) -> io::Result<u64> {
    let untouched = startup_allocator::settle_bootstrap();
    touch_stack();
    let maps = fs::read_to_string("/proc/self/maps")?;
    for mapping in maps.lines().filter_map(Mapping::parse) {
        mapping.make_resident(&untouched);
    }
    Ok(round_up(resident_bytes()? + more_bytes, IMAGE_UNIT))
}

/// Bytes that are resident now, counted page by page: exact, and too slow for a running server.
fn resident_bytes() -> io::Result<u64> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    crate::procfs::kilobytes(&rollup, "Rss:")
        .ok_or_else(|| io::Error::other("/proc/self/smaps_rollup has no line for Rss"))
}

#[inline(never)]
#[allow(clippy::large_stack_arrays, reason = "its size is the purpose")]
fn touch_stack() {
    black_box([0_u8; STACK_SIZE]);
}

/// A line of `/proc/self/maps`.
struct Mapping {
    addresses: Range<usize>,
    write: bool,
}

impl Mapping {
    /// A mapping that can be made resident: readable, private, memory or a file.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_whitespace();
        let (start, end) = fields.next()?.split_once('-')?;
        let rights = fields.next()?.as_bytes();
        let name = fields.nth(3).unwrap_or("");
        // The kernel's own pages and the rings are resident, or not ours to touch.
        let is_kernels = name.starts_with("[v") || name.starts_with("anon_inode");
        if is_kernels || rights.first() != Some(&b'r') || rights.last() != Some(&b'p') {
            return None;
        }
        let address = |text| usize::from_str_radix(text, 16).ok();
        Some(Self { addresses: address(start)?..address(end)?, write: rights[1] == b'w' })
    }

    fn make_resident(&self, untouched: &Range<usize>) {
        if self.write {
            // The kernel must not round the sparse bootstrap area up to huge pages behind our back.
            region::keep_small(self.addresses.clone());
        }
        let before = self.addresses.start..self.addresses.end.min(untouched.start);
        let behind = self.addresses.start.max(untouched.end)..self.addresses.end;
        for piece in [before, behind] {
            if !piece.is_empty() {
                region::make_resident(piece, self.write);
            }
        }
    }
}

#[cfg(test)]
#[path = "image_test.rs"]
mod image_test;
