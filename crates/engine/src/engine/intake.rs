//! Requests that are not complete in one buffer: fed to the thorough parser, kept in blocks, large
//! arguments in the store's frames, and executed when their end has come.
use super::Engine;
use super::shared::{End, Spent};
use super::turn::Next;
use crate::commands::error::CommandError;
use crate::commands::known::Known;
use crate::commands::transaction;
use crate::connection::{Moment, NoRoom, Parked};
use crate::limits::GROUP_SPANS;
use crate::marks::Mark;
use crate::memory::blocks::{BLOCK_SIZE, Span};
use crate::resp::grammar::{Bounds, ERROR_SIZE_MAX, ProtocolError};
use crate::resp::output::REPLY_ROOM;
use crate::resp::partial::Step;
use crate::resp::request::{Request, StagedId};
use crate::store::StoreFull;

/// Steps of debt and eviction at a time for a large argument on its way.
const COLLECT_STEPS: u32 = 64;

/// Large arguments that one connection may have on their way, if there is a row for each.
const LARGE_COUNT_MIN: u32 = 8;

impl Engine {
    /// What the connection in `slot` may send.
    pub(super) fn bounds(&self, slot: u32) -> Bounds {
        Bounds {
            arguments_max: self.shared.limits.args_max,
            bulk_size_max: self.shared.store.tuning.value_size_max,
            authenticated: self.shared.sessions[slot as usize].authenticated,
        }
    }

    /// Blocks that the request of one connection may hold.
    fn request_share(&self, held_count: u32) -> u32 {
        let request_max = self.shared.limits.request_size_max.div_ceil(u64::from(BLOCK_SIZE));
        (request_max as u32).min((self.requests.free_count() + held_count) / 4).max(1)
    }

    /// Feeds the input of `slot` to its request on its way, up to the request's end. `used_spans`
    /// of the group's spans are taken by others. Returns what executing it took of the turn.
    pub(super) fn take_in(&mut self, slot: u32, used_spans: usize) -> Spent {
        let bounds = self.bounds(slot);
        while !self.connections[slot as usize].partial.is_complete() {
            let share = self.request_share(self.connections[slot as usize].partial.block_count());
            if !self.collect(slot) {
                return Spent::default();
            }
            let connection = &mut self.connections[slot as usize];
            if connection.partial.is_empty() {
                connection.request_started = Moment::at(self.shared.now.monotonic_ms);
            }
            let Some(input) = &mut connection.input else { return Spent::default() };
            let (used, step) =
                connection.partial.feed(&mut self.requests, input.filled(), &bounds, share);
            if let Step::Content { staged, size } = step {
                let content = &input.filled()[used - size as usize..used];
                self.shared.store.stage_write(staged, content);
            }
            input.consume(used as u32);
            if input.filled_size() == 0 {
                self.release_input(slot);
            }
            match step {
                Step::More => {
                    self.marks_split(slot);
                    return Spent::default();
                }
                Step::Empty => {
                    self.marks.reach(Mark::EmptyRead);
                    return Spent::default();
                }
                Step::Complete => break,
                Step::Content { .. } => {}
                Step::Error(error) => {
                    self.refuse_protocol(slot, error);
                    return Spent::default();
                }
                Step::Large { size } => self.begin_large(slot, size, share),
                Step::Full => {
                    self.marks.reach(Mark::RequestFull);
                    self.refuse(slot, NoRoom::Blocks);
                }
            }
        }
        self.execute_complete(slot, used_spans)
    }

    /// The bytes have ended within a request: where?
    fn marks_split(&self, slot: u32) {
        if let Some(mark) = self.connections[slot as usize].partial.split() {
            self.marks.reach(mark);
        }
    }

    /// May the connection in `slot` begin one more large argument? What it sends and what it has
    /// queued holds at most a quarter of what nobody else does, or a few.
    fn may_begin_large(&self, slot: u32) -> bool {
        let transaction = &self.shared.sessions[slot as usize].transaction;
        let partial = &self.connections[slot as usize].partial;
        let held_count = partial.large_count() + u32::from(transaction.large_count);
        let [_, (used_count, _, all_count)] = self.shared.store.large_values_used();
        held_count < ((all_count - used_count + held_count) / 4).max(LARGE_COUNT_MIN)
    }

    fn begin_large(&mut self, slot: u32, size: u64, share: u32) {
        if !self.may_begin_large(slot) {
            self.marks.reach(Mark::StagedShare);
            return self.refuse(slot, NoRoom::Store(StoreFull::Staged));
        }
        let staged = match self.shared.store.announce(size) {
            Ok(staged) => staged,
            Err(full) => return self.refuse(slot, NoRoom::Store(full)),
        };
        let connection = &mut self.connections[slot as usize];
        if connection.partial.accept_large(&mut self.requests, staged, share) {
            connection.collecting = Some(staged);
        } else {
            self.marks.reach(Mark::RequestFull);
            self.shared.store.stage_discard(staged);
            self.refuse(slot, NoRoom::Blocks);
        }
    }

    /// Makes some of the room that a large argument on its way still lacks. False if that has to
    /// go on before its bytes can be taken in.
    fn collect(&mut self, slot: u32) -> bool {
        let connection = &mut self.connections[slot as usize];
        let Some(staged) = connection.collecting else { return true };
        let now = self.shared.now;
        // It is not the client that is slow.
        connection.request_started = Moment::at(now.monotonic_ms);
        match self.shared.store.collect(now, staged, COLLECT_STEPS) {
            Ok(is_ready) => {
                if is_ready {
                    connection.collecting = None;
                } else {
                    self.marks.reach(Mark::CollectedLater);
                }
                is_ready
            }
            Err(full) => {
                connection.collecting = None;
                self.refuse(slot, NoRoom::Store(full));
                true
            }
        }
    }

    /// There is no room for the request: the rest of it is read and dropped, then an error is
    /// answered.
    fn refuse(&mut self, slot: u32, reason: NoRoom) {
        let connection = &mut self.connections[slot as usize];
        let store = &mut self.shared.store;
        connection.partial.refuse(&mut self.requests, |staged| store.stage_discard(staged));
        connection.refusal = Some(reason);
    }

    fn refuse_protocol(&mut self, slot: u32, error: ProtocolError) {
        self.marks.reach(Mark::ProtocolBroken);
        self.shared.statistics.protocol_error_count += 1;
        self.shared.statistics.count_error("ERR");
        let connection = &mut self.connections[slot as usize];
        let mut room = [0; ERROR_SIZE_MAX];
        // Without room for the line it is closed without one.
        self.shared.write_error(slot as usize, &mut connection.output, error.line(&mut room));
        self.drain(slot);
    }

    /// Executes a request whose end has come. Returns its part of the turn.
    pub(super) fn execute_complete(&mut self, slot: u32, used_spans: usize) -> Spent {
        let connection = &mut self.connections[slot as usize];
        if connection.partial.is_refused() {
            self.answer_refused(slot);
            return Spent::default();
        }
        if connection.partial.is_inline() {
            self.marks.reach(Mark::InlineRead);
        }
        let count = connection.partial.argument_count() as usize;
        let (group, large) = self.spans.split_at_mut(GROUP_SPANS as usize);
        let group = &mut group[used_spans..];
        // A queued command is unpacked where this one is not.
        let (own, other): (&mut [Span], &mut [Span]) =
            if count <= group.len() { (group, large) } else { (large, group) };
        let count = connection.partial.spans(&self.requests, own);
        let request = Request::new(self.requests.bytes(), &own[..count]);
        self.shared.statistics.mark((self.shared.hooks.ticks)());
        let mut request = Some((request, &Known::NOTHING));
        let output = &mut connection.output;
        let ran = self.shared.run(slot as usize, output, |_| request.take(), u64::MAX, other);
        self.shared.statistics.settle(self.shared.hooks.ticks);
        if ran.count > 0 {
            // The dispatcher has consumed, queued or given back its large arguments.
            connection.partial.reset(&mut self.requests, |_: StagedId| ());
        }
        self.after(slot, &ran.end);
        ran.spent
    }

    fn answer_refused(&mut self, slot: u32) {
        let connection = &mut self.connections[slot as usize];
        let error = match connection.refusal.expect("a refused request has a reason") {
            NoRoom::Store(full) => CommandError::from(full),
            NoRoom::Blocks => CommandError::Limit {
                name: "request-size-max",
                needed: self.shared.limits.request_size_max + 1,
            },
        };
        let request = Request::new(b"", &[Span { start: 0, size: 0 }]);
        let line = error.line(&request);
        if !self.shared.write_error(slot as usize, &mut connection.output, line.bytes()) {
            self.park_for_room(slot, u64::from(REPLY_ROOM));
            return;
        }
        self.shared.statistics.count_error(error.kind());
        self.marks.reach(Mark::RefusedDrained);
        if let Some(mark) = error.mark() {
            self.marks.reach(mark);
        }
        let transaction = &mut self.shared.sessions[slot as usize].transaction;
        if transaction.open {
            // It can only end with EXECABORT: nothing of it is kept.
            transaction.failed = true;
            transaction::release(&mut self.shared.queues, &mut self.shared.store, transaction);
        }
        connection.refusal = None;
        connection.partial.reset(&mut self.requests, |_: StagedId| ());
    }

    /// What comes after requests that were run, or could not be.
    pub(super) fn after(&mut self, slot: u32, end: &End) -> Next {
        match end {
            End::AwaitsRoom(size) => {
                self.park_for_room(slot, *size);
                Next::Stop
            }
            End::AwaitsStore => {
                self.park(slot, Parked::Store);
                Next::Stop
            }
            End::Done(orders) => {
                if self.shared.sessions[slot as usize].transaction.running {
                    self.begin_exclusive(slot);
                }
                self.obey(slot, orders);
                let connection = &self.connections[slot as usize];
                let go_on = connection.may_execute() && self.exclusive.is_none();
                if go_on { Next::GoOn } else { Next::Stop }
            }
        }
    }
}
