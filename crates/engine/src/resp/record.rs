//! Arguments as records in a chain of blocks: how a request is kept that does not lie in a receive
//! buffer, because it is incomplete. (MULTI's queue has a form of its own, `commands/queue.rs`.)
//!
//! ```text
//! | size u32 | bytes ...           |    an argument, contiguous within its block
//! | STAGED   | number of the value |    a large value in the frames
//! | END      |                          the rest of this block is unused
//! ```
//!
//! Invariant: a reader asks for exactly as many records as were written; there is no mark at the
//! end of a chain.
use crate::memory::blocks::{BLOCK_SIZE, Blocks, BlocksFull, Chain, Span};
use crate::resp::request::{STAGED, StagedId, Value};

/// Bytes before the content of a record.
const PREFIX_SIZE: u32 = 4;

/// Instead of a size: a staged value follows.
const STAGED_MARK: u32 = u32::MAX;

/// Instead of a size: the next record begins the next block.
const END_MARK: u32 = u32::MAX - 1;

/// The largest argument that a record can hold.
pub const RECORD_SIZE_MAX: u32 = BLOCK_SIZE - PREFIX_SIZE;

/// Adds a record of `size` bytes, to be filled by the caller; returns where its content lies.
pub fn begin(
    blocks: &mut Blocks,
    chain: &mut Chain,
    size: u32,
    block_count_max: u32,
) -> Result<Span, BlocksFull> {
    assert!(size <= RECORD_SIZE_MAX, "a larger argument is staged in the store");
    let whole = extend(blocks, chain, PREFIX_SIZE + size, block_count_max)?;
    set_prefix(blocks, whole.start, size);
    Ok(Span { start: whole.start + PREFIX_SIZE, size })
}

/// Adds a record with the content `value`.
pub fn append(
    blocks: &mut Blocks,
    chain: &mut Chain,
    value: Value<'_>,
    block_count_max: u32,
) -> Result<(), BlocksFull> {
    match value {
        Value::Bytes(bytes) => {
            let content = begin(blocks, chain, bytes.len() as u32, block_count_max)?;
            blocks.record_mut(content).copy_from_slice(bytes);
        }
        Value::Staged(StagedId(number)) => {
            let whole = extend(blocks, chain, 2 * PREFIX_SIZE, block_count_max)?;
            set_prefix(blocks, whole.start, STAGED_MARK);
            set_prefix(blocks, whole.start + PREFIX_SIZE, number);
        }
    }
    Ok(())
}

/// Adds one byte to the last record, whose content is `content`.
pub fn push(
    blocks: &mut Blocks,
    chain: &mut Chain,
    content: Span,
    byte: u8,
    block_count_max: u32,
) -> Result<Span, BlocksFull> {
    assert!(content.size < RECORD_SIZE_MAX, "a larger argument is staged in the store");
    let whole = Span { start: content.start - PREFIX_SIZE, size: content.size + PREFIX_SIZE };
    let grown = blocks.grow(chain, whole, 1, block_count_max)?;
    if grown.start != whole.start {
        set_prefix(blocks, whole.start, END_MARK);
    }
    set_prefix(blocks, grown.start, content.size + 1);
    let grown = Span { start: grown.start + PREFIX_SIZE, size: content.size + 1 };
    blocks.record_mut(grown)[content.size as usize] = byte;
    Ok(grown)
}

fn extend(
    blocks: &mut Blocks,
    chain: &mut Chain,
    size: u32,
    block_count_max: u32,
) -> Result<Span, BlocksFull> {
    let room = chain.tail_room();
    if room >= size || chain.block_count() == 0 {
        return blocks.extend(chain, size, block_count_max);
    }
    if blocks.free_count() == 0 || chain.block_count() >= block_count_max {
        return Err(BlocksFull);
    }
    if room >= PREFIX_SIZE {
        let rest = blocks.extend(chain, PREFIX_SIZE, block_count_max)?;
        set_prefix(blocks, rest.start, END_MARK);
    }
    blocks.extend(chain, size, block_count_max)
}

fn set_prefix(blocks: &mut Blocks, start: u32, value: u32) {
    let prefix = Span { start, size: PREFIX_SIZE };
    blocks.record_mut(prefix).copy_from_slice(&value.to_le_bytes());
}

/// Reads the records of a chain in order.
#[derive(Debug)]
pub struct Records {
    block: u32,
    /// Bytes of the block that were read.
    offset: u32,
}

impl Records {
    /// Before the first record of `chain`, which has at least one.
    pub fn new(blocks: &Blocks, chain: &Chain) -> Self {
        let block = blocks.block_after(chain, None).expect("a chain with records has a block");
        Self { block, offset: 0 }
    }

    /// The next record, in the form in which `Request` wants it.
    pub fn next(&mut self, blocks: &Blocks, chain: &Chain) -> Span {
        if BLOCK_SIZE - self.offset < PREFIX_SIZE || self.prefix(blocks) == END_MARK {
            self.block = blocks.block_after(chain, Some(self.block)).expect("one record more");
            self.offset = 0;
        }
        let size = self.prefix(blocks);
        self.offset += PREFIX_SIZE;
        if size == STAGED_MARK {
            let number = self.prefix(blocks);
            self.offset += PREFIX_SIZE;
            return Span { start: STAGED, size: number };
        }
        let start = Blocks::block_start(self.block) + self.offset;
        self.offset += size;
        Span { start, size }
    }

    fn prefix(&self, blocks: &Blocks) -> u32 {
        let start = Blocks::block_start(self.block) + self.offset;
        let prefix = blocks.record(Span { start, size: PREFIX_SIZE });
        u32::from_le_bytes(prefix.try_into().expect("a prefix has four bytes"))
    }
}

#[cfg(test)]
#[path = "record_test.rs"]
mod record_test;
