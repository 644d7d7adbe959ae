//! Looking for one name after the other in a collection, while nothing changes.
//!
//! Who compares collections asks for the names of a leaf of one of them in another. A leaf holds a
//! range of hashes, so that these names are in a few leaves of the other one: they are remembered,
//! and one that is asked often gets a table of its tags. Then a look reads one cell or none, and
//! no inner node.
//!
//! Invariant: the leaves are those of the collection, since the store cannot change meanwhile.
use super::Form;
use super::read::{Element, index_of_name};
use crate::memory::frames::Frames;
use crate::store::lookup::NameHash;
use crate::store::tree::{Order, Page, Tree};
use crate::store::{Entry, Store, object};

/// Leaves that are remembered: a leaf reaches over two or three of a tree of about its size.
const LEAF_COUNT: usize = 4;

/// Looks in a leaf from which on a table costs less than it saves.
const LOOK_COUNT_MIN: u32 = 4;

/// Finds names in one collection.
pub struct Finder<'a> {
    store: &'a Store,
    entry: Entry,
    seeks: Seeks,
    leaves: [Leaf<'a>; LEAF_COUNT],
    /// The leaf that is forgotten next.
    oldest: usize,
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
struct Leaf<'a> {
    page: Page<'a>,
    low: u64,
    high: u64,
    look_count: u32,
    tags: Option<Tags>,
}

/// For each tag, where behind the first element is that has it; 0 for none.
struct Tags([u16; 256]);

impl Store {
    /// Finds names in a collection that is not a list.
    pub fn finder(&self, entry: Entry) -> Finder<'_> {
        let order = object::header(&self.frames, entry.object).order();
        assert_ne!(order, Order::List, "elements of lists have no names");
        let mut leaves = [const { Leaf::of_nothing() }; LEAF_COUNT];
        let seeks = match self.form(entry.object) {
            Form::Page(page) => {
                leaves[0] = Leaf::new(page.page(&self.frames, order), 0, u64::MAX);
                Seeks::Nothing
            }
            Form::Tree(_) if order == Order::Sorted => Seeks::Element,
            Form::Tree(tree) => Seeks::Leaf(tree),
        };
        Finder { store: self, entry, seeks, leaves, oldest: 0 }
    }
}

impl<'a> Finder<'a> {
    /// The element with a name. O(log n), and O(1) for one near those that were looked for last.
    #[inline]
    pub fn find(&mut self, name: &[u8], hash: NameHash) -> Option<Element<'a>> {
        let frames = &self.store.frames;
        let key = hash.to_u64();
        let known = self.leaves.iter().position(|leaf| leaf.low <= key && key < leaf.high);
        let position = match (known, self.seeks) {
            (Some(position), _) => position,
            (None, Seeks::Leaf(tree)) => self.turn_to(&tree, key),
            (None, Seeks::Nothing) => 0,
            (None, Seeks::Element) => return self.store.element(self.entry, name, hash),
        };
        self.leaves[position].find(frames, name, hash.tag())
    }

    /// Remembers the leaf that a hash belongs to; where.
    fn turn_to(&mut self, tree: &Tree, key: u64) -> usize {
        let frames = &self.store.frames;
        let (path, low, high) = tree.seek_key_between(frames, key);
        let position = self.oldest;
        self.leaves[position] = Leaf::new(path.page(frames, tree.order), low, high);
        self.oldest = (position + 1) % LEAF_COUNT;
        position
    }
}

impl<'a> Leaf<'a> {
    /// One that no hash belongs to.
    const fn of_nothing() -> Self {
        Self { page: Page::new(&[], Order::Set), low: 0, high: 0, look_count: 0, tags: None }
    }

    const fn new(page: Page<'a>, low: u64, high: u64) -> Self {
        Self { page, low, high, look_count: 0, tags: None }
    }

    #[inline]
    fn find(&mut self, frames: &'a Frames, name: &[u8], tag: u8) -> Option<Element<'a>> {
        let page = self.page;
        let first = match &self.tags {
            Some(tags) => tags.first(tag),
            None => self.first_by_look(tag),
        };
        let index = index_of_name(frames, page, first, tag, name)?;
        Some(Element { frames, order: page.order(), cell: page.from_cell(index) })
    }

    /// The first element with a tag. One look too many, and it makes a table.
    fn first_by_look(&mut self, tag: u8) -> Option<usize> {
        self.look_count += 1;
        if self.look_count < LOOK_COUNT_MIN {
            return self.page.find_tag(tag, 0);
        }
        self.tags.insert(Tags::of(self.page)).first(tag)
    }
}

impl Tags {
    fn of(page: Page<'_>) -> Self {
        let mut behind = [0; 256];
        for (index, tag) in page.tags().enumerate() {
            let place = &mut behind[usize::from(tag)];
            if *place == 0 {
                *place = index as u16 + 1;
            }
        }
        Self(behind)
    }

    #[inline]
    fn first(&self, tag: u8) -> Option<usize> {
        usize::from(self.0[usize::from(tag)]).checked_sub(1)
    }
}

#[cfg(test)]
#[path = "finder_test.rs"]
mod finder_test;
