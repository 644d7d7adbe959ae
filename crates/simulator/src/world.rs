//! A world: several clients that pipeline, stop reading, half-close and vanish, around one engine
//! with tiny pools in a kernel with faults. All of it follows from the seed.
//!
//! Each client has a database of its own and a model of its own, so every reply can be judged
//! although nobody knows in which order the engine serves the clients. A reply that never comes,
//! comes twice, or comes to the wrong client is found as surely as a wrong one.
use crate::kernel::{Faults, Kernel};
use crate::model::Model;
use crate::value::{Value, request};
use crate::workload::{Profile, Workload};
use granite_engine::limits::Limits;
use granite_engine::options::settings::Settings;
use granite_engine::random::Random;
use std::collections::VecDeque;

/// Commands that concern only the client's own database, and no clock.
const LOCAL: &[&str] = &[
    "APPEND", "BITCOUNT", "BITOP", "DECRBY", "DEL", "ECHO", "EXISTS", "GET", "GETDEL", "GETRANGE",
    "GETSET", "INCR", "MGET", "MSET", "PING", "RENAME", "SETBIT", "SETNX", "SETRANGE", "STRLEN",
];

/// Steps between two walks over everything that the engine keeps.
const STEPS_PER_CHECK: u32 = 100;

/// Turns after which a client must have had its replies.
const PATIENCE_TURNS: u32 = 20_000;

/// One client, its database, and what it waits for.
struct Player {
    client: u32,
    database: u8,
    model: Model,
    waiting: VecDeque<Vec<Vec<u8>>>,
    received: Vec<u8>,
    /// It is gone, and its successor comes when the engine has noticed.
    is_leaving: bool,
}

/// The engine, its kernel and its clients.
pub struct World {
    /// The kernel with the engine.
    pub kernel: Kernel,
    players: Vec<Player>,
    workload: Workload,
    random: Random,
    /// Replies judged.
    pub reply_count: u64,
    /// Refusals for want of memory.
    pub refused_count: u64,
}

impl World {
    /// A world that follows from its seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let limits = Limits {
            data_bytes: 1 << 20,
            receive_buffers_max: 4 + random.below(5) as u32,
            reply_buffers_max: 16 + random.below(17) as u32,
            blocks_max: 64,
            ..Limits::tiny()
        };
        let faults = Faults {
            fragment: random.below(200),
            delay: random.below(100),
            slow_reader: random.below(200),
        };
        let profile = Profile { key_count: 20, value_size_max: 20_000, near_deadlines: false };
        let kernel = Kernel::new(&limits, Settings::new(), seed, faults);
        let workload = Workload::new(seed, profile);
        let mut world = Self {
            kernel,
            players: Vec::new(),
            workload,
            random,
            reply_count: 0,
            refused_count: 0,
        };
        for database in 0..6 {
            let player = world.player(database);
            world.players.push(player);
        }
        world
    }

    fn player(&mut self, database: u8) -> Player {
        let client = self.kernel.connect();
        let mut model = Model::new(0);
        model.may_be_full = true;
        let mut player = Player {
            client,
            database,
            model,
            waiting: VecDeque::new(),
            received: Vec::new(),
            is_leaving: false,
        };
        let select = vec![b"SELECT".to_vec(), database.to_string().into_bytes()];
        for command in [select, vec![b"FLUSHDB".to_vec()]] {
            self.kernel.send(client, &request(&command));
            player.waiting.push_back(command);
        }
        player
    }

    /// One turn: somebody may do something, the engine has its turn, what came is judged.
    pub fn step(&mut self) -> Result<(), String> {
        let index = self.random.below(self.players.len() as u64) as usize;
        match self.random.below(64) {
            0 => self.kernel.advance(self.random.below(2_000)),
            1 => self.kernel.jump(self.random.below(7_200_000).cast_signed() - 3_600_000),
            2 if !self.players[index].is_leaving => {
                self.kernel.reset(self.players[index].client);
                self.players[index].is_leaving = true;
            }
            3..=40 if !self.players[index].is_leaving => self.talk(index),
            _ => {}
        }
        self.kernel.advance(1);
        self.kernel.turn();
        (0..self.players.len()).try_for_each(|index| self.listen(index))
    }

    /// Sends a pipeline, if not too much is under way already.
    fn talk(&mut self, index: usize) {
        let mut bytes = Vec::new();
        for _ in 0..self.random.below(12) {
            if self.players[index].waiting.len() > 60 {
                break;
            }
            let command = loop {
                let command = self.workload.command(false);
                let name = command[0].to_ascii_uppercase();
                // A value that lost its key would stand where a name should be.
                let is_fit = command[1..].iter().step_by(2).all(|word| word.len() <= 8_000);
                if is_fit && LOCAL.iter().any(|local| local.as_bytes() == name) {
                    break command;
                }
            };
            bytes.extend(request(&command));
            self.players[index].waiting.push_back(command);
        }
        self.kernel.send(self.players[index].client, &bytes);
    }

    fn listen(&mut self, index: usize) -> Result<(), String> {
        let player = &mut self.players[index];
        player.received.extend(self.kernel.take_output(player.client));
        if player.is_leaving {
            if self.kernel.is_closed(player.client) {
                let database = player.database;
                self.players[index] = self.player(database);
            }
            return Ok(());
        }
        if self.kernel.is_closed(player.client) {
            return Err(format!("client {} was closed for nothing", player.client));
        }
        while let Some((value, size)) =
            Value::parse(&player.received).map_err(|why| format!("malformed: {}", why.0))?
        {
            player.received.drain(..size);
            let command = player.waiting.pop_front();
            let command = command.ok_or(format!("a reply to nothing: {value:?}"))?;
            self.reply_count += 1;
            let is_refused = value.as_error().is_some_and(|line| line.starts_with(b"OOM "));
            self.refused_count += u64::from(is_refused);
            player.model.judge(1, &command, &value).map_err(|why| {
                format!(
                    "client {}: {:?} got {}{why}",
                    player.client,
                    words(&command),
                    value.to_text(false)
                )
            })?;
        }
        Ok(())
    }

    /// Nobody does anything more: every reply must come, every pool must be whole again.
    pub fn settle(&mut self) -> Result<(), String> {
        for _ in 0..PATIENCE_TURNS {
            self.kernel.advance(1);
            self.kernel.turn();
            (0..self.players.len()).try_for_each(|index| self.listen(index))?;
            if self.players.iter().all(|player| player.waiting.is_empty() && !player.is_leaving) {
                break;
            }
        }
        if let Some(player) = self.players.iter().find(|player| !player.waiting.is_empty()) {
            let count = player.waiting.len();
            return Err(format!("client {} still waits for {count} replies", player.client));
        }
        for player in &self.players {
            self.kernel.half_close(player.client);
        }
        for _ in 0..PATIENCE_TURNS {
            self.kernel.advance(1);
            self.kernel.turn();
            if self.players.iter().all(|player| self.kernel.is_closed(player.client)) {
                break;
            }
        }
        self.kernel.engine.check();
        match self.kernel.receive_buffers_lent() {
            0 => Ok(()),
            count => Err(format!("{count} receive buffers never came back")),
        }
    }
}

fn words(command: &[Vec<u8>]) -> Vec<String> {
    let shortened = |word: &Vec<u8>| word[..word.len().min(40)].escape_ascii().to_string();
    command.iter().map(shortened).collect()
}

/// One seed, `step_count` steps.
pub fn run_seed(seed: u64, step_count: u32) -> Result<World, String> {
    let mut world = World::new(seed);
    let mut steps = 0..step_count;
    let result = steps.try_for_each(|number| {
        if number % STEPS_PER_CHECK == 0 {
            world.kernel.engine.check();
        }
        world.step()
    });
    let result = result.and_then(|()| world.settle());
    result.map(|()| world).map_err(|why| format!("world seed {seed}: {why}"))
}

#[cfg(test)]
#[path = "world_test.rs"]
mod world_test;
