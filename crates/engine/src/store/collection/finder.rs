//! Looking for one name after the other in a collection, while nothing changes.
//!
//! Who compares collections asks for the names of a leaf of one of them in another. A leaf holds a
//! range of hashes, so that these names are in a few leaves of the other one: they are remembered,
//! and one that is asked often gets a table of its tags. Then a look reads one cell or none, and
//! no inner node. A finder that has come near a leaf looks for its names by their tags alone.
//!
//! Invariant: the leaves are those of the collection, since the store cannot change meanwhile.
use super::Form;
use super::leaves::Leaf;
use super::read::index_of_name;
use crate::memory::frames::Frames;
use crate::store::lookup::NameHash;
use crate::store::tree::{Order, Page, Tree, text};
use crate::store::{Entry, Store, object};

/// Leaves that are remembered: a leaf reaches over two or three of a tree of about its size.
const LEAF_COUNT: usize = 4;

/// Looks in a leaf from which on a table costs less than it saves.
const LOOK_COUNT_MIN: u32 = 4;

/// A name that is looked for. Its hash is computed when it is first needed.
pub struct Sought<'n> {
    name: &'n [u8],
    tag: u8,
    hash: Option<NameHash>,
}

/// Finds names in one collection.
pub struct Finder<'a> {
    store: &'a Store,
    entry: Entry,
    seeks: Seeks,
    leaves: [Remembered<'a>; LEAF_COUNT],
    /// The leaf that is forgotten next.
    oldest: usize,
    /// So many of the leaves are all that may have what is looked for; 0: they may not be.
    near_count: usize,
}

/// How a leaf is found that is not remembered.
#[derive(Clone, Copy)]
enum Seeks {
    /// There is one, which is.
    Nothing,
    /// By the hash of the name.
    Leaf(Tree),
    /// A large sorted set: its leaves have no ranges of hashes.
    Element,
}

/// A leaf, and the hashes from `low` to below `high` that it may hold.
struct Remembered<'a> {
    page: Page<'a>,
    low: u64,
    high: u64,
    look_count: u32,
    tags: Option<Tags>,
}

/// For each tag, where behind the first element is that has it; 0 for none. A page has fewer than
/// 2^15 elements.
struct Tags([u16; 256]);

impl Store {
    /// Finds names in a collection that is not a list.
    pub fn finder(&self, entry: Entry) -> Finder<'_> {
        let order = object::header(&self.frames, entry.object).order();
        assert_ne!(order, Order::List, "elements of lists have no names");
        let mut leaves = [const { Remembered::of_nothing() }; LEAF_COUNT];
        let seeks = match self.form(entry.object) {
            Form::Page(page) => {
                leaves[0] = Remembered::new(page.page(&self.frames, order), 0, u64::MAX);
                Seeks::Nothing
            }
            Form::Tree(_) if order == Order::Sorted => Seeks::Element,
            Form::Tree(tree) => Seeks::Leaf(tree),
        };
        Finder { store: self, entry, seeks, leaves, oldest: 0, near_count: 0 }
    }
}

impl<'n> Sought<'n> {
    /// A name with its tag.
    pub const fn new(name: &'n [u8], tag: u8) -> Self {
        Self { name, tag, hash: None }
    }

    /// A name with its hash.
    pub const fn hashed(name: &'n [u8], hash: NameHash) -> Self {
        Self { name, tag: hash.tag(), hash: Some(hash) }
    }

    /// Is it in a collection? O(log n).
    pub fn is_in(&mut self, store: &Store, entry: Entry) -> bool {
        let hash = self.hash(store);
        store.element(entry, self.name, hash).is_some()
    }

    fn hash(&mut self, store: &Store) -> NameHash {
        *self.hash.get_or_insert_with(|| store.name_hash(self.name))
    }
}

impl Finder<'_> {
    /// The names that are looked for next are those of a leaf of another collection.
    pub fn come_near(&mut self, leaf: &Leaf<'_>) {
        self.near_count = match self.seeks {
            Seeks::Nothing => 1,
            Seeks::Element => 0,
            Seeks::Leaf(tree) => self.gather(&tree, leaf.low, leaf.high),
        };
    }

    /// Puts the leaves that may hold hashes from `low` to below `high` before the others; how many,
    /// or 0 for more than are remembered.
    fn gather(&mut self, tree: &Tree, low: u64, high: u64) -> usize {
        let mut key = low;
        for count in 0..LEAF_COUNT {
            let known = self.leaves[count..].iter().position(|leaf| leaf.may_hold(key));
            let position = count + known.unwrap_or(LEAF_COUNT - 1 - count);
            if known.is_none() {
                self.remember(tree, key, position);
            }
            self.leaves.swap(count, position);
            key = self.leaves[count].high;
            if key >= high {
                return count + 1;
            }
        }
        0
    }

    /// Is there an element with a name? O(1) where it is near, else as `has_by_hash`.
    #[inline]
    pub fn has(&mut self, sought: &mut Sought<'_>) -> bool {
        if self.near_count == 0 {
            let hash = sought.hash(self.store);
            return self.has_by_hash(sought.name, hash);
        }
        let frames = &self.store.frames;
        let mut near = self.leaves[..self.near_count].iter_mut();
        near.any(|leaf| leaf.has(frames, sought.name, sought.tag))
    }

    /// Is there an element with a name? O(log n), and O(1) for one near those that were looked for
    /// last.
    fn has_by_hash(&mut self, name: &[u8], hash: NameHash) -> bool {
        let key = hash.to_u64();
        let known = self.leaves.iter().position(|leaf| leaf.may_hold(key));
        let position = match (known, self.seeks) {
            (Some(position), _) => position,
            (None, Seeks::Leaf(tree)) => {
                self.oldest = (self.oldest + 1) % LEAF_COUNT;
                self.remember(&tree, key, self.oldest);
                self.oldest
            }
            (None, Seeks::Nothing) => 0,
            (None, Seeks::Element) => {
                return self.store.element(self.entry, name, hash).is_some();
            }
        };
        self.leaves[position].has(&self.store.frames, name, hash.tag())
    }

    /// Remembers the leaf that a hash belongs to, in place of another.
    fn remember(&mut self, tree: &Tree, key: u64, position: usize) {
        let frames = &self.store.frames;
        let (path, low, high) = tree.seek_key_between(frames, key);
        self.leaves[position] = Remembered::new(path.page(frames, tree.order), low, high);
    }
}

impl<'a> Remembered<'a> {
    /// One that no hash belongs to.
    const fn of_nothing() -> Self {
        Self { page: Page::new(&[], Order::Set), low: 0, high: 0, look_count: 0, tags: None }
    }

    const fn new(page: Page<'a>, low: u64, high: u64) -> Self {
        Self { page, low, high, look_count: 0, tags: None }
    }

    #[inline]
    const fn may_hold(&self, key: u64) -> bool {
        self.low <= key && key < self.high
    }

    #[inline]
    fn has(&mut self, frames: &Frames, name: &[u8], tag: u8) -> bool {
        if let Some(tags) = &self.tags {
            let Some((first, has_more)) = tags.first(tag) else { return false };
            return text::is(frames, self.page.name(first), name)
                || has_more && self.has_behind(frames, first + 1, name, tag);
        }
        self.look_count += 1;
        if self.look_count == LOOK_COUNT_MIN {
            self.tags = Some(Tags::of(self.page));
        }
        self.has_behind(frames, 0, name, tag)
    }

    /// Is the name among the elements from `start` on?
    fn has_behind(&self, frames: &Frames, start: usize, name: &[u8], tag: u8) -> bool {
        let first = self.page.find_tag(tag, start);
        index_of_name(frames, self.page, first, tag, name).is_some()
    }
}

impl Tags {
    /// Set where more elements have the tag.
    const MORE: u16 = 1 << 15;

    fn of(page: Page<'_>) -> Self {
        let mut behind = [0; 256];
        for (index, tag) in page.tags().enumerate() {
            let place = &mut behind[usize::from(tag)];
            *place = if *place == 0 { index as u16 + 1 } else { *place | Self::MORE };
        }
        Self(behind)
    }

    /// The first element with a tag, and whether there are more.
    #[inline]
    fn first(&self, tag: u8) -> Option<(usize, bool)> {
        let behind = self.0[usize::from(tag)];
        let index = usize::from(behind & !Self::MORE).checked_sub(1)?;
        Some((index, behind & Self::MORE != 0))
    }
}

#[cfg(test)]
#[path = "finder_test.rs"]
mod finder_test;
