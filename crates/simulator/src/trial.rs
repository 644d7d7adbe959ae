//! A trial: a stream of random commands over two connections, put to a server and to the model,
//! which judges every reply. All of it follows from the seed.
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::memory::{Account, Room};
use crate::model::Model;
use crate::reached::Reached;
use crate::transcript::{Settings, Target, Wait};
use crate::value::{Value, request};
use crate::workload::{Profile, Workload, vigil};
use granite_engine::limits::Limits;
use granite_engine::random::Random;
use std::collections::{BTreeSet, VecDeque};

/// Commands that a failure shows before the one that failed.
const HISTORY_COUNT: usize = 24;

/// What a trial does.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Commands to send.
    pub command_count: u32,
    /// What they are drawn from.
    pub profile: Profile,
    /// The clock of the server follows ours: the engine. Otherwise it is a real one.
    pub clock_is_ours: bool,
    /// `-OOM` is a legal reply to a write.
    pub may_be_full: bool,
}

/// A run of a plan against a server.
pub struct Trial<'a, T> {
    target: &'a mut T,
    pub(crate) model: Model,
    workload: Workload,
    plan: Plan,
    history: VecDeque<String>,
    /// First words of all error lines that were seen: a trial that reaches none proves little.
    pub said: BTreeSet<String>,
}

impl<'a, T: Target> Trial<'a, T> {
    /// A trial that begins on an empty server.
    pub fn new(target: &'a mut T, seed: u64, plan: Plan, settings: &Settings) -> Self {
        target.begin(settings).expect("the server can be emptied");
        let mut model = Model::new(0);
        model.may_be_full = plan.may_be_full;
        let workload = Workload::new(seed, plan.profile);
        let (history, said) = (VecDeque::new(), BTreeSet::new());
        Self { target, model, workload, plan, history, said }
    }

    /// The clock that the model and the server begin with, and what the model knows of the server.
    #[must_use]
    pub fn with_model(mut self, adjust: impl FnOnce(&mut Model)) -> Self {
        adjust(&mut self.model);
        self
    }

    /// Fills what memory there is with values of one size, then deletes a few of them: what comes
    /// next meets a store that is full to a slot or two.
    pub fn fill(&mut self, value_size: u64, delete_count: u64) -> Result<(), String> {
        let words = |line: &str| line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let select: Vec<Vec<u8>> = words("SELECT 3");
        self.ask(4, &select)?;
        for index in 0.. {
            let mut command: Vec<Vec<u8>> = words(&format!("SET fill:{index}"));
            command.push(vec![b'f'; value_size as usize]);
            if self.ask(4, &command)?.as_error().is_some() {
                break;
            }
        }
        let count = (self.model.keys(3).len() as u64).max(1);
        for _ in 0..delete_count {
            let command: Vec<Vec<u8>> =
                words(&format!("DEL fill:{}", self.workload.random.below(count)));
            self.ask(4, &command)?;
        }
        Ok(())
    }

    /// Runs all commands, then looks at everything that is stored.
    pub fn run(&mut self) -> Result<(), String> {
        for _ in 0..self.plan.command_count {
            if self.plan.clock_is_ours && self.workload.random.below(8) == 0 {
                let duration_ms = self.workload.random.below(300);
                self.advance(duration_ms);
            }
            let connection = 1 + self.workload.random.below(2) as u32;
            self.workload.now_ms = self.now_ms();
            let command = self.workload.command(self.model.in_transaction(connection));
            self.ask_all(connection, vec![command])?;
        }
        self.look_at_everything()
    }

    /// Asks these of one connection.
    pub(crate) fn ask_all(
        &mut self,
        connection: u32,
        commands: Vec<Vec<Vec<u8>>>,
    ) -> Result<(), String> {
        for mut command in commands {
            // Worlds go on with a walk; here each begins anew.
            for word in command.iter_mut().filter(|word| *word == b"next") {
                *word = b"0".to_vec();
            }
            self.ask(connection, &command)?;
        }
        Ok(())
    }

    /// Keys of all kinds are watched by one connection and changed by either (see
    /// `workload::vigil`), so many times.
    pub fn keep_vigils(&mut self, count: u32) -> Result<(), String> {
        self.ask(1, &[b"RESET".to_vec()])?;
        self.ask(2, &[b"RESET".to_vec()])?;
        for _ in 0..count {
            let [before, change, after] = vigil::draw(&mut self.workload.random);
            let other = 1 + self.workload.random.below(2) as u32;
            self.ask_all(1, before)?;
            self.ask_all(other, change)?;
            self.ask_all(1, after)?;
        }
        Ok(())
    }

    fn advance(&mut self, duration_ms: u64) {
        self.target.advance(duration_ms);
        self.model.now_ms += duration_ms.cast_signed();
        self.remember(format!("~ {duration_ms} ms"));
    }

    fn now_ms(&self) -> i64 {
        if self.plan.clock_is_ours { self.model.now_ms } else { unix_ms() }
    }

    fn ask(&mut self, connection: u32, command: &[Vec<u8>]) -> Result<Value, String> {
        let words: Vec<String> = command.iter().map(|word| shortened(word)).collect();
        self.remember(format!("@{connection} > {}", words.join(" ")));
        self.model.now_ms = self.now_ms();
        let answer = self.target.exchange(connection, &request(command), Wait::Reply);
        let failed = |why: &str| {
            let history: Vec<&str> = self.history.iter().map(String::as_str).collect();
            format!("{}\n{why}", history.join("\n"))
        };
        let values = Value::parse_all(&answer.bytes).map_err(|why| failed(&why.0))?;
        let [value] = &values[..] else { return Err(failed("not one reply")) };
        if let Some(line) = value.as_error() {
            let line = String::from_utf8_lossy(line).into_owned();
            self.said.insert(line.split('\'').next().unwrap_or_default().to_owned());
        }
        if *value == Value::NullArray {
            self.said.insert("a watch is broken".to_owned());
        }
        if let Some(spare) = &mut self.model.spare {
            spare.frame_count = self.target.spare_frames().unwrap_or_default();
        }
        self.model
            .judge(connection, command, value)
            .map_err(|why| failed(&format!("{}{why}", value.to_text(false))))?;
        self.model.settle();
        Ok(value.clone())
    }

    fn remember(&mut self, line: String) {
        if self.history.len() == HISTORY_COUNT {
            self.history.pop_front();
        }
        self.history.push_back(line);
    }

    /// Every key of every database: its value, its deadline, and whether a full SCAN finds it.
    fn look_at_everything(&mut self) -> Result<(), String> {
        let words = |line: &str| line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        self.ask(3, &[b"RESET".to_vec()])?;
        for database in 0..16_u8 {
            let command: Vec<Vec<u8>> = words(&format!("SELECT {database}"));
            self.ask(3, &command)?;
            let names = self.model.keys(database).into_iter().map(<[u8]>::to_vec);
            for name in names.collect::<Vec<_>>() {
                let reading = self.model.reading(database, &name);
                self.ask(3, &reading)?;
                self.ask(3, &[b"PTTL".to_vec(), name])?;
            }
            self.full_scan(database)?;
        }
        Ok(())
    }

    fn full_scan(&mut self, database: u8) -> Result<(), String> {
        let mut cursor = b"0".to_vec();
        let mut found = BTreeSet::new();
        loop {
            let reply = self.ask(3, &[b"SCAN".to_vec(), cursor.clone()])?;
            let Some([Value::Bulk(next), names]) = reply.elements() else {
                unreachable!("the model has judged it");
            };
            found.extend(names.elements().unwrap_or_default().iter().map(|name| match name {
                Value::Bulk(name) => name.clone(),
                _ => unreachable!("the model has judged it"),
            }));
            cursor.clone_from(next);
            if cursor == b"0" {
                break;
            }
        }
        let known: BTreeSet<Vec<u8>> =
            self.model.keys(database).into_iter().map(<[u8]>::to_vec).collect();
        if found == known {
            return Ok(());
        }
        Err(format!("a full SCAN found {} of {} keys", found.len(), known.len()))
    }
}

/// One seed against the engine. The seed also decides how much memory there is, and how often
/// something goes otherwise in the kernel.
pub fn run_seed(
    seed: u64,
    said: &mut BTreeSet<String>,
    reached: &mut Reached,
) -> Result<(), String> {
    let mut random = Random::new(seed ^ 0x6772_616E_6974_6521);
    let limits = small_limits(&mut random);
    let faults = match seed % 4 {
        0 => Faults { fragment: 40, delay: 20, slow_reader: 20, ..Faults::default() },
        1 => Faults { fragment: 250, ..Faults::default() },
        _ => Faults::default(),
    };
    let key_count = [20, 60, 60, 150][random.below(4) as usize];
    let value_size_max = [300, 5_000, 66_000, 66_000][random.below(4) as usize];
    let near_deadlines = random.below(4) > 0;
    let profile = Profile {
        key_count,
        value_size_max,
        is_heavy: false,
        near_deadlines,
        has_collections: false,
        has_all_collections: false,
        has_computed: false,
    };
    let plan = Plan { command_count: 400, profile, clock_is_ours: true, may_be_full: false };
    let mut granite = Granite::new(limits, seed, faults);
    let mut trial = Trial::new(&mut granite, seed, plan, &Settings::default());
    trial = trial.with_model(|model| {
        model.now_ms = 2_000_000_000_000;
        model.memory = Some(Account::new(Room::of(&limits, hash_key(seed))));
    });
    let is_filled = random.below(2) == 0;
    let filled = if is_filled {
        // Some hundred keys: the judge counts all of them after each command.
        let value_size = (limits.data_bytes / 400 + random.below(400)).min(8_100);
        trial.fill(value_size, random.below(8))
    } else {
        Ok(())
    };
    let result = filled.and_then(|()| trial.run()).map_err(|why| format!("seed {seed}\n{why}"));
    if let Some(memory) = &trial.model.memory {
        said.extend(memory.excused.keys().map(|name| (*name).to_owned()));
    }
    said.append(&mut trial.said);
    granite.kernel().engine.check();
    reached.collect(granite.kernel());
    result
}

/// So little data memory that most streams fill it, and an index that is sometimes far too small.
fn small_limits(random: &mut Random) -> Limits {
    let keys_max = [20, 100, 2_000][random.below(3) as usize];
    let frame_size = if random.below(8) == 0 { 64 << 10 } else { 32 << 10 };
    let frame_count = 1 + [4, 12, 31, 64, 128][random.below(5) as usize];
    Limits {
        maxmemory: 64 << 20,
        keys_max,
        data_bytes: frame_count * u64::from(frame_size),
        frame_size,
        reply_max: 1 << 20,
        // Two transactions with many values of up to 66 KB.
        blocks_max: 1024,
        request_size_max: 4 << 20,
        staged_max: 64,
        ..Limits::tiny()
    }
}

/// The key of the index hash, as the simulated kernel draws it.
pub(crate) fn hash_key(seed: u64) -> [u8; 16] {
    let mut random = Random::new(seed);
    std::array::from_fn(|_| random.bits() as u8)
}

/// Commands chosen by bytes instead of by a seed: for fuzzers.
pub struct Script {
    trial: Trial<'static, Granite>,
}

impl Script {
    /// A small full world; `world` says how small, and what the commands are made of.
    pub fn new(world: u8) -> Self {
        let seed = u64::from(world);
        let limits = Limits {
            receive_buffers_max: 4,
            reply_buffers_max: 32,
            staged_max: 16,
            blocks_max: 128,
            ..small_limits(&mut Random::new(seed))
        };
        let profile = Profile {
            key_count: 12,
            value_size_max: 40_000,
            is_heavy: false,
            near_deadlines: true,
            has_collections: false,
            has_all_collections: false,
            has_computed: false,
        };
        let plan = Plan { command_count: 0, profile, clock_is_ours: true, may_be_full: false };
        // A fuzzer ends its process after some thousands of these.
        let granite = Box::leak(Box::new(Granite::new(limits, seed, Faults::default())));
        let trial = Trial::new(granite, seed, plan, &Settings::default());
        let trial = trial.with_model(|model| {
            model.now_ms = 2_000_000_000_000;
            model.memory = Some(Account::new(Room::of(&limits, hash_key(seed))));
        });
        Self { trial }
    }

    /// Runs the command that these bytes choose.
    pub fn step(&mut self, [how, low, high]: [u8; 3]) -> Result<(), String> {
        let trial = &mut self.trial;
        if how >= 224 {
            trial.advance(u64::from(how - 224) * 20);
        }
        let connection = 1 + u32::from(how & 1);
        trial.workload.now_ms = trial.model.now_ms;
        trial.workload.random = Random::new(u64::from(u16::from_le_bytes([low, high])));
        let command = trial.workload.command(trial.model.in_transaction(connection));
        trial.ask(connection, &command).map(drop)
    }

    /// Looks at everything that is stored.
    pub fn finish(&mut self) -> Result<(), String> {
        self.trial.look_at_everything()
    }
}

fn shortened(word: &[u8]) -> String {
    let text = crate::value::quote(&word[..word.len().min(60)]);
    if word.len() > 60 { format!("{text}...{}", word.len()) } else { text }
}

/// The real time.
pub fn unix_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_millis()).expect("before the year 292 million")
}

#[cfg(test)]
#[path = "trial_test.rs"]
mod trial_test;
