//! A string value, read in place.
use super::{Store, object};
use crate::memory::frames::Ref;

/// A string value, read in place.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    store: &'a Store,
    object: Ref,
}

impl<'a> Text<'a> {
    pub(super) const fn new(store: &'a Store, object: Ref) -> Self {
        Self { store, object }
    }

    /// Bytes of the value.
    #[inline]
    pub fn size(&self) -> u64 {
        u64::from(object::header(&self.store.frames, self.object).value_size)
    }

    /// The value as one slice, if it is not a rope (every value of up to 64 bytes, and of up to
    /// about 8,000 bytes less the key, is one).
    #[inline]
    pub fn as_slice(&self) -> Option<&'a [u8]> {
        if object::header(&self.store.frames, self.object).is_rope() {
            return None;
        }
        Some(object::inline_value(&self.store.frames, self.object))
    }

    /// The bytes `start..end` (clamped to the size) as slices, in order.
    pub fn chunks(&self, start: u64, end: u64) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let end = end.min(self.size());
        let start = start.min(end);
        let inline = self.as_slice().map(|bytes| &bytes[start as usize..end as usize]);
        let rope = inline.is_none().then(|| self.store.rope_chunks(self.object, start, end));
        inline.into_iter().filter(|bytes| !bytes.is_empty()).chain(rope.into_iter().flatten())
    }

    /// INCRBYFLOAT leaves a text for OBJECT ENCODING, also where the sum is an integer.
    pub fn is_text(&self) -> bool {
        object::header(&self.store.frames, self.object).has(object::FLAG_TEXT)
    }

    /// APPEND, SETRANGE and SETBIT leave a string `raw` for OBJECT ENCODING.
    pub fn is_raw(&self) -> bool {
        object::header(&self.store.frames, self.object).has(object::FLAG_RAW)
    }
}
