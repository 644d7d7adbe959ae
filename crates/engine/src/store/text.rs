//! A text, read in place: a string value, or one in a collection.
use super::tree::{Item, text};
use super::{Store, object};
use crate::memory::frames::{Frames, Ref};
use core::cmp::Ordering;

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

impl Store {
    /// A text that is an object of its own.
    #[inline]
    pub const fn text(&self, object: TextObject) -> Text<'_> {
        Text::of_object(&self.frames, object.0)
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
    #[inline]
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
