//! What collections are ordered by, and what a cell of each looks like.
//!
//! ```text
//! item    | size u8, below 254 | bytes ...             a small text
//!         | 254 | size u16     | bytes ...             one of up to `ITEM_SIZE_MAX`
//!         | 255 | reference u32 |                      an object of its own
//! cells   list: item    set: item    hash: item, item    sorted: score u64, item
//!         scores: hash u32, score u64
//! ```
use crate::memory::frames::Ref;

/// Bytes of a text that lies in its cell. Longer ones are objects of their own.
pub const ITEM_SIZE_MAX: usize = 1024;

const LONG: u8 = 254;
const LARGE: u8 = 255;

/// Bytes of an item that is an object of its own.
pub const LARGE_ITEM_SIZE: usize = 5;

/// What the elements of a tree are ordered by, and what they consist of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Order {
    /// By position: the elements of a list.
    List = 0,
    /// By the hash of the member, within a leaf by arrival.
    Set = 1,
    /// By the hash of the field, within a leaf by arrival.
    Hash = 2,
    /// By score and member.
    Sorted = 3,
    /// By the hash of a member: the scores of a sorted set.
    Scores = 4,
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::List, Self::Set, Self::Hash, Self::Sorted, Self::Scores];

    /// The order with this number.
    pub fn from_u8(number: u8) -> Self {
        Self::ALL[usize::from(number)]
    }

    /// Bytes of an entry of the directory.
    #[inline]
    pub const fn entry_size(self) -> usize {
        match self {
            Self::List => 2,
            Self::Set | Self::Hash | Self::Sorted => 3,
            Self::Scores => 0,
        }
    }

    /// Bytes of every cell, where all have the same.
    #[inline]
    pub const fn cell_size(self) -> Option<usize> {
        match self {
            Self::Scores => Some(SCORE_CELL_SIZE),
            _ => None,
        }
    }

    /// Bytes of the cell that `bytes` begin with.
    #[inline]
    pub fn size_of_cell(self, bytes: &[u8]) -> usize {
        match self {
            Self::List | Self::Set => item_size(bytes),
            Self::Hash => {
                let field_size = item_size(bytes);
                field_size + item_size(&bytes[field_size..])
            }
            Self::Sorted => SCORE_SIZE + item_size(&bytes[SCORE_SIZE..]),
            Self::Scores => SCORE_CELL_SIZE,
        }
    }

    /// The name in a cell: the member or field; of a list the element itself.
    #[inline]
    pub fn name(self, cell: &[u8]) -> Item<'_> {
        match self {
            Self::Sorted => item(&cell[SCORE_SIZE..]),
            _ => item(cell),
        }
    }

    /// Are elements found by the hash of their name?
    pub const fn is_hashed(self) -> bool {
        matches!(self, Self::Set | Self::Hash | Self::Scores)
    }
}

/// Bytes of a score.
pub const SCORE_SIZE: usize = 8;

/// Bytes of a cell of `Order::Scores`.
pub const SCORE_CELL_SIZE: usize = 12;

/// A text in a cell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Item<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// An object that has them.
    Large(Ref),
}

/// Bytes of the item that `bytes` begin with.
#[inline]
pub fn item_size(bytes: &[u8]) -> usize {
    match bytes[0] {
        LARGE => LARGE_ITEM_SIZE,
        LONG => 3 + usize::from(u16::from_le_bytes([bytes[1], bytes[2]])),
        size => 1 + usize::from(size),
    }
}

/// The item that `bytes` begin with.
#[inline(always)]
pub fn item(bytes: &[u8]) -> Item<'_> {
    match bytes[0] {
        LARGE => {
            let at = bytes[1..5].try_into().expect("four bytes are four bytes");
            Item::Large(Ref::from_u32(u32::from_le_bytes(at)))
        }
        LONG => Item::Bytes(&bytes[3..item_size(bytes)]),
        size => Item::Bytes(&bytes[1..=usize::from(size)]),
    }
}

/// The field and the value in a cell of `Order::Hash`.
#[inline]
pub fn pair(cell: &[u8]) -> (Item<'_>, Item<'_>) {
    (item(cell), item(&cell[item_size(cell)..]))
}

/// The score in a cell of `Order::Sorted`, or of `Order::Scores`.
#[inline]
pub fn score(order: Order, cell: &[u8]) -> f64 {
    let start = score_start(order);
    let bytes = cell[start..start + SCORE_SIZE].try_into().expect("eight bytes");
    f64::from_bits(u64::from_le_bytes(bytes))
}

/// Writes another score into a cell.
#[inline]
pub fn set_score(order: Order, cell: &mut [u8], score: f64) {
    let start = score_start(order);
    cell[start..start + SCORE_SIZE].copy_from_slice(&score.to_bits().to_le_bytes());
}

#[inline]
const fn score_start(order: Order) -> usize {
    if matches!(order, Order::Scores) { 4 } else { 0 }
}

/// The key of a score: in the order of the numbers, -0 equal to 0. A score is not NaN.
#[inline]
pub fn score_key(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// The score that has a key.
#[inline]
pub const fn score_of_key(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// The key of a cell of `Order::Scores`: its hash, of which 32 bits are kept.
#[inline]
pub fn scores_key(cell: &[u8]) -> u64 {
    u64::from(u32::from_le_bytes(cell[..4].try_into().expect("four bytes"))) << 32
}

/// What stands before the bytes of an item, or is all of it.
#[derive(Clone, Copy, Debug)]
pub struct Prefix {
    bytes: [u8; LARGE_ITEM_SIZE],
    size: u8,
}

impl Prefix {
    /// For a text of `size` bytes that follow.
    pub fn of_bytes(size: usize) -> Self {
        assert!(size <= ITEM_SIZE_MAX, "a longer text is an object of its own");
        let mut bytes = [0; LARGE_ITEM_SIZE];
        if size < usize::from(LONG) {
            bytes[0] = size as u8;
            return Self { bytes, size: 1 };
        }
        bytes[0] = LONG;
        bytes[1..3].copy_from_slice(&(size as u16).to_le_bytes());
        Self { bytes, size: 3 }
    }

    /// For a text that is the object at `at`.
    pub fn of_large(at: Ref) -> Self {
        let mut bytes = [LARGE; LARGE_ITEM_SIZE];
        bytes[1..].copy_from_slice(&at.as_u32().to_le_bytes());
        Self { bytes, size: LARGE_ITEM_SIZE as u8 }
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.size)]
    }
}
