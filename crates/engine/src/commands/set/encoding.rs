//! How Redis would keep a set, for OBJECT ENCODING: as it was filled, one member after the other.
//!
//! Integers are an `intset`, few and short members a `listpack`, all others a `hashtable`. A set
//! that has become one of the later ones stays it, but for a result that was stored as a whole.
use crate::options::hot::HotSettings;
use crate::stdx::number;
use crate::store::Kept;

/// In which of three ways.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Encoding {
    /// `intset`.
    Integers,
    /// `listpack`.
    Packed,
    /// `hashtable`.
    Table,
}

/// Is a member an integer in its one spelling?
pub(super) fn is_integer(member: &[u8]) -> bool {
    number::parse_i64(member).is_some()
}

impl Encoding {
    /// What the store remembers.
    pub(super) const fn of(kept: Kept) -> Self {
        match kept {
            Kept { at_large: true, .. } => Self::Table,
            Kept { as_text: true, .. } => Self::Packed,
            Kept { .. } => Self::Integers,
        }
    }

    /// What the store is to remember.
    pub(super) const fn kept(self) -> Kept {
        Kept { at_large: matches!(self, Self::Table), as_text: matches!(self, Self::Packed) }
    }

    /// A new set, whose first member is `first`, and which will have `count` members at most.
    pub(super) fn new(hot: &HotSettings, first: &[u8], count: u64) -> Self {
        if is_integer(first) && count <= hot.set_intset_count_max {
            Self::Integers
        } else if count <= hot.set_listpack_count_max {
            Self::Packed
        } else {
            Self::Table
        }
    }

    /// An existing set to which `count` members are to be added at once.
    pub(super) const fn expecting(self, hot: &HotSettings, count: u64) -> Self {
        match self {
            Self::Integers if count > hot.set_intset_count_max => Self::Table,
            Self::Packed if count > hot.set_listpack_count_max => Self::Table,
            _ => self,
        }
    }

    /// After `member` was added to `count` others. `has_long` says whether one of those is longer
    /// than a `listpack` may have; it is asked at most once in the life of a set.
    pub(super) fn with(
        self,
        hot: &HotSettings,
        count: u64,
        member: &[u8],
        has_long: impl FnOnce(u64) -> bool,
    ) -> Self {
        let size_max = hot.set_listpack_size_max;
        let fits = count < hot.set_listpack_count_max && member.len() as u64 <= size_max;
        match self {
            Self::Integers if is_integer(member) => {
                if count < hot.set_intset_count_max {
                    self
                } else {
                    Self::Table
                }
            }
            // No integer is longer than 20 digits.
            Self::Integers if fits && (size_max >= 20 || !has_long(size_max)) => Self::Packed,
            Self::Packed if fits => self,
            _ => Self::Table,
        }
    }
}

#[cfg(test)]
#[path = "encoding_test.rs"]
mod encoding_test;
