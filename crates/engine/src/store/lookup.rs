//! Finding keys: name to object, expired ones left behind.
use super::types::{Entry, Key, Type, WrongType};
use super::{Store, Text, object};
use crate::clock::Now;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::prefetch::{prefetch, prefetch_line};
use crate::store::index::{BUCKET_ENTRIES, Place};
use siphasher::sip::SipHasher13;

/// Spreads the database number over the bits that choose the bucket (2^64 / golden ratio).
const DATABASE_MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of a key's name, before the database is mixed in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NameHash(u64);

impl NameHash {
    /// A hash that `text::hash` has computed.
    pub(super) const fn of(hash: u64) -> Self {
        Self(hash)
    }

    /// All bits: what decides in which subtree of a collection a name belongs.
    #[inline]
    pub const fn to_u64(self) -> u64 {
        self.0
    }

    /// Eight bits that a subtree does not depend on.
    #[inline]
    pub(super) const fn tag(self) -> u8 {
        self.0 as u8
    }

    /// The 32 bits by which scores are ordered, as the upper half. The first ones are the tag: who
    /// looks for members with near keys need not look at those with other tags.
    #[inline]
    pub(super) const fn scores_key(self) -> u64 {
        self.0.rotate_right(8) >> 32 << 32
    }
}

impl Store {
    /// `name` in the database that is now called `database`.
    #[inline]
    pub fn key<'a>(&self, database: u8, name: &'a [u8]) -> Key<'a> {
        self.key_hashed(database, name, self.name_hash(name))
    }

    /// As `key`, for a name whose `name_hash` is known.
    #[inline(always)]
    pub fn key_hashed<'a>(&self, database: u8, name: &'a [u8], hash: NameHash) -> Key<'a> {
        let number = self.databases.number(database);
        Key { name, hash: Self::key_hash(number, hash), database: number }
    }

    /// The hash of a key in the database with a number, from that of its name.
    #[inline(always)]
    pub(super) const fn key_hash(number: u8, hash: NameHash) -> u64 {
        hash.0 ^ Self::database_mix(number)
    }

    /// The hash of a name, the same in every database: some 135 instructions for 16 bytes.
    #[inline]
    pub fn name_hash(&self, name: &[u8]) -> NameHash {
        NameHash(Self::keyed_hash(self.hash_key, name, 0))
    }

    #[inline]
    pub(super) fn hash(&self, name: &[u8], database: u8) -> u64 {
        Self::keyed_hash(self.hash_key, name, database)
    }

    #[inline]
    pub(super) fn keyed_hash(hash_key: (u64, u64), name: &[u8], database: u8) -> u64 {
        SipHasher13::new_with_keys(hash_key.0, hash_key.1).hash(name) ^ Self::database_mix(database)
    }

    /// What the number of a database adds to the hashes of its keys.
    pub(super) const fn database_mix(database: u8) -> u64 {
        DATABASE_MIX.wrapping_mul(database as u64)
    }

    /// The hash of the key that an object belongs to.
    pub(super) fn hash_of(&self, at: Ref) -> u64 {
        let database = object::header(&self.frames, at).database();
        self.hash(object::key(&self.frames, at), database)
    }

    /// Where the key is, expired or not.
    #[inline(always)]
    pub(super) fn locate(&self, key: &Key<'_>) -> Option<(Ref, Place)> {
        let frames = &self.frames;
        self.index.find(frames, key.hash, |at| {
            let header = object::header(frames, at);
            header.database() == key.database
                && usize::from(header.key_size) == key.name.len()
                && object::key(frames, at) == key.name
        })
    }

    /// The key, if it exists and has not expired (an expired one is deleted on the way). Neither
    /// counts nor touches: for commands that write, and for OBJECT, TTL, TYPE.
    #[inline(always)]
    pub fn find(&mut self, now: Now, key: &Key<'_>) -> Option<Entry> {
        let (object, place) = self.locate(key)?;
        if self.has_expired(now, object) {
            self.expire(key.hash, object, place);
            return None;
        }
        Some(Entry { object, place })
    }

    /// As `find`, for a key that the same command has found or made: deletes nothing.
    #[inline]
    pub fn peek(&self, key: &Key<'_>) -> Option<Entry> {
        self.locate(key).map(|(object, place)| Entry { object, place })
    }

    /// As `find`, counts a hit or miss, and unless `no_touch` marks the key as used.
    #[inline(always)]
    pub fn read(&mut self, now: Now, key: &Key<'_>, no_touch: bool) -> Option<Entry> {
        let Some(entry) = self.find(now, key) else {
            self.counters.misses += 1;
            return None;
        };
        self.counters.hits += 1;
        if !no_touch {
            self.touch(now, entry);
        }
        Some(entry)
    }

    /// Has the deadline of this object passed?
    #[inline(always)]
    pub(super) fn has_expired(&self, now: Now, object: Ref) -> bool {
        let late_ms = i64::from(is_planted(Bug::ExpiredLate));
        object::deadline(&self.frames, object)
            .is_some_and(|deadline| deadline < now.unix_ms() - late_ms)
    }

    /// Deletes an expired key.
    pub(super) fn expire(&mut self, hash: u64, object: Ref, place: Place) {
        self.note_gone(object, false);
        self.remove(object, place);
        self.changed(hash);
        self.counters.expired += 1;
    }

    /// The type.
    #[inline(always)]
    pub fn kind(&self, entry: Entry) -> Type {
        match object::header(&self.frames, entry.object).kind & !object::FORM_TREE {
            object::KIND_STRING => Type::String,
            object::KIND_LIST => Type::List,
            object::KIND_SET => Type::Set,
            object::KIND_HASH => Type::Hash,
            object::KIND_SORTED => Type::SortedSet,
            other => unreachable!("no object has the kind {other}"),
        }
    }

    /// The name.
    pub fn name(&self, entry: Entry) -> &[u8] {
        object::key(&self.frames, entry.object)
    }

    /// The string value.
    #[inline]
    pub fn string(&self, entry: Entry) -> Result<Text<'_>, WrongType> {
        match self.kind(entry) {
            Type::String => Ok(Text::of_object(&self.frames, entry.object)),
            _ => Err(WrongType),
        }
    }

    /// The deadline, in Unix milliseconds.
    pub fn expires_at(&self, entry: Entry) -> Option<i64> {
        object::deadline(&self.frames, entry.object)
    }

    /// Bytes that the key takes: its slots, and its share of the index (MEMORY USAGE).
    pub fn memory_usage(&self, entry: Entry) -> u64 {
        let header = object::header(&self.frames, entry.object);
        let slot = self.frames.class_size(self.frames.class_at(entry.object));
        let rope = if header.is_rope() { self.rope_usage(entry.object) } else { 0 };
        let elements = if header.is_collection() { self.elements_usage(entry.object) } else { 0 };
        let share = size_of::<super::index::Bucket>().div_ceil(BUCKET_ENTRIES) as u64;
        u64::from(slot) + rope + elements + share
    }

    /// Asks for the first bucket of a chain.
    #[inline]
    pub(super) fn prefetch_home(&self, hash: u64) {
        prefetch_line(self.index.home_bytes(hash));
    }

    /// Asks for the header and the beginning of the name of an object.
    #[inline]
    pub(super) fn prefetch_slot(&self, at: Ref) {
        if let Some(bytes) = self.frames.all().get(at.offset()..at.offset() + 32) {
            prefetch(bytes);
        }
    }
}
