//! A world: up to forty clients that pipeline, stop reading, half-close and vanish, around one
//! engine with pools of any size in a kernel with faults. All of it follows from the seed.
//!
//! Invariant: every reply is judged, byte for byte, by a model that executes the requests in the
//! order in which the engine did. A reply that never comes, comes twice, or comes to the wrong
//! client is found as surely as a wrong one; a connection that ends without a reason, a pool that
//! does not come back to what it was, and memory that stays taken are found too.
mod client;
mod draw;
mod ends;
pub(crate) mod feat;
pub(crate) mod grove;
mod judge;
mod script;
mod settle;
mod story;

use crate::kernel::Kernel;
use crate::model::{Model, Part};
use crate::report::Report;
use crate::value;
use client::{Client, End, Sent};
use draw::Nature;
use judge::Record;
use script::{Saying, Script, Step};
use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

/// Commands between two walks over everything that the engine has.
const WALK_COMMANDS: u64 = 1_000;

/// The most steps of background work that a turn may do, as the store counts them: some four times
/// what any seed has needed.
const WORK_PER_TURN_MAX: u64 = 4_000;

/// The engine, its kernel, its clients and their judge.
pub struct World {
    kernel: Kernel,
    nature: Nature,
    model: Model,
    clients: Vec<Client>,
    /// Who speaks from each seat.
    seats: Vec<Option<u32>>,
    /// Clients that have not ended.
    live: Vec<u32>,
    /// What was answered and is not judged yet.
    records: VecDeque<Record>,
    /// The parts of the request that is being answered, and the one that has not run yet.
    parts: Vec<Part>,
    part: Part,
    /// When it began, if that was in an earlier turn: a transaction sees that time.
    begun_ms: Option<i64>,
    /// Connections that there can have been at most while the last turn let clients in.
    connection_count_max: u32,
    /// Clients that the engine has heard of.
    known_count: usize,
    next_walk: u64,
    trace: DefaultHasher,
    report: Report,
}

impl World {
    /// A world that follows from its seed.
    fn new(seed: u64, is_verbose: bool) -> Self {
        let nature = Nature::draw(seed);
        let mut kernel = Kernel::watched(&nature.limits, nature.settings(), seed, nature.faults);
        kernel.is_verbose = is_verbose;
        kernel.engine.set_chaos(nature.chaos);
        let mut model = Model::new(kernel.now.unix_ms());
        (model.may_be_full, model.is_told, model.policy) = (true, true, nature.policy);
        Self {
            model,
            clients: Vec::new(),
            seats: vec![None; nature.seats.len()],
            live: Vec::new(),
            records: VecDeque::new(),
            parts: Vec::new(),
            begun_ms: None,
            part: Part::default(),
            connection_count_max: 0,
            known_count: 0,
            next_walk: WALK_COMMANDS,
            trace: DefaultHasher::new(),
            report: Report::default(),
            kernel,
            nature,
        }
    }

    fn now_ms(&self) -> i64 {
        self.kernel.now.unix_ms()
    }

    fn act(&mut self, step: Step) -> Result<(), String> {
        match step {
            Step::Say(seat, saying) => self.say(seat, saying),
            Step::Begin(seat, bytes) => {
                let number = self.client_in(seat);
                self.clients[number as usize].is_stuck = true;
                self.transmit(number, &bytes);
                self.seats[seat] = None;
            }
            Step::Reset(seat) => {
                if let Some(number) = self.seats[seat].take() {
                    self.reset(number);
                }
            }
            Step::HalfClose(seat) => {
                if let Some(number) = self.seats[seat].take() {
                    self.kernel.half_close(number);
                    self.kernel.set_deaf(number, false);
                }
            }
            Step::SetDeaf(seat, is_deaf) => {
                if let Some(number) = self.seats[seat] {
                    self.kernel.set_deaf(number, is_deaf);
                }
            }
            Step::Advance(duration_ms) => self.kernel.advance(duration_ms),
            Step::Jump(by_ms) => self.kernel.jump(by_ms),
            Step::Turns(count, each_ms) => {
                for _ in 0..count {
                    self.kernel.advance(each_ms);
                    self.turn()?;
                }
            }
        }
        Ok(())
    }

    fn reset(&mut self, number: u32) {
        let client = &mut self.clients[number as usize];
        if client.end == End::None {
            client.hang_up();
            self.kernel.reset(number);
        }
    }

    /// Who speaks from a seat; if it is empty, somebody connects.
    fn client_in(&mut self, seat: usize) -> u32 {
        if let Some(number) = self.seats[seat] {
            return number;
        }
        let is_local = self.nature.seats[seat].is_local;
        let address = if is_local { Ipv4Addr::LOCALHOST } else { Ipv4Addr::new(192, 0, 2, 1) };
        let number = self.kernel.connect_from(IpAddr::V4(address));
        self.clients.push(Client::new(seat, self.kernel.now.monotonic_ms));
        self.live.push(number);
        self.seats[seat] = Some(number);
        number
    }

    fn say(&mut self, seat: usize, saying: Saying) {
        let number = self.client_in(seat);
        let client = &mut self.clients[number as usize];
        let saying = saying.with_cursor(&client.cursors);
        let (request, bytes) = match saying {
            Saying::Nothing(bytes) => {
                self.transmit(number, bytes);
                return;
            }
            // Within a transaction these would be queued: what they do then is not judged.
            Saying::Quiet(_) | Saying::Kill(_) if client.in_transaction => return,
            Saying::Quiet(mode) => (Sent::Quiet(mode), value::request(&["CLIENT", "REPLY", mode])),
            Saying::Kill(of_seat) => {
                let Some(victim) = self.seats[of_seat] else { return };
                let host =
                    if self.nature.seats[of_seat].is_local { "127.0.0.1" } else { "192.0.2.1" };
                let address = format!("{host}:{}", Kernel::port(victim));
                (Sent::Kill(victim), value::request(&["CLIENT", "KILL", &address]))
            }
            Saying::Garbage(bytes) => (Sent::Garbage, bytes.to_vec()),
            Saying::Attack(bytes) => (Sent::Attack, bytes.to_vec()),
            Saying::Inline(words) => {
                let mut line = words.join(&b' ');
                line.extend_from_slice(b"\r\n");
                (Sent::Command(words), line)
            }
            Saying::Command(words) => {
                let bytes = value::request(&words);
                (Sent::Command(words), bytes)
            }
        };
        self.report.command_count += 1;
        let client = &mut self.clients[number as usize];
        if let Sent::Command(words) = &request {
            match &words[0].to_ascii_uppercase()[..] {
                b"MULTI" => client.in_transaction = true,
                b"EXEC" | b"DISCARD" | b"RESET" => client.in_transaction = false,
                _ => {}
            }
        }
        self.ask(number, request, &bytes);
    }

    /// Sends a request that will be answered.
    fn ask(&mut self, number: u32, request: Sent, bytes: &[u8]) {
        self.transmit(number, bytes);
        let client = &mut self.clients[number as usize];
        client.sent.push_back(request);
        client.ends.push_back(client.sent_size);
    }

    fn transmit(&mut self, number: u32, bytes: &[u8]) {
        self.clients[number as usize].sent_size += bytes.len() as u64;
        self.kernel.send(number, bytes);
    }

    /// One turn: the engine has its turn, what it did is taken down, what came is judged, and
    /// what must be true between turns is looked at.
    fn turn(&mut self) -> Result<(), String> {
        self.report.turn_count += 1;
        let new_count = self.clients.len() - self.known_count;
        self.known_count = self.clients.len();
        self.connection_count_max = self.kernel.engine.in_use().connections + new_count as u32;
        self.kernel.turn();
        self.take_down()?;
        self.listen()?;
        self.judge()?;
        self.note_ends()?;
        self.check()
    }

    fn listen(&mut self) -> Result<(), String> {
        let spoken_to = std::mem::take(&mut self.kernel.spoken_to);
        for number in &spoken_to {
            let client = &mut self.clients[*number as usize];
            let before = client.bytes().len();
            self.kernel.read_into(*number, client.bytes());
            (number, &client.bytes()[before..]).hash(&mut self.trace);
            if !self.kernel.wire(*number).refused {
                client
                    .parse()
                    .map_err(|why| format!("@{number} got what is no reply: {}", why.0))?;
            }
        }
        self.kernel.spoken_to = spoken_to;
        Ok(())
    }

    fn check(&mut self) -> Result<(), String> {
        let engine = &self.kernel.engine;
        engine.check_turn();
        let in_use = engine.in_use();
        let lent = self.kernel.receive_buffers_lent();
        if lent + in_use.carry_buffers != in_use.inputs {
            return Err(format!("{lent} receive buffers are lent, but in use are {in_use:?}"));
        }
        let work = engine.store().counters.turn_work_max;
        if work > WORK_PER_TURN_MAX {
            return Err(format!("a turn did {work} steps of background work"));
        }
        self.report.work_max = self.report.work_max.max(work);
        if self.report.command_count >= self.next_walk {
            self.next_walk += WALK_COMMANDS;
            engine.check();
        }
        Ok(())
    }
}

/// What is run: a seed, and how much of its script.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Commands of the script. A shorter script is the beginning of a longer one.
    pub command_count: u32,
    /// The steps that are taken, by their numbers: all of them, or those of some ranges.
    pub chosen: Option<Vec<Range<usize>>>,
    /// Tells everything on the standard output.
    pub is_verbose: bool,
}

impl Plan {
    /// The whole script of a seed.
    pub const fn whole(seed: u64, command_count: u32) -> Self {
        Self { seed, command_count, chosen: None, is_verbose: false }
    }

    /// How many steps the script has.
    pub fn step_count(&self) -> usize {
        Script::new(self.seed, &Nature::draw(self.seed), self.command_count).count()
    }

    fn takes(&self, index: usize) -> bool {
        let is_among =
            |ranges: &Vec<Range<usize>>| ranges.iter().any(|range| range.contains(&index));
        self.chosen.as_ref().is_none_or(is_among)
    }

    /// All steps, and the end of the world; to where the model is lost.
    fn play(&self, world: &mut World) -> Result<(), String> {
        let seed = self.seed;
        let script = Script::new(seed, &world.nature, self.command_count);
        for (index, step) in script.enumerate().filter(|(index, _)| self.takes(*index)) {
            if self.is_verbose {
                println!("{index}: {}", story::of_step(&step));
            }
            // Each step has its own chance, so that leaving out another one does not change it.
            let chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ index as u64;
            world.kernel.set_faults(world.nature.faults, chance);
            let result = world.act(step);
            if world.model.is_lost {
                return Ok(());
            }
            result.map_err(|why| format!("seed {seed}, step {index}: {why}"))?;
        }
        world.settle().map_err(|why| format!("seed {seed}, at the end: {why}"))
    }

    /// Runs it. Panics of the engine are the caller's to catch.
    pub fn run(&self) -> Result<Report, String> {
        let Self { seed, is_verbose, .. } = *self;
        let mut world = World::new(seed, is_verbose);
        if is_verbose {
            println!("{:#?}", world.nature);
        }
        let result = self.play(&mut world);
        if world.model.is_lost {
            world.report.count("end of a world, as what SPOP took was lost");
        } else {
            result?;
        }
        let starved_count = world.kernel.starved_count;
        world.report.met.insert("receive without a buffer".to_owned(), starved_count);
        world.report.trace = world.trace.finish();
        for (mark, count) in world.kernel.marks().iter().filter(|(_, count)| *count > 0) {
            *world.report.met.entry(mark.name().to_owned()).or_default() += u64::from(count);
        }
        Ok(world.report)
    }
}

#[cfg(test)]
#[path = "world_test.rs"]
mod world_test;
