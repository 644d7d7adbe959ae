//! Data memory: frames, and the dense slabs in them.
//!
//! A frame belongs to one size class. A class fills one frame after the other; its *top* frame is
//! the only one that is not full. A freed slot becomes a *hole*, linked to the class's other holes
//! inside the dead slot itself, both ways, because the class's last slot can itself be a hole and
//! must then be unlinked in O(1).
//!
//! Nothing moves inside a command. At the end of a turn the store moves the class's last object
//! into a hole (`store::compaction`), so that a class with `live` objects and at most `H` holes
//! uses ceil((live + H) / slots per frame) frames: a function of what is stored now, not of
//! history.
//!
//! Byte 0 of every slot in use says what it is (`store::kind`); 1 is a hole.
//!
//! Invariant: slots in use + holes = slots handed out, in each class; a frame is in one group.
use crate::marks::{Mark, Marks};
use crate::memory::classes::{CLASS_COUNT_MAX, Class, GRANULE, SizeClasses};
use crate::memory::frame_table::{FrameId, FrameTable, Group};
pub use crate::memory::needs::Needs;
pub use crate::memory::reference::Ref;
use crate::planted::{Bug, is_planted};
use alloc::boxed::Box;
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, KnownLayout};

/// Byte 0 of a hole.
pub const HOLE: u8 = 1;

/// One cache line of data memory; what makes frames and child buckets aligned.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// The state of one class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slab {
    pub(super) slot_size: u32,
    pub(super) slots_per_frame: u32,
    pub(super) hole_count_max: u32,
    pub(super) hole_count: u32,
    pub(super) hole_head: Ref,
    pub(super) top: FrameId,
    /// Slots handed out of the top frame, holes included.
    pub(super) top_used: u32,
    pub(super) frame_count: u32,
}

impl Slab {
    const EMPTY: Self = Self {
        slot_size: 0,
        slots_per_frame: 0,
        hole_count_max: 0,
        hole_count: 0,
        hole_head: Ref::NONE,
        top: FrameId(0),
        top_used: 0,
        frame_count: 0,
    };

    /// Slots that can be had without a new frame.
    fn spare(&self) -> u32 {
        let room = if self.frame_count == 0 { 0 } else { self.slots_per_frame - self.top_used };
        self.hole_count + room
    }
}

/// Data memory.
pub struct Frames {
    /// Rare paths of the whole store: all of it has the frames at hand.
    pub marks: Marks,
    lines: Box<[Line]>,
    pub(super) table: FrameTable,
    pub(super) classes: SizeClasses,
    pub(super) slabs: [Slab; CLASS_COUNT_MAX],
    /// Classes that have more holes than they may keep, as bits.
    indebted: u128,
    /// Frames promised to values that are still arriving.
    promised: u32,
    free_count_min: u32,
    /// How often something was written, slots given back or moved: what was seen holds while this
    /// is the same.
    write_count: u64,
}

/// Bytes of the frames below offset 16 are never handed out, so that reference 0 means none: the
/// first frame starts one line later.
const BASE: usize = 64;

impl Frames {
    /// `frame_count` frames of `frame_size` bytes, all free.
    pub fn new(frame_count: u32, frame_size: u32) -> Self {
        let line_count = Self::size(frame_count, frame_size) as usize / 64;
        let lines = <[Line]>::new_box_zeroed_with_elems(line_count)
            .expect("the plan found room for the frames before the region was taken");
        let classes = SizeClasses::new(frame_size);
        let mut slabs = [Slab::EMPTY; CLASS_COUNT_MAX];
        for class in classes.all() {
            slabs[class.index()] = Slab {
                slot_size: classes.size(class),
                slots_per_frame: classes.slots_per_frame(class),
                hole_count_max: classes.hole_count_max(class),
                ..Slab::EMPTY
            };
        }
        let table = FrameTable::new(frame_count);
        Self {
            marks: Marks::new(),
            lines,
            table,
            classes,
            slabs,
            indebted: 0,
            promised: 0,
            free_count_min: frame_count,
            write_count: 0,
        }
    }

    /// Bytes that the frames take.
    pub const fn size(frame_count: u32, frame_size: u32) -> u64 {
        frame_count as u64 * frame_size as u64 + BASE as u64
    }

    /// The table of classes.
    pub const fn classes(&self) -> &SizeClasses {
        &self.classes
    }

    /// The class for `size` bytes.
    #[inline]
    pub fn class_of(&self, size: u32) -> Class {
        self.classes.of(size)
    }

    /// Bytes in a slot of `class`.
    #[inline]
    pub fn class_size(&self, class: Class) -> u32 {
        self.classes.size(class)
    }

    /// Bytes in a frame.
    pub const fn frame_size(&self) -> u32 {
        self.classes.frame_size()
    }

    /// All data memory; a reference's `offset` counts from its start.
    #[inline]
    pub fn all(&self) -> &[u8] {
        self.lines.as_bytes()
    }

    /// The `size` bytes from `at` on.
    #[inline]
    pub fn bytes(&self, at: Ref, size: u32) -> &[u8] {
        &self.lines.as_bytes()[at.offset()..][..size as usize]
    }

    /// The `size` bytes from `at` on, to be written.
    #[inline]
    pub fn bytes_mut(&mut self, at: Ref, size: u32) -> &mut [u8] {
        self.write_count += 1;
        self.part_mut(at, size)
    }

    #[inline]
    fn part_mut(&mut self, at: Ref, size: u32) -> &mut [u8] {
        &mut self.lines.as_mut_bytes()[at.offset()..][..size as usize]
    }

    /// Where a part of data memory begins, counted from its start.
    #[inline]
    pub fn offset_of(&self, part: &[u8]) -> usize {
        let offset = part.as_ptr().addr().wrapping_sub(self.all().as_ptr().addr());
        assert!(offset <= self.all().len(), "it is no part of data memory");
        offset
    }

    /// A value that lies at `at`.
    #[inline]
    pub fn get<T: FromBytes + Immutable + KnownLayout>(&self, at: Ref) -> &T {
        T::ref_from_bytes(self.bytes(at, size_of::<T>() as u32))
            .expect("slots are aligned to 16 bytes, and nothing stored in them needs more")
    }

    /// A value that lies at `at`, to be changed.
    #[inline]
    pub fn get_mut<T: FromBytes + IntoBytes + KnownLayout>(&mut self, at: Ref) -> &mut T {
        self.write_count += 1;
        self.note_mut(at)
    }

    /// As `get_mut`, of what nobody remembers to have seen: it counts as no change.
    #[inline]
    pub fn note_mut<T: FromBytes + IntoBytes + KnownLayout>(&mut self, at: Ref) -> &mut T {
        T::mut_from_bytes(self.part_mut(at, size_of::<T>() as u32))
            .expect("slots are aligned to 16 bytes, and nothing stored in them needs more")
    }

    /// How often data memory was written to.
    #[inline]
    pub const fn write_count(&self) -> u64 {
        self.write_count
    }

    fn frame_start(&self, id: FrameId) -> Ref {
        let offset = BASE as u64 + u64::from(id.0) * u64::from(self.frame_size());
        Ref::from_u32((offset / u64::from(GRANULE)) as u32)
    }

    #[inline]
    pub(super) fn frame_of(&self, at: Ref) -> FrameId {
        FrameId(((at.offset() - BASE) >> self.frame_size().trailing_zeros()) as u32)
    }

    pub(super) fn slot(&self, slab: &Slab, frame: FrameId, index: u32) -> Ref {
        Ref::from_u32(self.frame_start(frame).as_u32() + index * slab.slot_size / GRANULE)
    }

    /// The class of the slot at `at`. O(1).
    #[inline]
    pub fn class_at(&self, at: Ref) -> Class {
        self.table.group(self.frame_of(at)).class().expect("a slot is in a frame of a class")
    }

    /// Bytes that the table of frames takes for each.
    pub const fn table_row_size() -> u32 {
        FrameTable::unit_size()
    }

    /// Can one slot of `class` be had at once?
    #[inline]
    pub fn fits_slot(&self, class: Class) -> bool {
        self.slabs[class.index()].spare() > 0 || self.free_count() > self.promised
    }

    /// Can all of `needs` be had at once?
    pub fn fits(&self, needs: &Needs) -> bool {
        self.frames_missing(needs) == 0
    }

    /// Frames that must become free before `needs` can be had.
    pub fn frames_missing(&self, needs: &Needs) -> u32 {
        let mut needed = u64::from(needs.frames) + u64::from(self.promised);
        for (class, count) in needs.of_classes() {
            let slab = &self.slabs[class.index()];
            let missing = count.saturating_sub(slab.spare());
            needed += u64::from(missing.div_ceil(slab.slots_per_frame));
        }
        needed.saturating_sub(u64::from(self.free_count())) as u32
    }

    /// A slot of `class`: a hole, else the next slot of the top frame, else a new frame. O(1).
    /// The caller made sure with `fits` that there is one.
    pub fn allocate(&mut self, class: Class) -> Ref {
        let slab = &self.slabs[class.index()];
        if !slab.hole_head.is_none() {
            let hole = slab.hole_head;
            self.unlink_hole(class, hole);
            return hole;
        }
        if slab.frame_count == 0 || slab.top_used == slab.slots_per_frame {
            let top = self.acquire_frame(Group::of(class));
            let slab = &mut self.slabs[class.index()];
            (slab.top, slab.top_used) = (top, 0);
            slab.frame_count += 1;
        }
        let slab = &mut self.slabs[class.index()];
        slab.top_used += 1;
        let slab = *slab;
        self.slot(&slab, slab.top, slab.top_used - 1)
    }

    /// Frees a slot: it becomes a hole, until the end of the turn. O(1).
    pub fn free(&mut self, class: Class, at: Ref) {
        debug_assert_eq!(self.class_at(at), class);
        assert_ne!(self.kind(at), HOLE, "a slot was freed twice");
        let head = self.slabs[class.index()].hole_head;
        self.set_hole(at, Ref::NONE, head);
        if !head.is_none() {
            self.bytes_mut(head, 16)[8..12].copy_from_slice(&at.as_u32().to_le_bytes());
        }
        let slab = &mut self.slabs[class.index()];
        slab.hole_head = at;
        slab.hole_count += 1;
        self.note_debt(class);
    }

    /// Byte 0 of a slot: what it is.
    #[inline]
    pub fn kind(&self, at: Ref) -> u8 {
        self.lines.as_bytes()[at.offset()]
    }

    fn set_hole(&mut self, at: Ref, previous: Ref, next: Ref) {
        let bytes = self.bytes_mut(at, 16);
        bytes[0] = HOLE;
        bytes[4..8].copy_from_slice(&next.as_u32().to_le_bytes());
        bytes[8..12].copy_from_slice(&previous.as_u32().to_le_bytes());
    }

    fn unlink_hole(&mut self, class: Class, at: Ref) {
        assert_eq!(self.kind(at), HOLE, "only holes are in the list of holes");
        let bytes = self.bytes(at, 16);
        let word = |i: usize| {
            Ref::from_u32(u32::from_le_bytes(
                bytes[i..i + 4].try_into().expect("four bytes are four bytes"),
            ))
        };
        let (next, previous) = (word(4), word(8));
        if previous.is_none() {
            self.slabs[class.index()].hole_head = next;
        } else {
            self.bytes_mut(previous, 16)[4..8].copy_from_slice(&next.as_u32().to_le_bytes());
        }
        if !next.is_none() && !is_planted(Bug::HoleHalfUnlinked) {
            self.bytes_mut(next, 16)[8..12].copy_from_slice(&previous.as_u32().to_le_bytes());
        }
        // Whatever comes here next writes its own kind; until then it must not look like a hole.
        self.bytes_mut(at, 1)[0] = 0;
        self.slabs[class.index()].hole_count -= 1;
        self.note_debt(class);
    }

    fn note_debt(&mut self, class: Class) {
        let slab = &self.slabs[class.index()];
        let bit = 1u128 << class.index();
        if slab.hole_count > slab.hole_count_max {
            self.indebted |= bit;
        } else {
            self.indebted &= !bit;
        }
    }

    /// A class that has more holes than it may keep; with `all`, one that has any.
    pub fn indebted_class(&self, all: bool) -> Option<Class> {
        if self.indebted != 0 {
            return Some(Class::from_index(self.indebted.trailing_zeros() as usize));
        }
        if !all {
            return None;
        }
        self.classes.all().find(|class| self.slabs[class.index()].hole_count > 0)
    }

    /// Is there any hole at all?
    pub fn has_holes(&self) -> bool {
        self.slabs.iter().any(|slab| slab.hole_count > 0)
    }

    /// The last slot of `class`, which may be a hole.
    pub fn last(&self, class: Class) -> Option<Ref> {
        let slab = &self.slabs[class.index()];
        (slab.frame_count > 0).then(|| self.slot(slab, slab.top, slab.top_used - 1))
    }

    /// Takes a hole out of its list, to be filled by the last object of the class. The last slot
    /// itself is not offered.
    pub fn take_hole(&mut self, class: Class) -> Ref {
        let hole = self.slabs[class.index()].hole_head;
        assert!(!hole.is_none(), "asked for a hole where none is");
        assert_ne!(Some(hole), self.last(class), "the last slot is dropped, not filled");
        self.unlink_hole(class, hole);
        hole
    }

    /// If the last slot of `class` is a hole, takes it away and says so.
    pub fn drop_last_hole(&mut self, class: Class) -> bool {
        match self.last(class) {
            Some(last) if self.kind(last) == HOLE => {
                self.unlink_hole(class, last);
                self.drop_last(class);
                true
            }
            _ => false,
        }
    }

    /// The last slot of `class` is no longer in use: its object moved away. An emptied frame is
    /// free again.
    pub fn drop_last(&mut self, class: Class) {
        let slab = &mut self.slabs[class.index()];
        assert!(slab.top_used > 0, "a class without slots has no last one");
        slab.top_used -= 1;
        if slab.top_used > 0 {
            return;
        }
        self.marks.reach(Mark::FrameEmptied);
        let (emptied, group) = (slab.top, Group::of(class));
        slab.frame_count -= 1;
        self.table.release(group, emptied);
        if self.table.count(group) > 0 {
            // Every other frame of the class is full: any of them can be the top.
            let slab = &mut self.slabs[class.index()];
            (slab.top, slab.top_used) = (self.table.frame(group, 0), slab.slots_per_frame);
            slab.top_used -= u32::from(is_planted(Bug::TopFrameShort));
        }
    }

    /// Copies a whole slot of `class`.
    pub fn copy_slot(&mut self, class: Class, source: Ref, target: Ref) {
        self.copy_bytes(source.offset(), target.offset(), self.class_size(class));
    }

    /// Copies `size` bytes; the places are offsets in data memory, as `Ref::offset` is.
    pub fn copy_bytes(&mut self, source: usize, target: usize, size: u32) {
        self.write_count += 1;
        self.lines.as_mut_bytes().copy_within(source..source + size as usize, target);
    }

    /// A whole frame. The caller made sure with `fits` that there is one.
    pub fn allocate_frame(&mut self) -> Ref {
        let id = self.acquire_frame(Group::WHOLE);
        self.frame_start(id)
    }

    /// Gives a whole frame back.
    pub fn free_frame(&mut self, at: Ref) {
        let id = self.frame_of(at);
        assert_eq!(self.frame_start(id), at, "a frame starts where frames start");
        assert_eq!(self.table.group(id), Group::WHOLE, "a whole frame was freed twice");
        self.table.release(Group::WHOLE, id);
    }

    fn acquire_frame(&mut self, group: Group) -> FrameId {
        let id = self.table.acquire(group).expect("reserve first: a command found room before");
        self.free_count_min = self.free_count_min.min(self.free_count());
        id
    }

    /// Promises `count` frames to a value that is arriving: `fits` keeps them free. The caller
    /// made sure that they are.
    pub fn promise(&mut self, count: u32) {
        self.promised += count;
        assert!(self.promised <= self.free_count(), "promised frames that are not free");
    }

    /// `count` promised frames are no longer needed, or are about to be taken.
    pub fn redeem(&mut self, count: u32) {
        self.promised -= count;
    }

    /// Frames that nobody uses, the promised ones included.
    #[inline]
    pub fn free_count(&self) -> u32 {
        self.table.count(Group::FREE)
    }

    /// Frames that nobody uses and nobody was promised.
    pub fn spare_count(&self) -> u32 {
        self.free_count() - self.promised
    }

    /// All frames.
    pub fn frame_count(&self) -> u32 {
        self.table.capacity()
    }

    /// Bytes of all frames.
    pub fn capacity_bytes(&self) -> u64 {
        u64::from(self.frame_count()) * u64::from(self.frame_size())
    }

    /// The most frames that were ever in use at once.
    pub fn used_count_max(&self) -> u32 {
        self.frame_count() - self.free_count_min
    }

    /// A random slot of `class`, which may be a hole; nothing if the guess is one that was not used
    /// yet. For eviction: it reads no slot, so that many can be asked for at once.
    pub fn sample(&self, class: Class, random: u64) -> Option<Ref> {
        let slab = &self.slabs[class.index()];
        if slab.frame_count == 0 {
            return None;
        }
        let slot_count = self.slot_count(class);
        let pick = ((u128::from(random) * u128::from(slot_count)) >> 64) as u64;
        let (frame_index, slot_index) = (
            (pick / u64::from(slab.slots_per_frame)) as u32,
            (pick % u64::from(slab.slots_per_frame)) as u32,
        );
        let frame = self.table.frame(Group::of(class), frame_index);
        if frame == slab.top && slot_index >= slab.top_used {
            return None;
        }
        Some(self.slot(slab, frame, slot_index))
    }
}

#[cfg(test)]
#[path = "frames_test.rs"]
mod frames_test;
