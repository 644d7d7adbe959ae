//! BITFIELD: integers of 1 to 64 bits at any bit of a string.
//!
//! All operations are parsed before the first one runs. They run in order, each on what the ones
//! before have left. `Field` is the pure part: its values are `i128`, in which no sum of two
//! fields overflows.
use super::{copy_bytes, scaled_bit_offset};
use crate::commands::arguments::{integer, is_word};
use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::commands::texts::reserve_reply;
use crate::resp::request::{Request, Value};
use crate::store::Key;
use core::ops::Range;

/// Bytes that a field of 64 bits can touch.
const FIELD_SIZE_MAX: usize = 9;

/// Bytes that the reply to one operation can take: `:-9223372036854775808\r\n`, rounded up.
const REPLY_SIZE_MAX: u64 = 24;

/// What happens to a value that does not fit its field.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Overflow {
    /// The higher bits are dropped.
    #[default]
    Wrap,
    /// The nearest value that fits is taken.
    Saturate,
    /// Nothing is written, the answer is null.
    Fail,
}

/// Where an integer is, and how wide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Field {
    signed: bool,
    bit_count: u32,
    /// Position of its highest bit.
    offset: u64,
}

/// What is done to a field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Action {
    Get,
    Set(i64),
    Increment(i64),
}

/// One operation of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Operation {
    field: Field,
    action: Action,
    overflow: Overflow,
}

impl Field {
    /// The type of a field: `i1` to `i64`, `u1` to `u63`. Returns whether it is signed, and its
    /// count of bits.
    fn parse_type(argument: &[u8]) -> Result<(bool, u32), CommandError> {
        const INVALID: CommandError = CommandError::Line(
            "ERR Invalid bitfield type. Use something like i16 u8. \
             Note that u64 is not supported but i64 is.",
        );
        let (signed, digits) = match argument {
            [b'i', digits @ ..] => (true, digits),
            [b'u', digits @ ..] => (false, digits),
            _ => return Err(INVALID),
        };
        let bit_count = integer(digits).map_err(|_| INVALID)?;
        match u32::try_from(bit_count).unwrap_or(0) {
            bit_count @ 1..=63 => Ok((signed, bit_count)),
            64 if signed => Ok((signed, 64)),
            _ => Err(INVALID),
        }
    }

    const fn first_byte(self) -> u64 {
        self.offset / 8
    }

    const fn byte_count(self) -> usize {
        ((self.offset % 8 + self.bit_count as u64).div_ceil(8)) as usize
    }

    /// Bits below the field in the bytes that hold it.
    const fn shift(self) -> u32 {
        self.byte_count() as u32 * 8 - (self.offset % 8) as u32 - self.bit_count
    }

    const fn mask(self) -> u128 {
        (1 << self.bit_count) - 1
    }

    const fn min(self) -> i128 {
        if self.signed { -(1 << (self.bit_count - 1)) } else { 0 }
    }

    const fn max(self) -> i128 {
        if self.signed { (1 << (self.bit_count - 1)) - 1 } else { (1 << self.bit_count) - 1 }
    }

    /// The lowest bits of `bits` as a value of this type.
    const fn value_of(self, bits: u128) -> i128 {
        let bits = (bits & self.mask()).cast_signed();
        if self.signed && bits > self.max() { bits - (1 << self.bit_count) } else { bits }
    }

    /// The value in the bytes that hold the field.
    fn read(self, bytes: &[u8]) -> i128 {
        let all = bytes.iter().fold(0_u128, |all, &byte| all << 8 | u128::from(byte));
        self.value_of(all >> self.shift())
    }

    /// Writes `value` into the bytes that hold the field.
    fn write(self, bytes: &mut [u8], value: i128) {
        let all = bytes.iter().fold(0_u128, |all, &byte| all << 8 | u128::from(byte));
        let mask = self.mask() << self.shift();
        let mut all = all & !mask | value.cast_unsigned() << self.shift() & mask;
        for byte in bytes.iter_mut().rev() {
            *byte = all as u8;
            all >>= 8;
        }
    }

    /// `value` as it fits into the field; `None` if it does not and nothing is to be written.
    fn fit(self, value: i128, overflow: Overflow) -> Option<i128> {
        if value >= self.min() && value <= self.max() {
            return Some(value);
        }
        match overflow {
            Overflow::Wrap => Some(self.value_of(value.cast_unsigned())),
            Overflow::Saturate => Some(value.clamp(self.min(), self.max())),
            Overflow::Fail => None,
        }
    }
}

impl Operation {
    /// Applies the operation to the bytes that hold its field; the answer, or `None` for null.
    fn apply(self, bytes: &mut [u8]) -> Option<i128> {
        let old = self.field.read(bytes);
        let (wished, answers_old) = match self.action {
            Action::Get => return Some(old),
            // As in Redis, a negative value for an unsigned field is a huge one.
            Action::Set(value) if !self.field.signed => (i128::from(value.cast_unsigned()), true),
            Action::Set(value) => (i128::from(value), true),
            Action::Increment(increment) => (old + i128::from(increment), false),
        };
        let new = self.field.fit(wished, self.overflow)?;
        self.field.write(bytes, new);
        Some(if answers_old { old } else { new })
    }
}

/// Walks over the operations in a request.
#[derive(Clone)]
struct Operations<'a> {
    request: Request<'a>,
    /// Bytes of the longest string.
    value_size_max: u64,
    index: usize,
    overflow: Overflow,
}

impl<'a> Operations<'a> {
    const fn of(request: &Request<'a>, cx: &Context<'_>) -> Self {
        let value_size_max = cx.store.tuning.value_size_max;
        Self { request: *request, value_size_max, index: 2, overflow: Overflow::Wrap }
    }

    /// The next operation, or `None` at the end.
    fn next(&mut self) -> Result<Option<Operation>, CommandError> {
        loop {
            if self.index == self.request.argument_count() {
                return Ok(None);
            }
            let word = self.request.argument(self.index);
            let rest_count = self.request.argument_count() - self.index - 1;
            if is_word(word, "OVERFLOW") && rest_count >= 1 {
                self.overflow = parse_overflow(self.request.argument(self.index + 1))?;
                self.index += 2;
                continue;
            }
            let is_get = is_word(word, "GET") && rest_count >= 2;
            let is_set = is_word(word, "SET") && rest_count >= 3;
            let is_increment = is_word(word, "INCRBY") && rest_count >= 3;
            if !is_get && !is_set && !is_increment {
                return Err(CommandError::SYNTAX);
            }
            let field = self.parse_field()?;
            let action = if is_get {
                Action::Get
            } else {
                let value = integer(self.request.argument(self.index + 3))?;
                if is_set { Action::Set(value) } else { Action::Increment(value) }
            };
            self.index += if is_get { 3 } else { 4 };
            return Ok(Some(Operation { field, action, overflow: self.overflow }));
        }
    }

    fn parse_field(&self) -> Result<Field, CommandError> {
        let (signed, bit_count) = Field::parse_type(self.request.argument(self.index + 1))?;
        let offset = match self.request.argument(self.index + 2) {
            [b'#', digits @ ..] => {
                scaled_bit_offset(self.value_size_max, digits, i64::from(bit_count))?
            }
            digits => scaled_bit_offset(self.value_size_max, digits, 1)?,
        };
        Ok(Field { signed, bit_count, offset })
    }
}

/// The bytes that hold each field that is written, of operations that were parsed before.
#[derive(Clone)]
struct Written<'a>(Operations<'a>);

impl Iterator for Written<'_> {
    type Item = Range<u64>;

    fn next(&mut self) -> Option<Range<u64>> {
        loop {
            let operation = self.0.next().expect("it was parsed before")?;
            if operation.action != Action::Get {
                let start = operation.field.first_byte();
                return Some(start..start + operation.field.byte_count() as u64);
            }
        }
    }
}

fn parse_overflow(argument: &[u8]) -> Result<Overflow, CommandError> {
    const WORDS: [(&str, Overflow); 3] =
        [("WRAP", Overflow::Wrap), ("SAT", Overflow::Saturate), ("FAIL", Overflow::Fail)];
    let row = WORDS.iter().find(|(word, _)| is_word(argument, word));
    row.map(|(_, overflow)| *overflow)
        .ok_or(CommandError::Line("ERR Invalid OVERFLOW type specified"))
}

/// `BITFIELD key [GET type offset | [OVERFLOW WRAP | SAT | FAIL] SET type offset value |
/// INCRBY type offset increment ...]`: reads and writes integers; an array of what was there, or of
/// the sums. O(operations).
pub fn bitfield(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    run(cx, request, false)
}

/// `BITFIELD_RO key [GET type offset ...]`: as BITFIELD, but reads only. O(operations).
pub fn bitfield_ro(cx: &mut Context<'_>, request: &Request<'_>) -> Result<(), CommandError> {
    run(cx, request, true)
}

fn run(cx: &mut Context<'_>, request: &Request<'_>, read_only: bool) -> Result<(), CommandError> {
    let key = cx.key(request, 1);
    let (mut operation_count, mut writes) = (0, false);
    let mut operations = Operations::of(request, cx);
    while let Some(operation) = operations.next()? {
        operation_count += 1;
        writes |= operation.action != Action::Get;
    }
    if writes && read_only {
        return Err(CommandError::Line("ERR BITFIELD_RO only supports the GET subcommand"));
    }
    if writes {
        cx.find_string(&key)?
    } else {
        cx.read_string(&key)?
    };
    reserve_reply(cx, (operation_count + 1) * REPLY_SIZE_MAX)?;
    let grows = writes && make_room(cx, request, &key)?;
    // Reserve first: from here on nothing fails.
    cx.reply.array(operation_count);
    let (mut change_count, changes_before) = (0, cx.store.counters.changes);
    let mut operations = Operations::of(request, cx);
    while let Some(operation) = operations.next()? {
        let step = step(cx, &key, operation)?;
        let changes = grows && operation.action != Action::Get || step.changes;
        change_count += u64::from(changes && step.answer.is_some());
        match step.answer {
            Some(value) => cx.reply.integer(value as i64),
            None => cx.reply.null(),
        }
    }
    if writes {
        // Growing is not a change of its own: Redis does not tell who watches.
        if grows && change_count > 0 {
            cx.store.tell_watchers(&key);
        }
        cx.store.counters.changes = changes_before + change_count;
    }
    Ok(())
}

/// Makes the string long enough for all fields that are written, as Redis does, also where a value
/// that does not fit is then not written; was it shorter? Afterwards no write fails.
fn make_room(
    cx: &mut Context<'_>,
    request: &Request<'_>,
    key: &Key<'_>,
) -> Result<bool, CommandError> {
    let size = match cx.find_string(key)? {
        Some(entry) => cx.store.string(entry)?.size(),
        None => 0,
    };
    let written = Written(Operations::of(request, cx));
    cx.store.reserve_writes(cx.now, key, written.clone())?;
    let end = written.map(|range| range.end).max().unwrap_or(0);
    if end > size {
        cx.store.write_untold(cx.now, key, end - 1, Value::Bytes(&[0]))?;
    } else {
        cx.store.mark_raw(key);
    }
    Ok(end > size)
}

/// What an operation did.
#[derive(Clone, Copy, Debug)]
struct Step {
    answer: Option<i128>,
    /// It wrote another value than there was.
    changes: bool,
}

/// Reads the bytes that hold the field, applies the operation, and writes them back if that
/// changed them: as in Redis, a transaction that watches the key goes on if not.
fn step(cx: &mut Context<'_>, key: &Key<'_>, operation: Operation) -> Result<Step, CommandError> {
    let field = operation.field;
    let mut bytes = [0; FIELD_SIZE_MAX];
    let bytes = &mut bytes[..field.byte_count()];
    read_bytes(cx, key, field.first_byte(), bytes)?;
    let old = field.read(bytes);
    let answer = operation.apply(bytes);
    let changes = field.read(bytes) != old;
    if changes {
        cx.store
            .write_at(cx.now, key, field.first_byte(), Value::Bytes(bytes))
            .expect("room for every field was made");
    }
    Ok(Step { answer, changes })
}

fn read_bytes(
    cx: &mut Context<'_>,
    key: &Key<'_>,
    start: u64,
    bytes: &mut [u8],
) -> Result<(), CommandError> {
    let text = match cx.find_string(key)? {
        Some(entry) => Some(cx.store.string(entry)?),
        None => None,
    };
    copy_bytes(text, start, bytes);
    Ok(())
}

#[cfg(test)]
#[path = "field_test.rs"]
mod field_test;
