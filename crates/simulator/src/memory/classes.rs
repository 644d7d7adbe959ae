//! Slot sizes, as the documents describe them: steps of 16 bytes up to 512; above, the sizes that
//! divide a frame best, thinned to steps of about a sixteenth; up to 8 KiB.
use super::SLOT_SIZE_MAX;

/// The slot sizes of one frame size, in order.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    pub(super) frame_size: u64,
    sizes: Vec<u32>,
}

impl Classes {
    pub(super) fn new(frame_size: u64) -> Self {
        let mut sizes: Vec<u32> = (1..=32).map(|step| step * 16).collect();
        let mut candidates: Vec<u32> = (frame_size / SLOT_SIZE_MAX..frame_size / 512)
            .map(|count| (frame_size / count / 16 * 16) as u32)
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        for (index, &size) in candidates.iter().enumerate() {
            let last = sizes[sizes.len() - 1];
            // Left out where the step to the next one is small enough without it.
            let is_needed = candidates.get(index + 1).is_none_or(|&next| next > last + last / 16);
            if size > last && is_needed {
                sizes.push(size);
            }
        }
        Self { frame_size, sizes }
    }

    /// The slot for an object of `size` bytes.
    pub(super) fn slot(&self, size: u64) -> u32 {
        let fits = self.sizes.iter().find(|&&slot| u64::from(slot) >= size);
        *fits.expect("what is larger than the largest slot is a rope")
    }

    /// Slots of this size in a frame.
    pub(super) fn per_frame(&self, slot: u32) -> u64 {
        self.frame_size / u64::from(slot)
    }

    /// All slot sizes.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> &[u32] {
        &self.sizes
    }
}
