//! The wheel: which key dies when. Four levels of 1,024 slots; a slot of the first level is 1 ms
//! wide, of the next ones 1 s, 17 minutes and 12 days, so that the wheel reaches 34 years ahead.
//!
//! A slot is a list of objects, linked through their TTL extension (bytes 12 to 28 of an object):
//!
//! ```text
//! deadline i64, Unix milliseconds    previous u32    next u32
//! ```
//!
//! `previous` of the first object names the slot (`0xFFFF_0000 | slot`), so that an object leaves
//! its list in O(1) whatever its deadline says by then.
//!
//! A slot *fires* when the position of the wheel reaches its start. Its list then waits to be
//! looked at, object by object: what is due is reported, the rest is linked again, now nearer. An
//! object may be looked at too early, but never too late: hence a deadline moved later is only
//! written, one beyond the reach of the wheel waits in its last slot, and a clock that goes back
//! only takes the position back with it. Bitmaps of the slots in use make empty time cost nothing.
//!
//! Invariant: a slot fires no later than the deadline of any object in it; lists that have fired
//! are empty before the position moves on.
use crate::marks::Mark;
use crate::memory::frames::{Frames, Ref};
use crate::planted::{Bug, is_planted};
use alloc::boxed::Box;

const LEVEL_COUNT: usize = 4;
const LEVEL_BITS: u32 = 10;
const SLOT_COUNT: usize = 1 << LEVEL_BITS;
const DIGIT_MASK: i64 = (1 << LEVEL_BITS) - 1;

/// The lists of slots that have fired, one for each level, come after the slots.
const FIRED: usize = LEVEL_COUNT * SLOT_COUNT;
const LIST_COUNT: usize = FIRED + LEVEL_COUNT;

/// What `previous` says if the object is the first of a list. No reference is that high: it would
/// be in the last MiB of 64 GiB.
const LIST_TAG: u32 = 0xFFFF_0000;

/// Times are kept far enough from the ends of `i64` that sums cannot overflow.
const TIME_MAX: i64 = 1 << 62;

/// Objects that `soonest` looks at.
const SOONEST_LOOKS_MAX: u32 = 16;

/// What is reached when a slot of a level above the first fires.
const LEVEL_MARKS: [Mark; LEVEL_COUNT - 1] =
    [Mark::WheelLevel1, Mark::WheelLevel2, Mark::WheelLevel3];

const DEADLINE: usize = 12;
const PREVIOUS: usize = 20;
const NEXT: usize = 24;
const EXTENSION_END: u32 = 28;

const _: () = assert!(LIST_COUNT < 1 << 16, "a list fits in what the tag leaves");

/// The wheel.
pub struct Wheel {
    heads: Box<[Ref]>,
    /// Which slots are in use, by level.
    occupied: [[u64; SLOT_COUNT / 64]; LEVEL_COUNT],
    /// All slots that start at this time or before have fired.
    position: i64,
    count: u64,
}

impl Wheel {
    /// Bytes that a wheel takes besides itself.
    pub const BYTES: u64 = (LIST_COUNT * size_of::<Ref>()) as u64;

    /// An empty wheel.
    pub fn new(now_ms: i64) -> Self {
        Self {
            heads: alloc::vec![Ref::NONE; LIST_COUNT].into_boxed_slice(),
            occupied: [[0; SLOT_COUNT / 64]; LEVEL_COUNT],
            position: clamped(now_ms),
            count: 0,
        }
    }

    /// Objects in the wheel.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Links the object at `at`, whose deadline is written already. O(1).
    pub fn link(&mut self, frames: &mut Frames, at: Ref) {
        let list = self.list_for(frames, deadline(frames, at));
        let head = self.heads[list];
        set_word(frames, at, PREVIOUS, LIST_TAG | list as u32);
        set_word(frames, at, NEXT, head.as_u32());
        if !head.is_none() {
            set_word(frames, head, PREVIOUS, at.as_u32());
        }
        self.set_head(list, at);
        self.count += 1;
    }

    /// Takes the object at `at` out of its list. O(1).
    pub fn unlink(&mut self, frames: &mut Frames, at: Ref) {
        let (previous, next) = (word(frames, at, PREVIOUS), Ref::from_u32(word(frames, at, NEXT)));
        if previous >= LIST_TAG {
            let list = (previous - LIST_TAG) as usize;
            assert_eq!(self.heads[list], at, "an object that no list begins with");
            self.set_head(list, next);
        } else {
            let previous = Ref::from_u32(previous);
            assert_eq!(word(frames, previous, NEXT), at.as_u32(), "a link that is not mutual");
            set_word(frames, previous, NEXT, next.as_u32());
        }
        if !next.is_none() {
            assert_eq!(word(frames, next, PREVIOUS), at.as_u32(), "a link that is not mutual");
            set_word(frames, next, PREVIOUS, previous);
        }
        self.count -= 1;
    }

    /// The object at `old` was copied to `new`, links and all: tells its neighbours. O(1).
    pub fn relinked(&mut self, frames: &mut Frames, old: Ref, new: Ref) {
        let (previous, next) = (word(frames, new, PREVIOUS), word(frames, new, NEXT));
        if previous >= LIST_TAG {
            let head = &mut self.heads[(previous - LIST_TAG) as usize];
            assert_eq!(*head, old, "an object that no list begins with");
            *head = new;
        } else {
            set_word(frames, Ref::from_u32(previous), NEXT, new.as_u32());
        }
        if next != 0 {
            set_word(frames, Ref::from_u32(next), PREVIOUS, new.as_u32());
        }
    }

    /// Gives the linked object at `at` another deadline. One that is later is only written: the
    /// object is linked again when its old slot fires.
    pub fn set_deadline(&mut self, frames: &mut Frames, at: Ref, deadline_ms: i64) {
        let earlier = deadline_ms < deadline(frames, at) && !is_planted(Bug::EarlierForgotten);
        if earlier {
            self.unlink(frames, at);
        }
        set_deadline(frames, at, deadline_ms);
        if earlier {
            self.link(frames, at);
        }
    }

    /// An object whose deadline has come, or none if there is none or `work` is used up. It stays
    /// linked, and is the answer again until the caller unlinks it: deleting a key does. Takes 1
    /// from `work` for each object or slot looked at.
    pub fn next_due(&mut self, frames: &mut Frames, now_ms: i64, work: &mut u32) -> Option<Ref> {
        let now = clamped(now_ms);
        if now < self.position {
            frames.marks.reach(Mark::WheelBack);
        }
        // The wall clock may go back; what was linked as overdue then is not.
        self.position = self.position.min(now);
        while *work > 0 {
            if let Some(at) = self.fired() {
                *work -= 1;
                if deadline(frames, at) <= now {
                    return Some(at);
                }
                if self.heads[FIRED] == at {
                    frames.marks.reach(Mark::DeadlineLater);
                }
                self.unlink(frames, at);
                self.link(frames, at);
                continue;
            }
            let Some(start) = self.next_start().filter(|&start| start <= now) else {
                self.position = now;
                return None;
            };
            *work -= 1;
            self.fire(frames, start);
        }
        None
    }

    /// Is anything due, or must anything be linked again? What `next_due` would look at.
    pub fn has_work(&self, now_ms: i64) -> bool {
        self.next_deadline().is_some_and(|at| at <= clamped(now_ms))
    }

    /// No deadline is earlier than this. None if the wheel is empty. O(1).
    pub fn next_deadline(&self) -> Option<i64> {
        // Deadlines on lists that have fired may be long past.
        if self.fired().is_some() { Some(i64::MIN) } else { self.next_start() }
    }

    /// An object with one of the nearest deadlines, for eviction: the nearest of at most 16 that
    /// are looked at. Best effort: with more of them in a slot, off by at most the slot's width.
    pub fn soonest(&mut self, frames: &mut Frames) -> Option<Ref> {
        if let Some(at) = self.fired() {
            return Some(at);
        }
        let mut starts: [Option<i64>; LEVEL_COUNT] = core::array::from_fn(|l| self.start_in(l));
        let mut best: Option<(i64, Ref)> = None;
        let mut looks_left = SOONEST_LOOKS_MAX;
        // Levels in the order in which their next slots start, until no nearer one can follow.
        while let Some((start, level)) = earliest(&starts) {
            starts[level] = None;
            if best.is_some_and(|(nearest, _)| nearest <= start) {
                break;
            }
            let end = start + (1 << (LEVEL_BITS * level as u32));
            let mut at = self.heads[list_at(level, start)];
            while !at.is_none() && looks_left > 0 {
                looks_left -= 1;
                let (deadline, next) = (deadline(frames, at), word(frames, at, NEXT));
                if best.is_none_or(|(nearest, _)| deadline < nearest) {
                    best = Some((deadline, at));
                }
                if deadline >= end {
                    // Moved later since it was linked: it would hide the near ones for long.
                    self.unlink(frames, at);
                    self.link(frames, at);
                }
                at = Ref::from_u32(next);
            }
        }
        best.map(|(_, at)| at)
    }

    /// The first object of the lists that have fired, those that are surely due first.
    fn fired(&self) -> Option<Ref> {
        self.heads[FIRED..].iter().copied().find(|at| !at.is_none())
    }

    /// The list for an object with this deadline: in the first level that reaches so far.
    fn list_for(&self, frames: &Frames, deadline: i64) -> usize {
        let distance = deadline.saturating_sub(self.position);
        if distance <= 0 {
            return FIRED;
        }
        let level = (distance.ilog2() / LEVEL_BITS) as usize;
        if level < LEVEL_COUNT {
            return list_at(level, deadline);
        }
        frames.marks.reach(Mark::WheelBeyond);
        // Out of reach: the slot that fires last, and then is linked again.
        let width = 1 << (LEVEL_BITS * (LEVEL_COUNT as u32 - 1));
        list_at(LEVEL_COUNT - 1, self.position + DIGIT_MASK * width)
    }

    fn set_head(&mut self, list: usize, at: Ref) {
        self.heads[list] = at;
        if list < FIRED {
            let bits = &mut self.occupied[list / SLOT_COUNT][list % SLOT_COUNT / 64];
            let bit = 1 << (list % 64);
            *bits = if at.is_none() { *bits & !bit } else { *bits | bit };
        }
    }

    /// When the next slot in use fires.
    fn next_start(&self) -> Option<i64> {
        if self.count == 0 {
            return None;
        }
        (0..LEVEL_COUNT).filter_map(|level| self.start_in(level)).min()
    }

    /// When the next slot in use of `level` fires: the first time after the position at which one
    /// starts. The slot of the position itself is a whole turn of the level away.
    fn start_in(&self, level: usize) -> Option<i64> {
        let bits = &self.occupied[level];
        let shift = LEVEL_BITS * level as u32;
        let first = (digit(self.position, level) + 1) % SLOT_COUNT;
        // The rest of the first word, all others, and the start of the first word.
        for step in 0..=bits.len() {
            let index = (first / 64 + step) % bits.len();
            let mask = match step {
                0 => u64::MAX << (first % 64),
                _ if step == bits.len() => !(u64::MAX << (first % 64)),
                _ => u64::MAX,
            };
            let found = bits[index] & mask;
            if found != 0 {
                let slot = index * 64 + found.trailing_zeros() as usize;
                let ahead = ((slot + SLOT_COUNT - first) % SLOT_COUNT + 1) as u32;
                return Some(((self.position >> shift) + i64::from(ahead)) << shift);
            }
        }
        None
    }

    /// Moves the position to `start`: the lists of all slots that start there wait to be looked at.
    fn fire(&mut self, frames: &mut Frames, start: i64) {
        self.position = start;
        for level in 0..LEVEL_COUNT {
            let list = list_at(level, start);
            let starts_here = start.trailing_zeros() >= LEVEL_BITS * level as u32;
            let head = self.heads[list];
            if !starts_here || head.is_none() {
                continue;
            }
            if level > 0 {
                frames.marks.reach(LEVEL_MARKS[level - 1]);
            }
            let fired = FIRED + level;
            assert!(self.heads[fired].is_none(), "the position moves on when all is looked at");
            self.set_head(list, Ref::NONE);
            self.set_head(fired, head);
            set_word(frames, head, PREVIOUS, LIST_TAG | fired as u32);
        }
    }
}

impl Wheel {
    /// Asserts that links are mutual, that no slot fires after the deadline of an object in it, and
    /// that the bitmaps and the count are right. For `Store::check`. O(objects).
    pub(super) fn check(&self, frames: &Frames) {
        let mut count = 0;
        for list in 0..LIST_COUNT {
            let mut start = i64::MIN;
            if list < FIRED {
                let bit = self.occupied[list / SLOT_COUNT][list % SLOT_COUNT / 64] >> (list % 64);
                assert_eq!(bit & 1 != 0, !self.heads[list].is_none(), "bit of list {list}");
                start = self.start_of(list);
            }
            let (mut at, mut previous) = (self.heads[list], LIST_TAG | list as u32);
            while !at.is_none() {
                assert_eq!(word(frames, at, PREVIOUS), previous, "a link that is not mutual");
                assert!(deadline(frames, at) >= start, "a slot fires after a deadline in it");
                count += 1;
                assert!(count <= self.count, "a list without an end");
                previous = at.as_u32();
                at = Ref::from_u32(word(frames, at, NEXT));
            }
        }
        assert_eq!(count, self.count, "objects in the wheel");
    }

    /// When the slot fires next.
    fn start_of(&self, list: usize) -> i64 {
        let (level, slot) = (list / SLOT_COUNT, list % SLOT_COUNT);
        let shift = LEVEL_BITS * level as u32;
        let first = (digit(self.position, level) + 1) % SLOT_COUNT;
        let ahead = (slot + SLOT_COUNT - first) % SLOT_COUNT + 1;
        ((self.position >> shift) + ahead.cast_signed() as i64) << shift
    }
}

/// Which of the levels starts a slot first, and when.
fn earliest(starts: &[Option<i64>; LEVEL_COUNT]) -> Option<(i64, usize)> {
    let known = starts.iter().enumerate().filter_map(|(level, &start)| Some((start?, level)));
    known.min()
}

/// The slot of `level` that `time` lies in.
fn list_at(level: usize, time: i64) -> usize {
    level * SLOT_COUNT + digit(time, level)
}

fn digit(time: i64, level: usize) -> usize {
    ((time >> (LEVEL_BITS * level as u32)) & DIGIT_MASK).cast_unsigned() as usize
}

fn clamped(time: i64) -> i64 {
    time.clamp(-TIME_MAX, TIME_MAX)
}

/// The deadline of the object at `at`, which has the extension.
pub fn deadline(frames: &Frames, at: Ref) -> i64 {
    let bytes = &frames.bytes(at, EXTENSION_END)[DEADLINE..PREVIOUS];
    i64::from_le_bytes(bytes.try_into().expect("eight bytes are eight bytes"))
}

/// Writes the deadline of an object that is not linked yet.
pub fn set_deadline(frames: &mut Frames, at: Ref, deadline_ms: i64) {
    frames.bytes_mut(at, EXTENSION_END)[DEADLINE..PREVIOUS]
        .copy_from_slice(&deadline_ms.to_le_bytes());
}

fn word(frames: &Frames, at: Ref, offset: usize) -> u32 {
    let bytes = &frames.bytes(at, EXTENSION_END)[offset..offset + 4];
    u32::from_le_bytes(bytes.try_into().expect("four bytes are four bytes"))
}

fn set_word(frames: &mut Frames, at: Ref, offset: usize, word: u32) {
    frames.bytes_mut(at, EXTENSION_END)[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
}

#[cfg(test)]
#[path = "wheel_test.rs"]
mod wheel_test;
