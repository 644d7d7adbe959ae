//! Some members of a set, copied out, so that the store may change before the next ones are read.
//!
//! Making room moves what is in the store, and whoever makes room finds everything anew. For a
//! portion of members that is done once.
use crate::commands::member::MEMBER_SIZE_MAX;
use crate::store::{NameHash, Text};

/// Members of a portion at most: what two leaves of a set have.
pub const MEMBER_COUNT_MAX: usize = 256;

/// Bytes of all its names: those of the longest one.
const SIZE_MAX: usize = MEMBER_SIZE_MAX;

/// A member, the hash of its name, and its score.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    /// The name.
    pub name: &'a [u8],
    /// Its hash.
    pub hash: NameHash,
    /// What the set that is made gives it; 0 where it has no scores.
    pub score: f64,
}

/// Some members.
pub struct Portion {
    names: [u8; SIZE_MAX],
    /// Where each name ends, its hash, its score.
    members: [(u32, NameHash, f64); MEMBER_COUNT_MAX],
    count: usize,
    size: usize,
}

impl Portion {
    /// None yet. `hash` is any one.
    #[expect(
        clippy::large_stack_arrays,
        reason = "as large as the longest member, for one command"
    )]
    pub const fn new(hash: NameHash) -> Self {
        Self {
            names: [0; SIZE_MAX],
            members: [(0, hash, 0.0); MEMBER_COUNT_MAX],
            count: 0,
            size: 0,
        }
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Is there room for a name of `size` bytes? In an empty portion there always is.
    #[inline]
    pub const fn has_room(&self, size: u64) -> bool {
        self.count < MEMBER_COUNT_MAX && self.size as u64 + size <= SIZE_MAX as u64
    }

    /// The name of a member for which there is room, behind the others: `keep` may make it one.
    #[inline]
    pub fn read(&mut self, name: Text<'_>) -> &[u8] {
        let start = self.size;
        let mut end = start;
        for chunk in name.chunks(0, name.size()) {
            self.names[end..end + chunk.len()].copy_from_slice(chunk);
            end += chunk.len();
        }
        self.members[self.count].0 = end as u32;
        &self.names[start..end]
    }

    /// The name that was read last is one of them.
    #[inline]
    pub fn keep(&mut self, hash: NameHash, score: f64) {
        let (end, own_hash, own_score) = &mut self.members[self.count];
        (*own_hash, *own_score) = (hash, score);
        self.size = *end as usize;
        self.count += 1;
    }

    /// Is there room for so many members, if they are short?
    pub const fn has_room_for(&self, count: u64) -> bool {
        self.count as u64 + count <= MEMBER_COUNT_MAX as u64
    }

    /// The hashes of all members, in their order.
    pub fn hashes(&self) -> impl Iterator<Item = NameHash> {
        self.members[..self.count].iter().map(|member| member.1)
    }

    /// The member that comes behind `index` others.
    pub fn member(&self, index: usize) -> Member<'_> {
        let start = index.checked_sub(1).map_or(0, |before| self.members[before].0);
        let (end, hash, score) = self.members[index];
        Member { name: &self.names[start as usize..end as usize], hash, score }
    }

    /// All members, in their order.
    pub fn members(&self) -> impl Iterator<Item = Member<'_>> {
        let mut start = 0;
        self.members[..self.count].iter().map(move |&(end, hash, score)| {
            let name = &self.names[start..end as usize];
            start = end as usize;
            Member { name, hash, score }
        })
    }

    /// There are none any more.
    pub const fn clear(&mut self) {
        (self.count, self.size) = (0, 0);
    }
}
