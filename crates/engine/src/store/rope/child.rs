//! The children of a rope: tables and pieces, each a slot with a header that names its position
//! and its one owner, so that compaction can move it.
use crate::memory::classes::{Class, GRANULE};
use crate::memory::frames::{Frames, Ref};
use crate::planted::{Bug, is_planted};
use crate::store::kind;
use core::ops::Range;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of a header.
pub(super) const HEADER_SIZE: u32 = 8;

const _: () = assert!(size_of::<Header>() == HEADER_SIZE as usize);

/// Whose children the tables and pieces of a rope are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Owner {
    /// The object at this reference.
    Object(Ref),
    /// The staged slot of this number.
    Staged(u32),
}

/// Which reference of a root a child is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Position {
    /// A table.
    Table(u8),
    /// A piece of the tail.
    Piece(u8),
}

/// What a table or piece starts with.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub(super) struct Header {
    kind: u8,
    index: u8,
    granules: u16,
    owner: u32,
}

impl Header {
    pub(super) fn new(position: Position, owner: Owner, slot_size: u32) -> Self {
        let (kind, owner, index) = match (position, owner) {
            (Position::Table(index), Owner::Object(at)) => (kind::ROPE_TABLE, at.as_u32(), index),
            (Position::Piece(index), Owner::Object(at)) => (kind::ROPE_PIECE, at.as_u32(), index),
            (Position::Table(index), Owner::Staged(id)) => (kind::ROPE_TABLE_STAGED, id, index),
            (Position::Piece(index), Owner::Staged(id)) => (kind::ROPE_PIECE_STAGED, id, index),
        };
        Self { kind, index, granules: (slot_size / GRANULE) as u16, owner }
    }

    pub(super) fn slot_size(self) -> u32 {
        u32::from(self.granules) * GRANULE
    }

    fn owner(self) -> Owner {
        match self.kind {
            kind::ROPE_TABLE | kind::ROPE_PIECE => Owner::Object(Ref::from_u32(self.owner)),
            kind::ROPE_TABLE_STAGED | kind::ROPE_PIECE_STAGED => Owner::Staged(self.owner),
            other => panic!("a slot of kind {other} is no part of a rope"),
        }
    }

    fn position(self) -> Position {
        match self.kind {
            kind::ROPE_TABLE | kind::ROPE_TABLE_STAGED => Position::Table(self.index),
            kind::ROPE_PIECE | kind::ROPE_PIECE_STAGED => Position::Piece(self.index),
            other => panic!("a slot of kind {other} is no part of a rope"),
        }
    }
}

/// Who owns the table or piece at `at`, and which of its children it is: for compaction.
pub fn child_at(frames: &Frames, at: Ref) -> (Owner, Position) {
    let header = frames.get::<Header>(at);
    (header.owner(), header.position())
}

/// Bytes of the slot of a child, its header included; 0 if it is missing.
pub(super) fn slot_size(frames: &Frames, at: Ref) -> u32 {
    if at.is_none() { 0 } else { frames.get::<Header>(at).slot_size() }
}

pub(super) fn class_of(frames: &Frames, at: Ref) -> Class {
    frames.class_of(slot_size(frames, at))
}

pub(super) fn release_child(frames: &mut Frames, at: &mut Ref) {
    frames.free(class_of(frames, *at), *at);
    *at = Ref::NONE;
}

/// `old`, if it has room for `size.start` bytes; else a slot for `size.end` bytes with the content
/// of `old`, which is freed, and zeros after it.
pub(super) fn grown(
    frames: &mut Frames,
    old: Ref,
    (position, owner): (Position, Owner),
    size: Range<u32>,
) -> Ref {
    let old_size = slot_size(frames, old);
    if old_size >= size.start {
        assert_eq!(child_at(frames, old), (owner, position), "a stale reference");
        return old;
    }
    let class = frames.class_of(size.end);
    let new = frames.allocate(class);
    let new_size = frames.class_size(class);
    let used = old_size.max(HEADER_SIZE);
    if !is_planted(Bug::PieceKept) {
        frames.bytes_mut(new, new_size)[used as usize..].fill(0);
    }
    if !old.is_none() {
        frames.copy_bytes(old.offset(), new.offset(), old_size);
        frames.free(frames.class_of(old_size), old);
    }
    *frames.get_mut::<Header>(new) = Header::new(position, owner, new_size);
    new
}
