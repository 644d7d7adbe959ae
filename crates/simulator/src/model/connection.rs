//! The connection itself: PING, HELLO, CLIENT and so on.
use super::{Call, NOT_AN_INTEGER, Outcome, SYNTAX, Session, integer, refuse};
use crate::value::Value;

const BAD_NAME: &str = "ERR Client names cannot contain spaces, newlines or special characters.";

impl Call<'_> {
    pub(super) fn run_connection(&mut self, name: &str) -> Outcome {
        match name {
            "PING" => match self.arguments {
                [_] => Ok(Value::Simple("PONG".to_owned())),
                [_, text] => Ok(Value::bulk(text)),
                _ => refuse("ERR wrong number of arguments for 'ping' command"),
            },
            "ECHO" => Ok(Value::bulk(&self.arguments[1])),
            "QUIT" => {
                self.model.disconnect(self.connection);
                Ok(Value::ok())
            }
            "RESET" => {
                let id = self.session().id;
                *self.session() = Session { id, ..Session::new() };
                Ok(Value::Simple("RESET".to_owned()))
            }
            "AUTH" => self.auth(),
            "HELLO" => self.hello(),
            "CLIENT" => self.client(),
            _ => self.run_server(name),
        }
    }

    fn auth(&mut self) -> Outcome {
        match self.count() {
            2 => refuse(
                "ERR AUTH <password> called without any password configured for the default \
                 user. Are you sure your configuration is correct?",
            ),
            // Without a password the default user takes any.
            3 if self.arguments[1] == b"default" => Ok(Value::ok()),
            3 => refuse("WRONGPASS invalid username-password pair or user is disabled."),
            _ => refuse(SYNTAX),
        }
    }

    fn hello(&mut self) -> Outcome {
        let mut resp3 = self.resp3();
        if self.count() > 1 {
            resp3 = match integer(&self.arguments[1]) {
                None => {
                    return refuse("ERR Protocol version is not an integer or out of range");
                }
                Some(2) => false,
                Some(3) => true,
                Some(_) => return refuse("NOPROTO unsupported protocol version"),
            };
        }
        let (mut index, mut name) = (2, None);
        while index < self.count() {
            let left = self.count() - index - 1;
            if self.is_word(index, "SETNAME") && left >= 1 {
                if !is_name(&self.arguments[index + 1]) {
                    return refuse(BAD_NAME);
                }
                name = Some(self.arguments[index + 1].clone());
                if self.model.like_7_0 {
                    // 7.0 has set it even if an error follows, 7.2 has not.
                    self.session().name = name.take().unwrap_or_default();
                }
                index += 2;
            } else {
                let option = String::from_utf8_lossy(&self.arguments[index]);
                return refuse(&format!("ERR Syntax error in HELLO option '{option}'"));
            }
        }
        self.session().resp3 = resp3;
        if let Some(name) = name {
            self.session().name = name;
        }
        let proto = Value::Integer(if resp3 { 3 } else { 2 });
        let is_legal = match (self.actual, resp3) {
            (Value::Map(items), true) | (Value::Array(items), false) => {
                items.len() == 14
                    && items[0] == Value::bulk("server")
                    && items[4] == Value::bulk("proto")
                    && items[5] == proto
                    && items[12..] == [Value::bulk("modules"), Value::Array(Vec::new())]
            }
            _ => false,
        };
        self.legal(is_legal, "HELLO is a map of seven facts")
    }

    fn client(&mut self) -> Outcome {
        let on_or_off = self.is_word(2, "ON") || self.is_word(2, "OFF");
        match &self.arguments[1].to_ascii_uppercase()[..] {
            b"ID" => self.client_id(),
            b"GETNAME" if self.session().name.is_empty() => Ok(Value::Null),
            b"GETNAME" => Ok(Value::bulk(&self.session().name)),
            b"SETNAME" if !is_name(&self.arguments[2]) => refuse(BAD_NAME),
            b"SETNAME" => {
                let name = self.arguments[2].clone();
                self.session().name = name;
                Ok(Value::ok())
            }
            b"NO-EVICT" | b"NO-TOUCH" if !on_or_off => refuse(SYNTAX),
            b"SETINFO" if !self.is_word(2, "LIB-NAME") && !self.is_word(2, "LIB-VER") => {
                let option = String::from_utf8_lossy(&self.arguments[2]);
                refuse(&format!("ERR Unrecognized option '{option}'"))
            }
            b"SETINFO" if !is_name(&self.arguments[3]) => {
                let option = String::from_utf8_lossy(&self.arguments[2]).to_ascii_lowercase();
                refuse(&format!(
                    "ERR {option} cannot contain spaces, newlines or special characters."
                ))
            }
            b"NO-EVICT" | b"NO-TOUCH" | b"SETINFO" => Ok(Value::ok()),
            b"LIST" if self.count() > 2 && self.actual.as_error().is_some() => {
                Ok(self.actual.clone())
            }
            b"LIST" | b"INFO" => self.legal(is_text(self.actual), "a text"),
            b"KILL" => self.legal(
                matches!(self.actual, Value::Integer(_) | Value::Simple(_) | Value::Error(_)),
                "a count, OK or an error",
            ),
            other => unreachable!("the arity check lets {} pass", other.escape_ascii()),
        }
    }

    /// Any number, but always the same.
    fn client_id(&mut self) -> Outcome {
        let known = self.session().id;
        let is_legal =
            matches!(self.actual, Value::Integer(id) if known.is_none_or(|known| known == *id));
        if let Value::Integer(id) = self.actual {
            self.session().id = Some(*id);
        }
        self.legal(is_legal, &format!("the id was {known:?}"))
    }

    /// Subcommands are found, and their arguments counted, before a command runs or is queued.
    pub(super) fn check_subcommand(&self, name: &str) -> Result<(), super::Failure> {
        let arities: &[(&str, i32)] = match name {
            "CLIENT" => &[
                ("ID", 2),
                ("GETNAME", 2),
                ("SETNAME", 3),
                ("NO-EVICT", 3),
                ("NO-TOUCH", 3),
                ("SETINFO", 4),
                ("LIST", -2),
                ("INFO", 2),
                ("KILL", -3),
            ],
            "OBJECT" => {
                &[("ENCODING", 3), ("FREQ", 3), ("IDLETIME", 3), ("REFCOUNT", 3), ("HELP", 2)]
            }
            "CONFIG" => &[("GET", -3), ("SET", -4), ("RESETSTAT", 2)],
            "COMMAND" if self.count() > 1 => {
                &[("COUNT", 2), ("INFO", -2), ("LIST", -2), ("DOCS", -2), ("GETKEYS", -3)]
            }
            "MEMORY" => &[("USAGE", -3), ("STATS", 2)],
            "SLOWLOG" => &[("GET", -2), ("LEN", 2), ("RESET", 2)],
            "LATENCY" => &[("RESET", -2), ("HISTOGRAM", -2)],
            "FUNCTION" | "SCRIPT" => &[("FLUSH", -2)],
            _ => return Ok(()),
        };
        let given = String::from_utf8_lossy(&self.arguments[1]).to_ascii_uppercase();
        let Some((_, arity)) = arities.iter().find(|(known, _)| *known == given) else {
            let given = &self.arguments[1];
            let given = String::from_utf8_lossy(&given[..given.len().min(128)]);
            return refuse(&format!("ERR unknown subcommand '{given}'. Try {name} HELP."));
        };
        let count = self.count() as i32;
        if count == *arity || *arity < 0 && count >= -arity {
            return Ok(());
        }
        let full = format!("{name}|{given}").to_ascii_lowercase();
        refuse(&format!("ERR wrong number of arguments for '{full}' command"))
    }
}

fn is_name(text: &[u8]) -> bool {
    text.iter().all(|byte| (b'!'..=b'~').contains(byte))
}

pub(super) fn is_text(value: &Value) -> bool {
    matches!(value, Value::Bulk(_) | Value::Verbatim(_))
}

/// Kept beside the checks that use it: the text of a bad count.
pub(super) const BAD_COUNT: &str = NOT_AN_INTEGER;
