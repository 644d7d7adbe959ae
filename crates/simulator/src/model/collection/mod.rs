//! Collections: lists, hashes, sets and sorted sets, each as the plainest thing that can be one;
//! and HyperLogLogs, which are strings, but of registers.
//!
//! Where Redis promises no order, replies are compared without; where chance decides, they are
//! checked and followed.
mod chance;
mod combine;
mod geo;
mod hash;
mod hyperloglog;
mod lexical;
mod list;
mod need;
mod pop;
mod ranges;
mod registers;
mod scan;
mod set;
mod sort;
mod sorted;
mod sphere;

use super::{Call, Entry, Failure, Model, Outcome, refuse};
use crate::value::Value;
pub use need::Spare;
use registers::Registers;
pub(super) use scan::Walk;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const WRONG_TYPE: &str =
    "WRONGTYPE Operation against a key holding the wrong kind of value";

/// The elements of a collection.
#[derive(Clone, Debug)]
pub(super) enum Elements {
    List(Vec<Vec<u8>>),
    Hash(BTreeMap<Vec<u8>, Vec<u8>>),
    Set(BTreeSet<Vec<u8>>),
    Sorted(BTreeMap<Vec<u8>, f64>),
    Registers(Registers),
}

impl Elements {
    /// What TYPE answers.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Hash(_) => "hash",
            Self::Set(_) => "set",
            Self::Sorted(_) => "zset",
            Self::Registers(_) => "string",
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::List(list) => list.is_empty(),
            Self::Hash(hash) => hash.is_empty(),
            Self::Set(set) => set.is_empty(),
            Self::Sorted(sorted) => sorted.is_empty(),
            Self::Registers(_) => false,
        }
    }
}

/// Every command that is modelled, and its arity.
pub(super) const ARITIES: &[(&str, i32)] = &[
    ("GEOADD", -5),
    ("GEODIST", -4),
    ("GEOHASH", -2),
    ("GEOPOS", -2),
    ("GEORADIUS", -6),
    ("GEORADIUSBYMEMBER", -5),
    ("GEORADIUSBYMEMBER_RO", -5),
    ("GEORADIUS_RO", -6),
    ("GEOSEARCH", -7),
    ("GEOSEARCHSTORE", -8),
    ("HDEL", -3),
    ("HEXISTS", 3),
    ("HGET", 3),
    ("HGETALL", 2),
    ("HINCRBY", 4),
    ("HINCRBYFLOAT", 4),
    ("HKEYS", 2),
    ("HLEN", 2),
    ("HMGET", -3),
    ("HMSET", -4),
    ("HRANDFIELD", -2),
    ("HSCAN", -3),
    ("HSET", -4),
    ("HSETNX", 4),
    ("HSTRLEN", 3),
    ("HVALS", 2),
    ("LCS", -3),
    ("LINDEX", 3),
    ("LINSERT", 5),
    ("LLEN", 2),
    ("LMOVE", 5),
    ("LMPOP", -4),
    ("LPOP", -2),
    ("LPOS", -3),
    ("LPUSH", -3),
    ("LPUSHX", -3),
    ("LRANGE", 4),
    ("LREM", 4),
    ("LSET", 4),
    ("LTRIM", 4),
    ("PFADD", -2),
    ("PFCOUNT", -2),
    ("PFMERGE", -2),
    ("RPOP", -2),
    ("RPOPLPUSH", 3),
    ("RPUSH", -3),
    ("RPUSHX", -3),
    ("SADD", -3),
    ("SCARD", 2),
    ("SDIFF", -2),
    ("SDIFFSTORE", -3),
    ("SINTER", -2),
    ("SINTERCARD", -3),
    ("SINTERSTORE", -3),
    ("SISMEMBER", 3),
    ("SMEMBERS", 2),
    ("SMISMEMBER", -3),
    ("SMOVE", 4),
    ("SORT", -2),
    ("SORT_RO", -2),
    ("SPOP", -2),
    ("SRANDMEMBER", -2),
    ("SREM", -3),
    ("SSCAN", -3),
    ("SUNION", -2),
    ("SUNIONSTORE", -3),
    ("ZADD", -4),
    ("ZCARD", 2),
    ("ZCOUNT", 4),
    ("ZDIFF", -3),
    ("ZDIFFSTORE", -4),
    ("ZINCRBY", 4),
    ("ZINTER", -3),
    ("ZINTERCARD", -3),
    ("ZINTERSTORE", -4),
    ("ZLEXCOUNT", 4),
    ("ZMPOP", -4),
    ("ZMSCORE", -3),
    ("ZPOPMAX", -2),
    ("ZPOPMIN", -2),
    ("ZRANDMEMBER", -2),
    ("ZRANGE", -4),
    ("ZRANGEBYLEX", -4),
    ("ZRANGEBYSCORE", -4),
    ("ZRANGESTORE", -5),
    ("ZRANK", 3),
    ("ZREM", -3),
    ("ZREMRANGEBYLEX", 4),
    ("ZREMRANGEBYRANK", 4),
    ("ZREMRANGEBYSCORE", 4),
    ("ZREVRANGE", -4),
    ("ZREVRANGEBYLEX", -4),
    ("ZREVRANGEBYSCORE", -4),
    ("ZREVRANK", 3),
    ("ZSCAN", -3),
    ("ZSCORE", 3),
    ("ZUNION", -3),
    ("ZUNIONSTORE", -4),
];

impl Call<'_> {
    pub(super) fn run_collection(&mut self, name: &str) -> Outcome {
        match name.as_bytes()[0] {
            _ if name.starts_with("SORT") => self.sort(),
            _ if name == "LCS" => self.lcs(),
            b'G' => self.run_geo(name),
            b'P' => self.run_hyperloglog(name),
            b'H' => self.run_hash(name),
            b'S' => self.run_set(name),
            b'Z' => self.run_sorted(name),
            _ => self.run_list(name),
        }
    }

    /// Is this word among the arguments from `first` on, in any case?
    fn has_word(&self, first: usize, word: &str) -> bool {
        (first..self.count()).any(|index| self.is_word(index, word))
    }

    /// The elements of the key that argument `index` names.
    pub(super) fn elements(&self, index: usize) -> Option<&Elements> {
        self.entry(index).and_then(|entry| entry.elements.as_ref())
    }

    /// Is there a key that is no collection of this kind?
    fn check_kind(&self, index: usize, kind: &str) -> Result<(), Failure> {
        match self.entry(index) {
            Some(entry) if entry.kind() != kind => refuse(WRONG_TYPE),
            _ => Ok(()),
        }
    }

    /// The key gets these elements, and keeps its deadline; without any it goes.
    fn put_elements(&mut self, index: usize, elements: Elements) {
        let database = self.database();
        if elements.is_empty() {
            self.model.remove(database, &self.arguments[index]);
            return;
        }
        let mut entry = self.entry(index).cloned().unwrap_or_else(|| Entry::new(Vec::new()));
        entry.elements = Some(elements);
        self.put(index, entry);
    }

    /// The key gets these elements, whatever it was.
    fn replace_by(&mut self, index: usize, elements: Elements) {
        let database = self.database();
        if elements.is_empty() {
            self.model.remove(database, &self.arguments[index]);
            return;
        }
        let mut entry = Entry::new(Vec::new());
        entry.elements = Some(elements);
        self.put(index, entry);
    }

    /// What a reply in no particular order may be.
    fn in_any_order(&self, mut expected: Vec<Vec<u8>>, is_set: bool) -> Outcome {
        let items = match self.actual {
            Value::Array(items) if !is_set || !self.resp3() => items,
            Value::Set(items) if is_set && self.resp3() => items,
            Value::Lost => return Ok(Value::Lost),
            _ => return Err(Failure::Illegal("a reply of another kind".to_owned())),
        };
        let mut actual: Vec<Vec<u8>> = Vec::new();
        for item in items {
            let Value::Bulk(text) = item else {
                return Err(Failure::Illegal("not a text".to_owned()));
            };
            actual.push(text.clone());
        }
        expected.sort_unstable();
        actual.sort_unstable();
        self.legal(actual == expected, &format!("{} elements in any order", expected.len()))
    }
}

impl Model {
    /// The command that answers all that a key holds.
    pub fn reading(&self, database: u8, name: &[u8]) -> Vec<Vec<u8>> {
        let line = match self.entry(database, name).map(Entry::kind) {
            Some("list") => "LRANGE  0 -1",
            Some("hash") => "HGETALL ",
            Some("set") => "SMEMBERS ",
            // Two ways to compute a distance differ in the last digits.
            Some("zset") if name.starts_with(b"distances:") => "ZRANGE  0 -1",
            Some("zset") => "ZRANGE  0 -1 WITHSCORES",
            _ => "GET ",
        };
        let word = |word: &str| if word.is_empty() { name.to_vec() } else { word.into() };
        line.split(' ').map(word).collect()
    }
}

impl Entry {
    /// What TYPE answers.
    pub(super) fn kind(&self) -> &'static str {
        self.elements.as_ref().map_or("string", Elements::kind)
    }
}

/// The elements from `start` to `stop`, both counted from the end if negative, of `count`.
fn range(start: i64, stop: i64, count: usize) -> std::ops::Range<usize> {
    let count = count as i64;
    let from_end = |index: i64| if index < 0 { index.saturating_add(count) } else { index };
    let (start, stop) = (from_end(start).max(0), from_end(stop).min(count - 1));
    if start > stop { 0..0 } else { start as usize..stop as usize + 1 }
}
