//! What a request may look like: the limits of its parts, the errors that name them, and the line
//! of digits that announces a count or a size. Both parsers stand on this.
//!
//! Stricter than Redis in two points, which its clients cannot meet by accident: a CR is followed
//! by LF everywhere, and a bulk ends with both.
use crate::stdx::number;

/// Bytes of an inline request, or of a line of digits, before its end must have come.
pub const LINE_SIZE_MAX: u32 = 64 * 1024;

/// Arguments before AUTH, where a password is asked.
pub const UNAUTHENTICATED_ARGUMENTS_MAX: u32 = 10;

/// Bytes of an argument before AUTH.
pub const UNAUTHENTICATED_BULK_MAX: u64 = 16 * 1024;

/// What a connection may send at the moment.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Arguments in one request.
    pub arguments_max: u32,
    /// Bytes of one argument.
    pub bulk_size_max: u64,
    /// The password was given, or none is asked.
    pub authenticated: bool,
}

/// What is wrong with a request. The connection is closed after the error is sent: nobody knows
/// where the next request begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProtocolError {
    /// The count after `*`.
    MultibulkLength,
    /// More arguments than allowed before AUTH.
    UnauthenticatedMultibulkLength,
    /// The size after `$`.
    BulkLength,
    /// A longer argument than allowed before AUTH.
    UnauthenticatedBulkLength,
    /// Something else where `$` should be.
    ExpectedBulk(u8),
    /// A bulk is not followed by CR LF.
    BulkEnd,
    /// No end of the line after `*`.
    CountTooBig,
    /// No end of the line after `$`.
    SizeTooBig,
    /// No end of an inline request.
    InlineTooBig,
    /// A quote that is not closed, or closed within a word.
    UnbalancedQuotes,
}

/// Bytes of the longest error line.
pub const ERROR_SIZE_MAX: usize = 64;

impl ProtocolError {
    /// The text of the error line, in `room`.
    pub fn line(self, room: &mut [u8; ERROR_SIZE_MAX]) -> &[u8] {
        const PREFIX: &[u8] = b"ERR Protocol error: ";
        let mut expected = *b"expected '$', got '?'";
        let text: &[u8] = match self {
            Self::MultibulkLength => b"invalid multibulk length",
            Self::UnauthenticatedMultibulkLength => b"unauthenticated multibulk length",
            Self::BulkLength => b"invalid bulk length",
            Self::UnauthenticatedBulkLength => b"unauthenticated bulk length",
            Self::ExpectedBulk(byte) => {
                expected[19] = byte;
                &expected
            }
            Self::BulkEnd => b"bulk is not followed by CRLF",
            Self::CountTooBig => b"too big mbulk count string",
            Self::SizeTooBig => b"too big bulk count string",
            Self::InlineTooBig => b"too big inline request",
            Self::UnbalancedQuotes => b"unbalanced quotes in request",
        };
        room[..PREFIX.len()].copy_from_slice(PREFIX);
        let size = PREFIX.len() + text.len();
        room[PREFIX.len()..size].copy_from_slice(text);
        &room[..size]
    }
}

/// A line of digits that arrives piece by piece, up to its CR LF.
#[derive(Clone, Copy, Debug)]
pub struct DigitLine {
    /// What was read, as far as it can be a number.
    text: [u8; number::I64_TEXT_SIZE_MAX],
    /// Bytes read, CR not counted.
    size: u32,
    /// The CR was read.
    ended: bool,
}

/// What a byte does to a `DigitLine`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DigitStep {
    /// The line goes on.
    More,
    /// The line is complete; its number, if it is one.
    Complete(Option<i64>),
    /// It is longer than any line may be.
    TooBig,
}

impl DigitLine {
    /// An empty line.
    pub const fn new() -> Self {
        Self { text: [0; number::I64_TEXT_SIZE_MAX], size: 0, ended: false }
    }

    /// The next byte of the line.
    pub fn step(&mut self, byte: u8) -> DigitStep {
        if self.ended {
            return DigitStep::Complete(if byte == b'\n' { self.number() } else { None });
        }
        if byte == b'\r' {
            self.ended = true;
            return DigitStep::More;
        }
        if let Some(place) = self.text.get_mut(self.size as usize) {
            *place = byte;
        }
        self.size += 1;
        if self.size > LINE_SIZE_MAX { DigitStep::TooBig } else { DigitStep::More }
    }

    fn number(&self) -> Option<i64> {
        number::parse_i64(self.text.get(..self.size as usize)?)
    }
}

impl Default for DigitLine {
    fn default() -> Self {
        Self::new()
    }
}

impl Bounds {
    /// The count after `*`: how many arguments follow. 0 means that the request is empty.
    pub fn check_count(&self, count: Option<i64>) -> Result<u32, ProtocolError> {
        let count = count.ok_or(ProtocolError::MultibulkLength)?;
        if count > i64::from(self.arguments_max) {
            return Err(ProtocolError::MultibulkLength);
        }
        if count > i64::from(UNAUTHENTICATED_ARGUMENTS_MAX) && !self.authenticated {
            return Err(ProtocolError::UnauthenticatedMultibulkLength);
        }
        Ok(u32::try_from(count.max(0)).expect("at most arguments_max"))
    }

    /// The size after `$`.
    pub fn check_size(&self, size: Option<i64>) -> Result<u64, ProtocolError> {
        let size = size.and_then(|size| u64::try_from(size).ok());
        let size = size.ok_or(ProtocolError::BulkLength)?;
        if size > self.bulk_size_max {
            return Err(ProtocolError::BulkLength);
        }
        if size > UNAUTHENTICATED_BULK_MAX && !self.authenticated {
            return Err(ProtocolError::UnauthenticatedBulkLength);
        }
        Ok(size)
    }
}
