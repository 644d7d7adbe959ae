//! Members of sorted sets by their scores, as the commands before ZRANGE ask for them.
use super::{Call, Elements, Outcome, range};
use crate::model::Failure;
use crate::value::Value;

impl Call<'_> {
    /// Is a score behind the bound that argument `index` names, or at it, and is it before?
    fn bound(&self, index: usize) -> impl Fn(f64) -> (bool, bool) + use<> {
        let text = String::from_utf8_lossy(&self.arguments[index]).into_owned();
        let (is_open, number) = match text.strip_prefix('(') {
            Some(rest) => (true, rest.parse::<f64>()),
            None => (false, text.parse::<f64>()),
        };
        let bound = number.expect("the generator writes numbers");
        move |score| {
            let is_at = |is_so: bool| !is_open && is_so;
            (score > bound || is_at(score >= bound), score < bound || is_at(score <= bound))
        }
    }

    /// The members between two bounds, in their order.
    fn between(&self, low: usize, high: usize) -> Result<Vec<(Vec<u8>, f64)>, Failure> {
        let (low, high) = (self.bound(low), self.bound(high));
        let mut all = Self::in_order(&self.sorted(1)?);
        all.retain(|(_, score)| low(*score).0 && high(*score).1);
        Ok(all)
    }

    pub(super) fn zrangebyscore(&mut self, is_back: bool) -> Outcome {
        let mut found = if is_back { self.between(3, 2)? } else { self.between(2, 3)? };
        if is_back {
            found.reverse();
        }
        let has_scores = self.is_word(4, "WITHSCORES");
        if let Some(limit) = (4..self.count()).find(|index| self.is_word(*index, "LIMIT")) {
            let (skipped, most) = (self.integer(limit + 1)?, self.integer(limit + 2)?);
            found = found.into_iter().skip(skipped as usize).take(most as usize).collect();
        }
        Ok(self.with_scores(&found, has_scores))
    }

    pub(super) fn zremrangebyscore(&mut self) -> Outcome {
        let gone = self.between(2, 3)?;
        let mut sorted = self.sorted(1)?;
        for (member, _) in &gone {
            sorted.remove(member);
        }
        if !gone.is_empty() {
            self.put_elements(1, Elements::Sorted(sorted));
        }
        Ok(Value::Integer(gone.len() as i64))
    }

    pub(super) fn zrevrange(&mut self) -> Outcome {
        let (start, stop) = (self.integer(2)?, self.integer(3)?);
        let mut all = Self::in_order(&self.sorted(1)?);
        all.reverse();
        let found = &all[range(start, stop, all.len())];
        Ok(self.with_scores(found, self.is_word(4, "WITHSCORES")))
    }
}
