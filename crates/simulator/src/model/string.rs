//! Strings: SET and its kin, counters, ranges.
use super::collection::Elements;
use super::long_double::LongDouble;
use super::{
    Call, Encoding, Entry, Failure, NOT_AN_INTEGER, Outcome, STRING_SIZE_MAX, SYNTAX, integer,
    refuse,
};
use crate::memory::{Change, Room};
use crate::value::Value;
use std::ops::Range;

const TOO_LONG: &str = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";

/// The options of SET and GETEX.
#[derive(Default)]
struct Options {
    nx: bool,
    xx: bool,
    get: bool,
    keep: bool,
    persist: bool,
    /// Position of the time, its word in upper case.
    time: Option<(usize, String)>,
}

impl Call<'_> {
    pub(super) fn set(&mut self) -> Outcome {
        let options = self.set_options(3, true)?;
        let expires_at = self.option_deadline(&options, "set")?;
        let before = self.entry(1).cloned();
        let kept = if options.nx { before.is_none() } else { !options.xx || before.is_some() };
        let old = before.as_ref().map_or(Value::Null, |entry| Value::bulk(&entry.value));
        if kept {
            let mut entry = Entry::new(self.arguments[2].clone());
            entry.expires_at = expires_at;
            if self.is_over(expires_at) {
                let database = self.database();
                self.model.touch(database, &self.arguments[1]);
                self.model.databases[usize::from(database)].remove(&self.arguments[1]);
                return Ok(if options.get { old } else { Value::ok() });
            }
            if options.keep {
                entry.expires_at = before.and_then(|entry| entry.expires_at);
            }
            self.put(1, entry);
        }
        Ok(match (options.get, kept) {
            (true, _) => old,
            (false, true) => Value::ok(),
            (false, false) => Value::Null,
        })
    }

    /// A value that is dead when it is stored: a server that counts exactly does not keep it.
    fn is_over(&self, expires_at: Option<i64>) -> bool {
        self.model.is_told && expires_at.is_some_and(|deadline| deadline < self.model.now_ms)
    }

    fn set_options(&self, from: usize, is_set: bool) -> Result<Options, Failure> {
        let mut options = Options::default();
        let mut index = from;
        while index < self.count() {
            let word = String::from_utf8_lossy(&self.arguments[index]).to_ascii_uppercase();
            let is_timed = options.time.is_some() || options.keep || options.persist;
            match word.as_str() {
                "NX" if is_set && !options.xx => options.nx = true,
                "XX" if is_set && !options.nx => options.xx = true,
                "GET" if is_set => options.get = true,
                "KEEPTTL" if is_set && !options.persist && options.time.is_none() => {
                    options.keep = true;
                }
                "PERSIST" if !is_set && options.time.is_none() => options.persist = true,
                "EX" | "PX" | "EXAT" | "PXAT" if !is_timed && index + 1 < self.count() => {
                    index += 1;
                    options.time = Some((index, word));
                }
                _ => return refuse(SYNTAX),
            }
            index += 1;
        }
        Ok(options)
    }

    fn option_deadline(&self, options: &Options, command: &str) -> Result<Option<i64>, Failure> {
        let Some((index, word)) = &options.time else { return Ok(None) };
        let is_seconds = word.starts_with("EX");
        self.positive_deadline(*index, is_seconds, word.ends_with("AT"), command).map(Some)
    }

    /// A time that must be after the epoch, as Unix milliseconds.
    fn positive_deadline(
        &self,
        index: usize,
        is_seconds: bool,
        is_absolute: bool,
        command: &str,
    ) -> Result<i64, Failure> {
        let time = self.integer(index)?;
        let base = if is_absolute { 0 } else { self.model.now_ms };
        let deadline = time
            .checked_mul(if is_seconds { 1000 } else { 1 })
            .filter(|_| time > 0)
            .and_then(|time| time.checked_add(base));
        match deadline {
            Some(deadline) => Ok(deadline),
            None => refuse(&format!("ERR invalid expire time in '{command}' command")),
        }
    }

    pub(super) fn setex(&mut self, is_seconds: bool, command: &str) -> Outcome {
        let deadline = self.positive_deadline(2, is_seconds, false, command)?;
        let mut entry = Entry::new(self.arguments[3].clone());
        entry.expires_at = Some(deadline);
        self.put(1, entry);
        Ok(Value::ok())
    }

    pub(super) fn setnx(&mut self) -> Outcome {
        if self.entry(1).is_some() {
            return Ok(Value::Integer(0));
        }
        self.put(1, Entry::new(self.arguments[2].clone()));
        Ok(Value::Integer(1))
    }

    pub(super) fn get(&mut self) -> Outcome {
        if let Some(Elements::Registers(registers)) = self.elements(1) {
            return self.get_registers(registers);
        }
        Ok(self.entry(1).map_or(Value::Null, |entry| Value::bulk(&entry.value)))
    }

    pub(super) fn getset(&mut self) -> Outcome {
        let old = self.get();
        self.put(1, Entry::new(self.arguments[2].clone()));
        old
    }

    pub(super) fn getdel(&mut self) -> Outcome {
        let old = self.get();
        let database = self.database();
        self.model.remove(database, &self.arguments[1]);
        old
    }

    pub(super) fn getex(&mut self) -> Outcome {
        let options = self.set_options(2, false)?;
        let Some(mut entry) = self.entry(1).cloned() else { return Ok(Value::Null) };
        let value = Value::bulk(&entry.value);
        if let Some(deadline) = self.option_deadline(&options, "getex")? {
            entry.expires_at = Some(deadline);
            if deadline <= self.model.now_ms {
                let database = self.database();
                self.model.remove(database, &self.arguments[1]);
            } else {
                self.put_moved(1, entry);
            }
        } else if options.persist && entry.expires_at.is_some() {
            entry.expires_at = None;
            self.put_moved(1, entry);
        }
        Ok(value)
    }

    pub(super) fn mget(&mut self) -> Outcome {
        let value = |index| self.entry(index).map_or(Value::Null, |e| Value::bulk(&e.value));
        Ok(Value::Array((1..self.count()).map(value).collect()))
    }

    pub(super) fn mset(&mut self, only_new: bool) -> Outcome {
        if self.count().is_multiple_of(2) {
            let name = if only_new { "msetnx" } else { "mset" };
            return refuse(&format!("ERR wrong number of arguments for '{name}' command"));
        }
        let keys = || (1..self.count()).step_by(2);
        if only_new && keys().any(|index| self.entry(index).is_some()) {
            return Ok(Value::Integer(0));
        }
        self.model.write_many(true);
        for index in (1..self.count()).step_by(2) {
            self.put(index, Entry::new(self.arguments[index + 1].clone()));
        }
        self.model.write_many(false);
        Ok(if only_new { Value::Integer(1) } else { Value::ok() })
    }

    pub(super) fn append(&mut self) -> Outcome {
        let addition = &self.arguments[2];
        let Some(mut entry) = self.entry(1).cloned() else {
            let size = addition.len() as i64;
            self.put(1, Entry::new(addition.clone()));
            return Ok(Value::Integer(size));
        };
        let size = (entry.value.len() + addition.len()) as i64;
        if size > STRING_SIZE_MAX {
            return refuse(TOO_LONG);
        }
        let change = written(entry.value.len()..entry.value.len() + addition.len());
        entry.value.extend_from_slice(addition);
        entry.encoding = Encoding::Raw;
        self.put_as(1, entry, &change);
        Ok(Value::Integer(size))
    }

    pub(super) fn strlen(&mut self) -> Outcome {
        Ok(Value::Integer(self.entry(1).map_or(0, |entry| entry.value.len() as i64)))
    }

    pub(super) fn setrange(&mut self) -> Outcome {
        let offset = self.integer(2)?;
        if offset < 0 {
            return refuse("ERR offset is out of range");
        }
        let piece = &self.arguments[3];
        let entry = self.entry(1).cloned();
        if piece.is_empty() {
            return Ok(Value::Integer(entry.map_or(0, |entry| entry.value.len() as i64)));
        }
        if offset.checked_add(piece.len() as i64).is_none_or(|end| end > STRING_SIZE_MAX) {
            return refuse(TOO_LONG);
        }
        let (start, end) = (offset as usize, offset as usize + piece.len());
        // A large argument becomes the value itself where there is nothing else.
        let is_whole = entry.is_none() && start == 0 && Room::is_staged(piece.len() as u64);
        let change = if is_whole { Change::Whole } else { written(start..end) };
        let mut entry = entry.unwrap_or_else(|| Entry::new(Vec::new()));
        if entry.value.len() < end {
            entry.value.resize(end, 0);
        }
        entry.value[start..end].copy_from_slice(piece);
        entry.encoding = Encoding::Raw;
        let size = entry.value.len() as i64;
        self.put_as(1, entry, &change);
        Ok(Value::Integer(size))
    }

    pub(super) fn getrange(&mut self) -> Outcome {
        let (start, end) = (self.integer(2)?, self.integer(3)?);
        let value = self.entry(1).map_or(&[][..], |entry| &entry.value);
        let (start, end) = range(start, end, value.len() as i64);
        Ok(Value::bulk(if start < end { &value[start..end] } else { &[] }))
    }

    /// INCR and its kin.
    pub(super) fn increment(&mut self, by: i64) -> Outcome {
        let mut entry = self.entry(1).cloned().unwrap_or_else(|| Entry::new(b"0".to_vec()));
        let Some(before) = integer(&entry.value) else { return refuse(NOT_AN_INTEGER) };
        let Some(after) = before.checked_add(by) else {
            return refuse("ERR increment or decrement would overflow");
        };
        entry.value = after.to_string().into_bytes();
        entry.encoding = Encoding::ByText;
        self.put(1, entry);
        Ok(Value::Integer(after))
    }

    pub(super) fn incrby(&mut self) -> Outcome {
        let by = self.integer(2)?;
        self.increment(by)
    }

    pub(super) fn decrby(&mut self) -> Outcome {
        match self.integer(2)?.checked_neg() {
            Some(by) => self.increment(by),
            None => refuse("ERR decrement would overflow"),
        }
    }

    pub(super) fn incrbyfloat(&mut self) -> Outcome {
        const NOT_A_FLOAT: &str = "ERR value is not a valid float";
        let mut entry = self.entry(1).cloned().unwrap_or_else(|| Entry::new(b"0".to_vec()));
        let Some(before) = LongDouble::parse(&entry.value) else { return refuse(NOT_A_FLOAT) };
        let Some(by) = LongDouble::parse(&self.arguments[2]) else { return refuse(NOT_A_FLOAT) };
        let Some(after) = before.add(&by).filter(|sum| !sum.is_infinite()) else {
            return refuse("ERR increment would produce NaN or Infinity");
        };
        entry.value = after.to_text().into_bytes();
        entry.encoding = Encoding::Number;
        let reply = Value::bulk(&entry.value);
        self.put(1, entry);
        Ok(reply)
    }
}

/// Redis' inclusive range with negative positions from the end, as `start..end` of `size`.
pub(super) fn range(start: i64, end: i64, size: i64) -> (usize, usize) {
    if start < 0 && end < 0 && start > end {
        return (0, 0);
    }
    let from_end = |position: i64| if position < 0 { (size + position).max(0) } else { position };
    let (start, end) = (from_end(start), from_end(end).min(size - 1));
    if start > end { (0, 0) } else { (start as usize, end as usize + 1) }
}

/// One range of a value is written.
pub(super) fn written(range: Range<usize>) -> Change {
    let range = range.start as u64..range.end as u64;
    Change::Ranges { reserved: vec![range.clone()], written: vec![range] }
}
