//! Finding elements and walking over them.
use super::Form;
use crate::memory::frames::{Frames, Ref};
use crate::store::lookup::NameHash;
use crate::store::tree::{Bound, Cursor, Order, PageAt, Path, Tree, order, position_in_page, text};
use crate::store::{Entry, Store, Text, object};

/// Where an element is, or would be. Valid until the next change of the store.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// In a tree, the way to its leaf.
    pub(super) path: Option<Path>,
    pub(super) page: PageAt,
    pub(super) index: usize,
}

/// An element, read in place.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub(super) frames: &'a Frames,
    pub(super) order: Order,
    pub(super) cell: &'a [u8],
}

impl<'a> Element<'a> {
    /// The member, the field, or the element of a list.
    #[inline]
    pub fn name(&self) -> Text<'a> {
        Text::of_item(self.frames, self.order.name(self.cell))
    }

    /// The value of a field.
    #[inline]
    pub fn value(&self) -> Text<'a> {
        assert_eq!(self.order, Order::Hash, "fields have values");
        Text::of_item(self.frames, order::pair(self.cell).1)
    }

    /// The score of a member.
    #[inline]
    pub fn score(&self) -> f64 {
        assert_eq!(self.order, Order::Sorted, "members of sorted sets have scores");
        order::score(self.order, self.cell)
    }
}

/// The elements of a collection from one on, forth or back.
pub struct Elements<'a> {
    store: &'a Store,
    order: Order,
    tree: Option<Tree>,
    spot: Spot,
    is_back: bool,
    /// There is one more.
    is_going: bool,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        if !self.is_going {
            return None;
        }
        let frames = &self.store.frames;
        let page = self.spot.page.page(frames, self.order);
        let element = Element { frames, order: self.order, cell: page.cell(self.spot.index) };
        self.is_going = if self.is_back { self.retreat() } else { self.advance() };
        Some(element)
    }
}

impl Elements<'_> {
    fn advance(&mut self) -> bool {
        let frames = &self.store.frames;
        self.spot.index += 1;
        if self.spot.index < self.spot.page.page(frames, self.order).count() {
            return true;
        }
        let (Some(tree), Some(path)) = (&self.tree, self.spot.path) else { return false };
        let mut cursor = Cursor { path, index: self.spot.index };
        cursor.settle(frames, tree);
        self.spot = Spot::of_cursor(frames, &cursor);
        cursor.cell(frames, tree).is_some()
    }

    fn retreat(&mut self) -> bool {
        if self.spot.index > 0 {
            self.spot.index -= 1;
            return true;
        }
        let frames = &self.store.frames;
        let (Some(tree), Some(path)) = (&self.tree, self.spot.path) else { return false };
        let mut cursor = Cursor { path, index: 0 };
        let is_there = cursor.retreat(frames, tree);
        self.spot = Spot::of_cursor(frames, &cursor);
        is_there
    }
}

impl Spot {
    pub(super) fn of_cursor(frames: &Frames, cursor: &Cursor) -> Self {
        Self { path: Some(cursor.path), page: cursor.path.page_at(frames), index: cursor.index }
    }
}

impl Store {
    /// Elements of a collection. O(1).
    #[inline]
    pub fn element_count(&self, entry: Entry) -> u64 {
        self.count_at(entry.object)
    }

    pub(super) fn count_at(&self, at: Ref) -> u64 {
        let header = object::header(&self.frames, at);
        assert!(header.is_collection(), "a string has no elements");
        if header.is_tree() {
            u64::from(object::trees(&self.frames, at).count)
        } else {
            self.page_at(at).page(&self.frames, header.order()).count() as u64
        }
    }

    /// The element with a name: a member of a set or sorted set, a field of a hash. O(log n).
    #[inline]
    pub fn element(&self, entry: Entry, name: &[u8], hash: NameHash) -> Option<Element<'_>> {
        let spot = self.spot_of_name(entry.object, name, hash)?;
        Some(self.element_at(entry.object, &spot))
    }

    pub(super) fn element_at(&self, at: Ref, spot: &Spot) -> Element<'_> {
        let order = object::header(&self.frames, at).order();
        let cell = spot.page.page(&self.frames, order).cell(spot.index);
        Element { frames: &self.frames, order, cell }
    }

    #[inline]
    pub(super) fn spot_of_name(&self, at: Ref, name: &[u8], hash: NameHash) -> Option<Spot> {
        let order = object::header(&self.frames, at).order();
        match self.form(at) {
            Form::Page(page) => self.spot_in_page(order, page, None, name, hash),
            Form::Tree(tree) if order == Order::Sorted => {
                self.spot_by_score(&tree, name, hash).map(|(spot, _)| spot)
            }
            Form::Tree(tree) => {
                let path = tree.seek_key(&self.frames, hash.to_u64());
                let page = path.page_at(&self.frames);
                self.spot_in_page(order, page, Some(path), name, hash)
            }
        }
    }

    #[inline]
    fn spot_in_page(
        &self,
        order: Order,
        page: PageAt,
        path: Option<Path>,
        name: &[u8],
        hash: NameHash,
    ) -> Option<Spot> {
        let cells = page.page(&self.frames, order);
        let mut start = 0;
        while let Some(index) = cells.find_tag(hash.tag(), start) {
            if text::is(&self.frames, order.name(cells.cell(index)), name) {
                return Some(Spot { path, page, index });
            }
            start = index + 1;
        }
        None
    }

    /// A member of a large sorted set: its score is looked up by its hash, then it by its score.
    /// With it comes where its score is. Members whose hashes agree in 32 bits are told apart.
    pub(super) fn spot_by_score(
        &self,
        tree: &Tree,
        name: &[u8],
        hash: NameHash,
    ) -> Option<(Spot, Spot)> {
        let scores = self.tree_at(tree.owner, Order::Scores);
        let key = hash.score_key();
        let path = scores.seek_key(&self.frames, key);
        let page = path.page(&self.frames, Order::Scores);
        let mut index = position_of_scores_key(page, key);
        while index < page.count() && order::scores_key(page.cell(index)) == key {
            let score = order::score(Order::Scores, page.cell(index));
            let bound = Bound { score: order::score_key(score), name: Some(name) };
            let spot = self.spot_of_bound(tree.owner, &bound);
            let cells = spot.page.page(&self.frames, Order::Sorted);
            if spot.index < cells.count()
                && text::is(&self.frames, Order::Sorted.name(cells.cell(spot.index)), name)
            {
                let scores_spot =
                    Spot { path: Some(path), page: path.page_at(&self.frames), index };
                return Some((spot, scores_spot));
            }
            index += 1;
        }
        None
    }

    /// The first element of a sorted set that is not before `bound`, or the end.
    pub(super) fn spot_of_bound(&self, at: Ref, bound: &Bound<'_>) -> Spot {
        match self.form(at) {
            Form::Page(page) => {
                let cells = page.page(&self.frames, Order::Sorted);
                Spot { path: None, page, index: position_in_page(&self.frames, cells, bound) }
            }
            Form::Tree(tree) => {
                let (path, index) = tree.seek_bound(&self.frames, bound);
                let mut cursor = Cursor { path, index };
                cursor.settle(&self.frames, &tree);
                Spot::of_cursor(&self.frames, &cursor)
            }
        }
    }

    pub(super) fn spot_at_rank(&self, at: Ref, rank: u64) -> Spot {
        match self.form(at) {
            Form::Page(page) => Spot { path: None, page, index: rank as usize },
            Form::Tree(tree) => {
                let (path, index) = tree.seek_rank(&self.frames, rank);
                Spot::of_cursor(&self.frames, &Cursor { path, index })
            }
        }
    }

    pub(super) fn rank_of_spot(&self, at: Ref, spot: &Spot) -> u64 {
        let before = match (self.form(at), spot.path) {
            (Form::Tree(tree), Some(path)) => tree.rank_of(&self.frames, &path),
            _ => 0,
        };
        before + spot.index as u64
    }

    /// Elements of a sorted set that are before `bound`. O(log n).
    pub fn rank_of_bound(&self, entry: Entry, bound: &Bound<'_>) -> u64 {
        self.rank_of_spot(entry.object, &self.spot_of_bound(entry.object, bound))
    }

    /// The rank of a member or field: elements before it. O(log n).
    pub fn rank_of_name(&self, entry: Entry, name: &[u8], hash: NameHash) -> Option<u64> {
        let spot = self.spot_of_name(entry.object, name, hash)?;
        Some(self.rank_of_spot(entry.object, &spot))
    }

    /// The elements from the one with the given rank on, forth or back. O(log n), then O(1) each.
    pub fn elements(&self, entry: Entry, rank: u64, is_back: bool) -> Elements<'_> {
        let at = entry.object;
        let order = object::header(&self.frames, at).order();
        let is_going = rank < self.count_at(at);
        let tree = match self.form(at) {
            Form::Page(_) => None,
            Form::Tree(tree) => Some(tree),
        };
        let spot = self.spot_at_rank(at, rank);
        Elements { store: self, order, tree, spot, is_back, is_going }
    }

    /// The element with a rank, which there must be. O(log n).
    pub fn element_at_rank(&self, entry: Entry, rank: u64) -> Element<'_> {
        self.element_at(entry.object, &self.spot_at_rank(entry.object, rank))
    }

    /// Bytes of all texts of a collection. O(1) for large ones, O(n) for small.
    pub fn text_bytes(&self, entry: Entry) -> u64 {
        match self.form(entry.object) {
            Form::Tree(tree) => tree.totals(&self.frames).1,
            Form::Page(page) => {
                let order = object::header(&self.frames, entry.object).order();
                let page = page.page(&self.frames, order);
                let size = |index| text::size_of_cell(&self.frames, order, page.cell(index));
                (0..page.count()).map(size).sum()
            }
        }
    }
}

/// The first element of a page of scores whose key is not below `key`.
pub(super) fn position_of_scores_key(page: crate::store::tree::Page<'_>, key: u64) -> usize {
    let (mut low, mut high) = (0, page.count());
    while low < high {
        let middle = usize::midpoint(low, high);
        if order::scores_key(page.cell(middle)) < key {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
