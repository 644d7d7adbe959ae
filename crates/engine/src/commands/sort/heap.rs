//! Sorting in place: a heap whose top is the last record of all, taken off one after the other.
//!
//! Without recursion and without memory of its own, and O(n log n) whatever the records are: for
//! those that `segments` could not divide well.
use super::order::Order;
use crate::store::{Record, Store, Workspace};
use core::ops::Range;

/// Children of a node: they lie side by side, and there are half as many levels as with two.
const CHILD_COUNT: usize = 4;

/// Puts the records of a range in order.
pub(super) fn sort(store: &mut Store, records: &mut Workspace, order: Order, range: &Range<usize>) {
    let (start, count) = (range.start, range.len());
    for root in (0..count.div_ceil(CHILD_COUNT)).rev() {
        let record = records.record(store, start + root);
        sift(store, records, order, &(start..range.end), (root, record));
    }
    for end in (start + 1..range.end).rev() {
        let (top, last) = (records.record(store, start), records.record(store, end));
        records.set_record(store, end, top);
        sift(store, records, order, &(start..end), (0, last));
    }
}

/// Puts `record` into the heap of the records of a range, at `root` or below: what comes behind it
/// moves up.
fn sift(
    store: &mut Store,
    records: &mut Workspace,
    order: Order,
    range: &Range<usize>,
    (root, record): (usize, Record),
) {
    let (start, count) = (range.start, range.len());
    let mut hole = root;
    loop {
        let first = CHILD_COUNT * hole + 1;
        if first >= count {
            break;
        }
        let (mut child, mut best) = (first, records.record(store, start + first));
        for index in first + 1..(first + CHILD_COUNT).min(count) {
            let other = records.record(store, start + index);
            if order.is_before(store, &best, &other) {
                (child, best) = (index, other);
            }
        }
        if order.is_before(store, &best, &record) {
            break;
        }
        records.set_record(store, start + hole, best);
        hole = child;
    }
    records.set_record(store, start + hole, record);
}
