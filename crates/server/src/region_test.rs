//! A region is aligned, resident, zero and writable, and a start can be interrupted.
use super::{HUGE_PAGE_SIZE, PAGE_SIZE, Region, RegionError};
use std::fs;

fn resident_bytes() -> u64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = rollup.lines().find(|line| line.starts_with("Rss:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[test]
fn is_aligned_resident_and_zero() {
    for huge_pages in [false, true] {
        let size = (5 << 20) + 1;
        let before = resident_bytes();
        let region = Region::take(size, huge_pages, |_| true).unwrap();
        assert_eq!(region.size(), size.next_multiple_of(PAGE_SIZE as u64));
        // Other tests run beside this one; none of them takes or gives back a megabyte.
        assert!(resident_bytes() + (1 << 20) > before + size, "populated");
        let (start, size) = region.into_raw();
        assert_eq!(start.addr().get() % HUGE_PAGE_SIZE, 0);
        // SAFETY: the test owns the region that it just took apart.
        let bytes = unsafe { core::slice::from_raw_parts_mut(start.as_ptr(), size) };
        assert!(bytes.iter().all(|byte| *byte == 0));
        bytes.fill(0xAA);
    }
}

#[test]
fn can_be_interrupted_between_steps() {
    let mut told = Vec::new();
    let result = Region::take(200 << 20, true, |done_bytes| {
        told.push(done_bytes);
        told.len() < 2
    });
    assert_eq!(result.unwrap_err(), RegionError::Interrupted { done_bytes: 128 << 20 });
    assert_eq!(told, [64 << 20, 128 << 20]);
}

#[test]
fn an_impossible_size_is_an_error() {
    assert!(matches!(Region::take(1 << 62, true, |_| true), Err(RegionError::Map(_))));
    assert!(matches!(Region::take(u64::MAX - 4096, true, |_| true), Err(RegionError::Map(_))));
}
