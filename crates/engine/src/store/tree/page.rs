//! A page: the elements of a small collection, or of one leaf of a large one, in one piece.
//!
//! ```text
//! | count u16 | end u16 | cells, one behind the other ... |   room   | ... directory |
//!                                                         end
//! directory, from the end of the page downwards, an entry for each element in their order:
//!   lists                  | offset of the cell u16 |
//!   sets, hashes, sorted   | offset of the cell u16 | tag u8 |
//!   scores                 nothing: their cells have one size and lie in order
//! ```
//! A tag is eight bits of the hash of the element's name: looking for a name reads the directory,
//! and then mostly one cell. Elements of sets and hashes are in the order of their arrival,
//! those of sorted sets in that of score and name, those of scores in that of their hash.
//!
//! Invariant: cells have no gaps between them, so that what a page takes follows from what is in it
//! and not from what was.
use super::order::{Item, Order, Prefix};

/// Bytes before the first cell.
const PAGE_HEADER_SIZE: usize = 4;

/// Bytes of a page without elements.
pub const EMPTY_SIZE: u32 = PAGE_HEADER_SIZE as u32;

/// Bytes of an entry of the directory that has a tag.
const ENTRY_SIZE: usize = 3;

/// Has one of eight entries the tag? Eight bytes are compared at once; in rare cases it says yes
/// though none has. Most entries that are looked at are others.
#[inline(always)]
fn may_have_tag(entries: &[u8; 8 * ENTRY_SIZE], tag: u8) -> bool {
    /// Where the tags are in three words, as the third of three bytes each.
    const TAGS: [u64; 3] = [0x0000_FF00_00FF_0000, 0x00FF_0000_FF00_00FF, 0xFF00_00FF_0000_FF00];
    const ONES: u64 = 0x0101_0101_0101_0101;
    let words = entries.as_chunks::<8>().0;
    let mut found = 0;
    for (word, tags) in words.iter().zip(TAGS) {
        // A byte is 0 where a tag agrees; what is no tag cannot be.
        let differences = (u64::from_le_bytes(*word) ^ (ONES * u64::from(tag))) | !tags;
        found |= differences.wrapping_sub(ONES) & !differences;
    }
    found & (ONES << 7) != 0
}

/// The elements of a page, to be read.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    bytes: &'a [u8],
    order: Order,
}

/// The elements of a page, to be changed.
#[derive(Debug)]
pub struct PageMut<'a> {
    bytes: &'a mut [u8],
    order: Order,
}

#[inline(always)]
fn number(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

fn set_number(bytes: &mut [u8], at: usize, number: usize) {
    let number = u16::try_from(number).expect("a page is smaller than 64 KiB");
    bytes[at..at + 2].copy_from_slice(&number.to_le_bytes());
}

impl<'a> Page<'a> {
    /// The page that all of `bytes` are.
    #[inline]
    pub const fn new(bytes: &'a [u8], order: Order) -> Self {
        Self { bytes, order }
    }

    /// What its elements are ordered by.
    pub const fn order(&self) -> Order {
        self.order
    }

    /// Count of elements.
    #[inline]
    pub fn count(&self) -> usize {
        number(self.bytes, 0)
    }

    fn end(&self) -> usize {
        number(self.bytes, 2)
    }

    /// Bytes that its elements take, with the header.
    #[inline]
    pub fn used_size(&self) -> u32 {
        (self.end() + self.count() * self.order.entry_size()) as u32
    }

    /// Bytes that are still free.
    #[inline]
    pub fn room_size(&self) -> u32 {
        self.bytes.len() as u32 - self.used_size()
    }

    /// The bytes that are still free: the first of them are where the next cell goes.
    #[inline]
    pub fn room(&self) -> &'a [u8] {
        &self.bytes[self.end()..][..self.room_size() as usize]
    }

    /// Bytes of header and cells, and bytes of the directory.
    pub(super) fn extents(&self) -> (u32, u32) {
        (self.end() as u32, (self.count() * self.order.entry_size()) as u32)
    }

    /// Where the directory has the element `index`.
    #[inline(always)]
    fn entry(&self, index: usize) -> usize {
        self.bytes.len() - (index + 1) * self.order.entry_size()
    }

    /// Where in the page the cell of the element `index` begins.
    #[inline(always)]
    pub(super) fn cell_start(&self, index: usize) -> usize {
        match self.order.cell_size() {
            Some(cell_size) => PAGE_HEADER_SIZE + index * cell_size,
            None => number(self.bytes, self.entry(index)),
        }
    }

    /// The cell of the element `index`.
    #[inline]
    pub fn cell(&self, index: usize) -> &'a [u8] {
        let bytes = self.from_cell(index);
        &bytes[..self.order.size_of_cell(bytes)]
    }

    /// The bytes that begin with the cell of the element `index`: enough for whoever reads a part
    /// of it, since every part says how long it is.
    #[inline(always)]
    pub fn from_cell(&self, index: usize) -> &'a [u8] {
        assert!(index < self.count(), "an element beyond the end of its page");
        &self.bytes[self.cell_start(index)..]
    }

    /// The first element that is not before what is looked for, in a page in order. `is_before`
    /// gets bytes that begin with a cell.
    #[inline(always)]
    pub fn partition_point(&self, mut is_before: impl FnMut(&'a [u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = usize::midpoint(low, high);
            if is_before(&self.bytes[self.cell_start(middle)..]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The name in the cell of the element `index`; of a list the element itself.
    #[inline(always)]
    pub fn name(&self, index: usize) -> Item<'a> {
        self.order.name(self.from_cell(index))
    }

    /// The tag of the element `index`; 0 where there are none.
    pub fn tag(&self, index: usize) -> u8 {
        if self.order.entry_size() > 2 { self.bytes[self.entry(index) + 2] } else { 0 }
    }

    /// The directory.
    #[inline]
    pub fn directory(&self) -> &'a [u8] {
        &self.bytes[self.bytes.len() - self.count() * self.order.entry_size()..]
    }

    /// The tags of all elements, in their order.
    #[inline]
    pub fn tags(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.directory().chunks_exact(self.order.entry_size()).rev().map(|entry| entry[2])
    }

    /// Bytes that begin with the cell of each element, in their order, and its tag.
    #[inline]
    pub fn tagged_cells(&self) -> impl Iterator<Item = (&'a [u8], u8)> + use<'a> {
        let bytes = self.bytes;
        let entries = self.directory().as_chunks::<ENTRY_SIZE>().0.iter().rev();
        entries.map(move |entry| (&bytes[number(entry, 0)..], entry[2]))
    }

    /// The first element from `start` on that has the tag.
    #[inline]
    pub fn find_tag(&self, tag: u8, start: usize) -> Option<usize> {
        debug_assert_eq!(self.order.entry_size(), ENTRY_SIZE, "an order that has tags");
        let directory = self.directory();
        let mut index = start;
        let mut rest = &directory[..directory.len() - start * ENTRY_SIZE];
        while let Some((before, eight)) = rest.split_last_chunk::<{ 8 * ENTRY_SIZE }>() {
            if may_have_tag(eight, tag) {
                break;
            }
            (rest, index) = (before, index + 8);
        }
        let found = rest.rchunks_exact(ENTRY_SIZE).position(|entry| entry[2] == tag)?;
        Some(index + found)
    }
}

impl<'a> PageMut<'a> {
    /// The page that all of `bytes` are.
    #[inline]
    pub fn new(bytes: &'a mut [u8], order: Order) -> Self {
        Self { bytes, order }
    }

    /// An empty page in all of `bytes`.
    pub fn empty(bytes: &'a mut [u8], order: Order) -> Self {
        set_number(bytes, 0, 0);
        set_number(bytes, 2, PAGE_HEADER_SIZE);
        Self { bytes, order }
    }

    /// The same, to be read.
    #[inline]
    pub fn as_page(&self) -> Page<'_> {
        Page::new(self.bytes, self.order)
    }

    /// The bytes of the element `index`, to be changed without changing their count.
    pub fn cell_mut(&mut self, index: usize) -> &mut [u8] {
        let page = self.as_page();
        let (start, size) = (page.cell_start(index), page.cell(index).len());
        &mut self.bytes[start..start + size]
    }

    /// Puts an element before the element `index`; its cell is `parts`, one behind the other. There
    /// must be room. O(bytes of the directory behind it).
    pub fn insert(&mut self, index: usize, tag: u8, parts: &[&[u8]]) {
        let size = parts.iter().map(|part| part.len()).sum();
        let mut at = self.open(index, tag, size);
        for part in parts {
            self.bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
    }

    /// As `insert`, for a cell of `size` bytes that the caller fills: returns where it begins.
    pub(super) fn open(&mut self, index: usize, tag: u8, size: usize) -> usize {
        let page = self.as_page();
        let (count, end) = (page.count(), page.end());
        assert!(index <= count, "an element is put beside another one");
        let entry_size = self.order.entry_size();
        assert!(page.room_size() as usize >= size + entry_size, "reserve first: a page has room");
        set_number(self.bytes, 0, count + 1);
        set_number(self.bytes, 2, end + size);
        if let Some(cell_size) = self.order.cell_size() {
            let start = PAGE_HEADER_SIZE + index * cell_size;
            self.bytes.copy_within(start..end, start + cell_size);
            return start;
        }
        let low = self.bytes.len() - count * entry_size;
        let high = self.bytes.len() - index * entry_size;
        self.bytes.copy_within(low..high, low - entry_size);
        let entry = high - entry_size;
        set_number(self.bytes, entry, end);
        if entry_size > 2 {
            self.bytes[entry + 2] = tag;
        }
        end
    }

    /// Puts elements of one text each, with their tags, behind the others; how many these are, and
    /// the bytes of their texts. There must be room.
    pub fn append<'b>(&mut self, texts: impl Iterator<Item = (u8, &'b [u8])>) -> (u32, u64) {
        let page = self.as_page();
        let (old_count, entry_size) = (page.count(), self.order.entry_size());
        let (mut count, mut end, mut bytes) = (old_count, page.end(), 0);
        for (tag, text) in texts {
            let prefix = Prefix::of_bytes(text.len());
            let prefix = prefix.as_slice();
            let cell_end = end + prefix.len() + text.len();
            let entry = self.bytes.len() - (count + 1) * entry_size;
            assert!(cell_end <= entry, "reserve first: a page has room");
            let (head, body) = self.bytes[end..cell_end].split_at_mut(prefix.len());
            head.copy_from_slice(prefix);
            body.copy_from_slice(text);
            set_number(self.bytes, entry, end);
            if entry_size > 2 {
                self.bytes[entry + 2] = tag;
            }
            (count, end, bytes) = (count + 1, cell_end, bytes + text.len() as u64);
        }
        set_number(self.bytes, 0, count);
        set_number(self.bytes, 2, end);
        ((count - old_count) as u32, bytes)
    }

    /// Makes the element `from` the element `to`; those between move by one. Its cell stays where
    /// it is. O(bytes of the directory between them).
    pub fn reorder(&mut self, from: usize, to: usize) {
        let size = self.order.entry_size();
        assert!(size > 0, "a page without a directory");
        let (source, target) = (self.as_page().entry(from), self.as_page().entry(to));
        // The directory grows downwards: who goes to a higher place goes to a lower address.
        if target < source {
            self.bytes[target..source + size].rotate_right(size);
        } else {
            self.bytes[source..target + size].rotate_left(size);
        }
    }

    /// Takes the element `index` out. O(bytes of the page).
    pub fn remove(&mut self, index: usize) {
        self.remove_row(index, 1);
    }

    /// Takes so many elements from `index` on out. O(bytes of the page) where their cells lie in a
    /// row, and for each one where they do not.
    pub fn remove_run(&mut self, index: usize, run_count: usize) {
        let page = self.as_page();
        let end = |index| page.cell_start(index) + page.cell(index).len();
        let is_row =
            (index + 1..index + run_count).all(|next| page.cell_start(next) == end(next - 1));
        if is_row {
            self.remove_row(index, run_count);
            return;
        }
        for index in (index..index + run_count).rev() {
            self.remove_row(index, 1);
        }
    }

    /// Takes elements out whose cells lie in a row.
    #[inline]
    fn remove_row(&mut self, index: usize, run_count: usize) {
        let page = self.as_page();
        let (count, end) = (page.count(), page.end());
        let start = page.cell_start(index);
        let last = index + run_count - 1;
        let size = page.cell_start(last) + page.cell(last).len() - start;
        self.bytes.copy_within(start + size..end, start);
        let entry_size = self.order.entry_size();
        if entry_size > 0 {
            let low = self.bytes.len() - count * entry_size;
            let entry = self.bytes.len() - (index + run_count) * entry_size;
            self.bytes.copy_within(low..entry, low + run_count * entry_size);
            let low = low + run_count * entry_size;
            let is_last = start + size == end;
            let others = if is_last { &mut [] } else { &mut self.bytes[low..] };
            for entry in others.chunks_exact_mut(entry_size) {
                let offset = number(entry, 0);
                if offset > start {
                    set_number(entry, 0, offset - size);
                }
            }
        }
        set_number(self.bytes, 0, count - run_count);
        set_number(self.bytes, 2, end - size);
    }
}
