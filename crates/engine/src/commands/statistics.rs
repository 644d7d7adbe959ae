//! What the server counts: calls and times per command, errors per kind, connections, traffic.
//!
//! Everything is a fixed table with one entry per row of the command table, made once. Times come
//! from a tick source and decide nothing: a call is timed by itself, or together with others
//! (`untimed`).
use crate::commands::slowlog::Slowlog;
use crate::commands::table::{CommandId, ROW_COUNT};
use crate::commands::turns::Turns;
use crate::commands::untimed::Untimed;
use crate::limits::Limits;
use crate::marks::Marks;
use alloc::boxed::Box;

/// Buckets of a histogram: bucket n holds what took at most `1024 << n` nanoseconds; the last
/// one holds the rest.
pub const BUCKET_COUNT: usize = 21;

/// Kinds of errors that are told apart. There are fewer; what is beyond is counted as the last.
const ERROR_KINDS_MAX: usize = 32;

/// What is counted of one command.
#[derive(Clone, Copy, Debug, Default)]
pub struct CommandStatistics {
    /// Times that it ran, failures included.
    pub call_count: u64,
    /// Nanoseconds that it took altogether.
    pub duration_ns: u64,
    /// Times that it was refused before it ran.
    pub rejected_count: u64,
    /// Times that it ran and answered an error.
    pub failed_count: u64,
    /// Calls by duration.
    pub buckets: [u64; BUCKET_COUNT],
}

impl CommandStatistics {
    /// `call_count` calls that were counted took so long each.
    fn add_duration(&mut self, duration_ns: u64, call_count: u64, tracking: bool) {
        self.duration_ns += duration_ns * call_count;
        if tracking {
            // The bit above the 1,023 of the first bucket; a power of two is in the one below.
            let bits = 64 - (duration_ns.saturating_sub(1) >> 10).leading_zeros();
            self.buckets[(bits as usize).min(BUCKET_COUNT - 1)] += call_count;
        }
    }

    /// The duration in nanoseconds that `share` of the calls kept, to the bound of a bucket;
    /// `share` is in millionths.
    pub fn percentile_ns(&self, share: u64) -> u64 {
        let total: u64 = self.buckets.iter().sum();
        let wanted = (u128::from(total) * u128::from(share)).div_ceil(1_000_000).max(1);
        let mut seen = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            seen += u128::from(*count);
            if seen >= wanted {
                return 1024 << index;
            }
        }
        0
    }
}

/// Connections and traffic, counted by the engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    /// Connections that were given a slot.
    pub accepted_count: u64,
    /// Connections that found no slot.
    pub rejected_count: u64,
    /// Bytes received.
    pub input_bytes: u64,
    /// Bytes sent.
    pub output_bytes: u64,
    /// Connections closed because they did not read their replies.
    pub stalled_count: u64,
    /// Connections closed because they were silent for longer than `timeout`.
    pub idle_count: u64,
}

/// Samples of the last 1.6 seconds, from which INFO computes what happens each second.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    samples: [u64; RATE_SAMPLES],
    next: usize,
    last_total: u64,
}

const RATE_SAMPLES: usize = 16;

/// Time between two samples.
const SAMPLE_INTERVAL_MS: u64 = 100;

impl Rate {
    fn sample(&mut self, total: u64, elapsed_ms: u64) {
        // A total that was reset starts from zero again.
        let change = total.saturating_sub(self.last_total);
        self.samples[self.next] = change * 1000 / elapsed_ms;
        self.next = (self.next + 1) % RATE_SAMPLES;
        self.last_total = total;
    }

    fn per_second(&self) -> u64 {
        self.samples.iter().sum::<u64>() / RATE_SAMPLES as u64
    }
}

/// What the server counts.
pub struct Statistics {
    /// Rare paths of the commands.
    pub marks: Marks,
    /// Connections and traffic.
    pub traffic: Traffic,
    /// How long the turns took.
    pub turns: Turns,
    /// Commands that took long.
    pub slowlog: Slowlog,
    /// Commands that ran, since the start or CONFIG RESETSTAT.
    pub processed_count: u64,
    /// Error replies, since the start or CONFIG RESETSTAT.
    pub error_count: u64,
    /// Connections closed by `-NOAUTH` and by protocol errors are counted here, too.
    pub protocol_error_count: u64,
    /// Ticks at the end of the last command that was timed: the start of what comes next.
    tick: u64,
    /// Calls since then.
    untimed: Untimed,
    /// Is every call timed by itself?
    exact: bool,
    /// `latency-tracking`: are durations counted in buckets?
    tracking: bool,
    commands: Box<[CommandStatistics]>,
    errors: [(&'static str, u64); ERROR_KINDS_MAX],
    used_memory_max: u64,
    /// When an attack was last logged.
    attack_ms: Option<u64>,
    sampled_ms: u64,
    commands_rate: Rate,
    input_rate: Rate,
    output_rate: Rate,
}

impl Statistics {
    /// All tables, empty.
    pub fn new(limits: &Limits) -> Self {
        Self {
            marks: Marks::new(),
            traffic: Traffic::default(),
            slowlog: Slowlog::new(limits.slowlog_max),
            processed_count: 0,
            error_count: 0,
            protocol_error_count: 0,
            tick: 0,
            untimed: Untimed::new(),
            exact: false,
            tracking: true,
            turns: Turns::default(),
            commands: (0..ROW_COUNT).map(|_| CommandStatistics::default()).collect(),
            errors: [("", 0); ERROR_KINDS_MAX],
            used_memory_max: 0,
            attack_ms: None,
            sampled_ms: 0,
            commands_rate: Rate::default(),
            input_rate: Rate::default(),
            output_rate: Rate::default(),
        }
    }

    /// Bytes that `new` takes, for the plan.
    pub const fn size(limits: &Limits) -> u64 {
        (ROW_COUNT * size_of::<CommandStatistics>()) as u64
            + limits.slowlog_max as u64 * Slowlog::unit_size() as u64
    }

    /// The engine is about to run a group of commands: what passed since the last one is not
    /// theirs.
    pub fn mark(&mut self, tick: u64) {
        self.tick = tick;
    }

    /// `latency-tracking`.
    pub fn set_tracking(&mut self, tracking: bool) {
        self.tracking = tracking;
    }

    /// Times every call by itself from now on, or only those that may take long.
    pub fn set_exact(&mut self, exact: bool) {
        self.exact = exact;
    }

    /// Is every call timed by itself?
    pub const fn is_exact(&self) -> bool {
        self.exact
    }

    /// When a call starts that is timed by itself: what ran before it is timed now.
    pub fn start(&mut self, ticks: fn() -> u64) -> u64 {
        self.settle(ticks);
        self.tick
    }

    /// A command ran from `started` to `ended`; returns how long it took.
    pub fn count_call(&mut self, id: CommandId, started: u64, ended: u64, failed: bool) -> u64 {
        let duration_ns = ended.saturating_sub(started);
        self.settle_at(ended);
        self.count(id, failed);
        self.commands[id.index()].add_duration(duration_ns, 1, self.tracking);
        duration_ns
    }

    /// A short command starts, and will be timed together with others: those before it are timed
    /// now if there is no place for it beside them.
    #[inline(always)]
    pub fn start_short(&mut self, id: CommandId, ticks: fn() -> u64) {
        if !self.untimed.has_place(id) {
            self.settle(ticks);
        }
    }

    /// A short command ran, and is timed later, together with others.
    #[inline(always)]
    pub fn count_short_call(&mut self, id: CommandId, failed: bool) {
        self.count(id, failed);
        self.untimed.push(id);
    }

    #[inline]
    fn count(&mut self, id: CommandId, failed: bool) {
        self.processed_count += 1;
        let command = &mut self.commands[id.index()];
        command.call_count += 1;
        command.failed_count += u64::from(failed);
    }

    /// Times what has run since the last call that was timed: each gets an equal share. The engine
    /// says so at the end of a group.
    pub fn settle(&mut self, ticks: fn() -> u64) {
        if !self.untimed.is_empty() {
            self.settle_at(ticks());
        }
    }

    fn settle_at(&mut self, tick: u64) {
        let elapsed_ns = tick.saturating_sub(self.tick);
        self.tick = tick;
        let runs = self.untimed.take();
        let call_count: u64 = runs.clone().map(|run| run.call_count).sum();
        for run in runs {
            let command = &mut self.commands[run.id.index()];
            command.add_duration(elapsed_ns / call_count, run.call_count, self.tracking);
        }
    }

    /// A command was refused before it ran.
    pub fn count_rejected(&mut self, id: CommandId) {
        self.commands[id.index()].rejected_count += 1;
    }

    /// An error whose line begins with `kind` was answered.
    pub fn count_error(&mut self, kind: &'static str) {
        self.error_count += 1;
        for entry in &mut self.errors {
            if entry.0 == kind || entry.0.is_empty() {
                *entry = (kind, entry.1 + 1);
                return;
            }
        }
        self.errors[ERROR_KINDS_MAX - 1].1 += 1;
    }

    /// What was counted of a command.
    pub fn command(&self, id: CommandId) -> &CommandStatistics {
        &self.commands[id.index()]
    }

    /// Kinds of errors with their counts, in the order in which they first came.
    pub fn errors(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.errors.iter().copied().take_while(|(kind, _)| !kind.is_empty())
    }

    /// CONFIG RESETSTAT. The log of slow commands stays, as in Redis.
    pub fn reset(&mut self) {
        self.traffic = Traffic::default();
        (self.processed_count, self.error_count, self.protocol_error_count) = (0, 0, 0);
        self.untimed = Untimed::new();
        self.commands.fill(CommandStatistics::default());
        self.turns.reset();
        self.errors = [("", 0); ERROR_KINDS_MAX];
        self.used_memory_max = 0;
    }

    /// Is an attack worth a line in the log? One in a minute is.
    pub fn attack_is_news(&mut self, now_ms: u64) -> bool {
        let is_news = self.attack_ms.is_none_or(|ms| now_ms.saturating_sub(ms) >= 60_000);
        if is_news {
            self.attack_ms = Some(now_ms);
        }
        is_news
    }

    /// Remembers the most memory that was ever in use; returns it.
    pub fn note_used_memory(&mut self, used_bytes: u64) -> u64 {
        self.used_memory_max = self.used_memory_max.max(used_bytes);
        self.used_memory_max
    }

    /// Takes a sample for the rates: the engine does when one is due.
    pub fn sample(&mut self, now_ms: u64, used_bytes: u64) {
        let elapsed_ms = now_ms.saturating_sub(self.sampled_ms);
        if elapsed_ms < SAMPLE_INTERVAL_MS {
            return;
        }
        self.note_used_memory(used_bytes);
        self.sampled_ms = now_ms;
        self.commands_rate.sample(self.processed_count, elapsed_ms);
        self.input_rate.sample(self.traffic.input_bytes, elapsed_ms);
        self.output_rate.sample(self.traffic.output_bytes, elapsed_ms);
    }

    /// Commands, bytes received and bytes sent per second.
    pub fn rates(&self) -> [u64; 3] {
        [&self.commands_rate, &self.input_rate, &self.output_rate].map(Rate::per_second)
    }
}

#[cfg(test)]
#[path = "statistics_test.rs"]
mod statistics_test;
