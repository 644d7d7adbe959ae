//! Plays a stream to both servers and compares what they say and keep.
//!
//! Keeps true: whatever differs is a finding or is listed as known, and a stream that is played
//! again begins with the same: no keys, no connections, the options of the start.
use super::compare::{agree, rule_of};
use super::known::{self, KNOWN, Seen};
use super::link::{Pair, To};
use super::rules::{Judge, RULES};
use super::state;
use super::stream::{CONNECTION_COUNT, Step, Stream};
use super::tracker::{Expected, Tracker};
use super::wire::encode;
use crate::value::{Value, quote};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Commands between two looks at everything that is stored.
const STATE_INTERVAL: usize = 1_000;
/// A server knows that a connection has ended within so much time.
const CLOSING_PATIENCE: Duration = Duration::from_secs(10);

/// Lines that are shown of a reply.
const EXCERPT_LINE_COUNT: usize = 12;

/// What every stream begins with.
const BEGIN: &[&[&[u8]]] = &[
    &[b"FLUSHALL"],
    &[b"CONFIG", b"SET", b"slowlog-max-len", b"128", b"slowlog-log-slower-than", b"10000"],
    &[b"CONFIG", b"SET", b"hll-sparse-max-bytes", b"3000"],
    &[b"CONFIG", b"SET", b"lfu-log-factor", b"10", b"lfu-decay-time", b"1"],
    &[b"CONFIG", b"SET", b"latency-tracking", b"yes", b"maxmemory-policy", b"noeviction"],
    &[b"CONFIG", b"SET", b"proto-max-bulk-len", b"536870912"],
    &[b"CONFIG", b"RESETSTAT"],
    &[b"SLOWLOG", b"RESET"],
];

/// Commands that run at once in a transaction.
const UNQUEUED: &[&[u8]] = &[b"exec", b"discard", b"multi", b"watch", b"quit", b"reset"];

/// Something that differs and is not known.
#[derive(Debug)]
pub struct Finding {
    /// Its place in what was played.
    pub index: usize,
    /// The full name of the command, `state`, or `connection`.
    pub about: String,
    /// Both answers.
    pub text: String,
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Tally {
    /// Commands that were answered alike.
    pub command_count: u64,
    /// Comparisons of everything that is stored.
    pub state_count: u64,
    /// Keys that they met.
    pub key_count: u64,
    /// By row: replies that are no errors, and errors.
    pub replies: Vec<[u64; 2]>,
    /// By known difference: how often.
    pub known: Vec<u64>,
    /// The longest that a batch has taken.
    pub slack_ms: u64,
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { replies: vec![[0; 2]; RULES.len()], known: vec![0; KNOWN.len()], ..Self::default() }
    }
}

/// A pair of servers, and what was seen of them.
pub struct Player {
    /// The servers.
    pub pair: Pair,
    /// What was seen.
    pub tally: Tally,
}

/// A batch that is played.
struct Batch {
    bytes: Vec<u8>,
    /// Places of the commands that have a reply.
    answered: Vec<usize>,
    closes: bool,
    end: usize,
}

impl Player {
    /// Plays steps of a stream, from the first to the last or to what differs.
    pub fn play(&mut self, stream: &Stream, steps: &[Step]) -> Result<(), Finding> {
        self.begin(stream).map_err(|why| connection(0, &why))?;
        let mut trackers = [Tracker::default(); CONNECTION_COUNT as usize];
        let (mut at, mut checked) = (0, 0);
        while at < steps.len() {
            let batch = gather(stream, steps, at..checked + STATE_INTERVAL, &mut trackers)?;
            let to = To::Connection(steps[at].connection);
            let count = batch.answered.len();
            let exchanged = self.pair.exchange(to, &batch.bytes, count, batch.closes);
            // What came before the end of a connection tells more than that it ended.
            self.compare_batch(stream, steps, &batch.answered)?;
            exchanged.map_err(|why| connection(batch.end - 1, &why))?;
            self.tally.command_count += (batch.end - at) as u64;
            at = batch.end;
            if batch.closes {
                let index = steps[at - 1].connection;
                self.reopen(stream, index).map_err(|why| connection(at - 1, &why))?;
            }
            if at - checked >= STATE_INTERVAL || at == steps.len() {
                checked = at;
                self.compare_state(at, state::compare)?;
            }
        }
        if stream.seed.is_multiple_of(8) {
            self.compare_state(at, state::expire_half)?;
        }
        self.tally.slack_ms = self.tally.slack_ms.max(self.pair.slack_ms());
        Ok(())
    }

    fn begin(&mut self, stream: &Stream) -> Result<(), String> {
        let mut bytes = Vec::new();
        for words in BEGIN {
            encode(words.iter().copied(), words.len(), &mut bytes);
        }
        self.pair.open(0)?;
        self.pair.exchange(To::Control, &bytes, BEGIN.len(), false)?;
        let (redis, granite) = self.pair.replies();
        if redis.bytes != granite.bytes || redis.bytes.contains(&b'-') {
            let both = [redis, granite].map(|replies| replies.bytes.escape_ascii().to_string());
            return Err(format!("the servers cannot be made equal: {both:?}"));
        }
        self.wait_for_connections(0)?;
        self.pair.open(CONNECTION_COUNT)?;
        (0..CONNECTION_COUNT).try_for_each(|index| self.hello(stream, index))?;
        self.pair.reset_slack();
        Ok(())
    }

    fn reopen(&mut self, stream: &Stream, index: u8) -> Result<(), String> {
        self.wait_for_connections(usize::from(CONNECTION_COUNT) - 1)?;
        self.pair.reopen(index)?;
        self.hello(stream, index)
    }

    fn hello(&mut self, stream: &Stream, index: u8) -> Result<(), String> {
        let words: &[&[u8]] = if stream.resp3 { &[b"HELLO", b"3"] } else { &[b"PING"] };
        let mut bytes = Vec::new();
        encode(words.iter().copied(), words.len(), &mut bytes);
        self.pair.exchange(To::Connection(index), &bytes, 1, false)
    }

    /// Waits until both servers have noticed which connections have ended: CLIENT LIST shows it.
    fn wait_for_connections(&mut self, count: usize) -> Result<(), String> {
        let begin = Instant::now();
        loop {
            let list: &[&[u8]] = &[b"CLIENT", b"LIST"];
            let both = [self.pair.ask_redis(list)?, self.pair.ask_granite(list)?];
            let counts = both.map(|value| match value {
                Value::Bulk(text) => text.split(|byte| *byte == b'\n').count() - 1,
                _ => 0,
            });
            if counts == [count + 1; 2] {
                return Ok(());
            }
            if begin.elapsed() > CLOSING_PATIENCE {
                return Err(format!("{count} connections and the driver's: {counts:?}"));
            }
        }
    }

    fn compare_state(
        &mut self,
        at: usize,
        compare: fn(&mut Pair) -> Result<usize, String>,
    ) -> Result<(), Finding> {
        let failed = |text| Finding { index: at.max(1) - 1, about: "state".to_owned(), text };
        self.tally.key_count += compare(&mut self.pair).map_err(failed)? as u64;
        self.tally.state_count += 1;
        Ok(())
    }

    fn compare_batch(
        &mut self,
        stream: &Stream,
        steps: &[Step],
        answered: &[usize],
    ) -> Result<(), Finding> {
        let (redis, granite) = self.pair.replies();
        let slack_ms = self.pair.slack_ms();
        let is_equal = redis.bytes == granite.bytes;
        for (reply, index) in answered.iter().enumerate() {
            if reply >= redis.count() || reply >= granite.count() {
                break;
            }
            let both = [redis.get(reply), granite.get(reply)];
            let rule = steps[*index].rule as usize;
            if let Some(replies) = self.tally.replies.get_mut(rule)
                && both[0] != b"+QUEUED\r\n"
            {
                replies[usize::from(both[0][0] == b'-')] += 1;
            }
            if is_equal || both[0] == both[1] || is_shape(rule, both) {
                continue;
            }
            let [one, other] = both.map(|bytes| match Value::parse(bytes) {
                Ok(Some((value, _))) => Ok(value),
                other => Err(connection(*index, &format!("{other:?}"))),
            });
            for (queued, one, other) in pieces(stream, steps, *index, one?, other?) {
                let words: Vec<&[u8]> = stream.words(&steps[queued]).collect();
                let rule = rule_of(words.iter().copied());
                if agree(rule, &words, [&one, &other], slack_ms) {
                    continue;
                }
                let name = rule.map_or("unknown", |rule| RULES[rule].name);
                let seen = Seen { name, words: &words, redis: &one, granite: &other };
                let Some(known) = known::find(&seen) else {
                    return Err(finding(*index, name, &words, [&one, &other]));
                };
                self.tally.known[known] += 1;
            }
        }
        Ok(())
    }
}

/// Need nobody look into these? Some are long.
fn is_shape(rule: usize, both: [&[u8]; 2]) -> bool {
    let is_shape = RULES.get(rule).is_some_and(|rule| rule.judge == Judge::Shape);
    is_shape && both[0][0] == both[1][0] && both[0][0] != b'-' && both[0][0] != b'+'
}

/// The batch that begins where `range` does, and ends with it at the latest.
fn gather(
    stream: &Stream,
    steps: &[Step],
    range: Range<usize>,
    trackers: &mut [Tracker],
) -> Result<Batch, Finding> {
    let mut batch =
        Batch { bytes: Vec::new(), answered: Vec::new(), closes: false, end: range.start };
    let (first, mut end) = (&steps[range.start], range.start);
    while let Some(step) = steps.get(end)
        && (end < range.end || step.follows)
        && (step.connection, step.batch) == (first.connection, first.batch)
        && !batch.closes
    {
        stream.write(step, &mut batch.bytes);
        match trackers[step.connection as usize].observe(stream.words(step)) {
            Expected::Nothing => {}
            Expected::Reply => batch.answered.push(end),
            Expected::ReplyAndEnd => {
                batch.answered.push(end);
                batch.closes = true;
            }
            Expected::Unknown => return Err(connection(end, "nobody can count these replies")),
        }
        end += 1;
    }
    batch.end = end;
    Ok(batch)
}

/// A reply, or the replies that EXEC has put into one, each with its command.
fn pieces(
    stream: &Stream,
    steps: &[Step],
    index: usize,
    redis: Value,
    granite: Value,
) -> Vec<(usize, Value, Value)> {
    let is = |index: usize, word: &[u8]| {
        stream.words(&steps[index]).next().is_some_and(|name| name.eq_ignore_ascii_case(word))
    };
    if let (Value::Array(ours), Value::Array(theirs)) = (&redis, &granite)
        && is(index, b"exec")
    {
        let mut queue = Vec::new();
        for before in (0..index).rev() {
            if steps[before].connection != steps[index].connection {
                continue;
            }
            if is(before, b"exec") || is(before, b"discard") || is(before, b"reset") {
                break;
            }
            if UNQUEUED.iter().all(|name| !is(before, name)) {
                queue.push(before);
            }
        }
        // What was sent before MULTI ran at once.
        queue.truncate(ours.len());
        queue.reverse();
        if ours.len() == theirs.len() && queue.len() == ours.len() {
            let both = ours.iter().cloned().zip(theirs.iter().cloned());
            return queue
                .into_iter()
                .zip(both)
                .map(|(at, (one, other))| (at, one, other))
                .collect();
        }
    }
    vec![(index, redis, granite)]
}

fn connection(index: usize, why: &str) -> Finding {
    Finding { index, about: "connection".to_owned(), text: why.to_owned() }
}

fn finding(index: usize, name: &str, words: &[&[u8]], replies: [&Value; 2]) -> Finding {
    let words: Vec<String> = words.iter().map(|word| quote(word)).collect();
    let text = format!("{}\n{}", words.join(" "), excerpt(replies));
    Finding { index, about: name.to_owned(), text }
}

/// Both replies; of long ones only what is around the first line that differs.
pub fn excerpt(replies: [&Value; 2]) -> String {
    let texts = replies.map(|value| value.to_text(false));
    let [redis, granite] = &texts;
    let common = redis.lines().zip(granite.lines()).take_while(|(one, other)| one == other).count();
    let [redis, granite] = texts.each_ref().map(|text| {
        let count = text.lines().count();
        let skipped = if count > EXCERPT_LINE_COUNT { common.saturating_sub(2) } else { 0 };
        let lines: Vec<&str> = text.lines().skip(skipped).take(EXCERPT_LINE_COUNT).collect();
        let before = if skipped > 0 { format!("(after {skipped} lines)\n") } else { String::new() };
        format!("{before}{}\n", lines.join("\n"))
    });
    format!("redis:   {redis}granite: {granite}")
}
