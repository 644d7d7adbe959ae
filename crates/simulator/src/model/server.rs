//! Commands about the server: their texts are its own, so only their shape is judged.
use super::connection::{BAD_COUNT, is_text};
use super::{Call, Outcome, SYNTAX, refuse};
use crate::value::Value;

impl Call<'_> {
    pub(super) fn run_server(&mut self, name: &str) -> Outcome {
        match name {
            "INFO" => self.legal(is_text(self.actual), "a text"),
            "TIME" => self.time(),
            "LASTSAVE" => self.legal(matches!(self.actual, Value::Integer(_)), "a time"),
            "CONFIG" => self.config(),
            "COMMAND" => self.command(),
            "MEMORY" => self.memory(),
            "SLOWLOG" => self.slowlog(),
            "LATENCY" if self.is_word(1, "RESET") => {
                self.legal(matches!(self.actual, Value::Integer(_)), "a count")
            }
            "LATENCY" => self.legal(self.actual.elements().is_some(), "a map"),
            "FUNCTION" | "SCRIPT" if self.count() == 2 => Ok(Value::ok()),
            "FUNCTION" | "SCRIPT" | "DEBUG" => self
                .legal(matches!(self.actual, Value::Simple(_) | Value::Error(_)), "OK or an error"),
            other => unreachable!("the arity check lets {other} pass"),
        }
    }

    fn time(&mut self) -> Outcome {
        let [seconds, micros] = self.actual.elements().unwrap_or_default() else {
            return self.legal(false, "two numbers");
        };
        let number = |value: &Value| match value {
            Value::Bulk(digits) => super::integer(digits),
            _ => None,
        };
        let expected = self.model.now_ms;
        let is_legal = match (number(seconds), number(micros)) {
            (Some(seconds), Some(micros @ 0..1_000_000)) => {
                let actual = seconds * 1000 + micros / 1000;
                actual.abs_diff(expected) <= self.model.slack_ms.unsigned_abs()
            }
            _ => false,
        };
        self.legal(is_legal, &format!("it is {expected} ms"))
    }

    fn config(&mut self) -> Outcome {
        if !self.is_word(1, "GET") {
            return self.legal(
                matches!(self.actual, Value::Simple(_) | Value::Error(_)),
                "OK or an error",
            );
        }
        let is_legal = match self.actual {
            Value::Map(_) => self.resp3(),
            Value::Array(items) => !self.resp3() && items.len() % 2 == 0,
            _ => false,
        };
        self.legal(is_legal, "a map of options")
    }

    fn command(&mut self) -> Outcome {
        if self.is_word(1, "COUNT") {
            return self.legal(matches!(self.actual, Value::Integer(_)), "a count");
        }
        let is_legal = self.actual.elements().is_some() || self.actual.as_error().is_some();
        self.legal(is_legal, "a list, or an error")
    }

    fn memory(&mut self) -> Outcome {
        if self.is_word(1, "STATS") {
            return self.legal(self.actual.elements().is_some(), "a map");
        }
        for index in (3..self.count()).step_by(2) {
            if !self.is_word(index, "SAMPLES") || index + 1 == self.count() {
                return refuse(SYNTAX);
            }
            match super::integer(&self.arguments[index + 1]) {
                Some(0..) => {}
                Some(_) => return refuse(SYNTAX),
                None => return refuse(BAD_COUNT),
            }
        }
        let Some(entry) = self.entry(2) else { return Ok(Value::Null) };
        // A string of zeros may take less than it is long.
        let is_legal = matches!(self.actual, Value::Integer(bytes) if *bytes > 0);
        let size = entry.value.len();
        self.legal(is_legal, &format!("the bytes of a value of {size}"))
    }

    fn slowlog(&mut self) -> Outcome {
        if self.is_word(1, "RESET") {
            return Ok(Value::ok());
        }
        if self.is_word(1, "LEN") {
            return self.legal(matches!(self.actual, Value::Integer(_)), "a count");
        }
        let is_legal = self.actual.elements().is_some() || self.actual.as_error().is_some();
        self.legal(is_legal, "a list")
    }
}
