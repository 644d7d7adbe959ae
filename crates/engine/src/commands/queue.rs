//! The commands that MULTI queued, as records in a chain of blocks.
//!
//! A command is a head (row, count of arguments), then for each argument its size and its bytes,
//! each contiguous within a block. A staged value is queued by its number: the queue owns it until
//! EXEC runs the command or the queue is discarded.
use crate::commands::table::CommandId;
use crate::memory::blocks::{Blocks, BlocksFull, Chain, Place, Span};
use crate::resp::request::{Request, STAGED, StagedId, Value};
use crate::store::Store;

/// Bytes of a queued command's head: number of its row, count of its arguments.
const HEAD_SIZE: u32 = 8;
/// Bytes before an argument: its size, or for a staged one its number with the top bit set.
const SIZE_SIZE: u32 = 4;
/// The top bit of an argument's size.
const IS_STAGED: u32 = 1 << 31;

/// Puts a command at the end of the queue, which may have `block_count_max` blocks. Where that
/// fails the queue ends with a part of it, and is good for nothing but `release`.
pub(super) fn push(
    blocks: &mut Blocks,
    queue: &mut Chain,
    id: CommandId,
    request: &Request<'_>,
    block_count_max: u32,
) -> Result<(), BlocksFull> {
    let count = request.argument_count() as u32;
    let mut head = [0; HEAD_SIZE as usize];
    head[..4].copy_from_slice(&id.to_u32().to_le_bytes());
    head[4..].copy_from_slice(&count.to_le_bytes());
    blocks.append(queue, &head, block_count_max)?;
    for index in 0..request.argument_count() {
        match request.value(index) {
            Value::Bytes(bytes) => {
                blocks.append(queue, &(bytes.len() as u32).to_le_bytes(), block_count_max)?;
                blocks.append(queue, bytes, block_count_max)?;
            }
            Value::Staged(StagedId(number)) => {
                blocks.append(queue, &(number | IS_STAGED).to_le_bytes(), block_count_max)?;
            }
        }
    }
    Ok(())
}

/// Gives the staged values of a command back that did not consume them.
#[inline(always)]
pub(super) fn discard_staged(store: &mut Store, request: &Request<'_>) {
    if !request.has_staged() {
        return;
    }
    for index in 0..request.argument_count() {
        if let Value::Staged(staged) = request.value(index) {
            store.stage_discard(staged);
        }
    }
}

/// A walk over the queued commands.
pub(super) struct Walk<'a> {
    queue: &'a Chain,
    /// Where the next command begins.
    pub(super) place: Place,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(queue: &'a Chain, place: Place) -> Self {
        Self { queue, place }
    }

    fn record(&mut self, blocks: &Blocks, size: u32) -> Span {
        blocks.next_record(self.queue, &mut self.place, size)
    }

    fn number(&mut self, blocks: &Blocks) -> u32 {
        let span = self.record(blocks, SIZE_SIZE);
        let bytes = blocks.record(span).try_into().expect("the size was asked for");
        u32::from_le_bytes(bytes)
    }

    fn head(&mut self, blocks: &Blocks) -> (CommandId, u32) {
        let span = self.record(blocks, HEAD_SIZE);
        let (id, count) = blocks.record(span).split_at(4);
        let number = |bytes: &[u8]| {
            u32::from_le_bytes(bytes.try_into().expect("half of the head is four bytes"))
        };
        (CommandId::from_u32(number(id)), number(count))
    }

    fn argument(&mut self, blocks: &Blocks) -> Span {
        match self.number(blocks) {
            staged if staged & IS_STAGED != 0 => Span { start: STAGED, size: staged ^ IS_STAGED },
            size => self.record(blocks, size),
        }
    }

    /// The next command: its row, and its arguments in `spans`.
    pub(super) fn command(&mut self, blocks: &Blocks, spans: &mut [Span]) -> (CommandId, usize) {
        let (id, count) = self.head(blocks);
        for span in &mut spans[..count as usize] {
            *span = self.argument(blocks);
        }
        (id, count as usize)
    }

    /// Gives back the staged values of the next command.
    pub(super) fn discard_command(&mut self, blocks: &Blocks, store: &mut Store) {
        let (_, count) = self.head(blocks);
        for _ in 0..count {
            let span = self.argument(blocks);
            if span.start == STAGED {
                store.stage_discard(StagedId(span.size));
            }
        }
    }
}
