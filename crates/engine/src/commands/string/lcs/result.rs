//! A text that is found from its end to its start, and then replied.
//!
//! The last pieces of a long one are staged in the store, whole pieces in the order in which they
//! are found; the first piece, which may be shorter, stays here.
use super::no_room;
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::limits::SLOT_SIZE_MAX;
use crate::resp::request::StagedId;
use crate::store::Store;

/// Bytes of a piece.
const PIECE_SIZE: usize = SLOT_SIZE_MAX as usize;

/// The text.
pub(super) struct Backward {
    piece: [u8; PIECE_SIZE],
    /// Where the piece begins that is still here.
    start: usize,
    staged: Option<StagedId>,
}

impl Backward {
    /// An empty one, with room for `size` bytes.
    pub(super) fn new(cx: &mut Context<'_>, size: u64) -> Result<Self, CommandError> {
        let piece_size = PIECE_SIZE as u64;
        let staged_size = size.saturating_sub(1) / piece_size * piece_size;
        let staged = if staged_size > 0 {
            Some(cx.store.stage(cx.now, staged_size).map_err(no_room)?)
        } else {
            None
        };
        Ok(Self { piece: [0; PIECE_SIZE], start: PIECE_SIZE, staged })
    }

    /// Puts a letter before all others.
    pub(super) fn prepend(&mut self, store: &mut Store, letter: u8) {
        if self.start == 0 {
            let staged = self.staged.expect("what is longer than a piece is staged");
            store.stage_write(staged, &self.piece);
            self.start = PIECE_SIZE;
        }
        self.start -= 1;
        self.piece[self.start] = letter;
    }

    /// Replies with the whole text of `size` bytes, for which there is room, and gives it up.
    pub(super) fn reply(mut self, cx: &mut Context<'_>, size: u64) {
        cx.reply.bulk_header(size);
        cx.reply.raw(&self.piece[self.start..]);
        if let Some(staged) = self.staged {
            let mut offset = cx.store.staged_size(staged);
            while offset > 0 {
                offset -= PIECE_SIZE as u64;
                let read_size = cx.store.stage_read(staged, offset, &mut self.piece);
                assert_eq!(read_size, PIECE_SIZE, "pieces are whole");
                cx.reply.raw(&self.piece);
            }
            cx.store.stage_discard(staged);
        }
        cx.reply.raw(b"\r\n");
    }
}
