//! The wheel against a plain map of deadlines: objects that come, go, move and are postponed, and
//! a clock that jumps.
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{EXTENSION_END, Frames, Ref, Wheel, deadline, set_deadline};
use crate::random::Random;
use std::collections::BTreeMap;
use std::vec::Vec;

const START: i64 = 1_790_000_000_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A wheel with its objects: each a slot whose bytes 4..8 hold its number.
struct World {
    frames: Frames,
    wheel: Wheel,
    random: Random,
    now: i64,
    objects: BTreeMap<u32, (Ref, i64)>,
    next_number: u32,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            frames: Frames::new(16, 32 << 10),
            wheel: Wheel::new(START),
            random: Random::new(seed),
            now: START,
            objects: BTreeMap::new(),
            next_number: 0,
        }
    }

    fn slot(&mut self) -> Ref {
        let class = self.frames.class_of(EXTENSION_END);
        let at = self.frames.allocate(class);
        self.frames.bytes_mut(at, 1)[0] = 0x10;
        at
    }

    fn free(&mut self, at: Ref) {
        let class = self.frames.class_of(EXTENSION_END);
        self.frames.bytes_mut(at, 28)[4..].fill(0xDE);
        self.frames.free(class, at);
    }

    fn add(&mut self, deadline_ms: i64) -> u32 {
        let (number, at) = (self.next_number, self.slot());
        self.next_number += 1;
        self.frames.bytes_mut(at, 8)[4..].copy_from_slice(&number.to_le_bytes());
        set_deadline(&mut self.frames, at, deadline_ms);
        self.wheel.link(&mut self.frames, at);
        self.objects.insert(number, (at, deadline_ms));
        number
    }

    fn remove(&mut self, number: u32) {
        let (at, _) = self.objects.remove(&number).unwrap();
        self.wheel.unlink(&mut self.frames, at);
        self.free(at);
    }

    fn change(&mut self, number: u32, deadline_ms: i64) {
        let entry = self.objects.get_mut(&number).unwrap();
        self.wheel.set_deadline(&mut self.frames, entry.0, deadline_ms);
        entry.1 = deadline_ms;
    }

    fn move_object(&mut self, number: u32) {
        let (old, new) = (self.objects[&number].0, self.slot());
        let class = self.frames.class_of(EXTENSION_END);
        self.frames.copy_slot(class, old, new);
        self.wheel.relinked(&mut self.frames, old, new);
        self.objects.get_mut(&number).unwrap().0 = new;
        self.free(old);
    }

    /// Takes out what `next_due` offers for `work`, and says how much of it was used.
    fn advance(&mut self, now: i64, work: u32) -> u32 {
        self.now = now;
        let mut left = work;
        while let Some(at) = self.wheel.next_due(&mut self.frames, now, &mut left) {
            let number = u32::from_le_bytes(self.frames.bytes(at, 8)[4..].try_into().unwrap());
            assert_eq!(self.objects[&number].0, at);
            assert!(self.objects[&number].1 <= now, "reported before its time");
            self.remove(number);
        }
        work - left
    }

    fn check(&self) {
        assert_eq!(self.wheel.count(), self.objects.len() as u64);
        let nearest = self.objects.values().map(|object| object.1).min();
        match (self.wheel.next_deadline(), nearest) {
            (None, None) => {}
            (Some(bound), Some(nearest)) => {
                // After a step back of the clock, the position follows only with the next call.
                assert!(bound <= nearest || nearest <= self.now, "would oversleep");
            }
            other => panic!("{other:?}"),
        }
    }

    fn some_deadline(&mut self) -> i64 {
        let reach = 1_i64 << self.random.below(46);
        match self.random.below(40) {
            0 => i64::MAX,
            1 => i64::MAX - self.random.below(1 << 50).cast_signed(),
            2 => i64::MIN + self.random.below(1 << 50).cast_signed(),
            3 => self.now - self.random.below(5_000).cast_signed(),
            _ => self.now + self.random.below(reach.cast_unsigned()).cast_signed(),
        }
    }

    fn step(&mut self) {
        let pick = (!self.objects.is_empty()).then(|| {
            let nth = self.random.below(self.objects.len() as u64) as usize;
            *self.objects.keys().nth(nth).unwrap()
        });
        match (self.random.below(16), pick) {
            (0..=5, _) if self.objects.len() < 800 => {
                let deadline_ms = self.some_deadline();
                self.add(deadline_ms);
            }
            (6, Some(number)) => self.remove(number),
            (7..=9, Some(number)) => {
                let deadline_ms = self.some_deadline();
                self.change(number, deadline_ms);
            }
            (10..=11, Some(number)) => self.move_object(number),
            (12, Some(_)) => {
                let at = self.wheel.soonest(&mut self.frames).unwrap();
                let number = u32::from_le_bytes(self.frames.bytes(at, 8)[4..].try_into().unwrap());
                assert_eq!(self.objects[&number].0, at);
            }
            (13, _) => {
                // A slice of work only: what is left must be visible as work.
                let now = self.some_time();
                let used = self.advance(now, 3);
                assert!(used <= 3);
                let overdue = self.objects.values().any(|object| object.1 <= now);
                assert!(!overdue || self.wheel.has_work(now));
            }
            (14..=15, _) => {
                let now = self.some_time();
                self.advance(now, u32::MAX);
                assert!(self.objects.values().all(|object| object.1 > now), "all due are gone");
                assert!(!self.wheel.has_work(now));
            }
            _ => {}
        }
        self.check();
    }

    /// Mostly small steps; now and then years, back, or the ends of time.
    fn some_time(&mut self) -> i64 {
        let reach = (1_i64 << self.random.below(24)).cast_unsigned();
        let step = self.random.below(reach).cast_signed();
        match self.random.below(60) {
            0 => self.now - step - 1,
            1 => self.now.saturating_sub(DAY * 365 * 12),
            2 => self.now.saturating_add(DAY * 365 * 50).min(START * 4),
            3 => START,
            4 => 0,
            5 => -step,
            _ => self.now.saturating_add(step),
        }
    }
}

#[test]
fn deadlines_are_kept_whatever_the_clock_does() {
    for seed in 1..=12 {
        let mut world = World::new(seed);
        for _ in 0..10_000 {
            world.step();
        }
        assert!(world.next_number > 2_000);
        let end = START * 50;
        world.advance(end, u32::MAX);
        let far = world.objects.values().filter(|object| object.1 > end).count();
        assert_eq!(world.objects.len(), far, "only what is thousands of years away is left");
        let numbers: Vec<u32> = world.objects.keys().copied().collect();
        for number in numbers {
            world.remove(number);
        }
        assert_eq!(world.wheel.next_deadline(), None);
        assert_eq!(world.wheel.count(), 0);
    }
}

/// Sleeping until `next_deadline` meets every deadline to the millisecond, in a few wakes.
#[test]
fn sleep_is_exact() {
    let mut world = World::new(9);
    let mut random = Random::new(10);
    for bits in 0..45 {
        let due = world.now + (1_i64 << bits) + random.below(1 << bits).cast_signed();
        world.add(due);
        let mut wake_count = 0;
        while !world.objects.is_empty() {
            let wake = world.wheel.next_deadline().unwrap();
            assert!(wake > world.now && wake <= due);
            let now = wake;
            world.advance(now, u32::MAX);
            wake_count += 1;
        }
        assert_eq!(world.now, due, "to the millisecond");
        assert!(wake_count <= 64, "{wake_count} wakes for 2^{bits} ms");
    }
}

/// A session that is refreshed all the time is looked at once for each old deadline, at most.
#[test]
fn postponing_costs_nothing() {
    let mut world = World::new(11);
    let number = world.add(world.now + 30_000);
    for _ in 0..10_000 {
        let now = world.now + 10;
        let used = world.advance(now, u32::MAX);
        assert!(used <= 5);
        world.change(number, now + 30_000);
    }
    assert_eq!(world.objects.len(), 1);
    let used = world.advance(world.now + 30_000, u32::MAX);
    assert!(used <= 8, "{used}");
    assert!(world.objects.is_empty());
}

/// A year without deadlines is no work, and neither is one with a single deadline.
#[test]
fn empty_time_costs_nothing() {
    let mut world = World::new(12);
    assert_eq!(world.advance(START + 365 * DAY, 100), 0);
    world.add(world.now + 300 * DAY);
    assert!(world.advance(START + 20 * 365 * DAY, 100) <= 10);
    assert!(world.objects.is_empty());
}

/// A thousand objects in one slot are linked again, then reported, in slices that are all used up.
#[test]
fn slices_of_work_get_through() {
    let mut world = World::new(13);
    for index in 0..1_000 {
        world.add(START + 60_000 + index % 50);
    }
    let now = START + 60_100;
    let mut slice_count = 0;
    while world.wheel.has_work(now) {
        assert!(world.advance(now, 10) <= 10);
        slice_count += 1;
        assert!(slice_count < 400, "work does not end");
    }
    assert!(world.objects.is_empty());
}

#[test]
fn soonest_is_near() {
    let mut world = World::new(14);
    let near = world.add(START + 5_000);
    for index in 0..500 {
        world.add(START + 10_000_000 + index * 1_000);
    }
    // Postponed ones, which still lie in near slots, do not hide it for long.
    for index in 0..100 {
        let number = world.add(START + 20 + index);
        world.change(number, START + 90 * DAY);
    }
    let mut found = false;
    for _ in 0..10 {
        let at = world.wheel.soonest(&mut world.frames).unwrap();
        found |= at == world.objects[&near].0;
        assert!(deadline(&world.frames, at) <= START + 90 * DAY);
    }
    assert!(found);
    let at = world.wheel.soonest(&mut world.frames).unwrap();
    assert_eq!(at, world.objects[&near].0);
    // Within one second of the truth among many in one slot.
    for index in 0..500 {
        world.add(START + 3_000 + index);
    }
    let at = world.wheel.soonest(&mut world.frames).unwrap();
    assert!(deadline(&world.frames, at) < START + 4_096);
}
