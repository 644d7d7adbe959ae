//! The bump area: alignment, zeros, giving back and growing the last piece. What happens after the
//! seal ends the process, so `tests/seal.rs` tests it in children.
use super::{ALIGNMENT, Area, BOOTSTRAP_SIZE, settle_bootstrap};
use core::alloc::Layout;

const SIZE: usize = 1 << 16;

fn area() -> (Area, *mut u8) {
    let bytes = Box::leak(vec![0_u8; SIZE + ALIGNMENT].into_boxed_slice());
    let start = bytes.as_mut_ptr().map_addr(|address| address.next_multiple_of(ALIGNMENT));
    (Area::new(start, SIZE), start)
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

#[test]
fn pieces_follow_each_other_in_whole_lines() {
    let (area, start) = area();
    assert_eq!(area.take(layout(1, 1)), start);
    assert_eq!(area.take(layout(64, 8)), start.wrapping_add(64));
    assert_eq!(area.take(layout(65, 8)), start.wrapping_add(128));
    assert_eq!(area.take(layout(8, 8)), start.wrapping_add(256));
    assert_eq!(area.take(layout(8, 4096)).addr() % 4096, 0);
}

#[test]
fn the_last_piece_is_given_back_and_earlier_ones_are_not() {
    let (area, start) = area();
    let first = area.take(layout(100, 8));
    let second = area.take(layout(100, 8));
    assert!(!area.resize_last(first, 100, 0));
    assert!(area.resize_last(second, 100, 0));
    assert!(area.resize_last(first, 100, 0));
    assert_eq!(area.take(layout(8, 8)), start);
}

#[test]
fn the_last_piece_grows_and_shrinks_in_place_within_the_area() {
    let (area, start) = area();
    let piece = area.take(layout(100, 8));
    assert!(area.resize_last(piece, 100, 1000));
    assert_eq!(area.take(layout(8, 8)), start.wrapping_add(1024));
    assert!(!area.resize_last(piece, 1000, 2000), "no longer the last");
    let last = area.take(layout(8, 8));
    assert!(!area.resize_last(last, 8, SIZE), "past the end");
    assert!(area.resize_last(last, 8, SIZE - 1088), "up to the end");
    assert!(area.take(layout(1, 1)).is_null());
}

#[test]
fn only_what_was_used_before_is_zeroed() {
    let (area, start) = area();
    let piece = area.take(layout(128, 8));
    // SAFETY: the piece was just taken.
    unsafe { piece.write_bytes(0xAA, 128) };
    // A byte that nobody took yet: the area must not write to it.
    let untouched = start.wrapping_add(200);
    // SAFETY: it lies within the test's own memory.
    unsafe { untouched.write(0xBB) };
    assert!(area.resize_last(piece, 128, 0));
    let zeroed = area.take_zeroed(layout(256, 8));
    assert_eq!(zeroed, start);
    // SAFETY: the piece was just taken.
    let bytes = unsafe { core::slice::from_raw_parts(zeroed, 256) };
    assert!(bytes[..128].iter().all(|byte| *byte == 0));
    assert_eq!(bytes[200], 0xBB, "fresh memory is zero already and stays untouched");
}

#[test]
fn what_does_not_fit_is_refused_and_takes_nothing() {
    let (area, start) = area();
    assert!(area.take(layout(SIZE + 1, 1)).is_null());
    assert!(area.take(layout(isize::MAX as usize - 63, 1)).is_null());
    assert_eq!(area.take(layout(SIZE, 1)), start);
    assert!(area.take(layout(1, 1)).is_null());
}

#[test]
fn what_is_never_touched_is_the_same_however_often_it_is_asked() {
    let first = settle_bootstrap();
    assert!(first.end - first.start > BOOTSTRAP_SIZE / 2);
    assert_eq!(settle_bootstrap(), first);
}
