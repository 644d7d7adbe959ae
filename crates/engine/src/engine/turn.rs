//! The turn: requests of many connections, in groups.
//!
//! A group is gathered: parsed in place, and the buckets of its keys asked for. Then it is
//! executed, and the object of each key asked for some requests before its own (`ahead`): the
//! misses of one request hide behind the work of others. Each connection's requests are executed in
//! their order; one that parks ends its part of the group, and what was parsed behind it is parsed
//! again later, since only executing consumes.
use super::Engine;
use super::ahead;
use super::group::{Entry, GROUP_SIZE, Group, Visit};
use super::shared::Ran;
use crate::clock::Now;
use crate::commands::context::Orders;
use crate::connection::{Parked, Phase};
use crate::limits::GROUP_SPANS;
use crate::marks::Mark;
use crate::memory::buffer::BUFFER_SIZE;
use crate::planted::{Bug, is_planted};
use crate::resp::parse::parse;
use crate::resp::request::Request;
use crate::store::Store;
use core::ops::Range;

/// Requests in one turn. Those behind them wait for the next one.
const REQUESTS_PER_TURN: u32 = 512;

/// Bytes of input and output in one turn, and of values that commands look through.
const BYTES_PER_TURN: u64 = 1 << 20;

/// Steps of debt that are paid in a turn in which a transaction waits for that.
const AWAITED_STEPS: u32 = 512;

/// Does a connection's next request follow at once?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// Yes.
    GoOn,
    /// It waits, streams or closes.
    Stop,
}

/// What is left of a turn's bound.
pub(super) struct Budget {
    requests: u32,
    bytes: u64,
}

impl Budget {
    pub(super) fn spend(&mut self, requests: u32, bytes: u64) {
        self.requests = self.requests.saturating_sub(requests);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    const fn is_spent(&self) -> bool {
        self.requests == 0 || self.bytes == 0
    }
}

impl Engine {
    /// Executes what was received, within the turn's bound, and does a slice of everything else.
    pub fn turn(&mut self, now: Now) {
        let started = (self.shared.hooks.ticks)();
        self.shared.statistics.turns.begin(started, self.shared.hooks.processor_ticks);
        self.shared.now = now;
        self.measure();
        self.look_at_postponed();
        self.wake();
        self.run_timers();
        let mut budget = Budget { requests: REQUESTS_PER_TURN, bytes: BYTES_PER_TURN };
        while !budget.is_spent() {
            if let Some(exclusive) = self.exclusive {
                if !self.go_on(exclusive, &mut budget) {
                    self.shared.store.pay_slice(AWAITED_STEPS);
                    break;
                }
                if !is_planted(Bug::OthersExecuted) {
                    continue;
                }
            }
            if self.runnable.count() == 0 {
                break;
            }
            self.gather(&mut budget);
            let inputs = (&*self.connections, &*self.spans);
            ahead::ask_for_first(&self.shared.store, &mut self.group, inputs);
            self.execute_group(&mut budget);
        }
        if self.runnable.count() > 0 {
            self.marks.reach(Mark::TurnSpent);
        }
        // Time stands still while a transaction is half done: no key expires in it.
        let now = self.exclusive.map_or(now, |exclusive| exclusive.now);
        self.shared.store.hold_expiry(self.exclusive.is_some());
        self.store_has_work = self.shared.store.turn(now, REQUESTS_PER_TURN - budget.requests);
        self.check_stop();
        let ended = (self.shared.hooks.ticks)();
        self.shared.statistics.turns.end(started, ended, self.shared.hooks.processor_ticks);
    }

    /// Fills the group from the connections that have something to execute.
    fn gather(&mut self, budget: &mut Budget) {
        self.group.clear();
        for _ in 0..GROUP_SIZE {
            if !self.group.has_room() || budget.bytes == 0 || self.must_wait() {
                break;
            }
            let Some(slot) = self.runnable.pop(&mut self.connections) else { break };
            let connection = &mut self.connections[slot as usize];
            if !connection.has_work() || connection.parked != Parked::No {
                continue;
            }
            if connection.is_streaming() {
                let size = self.pump(slot);
                budget.spend(1, size);
                self.leave(slot);
                continue;
            }
            if connection.partial.is_complete() {
                let spent = self.execute_complete(slot, self.group.span_count);
                budget.spend(1 + spent.requests, spent.bytes);
                self.spend_room(budget);
                self.leave(slot);
                continue;
            }
            if !connection.partial.is_empty() || !self.parse_input(slot) {
                let spent = self.take_in(slot, self.group.span_count);
                budget.spend(1 + spent.requests, BUFFER_SIZE as u64 / 4 + spent.bytes);
                self.spend_room(budget);
                self.leave(slot);
            }
        }
    }

    /// Has everything to wait for a transaction?
    fn must_wait(&self) -> bool {
        self.exclusive.is_some() && !is_planted(Bug::OthersExecuted)
    }

    /// Parses complete requests of a connection into the group; false if the first is none, and
    /// the thorough parser has to look at it.
    fn parse_input(&mut self, slot: u32) -> bool {
        let bounds = self.bounds(slot);
        let connection = &mut self.connections[slot as usize];
        let Some(input) = &mut connection.input else { return true };
        let (store, database) = (&self.shared.store, self.shared.sessions[slot as usize].database);
        let group = &mut self.group;
        let first_entry = group.entry_count;
        let (bytes, mut at) = (input.filled(), 0);
        while (at as usize) < bytes.len() {
            let spans = &mut self.spans[group.span_count..GROUP_SPANS as usize];
            let Some(parsed) = parse(bytes, at, spans, &bounds) else { break };
            at = parsed.end;
            if parsed.argument_count > 0 {
                let first_span = group.span_count as u32;
                group.span_count += parsed.argument_count as usize;
                let end_span = group.span_count as u32;
                let spans = &spans[..parsed.argument_count as usize];
                let (approach, known) = ahead::hash_key(store, database, bytes, spans);
                let may_have_element = ahead::may_have_element(bytes, spans);
                let entry = Entry { first_span, end_span, end: at, known, may_have_element };
                group.push(store, entry, approach);
            }
            if !group.has_room() {
                break;
            }
        }
        if at == 0 {
            return false;
        }
        group.visits[group.visit_count] = Visit {
            slot,
            first_entry: first_entry as u32,
            end_entry: group.entry_count as u32,
            end: at,
        };
        group.visit_count += 1;
        true
    }

    fn execute_group(&mut self, budget: &mut Budget) {
        self.shared.statistics.mark((self.shared.hooks.ticks)());
        for index in 0..self.group.visit_count {
            let visit = self.group.visits[index];
            let mut consumed = self.execute_visit(visit, budget);
            if is_planted(Bug::RequestsDropped) {
                consumed = visit.end;
            }
            budget.spend(visit.end_entry - visit.first_entry, u64::from(consumed));
            if let Some(input) = &mut self.connections[visit.slot as usize].input {
                input.consume(consumed);
                if input.filled_size() == 0 {
                    self.release_input(visit.slot);
                }
            }
            self.leave(visit.slot);
        }
        self.shared.statistics.settle(self.shared.hooks.ticks);
        self.group.clear();
    }

    /// Runs the requests of a visit, as far as may be; returns how many bytes of its input are done
    /// with. What is left is parsed again later.
    fn execute_visit(&mut self, visit: Visit, budget: &mut Budget) -> u32 {
        let (mut consumed, mut next) = (0, visit.first_entry);
        while next < visit.end_entry {
            let may_execute = self.connections[visit.slot as usize].may_execute();
            if !may_execute || budget.is_spent() || self.must_wait() {
                return consumed;
            }
            let Some(ran) = self.execute(visit.slot, next..visit.end_entry, budget.bytes) else {
                return consumed;
            };
            self.spend_room(budget);
            budget.spend(ran.spent.requests, ran.spent.bytes);
            next += ran.count;
            if next > visit.first_entry {
                consumed = self.group.entries[next as usize - 1].end;
            }
            if self.after(visit.slot, &ran.end) == Next::Stop {
                return consumed;
            }
        }
        visit.end
    }

    /// What was done to make room is a part of the turn, whether or not its command has run.
    pub(super) fn spend_room(&mut self, budget: &mut Budget) {
        budget.spend(0, self.shared.store.take_room_bytes());
    }

    /// Runs entries of the group until they have taken `bytes_max` of the turn; nothing if their
    /// connection has lost its input meanwhile.
    fn execute(&mut self, slot: u32, entries: Range<u32>, bytes_max: u64) -> Option<Ran> {
        let connection = &mut self.connections[slot as usize];
        let bytes = connection.input.as_deref()?.filled();
        let (spans, large) = self.spans.split_at_mut(GROUP_SPANS as usize);
        let Group { entries: all, approaches, .. } = &mut self.group;
        let mut rest = entries.map(|index| index as usize);
        let next = |store: &Store| {
            let index = rest.next()?;
            approaches.ask_for_coming(store, index);
            let entry = &all[index];
            let spans = &spans[entry.first_span as usize..entry.end_span as usize];
            Some((Request::in_place(bytes, spans), &entry.known))
        };
        let output = &mut connection.output;
        Some(self.shared.run(slot as usize, output, next, bytes_max, large))
    }

    /// Does what a command has ordered beyond the data.
    pub(super) fn obey(&mut self, slot: u32, orders: &Orders) {
        if *orders != Orders::default() {
            self.sleep_us += orders.sleep_us;
            if orders.settings_changed {
                self.shared.apply_settings();
            }
            if orders.killed {
                self.close_killed();
            }
            if orders.shutdown {
                self.begin_stop();
            }
        }
        if self.shared.sessions[slot as usize].close_after_reply {
            self.drain(slot);
        }
    }

    /// The turn is done with a connection for now: it goes on later, waits, or needs an action.
    pub(super) fn leave(&mut self, slot: u32) {
        let connection = &self.connections[slot as usize];
        let session = &mut self.shared.sessions[slot as usize];
        if session.open {
            session.output_bytes = self.shared.replies.waiting_bytes(&connection.output);
            session.input_bytes = connection.input.as_ref().map_or(0, |input| input.filled_size());
        }
        if matches!(connection.phase, Phase::Open | Phase::Draining) {
            if connection.parked != Parked::No {
                self.carry_input(slot);
            } else if connection.has_work() {
                self.runnable.push(&mut self.connections, slot);
            }
        }
        self.settle(slot);
    }
}
