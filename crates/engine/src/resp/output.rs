//! The bytes that a connection still has to send: a queue of buffers. Where a large value follows,
//! which stays in the store until the client reads, what comes after it waits *behind* it
//! (`streams`). Which buffers it may take, `pool` decides.
//!
//! Invariant: the buffers in both queues and those being sent are as many as `held_count` says.
use super::queue::Queue;
use super::streams::FlowId;
use crate::marks::Mark;
use crate::memory::buffer::BufferHandle;
use crate::planted::{Bug, is_planted};
use crate::resp::request::PinId;

pub use super::pool::{Decision, Grant, REPLY_ROOM, Refusal, ReplyPool};
pub use super::streams::Piece;

/// Output that waits to be sent.
#[derive(Debug, Default)]
pub struct Output {
    /// What can be sent.
    pub(super) queue: Queue,
    /// Large values on their way, and what waits behind them.
    pub(super) flow: Option<FlowId>,
    /// Buffers that the connection holds, those being sent included.
    pub(super) held_count: u32,
    /// How many of them count as jumbo.
    pub(super) jumbo_count: u32,
    /// This connection has the jumbo permit.
    pub(super) jumbo: bool,
    /// A shared buffer is promised to its large values.
    pub(super) is_promised_one: bool,
    /// Its reply goes on in a later turn.
    pub(super) is_suspended: bool,
}

impl Output {
    /// Nothing to send.
    pub const fn new() -> Self {
        Self {
            queue: Queue::new(),
            flow: None,
            held_count: 0,
            jumbo_count: 0,
            jumbo: false,
            is_promised_one: false,
            is_suspended: false,
        }
    }

    /// Bytes that can be sent.
    pub const fn byte_count(&self) -> u32 {
        self.queue.byte_count()
    }

    /// Buffers held, those being sent included.
    pub const fn held_count(&self) -> u32 {
        self.held_count
    }

    /// Is a large value on its way, or something that waits behind one?
    pub const fn is_streaming(&self) -> bool {
        self.flow.is_some()
    }

    /// Does it have the jumbo permit?
    pub const fn has_jumbo(&self) -> bool {
        self.jumbo
    }

    /// Room for `size` bytes that can be sent, if it is there in one piece; `wrote` says how many
    /// of them have been written.
    #[inline(always)]
    pub fn room(&mut self, size: usize) -> Option<&mut [u8]> {
        if self.flow.is_some() { None } else { self.queue.room(size) }
    }

    /// So many bytes were written into what `room` gave.
    #[inline(always)]
    pub fn wrote(&mut self, size: u32) {
        self.queue.wrote(size);
    }

    /// Appends `bytes` of a reply, taking buffers from `pool` as `grant` allows.
    pub fn append(&mut self, pool: &mut ReplyPool, grant: &mut Grant, bytes: &[u8]) {
        if let Some(id) = self.flow {
            return self.append_behind(pool, grant, id, bytes);
        }
        let mut rest = &bytes[self.queue.append(bytes)..];
        while !rest.is_empty() {
            let empty = pool.acquire(self, grant);
            self.queue.grow(empty);
            rest = &rest[self.queue.append(rest)..];
        }
    }

    fn append_behind(&mut self, pool: &mut ReplyPool, grant: &mut Grant, id: FlowId, bytes: &[u8]) {
        let mut rest = bytes;
        loop {
            let flow = pool.streams.flow_mut(id);
            let size = flow.behind.append(rest);
            flow.wrote(size as u64);
            rest = &rest[size..];
            if rest.is_empty() {
                return;
            }
            let empty = pool.acquire(self, grant);
            let flow = pool.streams.flow_mut(id);
            flow.behind.grow(empty);
            flow.behind_count += 1;
        }
    }

    /// The pinned value follows what was written so far.
    pub fn stream(&mut self, pool: &mut ReplyPool, pin: PinId, size: u64) {
        let id = *self.flow.get_or_insert_with(|| pool.streams.begin());
        pool.streams.push(id, pin, size);
    }

    /// What comes next of the large values, and of what is between and behind them.
    pub fn next_piece(&self, pool: &ReplyPool) -> Option<Piece> {
        pool.streams.next(self.flow?)
    }

    /// Appends to what can be sent what `read` writes of the next piece, into the room of one
    /// buffer; returns how much that was.
    pub fn append_value(
        &mut self,
        pool: &mut ReplyPool,
        grant: &mut Grant,
        read: impl FnOnce(&mut [u8]) -> usize,
    ) -> u64 {
        let id = self.flow.expect("the value is there");
        self.make_room(pool, grant);
        let size = self.queue.append_with(read) as u64;
        assert!(size > 0, "a pinned value is shorter than it was");
        pool.streams.advance(id, size);
        size
    }

    /// The end of a value that is complete: its last line end goes out, and it is to be unpinned.
    pub fn end_value(&mut self, pool: &mut ReplyPool, grant: &mut Grant) -> PinId {
        let mut rest: &[u8] = b"\r\n";
        while !rest.is_empty() {
            self.make_room(pool, grant);
            rest = &rest[self.queue.append(rest)..];
        }
        self.take_stream(pool).expect("what has an end is there")
    }

    /// Moves at most `size` bytes that waited behind a value to what can be sent, at most as many
    /// as there is room for in one buffer; returns how many.
    pub fn move_on(&mut self, pool: &mut ReplyPool, grant: &mut Grant, size: u64) -> u64 {
        let id = self.flow.expect("something waits");
        self.make_room(pool, grant);
        let flow = pool.streams.flow_mut(id);
        let waiting = flow.behind.first();
        let waiting = &waiting[..waiting.len().min(size as usize)];
        let mut moved_size = self.queue.append(waiting);
        pool.marks.reach(Mark::MovedOn);
        if is_planted(Bug::MovedShort) && moved_size < waiting.len() {
            moved_size += 1;
        }
        let emptied = flow.behind.consume(moved_size as u32);
        flow.behind_count -= u32::from(emptied.is_some());
        pool.streams.advance(id, moved_size as u64);
        if let Some(emptied) = emptied {
            pool.release(self, emptied);
        }
        moved_size as u64
    }

    /// Makes sure that what can be sent has room at its end.
    fn make_room(&mut self, pool: &mut ReplyPool, grant: &mut Grant) {
        if self.queue.room_size() == 0 {
            let empty = pool.acquire(self, grant);
            self.queue.grow(empty);
        }
    }

    /// Takes a large value off, which is then to be unpinned.
    pub fn take_stream(&mut self, pool: &mut ReplyPool) -> Option<PinId> {
        pool.streams.pop(self.flow?)
    }

    /// All large values are out, and what waited behind them has moved on.
    pub fn end_streams(&mut self, pool: &mut ReplyPool) {
        pool.streams.end(self.flow.take().expect("it was streaming"));
        pool.settle(self);
    }

    /// Does its last buffer belong to a reply that goes on later?
    pub const fn is_suspended(&self) -> bool {
        self.is_suspended
    }

    /// Takes up to `buffer_count_max` buffers off the front, as one chain, to be sent. They stay
    /// counted as held until `ReplyPool::release`. The tail of a reply that goes on later stays:
    /// the room in it is a part of what was reserved.
    pub fn take(&mut self, buffer_count_max: u32) -> Option<BufferHandle> {
        let take = if self.is_suspended { Queue::take_full } else { Queue::take };
        let chain = take(&mut self.queue)?;
        let mut last = &mut *chain;
        for _ in 1..buffer_count_max {
            let Some(next) = take(&mut self.queue) else { break };
            last.link(next);
            last = last.next_mut().expect("it was linked a line above");
        }
        Some(chain)
    }

    /// Drops everything that waits. What is being sent stays counted; large values were taken off
    /// before.
    pub fn clear(&mut self, pool: &mut ReplyPool) {
        pool.resume(self);
        if let Some(id) = self.flow.take() {
            let flow = pool.streams.flow_mut(id);
            let mut behind = core::mem::take(&mut flow.behind);
            flow.behind_count = 0;
            pool.streams.end(id);
            while let Some(buffer) = behind.take_any() {
                pool.release(self, buffer);
            }
        }
        while let Some(buffer) = self.queue.take_any() {
            if is_planted(Bug::ReplyLost) {
                self.held_count -= 1;
                continue;
            }
            pool.release(self, buffer);
        }
        pool.settle(self);
    }
}

#[cfg(test)]
#[path = "output_test.rs"]
mod output_test;
