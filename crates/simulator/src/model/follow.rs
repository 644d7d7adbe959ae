//! Following a server that says more than its replies: which keys it dropped by itself, and at
//! which point, so that the model knows what is there although a deadline has passed or a policy
//! has let something go. Each loss is judged too.
use super::{Model, Value};
use crate::witness::Gone;
use std::collections::VecDeque;

/// What happened until a command had run: the only one of a request, or one of those that EXEC
/// runs.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Keys that the server dropped before or while it ran.
    pub gone: Vec<Gone>,
    /// The error line that it answered.
    pub refusal: Option<Vec<u8>>,
}

impl Model {
    /// As `judge`, with all that the server said about the request: the parts of EXEC's commands
    /// in their order, then EXEC's own.
    pub fn judge_told(
        &mut self,
        connection: u32,
        arguments: &[Vec<u8>],
        actual: &Value,
        parts: Vec<Part>,
    ) -> Result<(), String> {
        let seen = if *actual == Value::Lost { guess(&parts) } else { None };
        self.account = VecDeque::from(parts);
        // What EXEC has lost before its first command is lost before EXEC.
        if self.account.len() > 1 {
            self.account.push_front(Part::default());
        }
        let result = self.judge(connection, arguments, seen.as_ref().unwrap_or(actual));
        let rest = std::mem::take(&mut self.account);
        result?;
        self.wrong_loss.take().map_or(Ok(()), Err)?;
        rest.into_iter().try_for_each(|part| self.lose_all(part.gone))
    }

    /// The server dropped these keys by itself.
    pub fn lose_all(&mut self, gone: Vec<Gone>) -> Result<(), String> {
        gone.into_iter().try_for_each(|gone| self.lose(&gone))
    }

    fn lose(&mut self, gone: &Gone) -> Result<(), String> {
        let name = gone.name.escape_ascii();
        let entries = &mut self.databases[usize::from(gone.database)];
        let Some(entry) = entries.remove(&gone.name) else {
            return Err(format!("the server dropped {name}, which is not there\n"));
        };
        self.touch(gone.database, &gone.name);
        self.note_walks(gone.database, &gone.name);
        let is_due = entry.expires_at.is_some_and(|deadline| deadline < self.now_ms);
        let may_be_evicted = self.policy.starts_with("allkeys-")
            || self.policy.starts_with("volatile-") && entry.expires_at.is_some();
        match gone.evicted {
            true if may_be_evicted => Ok(()),
            false if is_due => Ok(()),
            true => Err(format!("the server evicted {name} under {}\n", self.policy)),
            false => Err(format!(
                "the server let {name} expire at {}, but its deadline is {:?}\n",
                self.now_ms, entry.expires_at
            )),
        }
    }

    /// A command begins: what was lost until it ran is lost now.
    pub(super) fn begin_part(&mut self) {
        if let Some(part) = self.account.pop_front()
            && let Err(why) = self.lose_all(part.gone)
        {
            self.wrong_loss.get_or_insert(why);
        }
    }

    /// EXEC without room for its reply gives the transaction up: Granite's own rule.
    pub(super) fn give_up_exec(&mut self, connection: u32, words: &[Vec<u8>], actual: &Value) {
        let is_of_reply =
            actual.as_error().is_some_and(|line| line.ends_with(b"than 'reply-max' allows"));
        if is_of_reply
            && words[0].eq_ignore_ascii_case(b"EXEC")
            && let Some(session) = self.sessions.get_mut(&connection)
        {
            session.end_transaction();
        }
    }

    /// Keys of all databases, those included whose deadline has passed but that are still there.
    pub fn stored_count(&self) -> u64 {
        self.databases.iter().map(|entries| entries.len() as u64).sum()
    }
}

/// The reply that nobody has seen, as far as the error lines tell: they decide whether something
/// was changed.
fn guess(parts: &[Part]) -> Option<Value> {
    let line = |part: &Part| match &part.refusal {
        Some(line) => Value::Error(line.clone()),
        None => Value::Lost,
    };
    match parts {
        [] => None,
        [only] => Some(line(only)),
        [of_queue @ .., _] => Some(Value::Array(of_queue.iter().map(line).collect())),
    }
}
