//! The engine's invariants, for simulations.
use super::Engine;

impl Engine {
    /// Asserts every invariant of the store. O(everything).
    pub fn check(&self) {
        self.shared.store.check();
    }
}
