//! The way to a key's object, gone ahead of the command that will read it.
//!
//! A lookup reads a bucket, the object that the bucket names, and what of a large value lies behind
//! the object's first lines; each may be in no cache. An approach asks for one after the other,
//! some requests before its own, and leaves them to arrive while others run. Nothing is changed.
//!
//! To be asked for, a line must have its address translated, and the request retires no earlier: in
//! a region larger than the translations that a core keeps, one at a time costs as much as a miss
//! of the second-level cache. Several in a row are translated beside each other, so whoever goes
//! ahead asks for some of them at once.
//!
//! Invariant: where an approach has come to is a guess. Nothing but what is asked for depends on
//! it.
use super::rope::{self, Root};
use super::{NameHash, Order, Store, object};
use crate::memory::frames::Ref;
use crate::prefetch::{LINE_SIZE, prefetch, prefetch_line};

/// Buckets that are asked for together.
pub const BUCKETS_AT_ONCE: usize = 8;

/// Objects that are asked for together: sixteen lines, of some twenty that a core can await.
pub const OBJECTS_AT_ONCE: usize = 8;

/// So many requests, or keys, before its own an object is asked for, at least.
pub const OBJECT_DISTANCE: usize = 6;

/// So many requests, or keys, before its own the rest of a value is asked for: its header has come.
pub const VALUE_DISTANCE: usize = 4;

/// Lines of an object that are asked for with its header.
const FIRST_LINE_COUNT: usize = 2;

/// As many bytes: `prefetch` asks for the lines of the first and the last of them.
const FIRST_BYTES: usize = (FIRST_LINE_COUNT - 1) * LINE_SIZE + 1;

/// Bytes that are asked for in advance, from the beginning of an object: what is behind them the
/// processor asks for by itself.
const VALUE_BYTES_MAX: u32 = 1024;

/// The processor asks ahead for lines that are read in a row, up to the end of a page.
const PAGE_SIZE: usize = 4096;

/// How far the way to a key's object is gone.
#[derive(Clone, Copy, Debug)]
pub struct Approach {
    /// Of the key, in its database.
    hash: u64,
    /// What was guessed; none if it was not yet, or is not there.
    object: Ref,
}

impl Store {
    /// The way to a key, not gone yet.
    #[inline(always)]
    pub fn begin_approach(&self, database: u8, hash: NameHash) -> Approach {
        let hash = Self::key_hash(self.databases.number(database), hash);
        Approach { hash, object: Ref::NONE }
    }

    /// First step: asks for the bucket of the key.
    #[inline(always)]
    pub fn approach_bucket(&self, approach: &Approach) {
        self.prefetch_home(approach.hash);
    }

    /// Second step: guesses the object, by its tag in the home bucket. It is apart from the third,
    /// so that several can be asked for with nothing between: a core translates together what it
    /// has under way, some 250 instructions, and a guess takes some sixty.
    #[inline(always)]
    pub fn guess_object(&self, approach: &mut Approach) {
        approach.object = self.index.first_match(approach.hash).unwrap_or(Ref::NONE);
    }

    /// Third step: asks for the beginning of the object.
    #[inline(always)]
    pub fn approach_object(&self, approach: &Approach) {
        if approach.object.is_none() {
            return;
        }
        let start = approach.object.offset();
        if let Some(bytes) = self.frames.all().get(start..start + FIRST_BYTES) {
            prefetch(bytes);
        }
    }

    /// Fourth step, of what is larger: asks for the lines behind those, or for where the pieces of
    /// a rope begin.
    #[inline(always)]
    pub fn approach_value(&self, approach: &Approach) {
        if approach.object.is_none() {
            return;
        }
        let start = approach.object.offset();
        let header = object::header(&self.frames, approach.object);
        if header.is_rope() {
            self.approach_pieces(start + header.value_offset() as usize);
            return;
        }
        let size = header.value_size.saturating_add(header.value_offset()).min(VALUE_BYTES_MAX);
        let (from, to) = (start + FIRST_LINE_COUNT * LINE_SIZE, start + size as usize);
        // An object that ends within its first lines has no such range.
        if let Some(bytes) = self.frames.all().get(from..to) {
            // Of a size that the compiler knows: three instructions for each line, not eight.
            let (lines, rest) = bytes.as_chunks::<LINE_SIZE>();
            for line in lines {
                prefetch_line(line);
            }
            prefetch_line(rest);
        }
    }

    /// Asks for the line in which each piece of a rope begins, and for the one a page further: what
    /// is between the processor asks for by itself. For a short piece the second is wasted.
    fn approach_pieces(&self, root_offset: usize) {
        let all = self.frames.all();
        let root = all.get(root_offset..root_offset + rope::ROOT_SIZE as usize);
        let Some(root) = root else { return };
        for piece in Root::load(root).pieces() {
            for start in [piece.offset(), piece.offset() + PAGE_SIZE] {
                all.get(start..).map(prefetch_line);
            }
        }
    }

    /// The object and the order of a large collection, once its object has been asked for.
    #[inline]
    pub fn approached_tree(&self, approach: &Approach) -> Option<(Ref, Order)> {
        if approach.object.is_none() {
            return None;
        }
        let header = object::header(&self.frames, approach.object);
        let is_tree = header.is_collection() && header.is_tree();
        is_tree.then(|| (approach.object, header.order()))
    }
}
