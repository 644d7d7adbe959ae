//! Elements in a reply. Its room is made sure of first.
use crate::commands::context::Context;
use crate::commands::elements::reply_elements;
use crate::commands::error::CommandError;
use crate::commands::texts::{bulks_size, reply_text, reserve_reply, write_text};
use crate::store::Entry;

/// Replies with the element `rank` of a list. Writes nothing if it fails.
pub(super) fn element(cx: &mut Context<'_>, entry: Entry, rank: u64) -> Result<(), CommandError> {
    reply_text(cx, |store| Some(store.element_at_rank(entry, rank).name()))
}

/// Neighbours in a list: `count` elements from the element `rank` on, forth or back.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) entry: Entry,
    pub(super) rank: u64,
    pub(super) is_back: bool,
    pub(super) count: u64,
}

impl Run {
    /// Replies with an array of them. Writes nothing if it fails. O(log n) and the reply.
    pub(super) fn answer(&self, cx: &mut Context<'_>) -> Result<(), CommandError> {
        let Self { entry, rank, is_back, count } = *self;
        let first = if is_back { rank + 1 - count } else { rank };
        let text_bytes = cx.store.text_bytes_at_most(entry, first, count);
        reply_elements(cx, count, bulks_size(count, text_bytes), |reply, store| {
            reply.array(count);
            for element in store.elements(entry, rank, is_back).take(count as usize) {
                write_text(reply, element.name());
            }
        })
    }

    /// Makes sure of the room of the reply with them, behind `before_size` bytes.
    pub(super) fn reserve(
        &self,
        cx: &mut Context<'_>,
        before_size: u64,
    ) -> Result<(), CommandError> {
        if cx.reply.is_muted() {
            return Ok(());
        }
        // More than any reply has are refused before anybody looks at each.
        reserve_reply(cx, before_size + bulks_size(self.count, 0))?;
        let elements = cx.store.elements(self.entry, self.rank, self.is_back);
        let sizes = elements.take(self.count as usize).map(|element| element.name().size());
        let size = bulks_size(self.count, sizes.sum());
        reserve_reply(cx, before_size + size)
    }

    /// Replies with an array of them. There is room.
    pub(super) fn reply(&self, cx: &mut Context<'_>) {
        if cx.reply.is_muted() {
            return;
        }
        cx.reply.array(self.count);
        let elements = cx.store.elements(self.entry, self.rank, self.is_back);
        for element in elements.take(self.count as usize) {
            write_text(&mut cx.reply, element.name());
        }
    }
}
