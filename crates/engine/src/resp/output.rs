//! The bytes that a connection still has to send, and the buffers that all connections share for
//! them.
//!
//! `Output` is a queue of buffers: filled at the tail, sent from the front. Full buffers behind the
//! front are kept newest first and turned round when they are needed, so that every operation is
//! O(1) per buffer although a chain can only be walked forwards.
//!
//! `ReplyPool` decides who may take buffers. *Shared* ones: a connection holds at most its credit,
//! and at most a quarter of what is free, but always one if there is one. The last few go only to
//! local connections that hold none. *Jumbo* ones are set aside for a single reply above that, one
//! at a time.
//!
//! Invariant: a buffer is taken only under a `Grant`, and a grant is given only when the buffers
//! are there; within one command nobody else takes any. So writing a reply never fails.
use crate::limits::Limits;
use crate::marks::{Mark, Marks};
use crate::memory::buffer::{BUFFER_SIZE, BufferHandle, BufferPool};
use crate::planted::{Bug, is_planted};

/// Bytes that any command may write without reserving them.
pub const REPLY_ROOM: u32 = 1024;

/// Buffers that are kept for local connections, of a pool that is large enough.
const KEPT_COUNT: u32 = 4;

/// How many buffers a reply may take from here on, and of which kind.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Grant {
    buffer_count: u32,
    jumbo: bool,
}

impl Grant {
    /// Can `size` bytes be appended to `output` under what is left of this grant?
    pub fn covers(&self, output: &Output, size: u64) -> bool {
        let open_size = u64::from(self.buffer_count) * BUFFER_SIZE as u64;
        size <= u64::from(output.room_size()) + open_size
    }
}

/// Why a reply may not be written now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// Buffers will be there when this connection or another has sent what it holds.
    Wait,
    /// It is above `reply-max`: waiting does not help.
    TooLarge,
}

/// The buffers for replies, and the rule that shares them.
pub struct ReplyPool {
    /// Rare paths of the replies.
    pub marks: Marks,
    buffers: BufferPool,
    /// Buffers that one connection may hold without the jumbo permit.
    credit_count: u32,
    kept_count: u32,
    /// Buffers set aside for the jumbo reply, and how many of them are in use.
    jumbo_capacity: u32,
    jumbo_used: u32,
    jumbo_taken: bool,
    reply_max: u64,
}

impl ReplyPool {
    /// All buffers for replies that `limits` ask for.
    pub fn new(limits: &Limits) -> Self {
        Self {
            marks: Marks::new(),
            buffers: BufferPool::new(Self::buffer_count(limits)),
            credit_count: (limits.reply_credit / BUFFER_SIZE as u32).max(1),
            kept_count: KEPT_COUNT.min(limits.reply_buffers_max / 8),
            jumbo_capacity: Self::jumbo_buffer_count(limits),
            jumbo_used: 0,
            jumbo_taken: false,
            reply_max: limits.reply_max,
        }
    }

    /// Buffers that `new` takes: the shared ones and those of the jumbo reply.
    pub const fn buffer_count(limits: &Limits) -> u32 {
        limits.reply_buffers_max + Self::jumbo_buffer_count(limits)
    }

    /// Buffers set aside for the jumbo reply: `reply_max` bytes, and room for one error more.
    pub const fn jumbo_buffer_count(limits: &Limits) -> u32 {
        (limits.reply_max + REPLY_ROOM as u64).div_ceil(BUFFER_SIZE as u64) as u32
    }

    /// Shared buffers that nobody holds.
    pub const fn free_count(&self) -> u32 {
        self.buffers.free_count() - (self.jumbo_capacity - self.jumbo_used)
    }

    /// Shared buffers.
    pub const fn capacity(&self) -> u32 {
        self.buffers.capacity() - self.jumbo_capacity
    }

    /// Buffers in use, of both kinds.
    pub const fn used_count(&self) -> u32 {
        self.buffers.capacity() - self.buffers.free_count()
    }

    /// The most buffers of both kinds that were ever in use at once.
    pub const fn used_count_max(&self) -> u32 {
        self.buffers.used_count_max()
    }

    /// Buffers set aside for the jumbo reply.
    pub const fn jumbo_capacity(&self) -> u32 {
        self.jumbo_capacity
    }

    /// How many of them are in use.
    pub const fn jumbo_used(&self) -> u32 {
        self.jumbo_used
    }

    /// Is a jumbo reply being written or sent?
    pub const fn jumbo_taken(&self) -> bool {
        self.jumbo_taken
    }

    /// Under 1/16 of the shared buffers are free: time to close who holds them without reading.
    pub const fn is_scarce(&self) -> bool {
        self.free_count() < self.capacity() / 16
    }

    /// May `output` take what the next `size` bytes need? `local` connections may take the last
    /// buffers; who is not `patient` gets the jumbo permit even for what would fit later without
    /// it. The permit lasts until the buffers taken under it are sent.
    pub fn admit(
        &mut self,
        output: &mut Output,
        size: u64,
        local: bool,
        patient: bool,
    ) -> Result<Grant, Refusal> {
        let room = output.room_size();
        if size <= u64::from(room) {
            return Ok(Grant::default());
        }
        if size > self.reply_max + u64::from(REPLY_ROOM) {
            self.marks.reach(Mark::ReplyTooLarge);
            return Err(Refusal::TooLarge);
        }
        let buffer_count = (size - u64::from(room)).div_ceil(BUFFER_SIZE as u64) as u32;
        let free_count = self.free_count();
        let held_count = output.held_count - output.jumbo_count;
        let kept_count = if local && held_count == 0 { 0 } else { self.kept_count };
        let open_count = free_count.saturating_sub(kept_count);
        // What it holds counts as free here, or the threshold would fall while it fills.
        let held_max = self.credit_count.min((free_count + held_count) / 4).max(1);
        if buffer_count <= open_count && held_count + buffer_count <= held_max {
            return Ok(Grant { buffer_count, jumbo: false });
        }
        if buffer_count > open_count {
            self.marks.reach(Mark::ReplyFull);
        }
        if buffer_count <= held_max && patient {
            // It will fit once its own output, or that of others, is sent.
            return Err(Refusal::Wait);
        }
        self.admit_jumbo(output, buffer_count)
    }

    fn admit_jumbo(&mut self, output: &mut Output, buffer_count: u32) -> Result<Grant, Refusal> {
        if self.jumbo_taken && !output.jumbo {
            self.marks.reach(Mark::JumboRefused);
            return Err(Refusal::Wait);
        }
        if buffer_count > self.jumbo_capacity - self.jumbo_used {
            if self.jumbo_used > 0 {
                return Err(Refusal::Wait);
            }
            self.marks.reach(Mark::ReplyTooLarge);
            return Err(Refusal::TooLarge);
        }
        self.marks.reach(Mark::JumboGranted);
        self.jumbo_taken = true;
        output.jumbo = true;
        Ok(Grant { buffer_count, jumbo: true })
    }

    /// Ends the jumbo permit of `output` once nothing that was taken under it is held.
    pub fn settle(&mut self, output: &mut Output) {
        if output.jumbo && output.jumbo_count == 0 {
            assert!(self.jumbo_taken, "the jumbo permit was lost");
            self.jumbo_taken = is_planted(Bug::JumboKept);
            output.jumbo = false;
        }
    }

    fn acquire(&mut self, jumbo: bool) -> BufferHandle {
        if jumbo {
            self.jumbo_used += 1;
            assert!(self.jumbo_used <= self.jumbo_capacity, "more jumbo buffers than set aside");
        }
        self.buffers.acquire().expect("a grant is given only when the buffers are there")
    }

    /// Takes back a chain that `output` held, or that was sent for it.
    pub fn release(&mut self, output: &mut Output, chain: BufferHandle) {
        let released_count = self.buffers.release(chain);
        assert!(released_count <= output.held_count, "released buffers that were not held");
        output.held_count -= if is_planted(Bug::CreditKept) { 0 } else { released_count };
        // The jumbo buffers count as the first to come back: others wait for them.
        let jumbo_count = released_count.min(output.jumbo_count);
        output.jumbo_count -= jumbo_count;
        self.jumbo_used -= jumbo_count;
        self.settle(output);
    }
}

/// Output that waits to be sent.
#[derive(Debug, Default)]
pub struct Output {
    /// To be sent first, in order.
    front: Option<BufferHandle>,
    /// Full buffers behind the front, newest first.
    back: Option<BufferHandle>,
    /// The one that is being filled.
    tail: Option<BufferHandle>,
    /// Buffers that the connection holds, those being sent included.
    held_count: u32,
    /// How many of them count as jumbo.
    jumbo_count: u32,
    /// This connection has the jumbo permit.
    jumbo: bool,
    byte_count: u64,
}

impl Output {
    /// Nothing to send.
    pub const fn new() -> Self {
        Self {
            front: None,
            back: None,
            tail: None,
            held_count: 0,
            jumbo_count: 0,
            jumbo: false,
            byte_count: 0,
        }
    }

    /// Bytes that wait to be sent (those being sent are not among them).
    pub const fn byte_count(&self) -> u64 {
        self.byte_count
    }

    /// Buffers held, those being sent included.
    pub const fn held_count(&self) -> u32 {
        self.held_count
    }

    /// Does it have the jumbo permit?
    pub const fn has_jumbo(&self) -> bool {
        self.jumbo
    }

    /// Bytes that fit without another buffer.
    pub fn room_size(&self) -> u32 {
        match &self.tail {
            Some(tail) => tail.room_size(),
            None => 0,
        }
    }

    /// Appends `bytes`, taking buffers from `pool` as `grant` allows.
    #[inline]
    pub fn append(&mut self, pool: &mut ReplyPool, grant: &mut Grant, bytes: &[u8]) {
        self.byte_count += bytes.len() as u64;
        let mut rest = bytes;
        if let Some(tail) = &mut self.tail {
            rest = &rest[tail.append(rest)..];
        }
        while !rest.is_empty() {
            let tail = self.grow(pool, grant);
            rest = &rest[tail.append(rest)..];
        }
    }

    /// A new, empty tail.
    fn grow(&mut self, pool: &mut ReplyPool, grant: &mut Grant) -> &mut BufferHandle {
        assert!(grant.buffer_count > 0, "a reply exceeds what was reserved for it");
        grant.buffer_count -= 1;
        self.held_count += 1;
        self.jumbo_count += u32::from(grant.jumbo);
        if let Some(full) = self.tail.take() {
            if let Some(back) = self.back.take() {
                full.link(back);
            }
            self.back = Some(full);
        }
        self.tail.insert(pool.acquire(grant.jumbo))
    }

    /// Appends what `read` writes into the room of one buffer; returns how much that was.
    pub fn append_with(
        &mut self,
        pool: &mut ReplyPool,
        grant: &mut Grant,
        read: impl FnOnce(&mut [u8]) -> usize,
    ) -> usize {
        if self.room_size() == 0 {
            self.grow(pool, grant);
        }
        let tail = self.tail.as_deref_mut().expect("there is a tail with room");
        let size = read(tail.room());
        tail.commit(size as u32);
        self.byte_count += size as u64;
        size
    }

    /// Takes up to `buffer_count_max` buffers off the front, as one chain, to be sent. They stay
    /// counted as held until `ReplyPool::release`.
    pub fn take(&mut self, buffer_count_max: u32) -> Option<BufferHandle> {
        let chain = self.take_front()?;
        self.byte_count -= u64::from(chain.filled_size());
        let mut last = &mut *chain;
        for _ in 1..buffer_count_max {
            let Some(next) = self.take_front() else { break };
            self.byte_count -= u64::from(next.filled_size());
            last.link(next);
            last = last.next_mut().expect("it was linked a line above");
        }
        Some(chain)
    }

    /// The first buffer, unlinked.
    fn take_front(&mut self) -> Option<BufferHandle> {
        if self.front.is_none() {
            while let Some(newest) = self.back.take() {
                self.back = newest.take_next();
                if is_planted(Bug::RepliesSwapped) {
                    return Some(newest);
                }
                if let Some(front) = self.front.take() {
                    newest.link(front);
                }
                self.front = Some(newest);
            }
        }
        let Some(first) = self.front.take() else {
            // An empty tail has nothing to send, and will be filled next.
            let filled = self.tail.as_deref().is_some_and(|tail| tail.filled_size() > 0);
            return if filled { self.tail.take() } else { None };
        };
        self.front = first.take_next();
        Some(first)
    }

    /// Drops everything that waits. What is being sent stays counted.
    pub fn clear(&mut self, pool: &mut ReplyPool) {
        while let Some(buffer) = self.take_front().or_else(|| self.tail.take()) {
            if is_planted(Bug::ReplyLost) {
                self.held_count -= 1;
                continue;
            }
            pool.release(self, buffer);
        }
        self.byte_count = 0;
    }
}

#[cfg(test)]
#[path = "output_test.rs"]
mod output_test;
