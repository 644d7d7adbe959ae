//! BITFIELD: integers of any width inside a string.
use super::bitmap::{bit_at, set_bit};
use super::{Call, Encoding, Entry, Failure, Outcome, SYNTAX, integer, refuse};
use crate::memory::Change;
use crate::value::Value;
use std::ops::Range;

#[derive(Clone, Copy)]
enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Verb {
    Get,
    Set,
    Increment,
}

struct Operation {
    verb: Verb,
    signed: bool,
    bits: u32,
    offset: usize,
    operand: i64,
    overflow: Overflow,
}

impl Call<'_> {
    pub(super) fn bitfield(&mut self, read_only: bool) -> Outcome {
        let operations = self.operations()?;
        let writes = operations.iter().filter(|operation| operation.verb != Verb::Get);
        let end = writes.map(|operation| operation.offset + operation.bits as usize).max();
        if read_only && end.is_some() {
            return refuse("ERR BITFIELD_RO only supports the GET subcommand");
        }
        let before = self.entry(1).cloned();
        let mut entry = before.clone().unwrap_or_else(|| Entry::new(Vec::new()));
        let size = end.unwrap_or(0).div_ceil(8);
        if entry.value.len() < size {
            entry.value.resize(size, 0);
        }
        let (mut replies, mut written) = (Vec::new(), Vec::new());
        let grows = before.is_none_or(|before| before.value.len() < size) && size > 0;
        if grows {
            written.push(size as u64 - 1..size as u64);
        }
        let mut is_told = false;
        for operation in &operations {
            let value_before = entry.value.clone();
            let reply = operation.run(&mut entry.value);
            let is_changed = entry.value != value_before;
            if is_changed {
                written.push(operation.bytes());
            }
            // To grow is a change only of an operation that then writes, be it what was there.
            is_told |= is_changed || grows && operation.verb != Verb::Get && reply != Value::Null;
            replies.push(reply);
        }
        if end.is_some() {
            entry.encoding = Encoding::Raw;
            let writes = operations.iter().filter(|operation| operation.verb != Verb::Get);
            let reserved = writes.map(Operation::bytes).collect();
            self.put_told(entry, &Change::Ranges { reserved, written }, is_told);
        }
        Ok(Value::Array(replies))
    }

    fn operations(&self) -> Result<Vec<Operation>, Failure> {
        let (mut operations, mut overflow, mut index) = (Vec::new(), Overflow::Wrap, 2);
        while index < self.count() {
            let left = self.count() - index - 1;
            if self.is_word(index, "OVERFLOW") && left >= 1 {
                overflow = self.overflow(index + 1)?;
                index += 2;
                continue;
            }
            let verb = if self.is_word(index, "GET") && left >= 2 {
                Verb::Get
            } else if self.is_word(index, "SET") && left >= 3 {
                Verb::Set
            } else if self.is_word(index, "INCRBY") && left >= 3 {
                Verb::Increment
            } else {
                return refuse(SYNTAX);
            };
            let (signed, bits) = self.field_type(index + 1)?;
            let offset = self.field_offset(index + 2, bits)?;
            let operand = if verb == Verb::Get { 0 } else { self.integer(index + 3)? };
            operations.push(Operation { verb, signed, bits, offset, operand, overflow });
            index += if verb == Verb::Get { 3 } else { 4 };
        }
        Ok(operations)
    }

    fn overflow(&self, index: usize) -> Result<Overflow, Failure> {
        match &self.arguments[index].to_ascii_uppercase()[..] {
            b"WRAP" => Ok(Overflow::Wrap),
            b"SAT" => Ok(Overflow::Saturate),
            b"FAIL" => Ok(Overflow::Fail),
            _ => refuse("ERR Invalid OVERFLOW type specified"),
        }
    }

    fn field_type(&self, index: usize) -> Result<(bool, u32), Failure> {
        let (signed, digits) = match self.arguments[index].split_first() {
            Some((b'i', digits)) => (true, digits),
            Some((b'u', digits)) => (false, digits),
            _ => (false, &b""[..]),
        };
        match integer(digits) {
            Some(bits) if bits >= 1 && bits <= 63 + i64::from(signed) => Ok((signed, bits as u32)),
            _ => refuse(
                "ERR Invalid bitfield type. Use something like i16 u8. \
                 Note that u64 is not supported but i64 is.",
            ),
        }
    }

    fn field_offset(&self, index: usize, bits: u32) -> Result<usize, Failure> {
        let text = &self.arguments[index];
        let Some(digits) = text.strip_prefix(b"#") else { return Self::bit_offset(text) };
        let offset = integer(digits).and_then(|number| number.checked_mul(i64::from(bits)));
        // What is out of range for a position is out of range here.
        Self::bit_offset(offset.unwrap_or(-1).to_string().as_bytes())
    }
}

impl Operation {
    /// The bytes that the field is in.
    fn bytes(&self) -> Range<u64> {
        (self.offset / 8) as u64..(self.offset + self.bits as usize).div_ceil(8) as u64
    }

    fn run(&self, value: &mut [u8]) -> Value {
        let old = self.read(value);
        let wanted = match self.verb {
            Verb::Get => return Value::Integer(old as i64),
            // An unsigned field takes the operand's 64 bits as a number without sign.
            Verb::Set if !self.signed => i128::from(self.operand as u64),
            Verb::Set => i128::from(self.operand),
            Verb::Increment => old + i128::from(self.operand),
        };
        let (low, high) = if self.signed {
            (-(1_i128 << (self.bits - 1)), (1_i128 << (self.bits - 1)) - 1)
        } else {
            (0, (1_i128 << self.bits) - 1)
        };
        let stored = match self.overflow {
            _ if (low..=high).contains(&wanted) => wanted,
            Overflow::Wrap => {
                let wrapped = wanted.rem_euclid(1 << self.bits);
                if wrapped > high { wrapped - (1 << self.bits) } else { wrapped }
            }
            Overflow::Saturate => wanted.clamp(low, high),
            Overflow::Fail => return Value::Null,
        };
        for index in 0..self.bits {
            let bit = stored >> (self.bits - 1 - index) & 1 == 1;
            set_bit(value, self.offset + index as usize, bit);
        }
        Value::Integer(if self.verb == Verb::Set { old as i64 } else { stored as i64 })
    }

    fn read(&self, value: &[u8]) -> i128 {
        let bits = (0..self.bits as usize).map(|index| bit_at(value, self.offset + index));
        let number = bits.fold(0, |number, bit| number << 1 | i128::from(bit));
        let is_negative = self.signed && number >> (self.bits - 1) == 1;
        if is_negative { number - (1 << self.bits) } else { number }
    }
}
