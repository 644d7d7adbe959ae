//! Sorting in place: many records are divided by one of them, again and again, until a segment is
//! few, which are sorted on the stack. Segments that nobody wants to see are left as they are.
//!
//! Without recursion, and O(n + k log n) for k wanted ones of n: the dividing record is the middle
//! one of a sample that no client can foresee. Whoever is out of luck nevertheless has the heap
//! after a bounded count of divisions, so that it is O(n log n) at worst.
use super::heap;
use super::order::Order;
use crate::planted::{Bug, is_planted};
use crate::random::Random;
use crate::store::{Record, Store, Workspace};
use core::ops::Range;

/// Records that are sorted on the stack: 12 KiB.
const FEW: usize = 512;

/// Records of a sample. The middle one of so many mostly leaves two fifths of all on either side
/// at least.
const SAMPLE_COUNT: usize = 31;

/// Segments that wait: the larger part of a division does, and is less than half as large as the
/// one that waits before it.
const WAITING_MAX: usize = usize::BITS as usize;

/// Neighbours whose places among all others are known.
#[derive(Clone, Copy)]
struct Segment {
    start: usize,
    end: usize,
    /// How often it may still be divided.
    divisions_max: u32,
}

impl Segment {
    const fn count(self) -> usize {
        self.end - self.start
    }
}

/// Puts the records that are `wanted`, by their places among all, into these places.
pub(in crate::commands) fn sort(
    store: &mut Store,
    records: &mut Workspace,
    order: Order,
    wanted: &Range<usize>,
) {
    if let Some(few) = records.few() {
        let left_count = usize::from(is_planted(Bug::RecordUnsorted)).min(few.len());
        few[left_count..].sort_unstable_by(|one, other| order.compare(store, one, other));
        return;
    }
    let halvings = (records.count() / FEW + 1).ilog2() + 1;
    sort_divided(store, records, order, wanted, 2 * halvings);
}

fn sort_divided(
    store: &mut Store,
    records: &mut Workspace,
    order: Order,
    wanted: &Range<usize>,
    divisions_max: u32,
) {
    let mut random = Random::new(store.random().bits());
    let mut segment = Segment { start: 0, end: records.count(), divisions_max };
    let (mut waiting, mut waiting_count) = ([segment; WAITING_MAX], 0);
    loop {
        let is_wanted = segment.start < wanted.end && wanted.start < segment.end;
        if is_wanted && segment.count() > FEW && segment.divisions_max > 0 {
            let middle = divide(store, records, order, &mut random, segment);
            let divisions_max = segment.divisions_max - 1;
            let before = Segment { end: middle, divisions_max, ..segment };
            let behind = Segment { start: middle + 1, divisions_max, ..segment };
            let is_before_larger = before.count() > behind.count();
            let (smaller, larger) =
                if is_before_larger { (behind, before) } else { (before, behind) };
            waiting[waiting_count] = larger;
            waiting_count += 1;
            segment = smaller;
            continue;
        }
        match (is_wanted, segment.count() > FEW) {
            (true, true) => heap::sort(store, records, order, &(segment.start..segment.end)),
            (true, false) => sort_few(store, records, order, segment),
            (false, _) => {}
        }
        if waiting_count == 0 {
            return;
        }
        waiting_count -= 1;
        segment = waiting[waiting_count];
    }
}

/// Puts one record where it belongs, those before it before it, and the others behind it; where
/// that is.
fn divide(
    store: &mut Store,
    records: &mut Workspace,
    order: Order,
    random: &mut Random,
    segment: Segment,
) -> usize {
    let sample: [usize; SAMPLE_COUNT] =
        core::array::from_fn(|_| segment.start + random.below(segment.count() as u64) as usize);
    let mut sample = sample.map(|index| (index, records.record(store, index)));
    sample.sort_unstable_by(|(_, one), (_, other)| order.compare(store, one, other));
    let (index, dividing) = sample[SAMPLE_COUNT / 2];
    swap(store, records, segment.start, index);
    let (mut low, mut high) = (segment.start + 1, segment.end);
    loop {
        while low < high && order.is_before(store, &records.record(store, low), &dividing) {
            low += 1;
        }
        while low < high && order.is_before(store, &dividing, &records.record(store, high - 1)) {
            high -= 1;
        }
        if low >= high {
            break;
        }
        swap(store, records, low, high - 1);
        (low, high) = (low + 1, high - 1);
    }
    swap(store, records, segment.start, low - 1);
    low - 1
}

fn swap(store: &mut Store, records: &mut Workspace, one: usize, other: usize) {
    let (record, other_record) = (records.record(store, one), records.record(store, other));
    records.set_record(store, one, other_record);
    records.set_record(store, other, record);
}

/// Sorts a segment of at most `FEW`.
fn sort_few(store: &mut Store, records: &mut Workspace, order: Order, segment: Segment) {
    let mut few = [Record::default(); FEW];
    let few = &mut few[..segment.count()];
    for (record, index) in few.iter_mut().zip(segment.start..) {
        *record = records.record(store, index);
    }
    few.sort_unstable_by(|one, other| order.compare(store, one, other));
    for (record, index) in few.iter().zip(segment.start..) {
        records.set_record(store, index, *record);
    }
}

#[cfg(test)]
#[path = "segments_test.rs"]
mod segments_test;
