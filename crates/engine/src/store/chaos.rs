//! Chaos: objects move all the time, for simulations. Whoever kept a reference for longer than it
//! may then finds something else, or nothing, at once and not once in a million runs.
use super::Store;
use crate::memory::classes::Class;

/// Slots of a class that one call looks at, from any of them on. Most worlds have fewer.
const MOVES_MAX: u64 = 64;

impl Store {
    /// Moves the objects of every class that has room for one more: each to the place of the one
    /// before it.
    pub fn shuffle(&mut self) {
        for class in self.frames.classes().all() {
            if self.frames.live_count(class) > 0 && self.frames.fits_slot(class) {
                self.shuffle_class(class);
            }
        }
    }

    fn shuffle_class(&mut self, class: Class) {
        let mut room = self.frames.allocate(class);
        // What was there last may have been a hole, and is no longer.
        self.frames.bytes_mut(room, 1)[0] = 0;
        let slot_count = self.frames.slot_count(class);
        let first = self.random.below(slot_count);
        for step in 0..slot_count.min(MOVES_MAX) {
            let at = self.frames.live_slot(class, (first + step) % slot_count);
            if let Some(at) = at.filter(|at| *at != room) {
                self.relocate(class, at, room);
                room = at;
            }
        }
        self.frames.free(class, room);
    }
}
