//! Lists, as vectors.
use super::{Call, Elements, Outcome, range};
use crate::model::{Failure, SYNTAX, integer, refuse};
use crate::value::Value;

const NO_SUCH_KEY: &str = "ERR no such key";
const OUT_OF_RANGE: &str = "ERR index out of range";
const NOT_POSITIVE: &str = "ERR value is out of range, must be positive";

impl Call<'_> {
    pub(super) fn run_list(&mut self, name: &str) -> Outcome {
        match name {
            "LPUSH" => self.push(true, false),
            "RPUSH" => self.push(false, false),
            "LPUSHX" => self.push(true, true),
            "RPUSHX" => self.push(false, true),
            "LPOP" => self.pop(true, "lpop"),
            "RPOP" => self.pop(false, "rpop"),
            "LLEN" => Ok(Value::Integer(self.list(1)?.len() as i64)),
            "LINDEX" => self.lindex(),
            "LRANGE" => self.lrange(),
            "LSET" => self.lset(),
            "LINSERT" => self.linsert(),
            "LREM" => self.lrem(),
            "LTRIM" => self.ltrim(),
            "LMPOP" => self.lmpop(),
            "LPOS" => self.lpos(),
            "LMOVE" => {
                let (from, to) = (self.side(3)?, self.side(4)?);
                self.lmove(from, to)
            }
            "RPOPLPUSH" => self.lmove(false, true),
            other => unreachable!("the arity check lets {other} pass"),
        }
    }

    pub(super) fn list(&self, index: usize) -> Result<Vec<Vec<u8>>, Failure> {
        self.check_kind(index, "list")?;
        Ok(match self.elements(index) {
            Some(Elements::List(list)) => list.clone(),
            _ => Vec::new(),
        })
    }

    fn side(&self, index: usize) -> Result<bool, Failure> {
        if self.is_word(index, "LEFT") {
            return Ok(true);
        }
        if self.is_word(index, "RIGHT") { Ok(false) } else { refuse(SYNTAX) }
    }

    fn push(&mut self, is_left: bool, only_existing: bool) -> Outcome {
        let mut list = self.list(1)?;
        if only_existing && list.is_empty() {
            return Ok(Value::Integer(0));
        }
        for value in &self.arguments[2..] {
            let at = if is_left { 0 } else { list.len() };
            list.insert(at, value.clone());
        }
        let count = list.len() as i64;
        self.put_elements(1, Elements::List(list));
        Ok(Value::Integer(count))
    }

    fn pop(&mut self, is_left: bool, name: &str) -> Outcome {
        if self.count() > 3 {
            return refuse(&format!("ERR wrong number of arguments for '{name}' command"));
        }
        let wanted = match self.arguments.get(2).map(|text| integer(text)) {
            None => None,
            Some(Some(count)) if count >= 0 => Some(count as usize),
            Some(_) => return refuse(NOT_POSITIVE),
        };
        let mut list = self.list(1)?;
        if list.is_empty() {
            return Ok(match (wanted, self.resp3()) {
                (Some(_), false) => Value::NullArray,
                _ => Value::Null,
            });
        }
        let count = wanted.unwrap_or(1).min(list.len());
        let taken: Vec<Vec<u8>> = if is_left {
            list.drain(..count).collect()
        } else {
            list.drain(list.len() - count..).rev().collect()
        };
        if count > 0 {
            self.put_elements(1, Elements::List(list));
        }
        let mut taken: Vec<Value> = taken.iter().map(Value::bulk).collect();
        Ok(if wanted.is_some() { Value::Array(taken) } else { taken.remove(0) })
    }

    fn lindex(&mut self) -> Outcome {
        let index = self.integer(2);
        let list = self.list(1)?;
        if list.is_empty() {
            return Ok(Value::Null);
        }
        let index = index?;
        let index = if index < 0 { index.saturating_add(list.len() as i64) } else { index };
        let found = usize::try_from(index).ok().and_then(|index| list.get(index));
        Ok(found.map_or(Value::Null, Value::bulk))
    }

    fn lrange(&mut self) -> Outcome {
        let (start, stop) = (self.integer(2)?, self.integer(3)?);
        let list = self.list(1)?;
        let found = &list[range(start, stop, list.len())];
        Ok(Value::Array(found.iter().map(Value::bulk).collect()))
    }

    fn lset(&mut self) -> Outcome {
        let mut list = self.list(1)?;
        if list.is_empty() {
            return refuse(NO_SUCH_KEY);
        }
        let index = self.integer(2)?;
        let index = if index < 0 { index.saturating_add(list.len() as i64) } else { index };
        let place = usize::try_from(index).ok().and_then(|index| list.get_mut(index));
        let Some(place) = place else { return refuse(OUT_OF_RANGE) };
        place.clone_from(&self.arguments[3]);
        self.put_elements(1, Elements::List(list));
        Ok(Value::ok())
    }

    fn lpos(&mut self) -> Outcome {
        let list = self.list(1)?;
        let after = |word: &str| {
            let index = (3..self.count()).find(|index| self.is_word(*index, word))?;
            self.integer(index + 1).ok()
        };
        let (rank, count) = (after("RANK").unwrap_or(1), after("COUNT"));
        let mut places: Vec<usize> = (0..list.len()).collect();
        if rank < 0 {
            places.reverse();
        }
        places.retain(|place| list[*place] == self.arguments[2]);
        let found = places.iter().skip(rank.unsigned_abs() as usize - 1);
        let mut found = found.map(|place| Value::Integer(*place as i64));
        Ok(match count {
            None => found.next().unwrap_or(Value::Null),
            Some(0) => Value::Array(found.collect()),
            Some(count) => Value::Array(found.take(count as usize).collect()),
        })
    }

    fn linsert(&mut self) -> Outcome {
        let is_before = self.is_word(2, "BEFORE");
        if !is_before && !self.is_word(2, "AFTER") {
            return refuse(SYNTAX);
        }
        let mut list = self.list(1)?;
        if list.is_empty() {
            return Ok(Value::Integer(0));
        }
        let pivot = list.iter().position(|value| *value == self.arguments[3]);
        let Some(pivot) = pivot else { return Ok(Value::Integer(-1)) };
        list.insert(pivot + usize::from(!is_before), self.arguments[4].clone());
        let count = list.len() as i64;
        self.put_elements(1, Elements::List(list));
        Ok(Value::Integer(count))
    }

    fn lrem(&mut self) -> Outcome {
        let wanted = self.integer(2)?;
        let mut list = self.list(1)?;
        if wanted < 0 {
            list.reverse();
        }
        let most = if wanted == 0 { u64::MAX } else { wanted.unsigned_abs() };
        let (mut count, value) = (0, &self.arguments[3]);
        list.retain(|element| {
            let goes = element == value && count < most;
            count += u64::from(goes);
            !goes
        });
        if wanted < 0 {
            list.reverse();
        }
        if count > 0 {
            self.put_elements(1, Elements::List(list));
        }
        Ok(Value::Integer(count as i64))
    }

    fn ltrim(&mut self) -> Outcome {
        let (start, stop) = (self.integer(2)?, self.integer(3)?);
        let list = self.list(1)?;
        if !list.is_empty() {
            let kept = list[range(start, stop, list.len())].to_vec();
            self.put_elements(1, Elements::List(kept));
        }
        Ok(Value::ok())
    }

    fn lmove(&mut self, from_left: bool, to_left: bool) -> Outcome {
        let mut source = self.list(1)?;
        if source.is_empty() {
            return Ok(Value::Null);
        }
        self.check_kind(2, "list")?;
        let taken =
            if from_left { source.remove(0) } else { source.pop().expect("it has elements") };
        let is_same = self.arguments[1] == self.arguments[2];
        let mut target = if is_same { source.clone() } else { self.list(2)? };
        target.insert(if to_left { 0 } else { target.len() }, taken.clone());
        if !is_same {
            self.put_elements(1, Elements::List(source));
        }
        self.put_elements(2, Elements::List(target));
        Ok(Value::bulk(taken))
    }
}
