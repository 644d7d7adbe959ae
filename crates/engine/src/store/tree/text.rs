//! The texts in cells, wherever they lie: compared, hashed and measured.
use super::order::{Item, Order};
use crate::memory::frames::{Frames, Ref};
use crate::store::object;
use crate::store::rope::Chunks;
use core::cmp::Ordering;
use core::hash::Hasher;
use siphasher::sip::SipHasher13;

/// Bytes of a text.
pub fn size(frames: &Frames, item: Item<'_>) -> u64 {
    match item {
        Item::Bytes(bytes) => bytes.len() as u64,
        Item::Large(at) => u64::from(object::header(frames, at).value_size),
    }
}

/// Bytes of all texts of a cell.
pub fn size_of_cell(frames: &Frames, order: Order, cell: &[u8]) -> u64 {
    match order {
        Order::Scores => 0,
        Order::Hash => {
            let (field, value) = super::order::pair(cell);
            size(frames, field) + size(frames, value)
        }
        _ => size(frames, order.name(cell)),
    }
}

/// Objects that a cell refers to.
pub fn large_items(order: Order, cell: &[u8]) -> impl Iterator<Item = Ref> {
    let items = match order {
        Order::Scores => [None, None],
        Order::Hash => {
            let (field, value) = super::order::pair(cell);
            [Some(field), Some(value)]
        }
        _ => [Some(order.name(cell)), None],
    };
    items.into_iter().filter_map(|item| match item {
        Some(Item::Large(at)) => Some(at),
        _ => None,
    })
}

/// A text in pieces.
pub enum Pieces<'a> {
    /// In one.
    One(Option<&'a [u8]>),
    /// Of a rope.
    Rope(Chunks<'a>),
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        match self {
            Self::One(bytes) => bytes.take(),
            Self::Rope(chunks) => chunks.next(),
        }
    }
}

/// The bytes of a text, in order.
pub fn pieces<'a>(frames: &'a Frames, item: Item<'a>) -> Pieces<'a> {
    match item {
        Item::Bytes(bytes) => Pieces::One(Some(bytes)),
        Item::Large(at) => {
            let header = object::header(frames, at);
            if header.is_rope() {
                let size = u64::from(header.value_size);
                Pieces::Rope(object::root(frames, at).chunks(frames, size, 0..size))
            } else {
                Pieces::One(Some(object::inline_value(frames, at)))
            }
        }
    }
}

/// How a text compares with `bytes`.
#[inline]
pub fn compare(frames: &Frames, item: Item<'_>, bytes: &[u8]) -> Ordering {
    if let Item::Bytes(text) = item {
        return text.cmp(bytes);
    }
    let mut rest = bytes;
    for piece in pieces(frames, item) {
        let size = piece.len().min(rest.len());
        match piece[..size].cmp(&rest[..size]) {
            Ordering::Equal if piece.len() > size => return Ordering::Greater,
            Ordering::Equal => rest = &rest[size..],
            different => return different,
        }
    }
    if rest.is_empty() { Ordering::Equal } else { Ordering::Less }
}

/// Is a text equal to `bytes`?
#[inline]
pub fn is(frames: &Frames, item: Item<'_>, bytes: &[u8]) -> bool {
    match item {
        Item::Bytes(text) => text == bytes,
        Item::Large(_) => {
            size(frames, item) == bytes.len() as u64
                && compare(frames, item, bytes) == Ordering::Equal
        }
    }
}

/// The hash of a text, as `Store::name_hash` computes it for a name.
pub fn hash(frames: &Frames, hash_key: (u64, u64), item: Item<'_>) -> u64 {
    let mut hasher = SipHasher13::new_with_keys(hash_key.0, hash_key.1);
    if let Item::Bytes(bytes) = item {
        return hasher.hash(bytes);
    }
    for piece in pieces(frames, item) {
        hasher.write(piece);
    }
    hasher.finish()
}
