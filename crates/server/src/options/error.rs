//! Why the start was stopped, and where: file, line, the text, and what would have been allowed.
use granite_engine::options::error::OptionError;
use granite_engine::options::kind::{Kind, Unit};
use granite_engine::options::table::OptionId;
use std::fmt;

/// Characters of the user's text that an error repeats.
const TEXT_SIZE_MAX: usize = 120;

/// Where a directive stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// On the command line.
    CommandLine,
    /// In a file, with its path and the number of the line.
    File(String, u32),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::File(path, 0) => f.write_str(path),
            Self::File(path, line) => write!(f, "{path}, line {line}"),
        }
    }
}

/// The start is stopped: the text for the user, complete.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OptionsError(String);

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl OptionsError {
    /// Something is wrong with `text` at `place`.
    pub fn at(place: &Place, text: &[u8], what: impl fmt::Display) -> Self {
        Self(format!("{place}: '{}': {what}", printable(text)))
    }

    /// Something is wrong at `place`, and its text is better not repeated.
    pub fn silent(place: &Place, what: impl fmt::Display) -> Self {
        Self(format!("{place}: {what}"))
    }

    /// `value` was refused for option `id`.
    pub fn refused(place: &Place, id: OptionId, value: &[u8], error: &OptionError) -> Self {
        let row = id.row();
        let mut text = row.name.as_bytes().to_vec();
        if row.secret {
            return Self::at(place, &text, format_args!("{error}{}", Allowed(row.kind, error)));
        }
        text.push(b' ');
        text.extend_from_slice(if value.is_empty() { b"\"\"" } else { value });
        Self::at(place, &text, format_args!("{error}{}", Allowed(row.kind, error)))
    }
}

/// The range of an option, where the error does not say it already.
struct Allowed<'a>(Kind, &'a OptionError);

impl fmt::Display for Allowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Kind::Number { unit, min, max, zero_is_auto } = self.0 else { return Ok(()) };
        match self.1 {
            OptionError::Range { .. } if unit.name().is_empty() => Ok(()),
            OptionError::Range { .. } => write!(f, " ({})", unit.name()),
            OptionError::Promise(_) => Ok(()),
            _ if unit == Unit::Octal => write!(f, " (range: {min:o} to {max:o})"),
            _ => {
                let auto = if zero_is_auto { "0 or " } else { "" };
                let space = if unit.name().is_empty() { "" } else { " " };
                write!(f, " (range: {auto}{min} to {max}{space}{})", unit.name())
            }
        }
    }
}

/// Text of a user, safe for a terminal and of bounded size.
pub fn printable(text: &[u8]) -> String {
    let mut printable = String::new();
    for character in String::from_utf8_lossy(&text[..text.len().min(TEXT_SIZE_MAX)]).chars() {
        printable.push(if character.is_control() { '?' } else { character });
    }
    if text.len() > TEXT_SIZE_MAX {
        printable.push_str("...");
    }
    printable
}
