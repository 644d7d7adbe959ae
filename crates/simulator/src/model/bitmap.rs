//! Bitmaps but for BITFIELD: strings seen as bits, the first bit being the highest of byte 0.
use super::string::written;
use super::{Call, Encoding, Entry, Failure, Outcome, STRING_SIZE_MAX, SYNTAX, integer, refuse};
use crate::memory::Change;
use crate::value::Value;
use std::ops::Range;

impl Call<'_> {
    /// A bit position that a string may have.
    pub(super) fn bit_offset(text: &[u8]) -> Result<usize, Failure> {
        match integer(text) {
            Some(offset) if offset >= 0 && offset >> 3 < STRING_SIZE_MAX => Ok(offset as usize),
            _ => refuse("ERR bit offset is not an integer or out of range"),
        }
    }

    pub(super) fn setbit(&mut self) -> Outcome {
        let offset = Self::bit_offset(&self.arguments[2])?;
        let bit = match integer(&self.arguments[3]) {
            Some(0) => false,
            Some(1) => true,
            _ => return refuse("ERR bit is not an integer or out of range"),
        };
        let before = self.entry(1).cloned();
        let mut entry = before.clone().unwrap_or_else(|| Entry::new(Vec::new()));
        if entry.value.len() <= offset / 8 {
            entry.value.resize(offset / 8 + 1, 0);
        }
        let old = bit_at(&entry.value, offset);
        set_bit(&mut entry.value, offset, bit);
        entry.encoding = Encoding::Raw;
        let is_written = before.as_ref().is_none_or(|before| before.value != entry.value);
        let byte = offset / 8;
        let change = written(if is_written { byte..byte + 1 } else { 0..0 });
        // It counts as a change for WATCH only if the value is another one.
        self.put_told(entry, &change, is_written);
        Ok(Value::Integer(i64::from(old)))
    }

    /// Writes the key; those who watch it are told if that counts as a change.
    pub(super) fn put_told(&mut self, entry: Entry, change: &Change, is_told: bool) {
        let database = self.database();
        let key = &self.arguments[1];
        self.model.insert(database, key, entry, change);
        if is_told {
            self.model.touch(database, key);
        }
    }

    pub(super) fn getbit(&mut self) -> Outcome {
        let offset = Self::bit_offset(&self.arguments[2])?;
        let value = self.entry(1).map_or(&[][..], |entry| &entry.value);
        Ok(Value::Integer(i64::from(bit_at(value, offset))))
    }

    pub(super) fn bitcount(&mut self) -> Outcome {
        if self.model.like_7_0 && self.entry(1).is_none() {
            return Ok(Value::Integer(0));
        }
        if self.count() == 3 || self.count() > 5 {
            return refuse(SYNTAX);
        }
        let value = self.entry(1).map_or(&[][..], |entry| &entry.value);
        let (start, end) = self.bit_range(2, value.len(), false)?;
        // Bit by bit only before and behind whole bytes: it took a seventh of the time of worlds.
        let first = start.next_multiple_of(8).min(end);
        let last = (end / 8 * 8).max(first);
        let ones = |range: Range<usize>| range.filter(|&at| bit_at(value, at)).count();
        let bytes = &value[first / 8..last / 8];
        let whole: usize = bytes.iter().map(|byte| byte.count_ones() as usize).sum();
        Ok(Value::Integer((ones(start..first) + whole + ones(last..end)) as i64))
    }

    /// The arguments `[start [end [BYTE|BIT]]]` from `index` on, as `start..end` in bits.
    fn bit_range(
        &self,
        index: usize,
        size: usize,
        end_may_be_left_out: bool,
    ) -> Result<(usize, usize), Failure> {
        if self.count() <= index {
            return Ok((0, size * 8));
        }
        let start = self.integer(index)?;
        let has_end = self.count() > index + 1;
        assert!(has_end || end_may_be_left_out, "the caller has counted");
        // The order of these two checks shows in which error wins.
        let mut end = -1;
        if has_end && !end_may_be_left_out {
            end = self.integer(index + 1)?;
        }
        let is_bits = self.is_word(index + 2, "BIT");
        if self.count() > index + 2 && !is_bits && !self.is_word(index + 2, "BYTE") {
            // BITCOUNT of 7.0 answers an empty negative range before it reads the unit.
            if self.model.like_7_0 && !end_may_be_left_out && start < 0 && end < 0 && start > end {
                return Ok((0, 0));
            }
            return refuse(SYNTAX);
        }
        if has_end && end_may_be_left_out {
            end = self.integer(index + 1)?;
        }
        let unit = if is_bits { 1 } else { 8 };
        if end_may_be_left_out && start < 0 && end < 0 && start > end {
            // BITPOS clamps both ends instead of calling the range empty at once.
            return Ok(clamped(start, end, (size * 8 / unit) as i64, unit));
        }
        let (start, end) = super::string::range(start, end, (size * 8 / unit) as i64);
        Ok((start * unit, end * unit))
    }

    pub(super) fn bitpos(&mut self) -> Outcome {
        let bit = match self.integer(2)? {
            0 => false,
            1 => true,
            _ => return refuse("ERR The bit argument must be 1 or 0."),
        };
        if self.model.like_7_0 && self.entry(1).is_none() {
            return Ok(Value::Integer(if bit { -1 } else { 0 }));
        }
        if self.count() > 6 {
            return refuse(SYNTAX);
        }
        let size = self.entry(1).map_or(0, |entry| entry.value.len());
        let (start, end) = self.bit_range(3, size, true)?;
        let Some(entry) = self.entry(1) else {
            return Ok(Value::Integer(if bit { -1 } else { 0 }));
        };
        let found = (start..end).find(|&at| bit_at(&entry.value, at) == bit);
        Ok(Value::Integer(match found {
            Some(at) => at as i64,
            // Without an end the string goes on with zeros for ever.
            None if !bit && self.count() <= 4 && start < end => end as i64,
            None => -1,
        }))
    }

    pub(super) fn bitop(&mut self) -> Outcome {
        let operation = self.arguments[1].to_ascii_uppercase();
        let combine: fn(u8, u8) -> u8 = match &operation[..] {
            b"AND" => |one, other| one & other,
            b"OR" => |one, other| one | other,
            b"XOR" => |one, other| one ^ other,
            b"NOT" if self.count() != 4 => {
                return refuse("ERR BITOP NOT must be called with a single source key.");
            }
            b"NOT" => |_, other| !other,
            _ => return refuse(SYNTAX),
        };
        let sources = (3..self.count())
            .map(|index| self.entry(index).map(|entry| entry.value.clone()).unwrap_or_default());
        let sources: Vec<Vec<u8>> = sources.collect();
        let size = sources.iter().map(Vec::len).max().unwrap_or_default();
        let byte = |source: &Vec<u8>, at: usize| source.get(at).copied().unwrap_or_default();
        let result: Vec<u8> = (0..size)
            .map(|at| {
                let first = byte(&sources[0], at);
                if operation == b"NOT" {
                    return combine(0, first);
                }
                sources[1..].iter().fold(first, |sum, source| combine(sum, byte(source, at)))
            })
            .collect();
        if size == 0 {
            let database = self.database();
            self.model.remove(database, &self.arguments[2]);
        } else {
            let mut entry = Entry::new(result);
            entry.encoding = Encoding::Raw;
            self.put_as(2, entry, &Change::Built);
        }
        Ok(Value::Integer(size as i64))
    }
}

fn clamped(start: i64, end: i64, size: i64, unit: usize) -> (usize, usize) {
    let (start, end) = ((size + start).max(0), (size + end).max(0).min(size - 1));
    if start > end { (0, 0) } else { (start as usize * unit, (end as usize + 1) * unit) }
}

/// Bit `offset`; zero beyond the end.
pub(super) fn bit_at(value: &[u8], offset: usize) -> bool {
    value.get(offset / 8).is_some_and(|byte| byte >> (7 - offset % 8) & 1 == 1)
}

/// Sets a bit that the string has.
pub(super) fn set_bit(value: &mut [u8], offset: usize, bit: bool) {
    let mask = 0x80 >> (offset % 8);
    if bit { value[offset / 8] |= mask } else { value[offset / 8] &= !mask }
}
