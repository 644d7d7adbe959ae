//! What time does to connections: those that are idle, that do not read, that never finish their
//! request. A slice of them is looked at every 100 ms, each of them once a second.
//!
//! And who is closed when a pool is nearly used up: the one that has made no progress for longest.
use super::Engine;
use crate::clock::Now;
use crate::commands::memory::used_bytes;
use crate::connection::{Connection, Moment, Parked, Phase};
use crate::event::Peer;
use crate::log::Level;
use crate::marks::Mark;

/// Between two slices.
const SLICE_MS: u64 = 100;

/// Slices in which all connections are looked at once.
const SLICE_COUNT: usize = 10;

/// Who made progress within this time is no hog.
const HOG_MS_MIN: u64 = 1_000;

/// How long a jumbo reply may make no progress while others wait.
const JUMBO_MS_MAX: u64 = 5_000;

/// Hogs that are closed in one slice.
const HOGS_PER_SLICE: u32 = 8;

/// When the next slice is due, and where it begins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Timers {
    next_ms: u64,
    next_slot: usize,
    /// The most connections that were ever open at once.
    pub(super) open_count_max: u32,
    /// The most jumbo buffers that were ever in use at once.
    pub(super) jumbo_used_max: u32,
}

impl Timers {
    /// Until the next slice.
    pub(super) fn pause_ms(&self, now: Now) -> u32 {
        self.next_ms.saturating_sub(now.monotonic_ms).min(SLICE_MS) as u32
    }
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    Idle,
    Stalled,
    RequestTooSlow,
}

impl Engine {
    /// One slice, if it is due.
    pub(super) fn run_timers(&mut self) {
        let now_ms = self.shared.now.monotonic_ms;
        if now_ms < self.timers.next_ms {
            return;
        }
        self.timers.next_ms = now_ms + SLICE_MS;
        let used_bytes = used_bytes(&self.shared.limits, &self.shared.store);
        self.shared.statistics.sample(now_ms, used_bytes);
        if self.exclusive.is_some() {
            // Nobody can make progress: it is nobody's fault.
            return;
        }
        let slice_size = self.connections.len().div_ceil(SLICE_COUNT);
        for _ in 0..slice_size {
            let slot = self.timers.next_slot;
            self.timers.next_slot = (slot + 1) % self.connections.len();
            if let Some(verdict) = self.judge(slot, now_ms) {
                self.close_by(slot as u32, verdict);
            }
        }
        self.close_hogs();
    }

    fn judge(&self, slot: usize, now_ms: u64) -> Option<Verdict> {
        let (connection, hot) = (&self.connections[slot], &self.shared.hot);
        if !matches!(connection.phase, Phase::Open | Phase::Draining) {
            return None;
        }
        let exceeds =
            |moment: Moment, limit_ms: u64| limit_ms > 0 && moment.elapsed_ms(now_ms) > limit_ms;
        let waits_for_client = connection.parked == Parked::Output
            || connection.phase == Phase::Draining
            || connection.is_streaming();
        if waits_for_client
            && connection.is_sending
            && exceeds(connection.drained, hot.output_stall_timeout_ms)
        {
            return Some(Verdict::Stalled);
        }
        if holds_request(connection) && exceeds(connection.request_started, hot.request_timeout_ms)
        {
            return Some(Verdict::RequestTooSlow);
        }
        (connection.parked == Parked::No
            && exceeds(connection.received, hot.timeout_ms)
            && exceeds(connection.drained, hot.timeout_ms))
        .then_some(Verdict::Idle)
    }

    fn close_by(&mut self, slot: u32, verdict: Verdict) {
        let traffic = &mut self.shared.statistics.traffic;
        let (level, reason) = match verdict {
            Verdict::Idle => {
                traffic.idle_count += 1;
                self.marks.reach(Mark::IdleClosed);
                (Level::Verbose, "idle for longer than timeout")
            }
            Verdict::Stalled => {
                traffic.stalled_count += 1;
                self.marks.reach(Mark::StallClosed);
                (Level::Warning, "it did not read its replies within output-stall-timeout")
            }
            Verdict::RequestTooSlow => {
                traffic.stalled_count += 1;
                self.marks.reach(Mark::RequestSlowClosed);
                (Level::Warning, "its request did not end within request-timeout")
            }
        };
        self.log_close(slot, level, reason);
        self.close(slot);
    }

    fn log_close(&mut self, slot: u32, level: Level, reason: &str) {
        let session = &self.shared.sessions[slot as usize];
        let id = session.id;
        match session.peer {
            Peer::Tcp { address, .. } => self
                .shared
                .log
                .write(level, format_args!("Client id={id} addr={address} closed: {reason}")),
            Peer::Unix => {
                self.shared.log.write(level, format_args!("Client id={id} closed: {reason}"));
            }
        }
    }

    /// Closes who holds what others need, and has made no progress for longest.
    fn close_hogs(&mut self) {
        for _ in 0..HOGS_PER_SLICE {
            if !self.shared.replies.is_scarce() {
                break;
            }
            let holds = |connection: &Connection| {
                connection.output.held_count() > 0 && connection.is_sending
            };
            if !self.close_oldest(HOG_MS_MIN, holds, |connection| connection.drained) {
                break;
            }
            self.marks.reach(Mark::HogOfReplies);
        }
        for _ in 0..HOGS_PER_SLICE {
            if self.requests.free_count() >= self.requests.capacity().div_ceil(16) {
                break;
            }
            // Whose request is complete waits for others: that is not its fault.
            let holds = |connection: &Connection| {
                connection.partial.block_count() > 0 && !connection.partial.is_complete()
            };
            if !self.close_oldest(HOG_MS_MIN, holds, |connection| connection.received) {
                break;
            }
            self.marks.reach(Mark::HogOfRequests);
        }
        for _ in 0..HOGS_PER_SLICE {
            if self.kept_count < self.shared.limits.receive_buffers_max / 2 {
                break;
            }
            let holds = |connection: &Connection| {
                connection.input.is_some() && connection.parked == Parked::Output
            };
            if !self.close_oldest(HOG_MS_MIN, holds, |connection| connection.drained) {
                break;
            }
            self.marks.reach(Mark::HogOfInput);
        }
        if self.shared.replies.jumbo_taken() && self.waiting.count() > 0 {
            let holds = |connection: &Connection| connection.output.has_jumbo();
            if self.close_oldest(JUMBO_MS_MAX, holds, |connection| connection.drained) {
                self.marks.reach(Mark::HogOfJumbo);
            }
        }
    }

    /// Closes the one that made no progress for longest, of those that `holds` names and that
    /// made none for more than `elapsed_ms_min`.
    fn close_oldest(
        &mut self,
        elapsed_ms_min: u64,
        holds: impl Fn(&Connection) -> bool,
        progress: impl Fn(&Connection) -> Moment,
    ) -> bool {
        let now_ms = self.shared.now.monotonic_ms;
        let elapsed_ms = |connection: &Connection| progress(connection).elapsed_ms(now_ms);
        let is_served =
            |connection: &Connection| matches!(connection.phase, Phase::Open | Phase::Draining);
        let oldest = self
            .connections
            .iter()
            .enumerate()
            .filter(|(_, connection)| is_served(connection) && holds(connection))
            .filter(|(_, connection)| elapsed_ms(connection) > elapsed_ms_min)
            .max_by_key(|(_, connection)| elapsed_ms(connection));
        let Some((slot, _)) = oldest else { return false };
        self.shared.statistics.traffic.stalled_count += 1;
        self.log_close(slot as u32, Level::Warning, "it holds what others need, without progress");
        self.close(slot as u32);
        true
    }
}

/// Does an incomplete request hold more than a block?
fn holds_request(connection: &Connection) -> bool {
    !connection.partial.is_empty()
        && !connection.partial.is_complete()
        && connection.partial.is_large()
}
