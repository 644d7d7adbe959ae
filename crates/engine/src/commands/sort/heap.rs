//! Sorting in place: a heap whose top is the first record of all, taken off as often as is wanted.
//!
//! Without recursion and without memory of its own; O(n + k log n) for the first k of n.
use super::order::Order;
use crate::store::{Record, Store, Workspace};

/// Children of a node: they lie side by side, and there are half as many levels as with two.
const CHILD_COUNT: usize = 4;

/// Puts the first `wanted_count` records to the end, the first one last: `position` says where.
pub(super) fn sort(store: &mut Store, records: &mut Workspace, order: Order, wanted_count: usize) {
    let count = records.count();
    for root in (0..count.div_ceil(CHILD_COUNT)).rev() {
        let record = records.record(store, root);
        sift(store, records, order, (root, count), record);
    }
    for end in (count - wanted_count..count).rev() {
        let (first, last) = (records.record(store, 0), records.record(store, end));
        records.set_record(store, end, first);
        if end > 0 {
            sift(store, records, order, (0, end), last);
        }
    }
}

/// Where the record is that comes behind `index` others.
pub(super) const fn position(records: &Workspace, index: usize) -> usize {
    records.count() - 1 - index
}

/// Puts `record` into the heap of the first `count` records, at `root` or below: what comes before
/// it moves up.
fn sift(
    store: &mut Store,
    records: &mut Workspace,
    order: Order,
    (root, count): (usize, usize),
    record: Record,
) {
    let mut hole = root;
    loop {
        let first = CHILD_COUNT * hole + 1;
        if first >= count {
            break;
        }
        let (mut child, mut best) = (first, records.record(store, first));
        for index in first + 1..(first + CHILD_COUNT).min(count) {
            let other = records.record(store, index);
            if order.is_before(store, &other, &best) {
                (child, best) = (index, other);
            }
        }
        if order.is_before(store, &record, &best) {
            break;
        }
        records.set_record(store, hole, best);
        hole = child;
    }
    records.set_record(store, hole, record);
}

#[cfg(test)]
#[path = "heap_test.rs"]
mod heap_test;
