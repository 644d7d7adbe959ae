//! From the root to an element: by key, by rank, by score and name.
use super::node::{Child, DEPTH_MAX, PageAt, children, header};
use super::order::{self, Order};
use super::{Page, Tree, text};
use crate::memory::frames::{Frames, Ref};
use core::cmp::Ordering;

/// One step down: an inner node, and which of its children was taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Step {
    pub(super) node: Ref,
    pub(super) index: u16,
}

/// The way from the root to a leaf. Valid until the next change of the tree, or move of its nodes.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    steps: [Step; DEPTH_MAX],
    depth: u8,
    pub(super) leaf: Ref,
}

impl Path {
    pub(super) fn start(root: Ref) -> Self {
        Self { steps: [Step::default(); DEPTH_MAX], depth: 0, leaf: root }
    }

    pub(super) fn push(&mut self, node: Ref, index: usize) {
        self.steps[usize::from(self.depth)] = Step { node, index: index as u16 };
        self.depth += 1;
    }

    /// The steps, from the root down.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps[..usize::from(self.depth)]
    }

    pub(super) fn steps_mut(&mut self) -> &mut [Step] {
        &mut self.steps[..usize::from(self.depth)]
    }

    pub(super) fn cut(&mut self, depth: usize) {
        self.depth = depth as u8;
    }

    /// The least key that the leaf may hold.
    pub fn key(&self, frames: &Frames) -> u64 {
        let key = |step: &Step| children(frames, step.node)[usize::from(step.index)].key;
        self.steps().last().map_or(0, key)
    }

    /// Does it lead to the first leaf?
    pub(super) fn is_first(&self) -> bool {
        self.steps().iter().all(|step| step.index == 0)
    }

    /// Does it lead to the last leaf?
    pub(super) fn is_last(&self, frames: &Frames) -> bool {
        let is_last =
            |step: &Step| usize::from(step.index) + 1 == children(frames, step.node).len();
        self.steps().iter().all(is_last)
    }

    /// Where the leaf's page is.
    #[inline]
    pub fn page_at(&self, frames: &Frames) -> PageAt {
        PageAt::of_leaf(frames, self.leaf)
    }

    /// The leaf's page.
    #[inline]
    pub fn page<'a>(&self, frames: &'a Frames, order: Order) -> Page<'a> {
        self.page_at(frames).page(frames, order)
    }
}

/// Where a look for a key goes next.
#[derive(Clone, Copy, Debug)]
pub enum Next {
    /// To a node, and which keys that may hold.
    Child {
        /// The node.
        at: Ref,
        /// The least key.
        low: u64,
        /// That of its neighbour.
        high: u64,
    },
    /// It has arrived.
    Leaf,
}

/// A place in a sorted set, between elements: before all elements of which it is not greater.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// `order::score_key` of a score.
    pub score: u64,
    /// The name; none: behind all names of that score.
    pub name: Option<&'a [u8]>,
}

impl Bound<'_> {
    /// How an element compares with the place. `cell` begins with its cell.
    #[inline(always)]
    pub fn compare(&self, frames: &Frames, cell: &[u8]) -> Ordering {
        let score = order::score_key(order::score(Order::Sorted, cell));
        match score.cmp(&self.score) {
            Ordering::Equal => match self.name {
                None => Ordering::Less,
                Some(name) => text::compare(frames, Order::Sorted.name(cell), name),
            },
            different => different,
        }
    }
}

impl Tree {
    /// The first leaf.
    pub fn first_leaf(&self, frames: &Frames) -> Path {
        self.seek_rank(frames, 0).0
    }

    /// One step of a look for a key, from a node whose keys are `low` to `high`.
    #[inline]
    pub fn next(&self, frames: &Frames, node: Ref, key: u64, (low, high): (u64, u64)) -> Next {
        if header(frames, node).is_leaf() {
            return Next::Leaf;
        }
        let children = children(frames, node);
        let index = if self.order.is_hashed() {
            position_of_key(children, key, low, high)
        } else {
            position_of_bound(children, key, high)
        };
        let child = &children[index];
        let high = children.get(index + 1).map_or(high, |next| next.key);
        Next::Child { at: child.at, low: child.key, high }
    }

    /// The first or last child of an inner node; none of a leaf.
    pub fn end_of<'a>(&self, frames: &'a Frames, node: Ref, is_last: bool) -> Option<&'a Child> {
        if header(frames, node).is_leaf() {
            return None;
        }
        let children = children(frames, node);
        if is_last { children.last() } else { children.first() }
    }

    /// Does `path` lead to the first or the last leaf of a list? Queues grow and shrink there
    /// element by element: fewer moves are worth a part of one leaf.
    pub(super) fn is_end_of_list(&self, frames: &Frames, path: &Path) -> bool {
        self.order == Order::List && (path.is_first() || path.is_last(frames))
    }

    /// The bytes of a leaf of scores where that with a key may be.
    pub fn guess_of_score<'a>(
        &self,
        frames: &'a Frames,
        leaf: Ref,
        key: u64,
        (low, high): (u64, u64),
    ) -> &'a [u8] {
        let page = PageAt::of_leaf(frames, leaf).page(frames, self.order);
        page.from_cell(guess_of_key(page.count(), key, low, high))
    }

    /// The key of the score that a leaf of scores has for a key.
    pub fn score_in(
        &self,
        frames: &Frames,
        leaf: Ref,
        key: u64,
        (low, high): (u64, u64),
    ) -> Option<u64> {
        let page = PageAt::of_leaf(frames, leaf).page(frames, self.order);
        let index = position_of_score(page, key, low, high);
        let cell = (index < page.count()).then(|| page.from_cell(index))?;
        (order::scores_key(cell) == key).then(|| order::score_key(order::score(self.order, cell)))
    }

    /// The leaf that a hash belongs to.
    #[inline]
    pub fn seek_key(&self, frames: &Frames, key: u64) -> Path {
        self.seek_key_between(frames, key).0
    }

    /// In a tree of scores, the leaf that a key belongs to and the first element in it whose key is
    /// not below. Keys are spread evenly: one or two lines of the leaf are read.
    pub fn seek_scores_key(&self, frames: &Frames, key: u64) -> (Path, usize) {
        let (path, low, high) = self.seek_key_between(frames, key);
        let index = position_of_score(path.page(frames, Order::Scores), key, low, high);
        (path, index)
    }

    /// The leaf that a hash belongs to, and the least keys of it and of its neighbour.
    #[inline]
    pub fn seek_key_between(&self, frames: &Frames, key: u64) -> (Path, u64, u64) {
        let mut path = Path::start(self.root);
        let (mut low, mut high) = (0, u64::MAX);
        while !header(frames, path.leaf).is_leaf() {
            let node = path.leaf;
            let children = children(frames, node);
            let index = position_of_key(children, key, low, high);
            path.push(node, index);
            let child = &children[index];
            low = child.key;
            high = children.get(index + 1).map_or(high, |next| next.key);
            path.leaf = child.at;
        }
        (path, low, high)
    }

    /// The leaf with the element `rank`, counted from 0, and where in it that is. The rank may be
    /// the count of all elements: then it is the end of the last leaf.
    pub fn seek_rank(&self, frames: &Frames, rank: u64) -> (Path, usize) {
        let mut path = Path::start(self.root);
        let mut rest = rank;
        while !header(frames, path.leaf).is_leaf() {
            let node = path.leaf;
            let children = children(frames, node);
            let mut index = 0;
            while index + 1 < children.len() && rest >= u64::from(children[index].count) {
                rest -= u64::from(children[index].count);
                index += 1;
            }
            path.push(node, index);
            path.leaf = children[index].at;
        }
        (path, rest as usize)
    }

    /// The leaf and the position in it of the first element that is not before `bound`; the end of
    /// a leaf if that element begins the next one.
    pub fn seek_bound(&self, frames: &Frames, bound: &Bound<'_>) -> (Path, usize) {
        let path = self.seek_leaf(frames, bound);
        let index = position_in_page(frames, path.page(frames, self.order), bound);
        (path, index)
    }

    /// The leaf that has the element at `bound`, if there is one, and else a neighbour of it.
    pub fn seek_leaf(&self, frames: &Frames, bound: &Bound<'_>) -> Path {
        let mut path = Path::start(self.root);
        let mut high = u64::MAX;
        while !header(frames, path.leaf).is_leaf() {
            let node = path.leaf;
            let children = children(frames, node);
            let later = &children[1..];
            let mut index = position_of_bound(children, bound.score, high);
            if later.get(index).is_some_and(|child| child.key == bound.score) {
                // Of those that begin with the same score the names decide.
                let same = later[index..].partition_point(|child| child.key == bound.score);
                let same = &later[index..index + same];
                index += same.partition_point(|child| self.begins_before(frames, child, bound));
            }
            path.push(node, index);
            path.leaf = children[index].at;
            high = children.get(index + 1).map_or(high, |next| next.key);
        }
        path
    }

    /// Is the first element below `child` not behind the bound?
    fn begins_before(&self, frames: &Frames, child: &Child, bound: &Bound<'_>) -> bool {
        let mut at = child.at;
        while !header(frames, at).is_leaf() {
            at = children(frames, at)[0].at;
        }
        let page = PageAt::of_leaf(frames, at).page(frames, self.order);
        bound.compare(frames, page.from_cell(0)) != Ordering::Greater
    }

    /// Elements before the leaf of `path`.
    pub fn rank_of(&self, frames: &Frames, path: &Path) -> u64 {
        let before = |step: &Step| -> u64 {
            let children = &children(frames, step.node)[..usize::from(step.index)];
            children.iter().map(|child| u64::from(child.count)).sum()
        };
        path.steps().iter().map(before).sum()
    }
}

/// The position in a page of the first element that is not before `bound`.
#[inline]
pub fn position_in_page(frames: &Frames, page: Page<'_>, bound: &Bound<'_>) -> usize {
    debug_assert_eq!(page.order(), Order::Sorted, "an order that has scores");
    page.partition_point(|cell| bound.compare(frames, cell) == Ordering::Less)
}

/// The first element of a page of scores whose key is not below `key`.
#[inline]
pub fn position_of_scores_key(page: Page<'_>, key: u64) -> usize {
    debug_assert_eq!(page.order(), Order::Scores, "an order that has these keys");
    page.partition_point(|cell| order::scores_key(cell) < key)
}

/// The last child whose key is not above `key`. Keys are hashes, spread evenly from `low` to
/// `high`: the guess is mostly right or a neighbour, so that a line or two of the node are read.
#[inline]
fn position_of_key(children: &[Child], key: u64, low: u64, high: u64) -> usize {
    let mut index = guess_of_key(children.len(), key, low, high);
    while index > 0 && children[index].key > key {
        index -= 1;
    }
    while index + 1 < children.len() && children[index + 1].key <= key {
        index += 1;
    }
    index
}

/// The last child whose key is below `key`, or the first one: keys of scores, none above `high`.
/// They are spread as the scores are, so the guess is only where the search begins.
#[inline]
fn position_of_bound(children: &[Child], key: u64, high: u64) -> usize {
    let (Some(second), Some(last)) = (children.get(1), children.last()) else { return 0 };
    // What the first child may hold begins where nobody's scores need to.
    let (low, high) = (second.key, if high == u64::MAX { last.key } else { high });
    let later = &children[1..];
    let guess = if key <= low { 0 } else { guess_of_key(later.len(), key.min(high), low, high) };
    partition_point_near(later, guess, |child| child.key < key)
}

/// As `partition_point`, from a guess on: O(log of how far off that is), mostly two looks.
#[inline]
pub(super) fn partition_point_near<T>(
    items: &[T],
    guess: usize,
    is_before: impl Fn(&T) -> bool,
) -> usize {
    let (mut low, mut high, mut step) = (guess, guess, 1);
    if items.get(guess).is_some_and(&is_before) {
        while items.get(high).is_some_and(&is_before) {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = high.min(items.len());
    } else {
        while low > 0 && !is_before(&items[low - 1]) {
            high = low - 1;
            low = high.saturating_sub(step);
            step *= 2;
        }
    }
    low + items[low..high].partition_point(is_before)
}

/// Where among `count` things, spread evenly from the key `low` to `high`, that with a key is.
#[inline]
fn guess_of_key(count: usize, key: u64, low: u64, high: u64) -> usize {
    // Of the spread the upper bits are enough, and their product with a count is no long number.
    let shift = (u64::BITS - (high - low).leading_zeros()).saturating_sub(32);
    let (offset, spread) = (key.saturating_sub(low) >> shift, ((high - low) >> shift) + 1);
    ((offset * count as u64 / spread) as usize).min(count.saturating_sub(1))
}

/// The first element of a page of scores whose key is not below `key`. Their keys are spread evenly
/// from `low` to `high`.
#[inline]
fn position_of_score(page: Page<'_>, key: u64, low: u64, high: u64) -> usize {
    let mut index = guess_of_key(page.count(), key, low, high);
    while index > 0 && order::scores_key(page.from_cell(index - 1)) >= key {
        index -= 1;
    }
    while index < page.count() && order::scores_key(page.from_cell(index)) < key {
        index += 1;
    }
    index
}
