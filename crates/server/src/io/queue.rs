//! A queue of slot numbers whose links are taken once: a slot is in it at most once, so it can
//! never be full.
//!
//! Invariant: `links[slot]` is the next slot for a queued slot, `LAST` for the last one and
//! `ABSENT` for a slot that is not queued.

const LAST: u32 = u32::MAX;
const ABSENT: u32 = u32::MAX - 1;

/// First in, first out, over slots `0..capacity`.
pub(super) struct SlotQueue {
    links: Box<[u32]>,
    head: u32,
    tail: u32,
}

impl SlotQueue {
    /// An empty queue for slots below `capacity`.
    pub(super) fn new(capacity: u32) -> Self {
        Self { links: vec![ABSENT; capacity as usize].into(), head: LAST, tail: LAST }
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.head == LAST
    }

    /// Puts `slot` at the end, unless it waits already.
    pub(super) fn push(&mut self, slot: u32) {
        if self.links[slot as usize] != ABSENT {
            return;
        }
        self.links[slot as usize] = LAST;
        if self.head == LAST {
            self.head = slot;
        } else {
            self.links[self.tail as usize] = slot;
        }
        self.tail = slot;
    }

    /// The one that waited longest.
    pub(super) fn pop(&mut self) -> Option<u32> {
        if self.head == LAST {
            return None;
        }
        let slot = self.head;
        self.head = std::mem::replace(&mut self.links[slot as usize], ABSENT);
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::SlotQueue;

    #[test]
    fn is_first_in_first_out_and_holds_each_slot_once() {
        let mut queue = SlotQueue::new(4);
        for slot in [2, 0, 2, 3, 0] {
            queue.push(slot);
        }
        assert_eq!((queue.pop(), queue.pop()), (Some(2), Some(0)));
        queue.push(2);
        assert_eq!((queue.pop(), queue.pop(), queue.pop()), (Some(3), Some(2), None));
        assert!(queue.is_empty());
    }
}
