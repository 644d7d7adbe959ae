//! Finding elements and walking over them.
use super::Form;
use crate::memory::frames::{Frames, Ref};
use crate::store::lookup::NameHash;
use crate::store::object::FLAG_LARGE;
use crate::store::tree::{
    Bound, Cursor, Order, Page, PageAt, Path, Tree, order, position_in_page, text,
};
use crate::store::{Entry, Store, Text, object};

/// Where an element is, or would be. Valid until the next change of the store.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// In a tree, the way to its leaf.
    pub(super) path: Option<Path>,
    pub(super) page: PageAt,
    pub(super) index: usize,
}

/// Where a member of a sorted set is, and in a large one its score too. Valid until the next change
/// of the store.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Its score.
    pub score: f64,
    pub(super) spot: Spot,
    pub(super) scores: Option<Spot>,
}

/// Where a member of a large sorted set is, and where its score is.
struct Member {
    score: f64,
    path: Path,
    index: usize,
    scores_path: Path,
    scores_index: usize,
}

/// An element, read in place.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub(super) frames: &'a Frames,
    pub(super) order: Order,
    /// Begins with its cell.
    pub(super) cell: &'a [u8],
}

impl<'a> Element<'a> {
    /// The member, the field, or the element of a list.
    #[inline(always)]
    pub fn name(&self) -> Text<'a> {
        Text::of_item(self.frames, self.order.name(self.cell))
    }

    /// The value of a field.
    #[inline]
    pub fn value(&self) -> Text<'a> {
        assert_eq!(self.order, Order::Hash, "fields have values");
        Text::of_item(self.frames, order::pair(self.cell).1)
    }

    /// Both texts of a field.
    #[inline]
    pub fn pair(&self) -> (Text<'a>, Text<'a>) {
        assert_eq!(self.order, Order::Hash, "fields have values");
        let (name, value) = order::pair(self.cell);
        (Text::of_item(self.frames, name), Text::of_item(self.frames, value))
    }

    /// The score of a member.
    #[inline]
    pub fn score(&self) -> f64 {
        assert_eq!(self.order, Order::Sorted, "members of sorted sets have scores");
        order::score(self.order, self.cell)
    }
}

/// Where in a page the element with a name is, of those with its tag. `first` is the first of them.
#[inline]
pub(super) fn index_of_name(
    frames: &Frames,
    page: Page<'_>,
    first: Option<usize>,
    tag: u8,
    name: &[u8],
) -> Option<usize> {
    let mut next = first;
    while let Some(index) = next {
        if text::is(frames, page.name(index), name) {
            return Some(index);
        }
        next = page.find_tag(tag, index + 1);
    }
    None
}

/// The elements of a collection from one on, forth or back.
pub struct Elements<'a> {
    frames: &'a Frames,
    /// In a tree, and the way to the leaf.
    tree: Option<(Tree, Path)>,
    page: Page<'a>,
    /// Forth: the next one. Back: the one behind it.
    index: usize,
    count: usize,
    is_back: bool,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Element<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Element<'a>> {
        let index = if self.is_back {
            if self.index == 0 && !self.retreat() {
                return None;
            }
            self.index -= 1;
            self.index
        } else {
            if self.index == self.count && !self.advance() {
                return None;
            }
            self.index += 1;
            self.index - 1
        };
        let cell = self.page.from_cell(index);
        Some(Element { frames: self.frames, order: self.page.order(), cell })
    }
}

impl Elements<'_> {
    /// Goes to the beginning of the next leaf; false at the last one.
    fn advance(&mut self) -> bool {
        let Some((tree, path)) = &mut self.tree else { return false };
        let Some(next) = path.next(self.frames) else { return false };
        *path = next;
        self.page = path.page(self.frames, tree.order);
        (self.index, self.count) = (0, self.page.count());
        true
    }

    /// Goes to the end of the leaf before; false at the first one.
    fn retreat(&mut self) -> bool {
        let Some((tree, path)) = &mut self.tree else { return false };
        let mut cursor = Cursor { path: *path, index: 0 };
        if !cursor.retreat(self.frames, tree) {
            return false;
        }
        *path = cursor.path;
        self.page = path.page(self.frames, tree.order);
        self.index = cursor.index + 1;
        true
    }
}

impl Spot {
    pub(super) fn of_cursor(frames: &Frames, cursor: &Cursor) -> Self {
        Self { path: Some(cursor.path), page: cursor.path.page_at(frames), index: cursor.index }
    }

    /// The way to its leaf, in a tree.
    pub(super) fn path(&self) -> &Path {
        self.path.as_ref().expect("a spot in a tree has a path")
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

    /// The score of a member of a sorted set. O(log n).
    pub fn score(&self, entry: Entry, name: &[u8], hash: NameHash) -> Option<f64> {
        let at = entry.object;
        match self.form(at) {
            Form::Tree(tree) => self.member_by_score(&tree, name, hash).map(|found| found.score),
            form @ Form::Page(_) => {
                let spot = self.seek_name(at, form, name, hash).ok()?;
                Some(self.element_at(at, &spot).score())
            }
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
        let cell = spot.page.page(&self.frames, order).from_cell(spot.index);
        Element { frames: &self.frames, order, cell }
    }

    #[inline]
    pub(super) fn spot_of_name(&self, at: Ref, name: &[u8], hash: NameHash) -> Option<Spot> {
        match self.form(at) {
            Form::Tree(tree) if tree.order == Order::Sorted => {
                self.spot_by_score(&tree, name, hash).map(|(spot, _)| spot)
            }
            form => self.seek_name(at, form, name, hash).ok(),
        }
    }

    /// The element with a name; or the place behind the elements of its page, where a new one of a
    /// set or hash belongs. Not for a large sorted set.
    #[inline]
    pub(super) fn seek_name(
        &self,
        at: Ref,
        form: Form,
        name: &[u8],
        hash: NameHash,
    ) -> Result<Spot, Spot> {
        let (path, page, order) = match form {
            Form::Page(page) => (None, page, object::header(&self.frames, at).order()),
            Form::Tree(tree) => {
                let path = tree.seek_key(&self.frames, hash.to_u64());
                (Some(path), path.page_at(&self.frames), tree.order)
            }
        };
        match self.spot_in_page(page, order, name, hash) {
            Some(spot) => Ok(Spot { path, ..spot }),
            None => Err(Spot { path, page, index: page.page(&self.frames, order).count() }),
        }
    }

    /// The element of a page with a name.
    #[inline]
    fn spot_in_page(
        &self,
        page: PageAt,
        order: Order,
        name: &[u8],
        hash: NameHash,
    ) -> Option<Spot> {
        let cells = page.page(&self.frames, order);
        let first = cells.find_tag(hash.tag(), 0);
        let index = index_of_name(&self.frames, cells, first, hash.tag(), name)?;
        Some(Spot { path: None, page, index })
    }

    /// Where a member of a sorted set stands. O(log n).
    pub fn standing(&self, entry: Entry, name: &[u8], hash: NameHash) -> Option<Standing> {
        let at = entry.object;
        let (spot, scores) = match self.form(at) {
            Form::Tree(tree) => {
                let (spot, scores) = self.spot_by_score(&tree, name, hash)?;
                (spot, Some(scores))
            }
            form @ Form::Page(_) => (self.seek_name(at, form, name, hash).ok()?, None),
        };
        let score = self.element_at(at, &spot).score();
        Some(Standing { score, spot, scores })
    }

    /// A member of a large sorted set: its score is looked up by its hash, then it by its score.
    /// With it comes where its score is. Members whose hashes agree in 32 bits are told apart.
    pub(super) fn spot_by_score(
        &self,
        tree: &Tree,
        name: &[u8],
        hash: NameHash,
    ) -> Option<(Spot, Spot)> {
        let found = self.member_by_score(tree, name, hash)?;
        let page = found.scores_path.page_at(&self.frames);
        let scores_spot = Spot { path: Some(found.scores_path), page, index: found.scores_index };
        let page = found.path.page_at(&self.frames);
        Some((Spot { path: Some(found.path), page, index: found.index }, scores_spot))
    }

    /// As `spot_by_score`, before it is put into words that others understand.
    #[inline]
    fn member_by_score(&self, tree: &Tree, name: &[u8], hash: NameHash) -> Option<Member> {
        let scores = self.tree_at(tree.owner, Order::Scores);
        let key = hash.scores_key();
        let (scores_path, first) = scores.seek_scores_key(&self.frames, key);
        let page = scores_path.page(&self.frames, Order::Scores);
        let is_same = |index: &usize| order::scores_key(page.from_cell(*index)) == key;
        (first..page.count()).take_while(is_same).find_map(|scores_index| {
            let score = order::score(Order::Scores, page.from_cell(scores_index));
            let bound = Bound { score: order::score_key(score), name: Some(name) };
            let path = tree.seek_leaf(&self.frames, &bound);
            // Its tag is found in the directory, without a look at the scores of its neighbours.
            let spot = self.spot_in_page(path.page_at(&self.frames), Order::Sorted, name, hash)?;
            // Another member of this leaf may have the same 32 bits of hash.
            let cells = spot.page.page(&self.frames, Order::Sorted);
            let found = order::score(Order::Sorted, cells.from_cell(spot.index));
            let is_it = order::score_key(found) == bound.score;
            is_it.then_some(Member { score, path, index: spot.index, scores_path, scores_index })
        })
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
                let (path, index) = self.seek_rank(&tree, rank);
                Spot::of_cursor(&self.frames, &Cursor { path, index })
            }
        }
    }

    /// The leaf of a tree that is whole, and in it the element `rank` or the end. The last element
    /// and the end of all, where lists are used most, are found without a sum.
    pub(super) fn seek_rank(&self, tree: &Tree, rank: u64) -> (Path, usize) {
        let count = u64::from(object::trees(&self.frames, tree.owner).count);
        if rank + 1 < count {
            return tree.seek_rank(&self.frames, rank);
        }
        let path = tree.last_leaf(&self.frames);
        let behind = (count - rank) as usize;
        (path, path.page(&self.frames, tree.order).count() - behind)
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
        let is_there = rank < self.count_at(at);
        // Beyond the end there is none, whichever way.
        let spot = self.spot_at_rank(at, if is_there { rank } else { 0 });
        let tree = match (self.form(at), spot.path) {
            (Form::Tree(tree), Some(path)) if is_there => Some((tree, path)),
            _ => None,
        };
        let page = spot.page.page(&self.frames, order);
        let count = page.count();
        let index = match (is_there, is_back) {
            (true, false) => spot.index,
            (true, true) => spot.index + 1,
            (false, false) => count,
            (false, true) => 0,
        };
        Elements { frames: &self.frames, tree, page, index, count, is_back }
    }

    /// The element with a rank, which there must be. O(log n).
    pub fn element_at_rank(&self, entry: Entry, rank: u64) -> Element<'_> {
        self.element_at(entry.object, &self.spot_at_rank(entry.object, rank))
    }

    /// At least the bytes of the texts of the elements from `rank` on, `count` of them, and at most
    /// those of a few more. O(log n) and a part of the elements; O(1) for a small collection that
    /// has no object.
    pub fn text_bytes_at_most(&self, entry: Entry, rank: u64, count: u64) -> u64 {
        match self.form(entry.object) {
            Form::Tree(tree) => tree.bytes_at_most(&self.frames, rank, count),
            Form::Page(_) if object::header(&self.frames, entry.object).has(FLAG_LARGE) => {
                self.text_bytes(entry)
            }
            Form::Page(page) => u64::from(page.size),
        }
    }

    /// Have all texts of a collection more than `bytes_max` bytes together? Looks no
    /// further than is needed to say so.
    pub fn text_bytes_exceed(&self, entry: Entry, bytes_max: u64) -> bool {
        match self.form(entry.object) {
            Form::Tree(tree) => tree.bytes_exceed(&self.frames, bytes_max),
            Form::Page(_) => self.text_bytes(entry) > bytes_max,
        }
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
