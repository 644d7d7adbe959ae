//! Which bucket of the index a key is in, and how many child buckets chains have.
//!
//! A bucket has 12 entries; a full one gives its last place to a child. So all buckets of a chain
//! but the last hold 11 keys, the last up to 12: the children of a chain follow from its keys.
//!
//! The bucket of a key is that of the keyed hash of its name, with the *number* of its database
//! mixed in. FLUSHDB of a database that has keys gives it the lowest number that is neither used
//! nor being reaped. If a transaction flushes twice, nobody outside knows how much was reaped in
//! between; from then on chains are only known within bounds.
use siphasher::sip::SipHasher13;
use std::collections::BTreeMap;

const DATABASE_MIX: u64 = 0x9E37_79B9_7F4A_7C15;
const DATABASE_COUNT: usize = 16;

/// Keys that a chain can hold: 15 buckets of 11 and one of 12.
pub(super) const CHAIN_KEYS_MAX: u64 = 15 * 11 + 12;

/// The keyed hash and the count of buckets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hashing {
    pub(super) key: (u64, u64),
    pub(super) bucket_count: u64,
}

impl Hashing {
    fn bucket(&self, number: u8, name: &[u8]) -> u64 {
        let mix = DATABASE_MIX.wrapping_mul(u64::from(number));
        let hash = SipHasher13::new_with_keys(self.key.0, self.key.1).hash(name) ^ mix;
        ((u128::from(hash) * u128::from(self.bucket_count)) >> 64) as u64
    }
}

/// The numbers of the databases.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    of: [u8; DATABASE_COUNT],
    /// Numbers that were flushed and may not have been reaped yet, as bits.
    flushed: u64,
    /// Some of them may have been reaped meanwhile.
    is_stale: bool,
    is_lost: bool,
}

impl Numbers {
    pub(super) fn new() -> Self {
        let of = std::array::from_fn(|name| name as u8);
        Self { of, flushed: 0, is_stale: false, is_lost: false }
    }

    /// The bucket of a key, unless the number of its database is not known any more.
    pub(super) fn bucket(&self, hashing: &Hashing, database: u8, name: &[u8]) -> Option<u64> {
        (!self.is_lost).then(|| hashing.bucket(self.of[usize::from(database)], name))
    }

    /// A database that has keys is flushed.
    pub(super) fn flush(&mut self, database: u8) {
        self.is_lost |= self.is_stale;
        let used = self.of.iter().fold(self.flushed, |bits, number| bits | 1 << number);
        let old =
            std::mem::replace(&mut self.of[usize::from(database)], (!used).trailing_zeros() as u8);
        self.flushed |= 1 << old;
    }

    pub(super) fn swap(&mut self, one: u8, other: u8) {
        self.of.swap(usize::from(one), usize::from(other));
    }

    /// Another command of the same transaction follows: it may reap some of what was flushed.
    pub(super) fn go_on(&mut self) {
        self.is_stale = self.flushed != 0;
    }

    /// The server was idle: all that was flushed is reaped.
    pub(super) fn settle(&mut self) {
        (self.flushed, self.is_stale) = (0, false);
    }
}

/// Child buckets of a chain of `count` keys.
pub(super) const fn children(count: u64) -> u64 {
    count.saturating_sub(12).div_ceil(11)
}

/// Children of all chains: at least, and at most if `scattered` more keys may be in any chain.
pub(super) fn all_children(chains: &BTreeMap<u64, u64>, scattered: u64) -> (u64, u64) {
    let known: u64 = chains.values().map(|count| children(*count)).sum();
    // Each key beyond the first twelve adds at most one child.
    (known, known + if chains.is_empty() { children(scattered) } else { scattered })
}
