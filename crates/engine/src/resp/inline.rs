//! Inline requests: words on a line, as a person types them, with quotes and escapes.
//!
//! A state machine of single bytes, so that the same code reads a line that arrives in one piece or
//! in a thousand. Double quotes know `\n \r \t \b \a`, `\xHH` and any other escaped byte as itself;
//! single quotes only `\'`. A closing quote must be followed by a space or the end of the line.
//! A NUL is data, unlike in Redis, where it ends the line.

/// Where in a line we are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Place {
    /// Between words.
    #[default]
    Between,
    /// In a word, outside of quotes.
    Word,
    /// In double quotes.
    Double,
    /// In double quotes, after a backslash.
    DoubleEscape,
    /// In double quotes, after `\x`.
    DoubleHex,
    /// In double quotes, after `\x` and this digit.
    DoubleHexDigit(u8),
    /// In single quotes.
    Single,
    /// In single quotes, after a backslash.
    SingleEscape,
    /// After a closing quote.
    Closed,
}

/// What a byte of the line does, in the order of the fields.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct InlineStep {
    /// A word begins.
    pub begins: bool,
    /// Bytes of the word: up to three, when an escape turns out not to be one.
    pub bytes: [u8; 3],
    /// How many of `bytes` count.
    pub byte_count: u8,
    /// The line is complete.
    pub ends_line: bool,
    /// The quotes do not match.
    pub unbalanced: bool,
}

impl InlineStep {
    fn push(&mut self, byte: u8) {
        self.bytes[self.byte_count as usize] = byte;
        self.byte_count += 1;
    }
}

/// An inline request on its way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inline {
    place: Place,
}

impl Inline {
    /// The next byte of the line.
    pub fn step(&mut self, byte: u8) -> InlineStep {
        let mut step = InlineStep::default();
        self.place = next(self.place, byte, &mut step);
        step
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

fn next(place: Place, byte: u8, step: &mut InlineStep) -> Place {
    match place {
        Place::Between if byte == b'\n' => {
            step.ends_line = true;
            Place::Between
        }
        Place::Between if is_space(byte) => Place::Between,
        Place::Between => {
            step.begins = true;
            next(Place::Word, byte, step)
        }
        Place::Word => match byte {
            b'"' => Place::Double,
            b'\'' => Place::Single,
            b' ' | b'\t' | b'\n' | b'\r' => next(Place::Between, byte, step),
            _ => {
                step.push(byte);
                Place::Word
            }
        },
        Place::Closed if is_space(byte) => next(Place::Between, byte, step),
        Place::Closed => {
            step.unbalanced = true;
            Place::Closed
        }
        Place::Double | Place::DoubleEscape | Place::DoubleHex | Place::DoubleHexDigit(_) => {
            next_in_double(place, byte, step)
        }
        Place::Single | Place::SingleEscape => next_in_single(place, byte, step),
    }
}

fn next_in_double(place: Place, byte: u8, step: &mut InlineStep) -> Place {
    match (place, byte) {
        (Place::DoubleHex, _) if hex_digit(byte).is_some() => Place::DoubleHexDigit(byte),
        (Place::DoubleHex, _) => {
            // Not a number after all: `\x` is an escaped x.
            step.push(b'x');
            next_in_double(Place::Double, byte, step)
        }
        (Place::DoubleHexDigit(high), _) => {
            if let (Some(high), Some(low)) = (hex_digit(high), hex_digit(byte)) {
                step.push(high << 4 | low);
                return Place::Double;
            }
            step.push(b'x');
            step.push(high);
            next_in_double(Place::Double, byte, step)
        }
        (_, b'\n') => {
            step.unbalanced = true;
            Place::Closed
        }
        (Place::DoubleEscape, b'x') => Place::DoubleHex,
        (Place::DoubleEscape, _) => {
            step.push(match byte {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'b' => 0x08,
                b'a' => 0x07,
                other => other,
            });
            Place::Double
        }
        (_, b'\\') => Place::DoubleEscape,
        (_, b'"') => Place::Closed,
        _ => {
            step.push(byte);
            Place::Double
        }
    }
}

fn next_in_single(place: Place, byte: u8, step: &mut InlineStep) -> Place {
    match (place, byte) {
        (Place::SingleEscape, b'\'') => {
            step.push(b'\'');
            Place::Single
        }
        (Place::SingleEscape, _) => {
            step.push(b'\\');
            next_in_single(Place::Single, byte, step)
        }
        (_, b'\n') => {
            step.unbalanced = true;
            Place::Closed
        }
        (_, b'\\') => Place::SingleEscape,
        (_, b'\'') => Place::Closed,
        _ => {
            step.push(byte);
            Place::Single
        }
    }
}
