//! The second half of a world: nothing goes wrong any more. Everybody must get what is due, every
//! pool must be whole again, and at the end nothing is stored and nothing is owed.
use super::World;
use super::client::{Client, End, Sent};
use crate::kernel::Faults;
use crate::value::request;
use granite_engine::engine::InUse;

/// Turns in which everything must have come to its end.
const PATIENCE_TURNS: u32 = 20_000;

impl World {
    /// No more faults: everything that is due must happen.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        self.kernel.set_faults(Faults::default(), 0);
        self.part_from_the_stuck();
        let is_answered = |world: &Self| {
            world.records.is_empty()
                && world.live.iter().all(|number| {
                    let client = &world.clients[*number as usize];
                    client.end != End::None || client.waiting_count() == 0
                })
        };
        self.until("every reply has come", is_answered)?;
        self.no_reply_is_left()?;
        self.kernel.engine.check();
        for number in self.live.clone() {
            self.kernel.half_close(number);
        }
        self.until("every connection is closed", |world| world.live.is_empty())?;
        self.until("every pool is whole", |world| {
            world.kernel.engine.in_use() == InUse::default()
        })?;
        self.no_reply_is_left()?;
        self.look_at_everything()?;
        let frames = |world: &Self| {
            let store = world.kernel.engine.store();
            store.used_bytes() == 0 && store.frames().indebted_class(false).is_none()
        };
        self.until("all memory is free", frames)?;
        self.until("the engine has nothing to do", |world| {
            world.kernel.engine.wait_ms(world.kernel.now) != Some(0)
        })?;
        self.kernel.engine.check();
        self.stop()
    }

    /// The server is asked to end: who has asked before has its reply, and all are let go.
    fn stop(&mut self) -> Result<(), String> {
        let numbers = [self.kernel.connect(), self.kernel.connect()];
        for number in numbers {
            self.clients.push(Client::new(0, self.kernel.now.monotonic_ms));
            self.clients[number as usize].may_be_killed = true;
            self.live.push(number);
        }
        self.turn()?;
        let ping = vec![b"PING".to_vec()];
        let bytes = request(&ping);
        self.ask(numbers[0], Sent::Command(ping), &bytes);
        self.turn()?;
        self.kernel.terminate();
        self.until("the server has stopped", |world| world.kernel.stopped.is_some())?;
        let heard_count = self.clients[numbers[0] as usize].reply_count;
        // Their slots are theirs until they are closed, for which nobody waits.
        let in_use = InUse { connections: 0, ..self.kernel.engine.in_use() };
        let is_over = in_use == InUse::default()
            && self.live.iter().all(|number| self.clients[*number as usize].end != End::None);
        match (self.kernel.stopped, heard_count, is_over) {
            (Some(0), 1, true) => Ok(()),
            other => Err(format!("status, replies heard, nothing left: {other:?}")),
        }
    }

    /// Who began what it does not end leaves, and everybody else listens again.
    fn part_from_the_stuck(&mut self) {
        for number in self.live.clone() {
            self.kernel.set_deaf(number, false);
            if self.clients[number as usize].is_stuck {
                self.reset(number);
            }
        }
    }

    fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> Result<(), String> {
        for _ in 0..PATIENCE_TURNS {
            if self.model.is_lost {
                return Err("nobody knows what SPOP took".to_owned());
            }
            if is_so(self) {
                return Ok(());
            }
            self.kernel.advance(1);
            self.turn()?;
        }
        let waiting: Vec<String> = self
            .live
            .iter()
            .map(|number| (number, &self.clients[*number as usize]))
            .filter(|(_, client)| client.waiting_count() > 0)
            .map(|(number, client)| format!("@{number} for {}", client.waiting_count()))
            .collect();
        Err(format!(
            "not within {PATIENCE_TURNS} turns: {what}; {} records are not judged, these wait: \
             {waiting:?}, in use: {:?}",
            self.records.len(),
            self.kernel.engine.in_use()
        ))
    }

    fn no_reply_is_left(&self) -> Result<(), String> {
        let left = self.clients.iter().position(|client| !client.replies.is_empty());
        left.map_or(Ok(()), |number| Err(format!("@{number} got a reply to nothing")))
    }

    /// A last client looks at every key, then empties everything.
    fn look_at_everything(&mut self) -> Result<(), String> {
        let store = self.kernel.engine.store();
        let stored_count: u64 = (0..16).map(|database| store.key_count(database)).sum();
        if stored_count != self.model.stored_count() {
            let count = self.model.stored_count();
            return Err(format!("{stored_count} keys are stored, but there should be {count}"));
        }
        let mut commands: Vec<Vec<Vec<u8>>> = Vec::new();
        for database in 0..16_u8 {
            commands.push(vec![b"SELECT".to_vec(), database.to_string().into_bytes()]);
            for name in self.model.keys(database) {
                commands.push(self.model.reading(database, name));
                commands.push(vec![b"PTTL".to_vec(), name.to_vec()]);
            }
            commands.push(vec![b"DBSIZE".to_vec()]);
            commands.push(vec![b"SCAN".to_vec(), b"0".to_vec(), b"COUNT".to_vec(), b"50".to_vec()]);
        }
        commands.push(vec![b"FLUSHALL".to_vec()]);
        let number = self.kernel.connect();
        self.clients.push(Client::new(0, self.kernel.now.monotonic_ms));
        self.live.push(number);
        for command in commands {
            let bytes = request(&command);
            self.ask(number, Sent::Command(command), &bytes);
        }
        let is_answered = |world: &Self| {
            world.clients[number as usize].sent.is_empty() && world.records.is_empty()
        };
        self.until("the last client has its replies", is_answered)?;
        self.kernel.half_close(number);
        self.until("the last client is gone", |world| world.live.is_empty())
    }
}
