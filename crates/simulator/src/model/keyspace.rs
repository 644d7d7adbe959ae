//! Keys as such: names, databases, iteration.
use super::{
    Call, DATABASE_COUNT, Encoding, Entry, Failure, Outcome, SYNTAX, integer, matches, refuse,
};
use crate::memory::Change;
use crate::value::Value;

const NO_SUCH_KEY: &str = "ERR no such key";
const OUT_OF_RANGE: &str = "ERR DB index is out of range";
const INVALID: &str = "ERR invalid cursor";
const SAME: &str = "ERR source and destination objects are the same";

impl Call<'_> {
    /// DEL, UNLINK, EXISTS, TOUCH: each named key that is there counts.
    pub(super) fn count_keys(&mut self, delete: bool) -> Outcome {
        let database = self.database();
        let mut count = 0;
        for index in 1..self.count() {
            let key = &self.arguments[index];
            count += i64::from(if delete {
                self.model.remove(database, key)
            } else {
                self.model.entry(database, key).is_some()
            });
        }
        Ok(Value::Integer(count))
    }

    pub(super) fn kind(&mut self) -> Outcome {
        let name = self.entry(1).map_or("none", Entry::kind);
        Ok(Value::Simple(name.to_owned()))
    }

    pub(super) fn rename(&mut self, only_new: bool) -> Outcome {
        let Some(entry) = self.entry(1).cloned() else { return refuse(NO_SUCH_KEY) };
        let is_same = self.arguments[1] == self.arguments[2];
        if only_new && self.entry(2).is_some() {
            return Ok(Value::Integer(0));
        }
        if !is_same {
            let database = self.database();
            let source = entry.stored(&self.arguments[1]);
            self.put_as(2, entry, &Change::Moved { source });
            self.model.remove(database, &self.arguments[1]);
        }
        Ok(if only_new { Value::Integer(1) } else { Value::ok() })
    }

    pub(super) fn copy(&mut self) -> Outcome {
        let (mut target, mut replace, mut index) = (self.database(), false, 3);
        while index < self.count() {
            if self.is_word(index, "REPLACE") {
                replace = true;
            } else if self.is_word(index, "DB") && index + 1 < self.count() {
                index += 1;
                target = self.database_number(index, super::NOT_AN_INTEGER)?;
            } else {
                return refuse(SYNTAX);
            }
            index += 1;
        }
        if target == self.database() && self.arguments[1] == self.arguments[2] {
            return refuse(SAME);
        }
        let Some(entry) = self.entry(1).cloned() else { return Ok(Value::Integer(0)) };
        if !replace && self.model.entry(target, &self.arguments[2]).is_some() {
            return Ok(Value::Integer(0));
        }
        let source = entry.stored(&self.arguments[1]);
        self.model.put(target, &self.arguments[2], entry, &Change::Copied { source });
        Ok(Value::Integer(1))
    }

    fn database_number(&self, index: usize, not_a_number: &str) -> Result<u8, Failure> {
        match u8::try_from(self.small_integer(index, not_a_number)?) {
            Ok(number) if number < DATABASE_COUNT => Ok(number),
            _ => refuse(OUT_OF_RANGE),
        }
    }

    pub(super) fn move_key(&mut self) -> Outcome {
        let target = self.database_number(2, super::NOT_AN_INTEGER)?;
        if target == self.database() {
            return refuse(SAME);
        }
        let Some(entry) = self.entry(1).cloned() else { return Ok(Value::Integer(0)) };
        if self.model.entry(target, &self.arguments[1]).is_some() {
            return Ok(Value::Integer(0));
        }
        let (key, from) = (&self.arguments[1], self.database());
        let source = entry.stored(key);
        self.model.put(target, key, entry, &Change::Moved { source });
        self.model.remove(from, key);
        Ok(Value::Integer(1))
    }

    pub(super) fn select(&mut self) -> Outcome {
        let number = self.database_number(1, super::NOT_AN_INTEGER)?;
        self.session().database = number;
        Ok(Value::ok())
    }

    pub(super) fn swapdb(&mut self) -> Outcome {
        self.small_integer(1, "ERR invalid first DB index")?;
        self.small_integer(2, "ERR invalid second DB index")?;
        let one = self.database_number(1, "")?;
        let other = self.database_number(2, "")?;
        if one == other {
            return Ok(Value::ok());
        }
        let names = [one, other].map(|number| self.model.keys(number));
        let names: Vec<Vec<u8>> = names.concat().into_iter().map(<[u8]>::to_vec).collect();
        for name in &names {
            self.model.touch(one, name);
            self.model.touch(other, name);
        }
        self.model.databases.swap(usize::from(one), usize::from(other));
        self.model.walks.clear();
        if let Some(memory) = &mut self.model.memory {
            memory.swap(one, other);
        }
        Ok(Value::ok())
    }

    pub(super) fn flush(&mut self, all: bool) -> Outcome {
        if self.count() > 2
            || self.count() == 2 && !self.is_word(1, "ASYNC") && !self.is_word(1, "SYNC")
        {
            return refuse(SYNTAX);
        }
        let current = self.database();
        for database in if all { 0..DATABASE_COUNT } else { current..current + 1 } {
            let names: Vec<Vec<u8>> =
                self.model.keys(database).into_iter().map(<[u8]>::to_vec).collect();
            for name in &names {
                self.model.touch(database, name);
            }
            self.model.databases[usize::from(database)].clear();
            self.model.walks.clear();
            if let Some(memory) = self.model.memory.as_mut().filter(|_| !names.is_empty()) {
                memory.flush(database);
            }
        }
        Ok(Value::ok())
    }

    /// Keys that have expired count until the server finds out.
    pub(super) fn dbsize(&mut self) -> Outcome {
        let database = self.database();
        let live = self.model.keys(database).len();
        let stored = self.model.databases[usize::from(database)].len();
        let live = if self.model.is_told { stored } else { live };
        let is_legal = matches!(self.actual, Value::Integer(count)
            if (live..=stored).contains(&(*count as usize)));
        self.legal(is_legal, &format!("DBSIZE is {live} to {stored}"))
    }

    pub(super) fn randomkey(&mut self) -> Outcome {
        let keys = self.model.keys(self.database());
        let is_legal = match self.actual {
            Value::Bulk(name) => keys.contains(&&name[..]),
            Value::Null => keys.is_empty(),
            _ => false,
        };
        self.legal(is_legal, &format!("RANDOMKEY is one of {} keys", keys.len()))
    }

    pub(super) fn keys(&mut self) -> Outcome {
        let mut expected: Vec<&[u8]> = self.model.keys(self.database());
        expected.retain(|name| matches(&self.arguments[1], name));
        let Some(mut actual) = names(self.actual) else {
            return Err(Failure::Illegal("KEYS is an array of strings".to_owned()));
        };
        actual.sort_unstable();
        self.legal(actual == expected, &format!("KEYS has {} names", expected.len()))
    }

    pub(super) fn scan(&mut self) -> Outcome {
        let is_cursor = |text: &[u8]| {
            let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
            std::str::from_utf8(digits).is_ok_and(|digits| digits.parse::<u64>().is_ok())
                && digits[0].is_ascii_digit()
        };
        // Redis reads a sign, and nothing at all as 0; who refuses that is as good.
        let is_plain = integer(&self.arguments[1]).is_some_and(|cursor| cursor >= 0);
        if !is_plain && self.actual.as_error() == Some(INVALID.as_bytes()) {
            return refuse(INVALID);
        }
        if !self.arguments[1].is_empty() && !is_cursor(&self.arguments[1]) {
            return refuse(INVALID);
        }
        let (mut pattern, mut kind, mut index) = (&b"*"[..], None, 2);
        while index < self.count() {
            let has_value = index + 1 < self.count();
            if self.is_word(index, "MATCH") && has_value {
                pattern = &self.arguments[index + 1];
            } else if self.is_word(index, "TYPE") && has_value {
                kind = Some(self.arguments[index + 1].to_ascii_lowercase());
            } else if self.is_word(index, "COUNT") && has_value {
                if self.integer(index + 1)? < 1 {
                    return refuse(SYNTAX);
                }
            } else {
                return refuse(SYNTAX);
            }
            index += 2;
        }
        let Some([Value::Bulk(cursor), found]) = self.actual.elements() else {
            return Err(Failure::Illegal("SCAN is a cursor and names".to_owned()));
        };
        let keys = self.model.keys(self.database());
        let is_legal = is_cursor(cursor)
            && names(found).is_some_and(|mut found| {
                let count = found.len();
                found.sort_unstable();
                found.dedup();
                let is_of_kind = |name: &[u8]| {
                    let entry = self.model.entry(self.database(), name);
                    kind.as_ref().is_none_or(|kind| {
                        entry.is_some_and(|entry| entry.kind().as_bytes() == kind)
                    })
                };
                let is_known = |name: &&[u8]| {
                    keys.contains(name) && matches(pattern, name) && is_of_kind(name)
                };
                count == found.len() && found.iter().all(is_known)
            });
        self.legal(is_legal, "SCAN answers once each with keys that are there and match")
    }

    pub(super) fn object(&mut self) -> Outcome {
        if self.is_word(1, "HELP") {
            return self.legal(self.actual.elements().is_some(), "HELP is an array");
        }
        let Some(entry) = self.entry(2) else { return Ok(Value::Null) };
        if self.is_word(1, "ENCODING") {
            let encodings: Vec<&str> = encodings(entry);
            let is_legal = encodings.iter().any(|name| *self.actual == Value::bulk(name));
            return self.legal(is_legal, &format!("the encoding is one of {encodings:?}"));
        }
        let is_lfu = self.model.policy.ends_with("-lfu");
        if self.is_word(1, "IDLETIME") && is_lfu {
            return refuse(
                "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that \
                 when switching between policies at runtime LRU and LFU data will take some time \
                 to adjust.",
            );
        }
        if self.is_word(1, "FREQ") && !is_lfu {
            return refuse(
                "ERR An LFU maxmemory policy is not selected, access frequency not tracked. \
                 Please note that when switching between policies at runtime LRU and LFU data \
                 will take some time to adjust.",
            );
        }
        let is_legal = matches!(self.actual, Value::Integer(count) if *count >= 0);
        self.legal(is_legal, "a count")
    }
}

fn encodings(entry: &Entry) -> Vec<&'static str> {
    let by_text = if integer(&entry.value).is_some() {
        "int"
    } else if entry.value.len() <= 44 {
        "embstr"
    } else {
        "raw"
    };
    match entry.encoding {
        Encoding::Raw => vec!["raw"],
        Encoding::Number if by_text == "int" => vec!["int", "embstr"],
        _ => vec![by_text],
    }
}

/// The strings of an array.
fn names(value: &Value) -> Option<Vec<&[u8]>> {
    let Value::Array(items) = value else { return None };
    items
        .iter()
        .map(|item| match item {
            Value::Bulk(name) => Some(&name[..]),
            _ => None,
        })
        .collect()
}
