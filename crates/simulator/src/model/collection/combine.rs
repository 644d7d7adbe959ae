//! Several sorted sets as one: ZUNION, ZINTER, ZDIFF, what stores them, and what counts them.
use super::sorted::Sorted;
use super::{Call, Elements, Outcome};
use crate::model::Failure;
use crate::value::Value;
use std::ops::Range;

impl Call<'_> {
    /// A sorted set, or a set, whose members have the score 1.
    fn sorted_or_set(&self, index: usize) -> Result<Sorted, Failure> {
        match self.elements(index) {
            Some(Elements::Set(set)) => Ok(set.iter().map(|name| (name.clone(), 1.0)).collect()),
            _ => self.sorted(index),
        }
    }

    pub(super) fn combine(&mut self, name: &str) -> Outcome {
        let is_stored = name.ends_with("STORE");
        let keys = self.keys_from(if is_stored { 2 } else { 1 })?;
        let result = self.combined_scores(name, keys.clone())?;
        if name == "ZINTERCARD" {
            let limit = if self.count() > keys.end { self.integer(keys.end + 1)? } else { 0 };
            let count = result.len() as i64;
            return Ok(Value::Integer(if limit > 0 { count.min(limit) } else { count }));
        }
        if is_stored {
            let count = result.len() as i64;
            self.replace_by(1, Elements::Sorted(result));
            return Ok(Value::Integer(count));
        }
        let has_scores = self.is_word(self.count() - 1, "WITHSCORES");
        Ok(self.with_scores(&Self::in_order(&result), has_scores))
    }

    fn combined_scores(&self, name: &str, keys: Range<usize>) -> Result<Sorted, Failure> {
        let sources: Result<Vec<Sorted>, Failure> =
            keys.clone().map(|index| self.sorted_or_set(index)).collect();
        let sources = sources?;
        if name.starts_with("ZDIFF") {
            let mut result = sources[0].clone();
            result.retain(|name, _| sources[1..].iter().all(|other| !other.contains_key(name)));
            return Ok(result);
        }
        let is_inter = name.starts_with("ZINTER");
        let mut result = Sorted::new();
        for name in sources.iter().flat_map(Sorted::keys) {
            let scores = sources.iter().zip(0..).filter_map(|(source, index)| {
                source.get(name).map(|score| score * self.weight(keys.end, index))
            });
            let scores: Vec<f64> = scores.collect();
            if !is_inter || scores.len() == sources.len() {
                result.insert(name.clone(), self.aggregate(&scores));
            }
        }
        Ok(result)
    }

    /// What the scores of a source are multiplied by.
    fn weight(&self, options: usize, source: usize) -> f64 {
        if !self.is_word(options, "WEIGHTS") {
            return 1.0;
        }
        self.float(options + 1 + source, "ERR weight value is not a float").unwrap_or(1.0)
    }

    fn aggregate(&self, scores: &[f64]) -> f64 {
        let is_how = |how| (1..self.count()).any(|index| self.is_word(index, how));
        let scores = scores.iter().copied();
        match () {
            () if is_how("MIN") => scores.fold(f64::INFINITY, f64::min),
            () if is_how("MAX") => scores.fold(f64::NEG_INFINITY, f64::max),
            () => scores.sum(),
        }
    }

    pub(super) fn sintercard(&mut self) -> Outcome {
        let keys = self.keys_from(1)?;
        let count = self.combined("SINTER", keys.clone())?.len() as i64;
        let limit = if self.count() > keys.end { self.integer(keys.end + 1)? } else { 0 };
        Ok(Value::Integer(if limit > 0 { count.min(limit) } else { count }))
    }

    pub(super) fn zrangestore(&mut self) -> Outcome {
        let mut all = Self::in_order(&self.sorted(2)?);
        if self.is_word(5, "REV") {
            all.reverse();
        }
        let (start, stop) = (self.integer(3)?, self.integer(4)?);
        let result: Sorted = all[super::range(start, stop, all.len())].iter().cloned().collect();
        let count = result.len() as i64;
        self.replace_by(1, Elements::Sorted(result));
        Ok(Value::Integer(count))
    }
}
