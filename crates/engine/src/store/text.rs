//! A text, read in place: a string value, or one in a collection.
use super::tree::{Item, text};
use super::{Store, object};
use crate::memory::frames::{Frames, Ref};
use crate::prefetch::prefetch_line;
use core::cmp::Ordering;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// A text, read in place.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    frames: &'a Frames,
    item: Item<'a>,
}

/// A text that is an object of its own: a string, or a long one in a collection. Valid until the
/// next change of the store.
#[derive(Clone, Copy, Debug)]
pub struct TextObject(pub(super) Ref);

/// Where a text is, as a number that can be noted; or that there is none. Valid until something is
/// written or room is made.
///
/// ```text
/// 1 | reference u32            an object
/// 0 | offset, 47 b | size u16  bytes in a cell
/// ```
#[derive(
    Clone, Copy, Debug, Default, Eq, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
#[repr(transparent)]
pub struct TextPlace(u64);

impl TextPlace {
    /// No text.
    pub const NONE: Self = Self(0);

    const OBJECT_BIT: u64 = 1 << 63;
}

impl Store {
    /// A text that is an object of its own.
    #[inline]
    pub const fn text(&self, object: TextObject) -> Text<'_> {
        Text::of_object(&self.frames, object.0)
    }

    /// The text at a place, if there is one.
    #[inline]
    pub fn text_at(&self, place: TextPlace) -> Option<Text<'_>> {
        if place == TextPlace::NONE {
            return None;
        }
        if place.0 & TextPlace::OBJECT_BIT != 0 {
            return Some(Text::of_object(&self.frames, Ref::from_u32(place.0 as u32)));
        }
        let (offset, size) = (place.0 >> 16, place.0 & 0xFFFF);
        let bytes = &self.frames.all()[offset as usize..][..size as usize];
        Some(Text::of_item(&self.frames, Item::Bytes(bytes)))
    }

    /// Asks for the beginning of a text in a cell, before it is read. A hint, also where the place
    /// is not valid any more.
    #[inline]
    pub fn prefetch_text(&self, place: TextPlace) {
        if place.0 & TextPlace::OBJECT_BIT == 0 {
            prefetch_line(&self.frames.all()[(place.0 >> 16) as usize..]);
        }
    }
}

impl<'a> Text<'a> {
    /// The value of an object.
    pub(super) const fn of_object(frames: &'a Frames, object: Ref) -> Self {
        Self { frames, item: Item::Large(object) }
    }

    /// A text of a collection.
    pub(super) const fn of_item(frames: &'a Frames, item: Item<'a>) -> Self {
        Self { frames, item }
    }

    /// The object that it is; none if it lies in a cell of a collection.
    #[inline]
    pub const fn object(&self) -> Option<TextObject> {
        match self.item {
            Item::Large(at) => Some(TextObject(at)),
            Item::Bytes(_) => None,
        }
    }

    /// Where it is.
    #[inline]
    pub fn place(&self) -> TextPlace {
        match self.item {
            Item::Large(at) => TextPlace(TextPlace::OBJECT_BIT | u64::from(at.as_u32())),
            Item::Bytes(bytes) => {
                let offset = self.frames.offset_of(bytes) as u64;
                TextPlace(offset << 16 | bytes.len() as u64)
            }
        }
    }

    /// Which of two texts comes first, by their bytes.
    pub fn compare(&self, other: &Self) -> Ordering {
        if let (Some(one), Some(other)) = (self.as_slice(), other.as_slice()) {
            return one.cmp(other);
        }
        let mut chunks = [self.chunks(0, self.size()), other.chunks(0, other.size())];
        let (mut one, mut two): (&[u8], &[u8]) = (&[], &[]);
        loop {
            for (rest, chunks) in [&mut one, &mut two].into_iter().zip(&mut chunks) {
                if rest.is_empty() {
                    *rest = chunks.next().unwrap_or_default();
                }
            }
            let size = one.len().min(two.len());
            if size == 0 {
                return one.len().cmp(&two.len());
            }
            match one[..size].cmp(&two[..size]) {
                Ordering::Equal => (one, two) = (&one[size..], &two[size..]),
                order => return order,
            }
        }
    }

    /// The first eight bytes, the first one highest, as if zeros followed: texts are in the order
    /// of these numbers, but for those that have the same.
    pub fn start(&self) -> u64 {
        let mut start = [0; 8];
        let mut filled_size = 0;
        for chunk in self.chunks(0, start.len() as u64) {
            start[filled_size..][..chunk.len()].copy_from_slice(chunk);
            filled_size += chunk.len();
        }
        u64::from_be_bytes(start)
    }

    /// Bytes of the value.
    #[inline]
    pub fn size(&self) -> u64 {
        match self.item {
            Item::Bytes(bytes) => bytes.len() as u64,
            Item::Large(at) => u64::from(object::header(self.frames, at).value_size),
        }
    }

    /// The value as one slice, if it is not a rope (every value of up to 64 bytes, and of up to
    /// about 8,000 bytes less the key, is one).
    #[inline(always)]
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        match self.item {
            Item::Bytes(bytes) => Some(bytes),
            Item::Large(at) if object::header(self.frames, at).is_rope() => None,
            Item::Large(at) => Some(object::inline_value(self.frames, at)),
        }
    }

    /// The bytes `start..end` (clamped to the size) as slices, in order.
    pub fn chunks(&self, start: u64, end: u64) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let end = end.min(self.size());
        let start = start.min(end);
        let inline = self.as_slice().map(|bytes| &bytes[start as usize..end as usize]);
        let rope = match self.item {
            Item::Large(at) if inline.is_none() => {
                Some(object::root(self.frames, at).chunks(self.frames, self.size(), start..end))
            }
            _ => None,
        };
        inline.into_iter().filter(|bytes| !bytes.is_empty()).chain(rope.into_iter().flatten())
    }

    /// How the text compares with `bytes`.
    pub fn compare_with(&self, bytes: &[u8]) -> Ordering {
        text::compare(self.frames, self.item, bytes)
    }

    /// Copies bytes from `start` on until `out` is full or the text ends; how many.
    pub fn read(&self, start: u64, out: &mut [u8]) -> usize {
        let mut size = 0;
        for chunk in self.chunks(start, start.saturating_add(out.len() as u64)) {
            out[size..][..chunk.len()].copy_from_slice(chunk);
            size += chunk.len();
        }
        size
    }

    /// INCRBYFLOAT leaves a text for OBJECT ENCODING, also where the sum is an integer.
    pub fn is_text(&self) -> bool {
        self.has(object::FLAG_TEXT)
    }

    /// APPEND, SETRANGE and SETBIT leave a string `raw` for OBJECT ENCODING.
    pub fn is_raw(&self) -> bool {
        self.has(object::FLAG_RAW)
    }

    fn has(&self, flag: u8) -> bool {
        matches!(self.item, Item::Large(at) if object::header(self.frames, at).has(flag))
    }
}

#[cfg(test)]
#[path = "text_test.rs"]
mod text_test;
