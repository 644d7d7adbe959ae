//! Ropes: values too large for a slot, as whole frames and right-sized pieces.
//!
//! ```text
//! root, 56 bytes, in the object (or in a staged slot)
//!   tables [u32; 5]   each a slot: header, up to 2,046 references of whole frames
//!   tail   [u32; 9]   each a slot: header, up to 8,184 bytes of the value
//! header of a child, 8 bytes
//!   kind u8, index u8, slot size in granules u16, owner u32
//! ```
//!
//! The bytes `[0, whole * F)` of a value are in whole frames of F bytes, the rest, less than F, in
//! the tail. What is missing (a table, a frame, a piece, or the end of a table or piece that was
//! made when the value was shorter) reads as zeros, so that growing takes no memory.
//!
//! The size of the value is not here: its object knows it, and each call is told. The root is
//! passed as a copy; whoever keeps it stores it back after a change.
//!
//! Invariants: a piece is zero beyond the end of the value; each child's header names its position
//! and its one owner. Whole frames have no header, because they never move.
mod child;
mod chunks;

use crate::planted::{Bug, is_planted};
pub use child::{Owner, Position, child_at};
pub use chunks::Chunks;

use crate::marks::Mark;
use crate::memory::classes::Class;
use crate::memory::frames::{Frames, Needs, Ref};
use child::{HEADER_SIZE, Header, class_of, grown, release_child, slot_size};
use core::ops::Range;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of a root.
pub const ROOT_SIZE: u32 = 56;

const TABLE_COUNT_MAX: usize = 5;
const PIECE_COUNT_MAX: usize = 9;
const CHILD_SIZE_MAX: u32 = crate::limits::SLOT_SIZE_MAX;
const REFS_PER_TABLE: u32 = (CHILD_SIZE_MAX - HEADER_SIZE) / 4;
const PIECE_PAYLOAD_MAX: u32 = CHILD_SIZE_MAX - HEADER_SIZE;

const _: () = assert!(size_of::<Root>() == ROOT_SIZE as usize);

/// The largest value that a root can hold. With frames of 64 KiB that is more than 512 MiB, with
/// 32 KiB it is 320 MiB.
pub const fn size_max(frame_size: u32) -> u64 {
    TABLE_COUNT_MAX as u64 * REFS_PER_TABLE as u64 * frame_size as u64
}

/// Bytes of each table and of each piece of a value of `size` bytes that has no holes.
pub fn child_sizes(size: u64, frame_size: u32) -> impl Iterator<Item = u32> {
    let layout = Layout::of(frame_size, size);
    let table_count = layout.whole_count.div_ceil(REFS_PER_TABLE) as usize;
    let tail_size = (size - layout.tail_start()) as u32;
    let piece_count = tail_size.div_ceil(PIECE_PAYLOAD_MAX) as usize;
    let tables = (0..table_count).map(move |table| layout.table_size(table));
    tables.chain((0..piece_count).map(move |piece| layout.piece_size(piece)))
}

/// Where the parts of a value of a given size are.
#[derive(Clone, Copy)]
struct Layout {
    frame_size: u64,
    size: u64,
    whole_count: u32,
}

impl Layout {
    fn new(frames: &Frames, size: u64) -> Self {
        Self::of(frames.frame_size(), size)
    }

    fn of(frame_size: u32, size: u64) -> Self {
        assert!(size <= size_max(frame_size), "the caller checks the size of values");
        let frame_size = u64::from(frame_size);
        Self { frame_size, size, whole_count: (size / frame_size) as u32 }
    }

    fn tail_start(&self) -> u64 {
        u64::from(self.whole_count) * self.frame_size
    }

    /// Bytes of a table that lists all frames there are for it.
    fn table_size(&self, table: usize) -> u32 {
        let count = self.whole_count - table as u32 * REFS_PER_TABLE;
        HEADER_SIZE + 4 * count.min(REFS_PER_TABLE)
    }

    /// Bytes of a piece that holds all bytes there are for it.
    fn piece_size(&self, piece: usize) -> u32 {
        let tail_size = (self.size - self.tail_start()) as u32;
        HEADER_SIZE + (tail_size - piece as u32 * PIECE_PAYLOAD_MAX).min(PIECE_PAYLOAD_MAX)
    }

    /// Indexes of the whole frames that `range` touches.
    fn whole_frames(&self, range: &Range<u64>) -> Range<u32> {
        let end = range.end.min(self.tail_start());
        if range.start >= end {
            return 0..0;
        }
        (range.start / self.frame_size) as u32..end.div_ceil(self.frame_size) as u32
    }

    /// The part of the tail that `range` touches, counted from the start of the tail.
    fn tail_range(&self, range: &Range<u64>) -> Range<u32> {
        let start = self.tail_start();
        (range.start.max(start) - start) as u32..(range.end.max(start) - start) as u32
    }
}

/// The references of a rope.
#[derive(
    Clone, Copy, Debug, Default, Eq, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
#[repr(C)]
pub struct Root {
    tables: [Ref; TABLE_COUNT_MAX],
    tail: [Ref; PIECE_COUNT_MAX],
}

/// What a rope has given up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Given {
    /// A whole frame is free.
    Frame,
    /// A slot of this class is free.
    Slot(Class),
}

impl Root {
    /// A rope of which everything is missing: zeros.
    pub const EMPTY: Self =
        Self { tables: [Ref::NONE; TABLE_COUNT_MAX], tail: [Ref::NONE; PIECE_COUNT_MAX] };

    /// The root that lies in `bytes`, at any alignment.
    pub fn load(bytes: &[u8]) -> Self {
        Self::read_from_bytes(&bytes[..ROOT_SIZE as usize]).expect("56 bytes are a root")
    }

    /// Puts the root into `bytes`.
    pub fn store(&self, bytes: &mut [u8]) {
        bytes[..ROOT_SIZE as usize].copy_from_slice(self.as_bytes());
    }

    /// The pieces of the tail that are there.
    pub fn pieces(&self) -> impl Iterator<Item = Ref> {
        self.tail.into_iter().filter(|piece| !piece.is_none())
    }

    /// A table or piece was moved to `at`.
    pub fn child_moved(&mut self, position: Position, at: Ref) {
        let child = match position {
            Position::Table(index) => &mut self.tables[index as usize],
            Position::Piece(index) => &mut self.tail[index as usize],
        };
        assert!(!child.is_none(), "a child that its owner does not know has moved");
        *child = at;
    }

    /// The table or piece at a position, or none.
    pub fn child(&self, position: Position) -> Ref {
        match position {
            Position::Table(index) => self.tables[index as usize],
            Position::Piece(index) => self.tail[index as usize],
        }
    }

    /// Tells the children, at most 14, that they are `owner`'s now: it moved, or a staged value
    /// became an object.
    pub fn adopt(&self, frames: &mut Frames, owner: Owner) {
        for (position, at) in self.children() {
            let header = frames.get_mut::<Header>(at);
            *header = Header::new(position, owner, header.slot_size());
        }
    }

    fn children(&self) -> impl Iterator<Item = (Position, Ref)> + use<> {
        let tables = (0..).map(Position::Table).zip(self.tables);
        let pieces = (0..).map(Position::Piece).zip(self.tail);
        tables.chain(pieces).filter(|(_, at)| !at.is_none())
    }

    /// Adds what it takes to grow from `old_size` to `new_size` and then write all of `range`.
    /// Exact, but that slots given up on the way are not taken off. O(frames in `range`).
    pub fn needs(
        &self,
        frames: &Frames,
        needs: &mut Needs,
        old_size: u64,
        new_size: u64,
        range: Range<u64>,
    ) {
        assert!(old_size <= new_size && range.end <= new_size, "ropes only grow, then are written");
        let (old, new) = (Layout::new(frames, old_size), Layout::new(frames, new_size));
        let promoted = self.promotes(&old, &new).then_some(old.whole_count);
        let written = new.whole_frames(&range);
        for table in 0..TABLE_COUNT_MAX {
            let start = table as u32 * REFS_PER_TABLE;
            let (low, high) = (written.start.max(start), written.end.min(start + REFS_PER_TABLE));
            let promoted = promoted.filter(|index| index / REFS_PER_TABLE == table as u32);
            let taken_count = (low..high)
                .filter(|&index| Some(index) != promoted && self.frame(frames, index).is_none())
                .count();
            needs.frames(taken_count as u32 + u32::from(promoted.is_some()));
            let end = if low < high { high } else { 0 }.max(promoted.map_or(0, |index| index + 1));
            if end > 0 && slot_size(frames, self.tables[table]) < HEADER_SIZE + 4 * (end - start) {
                needs.slot(frames.class_of(new.table_size(table)));
            }
        }
        let tail = if new.whole_count > old.whole_count {
            [Ref::NONE; PIECE_COUNT_MAX]
        } else {
            self.tail
        };
        for (piece, part) in pieces_of(new.tail_range(&range)) {
            if slot_size(frames, tail[piece]) < HEADER_SIZE + part.end {
                needs.slot(frames.class_of(new.piece_size(piece)));
            }
        }
    }

    /// Will growing turn the tail into a whole frame?
    fn promotes(&self, old: &Layout, new: &Layout) -> bool {
        new.whole_count > old.whole_count && self.tail.iter().any(|at| !at.is_none())
    }

    /// Grows the value by zeros. Takes memory only where the tail fills a frame.
    pub fn resize(&mut self, frames: &mut Frames, owner: Owner, old_size: u64, new_size: u64) {
        assert!(old_size <= new_size, "ropes only grow; a shorter value is a new one");
        let (old, new) = (Layout::new(frames, old_size), Layout::new(frames, new_size));
        if !self.promotes(&old, &new) {
            return;
        }
        frames.marks.reach(Mark::RopePromoted);
        let frame = frames.allocate_frame();
        frames.bytes_mut(frame, old.frame_size as u32).fill(0);
        for (piece, at) in self.tail.iter_mut().enumerate().filter(|(_, at)| !at.is_none()) {
            let start = piece as u32 * PIECE_PAYLOAD_MAX;
            let slot_size = slot_size(frames, *at);
            // The slot may be a little larger than the end of the frame, with zeros there.
            let count = (slot_size - HEADER_SIZE).min(old.frame_size as u32 - start);
            let source = at.offset() + HEADER_SIZE as usize;
            frames.copy_bytes(source, frame.offset() + start as usize, count);
            frames.free(frames.class_of(slot_size), *at);
            *at = Ref::NONE;
        }
        self.set_frame(frames, owner, &new, old.whole_count, frame);
    }

    /// Makes all tables and pieces of a value of `size` bytes, so that writing it takes whole
    /// frames and nothing else. What `needs` said must be free.
    pub fn prepare(&mut self, frames: &mut Frames, owner: Owner, size: u64) {
        assert_eq!(*self, Self::EMPTY, "a rope is prepared before anything is written");
        let layout = Layout::new(frames, size);
        let table_count = layout.whole_count.div_ceil(REFS_PER_TABLE) as usize;
        for (index, table) in self.tables[..table_count].iter_mut().enumerate() {
            let table_size = layout.table_size(index);
            let position = Position::Table(index as u8);
            *table = grown(frames, Ref::NONE, (position, owner), table_size..table_size);
        }
        let tail_size = (size - layout.tail_start()) as u32;
        let piece_count = tail_size.div_ceil(PIECE_PAYLOAD_MAX) as usize;
        for (index, piece) in self.tail[..piece_count].iter_mut().enumerate() {
            let piece_size = layout.piece_size(index);
            let position = Position::Piece(index as u8);
            *piece = grown(frames, Ref::NONE, (position, owner), piece_size..piece_size);
        }
    }

    /// Writes `bytes` at `offset` of a value of `size` bytes, within its size. What `needs` said
    /// must be free.
    pub fn write(
        &mut self,
        frames: &mut Frames,
        owner: Owner,
        size: u64,
        offset: u64,
        bytes: &[u8],
    ) {
        let layout = Layout::new(frames, size);
        assert!(offset + bytes.len() as u64 <= size, "a value is grown before it is written");
        let range = offset..offset + bytes.len() as u64;
        let mut rest = bytes;
        for index in layout.whole_frames(&range) {
            let within = (range.start.max(u64::from(index) * layout.frame_size) % layout.frame_size)
                as usize;
            let count = rest.len().min(layout.frame_size as usize - within);
            let (part, after) = rest.split_at(count);
            self.write_frame(frames, owner, &layout, (index, within), part);
            rest = after;
        }
        for (piece, part) in pieces_of(layout.tail_range(&range)) {
            let (now, after) = rest.split_at(part.len());
            self.tail[piece] = grown(
                frames,
                self.tail[piece],
                (Position::Piece(piece as u8), owner),
                HEADER_SIZE + part.end..layout.piece_size(piece),
            );
            let payload = frames.bytes_mut(self.tail[piece], HEADER_SIZE + part.end);
            payload[(HEADER_SIZE + part.start) as usize..].copy_from_slice(now);
            rest = after;
        }
        assert!(rest.is_empty(), "every byte has its place");
    }

    fn write_frame(
        &mut self,
        frames: &mut Frames,
        owner: Owner,
        layout: &Layout,
        (index, within): (u32, usize),
        bytes: &[u8],
    ) {
        let mut at = self.frame(frames, index);
        let size = layout.frame_size as u32;
        if at.is_none() {
            at = frames.allocate_frame();
            let content = frames.bytes_mut(at, size);
            if !is_planted(Bug::FrameKept) {
                content[..within].fill(0);
            }
            content[within + bytes.len()..].fill(0);
            self.set_frame(frames, owner, layout, index, at);
        }
        frames.bytes_mut(at, size)[within..][..bytes.len()].copy_from_slice(bytes);
    }

    fn set_frame(
        &mut self,
        frames: &mut Frames,
        owner: Owner,
        layout: &Layout,
        index: u32,
        frame: Ref,
    ) {
        let (table, entry) = ((index / REFS_PER_TABLE) as usize, index % REFS_PER_TABLE);
        let end = HEADER_SIZE + 4 * (entry + 1);
        let child = (Position::Table(table as u8), owner);
        let at = grown(frames, self.tables[table], child, end..layout.table_size(table));
        self.tables[table] = at;
        set_table_ref(frames, at, entry, frame);
    }

    /// The whole frame with this index; none if it is missing.
    fn frame(&self, frames: &Frames, index: u32) -> Ref {
        let at = self.tables[(index / REFS_PER_TABLE) as usize];
        table_refs(frames, at).get((index % REFS_PER_TABLE) as usize).copied().unwrap_or_default()
    }

    /// The bytes `range` of a value of `size` bytes, in order, as slices of memory.
    pub fn chunks<'a>(&self, frames: &'a Frames, size: u64, range: Range<u64>) -> Chunks<'a> {
        assert!(range.end <= size, "a value is read within its size");
        Chunks::new(frames, *self, Layout::new(frames, size), range)
    }

    /// Copies bytes of a value of `size` bytes from `offset` on until `out` is full.
    pub fn read(&self, frames: &Frames, size: u64, offset: u64, out: &mut [u8]) {
        let mut rest = out;
        let range = offset..offset + rest.len() as u64;
        for chunk in self.chunks(frames, size, range) {
            let (now, after) = rest.split_at_mut(chunk.len());
            now.copy_from_slice(chunk);
            rest = after;
        }
    }

    /// Frees at most `budget` pieces, frames and tables; true when nothing is left. O(budget),
    /// and one look over the entries of a table.
    pub fn release_some(&mut self, frames: &mut Frames, budget: u32) -> bool {
        let mut left = budget;
        for at in self.tail.iter_mut().filter(|at| !at.is_none()) {
            if left == 0 {
                return false;
            }
            release_child(frames, at);
            left -= 1;
        }
        for table in self.tables.iter_mut().filter(|at| !at.is_none()) {
            let mut end = table_refs(frames, *table).len();
            while let Some(entry) = last_used(&table_refs(frames, *table)[..end]) {
                if left == 0 {
                    return false;
                }
                let frame = table_refs(frames, *table)[entry];
                set_table_ref(frames, *table, entry as u32, Ref::NONE);
                frames.free_frame(frame);
                end = entry;
                left -= 1;
            }
            if left == 0 {
                return false;
            }
            release_child(frames, table);
            left -= 1;
        }
        true
    }

    /// Frees a part that has room for `size` bytes: a whole frame, or else a piece. None if there
    /// is none. The value is then no longer what it was: for one that is about to be dropped.
    pub fn give_up_part(&mut self, frames: &mut Frames, size: u32) -> Option<Given> {
        for table in self.tables.into_iter().filter(|at| !at.is_none()) {
            let Some(entry) = last_used(table_refs(frames, table)) else { continue };
            let frame = table_refs(frames, table)[entry];
            set_table_ref(frames, table, entry as u32, Ref::NONE);
            frames.free_frame(frame);
            return Some(Given::Frame);
        }
        let piece = self.tail.iter_mut().find(|at| slot_size(frames, **at) >= size)?;
        let class = class_of(frames, *piece);
        release_child(frames, piece);
        Some(Given::Slot(class))
    }

    /// Bytes that the frames, tables and pieces take.
    pub fn memory_usage(&self, frames: &Frames) -> u64 {
        let slots: u64 = self.children().map(|(_, at)| u64::from(slot_size(frames, at))).sum();
        slots + u64::from(self.frame_count(frames)) * u64::from(frames.frame_size())
    }

    /// Whole frames that are not missing.
    pub fn frame_count(&self, frames: &Frames) -> u32 {
        let tables = self.tables.iter().map(|&at| table_refs(frames, at));
        tables.flatten().filter(|at| !at.is_none()).count() as u32
    }

    /// Adds what `copy` takes, exactly: what is missing stays missing in the copy.
    pub fn copy_needs(&self, frames: &Frames, needs: &mut Needs) {
        for (_, at) in self.children() {
            needs.slot(class_of(frames, at));
        }
        needs.frames(self.frame_count(frames));
    }

    /// A rope of its own with the same bytes. What `copy_needs` said must be free. O(size).
    #[must_use = "the copy holds memory"]
    pub fn copy(&self, frames: &mut Frames, owner: Owner) -> Self {
        let mut copy = *self;
        for (position, source) in self.children() {
            let class = class_of(frames, source);
            let target = frames.allocate(class);
            frames.copy_slot(class, source, target);
            copy.child_moved(position, target);
            if matches!(position, Position::Table(_)) && !is_planted(Bug::CopyShared) {
                copy_frames(frames, target);
            }
        }
        copy.adopt(frames, owner);
        copy
    }
}

/// Replaces each frame that the table at `table` lists by a copy.
fn copy_frames(frames: &mut Frames, table: Ref) {
    for entry in 0..table_refs(frames, table).len() {
        let source = table_refs(frames, table)[entry];
        if source.is_none() {
            continue;
        }
        let target = frames.allocate_frame();
        frames.copy_bytes(source.offset(), target.offset(), frames.frame_size());
        set_table_ref(frames, table, entry as u32, target);
    }
}

/// Makes entry `entry` of the table at `table` list `frame`, or nothing.
fn set_table_ref(frames: &mut Frames, table: Ref, entry: u32, frame: Ref) {
    let end = HEADER_SIZE + 4 * (entry + 1);
    frames.bytes_mut(table, end)[end as usize - 4..].copy_from_slice(frame.as_bytes());
}

/// The tail pieces that the range of the tail touches, with the range within each.
fn pieces_of(range: Range<u32>) -> impl Iterator<Item = (usize, Range<u32>)> {
    let first = range.start / PIECE_PAYLOAD_MAX;
    let end = if range.is_empty() { first } else { range.end.div_ceil(PIECE_PAYLOAD_MAX) };
    (first..end).map(move |piece| {
        let start = piece * PIECE_PAYLOAD_MAX;
        let within = range.start.max(start) - start..(range.end - start).min(PIECE_PAYLOAD_MAX);
        (piece as usize, within)
    })
}

/// The frames that the table at `at` lists; none are listed by a table that is missing.
fn table_refs(frames: &Frames, at: Ref) -> &[Ref] {
    if at.is_none() {
        return &[];
    }
    let bytes = &frames.bytes(at, slot_size(frames, at))[HEADER_SIZE as usize..];
    <[Ref]>::ref_from_bytes(bytes).expect("slots are aligned, and so are their references")
}

fn last_used(refs: &[Ref]) -> Option<usize> {
    refs.iter().rposition(|at| !at.is_none())
}

#[cfg(test)]
#[path = "rope_test.rs"]
mod rope_test;
