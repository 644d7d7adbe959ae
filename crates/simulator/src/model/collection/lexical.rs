//! Members of sorted sets by their names. All scores are the same here: where they differ nobody
//! promises what is found.
use super::{Call, Elements, Outcome};
use crate::model::Failure;
use crate::model::collection::sorted::Sorted;
use crate::value::Value;

impl Call<'_> {
    pub(super) fn run_lexical(&mut self, name: &str) -> Outcome {
        match name {
            "ZLEXCOUNT" => Ok(Value::Integer(self.within(1, 2, 3)?.len() as i64)),
            "ZREMRANGEBYLEX" => self.zremrangebylex(),
            "ZRANGESTORE" => {
                let found: Sorted = self.range_by_name(2, false)?.into_iter().collect();
                let count = found.len() as i64;
                self.replace_by(1, Elements::Sorted(found));
                Ok(Value::Integer(count))
            }
            _ => {
                let found = self.range_by_name(1, name == "ZREVRANGEBYLEX")?;
                Ok(self.with_scores(&found, false))
            }
        }
    }

    fn zremrangebylex(&mut self) -> Outcome {
        let gone = self.within(1, 2, 3)?;
        let mut sorted = self.sorted(1)?;
        sorted.retain(|name, _| gone.iter().all(|(other, _)| other != name));
        if !gone.is_empty() {
            self.put_elements(1, Elements::Sorted(sorted));
        }
        Ok(Value::Integer(gone.len() as i64))
    }

    /// What a key has between two bounds, both arguments behind it, and within LIMIT.
    fn range_by_name(&self, key: usize, is_back: bool) -> Result<Vec<(Vec<u8>, f64)>, Failure> {
        let is_back = is_back || self.has_word(key + 3, "REV");
        let (low, high) = if is_back { (key + 2, key + 1) } else { (key + 1, key + 2) };
        let mut found = self.within(key, low, high)?;
        if is_back {
            found.reverse();
        }
        if let Some(limit) = (key + 3..self.count()).find(|index| self.is_word(*index, "LIMIT")) {
            let (skipped, most) = (self.integer(limit + 1)?, self.integer(limit + 2)?);
            found = found.into_iter().skip(skipped as usize).take(most as usize).collect();
        }
        Ok(found)
    }

    fn within(&self, key: usize, low: usize, high: usize) -> Result<Vec<(Vec<u8>, f64)>, Failure> {
        let mut all = Self::in_order(&self.sorted(key)?);
        let bound = |index: usize| self.arguments[index].split_at(1);
        let is_above = |name: &[u8]| match bound(low) {
            (b"-", _) => true,
            (b"+", _) => false,
            (b"[", least) => name >= least,
            (_, least) => name > least,
        };
        let is_below = |name: &[u8]| match bound(high) {
            (b"+", _) => true,
            (b"-", _) => false,
            (b"[", most) => name <= most,
            (_, most) => name < most,
        };
        all.retain(|(name, _)| is_above(name) && is_below(name));
        Ok(all)
    }
}
