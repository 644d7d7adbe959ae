//! The engine's inner parts by themselves: parser, lookup, slabs, wheel. `cargo bench -p
//! granite-bench`; a sample is a batch, and the items are what counts.
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use granite_engine::clock::Now;
use granite_engine::limits::Limits;
use granite_engine::memory::blocks::Span;
use granite_engine::memory::frames::{Frames, Ref};
use granite_engine::random::Random;
use granite_engine::resp::grammar::Bounds;
use granite_engine::resp::parse::parse;
use granite_engine::resp::request::Value;
use granite_engine::store::wheel::{Wheel, set_deadline};
use granite_engine::store::{Expiry, Store};

/// Things done in one sample: the clock is looked at twice for all of them.
const BATCH: usize = 1_000;

/// Keys in the store: more than the caches hold.
const KEY_COUNT: u64 = 1_000_000;

/// Where the wall clock stands.
const NOW_MS: i64 = 1_790_000_000_000;

fn main() {
    divan::main();
}

fn parse_all(bencher: Bencher<'_, '_>, request: &[u8]) {
    let bytes = request.repeat(BATCH);
    let bounds = Bounds { arguments_max: 1_000, bulk_size_max: 1 << 20, authenticated: true };
    let mut spans = [Span { start: 0, size: 0 }; 8];
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        let mut start = 0;
        while let Some(parsed) = parse(black_box(&bytes), start, &mut spans, &bounds) {
            start = parsed.end;
        }
        assert_eq!(start as usize, bytes.len());
    });
}

#[divan::bench]
fn parser_get(bencher: Bencher<'_, '_>) {
    parse_all(bencher, b"*2\r\n$3\r\nGET\r\n$16\r\nkey:000000000042\r\n");
}

#[divan::bench]
fn parser_set_64(bencher: Bencher<'_, '_>) {
    let mut request = b"*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$64\r\n".to_vec();
    request.extend([b'x'; 64]);
    request.extend(b"\r\n");
    parse_all(bencher, &request);
}

fn now() -> Now {
    Now { monotonic_ms: 1, unix_us: NOW_MS.cast_unsigned() * 1_000 }
}

fn name(number: u64) -> String {
    format!("key:{number:012}")
}

/// A store whose keys are the even numbers below twice their count.
fn store() -> Store {
    let limits = Limits { keys_max: KEY_COUNT, data_bytes: 256 << 20, ..Limits::tiny() };
    let mut store = Store::new(&Limits { frame_size: 64 << 10, ..limits }, [7; 16], 1);
    for number in 0..KEY_COUNT {
        let name = name(number * 2);
        let key = store.key(0, name.as_bytes());
        let kept = store.set(now(), &key, Value::Bytes(&[b'x'; 64]), Expiry::Clear);
        assert!(kept.is_ok(), "the store has room");
    }
    store
}

/// Reads keys that are all there, or all not, each time others.
fn read_all(bencher: Bencher<'_, '_>, offset: u64) {
    let (mut store, mut random) = (store(), Random::new(2));
    let mut names = || -> Vec<String> {
        (0..BATCH).map(|_| name(random.below(KEY_COUNT) * 2 + offset)).collect()
    };
    bencher.counter(ItemsCount::new(BATCH)).with_inputs(&mut names).bench_local_values(|names| {
        for name in &names {
            let key = store.key(0, name.as_bytes());
            assert_eq!(store.read(now(), &key, false).is_some(), offset == 0);
        }
        names
    });
}

#[divan::bench]
fn lookup_present(bencher: Bencher<'_, '_>) {
    read_all(bencher, 0);
}

#[divan::bench]
fn lookup_absent(bencher: Bencher<'_, '_>) {
    read_all(bencher, 1);
}

/// Frames with room for a batch, and the slots of one.
fn frames() -> (Frames, Vec<Ref>) {
    (Frames::new(64, 64 << 10), Vec::with_capacity(BATCH))
}

/// Slots are taken and given back, which leaves holes that the next batch fills.
#[divan::bench(args = [32, 128, 1024])]
fn slab_take_and_give_back(bencher: Bencher<'_, '_>, size: u32) {
    let (mut frames, mut slots) = frames();
    let class = frames.class_of(size);
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for _ in 0..BATCH {
            let at = frames.allocate(class);
            frames.bytes_mut(at, 1)[0] = 0x10;
            slots.push(at);
        }
        for at in slots.drain(..) {
            frames.free(class, at);
        }
    });
}

/// Objects with deadlines in the next hour are linked and taken out again.
#[divan::bench]
fn wheel_link_and_unlink(bencher: Bencher<'_, '_>) {
    let (mut frames, mut slots) = frames();
    let (mut wheel, mut random) = (Wheel::new(NOW_MS), Random::new(3));
    let class = frames.class_of(32);
    for _ in 0..BATCH {
        let at = frames.allocate(class);
        frames.bytes_mut(at, 1)[0] = 0x10;
        set_deadline(&mut frames, at, NOW_MS + random.below(3_600_000).cast_signed());
        slots.push(at);
    }
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for &at in &slots {
            wheel.link(&mut frames, at);
        }
        for &at in &slots {
            wheel.unlink(&mut frames, at);
        }
    });
}

/// Objects that are all due are found and taken out.
#[divan::bench]
fn wheel_fire(bencher: Bencher<'_, '_>) {
    let (mut frames, mut slots) = frames();
    let (mut wheel, mut random) = (Wheel::new(NOW_MS), Random::new(4));
    let class = frames.class_of(32);
    slots.extend((0..BATCH).map(|_| frames.allocate(class)));
    let mut start_ms = NOW_MS;
    bencher.counter(ItemsCount::new(BATCH)).bench_local(|| {
        for &at in &slots {
            let deadline_ms = start_ms + random.below(1_000).cast_signed();
            set_deadline(&mut frames, at, deadline_ms);
            wheel.link(&mut frames, at);
        }
        start_ms += 1_000;
        let mut work = u32::MAX;
        while let Some(at) = wheel.next_due(&mut frames, start_ms, &mut work) {
            wheel.unlink(&mut frames, at);
        }
        assert_eq!(wheel.count(), 0, "all were due");
    });
}
