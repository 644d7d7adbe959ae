//! Replays transcripts through a server, whichever it is, and writes down what it answered.
use super::{Case, RequestStep, Settings, Step, Transcript, pattern};
use crate::value::Value;
use std::fmt::Write;

/// How long to wait for an answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wait {
    /// Until one reply is whole.
    Reply,
    /// Until the server has nothing more to say.
    Quiet,
}

/// What a server said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Answer {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// It closed the connection.
    pub closed: bool,
}

/// A server that transcripts and random commands can be put to: our engine, or a real Redis.
pub trait Target {
    /// An empty server with these settings; every connection is new.
    fn begin(&mut self, settings: &Settings) -> Result<(), String>;
    /// Sends bytes over a connection, which is opened on its first use, and takes the answer.
    fn exchange(&mut self, connection: u32, bytes: &[u8], wait: Wait) -> Answer;
    /// Moves the clock.
    fn advance(&mut self, duration_ms: u64);
    /// Frames of data memory that nobody has, if that is known.
    fn spare_frames(&mut self) -> Option<u64> {
        None
    }
}

/// What a replay gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The transcript with the replies of this server.
    pub text: String,
    /// Requests whose reply is not the expected one, as text: line, request, both replies.
    pub differences: Vec<String>,
    /// Requests replayed.
    pub request_count: usize,
    /// Cases left out, as `title: why`.
    pub skipped: Vec<String>,
}

/// Replays `transcript`. `skip` says which cases are left out, and why.
pub fn replay(
    transcript: &Transcript,
    target: &mut impl Target,
    skip: impl Fn(&Case) -> Option<String>,
) -> Outcome {
    let mut outcome = Outcome::default();
    for case in &transcript.cases {
        let skipped = skip(case).or_else(|| target.begin(&case.settings).err());
        if let Some(why) = &skipped {
            outcome.skipped.push(format!("{}: {why}", case.title));
        }
        for step in &case.steps {
            outcome.take(step, target, skipped.is_some());
        }
    }
    outcome
}

impl Outcome {
    fn take(&mut self, step: &Step, target: &mut impl Target, skipped: bool) {
        let (line, reply) = match step {
            Step::Text(line) => (line.clone(), Vec::new()),
            Step::Advance(duration_ms) => {
                if !skipped {
                    target.advance(*duration_ms);
                }
                (format!("~ {duration_ms} ms"), Vec::new())
            }
            Step::Request(request) if skipped => (request.line.clone(), request.expected.clone()),
            Step::Request(request) => (request.line.clone(), self.ask(request, target)),
        };
        for line in std::iter::once(line).chain(reply) {
            writeln!(self.text, "{line}").expect("a string takes all");
        }
    }

    fn ask(&mut self, request: &RequestStep, target: &mut impl Target) -> Vec<String> {
        self.request_count += 1;
        // What may close the connection, or say nothing, is given time to do so.
        let slow = request.raw || request.is_named(&["QUIT", "CLIENT", "SHUTDOWN"]);
        let wait = if slow { Wait::Quiet } else { Wait::Reply };
        let actual =
            reply_lines(request, &target.exchange(request.connection, &request.bytes(), wait));
        if pattern::fits(&request.expected, &actual) {
            // Holes of the pattern stay holes.
            return request.expected.clone();
        }
        self.differences.push(format!(
            "line {}: {}\n  expected: {}\n  actual:   {}",
            request.line_number,
            request.line,
            request.expected.join("\n            "),
            actual.join("\n            "),
        ));
        actual
    }
}

fn reply_lines(request: &RequestStep, answer: &Answer) -> Vec<String> {
    let as_text = request.is_named(&["INFO"])
        || request.is_named(&["CLIENT", "MEMORY", "LATENCY"])
            && request.arguments.get(1).is_some_and(|name| {
                [&b"LIST"[..], b"INFO", b"PLAN"].contains(&&name.to_ascii_uppercase()[..])
            });
    let mut text = String::new();
    match Value::parse_all(&answer.bytes) {
        Ok(values) => {
            for mut value in values {
                if request.sorted {
                    value.sort();
                }
                text.push_str(&value.to_text(as_text));
            }
        }
        Err(why) => writeln!(text, "(malformed: {})", why.0).expect("a string takes all"),
    }
    if answer.closed {
        text.push_str("(closed)\n");
    }
    if text.is_empty() {
        text.push_str("(no reply)\n");
    }
    text.lines().map(str::to_owned).collect()
}
