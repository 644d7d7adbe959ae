//! Large values in the middle of replies: which ones a connection still has to send, in order, and
//! what waits behind them.
//!
//! A value is not copied into the output but pinned in the store, and follows what was written
//! before it. What is written after it waits *behind* it. EXEC may answer several such values with
//! other replies between them, so a connection has a *flow*: a list of values, a row for each pin
//! there can be, each with the count of bytes that go ahead of it, behind the one before; and one
//! queue with all of these bytes.
//!
//! Invariant: a connection has a flow from its first value until all that waits has moved on.
use super::queue::Queue;
use crate::limits::Limits;
use crate::resp::request::PinId;
use alloc::boxed::Box;

/// A value on its way out.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// Its bytes, and how many of them are in the output.
    size: u64,
    offset: u64,
    /// Bytes of other replies between it and the value before it.
    ahead: u64,
    next: Option<PinId>,
}

/// What one connection still has to send.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// What waits, and in how many buffers.
    pub(super) behind: Queue,
    pub(super) behind_count: u32,
    value_count: u32,
    first: Option<PinId>,
    last: Option<PinId>,
    /// Bytes behind the last value.
    after: u64,
    next_free: Option<FlowId>,
}

/// Which flow a connection has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct FlowId(u16);

/// The flows and their values, of all connections.
pub(super) struct Streams {
    rows: Box<[Row]>,
    flows: Box<[Flow]>,
    free: Option<FlowId>,
    value_count: u32,
}

/// What comes next of a connection's values and of what is between them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Piece {
    /// So many bytes of other replies.
    Plain(u64),
    /// The pinned value, from `offset` on; at its end when `left` is 0.
    Value {
        /// The value.
        pin: PinId,
        /// Where to go on.
        offset: u64,
        /// Bytes from there to its end.
        left: u64,
    },
}

impl Streams {
    pub(super) fn new(limits: &Limits) -> Self {
        let count = limits.pins_max as u16;
        assert_eq!(u32::from(count), limits.pins_max, "the option has a range");
        let flow = |index| Flow {
            next_free: (index + 1 < count).then_some(FlowId(index + 1)),
            ..Flow::default()
        };
        Self {
            rows: (0..count).map(|_| Row::default()).collect(),
            flows: (0..count).map(flow).collect(),
            free: (count > 0).then_some(FlowId(0)),
            value_count: 0,
        }
    }

    /// Bytes of a flow and of a value, for the plan.
    pub(super) const fn unit_size() -> u32 {
        (size_of::<Row>() + size_of::<Flow>()) as u32
    }

    /// Is there a flow, or does the connection have one?
    pub(super) fn has_place(&self, flow: Option<FlowId>) -> bool {
        flow.is_some() || self.free.is_some()
    }

    /// May a connection have one more value? It has at most a quarter of what others leave, but
    /// one.
    pub(super) fn has_room(&self, flow: Option<FlowId>) -> bool {
        let held_count = flow.map_or(0, |id| self.flow(id).value_count);
        let open_count = self.rows.len() as u32 - self.value_count + held_count;
        self.has_place(flow) && held_count < (open_count / 4).max(1)
    }

    /// A flow without values. `has_room` said that there is one.
    pub(super) fn begin(&mut self) -> FlowId {
        let id = self.free.expect("asked for before");
        self.free = self.flow_mut(id).next_free.take();
        id
    }

    /// Gives back a flow of which nothing is left.
    pub(super) fn end(&mut self, id: FlowId) {
        let free = self.free.replace(id);
        let flow = self.flow_mut(id);
        assert!(flow.first.is_none(), "values are taken off, so that they are unpinned");
        assert_eq!(flow.behind_count, 0, "what waits is sent or dropped before its flow ends");
        *flow = Flow { next_free: free, ..Flow::default() };
    }

    pub(super) fn flow(&self, id: FlowId) -> &Flow {
        &self.flows[usize::from(id.0)]
    }

    pub(super) fn flow_mut(&mut self, id: FlowId) -> &mut Flow {
        &mut self.flows[usize::from(id.0)]
    }

    /// The value goes behind everything that was written.
    pub(super) fn push(&mut self, id: FlowId, pin: PinId, size: u64) {
        let flow = &mut self.flows[usize::from(id.0)];
        let ahead = core::mem::take(&mut flow.after);
        self.rows[pin.0 as usize] = Row { size, offset: 0, ahead, next: None };
        match flow.last.replace(pin) {
            Some(last) => self.rows[last.0 as usize].next = Some(pin),
            None => flow.first = Some(pin),
        }
        flow.value_count += 1;
        self.value_count += 1;
    }

    /// What comes next; nothing when all of it is in the output.
    pub(super) fn next(&self, id: FlowId) -> Option<Piece> {
        let flow = self.flow(id);
        let Some(pin) = flow.first else {
            return (flow.after > 0).then_some(Piece::Plain(flow.after));
        };
        let row = &self.rows[pin.0 as usize];
        if row.ahead > 0 {
            return Some(Piece::Plain(row.ahead));
        }
        Some(Piece::Value { pin, offset: row.offset, left: row.size - row.offset })
    }

    /// `size` bytes of what `next` said are in the output now.
    pub(super) fn advance(&mut self, id: FlowId, size: u64) {
        let flow = &mut self.flows[usize::from(id.0)];
        match flow.first.map(|pin| &mut self.rows[pin.0 as usize]) {
            None => flow.after -= size,
            Some(row) if row.ahead > 0 => row.ahead -= size,
            Some(row) => row.offset += size,
        }
    }

    /// Takes the first value off.
    pub(super) fn pop(&mut self, id: FlowId) -> Option<PinId> {
        let flow = &mut self.flows[usize::from(id.0)];
        let pin = flow.first?;
        flow.first = self.rows[pin.0 as usize].next;
        if flow.first.is_none() {
            flow.last = None;
        }
        flow.value_count -= 1;
        self.value_count -= 1;
        Some(pin)
    }
}

impl Flow {
    /// Values of it that are still to be sent.
    pub(super) const fn value_count(&self) -> u32 {
        self.value_count
    }

    /// Bytes were written behind the last value.
    pub(super) const fn wrote(&mut self, size: u64) {
        self.after += size;
    }
}
