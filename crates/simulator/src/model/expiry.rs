//! Deadlines: EXPIRE and TTL in their eight forms, PERSIST.
use super::{Call, Failure, Outcome, refuse};
use crate::value::Value;

/// NX, XX, GT, LT.
#[derive(Default)]
struct Conditions {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

impl Call<'_> {
    /// EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT.
    pub(super) fn expire(&mut self, unit_ms: i64, is_absolute: bool, command: &str) -> Outcome {
        let conditions = self.conditions()?;
        let time = self.integer(2)?;
        let base = if is_absolute { 0 } else { self.model.now_ms };
        let deadline = time.checked_mul(unit_ms).and_then(|time| time.checked_add(base));
        let Some(deadline) = deadline else {
            return refuse(&format!("ERR invalid expire time in '{command}' command"));
        };
        let Some(mut entry) = self.entry(1).cloned() else { return Ok(Value::Integer(0)) };
        let current = entry.expires_at;
        // No deadline counts as infinitely far.
        let is_met = (!conditions.nx || current.is_none())
            && (!conditions.xx || current.is_some())
            && (!conditions.gt || current.is_some_and(|current| deadline > current))
            && (!conditions.lt || current.is_none_or(|current| deadline < current));
        if !is_met {
            return Ok(Value::Integer(0));
        }
        if deadline <= self.model.now_ms {
            let database = self.database();
            self.model.remove(database, &self.arguments[1]);
        } else {
            entry.expires_at = Some(deadline);
            self.put_moved(1, entry);
        }
        Ok(Value::Integer(1))
    }

    fn conditions(&self) -> Result<Conditions, Failure> {
        let mut conditions = Conditions::default();
        for index in 3..self.count() {
            match &self.arguments[index].to_ascii_uppercase()[..] {
                b"NX" => conditions.nx = true,
                b"XX" => conditions.xx = true,
                b"GT" => conditions.gt = true,
                b"LT" => conditions.lt = true,
                _ => {
                    let word = String::from_utf8_lossy(&self.arguments[index]);
                    return refuse(&format!("ERR Unsupported option {word}"));
                }
            }
        }
        if conditions.nx && (conditions.xx || conditions.gt || conditions.lt) {
            return refuse("ERR NX and XX, GT or LT options at the same time are not compatible");
        }
        if conditions.gt && conditions.lt {
            return refuse("ERR GT and LT options at the same time are not compatible");
        }
        Ok(conditions)
    }

    /// TTL, PTTL, EXPIRETIME, PEXPIRETIME.
    pub(super) fn time_to_live(&mut self, unit_ms: i64, is_absolute: bool) -> Outcome {
        let Some(entry) = self.entry(1) else { return Ok(Value::Integer(-2)) };
        let Some(deadline) = entry.expires_at else { return Ok(Value::Integer(-1)) };
        let time = if is_absolute { deadline } else { deadline - self.model.now_ms };
        // Seconds are rounded to the nearest.
        let expected = if unit_ms == 1 { time } else { (time + unit_ms / 2) / unit_ms };
        let slack = if self.model.slack_ms == 0 { 0 } else { self.model.slack_ms / unit_ms + 1 };
        let is_legal = matches!(self.actual, Value::Integer(actual)
            if actual.abs_diff(expected) <= slack.unsigned_abs());
        self.legal(is_legal, &format!("{expected} is left"))
    }

    pub(super) fn persist(&mut self) -> Outcome {
        let Some(mut entry) = self.entry(1).cloned() else { return Ok(Value::Integer(0)) };
        if entry.expires_at.take().is_none() {
            return Ok(Value::Integer(0));
        }
        self.put_moved(1, entry);
        Ok(Value::Integer(1))
    }
}
