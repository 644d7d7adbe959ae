//! Blocks: 20 KiB pieces of one slab, for what connections have sent but not finished: the tail of
//! an incomplete request, a large request in pieces, the commands queued by MULTI.
//!
//! A chain holds *records*, each contiguous within one block, so that an argument is always one
//! slice. The slab is one allocation, so that a span (offset and size) names a record for good.
//!
//! Invariant: a block is free or in exactly one chain; a chain's records never overlap.
use crate::memory::buffer::BUFFER_BYTES;
use alloc::boxed::Box;

/// Bytes in a block: what a buffer holds, so that a request that came in one can be kept in one.
pub const BLOCK_SIZE: u32 = BUFFER_BYTES as u32;

/// The most blocks that spans, which count bytes in 32 bits, can reach.
pub const BLOCKS_MAX: u32 = u32::MAX / BLOCK_SIZE;

/// No block.
const NONE: u32 = u32::MAX;

/// All blocks are in use, or the caller's share of them is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BlocksFull;

/// Where a record is: bytes of the slab.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Count of bytes.
    pub size: u32,
}

/// A list of blocks with records in them. Not `Copy`: it owns them until `release`.
#[derive(Debug)]
pub struct Chain {
    head: u32,
    tail: u32,
    block_count: u32,
    /// Bytes used in the last block.
    tail_used: u32,
}

impl Chain {
    /// A chain without blocks.
    pub const fn new() -> Self {
        Self { head: NONE, tail: NONE, block_count: 0, tail_used: BLOCK_SIZE }
    }

    /// Blocks that the chain holds.
    pub const fn block_count(&self) -> u32 {
        self.block_count
    }

    /// Bytes that still fit into its last block.
    pub const fn tail_room(&self) -> u32 {
        BLOCK_SIZE - self.tail_used
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

/// How far a walk over the records of a chain has come.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    block: Option<u32>,
    offset: u32,
}

impl Place {
    /// Before the first record.
    pub const START: Self = Self { block: None, offset: BLOCK_SIZE };
}

impl Default for Place {
    fn default() -> Self {
        Self::START
    }
}

/// Which blocks were seen, as sums that are equal only if each block was seen once.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    count: u32,
    sum: u64,
    sum_of_squares: u64,
}

impl Tally {
    fn add(&mut self, block: u32) {
        let block = u64::from(block);
        self.count += 1;
        self.sum += block;
        self.sum_of_squares += block * block;
    }
}

/// The pool of blocks.
pub struct Blocks {
    bytes: Box<[u8]>,
    next: Box<[u32]>,
    free_head: u32,
    free_count: u32,
    free_count_min: u32,
}

impl Blocks {
    /// A slab of `capacity` blocks (at most `BLOCKS_MAX`: offsets are `u32`).
    pub fn new(capacity: u32) -> Self {
        assert!(capacity < 1 << 18, "offsets into the slab are u32");
        let bytes = alloc::vec![0; capacity as usize * BLOCK_SIZE as usize].into_boxed_slice();
        let next = (1..=capacity).map(|id| if id == capacity { NONE } else { id }).collect();
        let free_head = if capacity == 0 { NONE } else { 0 };
        Self { bytes, next, free_head, free_count: capacity, free_count_min: capacity }
    }

    /// Bytes that `capacity` blocks take: the slab and a link each.
    pub const fn unit_size() -> u32 {
        BLOCK_SIZE + 4
    }

    /// Makes room for a record of `size` bytes at the end of `chain`, or changes nothing if that
    /// needs a block and none is free or the chain has `block_count_max` already. O(1).
    /// `size` must be at most `BLOCK_SIZE`.
    pub fn extend(
        &mut self,
        chain: &mut Chain,
        size: u32,
        block_count_max: u32,
    ) -> Result<Span, BlocksFull> {
        assert!(size <= BLOCK_SIZE, "a record is contiguous within a block");
        if BLOCK_SIZE - chain.tail_used < size || chain.head == NONE {
            if chain.block_count >= block_count_max {
                return Err(BlocksFull);
            }
            self.link(chain)?;
        }
        let start = chain.tail * BLOCK_SIZE + chain.tail_used;
        chain.tail_used += size;
        Ok(Span { start, size })
    }

    /// Appends a record with the content `bytes`; see `extend`.
    pub fn append(
        &mut self,
        chain: &mut Chain,
        bytes: &[u8],
        block_count_max: u32,
    ) -> Result<Span, BlocksFull> {
        let span = self.extend(chain, bytes.len() as u32, block_count_max)?;
        self.record_mut(span).copy_from_slice(bytes);
        Ok(span)
    }

    /// Adds `size` bytes to `record`, the last one of `chain`: in place, or where it does not fit,
    /// by copying it into a new block. The old place keeps its bytes.
    pub fn grow(
        &mut self,
        chain: &mut Chain,
        record: Span,
        size: u32,
        block_count_max: u32,
    ) -> Result<Span, BlocksFull> {
        let end = chain.tail * BLOCK_SIZE + chain.tail_used;
        assert_eq!(record.start + record.size, end, "only the last record can grow");
        if size <= chain.tail_room() {
            chain.tail_used += size;
            return Ok(Span { start: record.start, size: record.size + size });
        }
        let moved = self.extend(chain, record.size + size, block_count_max)?;
        let source = record.start as usize..end as usize;
        self.bytes.copy_within(source, moved.start as usize);
        Ok(moved)
    }

    /// Where the first record of a block lies.
    pub const fn block_start(block: u32) -> u32 {
        block * BLOCK_SIZE
    }

    fn link(&mut self, chain: &mut Chain) -> Result<(), BlocksFull> {
        let id = self.free_head;
        if id == NONE {
            return Err(BlocksFull);
        }
        self.free_head = self.next[id as usize];
        self.free_count -= 1;
        self.free_count_min = self.free_count_min.min(self.free_count);
        self.next[id as usize] = NONE;
        if chain.head == NONE {
            chain.head = id;
        } else {
            self.next[chain.tail as usize] = id;
        }
        chain.tail = id;
        chain.tail_used = 0;
        chain.block_count += 1;
        Ok(())
    }

    /// Gives back all blocks of `chain`, which is empty afterwards. O(blocks).
    pub fn release(&mut self, chain: &mut Chain) {
        let mut id = chain.head;
        let mut released_count = 0;
        while id != NONE {
            let next = self.next[id as usize];
            self.next[id as usize] = self.free_head;
            self.free_head = id;
            id = next;
            released_count += 1;
        }
        assert_eq!(released_count, chain.block_count, "a chain lost or gained a block");
        self.free_count += released_count;
        *chain = Chain::new();
    }

    /// The slab itself: spans are offsets into it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of a record.
    pub fn record(&self, span: Span) -> &[u8] {
        &self.bytes[span.start as usize..][..span.size as usize]
    }

    /// The bytes of a record, to be written.
    pub fn record_mut(&mut self, span: Span) -> &mut [u8] {
        &mut self.bytes[span.start as usize..][..span.size as usize]
    }

    /// The first block of the chain, and the one after a given one: to walk records in order.
    pub fn block_after(&self, chain: &Chain, block: Option<u32>) -> Option<u32> {
        let id = block.map_or(chain.head, |id| self.next[id as usize]);
        (id != NONE).then_some(id)
    }

    /// The next record of `chain`, which has `size` bytes, by the same rule that `extend` placed
    /// it. There must be one.
    pub fn next_record(&self, chain: &Chain, place: &mut Place, size: u32) -> Span {
        if place.block.is_none() || BLOCK_SIZE - place.offset < size {
            *place = Place { block: self.block_after(chain, place.block), offset: 0 };
        }
        let block = place.block.expect("a chain has as many records as its owner counts");
        let start = block * BLOCK_SIZE + place.offset;
        place.offset += size;
        Span { start, size }
    }

    /// Adds the blocks of a chain, or of the free list, to `tally`. O(blocks).
    fn count_from(&self, head: u32, tally: &mut Tally) -> u32 {
        let (mut id, mut count) = (head, 0);
        while id != NONE {
            tally.add(id);
            count += 1;
            assert!(count <= self.capacity(), "a list of blocks goes round in a circle");
            id = self.next[id as usize];
        }
        count
    }

    /// Adds the blocks of `chain` to `tally`, which `check` then looks at.
    pub fn count_chain(&self, chain: &Chain, tally: &mut Tally) {
        let count = self.count_from(chain.head, tally);
        assert_eq!(count, chain.block_count, "a chain has the blocks that it counts");
    }

    /// Asserts that each block is free or in one of the chains that were counted, and in no other.
    pub fn check(&self, mut tally: Tally) {
        let count = self.count_from(self.free_head, &mut tally);
        assert_eq!(count, self.free_count, "the free list has the blocks that it counts");
        let mut all = Tally::default();
        (0..self.capacity()).for_each(|id| all.add(id));
        assert_eq!(tally, all, "each block has one owner");
    }

    /// Blocks that no chain holds.
    pub const fn free_count(&self) -> u32 {
        self.free_count
    }

    /// All blocks.
    pub fn capacity(&self) -> u32 {
        self.next.len() as u32
    }

    /// The most that were ever in use at once.
    pub fn used_count_max(&self) -> u32 {
        self.capacity() - self.free_count_min
    }
}
