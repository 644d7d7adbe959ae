//! An old value that outlives its key, for commands that answer what was there.
//!
//! Room in the reply is reserved before, and nothing is written into it until the change has
//! succeeded.
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::{BULK_OVERHEAD, pin, reserve_reply};
use crate::limits::SLOT_SIZE_MAX;
use crate::resp::request::PinId;
use crate::store::{Entry, Store, Text};

/// Where the kept value is.
enum Place {
    /// There was none.
    Nowhere,
    /// In `KeptText::bytes`, so many of them.
    Here(usize),
    /// Pinned in the store.
    Pinned(PinId, u64),
}

/// An old value that outlives its key, until `reply` or `discard`.
pub(crate) struct KeptText {
    place: Place,
    bytes: [u8; SLOT_SIZE_MAX as usize],
}

impl KeptText {
    const NOTHING: Self = Self { place: Place::Nowhere, bytes: [0; SLOT_SIZE_MAX as usize] };

    /// Keeps the value of `entry` and reserves what the reply with it needs.
    pub(super) fn keep(cx: &mut Context<'_>, entry: Option<Entry>) -> Result<Self, CommandError> {
        let Some(entry) = entry else { return Ok(Self::NOTHING) };
        let object = cx.store.string(entry)?.object().expect("a string is an object");
        Self::keep_text(cx, |store| store.text(object))
    }

    /// As `keep`, for a text that `find` finds in a collection.
    pub(crate) fn keep_text(
        cx: &mut Context<'_>,
        find: impl for<'s> FnOnce(&'s Store) -> Text<'s>,
    ) -> Result<Self, CommandError> {
        let mut kept = Self::NOTHING;
        let text = find(cx.store);
        let (size, object) = (text.size(), text.object());
        if let Some(slice) = text.as_slice()
            && let Some(place) = kept.bytes.get_mut(..slice.len())
        {
            place.copy_from_slice(slice);
            kept.place = Place::Here(slice.len());
            reserve_reply(cx, size + BULK_OVERHEAD)?;
            return Ok(kept);
        }
        if !cx.reply.prefers_stream(size) {
            reserve_reply(cx, size + BULK_OVERHEAD)?;
        }
        let object = object.expect("what is longer than a slot is an object");
        let pin = pin(cx, object, size)?;
        kept.place = Place::Pinned(pin, size);
        Ok(kept)
    }

    /// The command was refused: forgets the value.
    pub(crate) fn discard(self, cx: &mut Context<'_>) {
        if let Place::Pinned(pin, _) = self.place {
            cx.store.unpin(pin);
        }
    }

    /// Replies with the value, or null if there was none.
    pub(crate) fn reply(mut self, cx: &mut Context<'_>) {
        match self.place {
            Place::Nowhere => cx.reply.null(),
            Place::Here(size) => cx.reply.bulk(&self.bytes[..size]),
            Place::Pinned(pin, _) if cx.reply.is_muted() => cx.store.unpin(pin),
            Place::Pinned(pin, size) if cx.reply.prefers_stream(size) => cx.reply.stream(pin, size),
            Place::Pinned(pin, size) => {
                cx.reply.bulk_header(size);
                let mut offset = 0;
                while offset < size {
                    let read_size = cx.store.pin_read(pin, offset, &mut self.bytes);
                    assert!(read_size > 0, "a pinned value has lost its end");
                    cx.reply.raw(&self.bytes[..read_size]);
                    offset += read_size as u64;
                }
                cx.reply.raw(b"\r\n");
                cx.store.unpin(pin);
            }
        }
    }
}
