//! A world as lines that a person can read.
use super::client::Sent;
use super::script::{Saying, Step};
use crate::value::{Value, quote};

/// Bytes of an argument that are shown.
const SHOWN_SIZE_MAX: usize = 60;

fn of_word(word: &[u8]) -> String {
    let text = quote(&word[..word.len().min(SHOWN_SIZE_MAX)]);
    if word.len() > SHOWN_SIZE_MAX { format!("{text}...{}", word.len()) } else { text }
}

fn of_words(words: &[Vec<u8>]) -> String {
    let words: Vec<String> = words.iter().map(|word| of_word(word)).collect();
    words.join(" ")
}

/// A reply in one line.
pub(super) fn of(value: &Value) -> String {
    value.to_text(false).trim_end().replace('\n', " | ")
}

/// A request in one line.
pub(super) fn of_sent(sent: &Sent) -> String {
    match sent {
        Sent::Command(words) => of_words(words),
        Sent::Quiet(mode) => format!("CLIENT REPLY {mode}"),
        Sent::Kill(victim) => format!("CLIENT KILL of @{victim}"),
        Sent::Garbage => "no request".to_owned(),
        Sent::Attack => "what a browser says".to_owned(),
    }
}

/// A step in one line.
pub(super) fn of_step(step: &Step) -> String {
    match step {
        Step::Say(seat, saying) => format!("seat {seat} sends {}", of_saying(saying)),
        Step::Begin(seat, bytes) => format!("seat {seat} begins {}", of_word(bytes)),
        Step::Reset(seat) => format!("seat {seat} resets its connection"),
        Step::HalfClose(seat) => format!("seat {seat} has said everything"),
        Step::SetDeaf(seat, true) => format!("seat {seat} reads no more"),
        Step::SetDeaf(seat, false) => format!("seat {seat} reads again"),
        Step::Advance(duration_ms) => format!("{duration_ms} ms pass"),
        Step::Jump(by_ms) => format!("the wall clock jumps by {by_ms} ms"),
        Step::Turns(count, each_ms) => format!("{count} turns, {each_ms} ms each"),
    }
}

fn of_saying(saying: &Saying) -> String {
    match saying {
        Saying::Command(words) => of_words(words),
        Saying::Inline(words) => format!("in one line {}", of_words(words)),
        Saying::Quiet(mode) => format!("CLIENT REPLY {mode}"),
        Saying::Kill(seat) => format!("CLIENT KILL of seat {seat}"),
        Saying::Garbage(bytes) | Saying::Attack(bytes) | Saying::Nothing(bytes) => of_word(bytes),
    }
}
