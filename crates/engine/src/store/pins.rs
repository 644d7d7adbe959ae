//! Pins: large values that are being copied out to a client, slice by slice over many turns.
//!
//! A pinned value does not change: whoever deletes or replaces its key detaches the object and
//! leaves it to the last reader; whoever writes into it copies it first.
use super::{Store, TextObject, object};
use crate::marks::Mark;
use crate::memory::frames::Ref;
use crate::planted::{Bug, is_planted};
use crate::resp::request::PinId;
use alloc::boxed::Box;

/// A value being copied out; `object` is none when the row is free.
#[derive(Clone, Copy, Debug)]
struct Pin {
    object: Ref,
    size: u32,
}

/// The table of pins.
pub(super) struct Pins {
    rows: Box<[Pin]>,
    used_count: u32,
    used_count_max: u32,
}

impl Pins {
    pub(super) fn new(capacity: u32) -> Self {
        let row = Pin { object: Ref::NONE, size: 0 };
        Self { rows: (0..capacity).map(|_| row).collect(), used_count: 0, used_count_max: 0 }
    }

    pub(super) const fn unit_size() -> u32 {
        size_of::<Pin>() as u32
    }

    /// Rows in use, the most there ever were, and all.
    pub(super) fn used(&self) -> (u32, u32, u32) {
        (self.used_count, self.used_count_max, self.rows.len() as u32)
    }
}

impl Store {
    /// Keeps a text readable until `unpin`. None when `pins-max` are in use.
    pub fn pin(&mut self, text: TextObject) -> Option<PinId> {
        let free = self.pins.rows.iter().position(|pin| pin.object.is_none());
        let Some(index) = free else {
            self.frames.marks.reach(Mark::PinsFull);
            return None;
        };
        let header = object::header_mut(&mut self.frames, text.0);
        assert!(header.is_rope(), "a value within a slot is copied at once");
        header.flags |= object::FLAG_PINNED;
        self.pins.rows[index] = Pin { object: text.0, size: header.value_size };
        self.pins.used_count += 1;
        self.pins.used_count_max = self.pins.used_count_max.max(self.pins.used_count);
        Some(PinId(index as u32))
    }

    /// Copies bytes of a pinned string from `offset` on; returns how many.
    pub fn pin_read(&self, pin: PinId, offset: u64, out: &mut [u8]) -> usize {
        let Pin { object, size } = self.pins.rows[pin.0 as usize];
        let count = u64::from(size).saturating_sub(offset).min(out.len() as u64) as usize;
        let root = object::root(&self.frames, object);
        root.read(&self.frames, u64::from(size), offset, &mut out[..count]);
        count
    }

    /// Ends a pin.
    pub fn unpin(&mut self, pin: PinId) {
        let at = core::mem::replace(&mut self.pins.rows[pin.0 as usize].object, Ref::NONE);
        assert!(!at.is_none(), "a pin ends once");
        self.pins.used_count -= 1;
        if self.pins.rows.iter().any(|pin| pin.object == at) {
            return;
        }
        let header = object::header_mut(&mut self.frames, at);
        header.flags &= !object::FLAG_PINNED;
        if header.has(object::FLAG_DETACHED) {
            self.bury(at);
        }
    }

    /// A pinned object moved.
    pub(super) fn moved_pinned(&mut self, from: Ref, to: Ref) {
        if is_planted(Bug::PinUnpatched) {
            return;
        }
        for pin in self.pins.rows.iter_mut().filter(|pin| pin.object == from) {
            pin.object = to;
            self.frames.marks.reach(Mark::PinnedMoved);
        }
    }
}
