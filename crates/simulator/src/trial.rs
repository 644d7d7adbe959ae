//! A trial: a stream of random commands over two connections, put to a server and to the model,
//! which judges every reply. All of it follows from the seed.
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::model::Model;
use crate::reached::Reached;
use crate::transcript::{Settings, Target, Wait};
use crate::value::{Value, request};
use crate::workload::{Profile, Workload};
use granite_engine::limits::Limits;
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
    model: Model,
    workload: Workload,
    plan: Plan,
    history: VecDeque<String>,
    /// First words of all error lines that were seen: a trial that reaches none proves little.
    pub reached: BTreeSet<String>,
}

impl<'a, T: Target> Trial<'a, T> {
    /// A trial that begins on an empty server.
    pub fn new(target: &'a mut T, seed: u64, plan: Plan, settings: &Settings) -> Self {
        target.begin(settings).expect("the server can be emptied");
        let mut model = Model::new(0);
        model.may_be_full = plan.may_be_full;
        let workload = Workload::new(seed, plan.profile);
        let (history, reached) = (VecDeque::new(), BTreeSet::new());
        Self { target, model, workload, plan, history, reached }
    }

    /// The clock that the model and the server begin with, and what the model knows of the server.
    #[must_use]
    pub fn with_model(mut self, adjust: impl FnOnce(&mut Model)) -> Self {
        adjust(&mut self.model);
        self
    }

    /// Runs all commands, then looks at everything that is stored.
    pub fn run(&mut self) -> Result<(), String> {
        for _ in 0..self.plan.command_count {
            if self.plan.clock_is_ours && self.workload.random.below(8) == 0 {
                let duration_ms = self.workload.random.below(300);
                self.target.advance(duration_ms);
                self.model.now_ms += duration_ms.cast_signed();
                self.remember(format!("~ {duration_ms} ms"));
            }
            let connection = 1 + self.workload.random.below(2) as u32;
            self.workload.now_ms = self.now_ms();
            let command = self.workload.command(self.model.in_transaction(connection));
            self.ask(connection, &command)?;
        }
        self.look_at_everything()
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
            self.reached.insert(line.split('\'').next().unwrap_or_default().to_owned());
        }
        if *value == Value::NullArray {
            self.reached.insert("a watch is broken".to_owned());
        }
        self.model
            .judge(connection, command, value)
            .map_err(|why| failed(&format!("{}{why}", value.to_text(false))))?;
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
                self.ask(3, &[b"GET".to_vec(), name.clone()])?;
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
    let is_small = seed.is_multiple_of(3);
    let limits = Limits {
        data_bytes: if is_small { 1 << 20 } else { 4 << 20 },
        // An index far too small in half of the seeds, so that buckets are chained.
        keys_max: if seed.is_multiple_of(2) { 40 } else { 20_000 },
        frame_size: 32 << 10,
        reply_max: 1 << 20,
        // Two transactions with many values of up to 66 KB.
        blocks_max: 1024,
        request_size_max: 4 << 20,
        staged_max: 64,
        ..Limits::tiny()
    };
    let faults = match seed % 4 {
        0 => Faults { fragment: 40, delay: 20, slow_reader: 20, ..Faults::default() },
        1 => Faults { fragment: 250, ..Faults::default() },
        _ => Faults::default(),
    };
    let profile = Profile {
        key_count: if is_small { 60 } else { 20 },
        value_size_max: 66_000,
        is_heavy: false,
        near_deadlines: true,
    };
    let plan = Plan { command_count: 400, profile, clock_is_ours: true, may_be_full: is_small };
    let mut granite = Granite::new(limits, seed, faults);
    let mut trial = Trial::new(&mut granite, seed, plan, &Settings::default());
    trial = trial.with_model(|model| model.now_ms = 2_000_000_000_000);
    let result = trial.run().map_err(|why| format!("seed {seed}\n{why}"));
    said.append(&mut trial.reached);
    granite.kernel().engine.check();
    reached.collect(granite.kernel());
    result
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
