//! Staged values: large arguments on their way in, written into frames as they arrive and owned by
//! a row of this table until a command takes them over.
//!
//! Before its first byte is accepted a value gets all slots that it will need, and all whole frames
//! are promised to it, so that its arrival cannot fail half-way. Where debt has to be paid or keys
//! have to be evicted for that it *collects* its room first, in slices over as many turns as it
//! takes; the frames that it has collected are promised to it meanwhile.
use super::Store;
use super::room::{RESERVE_FRAMES, STEPS_MAX};
use super::types::{Policy, StoreFull};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::{Frames, Needs, Ref};
use crate::planted::{Bug, is_planted};
use crate::resp::request::StagedId;
use crate::store::rope::{self, Owner, Position, Root};
use alloc::boxed::Box;

/// The last generation of a row; the first one follows.
const GENERATION_MAX: u16 = u16::MAX >> 1;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Free,
    /// Its room is not complete yet.
    Collecting,
    Arriving,
    /// Given up: the reaper frees it.
    Discarded,
}

#[derive(Clone, Copy, Debug)]
struct Staged {
    state: State,
    /// Distinguishes the values that used this row one after the other. Only 15 bits: the queue
    /// of a transaction marks the number of a staged value with its top bit.
    generation: u16,
    root: Root,
    size: u64,
    written: u64,
    /// Frames promised and not yet taken.
    promised: u32,
}

impl Staged {
    const fn is_owned(&self) -> bool {
        matches!(self.state, State::Collecting | State::Arriving)
    }
}

/// The table of staged values.
pub(super) struct StagedTable {
    rows: Box<[Staged]>,
    used_count_max: u32,
    /// Rows that wait for the reaper.
    discarded_count: u32,
}

impl StagedTable {
    pub(super) fn new(capacity: u32) -> Self {
        assert!(capacity < 1 << 16, "a staged value's number has 16 bits");
        let row = Staged {
            state: State::Free,
            generation: 0,
            root: Root::EMPTY,
            size: 0,
            written: 0,
            promised: 0,
        };
        let rows = (0..capacity).map(|_| row).collect();
        Self { rows, used_count_max: 0, discarded_count: 0 }
    }

    pub(super) const fn unit_size() -> u32 {
        size_of::<Staged>() as u32
    }

    /// The row of a value that is there and was not consumed.
    fn row(&self, id: StagedId) -> Option<&Staged> {
        let row = self.rows.get((id.0 & 0xFFFF) as usize)?;
        (row.is_owned() && u32::from(row.generation) == id.0 >> 16).then_some(row)
    }

    fn row_mut(&mut self, id: StagedId) -> Option<&mut Staged> {
        let row = self.rows.get_mut((id.0 & 0xFFFF) as usize)?;
        (row.is_owned() && u32::from(row.generation) == id.0 >> 16).then_some(row)
    }

    fn used_count(&self) -> u32 {
        self.rows.iter().filter(|row| row.state != State::Free).count() as u32
    }

    /// Rows in use, the most there ever were, and all.
    pub(super) fn used(&self) -> (u32, u32, u32) {
        (self.used_count(), self.used_count_max, self.rows.len() as u32)
    }
}

impl Store {
    /// A value of `size` bytes that a command is about to write, with all of its room.
    pub fn stage(&mut self, now: Now, size: u64) -> Result<StagedId, StoreFull> {
        let id = self.announce(size)?;
        match self.collect(now, id, STEPS_MAX) {
            Ok(true) => Ok(id),
            Ok(false) => {
                self.stage_discard(id);
                self.frames.marks.reach(Mark::CommandLater);
                Err(StoreFull::Later)
            }
            Err(full) => {
                self.stage_discard(id);
                Err(full)
            }
        }
    }

    /// A value of `size` bytes that is about to arrive. It has no room yet: see `collect`.
    pub fn announce(&mut self, size: u64) -> Result<StagedId, StoreFull> {
        if size > self.tuning.value_size_max.min(rope::size_max(self.frames.frame_size())) {
            self.frames.marks.reach(Mark::StagedRefused);
            return Err(StoreFull::ValueSize);
        }
        if self.staged_needs(size).bytes(self.frames.classes()) > self.frames.capacity_bytes() {
            // Not even an empty store has room for it: nothing shall be evicted in vain.
            self.frames.marks.reach(Mark::StagedRefused);
            return Err(StoreFull::Data);
        }
        let Some(index) = self.staged.rows.iter().position(|row| row.state == State::Free) else {
            self.frames.marks.reach(Mark::StagedFull);
            return Err(StoreFull::Staged);
        };
        let row = &mut self.staged.rows[index];
        *row = Staged {
            state: State::Collecting,
            generation: (row.generation + 1) & GENERATION_MAX,
            root: Root::EMPTY,
            size,
            written: 0,
            promised: 0,
        };
        let id = StagedId(u32::from(row.generation) << 16 | index as u32);
        self.staged.used_count_max = self.staged.used_count_max.max(self.staged.used_count());
        Ok(id)
    }

    /// What all bytes of a staged value take.
    fn staged_needs(&self, size: u64) -> Needs {
        let mut needs = Needs::NONE;
        Root::EMPTY.needs(&self.frames, &mut needs, 0, size, 0..size);
        needs
    }

    /// Collects room for a staged value, in at most `step_count` steps of debt and eviction. True
    /// when it has all of it, and its bytes may arrive; refused when no more can be had.
    pub fn collect(&mut self, now: Now, id: StagedId, step_count: u32) -> Result<bool, StoreFull> {
        let row = self.staged.row_mut(id).expect("what collects has a row");
        let size = row.size;
        // Its own promise is no obstacle.
        self.frames.redeem(core::mem::take(&mut row.promised));
        let needs = self.staged_needs(size);
        for _ in 0..step_count {
            if self.frames.fits(&needs) {
                self.begin_arrival(id, &needs);
                return Ok(true);
            }
            if !self.make_some_room(now, &needs, None) {
                self.frames.marks.reach(Mark::StagedRefused);
                return Err(StoreFull::Data);
            }
        }
        // Those who evict keep their few: small writes shall not wait for a large one.
        let kept_count = if self.tuning.policy == Policy::NoEviction { 0 } else { RESERVE_FRAMES };
        let spare_count = self.frames.spare_count().saturating_sub(kept_count);
        let promised = spare_count.min(needs.frame_count());
        self.frames.promise(promised);
        self.staged.row_mut(id).expect("it is still there").promised = promised;
        Ok(false)
    }

    fn begin_arrival(&mut self, id: StagedId, needs: &Needs) {
        let Self { staged, frames, .. } = self;
        let row = staged.row_mut(id).expect("what collects has a row");
        // Slots cannot be promised, since others take them from the same frames: they are taken.
        row.root.prepare(frames, Owner::Staged(id.0 & 0xFFFF), row.size);
        frames.promise(needs.frame_count());
        (row.state, row.promised) = (State::Arriving, needs.frame_count());
    }

    /// The next bytes of a staged value.
    pub fn stage_write(&mut self, id: StagedId, bytes: &[u8]) {
        let Self { staged, frames, .. } = self;
        let row = staged.row_mut(id).expect("bytes arrive for a value that is being staged");
        assert_eq!(row.state, State::Arriving, "bytes arrive when there is room for all of them");
        let owner = Owner::Staged(id.0 & 0xFFFF);
        let free_before = frames.free_count();
        frames.redeem(row.promised);
        row.root.write(frames, owner, row.size, row.written, bytes);
        row.promised -= (free_before - frames.free_count()).min(row.promised);
        frames.promise(row.promised);
        row.written += bytes.len() as u64;
        if row.written == row.size {
            frames.redeem(core::mem::take(&mut row.promised));
        }
    }

    /// Bytes that a staged value will have.
    pub fn staged_size(&self, id: StagedId) -> u64 {
        self.staged.row(id).map_or(0, |row| row.size)
    }

    /// Copies bytes of a staged value from `offset` on; returns how many (ECHO, PING).
    pub fn stage_read(&self, id: StagedId, offset: u64, out: &mut [u8]) -> usize {
        let Some(row) = self.staged.row(id) else { return 0 };
        let size = (row.size.saturating_sub(offset)).min(out.len() as u64) as usize;
        row.root.read(&self.frames, row.size, offset, &mut out[..size]);
        size
    }

    /// Gives a staged value's memory back, in slices. Of a value already consumed this does
    /// nothing.
    pub fn stage_discard(&mut self, id: StagedId) {
        let Self { staged, frames, .. } = self;
        if let Some(row) = staged.row_mut(id) {
            let is_kept = match row.state {
                State::Collecting => is_planted(Bug::CollectedKept),
                _ => is_planted(Bug::PromiseKept),
            };
            if !is_kept {
                frames.redeem(core::mem::take(&mut row.promised));
            }
            row.state = State::Discarded;
            frames.marks.reach(Mark::StagedDiscarded);
            staged.discarded_count += 1;
        }
    }

    /// Takes a complete value over: its row is free again.
    pub(super) fn consume_staged(&mut self, id: StagedId) -> Root {
        self.frames.marks.reach(Mark::StagedConsumed);
        let row = self.staged.row_mut(id).expect("a staged value is consumed once");
        assert_eq!(row.written, row.size, "a value is consumed when all of it is there");
        row.state = State::Free;
        core::mem::take(&mut row.root)
    }

    /// A part of a staged value was moved to `to`.
    pub(super) fn staged_moved(&mut self, index: u32, position: Position, to: Ref) {
        if is_planted(Bug::StagedUnpatched) {
            return;
        }
        self.staged.rows[index as usize].root.child_moved(position, to);
    }

    /// Frees up to `budget` parts of a discarded value. False when there is none.
    pub(super) fn reap_staged(&mut self, budget: u32) -> bool {
        let Self { staged, frames, .. } = self;
        if staged.discarded_count == 0 {
            return false;
        }
        let row = staged.rows.iter_mut().find(|row| row.state == State::Discarded);
        let row = row.expect("as many rows wait as are counted");
        if row.root.release_some(frames, budget) {
            row.state = State::Free;
            staged.discarded_count -= 1;
            frames.marks.reach(Mark::StagedReaped);
        }
        true
    }

    /// The root of row `index`. For `check`.
    pub(super) fn staged_root(&self, index: u32) -> Root {
        self.staged.rows[index as usize].root
    }

    /// Whole frames of all values that are arriving or discarded. For `check`.
    pub(super) fn staged_frame_count(&self) -> u32 {
        self.staged.rows.iter().map(|row| row.root.frame_count(&self.frames)).sum()
    }

    /// Checks that no parts belong to a free row. For `check`.
    pub(super) fn check_staged(&self) {
        for row in self.staged.rows.iter().filter(|row| row.state == State::Free) {
            assert_eq!(row.root, Root::EMPTY, "a free row owns nothing");
        }
        let promised: u32 = self.staged.rows.iter().map(|row| row.promised).sum();
        assert_eq!(Frames::free_count(&self.frames) - promised, self.frames.spare_count());
    }
}
