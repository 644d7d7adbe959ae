//! Judging: all clients share all databases, so requests are judged in the order in which the
//! engine executed them, which it tells through its hooks. A request is judged as soon as its reply
//! has arrived; one whose reply is lost, with its client or because it asked for none, is followed.
use super::client::{End, Hearing, Sent};
use super::{World, script, story};
use crate::model::{Model, Part};
use crate::value::Value;
use crate::witness::Seen;

/// A request that was answered.
#[derive(Debug)]
pub(super) struct Record {
    /// Nobody's: keys that were dropped between requests.
    client: Option<u32>,
    now_ms: i64,
    parts: Vec<Part>,
}

/// How EXEC refuses a command for whose reply there is no room.
const NO_REPLY_ROOM: &[u8] = b"OOM no room for the reply";

/// Requests that one turn answers, at most: its bound, and a group that was begun below it.
const ANSWERS_PER_TURN: u32 = 512 + 32;

impl World {
    /// Takes down what the engine did in this turn.
    pub(super) fn take_down(&mut self) -> Result<(), String> {
        let seen = std::mem::take(&mut self.kernel.seen);
        let mut answer_count = 0;
        for what in seen {
            match what {
                Seen::Gone(gone) => {
                    self.report.count(if gone.evicted { "key evicted" } else { "key expired" });
                    self.part.gone.push(gone);
                }
                Seen::Refused(line) => {
                    self.report.count_refusal(&line);
                    // EXEC answers this in the place of a command, which does not run.
                    let is_instead = line.starts_with(NO_REPLY_ROOM);
                    self.part.refusal = Some(line);
                    if is_instead {
                        self.parts.push(std::mem::take(&mut self.part));
                    }
                }
                Seen::Ran => self.parts.push(std::mem::take(&mut self.part)),
                Seen::Answered(connection) => {
                    answer_count += 1;
                    let client = self.kernel.client_of(connection);
                    let client = client.ok_or("an answer to a connection that is none")?;
                    self.answered(client)?;
                }
            }
        }
        if self.parts.is_empty() && !self.part.gone.is_empty() {
            let parts = vec![std::mem::take(&mut self.part)];
            self.records.push_back(Record { client: None, now_ms: self.now_ms(), parts });
        }
        if self.parts.is_empty() {
            self.begun_ms = None;
        } else if self.begun_ms.is_none() {
            // A transaction goes on in the next turn, at the time of this one.
            self.begun_ms = Some(self.now_ms());
        }
        if answer_count > ANSWERS_PER_TURN {
            return Err(format!("a turn answered {answer_count} requests"));
        }
        Ok(())
    }

    fn answered(&mut self, number: u32) -> Result<(), String> {
        if !self.part.gone.is_empty() || self.part.refusal.is_some() || self.parts.is_empty() {
            self.parts.push(std::mem::take(&mut self.part));
        }
        let parts = std::mem::take(&mut self.parts);
        let client = &mut self.clients[number as usize];
        let Some(sent) = client.sent.get(client.answered_count) else {
            return Err(format!("@{number} was answered more than it asked"));
        };
        client.answered_count += 1;
        client.answered_ms = self.kernel.now.monotonic_ms;
        let is_refused = parts.iter().any(|part| part.refusal.is_some());
        match sent {
            Sent::Garbage => client.is_leaving = true,
            Sent::Attack if !is_refused => client.may_be_killed = true,
            Sent::Command(words) if words[0].eq_ignore_ascii_case(b"QUIT") && !is_refused => {
                client.is_leaving = true;
            }
            Sent::Kill(victim) if !is_refused => {
                let victim = *victim;
                self.clients[victim as usize].may_be_killed = true;
            }
            _ => {}
        }
        let now_ms = self.begun_ms.take().unwrap_or_else(|| self.now_ms());
        self.records.push_back(Record { client: Some(number), now_ms, parts });
        Ok(())
    }

    /// Judges what can be judged.
    pub(super) fn judge(&mut self) -> Result<(), String> {
        while !self.model.is_lost && self.judge_next()? {}
        Ok(())
    }

    fn judge_next(&mut self) -> Result<bool, String> {
        let Some(record) = self.records.front() else { return Ok(false) };
        let Some(number) = record.client else {
            let record = self.records.pop_front().expect("it was there a line above");
            self.model.now_ms = record.now_ms;
            lose_all(&mut self.model, record.parts)?;
            return Ok(true);
        };
        let client = &mut self.clients[number as usize];
        let sent = client.sent.front().expect("it was there when it was answered");
        let is_refused = record.parts.iter().any(|part| part.refusal.is_some());
        let is_queued = is_queued(&self.model, number, sent);
        let (is_heard, hearing) = hears(sent, client.hearing, is_refused || is_queued);
        let reply = match client.replies.front() {
            _ if !is_heard => Value::Lost,
            Some(_) => client.replies.pop_front().expect("it was there a line above"),
            None if !client.is_over => return Ok(false),
            None if client.end == End::Rough => Value::Lost,
            None => {
                return Err(format!("@{number}: a reply never came: {}", story::of_sent(sent)));
            }
        };
        client.hearing = hearing;
        client.answered_count -= 1;
        client.ends.pop_front();
        let sent = client.sent.pop_front().expect("it was there a line above");
        let record = self.records.pop_front().expect("it was there a line above");
        self.report.judged_count += u64::from(reply != Value::Lost);
        self.report.lost_count += u64::from(is_heard && reply == Value::Lost);
        if self.kernel.is_verbose {
            println!(
                "  @{number} > {}\n  @{number} < {}",
                story::of_sent(&sent),
                story::of(&reply)
            );
        }
        if let (Sent::Command(words), Some([Value::Bulk(cursor), _])) = (&sent, reply.elements())
            && script::is_walk(words)
        {
            self.clients[number as usize].cursors.insert(words[1].clone(), cursor.clone());
        }
        self.model.now_ms = record.now_ms;
        let verdict = self.judge_one(number, &sent, &reply, record.parts);
        verdict.map_err(|why| {
            format!(
                "@{number} > {}\n@{number} < {}\n{why}",
                story::of_sent(&sent),
                story::of(&reply)
            )
        })?;
        Ok(true)
    }

    fn judge_one(
        &mut self,
        number: u32,
        sent: &Sent,
        reply: &Value,
        parts: Vec<Part>,
    ) -> Result<(), String> {
        match sent {
            Sent::Command(words) => self.model.judge_told(number, words, reply, parts),
            Sent::Kill(_) | Sent::Quiet(_) if is_queued(&self.model, number, sent) => {
                lose_all(&mut self.model, parts)?;
                let is_legal = match reply {
                    Value::Lost => true,
                    Value::Error(line) => line.starts_with(b"OOM "),
                    reply => *reply == Value::Simple("QUEUED".to_owned()),
                };
                is_legal.then_some(()).ok_or("expected QUEUED".to_owned())
            }
            Sent::Kill(_) => {
                lose_all(&mut self.model, parts)?;
                let is_legal = match reply {
                    Value::Lost => true,
                    Value::Error(line) => {
                        line == b"ERR No such client" || line.starts_with(b"OOM ")
                    }
                    reply => *reply == Value::ok(),
                };
                is_legal.then_some(()).ok_or("expected OK, or that there is none".to_owned())
            }
            Sent::Quiet(mode) => {
                lose_all(&mut self.model, parts)?;
                let is_legal = match reply {
                    Value::Lost => true,
                    Value::Error(line) => line.starts_with(b"OOM "),
                    reply => *mode == "ON" && *reply == Value::ok(),
                };
                is_legal.then_some(()).ok_or("expected OK".to_owned())
            }
            Sent::Garbage => {
                lose_all(&mut self.model, parts)?;
                let is_legal = match reply {
                    Value::Lost => true,
                    Value::Error(line) => line.starts_with(b"ERR Protocol error: "),
                    _ => false,
                };
                is_legal.then_some(()).ok_or("expected a protocol error".to_owned())
            }
            Sent::Attack => {
                // In pieces it needs room like any other request, and fails a transaction like one.
                if parts.iter().any(|part| part.refusal.is_some()) {
                    self.model.fail_transaction(number);
                }
                lose_all(&mut self.model, parts)?;
                let is_legal = match reply {
                    Value::Lost => true,
                    Value::Error(line) => line.starts_with(b"OOM "),
                    _ => false,
                };
                is_legal.then_some(()).ok_or("expected the end without a word".to_owned())
            }
        }
    }
}

fn lose_all(model: &mut Model, parts: Vec<Part>) -> Result<(), String> {
    parts.into_iter().try_for_each(|part| model.lose_all(part.gone))
}

/// Is it queued? No client means this (see `say`), but an EXEC that finds no room is refused before
/// anybody knows what it is, and the transaction is then not over. It has failed, so that nothing
/// of it will ever run.
fn is_queued(model: &Model, number: u32, sent: &Sent) -> bool {
    matches!(sent, Sent::Quiet(_) | Sent::Kill(_)) && model.has_failed_transaction(number)
}

/// Is a reply sent to this request, and to those after it? One that is idle, because it was refused
/// or queued, changes nothing about that.
fn hears(sent: &Sent, hearing: Hearing, is_idle: bool) -> (bool, Hearing) {
    let after = if hearing == Hearing::Off { Hearing::Off } else { Hearing::On };
    match sent {
        Sent::Attack if !is_idle => (false, after),
        Sent::Quiet("ON") if !is_idle => (true, Hearing::On),
        Sent::Quiet("OFF") if !is_idle => (false, Hearing::Off),
        Sent::Quiet(_) if !is_idle && hearing != Hearing::Off => (false, Hearing::SkipNext),
        Sent::Command(words) if words[0].eq_ignore_ascii_case(b"RESET") && !is_idle => {
            (true, Hearing::On)
        }
        _ => (hearing == Hearing::On, after),
    }
}
