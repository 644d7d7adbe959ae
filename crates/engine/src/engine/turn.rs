//! The turn: requests of many connections, in groups.
//!
//! A group is gathered (parsed in place), then the buckets of all its keys are asked for, then the
//! objects, and only then is it executed: the misses of one request hide behind those of the
//! others. Each connection's requests are executed in their order; one that parks ends its part of
//! the group, and what was parsed behind it is parsed again later, since only executing consumes.
use super::Engine;
use super::shared::Ran;
use crate::clock::Now;
use crate::commands::context::Orders;
use crate::commands::known::{Known, KnownElement};
use crate::connection::{Connection, Parked, Phase};
use crate::limits::GROUP_SPANS;
use crate::marks::Mark;
use crate::memory::blocks::Span;
use crate::memory::buffer::BUFFER_SIZE;
use crate::planted::{Bug, is_planted};
use crate::resp::parse::parse;
use crate::resp::request::Request;
use crate::store::{Ahead, Key, Order, Store};
use core::ops::Range;

/// Requests in a group. One connection may fill it: a pipeline of 64 is then answered in one send
/// (docs/decisions/0011).
const GROUP_SIZE: usize = 64;

/// Requests in one turn. Those behind them wait for the next one.
const REQUESTS_PER_TURN: u32 = 512;

/// Bytes of input and output in one turn, and of values that commands look through.
const BYTES_PER_TURN: u64 = 1 << 20;

/// Steps of debt that are paid in a turn in which a transaction waits for that.
const AWAITED_STEPS: u32 = 512;

/// The most arguments that a buffer can hold: `$0\r\n\r\n` is the shortest.
const BUFFER_ARGUMENTS_MAX: usize = BUFFER_SIZE / 6;

/// Longer names are not hashed in advance: they may be no names at all.
const PREFETCH_NAME_MAX: u32 = 256;

/// Commands with more arguments are not looked ahead for: they are ranges, or have options, or
/// several names.
const LOOKED_ARGUMENTS_MAX: u32 = 4;

const _: () = assert!(GROUP_SPANS as usize > 2 * BUFFER_ARGUMENTS_MAX, "a group has room");

/// Does a connection's next request follow at once?
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Next {
    /// Yes.
    GoOn,
    /// It waits, streams or closes.
    Stop,
}

/// A parsed request: its arguments are `first_span..end_span` of the engine's spans, relative to
/// the filled bytes of its connection's input.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    first_span: u32,
    end_span: u32,
    /// Where in the input the next request begins.
    end: u32,
    /// What is known of its first argument, most commands' key, and of an element's name.
    known: Known,
}

/// One connection's part of a group.
#[derive(Clone, Copy, Debug, Default)]
struct Visit {
    slot: u32,
    first_entry: u32,
    end_entry: u32,
    /// Bytes parsed, with what needs no executing behind the last request.
    end: u32,
}

/// What is gathered.
#[derive(Debug)]
pub(super) struct Group {
    entries: [Entry; GROUP_SIZE],
    entry_count: usize,
    visits: [Visit; GROUP_SIZE],
    visit_count: usize,
    span_count: usize,
}

impl Group {
    pub(super) fn new() -> Self {
        Self {
            entries: [Entry::default(); GROUP_SIZE],
            entry_count: 0,
            visits: [Visit::default(); GROUP_SIZE],
            visit_count: 0,
            span_count: 0,
        }
    }

    fn clear(&mut self) {
        (self.entry_count, self.visit_count, self.span_count) = (0, 0, 0);
    }

    fn has_room(&self) -> bool {
        self.entry_count < GROUP_SIZE
            && self.visit_count < GROUP_SIZE
            && self.span_count + BUFFER_ARGUMENTS_MAX <= GROUP_SPANS as usize
    }
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
            self.prefetch();
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
        let group = &mut self.group;
        // Before AUTH only one at a time: what follows may be read by other rules.
        let count_max = if bounds.authenticated { GROUP_SIZE } else { 1 };
        let first_entry = group.entry_count;
        let (bytes, mut at) = (input.filled(), 0);
        while (at as usize) < bytes.len() && group.entry_count - first_entry < count_max {
            let spans = &mut self.spans[group.span_count..GROUP_SPANS as usize];
            let Some(parsed) = parse(bytes, at, spans, &bounds) else { break };
            at = parsed.end;
            if parsed.argument_count > 0 {
                let first_span = group.span_count as u32;
                group.span_count += parsed.argument_count as usize;
                let end_span = group.span_count as u32;
                group.entries[group.entry_count] =
                    Entry { first_span, end_span, end: at, known: Known::default() };
                group.entry_count += 1;
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

    /// Asks the processor for the buckets of all keys of the group, then for their objects. Most
    /// commands have their key first; for others this is wasted, but harmless.
    fn prefetch(&mut self) {
        let store = &self.shared.store;
        let mut keys: [Option<Key<'_>>; GROUP_SIZE] = [None; GROUP_SIZE];
        for visit in &self.group.visits[..self.group.visit_count] {
            let Some(input) = &self.connections[visit.slot as usize].input else { continue };
            let database = self.shared.sessions[visit.slot as usize].database;
            let range = visit.first_entry as usize..visit.end_entry as usize;
            let entries = &mut self.group.entries[range.clone()];
            for (place, entry) in keys[range].iter_mut().zip(entries) {
                let span = self.spans[entry.first_span as usize + 1];
                if entry.end_span - entry.first_span >= 2 && span.size <= PREFETCH_NAME_MAX {
                    let name = &input.filled()[span.start as usize..][..span.size as usize];
                    let hash = store.name_hash(name);
                    entry.known.first = Some(hash);
                    let key = store.key_hashed(database, name, hash);
                    store.prefetch_bucket(&key);
                    *place = Some(key);
                }
            }
        }
        for key in keys[..self.group.entry_count].iter().flatten() {
            store.prefetch_object(key);
        }
        if store.has_trees() {
            let inputs = (&*self.connections, &*self.spans);
            look_ahead(store, &mut self.group, inputs, &keys);
        }
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
        let (group, large) = self.spans.split_at_mut(GROUP_SPANS as usize);
        let entries = &self.group.entries[entries.start as usize..entries.end as usize];
        let requests = entries.iter().map(|entry| {
            let spans = &group[entry.first_span as usize..entry.end_span as usize];
            (Request::in_place(bytes, spans), entry.known)
        });
        let output = &mut connection.output;
        Some(self.shared.run(slot as usize, output, requests, bytes_max, large))
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

/// A look ahead for the entry of the group with an index.
type Look = (usize, Ahead);

/// Asks for what the group will read of large collections, level by level. The name is the
/// argument behind the key, or for members of sorted sets, which follow their scores, the last.
/// Of a list it is the end that the command's first letter says.
fn look_ahead(
    store: &Store,
    group: &mut Group,
    (connections, spans): (&[Connection], &[Span]),
    keys: &[Option<Key<'_>>; GROUP_SIZE],
) {
    let mut looks: [Option<Look>; GROUP_SIZE] = [None; GROUP_SIZE];
    let mut count = 0;
    for visit in &group.visits[..group.visit_count] {
        let Some(input) = &connections[visit.slot as usize].input else { continue };
        let range = visit.first_entry as usize..visit.end_entry as usize;
        for index in range {
            let (key, entry) = (&keys[index], &mut group.entries[index]);
            let argument_count = entry.end_span - entry.first_span;
            let Some((owner, order)) = key.as_ref().and_then(|key| store.order_ahead(key)) else {
                continue;
            };
            let (least_count, name_index) = match order {
                Order::List => (2, 0),
                Order::Sorted => (3, argument_count - 1),
                _ => (3, 2),
            };
            if !(least_count..=LOOKED_ARGUMENTS_MAX).contains(&argument_count) {
                continue;
            }
            let span = spans[(entry.first_span + name_index) as usize];
            let name = &input.filled()[span.start as usize..][..span.size as usize];
            let ahead = if order == Order::List {
                let is_last = name.first().is_some_and(|letter| letter | 0x20 == b'r');
                store.begin_ahead_at_end(owner, is_last)
            } else if name.len() <= PREFETCH_NAME_MAX as usize {
                let (argument, hash) = (name_index as u8, store.name_hash(name));
                entry.known.element = Some(KnownElement { index: argument, hash, seen: None });
                store.begin_ahead((owner, order), hash)
            } else {
                continue;
            };
            looks[count] = Some((index, ahead));
            count += 1;
        }
    }
    go_down(store, group, &mut looks[..count]);
}

/// All looks take one step after the other, until everything is asked for; then what they have seen
/// is known.
fn go_down(store: &Store, group: &mut Group, looks: &mut [Option<Look>]) {
    let mut is_going = true;
    while is_going {
        is_going = false;
        for place in &mut *looks {
            let Some((index, ahead)) = place else { continue };
            if store.step_ahead(ahead) {
                is_going = true;
                continue;
            }
            if let Some(known) = &mut group.entries[*index].known.element {
                known.seen = store.seen(ahead);
            }
            *place = None;
        }
    }
}
