//! Counting what is in the frames: for INFO, for eviction's lots, for checks and tests.
use crate::memory::classes::Class;
use crate::memory::frame_table::Group;
use crate::memory::frames::{Frames, HOLE, Ref};

impl Frames {
    /// Slots handed out of `class`, holes included.
    pub fn slot_count(&self, class: Class) -> u64 {
        let slab = &self.slabs[class.index()];
        if slab.frame_count == 0 {
            return 0;
        }
        u64::from(slab.frame_count - 1) * u64::from(slab.slots_per_frame) + u64::from(slab.top_used)
    }

    /// Slots of `class` that hold something.
    pub fn live_count(&self, class: Class) -> u64 {
        self.slot_count(class) - u64::from(self.slabs[class.index()].hole_count)
    }

    /// Bytes of the slots and frames in use, with their rounding.
    pub fn used_bytes(&self) -> u64 {
        let slots: u64 = self
            .classes
            .all()
            .map(|class| {
                let slab = &self.slabs[class.index()];
                // A slot's share of its frame, so that a full frame counts as a frame.
                self.live_count(class) * u64::from(self.frame_size())
                    / u64::from(slab.slots_per_frame)
            })
            .sum();
        slots + u64::from(self.table.count(Group::WHOLE)) * u64::from(self.frame_size())
    }

    /// Frames that ropes use as a whole.
    pub fn whole_count(&self) -> u32 {
        self.table.count(Group::WHOLE)
    }

    /// Visits every slot that is in use: for checks and tests. O(slots).
    pub fn for_each_live(&self, mut visit: impl FnMut(Class, Ref)) {
        for class in self.classes.all() {
            let slab = &self.slabs[class.index()];
            for index in 0..self.table.count(Group::of(class)) {
                let frame = self.table.frame(Group::of(class), index);
                let used = if frame == slab.top { slab.top_used } else { slab.slots_per_frame };
                for slot in 0..used {
                    let at = self.slot(slab, frame, slot);
                    if self.kind(at) != HOLE {
                        visit(class, at);
                    }
                }
            }
        }
    }

    /// Asserts the invariants of every class. O(holes).
    pub fn check(&self) {
        let mut used_count = self.table.count(Group::WHOLE);
        for class in self.classes.all() {
            let slab = &self.slabs[class.index()];
            used_count += slab.frame_count;
            assert_eq!(slab.frame_count, self.table.count(Group::of(class)));
            assert_eq!(
                u64::from(slab.frame_count),
                self.slot_count(class).div_ceil(u64::from(slab.slots_per_frame)),
                "the top frame is the only one that is not full"
            );
            let (mut hole, mut hole_count) = (slab.hole_head, 0);
            while !hole.is_none() {
                assert_eq!(self.kind(hole), HOLE);
                assert_eq!(self.table.group(self.frame_of(hole)), Group::of(class));
                hole_count += 1;
                let next = &self.bytes(hole, 16)[4..8];
                hole = Ref::from_u32(u32::from_le_bytes(
                    next.try_into().expect("four bytes are four"),
                ));
            }
            assert_eq!(hole_count, slab.hole_count);
        }
        assert_eq!(used_count + self.free_count(), self.frame_count());
    }
}
