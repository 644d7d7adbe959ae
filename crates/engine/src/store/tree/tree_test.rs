//! A tree of each order against a naive list, over seeds: with nodes that move after every step,
//! ranks and ranges asked for on the way, and memory that ends where it began.
use super::order::{Prefix, score, score_key};
use super::*;
use crate::random::Random;
use crate::store::{kind, object};
extern crate std;
use std::vec::Vec;

const HASH_KEY: (u64, u64) = (1, 2);

/// A tree and what should be in it: cells in the tree's order (hashed ones in any).
struct World {
    frames: Frames,
    tree: Option<Tree>,
    owner: Ref,
    model: Vec<Vec<u8>>,
    random: Random,
    order: Order,
    /// Texts have so many bytes at least.
    text_size_min: u64,
}

impl World {
    fn new(order: Order, seed: u64) -> Self {
        let mut frames = Frames::new(200, 64 << 10);
        let owner = frames.allocate(frames.class_of(64));
        frames.bytes_mut(owner, 1)[0] = object::KIND_STRING;
        let random = Random::new(seed);
        let text_size_min = 0;
        Self { frames, tree: None, owner, model: Vec::new(), random, order, text_size_min }
    }

    fn text(&mut self) -> Vec<u8> {
        let size = match self.random.below(20) {
            0 => 0,
            1 => 200 + self.random.below(200),
            2 if self.random.below(5) == 0 => 900 + self.random.below(124),
            _ => self.random.below(24),
        };
        let size = size.max(self.text_size_min);
        (0..size).map(|_| b'a' + self.random.below(4) as u8).collect()
    }

    /// A new element: its cell, and where in the model it belongs.
    fn draw(&mut self) -> (Vec<u8>, usize) {
        let text = self.text();
        let item = [Prefix::of_bytes(text.len()).as_slice(), &text].concat();
        let cell = match self.order {
            Order::List | Order::Set => item,
            Order::Hash => {
                let value = self.text();
                [&item, Prefix::of_bytes(value.len()).as_slice(), &value].concat()
            }
            Order::Sorted => {
                let score = f64::from(self.random.below(30) as u32) - 10.0;
                [&score.to_bits().to_le_bytes()[..], &item].concat()
            }
            Order::Scores => {
                let hash = self.random.below(1 << 32) as u32;
                [&hash.to_le_bytes()[..], &self.random.below(9).to_le_bytes()].concat()
            }
        };
        let place = match self.order {
            Order::List => self.random.below(self.model.len() as u64 + 1) as usize,
            Order::Sorted => self.model.partition_point(|old| sorted_key(old) < sorted_key(&cell)),
            _ => self.model.len(),
        };
        (cell, place)
    }

    fn tag(&self, cell: &[u8]) -> u8 {
        if self.order == Order::Scores {
            return 0;
        }
        text::hash(&self.frames, HASH_KEY, self.order.name(cell)) as u8
    }

    /// Where an element with this cell is, or would be put.
    fn seek(&self, tree: &Tree, cell: &[u8], rank: usize) -> (Path, usize, bool) {
        match self.order {
            Order::List => {
                let (path, index) = tree.seek_rank(&self.frames, rank as u64);
                (path, index, false)
            }
            Order::Sorted => {
                let Item::Bytes(name) = self.order.name(cell) else { unreachable!() };
                let score = score_key(score(self.order, cell));
                let bound = Bound { score, name: Some(name) };
                let (path, index) = tree.seek_bound(&self.frames, &bound);
                let cursor = Cursor { path, index };
                let mut next = cursor;
                next.settle(&self.frames, tree);
                if next.cell(&self.frames, tree) == Some(cell) {
                    return (next.path, next.index, true);
                }
                (path, index, false)
            }
            _ => {
                let path = tree.seek_key(&self.frames, tree.key_of(&self.frames, cell));
                let page = path.page(&self.frames, self.order);
                let name = |index| match self.order {
                    Order::Hash => self.order.name(page.cell(index)) == self.order.name(cell),
                    _ => page.cell(index) == cell,
                };
                let found = (0..page.count()).find(|&index| name(index));
                let end = match self.order {
                    Order::Scores => {
                        let key = tree.key_of(&self.frames, cell);
                        (0..page.count())
                            .find(|&index| tree.key_of(&self.frames, page.cell(index)) > key)
                            .unwrap_or(page.count())
                    }
                    _ => page.count(),
                };
                (path, found.unwrap_or(end), found.is_some())
            }
        }
    }

    fn insert(&mut self) {
        let (bytes, place) = self.draw();
        let Some(mut tree) = self.tree else {
            self.tree = Some(self.first(&bytes));
            self.model.push(bytes);
            return;
        };
        let (path, index, is_there) = self.seek(&tree, &bytes, place);
        if is_there {
            return;
        }
        let parts = [&bytes[..]];
        let cell = Cell {
            parts: &parts,
            size: bytes.len() as u32,
            tag: self.tag(&bytes),
            key: tree.key_of(&self.frames, &bytes),
            bytes: text::size_of_cell(&self.frames, self.order, &bytes),
            large_count: 0,
        };
        let plan = tree.plan(&self.frames, &path, index, &cell);
        assert!(self.frames.fits(&plan.needs), "the test has room");
        let before = self.frames.used_bytes();
        tree.insert(&mut self.frames, &path, index, &cell, &plan);
        if plan.is_free() {
            assert_eq!(self.frames.used_bytes(), before, "what needs nothing takes nothing");
        }
        self.tree = Some(tree);
        self.model.insert(place, bytes);
    }

    fn first(&mut self, bytes: &[u8]) -> Tree {
        let size = NODE_HEADER_SIZE + EMPTY_SIZE + bytes.len() as u32 + 3;
        let root = self.frames.allocate(self.frames.class_of(size));
        *node::header_mut(&mut self.frames, root) = node::Header::leaf(self.order, 0, self.owner);
        let tag = self.tag(bytes);
        let page = PageAt::of_leaf(&self.frames, root);
        page.empty(&mut self.frames, self.order).insert(0, tag, &[bytes]);
        Tree { root, order: self.order, owner: self.owner, hash_key: HASH_KEY }
    }

    fn remove(&mut self) {
        let Some(mut tree) = self.tree else { return };
        let place = self.random.below(self.model.len() as u64) as usize;
        let bytes = self.model.remove(place);
        let (path, index, is_there) = self.seek(&tree, &bytes, place);
        assert!(is_there || self.order == Order::List, "what was put in is found");
        assert_eq!(path.page(&self.frames, self.order).cell(index), bytes);
        let is_left = tree.remove(&mut self.frames, &path, index);
        assert_eq!(is_left, !self.model.is_empty());
        self.tree = is_left.then_some(tree);
    }

    /// Takes out what the tree has first.
    fn remove_first(&mut self) {
        let mut tree = self.tree.expect("there are elements");
        let path = tree.first_leaf(&self.frames);
        let bytes = path.page(&self.frames, self.order).cell(0).to_vec();
        let place = self.model.iter().position(|old| *old == bytes).expect("it was put in");
        self.model.remove(place);
        let is_left = tree.remove(&mut self.frames, &path, 0);
        self.tree = is_left.then_some(tree);
    }

    /// Every class moves one of its slots into a free one, as compaction does.
    fn shuffle(&mut self) {
        for class in self.frames.classes().clone().all() {
            let slot_count = self.frames.slot_count(class);
            if slot_count == 0 || !self.frames.fits_slot(class) {
                continue;
            }
            let index = self.random.below(slot_count);
            let Some(from) = self.frames.live_slot(class, index) else { continue };
            if self.frames.kind(from) >= kind::OBJECT_MIN {
                continue;
            }
            let to = self.frames.allocate(class);
            self.frames.copy_slot(class, from, to);
            if let Some((owner, order)) = moved_node(&mut self.frames, from, to) {
                assert_eq!((owner, order), (self.owner, self.order));
                self.tree.as_mut().expect("a root has a tree").root = to;
            }
            self.frames.free(class, from);
        }
    }

    fn check(&self) {
        let Some(tree) = self.tree else {
            assert!(self.model.is_empty());
            return;
        };
        let found = tree.check(&self.frames);
        assert_eq!(found.count, self.model.len() as u64);
        assert_eq!(tree.totals(&self.frames), (found.count, found.bytes));
        let mut cursor = {
            let (path, index) = tree.seek_rank(&self.frames, 0);
            Cursor { path, index }
        };
        let mut all = Vec::new();
        while let Some(cell) = cursor.cell(&self.frames, &tree) {
            assert_eq!(tree.rank_of(&self.frames, &cursor.path) as usize + cursor.index, all.len());
            all.push(cell.to_vec());
            cursor.advance(&self.frames, &tree);
        }
        let mut back = Vec::new();
        while cursor.retreat(&self.frames, &tree) {
            back.push(cursor.cell(&self.frames, &tree).expect("an element").to_vec());
        }
        back.reverse();
        assert_eq!(all, back, "the same both ways");
        let mut expected = self.model.clone();
        if self.order.is_hashed() {
            expected.sort_unstable();
            all.sort_unstable();
        }
        assert_eq!(all, expected);
    }
}

/// Bytes of the slots of all nodes.
fn slot_bytes(frames: &Frames, at: Ref) -> u64 {
    let own = u64::from(frames.class_size(frames.class_at(at)));
    if header(frames, at).is_leaf() {
        return own;
    }
    own + children(frames, at).iter().map(|child| slot_bytes(frames, child.at)).sum::<u64>()
}

fn sorted_key(cell: &[u8]) -> (u64, Vec<u8>) {
    let Item::Bytes(name) = Order::Sorted.name(cell) else { unreachable!() };
    (score_key(score(Order::Sorted, cell)), name.to_vec())
}

#[test]
fn trees_are_lists_that_are_found_fast() {
    for order in Order::ALL {
        for seed in 0..12 {
            let mut world = World::new(order, seed);
            let empty = world.frames.used_bytes();
            for phase in 0..6 {
                let grows = phase % 2 == 0;
                for step in 0..600 {
                    if world.random.below(10) < if grows { 8 } else { 3 } {
                        world.insert();
                    } else if !world.model.is_empty() {
                        world.remove();
                    }
                    world.shuffle();
                    if step % 40 == 0 {
                        world.check();
                    }
                }
            }
            while !world.model.is_empty() {
                world.remove();
                world.shuffle();
            }
            world.check();
            assert_eq!(world.frames.used_bytes(), empty, "{order:?}: all is given back");
        }
    }
}

/// Where an element fills half a leaf, leaves become empty beside full ones, and go by themselves.
#[test]
fn first_leaves_may_go() {
    for order in [Order::Set, Order::Sorted] {
        let mut world = World::new(order, 3);
        world.text_size_min = 1_000;
        for round in 0..4 {
            while world.model.len() < 900 {
                world.insert();
            }
            world.check();
            while world.model.len() > 40 {
                if round % 2 == 0 {
                    world.remove();
                } else {
                    world.remove_first();
                }
                if world.model.len().is_multiple_of(20) {
                    world.check();
                }
            }
        }
    }
}

/// What stays of a tree after any history is hardly more than the same loaded in order.
#[test]
fn trees_have_no_history() {
    for order in Order::ALL {
        let mut world = World::new(order, 99);
        for _ in 0..20_000 {
            world.insert();
        }
        while world.model.len() > 6_000 {
            world.remove();
        }
        for _ in 0..20_000 {
            if world.random.below(2) == 0 {
                world.insert();
            } else {
                world.remove();
            }
        }
        world.check();
        let tree = world.tree.expect("elements are left");
        let churned = slot_bytes(&world.frames, tree.root);
        let mut fresh = World::new(order, 7);
        for bytes in &world.model {
            fresh.put(bytes);
        }
        let tree = fresh.tree.expect("elements were put");
        let loaded = slot_bytes(&fresh.frames, tree.root);
        assert!(churned * 100 <= loaded * 105, "{order:?}: {churned} and {loaded} bytes");
    }
}

/// A tree that goes is freed leaf by leaf, while its nodes still move.
#[test]
fn trees_are_freed_in_slices() {
    for order in Order::ALL {
        let mut world = World::new(order, 5);
        let empty = world.frames.used_bytes();
        for _ in 0..5_000 {
            world.insert();
        }
        while world.tree.as_mut().expect("not gone").free_last_leaf(&mut world.frames) {
            world.shuffle();
        }
        assert_eq!(world.frames.used_bytes(), empty);
    }
}

impl World {
    /// Puts a known cell behind all others, or where it belongs.
    fn put(&mut self, bytes: &[u8]) {
        let Some(mut tree) = self.tree else {
            self.tree = Some(self.first(bytes));
            self.model.push(bytes.to_vec());
            return;
        };
        let (path, index, _) = self.seek(&tree, bytes, self.model.len());
        let parts = [bytes];
        let cell = Cell {
            parts: &parts,
            size: bytes.len() as u32,
            tag: self.tag(bytes),
            key: tree.key_of(&self.frames, bytes),
            bytes: text::size_of_cell(&self.frames, self.order, bytes),
            large_count: 0,
        };
        let plan = tree.plan(&self.frames, &path, index, &cell);
        assert_eq!(plan.needs.frame_count(), 0, "a tree is made of slots");
        tree.insert(&mut self.frames, &path, index, &cell, &plan);
        self.tree = Some(tree);
        self.model.push(bytes.to_vec());
    }
}

#[test]
fn a_search_from_any_guess_finds_the_same() {
    let items: Vec<u32> = (0..40).map(|index| index / 3 * 2).collect();
    for count in 0..=items.len() {
        for bound in 0..30 {
            let is_before = |item: &u32| *item < bound;
            let expected = items[..count].partition_point(is_before);
            for guess in 0..=count {
                let found = seek::partition_point_near(&items[..count], guess, is_before);
                assert_eq!(found, expected, "{count} items, {bound} from {guess}");
            }
        }
    }
}
