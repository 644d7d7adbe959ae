//! Sets, as ordered ones.
use super::{Call, Elements, Outcome};
use crate::model::Failure;
use crate::value::Value;
use std::collections::BTreeSet;

type Set = BTreeSet<Vec<u8>>;

impl Call<'_> {
    pub(super) fn run_set(&mut self, name: &str) -> Outcome {
        match name {
            "SADD" => self.sadd(),
            "SREM" => self.srem(),
            "SMOVE" => self.smove(),
            "SCARD" => Ok(Value::Integer(self.set_of(1)?.len() as i64)),
            "SISMEMBER" => {
                let is_there = self.set_of(1)?.contains(&self.arguments[2]);
                Ok(Value::Integer(i64::from(is_there)))
            }
            "SMISMEMBER" => {
                let set = self.set_of(1)?;
                let is_there = |member| Value::Integer(i64::from(set.contains(member)));
                Ok(Value::Array(self.arguments[2..].iter().map(is_there).collect()))
            }
            "SMEMBERS" => self.in_any_order(self.set_of(1)?.into_iter().collect(), true),
            "SINTER" | "SUNION" | "SDIFF" => {
                let result = self.combined(name, 1..self.count())?;
                self.in_any_order(result.into_iter().collect(), true)
            }
            "SINTERSTORE" | "SUNIONSTORE" | "SDIFFSTORE" => {
                let result = self.combined(&name[..name.len() - 5], 2..self.count())?;
                let count = result.len() as i64;
                self.replace_by(1, Elements::Set(result));
                Ok(Value::Integer(count))
            }
            "SINTERCARD" => self.sintercard(),
            "SPOP" => self.spop(),
            "SRANDMEMBER" => self.pick(name),
            "SSCAN" => self.scan_elements(name),
            other => unreachable!("the arity check lets {other} pass"),
        }
    }

    pub(super) fn set_of(&self, index: usize) -> Result<Set, Failure> {
        self.check_kind(index, "set")?;
        Ok(match self.elements(index) {
            Some(Elements::Set(set)) => set.clone(),
            _ => Set::new(),
        })
    }

    fn sadd(&mut self) -> Outcome {
        let mut set = self.set_of(1)?;
        let before = set.len();
        set.extend(self.arguments[2..].iter().cloned());
        let count = (set.len() - before) as i64;
        if count > 0 {
            self.put_elements(1, Elements::Set(set));
        }
        Ok(Value::Integer(count))
    }

    fn srem(&mut self) -> Outcome {
        let mut set = self.set_of(1)?;
        let before = set.len();
        for member in &self.arguments[2..] {
            set.remove(member);
        }
        let count = (before - set.len()) as i64;
        if count > 0 {
            self.put_elements(1, Elements::Set(set));
        }
        Ok(Value::Integer(count))
    }

    fn smove(&mut self) -> Outcome {
        if self.entry(1).is_none() {
            return Ok(Value::Integer(0));
        }
        let mut source = self.set_of(1)?;
        let mut target = self.set_of(2)?;
        let member = &self.arguments[3];
        if self.arguments[1] == self.arguments[2] {
            return Ok(Value::Integer(i64::from(source.contains(member))));
        }
        if !source.remove(member) {
            return Ok(Value::Integer(0));
        }
        let is_new = target.insert(member.clone());
        self.put_elements(1, Elements::Set(source));
        if is_new {
            self.put_elements(2, Elements::Set(target));
        }
        Ok(Value::Integer(1))
    }

    pub(super) fn combined(
        &self,
        name: &str,
        keys: std::ops::Range<usize>,
    ) -> Result<Set, Failure> {
        let sets: Result<Vec<Set>, Failure> = keys.map(|index| self.set_of(index)).collect();
        let mut sets = sets?.into_iter();
        let start = sets.next().unwrap_or_default();
        Ok(sets.fold(start, |result, set| match name {
            "SINTER" => result.intersection(&set).cloned().collect(),
            "SUNION" => result.union(&set).cloned().collect(),
            _ => result.difference(&set).cloned().collect(),
        }))
    }
}
