//! Why a value was refused, in Redis' words where Redis has them.
//!
//! No text here contains the value: it may be a password.
use crate::options::kind::Unit;
use crate::options::table::OptionRow;
use core::fmt;

/// Why an option was not set. Nothing was changed.
#[derive(Clone, Copy, Debug)]
pub enum OptionError {
    /// No directive has this name.
    Unknown,
    /// Not an integer.
    NotAnInteger,
    /// Not a size.
    NotMemory,
    /// Neither a size nor percent.
    NotMemoryOrPercent,
    /// More than 100 percent.
    Percent,
    /// Not an octal number.
    NotOctal,
    /// Neither `yes` nor `no`.
    NotYesNo,
    /// None of these words.
    NotChoice(&'static [&'static str]),
    /// Outside its range.
    Range {
        /// What the number counts.
        unit: Unit,
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
        /// Whether 0 is allowed too.
        zero_is_auto: bool,
    },
    /// Too few or too many words.
    Arguments,
    /// A text with more bytes than this.
    TooLong(usize),
    /// A list that is not well formed; Redis' text.
    List(&'static str),
    /// Given twice in one CONFIG SET.
    Duplicate,
    /// Can only be set at the start.
    Fixed(&'static OptionRow),
    /// Can only be set at the start, for the safety of files.
    Protected,
    /// Promises what Granite does not do.
    Promise(&'static OptionRow),
}

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unknown => f.write_str("Bad directive or wrong number of arguments"),
            Self::NotAnInteger => f.write_str("argument couldn't be parsed into an integer"),
            Self::NotMemory => f.write_str("argument must be a memory value"),
            Self::NotMemoryOrPercent => f.write_str("argument must be a memory or percent value"),
            Self::Percent => f.write_str("percentage argument must be less or equal to 100"),
            Self::NotOctal => f.write_str("argument couldn't be parsed as an octal number"),
            Self::NotYesNo => f.write_str("argument must be 'yes' or 'no'"),
            Self::NotChoice(words) => {
                f.write_str("argument(s) must be one of the following: ")?;
                write_list(words, f)
            }
            Self::Range { unit: Unit::Octal, min, max, .. } => {
                write!(f, "argument must be between {min:o} and {max:o} inclusive")
            }
            Self::Range { min, max, zero_is_auto, .. } => {
                write!(f, "argument must be between {min} and {max} inclusive")?;
                f.write_str(if zero_is_auto { ", or 0 for Granite's own choice" } else { "" })
            }
            Self::Arguments => f.write_str("wrong number of arguments"),
            Self::TooLong(size_max) => {
                write!(f, "argument must have at most {size_max} bytes")
            }
            Self::List(text) => f.write_str(text),
            Self::Duplicate => f.write_str("duplicate parameter"),
            Self::Fixed(row) => {
                f.write_str("can't set immutable config: it is set in stone at the start; ")?;
                write!(f, "restart with '--{} <value>', or with it in the file", row.name)
            }
            Self::Protected => f.write_str("can't set protected config"),
            Self::Promise(row) => {
                write!(f, "{}; only '{} ", row.reason, row.name)?;
                f.write_str(match row.off() {
                    [] => "...' left out is accepted",
                    ["", ..] => "\"\"' is accepted",
                    _ => return write_off(row, f),
                })
            }
        }
    }
}

fn write_off(row: &OptionRow, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}' is accepted", row.off()[0])
}

fn write_list(words: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, word) in words.iter().enumerate() {
        write!(f, "{}{word}", if index == 0 { "" } else { ", " })?;
    }
    Ok(())
}

/// CONFIG SET was refused as a whole; displays as the line after `-`.
#[derive(Clone, Copy, Debug)]
pub struct ConfigSetError<'a> {
    /// The option as the client called it.
    pub name: &'a [u8],
    /// What was wrong with it.
    pub error: OptionError,
}

impl fmt::Display for ConfigSetError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Redis cuts nothing here; a name longer than any option's says nothing more.
        let name = &self.name[..self.name.len().min(128)];
        if let OptionError::Unknown = self.error {
            f.write_str("ERR Unknown option or number of arguments for CONFIG SET - '")?;
            write_bytes(name, f)?;
            return f.write_str("'");
        }
        f.write_str("ERR CONFIG SET failed (possibly related to argument '")?;
        write_bytes(name, f)?;
        write!(f, "') - {}", self.error)
    }
}

/// Writes bytes that may not be UTF-8.
fn write_bytes(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        f.write_str(chunk.valid())?;
        f.write_str(if chunk.invalid().is_empty() { "" } else { "?" })?;
    }
    Ok(())
}
