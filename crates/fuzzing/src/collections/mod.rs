//! Collections as commands see them, by structured steps: the first byte chooses the kind, the
//! memory and whether everything moves after every step; each further four bytes are a step on one
//! of two keys. `naive` is the judge: what should be there, and which walks have to meet whom.
//!
//! Keeps true: what was refused has changed nothing, and at the end all memory is given back.
mod naive;
mod step;

use granite_engine::clock::Now;
use granite_engine::limits::Limits;
use granite_engine::resp::request::Value;
use granite_engine::store::{Fresh, Key, Order, Place, Store, StoreFull};
use naive::{Naive, Pair};
use step::{Deed, Step};

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_000_000_000 };

/// Names of the keys; the second one leaves no room for a page behind it.
const KEY_SIZES: [usize; 2] = [3, 7_900];

/// Elements of a collection at most, so that the naive one keeps up.
const ELEMENT_COUNT_MAX: usize = 2_000;
const STEP_COUNT_MAX: usize = 250;

/// What an input is about.
struct World {
    store: Store,
    order: Order,
    names: [Vec<u8>; 2],
    naive: [Naive; 2],
    is_shuffled: bool,
}

pub(crate) fn run(data: &[u8]) {
    let Some((world, steps)) = data.split_first() else { return };
    let mut world = World::new(*world);
    let empty = world.store.used_bytes();
    for bytes in steps.chunks_exact(4).take(STEP_COUNT_MAX) {
        world.take(&Step::of([bytes[0], bytes[1], bytes[2], bytes[3]], world.order));
        if world.is_shuffled {
            world.store.shuffle();
        }
        world.store.turn(NOW, 1);
    }
    world.check();
    (0..world.names.len()).for_each(|which| world.delete(which));
    world.store.pay_slice(u32::MAX);
    world.check();
    assert_eq!(world.store.used_bytes(), empty, "all is given back");
}

impl World {
    fn new(byte: u8) -> Self {
        let order = [Order::List, Order::Set, Order::Hash, Order::Sorted][usize::from(byte % 4)];
        let frame_count = [6, 10, 16, 60][usize::from(byte / 4 % 4)];
        let limits = Limits {
            keys_max: 100,
            data_bytes: frame_count * (64 << 10) + 20_000,
            frame_size: 64 << 10,
            ..Limits::tiny()
        };
        Self {
            store: Store::new(&limits, [byte / 32; 16], u64::from(byte)),
            order,
            names: KEY_SIZES.map(|size| vec![b'k'; size]),
            naive: [Naive::new(order), Naive::new(order)],
            is_shuffled: byte & 16 != 0,
        }
    }

    fn take(&mut self, step: &Step) {
        let which = step.which;
        let count = self.naive[which].count();
        match step.deed {
            Deed::Put(count) => self.put(which, step, count),
            Deed::Check => self.check(),
            _ if count == 0 => {}
            Deed::Take(run) => self.remove(which, step.place % count, run),
            Deed::Replace => self.replace(which, step),
            Deed::Carry => self.carry(which, step),
            Deed::Copy => self.copy(which),
            Deed::Delete => self.delete(which),
            Deed::Scan(step_count) => {
                let key = self.store.key(0, &self.names[which]);
                self.naive[which].scan(&mut self.store, NOW, &key, step_count);
            }
        }
    }

    /// Puts new elements in: one by itself, several as a command with several does.
    fn put(&mut self, which: usize, step: &Step, count: usize) {
        let naive = &mut self.naive[which];
        let room_count = ELEMENT_COUNT_MAX.saturating_sub(naive.count());
        let mut pairs: Vec<Pair> = Vec::new();
        for pair in (0..count.min(room_count)).map(|index| step.pair(index)) {
            // Short names are the same ones again.
            let is_new = !naive.has(&pair.name) && pairs.iter().all(|old| old.name != pair.name);
            if self.order == Order::List || is_new {
                pairs.push(pair);
            }
        }
        if pairs.is_empty() {
            return;
        }
        let place = step.place % (naive.count() + 1);
        let key = self.store.key(0, &self.names[which]);
        if pairs.len() > 1 {
            let all = pairs.iter().map(|pair| fresh(&self.store, self.order, pair));
            let all: Vec<Fresh<'_>> = all.collect();
            if is_refused(self.store.reserve_elements(NOW, &key, self.order, all.into_iter())) {
                return;
            }
        }
        for (index, pair) in pairs.iter().enumerate() {
            let at = match self.order {
                Order::List => Place::Rank((place + index) as u64),
                _ => Place::Own,
            };
            let fresh = fresh(&self.store, self.order, pair);
            let put = match self.order {
                Order::Set | Order::Hash => {
                    self.store.put_named(NOW, &key, self.order, &fresh).map(|is_new| {
                        assert!(is_new, "the name was not there");
                    })
                }
                _ => self.store.put_element(NOW, &key, self.order, at, &fresh),
            };
            assert!(pairs.len() == 1 || put.is_ok(), "room was made for all: {put:?}");
            if is_refused(put) {
                return;
            }
            naive.put(place + index, pair.clone());
        }
        if pairs.len() > 1 {
            self.store.settle_collection(&key);
        }
    }

    /// Takes elements out, from one on: a run of a list at once, others by their names.
    fn remove(&mut self, which: usize, place: usize, run: usize) {
        let key = self.store.key(0, &self.names[which]);
        let taken = self.naive[which].take(place, run);
        if self.order == Order::List {
            self.store.take_run(&key, place as u64, taken.len() as u64);
            return;
        }
        for pair in taken {
            let hash = self.store.name_hash(&pair.name);
            assert!(self.store.take_named(&key, &pair.name, hash), "what was put is there");
            // With the last element the key went.
        }
    }

    /// Another element in the place of a list; another value, or another score, of a name.
    fn replace(&mut self, which: usize, step: &Step) {
        let naive = &mut self.naive[which];
        let place = step.place % naive.count();
        let key = self.store.key(0, &self.names[which]);
        let mut pair = step.pair(0);
        if self.order != Order::List {
            pair.name = naive.name_at(place);
        }
        let fresh = fresh(&self.store, self.order, &pair);
        let replaced = match self.order {
            Order::List => self.store.replace_ranked(NOW, &key, place as u64, &fresh),
            Order::Hash => self.store.put_named(NOW, &key, self.order, &fresh).map(|is_new| {
                assert!(!is_new, "the field was there");
                self.store.settle_collection(&key);
            }),
            Order::Sorted => {
                let hash = self.store.name_hash(&pair.name);
                let entry = self.store.peek(&key).expect("it has members");
                let standing = self.store.standing(entry, &pair.name, hash).expect("it is there");
                self.store.set_score(NOW, &key, &standing, &pair.name, pair.score)
            }
            _ => return,
        };
        if !is_refused(replaced) {
            naive.replace(place, pair);
        }
    }

    /// An element of a list goes to the other list, or to another place of the same one.
    fn carry(&mut self, which: usize, step: &Step) {
        if self.order != Order::List {
            return;
        }
        let to = if step.is_same { which } else { 1 - which };
        let (from_count, to_count) = (self.naive[which].count(), self.naive[to].count());
        let (rank, place) = (step.place % from_count, step.number % (to_count + 1));
        let [source, target] = [which, to].map(|which| self.store.key(0, &self.names[which]));
        let carried =
            self.store.carry_element(NOW, (&source, rank as u64), (&target, place as u64));
        if !is_refused(carried) {
            let mut taken = self.naive[which].take(rank, 1);
            let moved_up = which == to && place > rank;
            let pair = taken.pop().expect("an element was there");
            self.naive[to].put(place - usize::from(moved_up), pair);
        }
    }

    /// One collection over the other.
    fn copy(&mut self, which: usize) {
        let to = 1 - which;
        self.delete(to);
        let [source, target] = [which, to].map(|which| self.store.key(0, &self.names[which]));
        if !is_refused(self.store.copy(NOW, &source, &target)) {
            self.naive[to] = self.naive[which].twin();
        }
    }

    fn delete(&mut self, which: usize) {
        let key: Key<'_> = self.store.key(0, &self.names[which]);
        let is_there = self.naive[which].count() > 0;
        assert_eq!(self.store.delete(NOW, &key), is_there, "a key for a collection");
        self.naive[which] = Naive::new(self.order);
    }

    fn check(&mut self) {
        self.store.check();
        for (naive, name) in self.naive.iter().zip(&self.names) {
            let key = self.store.key(0, name);
            naive.check(&mut self.store, NOW, &key);
        }
    }
}

fn fresh<'a>(store: &Store, order: Order, pair: &'a Pair) -> Fresh<'a> {
    Fresh {
        name: Value::Bytes(&pair.name),
        hash: (order != Order::List).then(|| store.name_hash(&pair.name)),
        value: (order == Order::Hash).then_some(Value::Bytes(&pair.value)),
        score: (order == Order::Sorted).then_some(pair.score),
    }
}

/// Was there no room? Nothing else is a reason.
fn is_refused(result: Result<(), StoreFull>) -> bool {
    if let Err(full) = result {
        assert!(matches!(full, StoreFull::Data | StoreFull::Later), "{full:?}");
    }
    result.is_err()
}
