//! Kinds of values: how each is read, checked and printed. Lists of words are in `lists`.
//!
//! Invariant: what `write_number` prints, `read_number` reads back as the same number.
use crate::options::error::OptionError;
use crate::stdx::number::parse_i64;
use core::fmt;

/// What a number counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// Things.
    Count,
    /// Bytes, which may be written as `4gb`.
    Bytes,
    /// Bytes, or percent of `maxmemory`, which are kept as a negative number.
    BytesOrPercent,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Bits of a file mode, in octal.
    Octal,
}

impl Unit {
    /// Its name in a message about a range.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count | Self::Octal => "",
            Self::Bytes | Self::BytesOrPercent => "bytes",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
        }
    }
}

/// How a value is written, and what range it has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A number.
    Number {
        /// What it counts.
        unit: Unit,
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
        /// 0 is allowed too, and means that Granite chooses.
        zero_is_auto: bool,
    },
    /// `yes` or `no`.
    YesNo,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any text of at most so many bytes.
    Text(u16),
    /// Words separated by spaces, at most so many bytes together.
    Words(u16),
    /// `save`: pairs of seconds and changes; several lines add up.
    Save,
    /// `client-output-buffer-limit`: class, hard, soft, seconds; several lines merge.
    OutputLimits,
    /// `notify-keyspace-events`: letters.
    KeyspaceEvents,
    /// `latency-tracking-info-percentiles`: numbers from 0 to 100.
    Percentiles,
    /// `oom-score-adj-values`: three numbers.
    Scores,
    /// A directive that has no value to ask for, and that is always refused.
    Command,
}

impl Kind {
    /// Is the value kept as a number?
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Number { .. } | Self::YesNo | Self::Choice(_))
    }

    /// May a line of a file have several arguments, or none?
    pub const fn takes_words(self) -> bool {
        !self.is_number() && !matches!(self, Self::Text(_) | Self::KeyspaceEvents)
    }

    /// Bytes that a value kept as text may have.
    pub const fn text_size_max(self) -> usize {
        match self {
            Self::Text(size) | Self::Words(size) => size as usize,
            Self::Save | Self::OutputLimits => 256,
            Self::KeyspaceEvents => 16,
            Self::Percentiles => 128,
            Self::Scores => 32,
            Self::Command | Self::Number { .. } | Self::YesNo | Self::Choice(_) => 0,
        }
    }

    /// Reads a value of a number kind.
    pub fn read_number(self, value: &[u8]) -> Result<i64, OptionError> {
        match self {
            Self::YesNo => match value {
                _ if value.eq_ignore_ascii_case(b"yes") => Ok(1),
                _ if value.eq_ignore_ascii_case(b"no") => Ok(0),
                _ => Err(OptionError::NotYesNo),
            },
            Self::Choice(words) => words
                .iter()
                .position(|word| word.as_bytes().eq_ignore_ascii_case(value))
                .map(|index| (index as u64).cast_signed())
                .ok_or(OptionError::NotChoice(words)),
            Self::Number { unit, min, max, zero_is_auto } => {
                let number = read_in(unit, value)?;
                let auto = zero_is_auto && number == 0;
                if unit == Unit::BytesOrPercent && number < 0 {
                    return if number >= -100 { Ok(number) } else { Err(OptionError::Percent) };
                }
                if auto || (min..=max).contains(&number) {
                    return Ok(number);
                }
                Err(OptionError::Range { unit, min, max, zero_is_auto })
            }
            _ => unreachable!("{self:?} is kept as text"),
        }
    }

    /// Prints a number as CONFIG GET does.
    pub fn write_number(self, number: i64, f: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Self::YesNo => f.write_str(if number == 0 { "no" } else { "yes" }),
            Self::Choice(words) => f.write_str(words[number.cast_unsigned() as usize]),
            Self::Number { unit: Unit::Octal, .. } => write!(f, "{number:o}"),
            Self::Number { unit: Unit::BytesOrPercent, .. } if number < 0 => {
                write!(f, "{}%", -number)
            }
            _ => write!(f, "{number}"),
        }
    }
}

/// Reads `value` as a number of `unit`, before its range is checked.
fn read_in(unit: Unit, value: &[u8]) -> Result<i64, OptionError> {
    match unit {
        Unit::Bytes => read_bytes(value).ok_or(OptionError::NotMemory),
        Unit::BytesOrPercent => match value.strip_suffix(b"%") {
            Some(percent) => match parse_i64(percent) {
                Some(percent) if percent >= 0 => Ok(-percent),
                _ => Err(OptionError::NotMemoryOrPercent),
            },
            None => read_bytes(value).ok_or(OptionError::NotMemoryOrPercent),
        },
        Unit::Octal => read_octal(value).ok_or(OptionError::NotOctal),
        _ => parse_i64(value).ok_or(OptionError::NotAnInteger),
    }
}

/// What may stand behind the digits of a size.
const FACTORS: [(&[u8], i64); 8] = [
    (b"", 1),
    (b"b", 1),
    (b"k", 1_000),
    (b"kb", 1 << 10),
    (b"m", 1_000_000),
    (b"mb", 1 << 20),
    (b"g", 1_000_000_000),
    (b"gb", 1 << 30),
];

/// Reads `100`, `100b`, `1k` (1,000), `1kb` (1,024), `1m`, `1mb`, `1g`, `1gb`, in any case.
pub fn read_bytes(value: &[u8]) -> Option<i64> {
    let digit_count = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, suffix) = value.split_at(digit_count);
    let (_, factor) = FACTORS.iter().find(|(name, _)| name.eq_ignore_ascii_case(suffix))?;
    let mut number: i64 = 0;
    for digit in digits {
        number = number.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
    }
    if digits.is_empty() { None } else { number.checked_mul(*factor) }
}

fn read_octal(value: &[u8]) -> Option<i64> {
    i64::from_str_radix(core::str::from_utf8(value).ok()?, 8).ok()
}

const fn number(unit: Unit, min: i64, max: i64, zero_is_auto: bool) -> Kind {
    assert!(min <= max, "a range has its smallest first");
    Kind::Number { unit, min, max, zero_is_auto }
}

/// A count from `min` to `max`.
pub const fn count(min: i64, max: i64) -> Kind {
    number(Unit::Count, min, max, false)
}

/// A size from `min` to `max` bytes.
pub const fn bytes(min: i64, max: i64) -> Kind {
    number(Unit::Bytes, min, max, false)
}

/// A count, or 0 for Granite's own choice.
pub const fn auto_count(min: i64, max: i64) -> Kind {
    number(Unit::Count, min, max, true)
}

/// A size in bytes, or 0 for Granite's own choice.
pub const fn auto_bytes(min: i64, max: i64) -> Kind {
    number(Unit::Bytes, min, max, true)
}

/// Any other number.
pub const fn measured(unit: Unit, min: i64, max: i64) -> Kind {
    number(unit, min, max, false)
}
