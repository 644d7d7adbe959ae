//! Hashes, as ordered maps.
use super::{Call, Elements, Outcome};
use crate::model::{Failure, float_sum, integer, refuse};
use crate::value::Value;
use std::collections::BTreeMap;

type Hash = BTreeMap<Vec<u8>, Vec<u8>>;

impl Call<'_> {
    pub(super) fn run_hash(&mut self, name: &str) -> Outcome {
        match name {
            "HSET" | "HMSET" => self.hset(),
            "HINCRBYFLOAT" => self.hincrbyfloat(),
            "HRANDFIELD" => self.pick(name),
            "HSCAN" => self.scan_elements(name),
            "HSETNX" => self.hsetnx(),
            "HDEL" => self.hdel(),
            "HINCRBY" => self.hincrby(),
            "HLEN" => Ok(Value::Integer(self.hash(1)?.len() as i64)),
            "HEXISTS" => {
                let is_there = self.hash(1)?.contains_key(&self.arguments[2]);
                Ok(Value::Integer(i64::from(is_there)))
            }
            "HGET" => Ok(self.hash(1)?.get(&self.arguments[2]).map_or(Value::Null, Value::bulk)),
            "HSTRLEN" => {
                let size = self.hash(1)?.get(&self.arguments[2]).map_or(0, Vec::len);
                Ok(Value::Integer(size as i64))
            }
            "HMGET" => {
                let hash = self.hash(1)?;
                let value = |field: &Vec<u8>| hash.get(field).map_or(Value::Null, Value::bulk);
                Ok(Value::Array(self.arguments[2..].iter().map(value).collect()))
            }
            "HKEYS" => self.in_any_order(self.hash(1)?.into_keys().collect(), false),
            "HVALS" => self.in_any_order(self.hash(1)?.into_values().collect(), false),
            "HGETALL" => self.hgetall(),
            other => unreachable!("the arity check lets {other} pass"),
        }
    }

    pub(super) fn hash(&self, index: usize) -> Result<Hash, Failure> {
        self.check_kind(index, "hash")?;
        Ok(match self.elements(index) {
            Some(Elements::Hash(hash)) => hash.clone(),
            _ => Hash::new(),
        })
    }

    fn hset(&mut self) -> Outcome {
        if !self.count().is_multiple_of(2) {
            let name = String::from_utf8_lossy(&self.arguments[0]).to_ascii_lowercase();
            return refuse(&format!("ERR wrong number of arguments for '{name}' command"));
        }
        let mut hash = self.hash(1)?;
        let mut count = 0;
        for pair in self.arguments[2..].chunks(2) {
            count += i64::from(hash.insert(pair[0].clone(), pair[1].clone()).is_none());
        }
        self.put_elements(1, Elements::Hash(hash));
        Ok(if self.is_word(0, "HMSET") { Value::ok() } else { Value::Integer(count) })
    }

    fn hincrbyfloat(&mut self) -> Outcome {
        let mut hash = self.hash(1)?;
        let old = hash.get(&self.arguments[2]).map_or(&b"0"[..], |text| text);
        let Some(sum) = float_sum(old, &self.arguments[3]) else {
            return refuse("ERR hash value is not a float");
        };
        hash.insert(self.arguments[2].clone(), sum.clone().into_bytes());
        self.put_elements(1, Elements::Hash(hash));
        Ok(Value::bulk(sum))
    }

    fn hsetnx(&mut self) -> Outcome {
        let mut hash = self.hash(1)?;
        if hash.contains_key(&self.arguments[2]) {
            return Ok(Value::Integer(0));
        }
        hash.insert(self.arguments[2].clone(), self.arguments[3].clone());
        self.put_elements(1, Elements::Hash(hash));
        Ok(Value::Integer(1))
    }

    fn hdel(&mut self) -> Outcome {
        let mut hash = self.hash(1)?;
        let before = hash.len();
        for field in &self.arguments[2..] {
            hash.remove(field);
        }
        let count = (before - hash.len()) as i64;
        if count > 0 {
            self.put_elements(1, Elements::Hash(hash));
        }
        Ok(Value::Integer(count))
    }

    fn hincrby(&mut self) -> Outcome {
        let more = self.integer(3)?;
        let mut hash = self.hash(1)?;
        let old = match hash.get(&self.arguments[2]) {
            None => 0,
            Some(text) => match integer(text) {
                Some(number) => number,
                None => return refuse("ERR hash value is not an integer"),
            },
        };
        let Some(sum) = old.checked_add(more) else {
            return refuse("ERR increment or decrement would overflow");
        };
        hash.insert(self.arguments[2].clone(), sum.to_string().into_bytes());
        self.put_elements(1, Elements::Hash(hash));
        Ok(Value::Integer(sum))
    }

    fn hgetall(&mut self) -> Outcome {
        let hash = self.hash(1)?;
        let items = match self.actual {
            Value::Map(items) if self.resp3() => items,
            Value::Array(items) if !self.resp3() => items,
            Value::Lost => return Ok(Value::Lost),
            _ => return self.legal(false, "a map"),
        };
        let mut expected: Vec<Vec<Value>> = hash
            .iter()
            .map(|(field, value)| vec![Value::bulk(field), Value::bulk(value)])
            .collect();
        let mut pairs: Vec<Vec<Value>> = items.chunks(2).map(<[Value]>::to_vec).collect();
        let text =
            |pair: &Vec<Value>| pair.iter().map(|value| value.to_text(false)).collect::<String>();
        expected.sort_by_key(text);
        pairs.sort_by_key(text);
        self.legal(pairs == expected, &format!("{} fields in any order", expected.len()))
    }
}
