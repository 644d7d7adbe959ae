//! Ropes against plain vectors, in too little memory, with pieces that move all the time.
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{
    Frames, HEADER_SIZE, Needs, Owner, PIECE_PAYLOAD_MAX, Position, REFS_PER_TABLE, ROOT_SIZE, Ref,
    Root, child_at, size_max, slot_size,
};
use crate::random::Random;
use std::collections::BTreeMap;
use std::vec;
use std::vec::Vec;

/// Some ropes, each with the bytes it should have. Their owners are staged slots or objects whose
/// reference is the number of the rope, plus one.
struct World {
    frames: Frames,
    random: Random,
    ropes: BTreeMap<u32, (Root, Owner, Vec<u8>)>,
    next_number: u32,
    refused_count: u32,
}

impl World {
    fn new(seed: u64, frame_count: u32, frame_size: u32) -> Self {
        Self {
            frames: Frames::new(frame_count, frame_size),
            random: Random::new(seed),
            ropes: BTreeMap::new(),
            next_number: 0,
            refused_count: 0,
        }
    }

    fn owner(&mut self, number: u32) -> Owner {
        if self.random.below(2) == 0 {
            Owner::Staged(number)
        } else {
            Owner::Object(Ref::from_u32(number + 1))
        }
    }

    fn pick(&mut self) -> Option<u32> {
        let count = self.ropes.len() as u64;
        (count > 0).then(|| {
            let nth = self.random.below(count) as usize;
            *self.ropes.keys().nth(nth).unwrap()
        })
    }

    /// Positions near the borders of pieces and frames are the likely ones.
    fn position(&mut self, size_max: u64) -> u64 {
        let frame_size = u64::from(self.frames.frame_size());
        let unit = match self.random.below(3) {
            0 => u64::from(PIECE_PAYLOAD_MAX),
            1 => frame_size,
            _ => 1,
        };
        let border = self.random.below(size_max / unit + 1) * unit;
        (border + self.random.below(3)).saturating_sub(1).min(size_max)
    }

    fn step(&mut self) {
        let size_max = u64::from(self.frames.frame_size()) * 3;
        match self.random.below(12) {
            0 => {
                let (number, size) = (self.next_number, self.position(size_max));
                self.next_number += 1;
                let owner = self.owner(number);
                self.ropes.insert(number, (Root::EMPTY, owner, vec![0; size as usize]));
            }
            1..=6 => {
                if let Some(number) = self.pick() {
                    let offset = self.position(size_max);
                    let end = self.position(size_max).clamp(offset, offset + 20_000);
                    self.write(number, offset, end);
                }
            }
            7 => {
                if let Some(number) = self.pick() {
                    // Growing alone: a write of nothing at the new end.
                    let size = self.ropes[&number].2.len() as u64;
                    let end = self.position(size_max).max(size);
                    self.write(number, end, end);
                }
            }
            8 => self.copy(),
            9 => {
                if let Some(number) = self.pick() {
                    let owner = self.owner(number);
                    let entry = self.ropes.get_mut(&number).unwrap();
                    entry.0.adopt(&mut self.frames, owner);
                    entry.1 = owner;
                }
            }
            10 => {
                if let Some(number) = self.pick() {
                    self.release(number);
                }
            }
            _ => self.move_everything(),
        }
    }

    fn write(&mut self, number: u32, offset: u64, end: u64) {
        let bytes: Vec<u8> = (offset..end).map(|_| self.random.bits() as u8 | 1).collect();
        let (root, owner, model) = self.ropes.get_mut(&number).unwrap();
        let (old_size, new_size) = (model.len() as u64, end.max(model.len() as u64));
        let mut needs = Needs::NONE;
        root.needs(&self.frames, &mut needs, old_size, new_size, offset..end);
        if !self.frames.fits(&needs) {
            self.refused_count += 1;
            return;
        }
        let before = Usage::of(root, &self.frames);
        root.resize(&mut self.frames, *owner, old_size, new_size);
        root.write(&mut self.frames, *owner, new_size, offset, &bytes);
        model.resize(new_size as usize, 0);
        model[offset as usize..end as usize].copy_from_slice(&bytes);
        let promoted = new_size / u64::from(self.frames.frame_size())
            > old_size / u64::from(self.frames.frame_size());
        let taken = before.taken(&Usage::of(root, &self.frames), promoted, &self.frames);
        assert_eq!(needs, taken, "needs are exact");
        self.check(number);
    }

    fn copy(&mut self) {
        let Some(source) = self.pick() else { return };
        let (root, _, model) = self.ropes[&source].clone();
        let mut needs = Needs::NONE;
        root.copy_needs(&self.frames, &mut needs);
        if !self.frames.fits(&needs) {
            self.refused_count += 1;
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        let owner = self.owner(number);
        let copy = root.copy(&mut self.frames, owner);
        let taken = Usage::default().taken(&Usage::of(&copy, &self.frames), false, &self.frames);
        assert_eq!(needs, taken, "needs are exact");
        self.ropes.insert(number, (copy, owner, model));
        self.check(number);
        self.check(source);
    }

    fn release(&mut self, number: u32) {
        let (mut root, _, _) = self.ropes.remove(&number).unwrap();
        loop {
            let before = root.children().count() as u32 + root.frame_count(&self.frames);
            let budget = self.random.below(4) as u32 + 1;
            let done = root.release_some(&mut self.frames, budget);
            let after = root.children().count() as u32 + root.frame_count(&self.frames);
            assert_eq!(before - after, budget.min(before), "a slice frees what it may");
            if done {
                assert_eq!(root, Root::EMPTY);
                return;
            }
        }
    }

    /// Fills every hole with the last object of its class, as compaction does.
    fn move_everything(&mut self) {
        while let Some(class) = self.frames.indebted_class(true) {
            if self.frames.drop_last_hole(class) {
                continue;
            }
            let last = self.frames.last(class).unwrap();
            let hole = self.frames.take_hole(class);
            self.frames.copy_slot(class, last, hole);
            let (owner, position) = child_at(&self.frames, hole);
            let number = match owner {
                Owner::Object(at) => at.as_u32() - 1,
                Owner::Staged(number) => number,
            };
            let (root, expected, _) = self.ropes.get_mut(&number).unwrap();
            assert_eq!(owner, *expected);
            root.child_moved(position, hole);
            self.frames.bytes_mut(last, 16).fill(0xDE);
            self.frames.drop_last(class);
        }
    }

    fn check(&mut self, number: u32) {
        let size = self.ropes[&number].2.len() as u64;
        let start = self.position(size);
        let end = self.position(size).max(start);
        let (root, _, model) = &self.ropes[&number];
        let chunks: Vec<&[u8]> = root.chunks(&self.frames, size, start..end).collect();
        assert!(chunks.iter().all(|chunk| !chunk.is_empty()));
        assert!(chunks.concat() == model[start as usize..end as usize], "{start}..{end}");
        let mut out = vec![0xAA; model.len()];
        root.read(&self.frames, size, 0, &mut out);
        assert!(out == *model, "the whole value");

        let mut bytes = [0; ROOT_SIZE as usize + 3];
        root.store(&mut bytes[3..]);
        assert_eq!(Root::load(&bytes[3..]), *root);
    }
}

/// What a rope holds.
#[derive(Default)]
struct Usage {
    children: Vec<(Position, Ref, u32)>,
    frame_count: u32,
}

impl Usage {
    fn of(root: &Root, frames: &Frames) -> Self {
        let children: Vec<_> =
            root.children().map(|(position, at)| (position, at, slot_size(frames, at))).collect();
        let frame_count = root.frame_count(frames);
        let slots: u64 = children.iter().map(|child| u64::from(child.2)).sum();
        let total = slots + u64::from(frame_count) * u64::from(frames.frame_size());
        assert_eq!(root.memory_usage(frames), total);
        Self { children, frame_count }
    }

    /// What was taken between `self` and `after`. When the tail became a frame, the pieces that
    /// are there now are new ones.
    fn taken(&self, after: &Self, promoted: bool, frames: &Frames) -> Needs {
        let mut taken = Needs::NONE;
        for child in &after.children {
            let is_piece = matches!(child.0, Position::Piece(_));
            if !self.children.contains(child) || (promoted && is_piece) {
                taken.slot(frames.class_of(child.2));
            }
        }
        taken.frames(after.frame_count - self.frame_count);
        taken
    }
}

#[test]
fn contents_survive_random_operations() {
    for (seed, frame_size) in [(1, 32 << 10), (2, 64 << 10), (3, 32 << 10)] {
        let mut world = World::new(seed, 24, frame_size);
        for _ in 0..4_000 {
            world.step();
        }
        assert!(world.refused_count > 20, "the memory was never full");
        assert!(world.next_number > 100);
        while let Some(number) = world.pick() {
            world.check(number);
            world.release(number);
        }
        world.move_everything();
        world.frames.check();
        assert_eq!(world.frames.free_count(), world.frames.frame_count(), "everything came back");
    }
}

/// Every border, byte by byte around it: a value grown by appending equals one written at once,
/// and takes the same memory.
#[test]
fn borders_of_pieces_and_frames() {
    let owner = Owner::Staged(0);
    for frame_size in [32 << 10, 64 << 10] {
        let mut frames = Frames::new(16, frame_size);
        let (piece, frame) = (u64::from(PIECE_PAYLOAD_MAX), u64::from(frame_size));
        let borders = [1, piece, 2 * piece, frame, frame + piece, 2 * frame];
        let mut sizes: Vec<u64> = borders.iter().flat_map(|&at| at - 1..=at + 1).collect();
        sizes.push(frame - frame % piece);
        sizes.push(frame - frame % piece + 1);
        sizes.sort_unstable();
        let bytes: Vec<u8> = (0..=2 * frame).map(|index| (index % 251) as u8 + 1).collect();
        let mut appended = Root::EMPTY;
        let mut old_size = 0;
        for size in sizes {
            appended.resize(&mut frames, owner, old_size, size);
            let part = &bytes[old_size as usize..size as usize];
            appended.write(&mut frames, owner, size, old_size, part);
            old_size = size;
            let mut out = vec![0; size as usize];
            appended.read(&frames, size, 0, &mut out);
            assert!(out == bytes[..size as usize], "appended up to {size}");

            let mut written = Root::EMPTY;
            written.write(&mut frames, owner, size, 0, &bytes[..size as usize]);
            written.read(&frames, size, 0, &mut out);
            assert!(out == bytes[..size as usize], "written at once, {size}");
            assert_eq!(appended.memory_usage(&frames), written.memory_usage(&frames), "{size}");
            assert!(written.release_some(&mut frames, u32::MAX));
        }
        assert!(appended.release_some(&mut frames, u32::MAX));
    }
}

/// A value of half a gigabyte with a few bytes in it takes a few frames, in each of its tables.
#[test]
fn sparse_values_take_what_is_written() {
    let owner = Owner::Object(Ref::from_u32(77));
    let mut frames = Frames::new(32, 64 << 10);
    let frame = u64::from(frames.frame_size());
    let size = 512 << 20;
    assert!(size <= size_max(64 << 10));
    let mut root = Root::EMPTY;
    root.resize(&mut frames, owner, 0, size);
    assert_eq!(root.memory_usage(&frames), 0, "zeros are free");
    root.write(&mut frames, owner, size, size - 1, b"z");
    // The last table lists 8 of the 8,192 frames.
    let table_size = frames.class_size(frames.class_of(HEADER_SIZE + 4 * 8));
    assert_eq!(root.memory_usage(&frames), frame + u64::from(table_size));
    let per_table = u64::from(REFS_PER_TABLE) * frame;
    for table in 0..5 {
        // Across the border between two frames, of which the second is the table's third.
        let mut needs = Needs::NONE;
        let offset = table * per_table + 2 * frame - 2;
        root.needs(&frames, &mut needs, size, size, offset..offset + 4);
        let mut expected = Needs::NONE;
        expected.frames(2);
        if table < 4 {
            expected.slot(frames.class_of(8192));
        }
        assert_eq!(needs, expected);
        root.write(&mut frames, owner, size, offset, b"abcd");
        let mut out = [9; 8];
        root.read(&frames, size, offset - 2, &mut out);
        assert_eq!(&out, b"\0\0abcd\0\0");
    }
    let set_count: usize = root
        .chunks(&frames, size, 0..size)
        .map(|chunk| chunk.iter().filter(|&&byte| byte != 0).count())
        .sum();
    assert_eq!(set_count, 21);
    let mut slices = 0;
    while !root.release_some(&mut frames, 2) {
        slices += 1;
    }
    assert_eq!(slices, 7, "11 frames and 5 tables, two in each of eight calls");
    frames.check();
}

/// A value that arrives in pieces of any size is what was sent.
#[test]
fn staged_values_arrive_in_pieces() {
    let mut random = Random::new(5);
    for size in [9_000, 65_536, 70_000, 200_001] {
        let mut frames = Frames::new(8, 64 << 10);
        let bytes: Vec<u8> = (0..size).map(|_| random.bits() as u8).collect();
        let mut needs = Needs::NONE;
        Root::EMPTY.needs(&frames, &mut needs, 0, size, 0..size);
        assert!(frames.fits(&needs));
        let mut root = Root::EMPTY;
        let mut offset = 0;
        while offset < size {
            let count = (random.below(16 << 10) + 1).min(size - offset);
            let part = &bytes[offset as usize..(offset + count) as usize];
            root.write(&mut frames, Owner::Staged(3), size, offset, part);
            offset += count;
        }
        let taken = Usage::default().taken(&Usage::of(&root, &frames), false, &frames);
        // Each piece was made at its final size or grew into it: what is held is what was said.
        assert_eq!(taken, needs);
        root.adopt(&mut frames, Owner::Object(Ref::from_u32(9)));
        for (position, at) in root.children() {
            assert_eq!(child_at(&frames, at), (Owner::Object(Ref::from_u32(9)), position));
        }
        let mut out = vec![0; size as usize];
        root.read(&frames, size, 0, &mut out);
        assert!(out == bytes);
    }
}
