//! Collections by themselves, through the store: elements found, put in and taken out. `cargo bench
//! -p granite-bench --bench collections`; a sample is a batch, and the items are what counts.
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use granite_engine::clock::Now;
use granite_engine::limits::Limits;
use granite_engine::random::Random;
use granite_engine::resp::request::Value;
use granite_engine::store::{Fresh, Order, Place, Store};

/// Things done in one sample: the clock is looked at twice for all of them.
const BATCH: usize = 1_000;

/// Elements: a page, a tree of few leaves, and one beyond the caches.
const COUNTS: [u64; 3] = [100, 10_000, 1_000_000];

const NOW: Now = Now { monotonic_ms: 1, unix_us: 1_790_000_000_000_000 };

fn main() {
    divan::main();
}

/// The member or field with this number, 16 bytes.
fn name(number: u64) -> String {
    format!("member:{number:09}")
}

/// One whose order is not that of its name.
fn score(number: u64) -> f64 {
    f64::from((number.wrapping_mul(7_919) % 1_000_003) as u32) + 0.5
}

/// A store with one collection, `key`, of the even numbers below twice their count.
struct World {
    store: Store,
    order: Order,
    count: u64,
    random: Random,
}

impl World {
    fn new(order: Order, count: u64) -> Self {
        let limits = Limits { keys_max: 1_000, data_bytes: 512 << 20, ..Limits::tiny() };
        let limits = Limits { frame_size: 64 << 10, ..limits };
        let store = Store::new(&limits, [7; 16], 1);
        let mut world = Self { store, order, count, random: Random::new(2) };
        for number in 0..count {
            world.put(number * 2);
        }
        world
    }

    fn put(&mut self, number: u64) {
        let name = name(number);
        let key = self.store.key(0, b"key");
        let is_list = self.order == Order::List;
        let fresh = Fresh {
            name: Value::Bytes(name.as_bytes()),
            hash: (!is_list).then(|| self.store.name_hash(name.as_bytes())),
            value: (self.order == Order::Hash).then_some(Value::Bytes(b"12345678")),
            score: (self.order == Order::Sorted).then(|| score(number)),
        };
        let place = match self.store.find(NOW, &key) {
            Some(entry) if is_list => Place::Rank(self.store.element_count(entry)),
            _ if is_list => Place::Rank(0),
            _ => Place::Own,
        };
        let put = self.store.put_element(NOW, &key, self.order, place, &fresh);
        assert!(put.is_ok(), "the store has room");
    }

    fn take(&mut self, number: u64) {
        let name = name(number);
        let key = self.store.key(0, b"key");
        let hash = self.store.name_hash(name.as_bytes());
        assert!(self.store.take_named(&key, name.as_bytes(), hash), "it was put in");
    }

    fn numbers(&mut self) -> Vec<u64> {
        (0..BATCH).map(|_| self.random.below(self.count) * 2).collect()
    }
}

fn find(bencher: Bencher<'_, '_>, order: Order, count: u64) {
    let mut world = World::new(order, count);
    let names: Vec<String> = world.numbers().into_iter().map(name).collect();
    let key = world.store.key(0, b"key");
    let entry = world.store.find(NOW, &key).expect("it was made");
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for name in &names {
            let hash = world.store.name_hash(name.as_bytes());
            let element = world.store.element(entry, black_box(name.as_bytes()), hash);
            assert!(element.is_some(), "it was put in");
        }
    });
}

/// Odd numbers come and go.
fn come_and_go(bencher: Bencher<'_, '_>, order: Order, count: u64) {
    let mut world = World::new(order, count);
    let mut numbers = world.numbers();
    numbers.sort_unstable();
    numbers.dedup();
    bencher.counter(ItemsCount::new(2 * numbers.len())).bench_local(|| {
        for number in &numbers {
            world.put(number + 1);
        }
        for number in &numbers {
            world.take(number + 1);
        }
        world.store.turn(NOW, BATCH as u32);
    });
}

#[divan::bench(args = COUNTS)]
fn hash_find(bencher: Bencher<'_, '_>, count: u64) {
    find(bencher, Order::Hash, count);
}

#[divan::bench(args = COUNTS)]
fn hash_come_and_go(bencher: Bencher<'_, '_>, count: u64) {
    come_and_go(bencher, Order::Hash, count);
}

#[divan::bench(args = COUNTS)]
fn set_find(bencher: Bencher<'_, '_>, count: u64) {
    find(bencher, Order::Set, count);
}

#[divan::bench(args = COUNTS)]
fn sorted_find(bencher: Bencher<'_, '_>, count: u64) {
    find(bencher, Order::Sorted, count);
}

#[divan::bench(args = COUNTS)]
fn sorted_come_and_go(bencher: Bencher<'_, '_>, count: u64) {
    come_and_go(bencher, Order::Sorted, count);
}

#[divan::bench(args = COUNTS)]
fn sorted_rank(bencher: Bencher<'_, '_>, count: u64) {
    let mut world = World::new(Order::Sorted, count);
    let names: Vec<String> = world.numbers().into_iter().map(name).collect();
    let key = world.store.key(0, b"key");
    let entry = world.store.find(NOW, &key).expect("it was made");
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for name in &names {
            let hash = world.store.name_hash(name.as_bytes());
            let rank = world.store.rank_of_name(entry, black_box(name.as_bytes()), hash);
            assert!(rank.is_some(), "it was put in");
        }
    });
}

#[divan::bench(args = COUNTS)]
fn list_walk(bencher: Bencher<'_, '_>, count: u64) {
    let mut world = World::new(Order::List, count);
    let key = world.store.key(0, b"key");
    let entry = world.store.find(NOW, &key).expect("it was made");
    bencher.counter(ItemsCount::new(count)).bench_local(|| {
        world.store.elements(entry, 0, false).map(|element| element.name().size()).sum::<u64>()
    });
}

/// Elements are put behind the last one and taken from before the first.
#[divan::bench(args = COUNTS)]
fn list_as_queue(bencher: Bencher<'_, '_>, count: u64) {
    let mut world = World::new(Order::List, count);
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for number in 0..BATCH as u64 {
            world.put(number);
            let key = world.store.key(0, b"key");
            assert!(world.store.take_ranked(&key, 0), "a list has a first element");
        }
        world.store.turn(NOW, BATCH as u32);
    });
}
