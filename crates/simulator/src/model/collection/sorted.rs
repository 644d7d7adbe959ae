//! Sorted sets, as maps of scores. Scores are halves here, which print the same everywhere.
use super::{Call, Elements, Outcome, range};
use crate::model::{Failure, SYNTAX, refuse};
use crate::value::Value;
use std::collections::BTreeMap;

/// Members and their scores.
pub(super) type Sorted = BTreeMap<Vec<u8>, f64>;

const NOT_A_FLOAT: &str = "ERR value is not a valid float";

impl Call<'_> {
    pub(super) fn run_sorted(&mut self, name: &str) -> Outcome {
        match name {
            _ if name.contains("LEX") || self.has_word(4, "BYLEX") => self.run_lexical(name),
            "ZADD" => self.zadd(),
            "ZREM" => self.zrem(),
            "ZINCRBY" => self.zincrby(),
            "ZCARD" => Ok(Value::Integer(self.sorted(1)?.len() as i64)),
            "ZSCORE" => {
                let score = self.sorted(1)?.get(&self.arguments[2]).copied();
                Ok(self.score(score))
            }
            "ZMSCORE" => {
                let sorted = self.sorted(1)?;
                let score = |member| self.score(sorted.get(member).copied());
                Ok(Value::Array(self.arguments[2..].iter().map(score).collect()))
            }
            "ZRANK" => self.rank(false),
            "ZREVRANK" => self.rank(true),
            "ZCOUNT" => self.zcount(),
            "ZRANGE" => self.zrange(),
            "ZREVRANGE" => self.zrevrange(),
            "ZRANGEBYSCORE" => self.zrangebyscore(false),
            "ZREVRANGEBYSCORE" => self.zrangebyscore(true),
            "ZRANGESTORE" => self.zrangestore(),
            "ZREMRANGEBYRANK" => self.zremrangebyrank(),
            "ZREMRANGEBYSCORE" => self.zremrangebyscore(),
            "ZPOPMIN" => self.zpop(false),
            "ZPOPMAX" => self.zpop(true),
            "ZMPOP" => self.zmpop(),
            "ZRANDMEMBER" => self.pick(name),
            "ZSCAN" => self.scan_elements(name),
            "ZUNION" | "ZINTER" | "ZDIFF" | "ZUNIONSTORE" | "ZINTERSTORE" | "ZDIFFSTORE"
            | "ZINTERCARD" => self.combine(name),
            other => unreachable!("the arity check lets {other} pass"),
        }
    }

    pub(super) fn sorted(&self, index: usize) -> Result<Sorted, Failure> {
        self.check_kind(index, "zset")?;
        Ok(match self.elements(index) {
            Some(Elements::Sorted(sorted)) => sorted.clone(),
            _ => Sorted::new(),
        })
    }

    pub(super) fn score(&self, score: Option<f64>) -> Value {
        match score {
            None => Value::Null,
            Some(score) if self.resp3() => Value::Double(score.to_string()),
            Some(score) => Value::bulk(score.to_string()),
        }
    }

    pub(super) fn float(&self, index: usize, line: &str) -> Result<f64, Failure> {
        let text = std::str::from_utf8(&self.arguments[index]).ok();
        match text.and_then(|text| text.parse().ok()) {
            Some(number) => Ok(number),
            None => refuse(line),
        }
    }

    /// The members in their order.
    pub(super) fn in_order(sorted: &Sorted) -> Vec<(Vec<u8>, f64)> {
        let mut all: Vec<(Vec<u8>, f64)> =
            sorted.iter().map(|(member, score)| (member.clone(), *score)).collect();
        all.sort_by(|one, other| one.1.total_cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
        all
    }

    /// Only what the generator says: NX, XX, GT, LT and CH, alone or CH with one of them.
    fn zadd(&mut self) -> Outcome {
        let mut first = 2;
        let (mut nx, mut xx, mut gt, mut lt, mut ch) = (false, false, false, false, false);
        loop {
            let word = self.arguments[first].to_ascii_uppercase();
            match &word[..] {
                b"NX" => nx = true,
                b"XX" => xx = true,
                b"GT" => gt = true,
                b"LT" => lt = true,
                b"CH" => ch = true,
                _ => break,
            }
            first += 1;
            if first == self.count() {
                return refuse(SYNTAX);
            }
        }
        let pairs = &self.arguments[first..];
        if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
            return refuse(SYNTAX);
        }
        let scores: Result<Vec<f64>, Failure> =
            (first..self.count()).step_by(2).map(|index| self.float(index, NOT_A_FLOAT)).collect();
        let scores = scores?;
        let mut sorted = self.sorted(1)?;
        let (mut added, mut changed) = (0, 0);
        for (member, score) in pairs.chunks(2).map(|pair| &pair[1]).zip(scores) {
            match sorted.get(member).copied() {
                None if xx => continue,
                None => added += 1,
                Some(_) if nx => continue,
                Some(old) if gt && score <= old || lt && score >= old => continue,
                Some(old) => changed += i64::from(old.to_bits() != score.to_bits()),
            }
            sorted.insert(member.clone(), score);
        }
        if added + changed > 0 {
            self.put_elements(1, Elements::Sorted(sorted));
        }
        Ok(Value::Integer(if ch { added + changed } else { added }))
    }

    fn zincrby(&mut self) -> Outcome {
        let more = self.float(2, NOT_A_FLOAT)?;
        let mut sorted = self.sorted(1)?;
        let score = sorted.get(&self.arguments[3]).copied().unwrap_or_default() + more;
        sorted.insert(self.arguments[3].clone(), score);
        self.put_elements(1, Elements::Sorted(sorted));
        Ok(self.score(Some(score)))
    }

    fn zrem(&mut self) -> Outcome {
        let mut sorted = self.sorted(1)?;
        let before = sorted.len();
        for member in &self.arguments[2..] {
            sorted.remove(member);
        }
        let count = (before - sorted.len()) as i64;
        if count > 0 {
            self.put_elements(1, Elements::Sorted(sorted));
        }
        Ok(Value::Integer(count))
    }

    fn rank(&mut self, is_back: bool) -> Outcome {
        let mut all = Self::in_order(&self.sorted(1)?);
        if is_back {
            all.reverse();
        }
        let rank = all.iter().position(|(member, _)| *member == self.arguments[2]);
        Ok(rank.map_or(Value::Null, |rank| Value::Integer(rank as i64)))
    }

    fn zcount(&mut self) -> Outcome {
        let line = "ERR min or max is not a float";
        let (low, high) = (self.float(2, line)?, self.float(3, line)?);
        let count = self.sorted(1)?.values().filter(|score| (low..=high).contains(score)).count();
        Ok(Value::Integer(count as i64))
    }

    fn zrange(&mut self) -> Outcome {
        let is_back = self.is_word(4, "REV") || self.is_word(5, "REV");
        let has_scores = self.is_word(4, "WITHSCORES") || self.is_word(5, "WITHSCORES");
        let (start, stop) = (self.integer(2)?, self.integer(3)?);
        let mut all = Self::in_order(&self.sorted(1)?);
        if is_back {
            all.reverse();
        }
        Ok(self.with_scores(&all[range(start, stop, all.len())], has_scores))
    }

    /// Members as a reply, with their scores if these are asked for.
    pub(super) fn with_scores(&self, found: &[(Vec<u8>, f64)], has_scores: bool) -> Value {
        let items = found.iter().flat_map(|(member, score)| {
            let (member, score) = (Value::bulk(member), self.score(Some(*score)));
            match (has_scores, self.resp3()) {
                (false, _) => vec![member],
                (true, false) => vec![member, score],
                (true, true) => vec![Value::Array(vec![member, score])],
            }
        });
        Value::Array(items.collect())
    }

    fn zremrangebyrank(&mut self) -> Outcome {
        let (start, stop) = (self.integer(2)?, self.integer(3)?);
        let mut sorted = self.sorted(1)?;
        let all = Self::in_order(&sorted);
        let gone = &all[range(start, stop, all.len())];
        for (member, _) in gone {
            sorted.remove(member);
        }
        if !gone.is_empty() {
            self.put_elements(1, Elements::Sorted(sorted));
        }
        Ok(Value::Integer(gone.len() as i64))
    }
}
