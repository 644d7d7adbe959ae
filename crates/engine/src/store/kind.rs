//! Byte 0 of every slot: what the slot holds. One byte space for all, so that a stale reference
//! is caught at its first hop, and a hole can never look like something alive.

/// A bucket of the index without a child. (1 is a hole, see `memory::frames`.)
pub const BUCKET: u8 = 2;
/// A bucket of the index whose last entry is its child bucket.
pub const BUCKET_CHAINED: u8 = 3;
/// A tail piece of a rope that belongs to an object.
pub const ROPE_PIECE: u8 = 4;
/// A tail piece of a rope that is still arriving.
pub const ROPE_PIECE_STAGED: u8 = 5;
/// A table of a rope that belongs to an object.
pub const ROPE_TABLE: u8 = 6;
/// A table of a rope that is still arriving.
pub const ROPE_TABLE_STAGED: u8 = 7;
/// A leaf of the tree of a large collection.
pub const TREE_LEAF: u8 = 8;
/// An inner node of such a tree.
pub const TREE_INNER: u8 = 9;
/// A text of a collection, in a slot of its own.
pub const TEXT: u8 = 10;
/// A text of a collection, kept as a rope.
pub const TEXT_ROPE: u8 = 11;
/// Objects: this and everything above.
pub const OBJECT_MIN: u8 = 0x10;
