//! HyperLogLogs: strings that only their own commands write here, kept as registers. How they lie
//! in the string is left to the server: what GET answers is read and compared.
use super::registers::Registers;
use super::{Call, Elements, Outcome, WRONG_TYPE};
use crate::model::{Failure, refuse};
use crate::value::Value;
use std::ops::Range;

impl Call<'_> {
    pub(super) fn run_hyperloglog(&mut self, name: &str) -> Outcome {
        match name {
            "PFADD" => self.pfadd(),
            "PFCOUNT" => self.pfcount(),
            _ => self.pfmerge(),
        }
    }

    fn registers(&self, index: usize) -> Result<Option<Registers>, Failure> {
        match self.entry(index).map(|entry| &entry.elements) {
            None => Ok(None),
            Some(Some(Elements::Registers(registers))) => Ok(Some(registers.clone())),
            Some(Some(_)) => refuse(WRONG_TYPE),
            Some(None) => refuse("WRONGTYPE Key is not a valid HyperLogLog string value."),
        }
    }

    fn pfadd(&mut self) -> Outcome {
        let old = self.registers(1)?;
        let mut changes = old.is_none();
        let mut registers = old.unwrap_or_else(Registers::new);
        // One that was just made has no count, though it would be right.
        registers.is_counted &= !changes;
        for element in &self.arguments[2..] {
            if registers.add(element) {
                (changes, registers.is_counted) = (true, false);
            }
        }
        if changes {
            self.put_elements(1, Elements::Registers(registers));
        }
        Ok(Value::Integer(i64::from(changes)))
    }

    fn pfcount(&mut self) -> Outcome {
        if self.count() > 2 {
            return Ok(Value::Integer(self.union(1..self.count())?.estimate()));
        }
        let Some(mut registers) = self.registers(1)? else { return Ok(Value::Integer(0)) };
        let count = registers.estimate();
        // The key keeps the count, which is a write.
        if !registers.is_counted {
            registers.is_counted = true;
            self.put_elements(1, Elements::Registers(registers));
        }
        Ok(Value::Integer(count))
    }

    fn pfmerge(&mut self) -> Outcome {
        let mut union = self.union(1..self.count())?;
        union.is_counted = false;
        self.put_elements(1, Elements::Registers(union));
        Ok(Value::ok())
    }

    fn union(&self, keys: Range<usize>) -> Result<Registers, Failure> {
        let mut union = Registers::new();
        for index in keys {
            if let Some(registers) = self.registers(index)? {
                union.merge(&registers);
            }
        }
        Ok(union)
    }

    /// GET of a HyperLogLog.
    pub(in crate::model) fn get_registers(&self, registers: &Registers) -> Outcome {
        let objection = match self.actual {
            Value::Lost => None,
            Value::Bulk(bytes) => registers.objection(bytes),
            _ => Some("a text".to_owned()),
        };
        self.legal(objection.is_none(), &objection.unwrap_or_default())
    }
}
