//! A bucket of the index: twelve entries in one cache line.
//!
//! ```text
//! Bucket, 64 bytes
//!   head  u32        kind (8 bits) | which slots' keys have a deadline (12) | were read (12)
//!   tags  [u8; 12]   8 bits of each key's hash, from those that do not choose the bucket
//!   refs  [u32; 12]  the objects; 0 = empty; in a chained bucket the last one is the child bucket
//! ```
//!
//! Invariant: the entries in use are the first ones.
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::store::kind;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// Entries in a bucket that has no child.
pub const BUCKET_ENTRIES: usize = 12;

/// Where in the head the bits of the keys with a deadline begin.
pub(super) const TTL_SHIFT: u32 = 8;
/// Where the bits of the keys that were read begin.
pub(super) const TOUCHED_SHIFT: u32 = 20;
/// The entry that is the child's reference in a chained bucket.
pub(super) const CHILD_SLOT: usize = BUCKET_ENTRIES - 1;

/// One cache line of the index.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Bucket {
    pub(super) head: u32,
    pub(super) tags: [u8; BUCKET_ENTRIES],
    pub(super) refs: [Ref; BUCKET_ENTRIES],
}

const _: () = assert!(size_of::<Bucket>() == 64, "a bucket is one cache line");

/// What moves when an entry moves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) object: Ref,
    pub(super) tag: u8,
    pub(super) has_ttl: bool,
    pub(super) touched: bool,
}

impl Bucket {
    pub(super) const EMPTY: Self = Self {
        head: kind::BUCKET as u32,
        tags: [0; BUCKET_ENTRIES],
        refs: [Ref::NONE; BUCKET_ENTRIES],
    };

    #[inline]
    pub(super) fn child(&self) -> Option<Ref> {
        (self.head as u8 == kind::BUCKET_CHAINED).then(|| self.refs[CHILD_SLOT])
    }

    /// Places for entries: one fewer in a chained bucket.
    pub(super) fn capacity(&self) -> usize {
        if self.child().is_some() { CHILD_SLOT } else { BUCKET_ENTRIES }
    }

    /// Entries in use: they are the first ones.
    pub(super) fn len(&self) -> usize {
        self.refs[..self.capacity()].iter().take_while(|object| !object.is_none()).count()
    }

    pub(super) fn item(&self, slot: usize) -> Item {
        Item {
            object: self.refs[slot],
            tag: self.tags[slot],
            has_ttl: self.head >> (TTL_SHIFT + slot as u32) & 1 != 0,
            touched: self.head >> (TOUCHED_SHIFT + slot as u32) & 1 != 0,
        }
    }

    pub(super) fn put(&mut self, slot: usize, item: Item) {
        self.refs[slot] = item.object;
        self.tags[slot] = item.tag;
        self.set_bit(TTL_SHIFT, slot, item.has_ttl && !is_planted(Bug::TtlBitLost));
        self.set_bit(TOUCHED_SHIFT, slot, item.touched);
    }

    pub(super) fn clear(&mut self, slot: usize) {
        self.put(slot, Item { object: Ref::NONE, tag: 0, has_ttl: false, touched: false });
    }

    pub(super) fn set_bit(&mut self, shift: u32, slot: usize, value: bool) {
        let bit = 1 << (shift + slot as u32);
        if value {
            self.head |= bit;
        } else {
            self.head &= !bit;
        }
    }

    pub(super) fn set_kind(&mut self, kind: u8) {
        self.head = self.head & !0xFF | u32::from(kind);
    }

    /// Bit 7 of byte `i` is set exactly when `tags[i] == tag` (of the first 8, then the last 4).
    #[inline]
    pub(super) fn matches(&self, tag: u8) -> (u64, u32) {
        const LOW: u64 = 0x0101_0101_0101_0101;
        const SEVEN: u64 = 0x7F7F_7F7F_7F7F_7F7F;
        let (first, last) = self.tags.split_at(8);
        let first = u64::from_le_bytes(first.try_into().expect("eight bytes are eight bytes"));
        let last = u32::from_le_bytes(last.try_into().expect("four bytes are four bytes"));
        let pattern = LOW * u64::from(tag);
        let x = first ^ pattern;
        let y = last ^ pattern as u32;
        let zero_bytes = !(((x & SEVEN) + SEVEN) | x | SEVEN);
        let seven = SEVEN as u32;
        (zero_bytes, !(((y & seven) + seven) | y | seven))
    }
}
