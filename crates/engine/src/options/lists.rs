//! Values that are lists: each is checked and brought into the form in which CONFIG GET shows it.
//!
//! Invariant: reading what was written gives the same text again.
use crate::options::error::OptionError;
use crate::options::kind::{Kind, read_bytes};
use crate::stdx::number::parse_i64;
use core::fmt::{self, Write as _};

/// Bytes of the longest text that an option can have.
pub const TEXT_SIZE_MAX: usize = 512;

/// A text in place.
#[derive(Clone, Copy)]
pub struct OptionText {
    size: usize,
    bytes: [u8; TEXT_SIZE_MAX],
}

impl OptionText {
    /// No text.
    pub const EMPTY: Self = Self { size: 0, bytes: [0; TEXT_SIZE_MAX] };

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.size]
    }

    fn push(&mut self, bytes: &[u8]) -> Result<(), OptionError> {
        let room = self.bytes.get_mut(self.size..self.size + bytes.len());
        room.ok_or(OptionError::TooLong(TEXT_SIZE_MAX))?.copy_from_slice(bytes);
        self.size += bytes.len();
        Ok(())
    }

    fn push_word(&mut self, word: &[u8]) -> Result<(), OptionError> {
        if self.size > 0 {
            self.push(b" ")?;
        }
        self.push(word)
    }
}

impl fmt::Write for OptionText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl fmt::Debug for OptionText {
    /// Says how long it is: the text may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OptionText({} bytes)", self.size)
    }
}

/// The words of `value`. Several spaces are one.
pub fn words(value: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    value.split(|byte| *byte == b' ').filter(|word| !word.is_empty())
}

/// Reads a value of a kind that is kept as text; `current` is what it is merged into.
pub fn read_text(kind: Kind, value: &[u8], current: &[u8]) -> Result<OptionText, OptionError> {
    let mut text = OptionText::EMPTY;
    match kind {
        Kind::Text(_) => {
            if value.len() > kind.text_size_max() {
                return Err(OptionError::TooLong(kind.text_size_max()));
            }
            text.push(value)?;
        }
        Kind::Words(_) => words(value).try_for_each(|word| text.push_word(word))?,
        Kind::Save => read_save(value, &mut text)?,
        Kind::OutputLimits => read_output_limits(value, current, &mut text)?,
        Kind::KeyspaceEvents => read_events(value, &mut text)?,
        Kind::Percentiles => read_percentiles(value, &mut text)?,
        Kind::Scores => read_scores(value, &mut text)?,
        Kind::Command | Kind::Number { .. } | Kind::YesNo | Kind::Choice(_) => {
            unreachable!("{kind:?} is not kept as text")
        }
    }
    if text.size > kind.text_size_max() {
        return Err(OptionError::TooLong(kind.text_size_max()));
    }
    Ok(text)
}

/// Pairs of seconds (at least 1) and changes (at least 0); nothing at all is "off".
fn read_save(value: &[u8], text: &mut OptionText) -> Result<(), OptionError> {
    const INVALID: OptionError = OptionError::List("Invalid save parameters");
    let mut count = 0;
    for word in words(value) {
        let smallest = i64::from(count % 2 == 0);
        if parse_i64(word).is_none_or(|number| number < smallest) {
            return Err(INVALID);
        }
        text.push_word(word)?;
        count += 1;
    }
    if count % 2 == 0 { Ok(()) } else { Err(INVALID) }
}

const CLASSES: [&str; 3] = ["normal", "slave", "pubsub"];

/// Class, hard limit, soft limit, seconds. A class that is not named keeps what it had.
fn read_output_limits(
    value: &[u8],
    current: &[u8],
    text: &mut OptionText,
) -> Result<(), OptionError> {
    let mut limits = [[0_i64; 3]; 3];
    merge_output_limits(current, &mut limits)?;
    merge_output_limits(value, &mut limits)?;
    for (class, [hard, soft, seconds]) in CLASSES.iter().zip(limits) {
        let space = if text.size == 0 { "" } else { " " };
        write!(text, "{space}{class} {hard} {soft} {seconds}")
            .map_err(|fmt::Error| OptionError::TooLong(TEXT_SIZE_MAX))?;
    }
    Ok(())
}

fn merge_output_limits(value: &[u8], limits: &mut [[i64; 3]; 3]) -> Result<(), OptionError> {
    const COUNT: OptionError =
        OptionError::List("Wrong number of arguments in buffer limit configuration.");
    const CLASS: OptionError =
        OptionError::List("Invalid client class specified in buffer limit configuration.");
    const NUMBER: OptionError = OptionError::List(
        "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
    );
    let mut words = words(value);
    while let Some(class) = words.next() {
        let (Some(hard), Some(soft), Some(seconds)) = (words.next(), words.next(), words.next())
        else {
            return Err(COUNT);
        };
        let is_replica = class.eq_ignore_ascii_case(b"replica");
        let class = if is_replica { &b"slave"[..] } else { class };
        let known = |name: &&str| name.as_bytes().eq_ignore_ascii_case(class);
        let index = CLASSES.iter().position(known).ok_or(CLASS)?;
        let seconds = parse_i64(seconds).filter(|seconds| *seconds >= 0).ok_or(NUMBER)?;
        limits[index] = [read_bytes(hard).ok_or(NUMBER)?, read_bytes(soft).ok_or(NUMBER)?, seconds];
    }
    Ok(())
}

/// Letters in any order, printed in Redis' order; `A` stands for `g$lshzxetd`.
fn read_events(value: &[u8], text: &mut OptionText) -> Result<(), OptionError> {
    const LETTERS: &[u8] = b"g$lshzxetdKEmn";
    const ALL_COUNT: usize = 10;
    let mut chosen = [false; LETTERS.len()];
    for letter in value {
        if *letter == b'A' {
            chosen[..ALL_COUNT].fill(true);
            continue;
        }
        let index = LETTERS
            .iter()
            .position(|known| known == letter)
            .ok_or(OptionError::List("Invalid event class character. Use 'Ag$lshzxeKEtmdn'."))?;
        chosen[index] = true;
    }
    let all = chosen[..ALL_COUNT].iter().all(|chosen| *chosen);
    if all {
        text.push(b"A")?;
    }
    let first = if all { ALL_COUNT } else { 0 };
    for index in (first..LETTERS.len()).filter(|index| chosen[*index]) {
        text.push(&[LETTERS[index]])?;
    }
    Ok(())
}

fn read_percentiles(value: &[u8], text: &mut OptionText) -> Result<(), OptionError> {
    for word in words(value) {
        let percent: Option<f64> = core::str::from_utf8(word).ok().and_then(|t| t.parse().ok());
        if !percent.is_some_and(|percent| (0.0..=100.0).contains(&percent)) {
            return Err(OptionError::List(
                "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]",
            ));
        }
        text.push_word(word)?;
    }
    Ok(())
}

fn read_scores(value: &[u8], text: &mut OptionText) -> Result<(), OptionError> {
    if words(value).count() != 3 {
        return Err(OptionError::Arguments);
    }
    let mut last = -2_000;
    for word in words(value) {
        let score = parse_i64(word).filter(|score| (-2_000..=2_000).contains(score));
        let score = score.ok_or(OptionError::List(
            "Invalid oom-score-adj-values, elements must be between -2000 and 2000.",
        ))?;
        if score < last {
            return Err(OptionError::List(
                "Invalid oom-score-adj-values, elements must be in ascending order.",
            ));
        }
        last = score;
        text.push_word(word)?;
    }
    Ok(())
}
