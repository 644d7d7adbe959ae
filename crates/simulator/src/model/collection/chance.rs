//! What chance decides: the reply is checked to be a legal one, and followed.
//!
//! What SPOP takes nobody knows but from its reply. Where that is lost, so is the model.
use super::{Call, Elements, Outcome};
use crate::model::Failure;
use crate::value::Value;
use std::collections::BTreeMap;

/// The elements to pick from, each as the texts that the reply has of it.
type Choices = BTreeMap<Vec<u8>, Vec<Value>>;

impl Call<'_> {
    /// SRANDMEMBER, HRANDFIELD, ZRANDMEMBER.
    pub(super) fn pick(&self, name: &str) -> Outcome {
        let has_more = self.count() > 3;
        let choices: Choices = match name {
            "SRANDMEMBER" => {
                self.set_of(1)?.into_iter().map(|member| (member, Vec::new())).collect()
            }
            "HRANDFIELD" => {
                let value = |(field, value): (Vec<u8>, Vec<u8>)| (field, vec![Value::Bulk(value)]);
                self.hash(1)?.into_iter().map(value).collect()
            }
            _ => {
                let score = |(member, score)| (member, vec![self.score(Some(score))]);
                self.sorted(1)?.into_iter().map(score).collect()
            }
        };
        if *self.actual == Value::Lost {
            return Ok(Value::Lost);
        }
        if self.count() == 2 {
            let is_legal = match self.actual {
                Value::Bulk(name) => choices.contains_key(name),
                other => choices.is_empty() && *other == Value::Null,
            };
            return self.legal(is_legal, "any of the elements");
        }
        let wanted = self.integer(2)?;
        let is_distinct = wanted >= 0;
        let Value::Array(items) = self.actual else { return self.legal(false, "an array") };
        let picked: Vec<Vec<Value>> = match (has_more, self.resp3()) {
            (false, _) => items.iter().map(|name| vec![name.clone()]).collect(),
            (true, false) => items.chunks(2).map(<[Value]>::to_vec).collect(),
            (true, true) => {
                items.iter().map(|pair| pair.elements().unwrap_or_default().to_vec()).collect()
            }
        };
        let most = if is_distinct { choices.len() as u64 } else { u64::MAX };
        let count = if choices.is_empty() { 0 } else { wanted.unsigned_abs().min(most) };
        let mut left = choices;
        let is_legal = picked.len() as u64 == count
            && picked.iter().all(|element| {
                let Some((Value::Bulk(name), rest)) = element.split_first() else { return false };
                let is_known = left.get(name).is_some_and(|known| !has_more || known == rest);
                if is_distinct {
                    left.remove(name);
                }
                is_known
            });
        self.legal(is_legal, &format!("{count} of the elements, distinct: {is_distinct}"))
    }

    pub(super) fn spop(&mut self) -> Outcome {
        let wanted = if self.count() > 2 { Some(self.integer(2)?) } else { None };
        let mut set = self.set_of(1)?;
        let count = wanted.unwrap_or(1).min(set.len() as i64) as usize;
        let goes_whole = count == set.len();
        let taken: Vec<Vec<u8>> = match (self.actual, wanted) {
            (Value::Lost, _) if !goes_whole && count > 0 => {
                self.model.is_lost = true;
                return Ok(Value::Lost);
            }
            (Value::Lost, _) => set.iter().cloned().collect(),
            (Value::Bulk(member), None) => vec![member.clone()],
            (Value::Null, None) => Vec::new(),
            (Value::Set(items), Some(_)) if self.resp3() => texts(items)?,
            (Value::Array(items), Some(_)) if !self.resp3() => texts(items)?,
            _ => return self.legal(false, "members that were taken"),
        };
        let is_legal = taken.len() == count && taken.iter().all(|member| set.remove(member));
        if is_legal && count > 0 {
            self.put_elements(1, Elements::Set(set));
        }
        self.legal(is_legal, &format!("{count} members of the set"))
    }
}

fn texts(items: &[Value]) -> Result<Vec<Vec<u8>>, Failure> {
    let text = |item: &Value| match item {
        Value::Bulk(text) => Ok(text.clone()),
        _ => Err(Failure::Illegal("not a text".to_owned())),
    };
    items.iter().map(text).collect()
}
