//! A workspace: what a command notes of many elements while it puts them in order.
//!
//! Few records are on the stack, more of them in whole frames of data memory, which are listed in
//! one frame more. Whole frames never move, so records stay while room is made; but what they say
//! about places is then void.
//!
//! Invariant: whoever takes a workspace gives it back before the command ends.
use super::types::{Key, StoreFull};
use super::{Steps, Store, TextPlace};
use crate::clock::Now;
use crate::marks::Mark;
use crate::memory::frames::{Needs, Ref};
use crate::planted::{Bug, is_planted};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// What is noted of an element.
#[derive(
    Clone, Copy, Debug, Default, Eq, PartialEq, FromBytes, IntoBytes, Immutable, KnownLayout,
)]
#[repr(C)]
pub struct Record {
    /// What it is ordered by first.
    pub key: u64,
    /// What decides where keys are equal.
    pub text: TextPlace,
    /// Its rank in its collection.
    pub rank: u64,
}

const RECORD_SIZE: usize = size_of::<Record>();

const _: () = assert!(RECORD_SIZE == 24);

/// Records that take no data memory: they fill three kilobytes of the stack.
const HERE_COUNT: usize = 128;

/// Some records.
#[must_use = "a workspace is given back"]
pub struct Workspace {
    here: [Record; HERE_COUNT],
    count: usize,
    /// The frame that lists the others; none if all records are here.
    list: Ref,
    /// How many others there are.
    frame_count: usize,
    /// A frame has two to the power of this many: a quarter of it stays empty, and finding a record
    /// divides nothing.
    shift: u32,
}

impl Workspace {
    /// How many records there are.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// All records, if they are few and on the stack.
    #[inline]
    pub fn few(&mut self) -> Option<&mut [Record]> {
        if self.list.is_none() { Some(&mut self.here[..self.count]) } else { None }
    }

    /// A record.
    #[inline]
    pub fn record(&self, store: &Store, index: usize) -> Record {
        if self.list.is_none() {
            return self.here[..self.count][index];
        }
        let (frame, start) = self.place(store, index);
        let bytes = &store.frames.bytes(frame, store.frames.frame_size())[start..];
        Record::read_from_bytes(&bytes[..RECORD_SIZE]).expect("24 bytes are a record")
    }

    /// Writes a record.
    #[inline]
    pub fn set_record(&mut self, store: &mut Store, index: usize, record: Record) {
        if self.list.is_none() {
            self.here[..self.count][index] = record;
            return;
        }
        let (frame, start) = self.place(store, index);
        let frame_size = store.frames.frame_size();
        let bytes = &mut store.frames.bytes_mut(frame, frame_size)[start..];
        bytes[..RECORD_SIZE].copy_from_slice(record.as_bytes());
    }

    /// The frame of a record, and where it begins there.
    #[inline]
    fn place(&self, store: &Store, index: usize) -> (Ref, usize) {
        assert!(index < self.count, "a workspace has so many records and no more");
        let frame = listed(store, self.list, index >> self.shift);
        (frame, (index & ((1 << self.shift) - 1)) * RECORD_SIZE)
    }
}

impl Store {
    /// Takes a workspace of `count` records, sparing a key; what is in them means nothing yet.
    /// O(frames).
    pub fn take_workspace(
        &mut self,
        now: Now,
        count: u64,
        spared: &Key<'_>,
    ) -> Result<Workspace, StoreFull> {
        let shift = (self.frames.frame_size() as usize / RECORD_SIZE).ilog2();
        let here = [Record::default(); HERE_COUNT];
        let mut workspace = Workspace { here, count: 0, list: Ref::NONE, frame_count: 0, shift };
        self.widen_workspace(now, &mut workspace, count, spared)?;
        Ok(workspace)
    }

    /// Makes a workspace one of `count` records, sparing a key; those that it has are the first
    /// ones. If there is no room it stays as it is. O(frames).
    pub fn widen_workspace(
        &mut self,
        now: Now,
        workspace: &mut Workspace,
        count: u64,
        spared: &Key<'_>,
    ) -> Result<(), StoreFull> {
        let count = usize::try_from(count).map_err(|_| StoreFull::Data)?;
        let is_here = workspace.list.is_none();
        let frame_count = count.div_ceil(1 << workspace.shift);
        if (is_here && count <= HERE_COUNT) || frame_count <= workspace.frame_count {
            workspace.count = count;
            return Ok(());
        }
        let frame_size = self.frames.frame_size();
        if frame_count > frame_size as usize / size_of::<Ref>() {
            return Err(StoreFull::Data);
        }
        let mut needs = Needs::NONE;
        needs.frames((frame_count - workspace.frame_count) as u32 + u32::from(is_here));
        let whole_bytes = (frame_count as u64 + 1) * u64::from(frame_size);
        if whole_bytes > self.frames.capacity_bytes() {
            // Nothing shall be evicted in vain.
            return Err(StoreFull::Data);
        }
        self.make_room(now, &needs, Some(spared), &mut Steps::of_command())?;
        // Reserve first: from here on nothing fails.
        self.frames.marks.reach(Mark::WorkspaceTaken);
        if is_here {
            workspace.list = self.frames.allocate_frame();
        }
        for index in workspace.frame_count..frame_count {
            let frame = self.frames.allocate_frame();
            let list = self.frames.bytes_mut(workspace.list, frame_size);
            list[index * size_of::<Ref>()..][..size_of::<Ref>()].copy_from_slice(frame.as_bytes());
        }
        workspace.frame_count = frame_count;
        for index in 0..if is_here { workspace.count } else { 0 } {
            let record = workspace.here[index];
            workspace.set_record(self, index, record);
        }
        workspace.count = count;
        Ok(())
    }

    /// Takes a workspace back.
    #[expect(clippy::needless_pass_by_value, reason = "what was given back is gone")]
    pub fn give_workspace(&mut self, workspace: Workspace) {
        if workspace.list.is_none() || is_planted(Bug::WorkspaceKept) {
            return;
        }
        for index in 0..workspace.frame_count {
            let frame = listed(self, workspace.list, index);
            self.frames.free_frame(frame);
        }
        self.frames.free_frame(workspace.list);
    }
}

/// A frame that the one at `list` lists.
#[inline]
fn listed(store: &Store, list: Ref, index: usize) -> Ref {
    let bytes = store.frames.bytes(list, store.frames.frame_size());
    let bytes = &bytes[index * size_of::<Ref>()..][..size_of::<Ref>()];
    Ref::read_from_bytes(bytes).expect("four bytes are a reference")
}

#[cfg(test)]
#[path = "workspace_test.rs"]
mod workspace_test;
