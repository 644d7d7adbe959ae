//! What the engine asks of the kernel, made one at a time from the list of connections that need
//! something: there is no queue of actions that could fill up.
use super::{Answer, Engine};
use crate::connection::{Moment, Phase};
use crate::event::{Action, SEND_BUFFERS_MAX};

impl Engine {
    /// The next thing to ask of the kernel, or nothing until the next turn.
    pub fn next_action(&mut self) -> Option<Action> {
        if self.sleep_us > 0 {
            // Before the replies of this turn, so that they come late, as from Redis.
            let duration_us = core::mem::take(&mut self.sleep_us);
            return Some(Action::Sleep { duration_us });
        }
        if let Some(answer) = self.next_answer() {
            return Some(answer);
        }
        if let Some(buffer) = self.returns.take() {
            self.returns = buffer.take_next();
            return Some(Action::Return { buffer });
        }
        while let Some(slot) = self.ready.first() {
            if let Some(action) = self.action_of(slot) {
                return Some(action);
            }
            self.ready.pop(&mut self.connections);
        }
        if self.is_stopped {
            self.is_stopped = false;
            return Some(Action::Stop { status: 0 });
        }
        None
    }

    fn next_answer(&mut self) -> Option<Action> {
        // In reverse order: they do not depend on each other, and `Receive` comes after all.
        self.answer_count = self.answer_count.checked_sub(1)?;
        self.answers[self.answer_count].take().map(|answer| match answer {
            Answer::Adopt(socket, connection) => Action::Adopt { socket, connection },
            Answer::Refuse(socket, line) => Action::Refuse { socket, line },
        })
    }

    /// What one connection needs next; nothing when it has all it needs for now.
    fn action_of(&mut self, slot: u32) -> Option<Action> {
        let id = self.id_of(slot);
        let connection = &mut self.connections[slot as usize];
        if connection.wants_send()
            && let Some(buffer) = connection.output.take(SEND_BUFFERS_MAX)
        {
            connection.is_sending = true;
            connection.postponed_turns = 0;
            connection.drained = Moment::at(self.shared.now.monotonic_ms);
            return Some(Action::Send { connection: id, buffer });
        }
        if connection.wants_receive() {
            connection.is_receiving = true;
            return Some(Action::Receive { connection: id });
        }
        if connection.phase == Phase::Closing && !connection.is_close_asked {
            connection.is_close_asked = true;
            return Some(Action::Close { connection: id });
        }
        None
    }
}
