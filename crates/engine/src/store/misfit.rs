//! Misfits: objects in a slot larger than their class.
//!
//! A value that shrinks while no slot of its smaller class can be had stays where it is, so that
//! overwriting with less always works. That is debt: once frames are free again, a sweep over the
//! index, in slices, moves such objects to where they belong.
use super::{Store, object};
use crate::marks::Mark;
use crate::memory::frames::Ref;

/// The sweep for misfits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Misfits {
    /// There may be some.
    is_due: bool,
    /// This sweep has met one that it could not move, or one was made meanwhile: sweep again.
    is_again: bool,
    /// The bucket that comes next.
    cursor: u32,
}

impl Store {
    /// Notes that the object at `at` was written, in case it is too small for its slot.
    pub(super) fn note_size(&mut self, at: Ref) {
        if self.is_misfit(at) {
            self.frames.marks.reach(Mark::MisfitLeft);
            self.misfits.is_due = true;
            self.misfits.is_again = true;
        }
    }

    fn is_misfit(&self, at: Ref) -> bool {
        let size = object::header(&self.frames, at).object_size();
        self.frames.class_of(size) != self.frames.class_at(at)
    }

    /// Looks at up to `budget` buckets for misfits and moves those that find a slot of their own.
    /// True while the sweep is not over.
    pub(super) fn settle(&mut self, budget: u32) -> bool {
        if !self.misfits.is_due || self.frames.spare_count() == 0 {
            return false;
        }
        for _ in 0..budget {
            while let Some(at) = self.misfit_in(self.misfits.cursor) {
                self.settle_object(at);
            }
            self.misfits.cursor += 1;
            if self.misfits.cursor == self.index.bucket_count() {
                let Misfits { is_again, .. } = self.misfits;
                self.misfits = Misfits { is_due: is_again, is_again: false, cursor: 0 };
                return is_again;
            }
        }
        true
    }

    /// A misfit of a chain whose own class has a slot for it.
    fn misfit_in(&mut self, bucket: u32) -> Option<Ref> {
        let mut found = None;
        let mut is_stuck = false;
        self.index.for_each(&self.frames, bucket, |at, _| {
            if self.is_misfit(at) {
                let size = object::header(&self.frames, at).object_size();
                if self.frames.fits_slot(self.frames.class_of(size)) {
                    found = Some(at);
                } else {
                    is_stuck = true;
                }
            }
            found.is_none()
        });
        self.misfits.is_again |= is_stuck;
        found
    }

    fn settle_object(&mut self, from: Ref) {
        self.frames.marks.reach(Mark::MisfitSettled);
        let size = object::header(&self.frames, from).object_size();
        let to = self.frames.allocate(self.frames.class_of(size));
        self.frames.copy_bytes(from.offset(), to.offset(), size);
        self.moved_object(from, to);
        self.free_object(from);
    }
}
