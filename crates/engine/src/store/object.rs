//! The layout of an object: what one slot holds for one key.
//!
//! ```text
//!  0     1      2          4            8              12            (28)
//!  kind  flags  key size   value size   clock | db     [deadline     key bytes, value bytes
//!  u8    u8     u16        u32          24 b  | 8 b     prev, next]
//! ```
//! Key and value lie side by side, so that a small GET touches one object. A value that would make
//! the object larger than the largest slot is a rope: the value bytes are then its root.
use crate::limits::SLOT_SIZE_MAX;
use crate::memory::frames::{Frames, Ref};
use crate::store::tree::Order;
use crate::store::{kind, rope};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Bytes of the header.
pub const HEADER_SIZE: u32 = 12;
/// Bytes of the extension of a key that has a deadline.
pub const TTL_SIZE: u32 = 16;

/// The key has a deadline: the extension is there.
pub const FLAG_TTL: u8 = 1;
/// OBJECT ENCODING says `raw` whatever the size.
pub const FLAG_RAW: u8 = 2;
/// OBJECT ENCODING never says `int`, though the value may be one.
pub const FLAG_TEXT: u8 = 16;
/// Somebody copies the value out.
pub const FLAG_PINNED: u8 = 4;
/// No key any more: waits for the reaper, or for its last reader.
pub const FLAG_DETACHED: u8 = 8;
/// The page of a small collection refers to objects, or once did.
pub const FLAG_LARGE: u8 = 64;
/// A command that reads it is making room: it is not evicted. Never set between commands.
pub const FLAG_SPARED: u8 = 32;

/// A string whose bytes follow the key.
pub const KIND_STRING: u8 = 0x10;
/// A string kept as a rope.
pub const KIND_ROPE: u8 = 0x11;
/// A list whose page follows the key.
pub const KIND_LIST: u8 = 0x20;
/// A set whose page follows the key.
pub const KIND_SET: u8 = 0x30;
/// A hash whose page follows the key.
pub const KIND_HASH: u8 = 0x40;
/// A sorted set whose page follows the key.
pub const KIND_SORTED: u8 = 0x50;
/// Added to the kind of a collection that is a tree: its roots follow the key.
pub const FORM_TREE: u8 = 1;

const CLOCK_BITS: u32 = 24;
const CLOCK_MASK: u32 = (1 << CLOCK_BITS) - 1;

/// The first bytes of every object.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Header {
    /// Type in the high half, form in the low one.
    pub kind: u8,
    /// `FLAG_*`.
    pub flags: u8,
    /// Bytes of the name.
    pub key_size: u16,
    /// Bytes of the value.
    pub value_size: u32,
    /// 24 bits of LRU or LFU clock, 8 of database number.
    clock: u32,
}

const _: () = assert!(size_of::<Header>() == HEADER_SIZE as usize, "the header is 12 bytes");

impl Header {
    /// A header for a key of database number `database`.
    pub fn new(kind: u8, flags: u8, key_size: usize, value_size: u32, database: u8) -> Self {
        let key_size = u16::try_from(key_size).expect("key-size-max is below 64 KiB");
        Self { kind, flags, key_size, value_size, clock: u32::from(database) << CLOCK_BITS }
    }

    /// Number (not name) of the database.
    #[inline]
    pub const fn database(&self) -> u8 {
        (self.clock >> CLOCK_BITS) as u8
    }

    /// When, or how often, the key was used: 24 bits, read by `eviction`.
    pub const fn clock(&self) -> u32 {
        self.clock & CLOCK_MASK
    }

    /// Sets the 24 bits of the clock.
    pub fn set_clock(&mut self, clock: u32) {
        self.clock = (self.clock & !CLOCK_MASK) | (clock & CLOCK_MASK);
    }

    /// The neighbours of a detached object in the reaper's list: next, previous. They lie where
    /// the size and the clock were, which a detached object no longer needs.
    pub const fn links(&self) -> (Ref, Ref) {
        (Ref::from_u32(self.value_size), Ref::from_u32(self.clock))
    }

    /// Sets the neighbours of a detached object.
    pub const fn set_links(&mut self, next: Ref, previous: Ref) {
        (self.value_size, self.clock) = (next.as_u32(), previous.as_u32());
    }

    /// Of a text of a collection: the leaf that refers to it, or the collection's own
    /// object. It lies where keys have their clock and database.
    pub const fn holder(&self) -> Ref {
        Ref::from_u32(self.clock)
    }

    /// Sets what refers to this text.
    pub const fn set_holder(&mut self, holder: Ref) {
        self.clock = holder.as_u32();
    }

    /// Is `flag` set?
    #[inline]
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Does the value lie in a rope?
    #[inline]
    pub const fn is_rope(&self) -> bool {
        self.kind == KIND_ROPE || self.kind == kind::TEXT_ROPE
    }

    /// Is it a collection?
    #[inline]
    pub const fn is_collection(&self) -> bool {
        self.kind >= KIND_LIST
    }

    /// Is it a collection whose elements lie in trees?
    #[inline]
    pub const fn is_tree(&self) -> bool {
        self.is_collection() && self.kind & FORM_TREE != 0
    }

    /// Does its slot hold all of it, so that something else may be written over it?
    #[inline]
    pub const fn is_whole(&self) -> bool {
        !self.is_rope() && !self.is_tree() && !self.has(FLAG_LARGE)
    }

    /// What the elements of a collection are ordered by.
    #[inline]
    pub fn order(&self) -> Order {
        match self.kind & !FORM_TREE {
            KIND_LIST => Order::List,
            KIND_SET => Order::Set,
            KIND_HASH => Order::Hash,
            KIND_SORTED => Order::Sorted,
            kind => unreachable!("no collection has the kind {kind}"),
        }
    }

    /// Offset of the key's bytes.
    #[inline]
    pub const fn key_offset(&self) -> u32 {
        if self.has(FLAG_TTL) { HEADER_SIZE + TTL_SIZE } else { HEADER_SIZE }
    }

    /// Offset of the value's bytes, or of the rope's root.
    #[inline]
    pub const fn value_offset(&self) -> u32 {
        self.key_offset() + self.key_size as u32
    }

    /// Bytes of the whole object.
    pub const fn object_size(&self) -> u32 {
        let value = if self.is_rope() { rope::ROOT_SIZE } else { self.value_size };
        self.value_offset() + value
    }
}

/// Bytes of an object with a value kept inline, or nothing if it needs a rope.
pub fn inline_size(key_size: usize, value_size: u64, has_ttl: bool) -> Option<u32> {
    let size = u64::from(fixed_size(key_size, has_ttl)) + value_size;
    (size <= u64::from(SLOT_SIZE_MAX)).then_some(size as u32)
}

/// Bytes of an object whose value is a rope.
pub const fn rope_size(key_size: usize, has_ttl: bool) -> u32 {
    fixed_size(key_size, has_ttl) + rope::ROOT_SIZE
}

const fn fixed_size(key_size: usize, has_ttl: bool) -> u32 {
    HEADER_SIZE + if has_ttl { TTL_SIZE } else { 0 } + key_size as u32
}

/// The header of an object.
#[inline(always)]
pub fn header(frames: &Frames, at: Ref) -> &Header {
    frames.get(at)
}

/// The header of an object, to be changed.
#[inline(always)]
pub fn header_mut(frames: &mut Frames, at: Ref) -> &mut Header {
    frames.get_mut(at)
}

/// The name of an object's key.
#[inline(always)]
pub fn key(frames: &Frames, at: Ref) -> &[u8] {
    let header = header(frames, at);
    &frames.all()[at.offset() + header.key_offset() as usize..][..header.key_size as usize]
}

/// The bytes of an inline value.
#[inline(always)]
pub fn inline_value(frames: &Frames, at: Ref) -> &[u8] {
    let header = header(frames, at);
    assert!(!header.is_rope(), "a rope has no inline value");
    &frames.all()[at.offset() + header.value_offset() as usize..][..header.value_size as usize]
}

/// The bytes of an inline value, to be changed.
#[inline(always)]
pub fn inline_value_mut(frames: &mut Frames, at: Ref) -> &mut [u8] {
    let (offset, size) = {
        let header = header(frames, at);
        assert!(!header.is_rope(), "a rope has no inline value");
        (header.value_offset(), header.value_size)
    };
    &mut frames.bytes_mut(at, offset + size)[offset as usize..]
}

/// The deadline of an object, in Unix milliseconds, if it has one.
#[inline(always)]
pub fn deadline(frames: &Frames, at: Ref) -> Option<i64> {
    if !header(frames, at).has(FLAG_TTL) {
        return None;
    }
    let bytes = &frames.bytes(at, HEADER_SIZE + 8)[HEADER_SIZE as usize..];
    Some(i64::from_le_bytes(bytes.try_into().expect("eight bytes are eight bytes")))
}

/// Writes the deadline into the extension, which must be there.
pub fn set_deadline(frames: &mut Frames, at: Ref, deadline: i64) {
    assert!(header(frames, at).has(FLAG_TTL), "a deadline needs its extension");
    let bytes = &mut frames.bytes_mut(at, HEADER_SIZE + 8)[HEADER_SIZE as usize..];
    bytes.copy_from_slice(&deadline.to_le_bytes());
}

/// The root of a rope.
pub fn root(frames: &Frames, at: Ref) -> rope::Root {
    let offset = header(frames, at).value_offset();
    let bytes = &frames.bytes(at, offset + rope::ROOT_SIZE)[offset as usize..];
    rope::Root::load(bytes)
}

/// Writes the root of a rope.
pub fn set_root(frames: &mut Frames, at: Ref, root: &rope::Root) {
    let offset = header(frames, at).value_offset();
    let bytes = &mut frames.bytes_mut(at, offset + rope::ROOT_SIZE)[offset as usize..];
    root.store(bytes);
}

/// The trees of a large collection, and how many elements it has.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Trees {
    /// The root of the elements; none once they are all freed.
    pub root: Ref,
    /// Of a sorted set, the root of the scores by name.
    pub scores: Ref,
    /// Elements.
    pub count: u32,
    /// Nothing.
    pub spare: u32,
}

/// Bytes of `Trees`: the value of a collection that is a tree.
pub const TREES_SIZE: u32 = 16;

const _: () = assert!(size_of::<Trees>() == TREES_SIZE as usize, "the roots take 16 bytes");

/// The roots of a collection that is a tree.
#[inline]
pub fn trees(frames: &Frames, at: Ref) -> Trees {
    let offset = header(frames, at).value_offset();
    let bytes = &frames.bytes(at, offset + TREES_SIZE)[offset as usize..];
    Trees::read_from_bytes(bytes).expect("16 bytes are the roots")
}

/// Writes the roots of a collection that is a tree.
pub fn set_trees(frames: &mut Frames, at: Ref, trees: &Trees) {
    let offset = header(frames, at).value_offset();
    let bytes = &mut frames.bytes_mut(at, offset + TREES_SIZE)[offset as usize..];
    bytes.copy_from_slice(trees.as_bytes());
}
