//! Taking elements from an end of the first of several keys that has any: LMPOP, ZMPOP, and their
//! kin of one key.
use super::{Call, Elements, Outcome};
use crate::model::Failure;
use crate::value::Value;

impl Call<'_> {
    /// The number of keys that argument `index` says, and the index behind them.
    pub(super) fn keys_from(&self, index: usize) -> Result<std::ops::Range<usize>, Failure> {
        let count = self.integer(index)? as usize;
        Ok(index + 1..index + 1 + count)
    }

    fn first_of(&self, keys: std::ops::Range<usize>, kind: &str) -> Result<Option<usize>, Failure> {
        for index in keys {
            self.check_kind(index, kind)?;
            if self.entry(index).is_some() {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn nothing(&self) -> Value {
        if self.resp3() { Value::Null } else { Value::NullArray }
    }

    /// Elements that LMPOP and ZMPOP take: what follows the side.
    fn most(&self, side: usize) -> Result<usize, Failure> {
        if self.count() > side + 1 { Ok(self.integer(side + 2)? as usize) } else { Ok(1) }
    }

    pub(super) fn lmpop(&mut self) -> Outcome {
        let keys = self.keys_from(1)?;
        let (is_left, most) = (self.is_word(keys.end, "LEFT"), self.most(keys.end)?);
        let Some(index) = self.first_of(keys, "list")? else { return Ok(self.nothing()) };
        let mut list = self.list(index)?;
        let count = most.min(list.len());
        let taken: Vec<Vec<u8>> = if is_left {
            list.drain(..count).collect()
        } else {
            list.drain(list.len() - count..).rev().collect()
        };
        self.put_elements(index, Elements::List(list));
        let taken = Value::Array(taken.iter().map(Value::bulk).collect());
        Ok(Value::Array(vec![Value::bulk(&self.arguments[index]), taken]))
    }

    pub(super) fn zmpop(&mut self) -> Outcome {
        let keys = self.keys_from(1)?;
        let (is_max, most) = (self.is_word(keys.end, "MAX"), self.most(keys.end)?);
        let Some(index) = self.first_of(keys, "zset")? else { return Ok(self.nothing()) };
        let taken = self.take_scored(index, most, is_max)?;
        let pair = |(member, score): &(Vec<u8>, f64)| {
            Value::Array(vec![Value::bulk(member), self.score(Some(*score))])
        };
        let taken = Value::Array(taken.iter().map(pair).collect());
        Ok(Value::Array(vec![Value::bulk(&self.arguments[index]), taken]))
    }

    pub(super) fn zpop(&mut self, is_max: bool) -> Outcome {
        let wanted = if self.count() > 2 { Some(self.integer(2)? as usize) } else { None };
        let taken = self.take_scored(1, wanted.unwrap_or(1), is_max)?;
        let is_nested = wanted.is_some() && self.resp3();
        let items = taken.iter().flat_map(|(member, score)| {
            let pair = vec![Value::bulk(member), self.score(Some(*score))];
            if is_nested { vec![Value::Array(pair)] } else { pair }
        });
        Ok(Value::Array(items.collect()))
    }

    fn take_scored(
        &mut self,
        index: usize,
        most: usize,
        is_max: bool,
    ) -> Result<Vec<(Vec<u8>, f64)>, Failure> {
        let mut sorted = self.sorted(index)?;
        let mut all = Self::in_order(&sorted);
        if is_max {
            all.reverse();
        }
        all.truncate(most);
        for (member, _) in &all {
            sorted.remove(member);
        }
        if !all.is_empty() {
            self.put_elements(index, Elements::Sorted(sorted));
        }
        Ok(all)
    }
}
