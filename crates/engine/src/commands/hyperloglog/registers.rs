//! All registers, a byte each: what several HyperLogLogs are merged in, and sparse ones grow into.
use super::{Corrupt, Header, REGISTER_COUNT, visit_runs};
use crate::store::Text;

/// The registers of a HyperLogLog.
pub(super) struct Registers([u8; REGISTER_COUNT]);

impl Registers {
    /// Those of no elements.
    pub(super) const fn new() -> Self {
        Self([0; REGISTER_COUNT])
    }

    /// Every register knows at least `value` from now on; did it know less?
    pub(super) const fn raise(&mut self, index: usize, value: u8) -> bool {
        let raises = self.0[index] < value;
        if raises {
            self.0[index] = value;
        }
        raises
    }

    /// Takes the registers of a HyperLogLog in: each is then the higher of both.
    pub(super) fn merge(&mut self, text: &Text<'_>, header: Header) -> Result<(), Corrupt> {
        visit_runs(text, header, self.merging())
    }

    /// Takes runs of registers in, one after the other from the first one on.
    pub(super) fn merging(&mut self) -> impl FnMut(u8, usize) {
        let mut index = 0;
        move |value, count| {
            if value > 0 {
                for register in &mut self.0[index..index + count] {
                    *register = (*register).max(value);
                }
            }
            index += count;
        }
    }

    /// Each register in order.
    pub(super) fn values(&self) -> impl Iterator<Item = u8> {
        self.0.iter().copied()
    }

    /// As groups of four: what three bytes of a dense HyperLogLog hold.
    pub(super) fn groups(&self) -> &[[u8; 4]] {
        let (groups, rest) = self.0.as_chunks();
        assert!(rest.is_empty(), "there are groups of four only");
        groups
    }
}
