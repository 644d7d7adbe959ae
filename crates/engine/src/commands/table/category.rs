//! ACL categories: which commands belong together, under Redis' names.
//!
//! Most follow from a command's group and flags, as in Redis; a row names only what does not.
use super::{Group, flag};

/// Keys, whatever their type.
pub const KEYSPACE: u32 = 1 << 0;
/// Reads data.
pub const READ: u32 = 1 << 1;
/// Changes data.
pub const WRITE: u32 = 1 << 2;
/// Strings.
pub const STRING: u32 = 1 << 3;
/// Bitmaps.
pub const BITMAP: u32 = 1 << 4;
/// Sorted sets.
pub const SORTED_SET: u32 = 1 << 13;
/// Administration.
pub const ADMIN: u32 = 1 << 5;
/// O(1) or O(log n).
pub const FAST: u32 = 1 << 6;
/// Everything that is not fast.
pub const SLOW: u32 = 1 << 7;
/// May do harm.
pub const DANGEROUS: u32 = 1 << 8;
/// Connections.
pub const CONNECTION: u32 = 1 << 9;
/// Transactions.
pub const TRANSACTION: u32 = 1 << 10;
/// Scripts and functions.
pub const SCRIPTING: u32 = 1 << 11;
/// Sets.
pub const SET: u32 = 1 << 12;
/// Lists.
pub const LIST: u32 = 1 << 14;
/// Hashes.
pub const HASH: u32 = 1 << 15;
/// HyperLogLogs.
pub const HYPERLOGLOG: u32 = 1 << 16;
/// Positions.
pub const GEO: u32 = 1 << 17;

/// Every category that some command has, with its name, in the order that COMMAND INFO uses.
pub const NAMES: &[(u32, &str)] = &[
    (KEYSPACE, "keyspace"),
    (READ, "read"),
    (WRITE, "write"),
    (SET, "set"),
    (SORTED_SET, "sortedset"),
    (LIST, "list"),
    (HASH, "hash"),
    (STRING, "string"),
    (BITMAP, "bitmap"),
    (HYPERLOGLOG, "hyperloglog"),
    (GEO, "geo"),
    (ADMIN, "admin"),
    (FAST, "fast"),
    (SLOW, "slow"),
    (DANGEROUS, "dangerous"),
    (CONNECTION, "connection"),
    (TRANSACTION, "transaction"),
    (SCRIPTING, "scripting"),
];

/// Every category has a bit of its own.
const _: () = {
    let (mut index, mut seen) = (0, 0);
    while index < NAMES.len() {
        assert!(seen & NAMES[index].0 == 0, "two categories share a bit");
        seen |= NAMES[index].0;
        index += 1;
    }
};

/// A set of categories.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Categories(pub u32);

impl Categories {
    /// What follows from `flags` and `group`.
    pub const fn implied(flags: flag::Flags, group: Group) -> Self {
        Self(Self::of_flags(flags) | Self::of_group(group))
    }

    /// What follows from `flags`.
    pub(super) const fn of_flags(flags: flag::Flags) -> u32 {
        let mut set = if flags.contain(flag::FAST) { FAST } else { SLOW };
        if flags.contain(flag::WRITE) {
            set |= WRITE;
        }
        if flags.contain(flag::READONLY) {
            set |= READ;
        }
        if flags.contain(flag::ADMIN) {
            set |= ADMIN | DANGEROUS;
        }
        set
    }

    const fn of_group(group: Group) -> u32 {
        match group {
            Group::List => LIST,
            Group::String => STRING,
            Group::Bitmap => BITMAP,
            Group::Hash => HASH,
            Group::HyperLogLog => HYPERLOGLOG,
            Group::SortedSet => SORTED_SET,
            Group::Generic => KEYSPACE,
            Group::Geo => GEO,
            Group::Connection => CONNECTION,
            Group::Transactions => TRANSACTION,
            Group::Scripting => SCRIPTING,
            Group::Set => SET,
            Group::Server => 0,
        }
    }

    /// Is `category` one of them?
    pub const fn contain(self, category: u32) -> bool {
        self.0 & category == category
    }

    /// The names of the set's members.
    pub fn names(self) -> impl Iterator<Item = &'static str> + Clone {
        NAMES.iter().filter(move |(category, _)| self.contain(*category)).map(|(_, name)| *name)
    }

    /// The category called `name`, in any case.
    pub fn named(name: &[u8]) -> Option<u32> {
        let (category, _) = NAMES.iter().find(|(_, n)| n.as_bytes().eq_ignore_ascii_case(name))?;
        Some(*category)
    }
}
