//! The leaves of a set or hash, one after the other.
//!
//! A small collection is one leaf that has all hashes.
use super::Form;
use super::read::Element;
use crate::memory::frames::Frames;
use crate::store::tree::{Order, Page, Path};
use crate::store::{Entry, Store, object};

/// Elements whose names have the hashes of a range.
pub struct Leaf<'a> {
    frames: &'a Frames,
    page: Page<'a>,
    /// The least hash that it may hold.
    pub(super) low: u64,
    /// That of its right neighbour; of the last leaf the highest of all.
    pub(super) high: u64,
}

/// All leaves from the first one on.
pub struct Leaves<'a> {
    frames: &'a Frames,
    order: Order,
    next: Next<'a>,
}

enum Next<'a> {
    Page(Page<'a>),
    Leaf(Path),
    None,
}

impl Store {
    /// The leaves of a set or hash.
    pub fn leaves(&self, entry: Entry) -> Leaves<'_> {
        let (frames, order) = (&self.frames, object::header(&self.frames, entry.object).order());
        assert!(matches!(order, Order::Set | Order::Hash), "leaves with ranges of hashes");
        let next = match self.form(entry.object) {
            Form::Page(page) => Next::Page(page.page(frames, order)),
            Form::Tree(tree) => Next::Leaf(tree.first_leaf(frames)),
        };
        Leaves { frames, order, next }
    }
}

impl<'a> Iterator for Leaves<'a> {
    type Item = Leaf<'a>;

    fn next(&mut self) -> Option<Leaf<'a>> {
        let frames = self.frames;
        match core::mem::replace(&mut self.next, Next::None) {
            Next::Page(page) => Some(Leaf { frames, page, low: 0, high: u64::MAX }),
            Next::Leaf(path) => {
                let next = path.next(frames);
                let high = next.map_or(u64::MAX, |next| next.key(frames));
                self.next = next.map_or(Next::None, Next::Leaf);
                let page = path.page(frames, self.order);
                Some(Leaf { frames, page, low: path.key(frames), high })
            }
            Next::None => None,
        }
    }
}

impl<'a> Leaf<'a> {
    /// Elements in it.
    pub fn count(&self) -> usize {
        self.page.count()
    }

    /// They, each with the tag of its name.
    #[inline]
    pub fn elements(&self) -> impl Iterator<Item = (Element<'a>, u8)> + use<'a> {
        let (frames, order) = (self.frames, self.page.order());
        self.page.tagged_cells().map(move |(cell, tag)| (Element { frames, order, cell }, tag))
    }
}
