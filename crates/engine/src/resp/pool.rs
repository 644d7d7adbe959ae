//! The buffers that all connections share for their replies, and who may take them.
//!
//! *Shared* ones: a connection holds at most its credit, and at most a quarter of what is free, but
//! always one if there is one. The last few go only to local connections that hold none. *Jumbo*
//! ones are set aside for a single reply above that, one at a time. Some shared ones are
//! *promised*: to the reply of a transaction that goes on in a later turn, and to each connection
//! that has a large value on its way, so that those cannot wait for each other.
//!
//! Invariant: a buffer is taken only under a `Grant`, and a grant is given only when the buffers
//! are there; within one command nobody else takes any. So writing a reply never fails.
use super::output::Output;
use super::streams::Streams;
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
    /// Bytes in the buffers that it allows.
    pub const fn size(&self) -> u64 {
        self.buffer_count as u64 * BUFFER_SIZE as u64
    }

    /// Shared buffers that it allows.
    pub const fn shared_count(&self) -> u32 {
        if self.jumbo { 0 } else { self.buffer_count }
    }

    /// Does it go with the jumbo permit?
    pub const fn is_jumbo(&self) -> bool {
        self.jumbo
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

/// What the rule says of a reply that asks for room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// It may be written.
    Granted(Grant),
    /// Others, or the connection itself, hold the shared buffers that it needs.
    SharedUsed,
    /// Another has the jumbo permit, or this one's last jumbo reply is still being sent.
    JumboUsed,
    /// It is above `reply-max`.
    TooLarge,
}

/// The buffers for replies, and the rule that shares them.
pub struct ReplyPool {
    /// Rare paths of the replies.
    pub marks: Marks,
    buffers: BufferPool,
    pub(super) streams: Streams,
    /// Buffers that one connection may hold without the jumbo permit.
    credit_count: u32,
    pub(super) kept_count: u32,
    /// Shared buffers that are promised.
    promised_count: u32,
    /// What a reply may still take that goes on in a later turn; there is one at a time.
    suspended: Grant,
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
            streams: Streams::new(limits),
            credit_count: (limits.reply_credit / BUFFER_SIZE as u32).max(1),
            kept_count: KEPT_COUNT.min(limits.reply_buffers_max / 8),
            promised_count: 0,
            suspended: Grant::default(),
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

    /// Bytes that `new` takes for each of `pins_max` large values.
    pub const fn stream_size() -> u32 {
        Streams::unit_size()
    }

    /// Shared buffers that nobody holds and nobody was promised.
    pub const fn free_count(&self) -> u32 {
        self.buffers.free_count() - (self.jumbo_capacity - self.jumbo_used) - self.promised_count
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

    /// Bytes of replies that fit into `output` without another buffer.
    #[inline(always)]
    pub fn room_size(&self, output: &Output) -> u32 {
        match output.flow {
            Some(id) => self.streams.flow(id).behind.room_size(),
            None => output.queue.room_size(),
        }
    }

    /// Bytes that wait in `output`: neither those being sent nor large values that are still in the
    /// store are among them.
    pub fn waiting_bytes(&self, output: &Output) -> u32 {
        let behind = output.flow.map_or(0, |id| self.streams.flow(id).behind.byte_count());
        output.byte_count() + behind
    }

    /// Buffers that `output` holds and that are being sent, or can be.
    pub fn ready_count(&self, output: &Output) -> u32 {
        output.held_count - output.flow.map_or(0, |id| self.streams.flow(id).behind_count)
    }

    /// Large values that `output` still has to send.
    pub fn value_count(&self, output: &Output) -> u32 {
        output.flow.map_or(0, |id| self.streams.flow(id).value_count())
    }

    /// Shared buffers that are promised, of those that nobody holds.
    pub const fn promised_count(&self) -> u32 {
        self.promised_count
    }

    /// How many of them to `output`.
    pub fn promised_to(&self, output: &Output) -> u32 {
        let is_shared = output.is_suspended && !self.suspended.jumbo;
        let suspended_count = if is_shared { self.suspended.buffer_count } else { 0 };
        suspended_count + u32::from(output.is_promised_one)
    }

    /// May `output` take what the next `size` bytes need? `local` connections may take the last
    /// buffers; who is not `patient` gets the jumbo permit even for what would fit later without
    /// it. The permit lasts until the buffers taken under it are sent.
    #[inline(always)]
    pub fn admit(
        &mut self,
        output: &mut Output,
        size: u64,
        local: bool,
        patient: bool,
    ) -> Result<Grant, Refusal> {
        if size <= u64::from(self.room_size(output)) {
            return Ok(Grant::default());
        }
        self.admit_buffers(output, size, local, patient)
    }

    /// As `admit`, where `output` has to take buffers.
    fn admit_buffers(
        &mut self,
        output: &mut Output,
        size: u64,
        local: bool,
        patient: bool,
    ) -> Result<Grant, Refusal> {
        let (answer, mark) = match self.decide(output, size, local, patient) {
            Decision::Granted(grant) if grant.jumbo => {
                (self.jumbo_taken, output.jumbo) = (true, true);
                (Ok(grant), Mark::JumboGranted)
            }
            Decision::Granted(grant) => return Ok(grant),
            Decision::SharedUsed => (Err(Refusal::Wait), Mark::ReplyFull),
            Decision::JumboUsed => (Err(Refusal::Wait), Mark::JumboRefused),
            Decision::TooLarge => (Err(Refusal::TooLarge), Mark::ReplyTooLarge),
        };
        self.marks.reach(mark);
        answer
    }

    /// What `admit` would say now. Nothing is taken: so those that wait are looked at without
    /// executing what they wait with.
    pub fn decide(&self, output: &Output, size: u64, local: bool, patient: bool) -> Decision {
        let room = u64::from(self.room_size(output));
        if size <= room {
            return Decision::Granted(Grant::default());
        }
        if size > self.reply_max + u64::from(REPLY_ROOM) {
            return Decision::TooLarge;
        }
        if let Some(grant) = self.admit_shared(output, size, local) {
            return Decision::Granted(grant);
        }
        let buffer_count = (size - room).div_ceil(BUFFER_SIZE as u64) as u32;
        let (_, held_max) = self.share(output.held_count - output.jumbo_count, local);
        if buffer_count <= held_max && patient {
            // It will fit once its own output, or that of others, is sent.
            return Decision::SharedUsed;
        }
        self.decide_jumbo(output, buffer_count)
    }

    /// What a reply of `output` may have without the jumbo permit, if another has that: a larger
    /// one waits, however large it is. None where `reply-max` is no more than that.
    pub fn ceiling(&self, output: &Output) -> Option<u64> {
        let is_used = self.jumbo_taken && !output.jumbo;
        let credit_size = u64::from(self.credit_count) * BUFFER_SIZE as u64;
        let ceiling = credit_size + u64::from(self.room_size(output));
        (is_used && ceiling < self.reply_max).then_some(ceiling)
    }

    /// As `admit`, of the shared buffers alone.
    pub fn admit_shared(&self, output: &Output, size: u64, local: bool) -> Option<Grant> {
        let missing_size = size.saturating_sub(u64::from(self.room_size(output)));
        let buffer_count = missing_size.div_ceil(BUFFER_SIZE as u64) as u32;
        let held_count = output.held_count - output.jumbo_count;
        let (open_count, held_max) = self.share(held_count, local);
        (buffer_count <= open_count && held_count + buffer_count <= held_max)
            .then_some(Grant { buffer_count, jumbo: false })
    }

    /// May `output` take what the next bytes need that can be sent, at most one buffer? Here only
    /// those count that can be sent: what waits behind a large value must not be in its way.
    pub fn admit_ready(
        &mut self,
        output: &mut Output,
        size: u32,
        local: bool,
    ) -> Result<Grant, Refusal> {
        if size <= output.queue.room_size() {
            return Ok(Grant::default());
        }
        let held_count = self.ready_count(output);
        let (open_count, held_max) = self.share(held_count, local);
        if open_count > 0 && held_count < held_max {
            return Ok(Grant { buffer_count: 1, jumbo: false });
        }
        if held_count > 0 {
            return Err(Refusal::Wait);
        }
        if core::mem::take(&mut output.is_promised_one) {
            self.promised_count -= 1;
            return Ok(Grant { buffer_count: 1, jumbo: false });
        }
        if output.jumbo && self.jumbo_used < self.jumbo_capacity {
            return Ok(Grant { buffer_count: 1, jumbo: true });
        }
        Err(Refusal::Wait)
    }

    /// Shared buffers that a connection with `held_count` of them may take at once, and the most
    /// that it may hold.
    fn share(&self, held_count: u32, local: bool) -> (u32, u32) {
        let free_count = self.free_count();
        let kept_count = if local && held_count == 0 { 0 } else { self.kept_count };
        // What it holds counts as free here, or the threshold would fall while it fills.
        let held_max = self.credit_count.min((free_count + held_count) / 4).max(1);
        (free_count.saturating_sub(kept_count), held_max)
    }

    const fn decide_jumbo(&self, output: &Output, buffer_count: u32) -> Decision {
        if self.jumbo_taken && !output.jumbo {
            return Decision::JumboUsed;
        }
        if buffer_count <= self.jumbo_capacity - self.jumbo_used {
            return Decision::Granted(Grant { buffer_count, jumbo: true });
        }
        if self.jumbo_used > 0 { Decision::JumboUsed } else { Decision::TooLarge }
    }

    /// The reply goes on in a later turn: what is left of its grant is kept for it until then.
    pub fn suspend(&mut self, output: &mut Output, grant: Grant) {
        assert!(self.suspended == Grant::default(), "one reply at a time goes on later");
        self.promised_count += if grant.jumbo { 0 } else { grant.buffer_count };
        (self.suspended, output.is_suspended) = (grant, true);
    }

    /// What `suspend` kept; nothing if the output was cleared meanwhile.
    pub fn resume(&mut self, output: &mut Output) -> Grant {
        if !core::mem::take(&mut output.is_suspended) {
            return Grant::default();
        }
        let grant = core::mem::take(&mut self.suspended);
        if !grant.jumbo && !is_planted(Bug::SuspendedKept) {
            self.promised_count -= grant.buffer_count;
        }
        grant
    }

    /// Ends the jumbo permit of `output` once nothing that was taken under it is held, or will be,
    /// and the promise to its large values when there are none.
    pub fn settle(&mut self, output: &mut Output) {
        if output.jumbo && output.jumbo_count == 0 && !output.is_suspended {
            assert!(self.jumbo_taken, "the jumbo permit was lost");
            self.jumbo_taken = is_planted(Bug::JumboKept);
            output.jumbo = false;
        }
        if output.is_promised_one && !output.is_streaming() {
            output.is_promised_one = false;
            self.promised_count -= 1;
        }
    }

    /// An empty buffer for `output`, as `grant` allows; it counts as held, and perhaps as jumbo.
    pub(super) fn acquire(&mut self, output: &mut Output, grant: &mut Grant) -> BufferHandle {
        assert!(grant.buffer_count > 0, "a reply exceeds what was reserved for it");
        grant.buffer_count -= 1;
        output.held_count += 1;
        output.jumbo_count += u32::from(grant.jumbo);
        self.jumbo_used += u32::from(grant.jumbo);
        assert!(self.jumbo_used <= self.jumbo_capacity, "more jumbo buffers than set aside");
        self.buffers.acquire().expect("a grant is given only when the buffers are there")
    }

    /// Takes back a chain that `output` held, or that was sent for it.
    pub fn release(&mut self, output: &mut Output, chain: BufferHandle) {
        let released_count = self.buffers.release(chain);
        assert!(released_count <= output.held_count, "released buffers that were not held");
        // The jumbo buffers count as the first to come back: others wait for them. But what waits
        // behind a large value is the last to be sent, and must not pass for shared ones.
        let jumbo_count = if output.is_streaming() {
            released_count.saturating_sub(output.held_count - output.jumbo_count)
        } else {
            released_count.min(output.jumbo_count)
        };
        output.held_count -= if is_planted(Bug::CreditKept) { 0 } else { released_count };
        output.jumbo_count -= jumbo_count;
        self.jumbo_used -= jumbo_count;
        self.settle(output);
        if output.is_streaming() && !output.is_promised_one && self.free_count() > 0 {
            output.is_promised_one = true;
            self.promised_count += 1;
        }
    }
}
