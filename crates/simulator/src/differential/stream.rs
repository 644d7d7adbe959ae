//! A stream: commands over a few connections, of which one at a time sends a batch. All of it
//! follows from its seed, but for the times of day in it.
//!
//! Keeps true: what a stream does to replies and connections is what `Tracker` can follow, and a
//! key that is set with a deadline in the past is looked at at once, since only then is it gone
//! from DBSIZE in Redis, too.
//!
//! Some streams have the commands of one kind of collection only: nothing overwrites or flushes
//! what grows there.
use super::edges::MALFORMED;
use super::grammar::{Node, expand};
use super::rules::RULES;
use super::tracker::{Expected, Tracker};
use super::values::Draw;
use super::words::Words;
use granite_engine::commands::table::{COMMANDS, Group};

/// Chapters of commands of which some streams have nothing else.
const GROWING: [Group; 4] = [Group::List, Group::Hash, Group::Set, Group::SortedSet];
/// Connections of a stream.
pub const CONNECTION_COUNT: u8 = 3;
/// A batch has less than 2 to the power of this.
const BATCH_BITS: u64 = 12;
/// The longest word of a command that is spoiled, so that no value becomes a name.
const SPOILED_SIZE_MAX: usize = 1_000;

/// The longest command that another command names.
const NAMED_SIZE_MAX: usize = 8_000;

/// How a command is written down.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// As clients do: an array of bulk strings.
    Array,
    /// A line of words, quoted where they have to be.
    Inline,
    /// As an array, after requests that are empty.
    AfterNothing,
}

/// One command of a stream.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    start: u32,
    end: u32,
    /// The connection that sends it.
    pub connection: u8,
    /// Commands of one batch are sent at once.
    pub batch: u32,
    /// Its row in `RULES`; past the end if it is no command.
    pub rule: u16,
    /// How it is written down.
    pub form: Form,
    /// Nothing may come between it and the one before.
    pub follows: bool,
}

impl Step {
    /// The same from the first connection, in one batch with all others.
    #[must_use]
    pub fn alone(&self) -> Self {
        Self { connection: 0, batch: 0, ..*self }
    }
}

/// Commands in order.
pub struct Stream {
    /// The seed that it follows from.
    pub seed: u64,
    /// Connections begin with HELLO 3.
    pub resp3: bool,
    /// The commands.
    pub steps: Vec<Step>,
    bytes: Vec<u8>,
}

impl Stream {
    /// A stream to which commands are added by hand.
    pub fn new(seed: u64, resp3: bool) -> Self {
        Self { seed, resp3, steps: Vec::new(), bytes: Vec::new() }
    }

    /// Adds a command.
    pub fn add(&mut self, words: &Words, connection: u8, batch: u32, form: Form) {
        let start = self.bytes.len() as u32;
        super::wire::encode(words.iter(), words.count(), &mut self.bytes);
        let rule = super::compare::rule_of(words.iter());
        let rule = rule.map_or(u16::MAX, |rule| rule as u16);
        let end = self.bytes.len() as u32;
        self.steps.push(Step { start, end, connection, batch, rule, form, follows: false });
    }

    /// The command as an array of bulk strings.
    pub fn request(&self, step: &Step) -> &[u8] {
        &self.bytes[step.start as usize..step.end as usize]
    }

    /// The words of a command.
    pub fn words(&self, step: &Step) -> impl Iterator<Item = &[u8]> {
        super::wire::words(self.request(step))
    }

    /// Appends the command as it is sent.
    pub fn write(&self, step: &Step, out: &mut Vec<u8>) {
        match step.form {
            Form::Array => {}
            Form::AfterNothing => out.extend_from_slice(b"*0\r\n\r\n*-1\r\n"),
            Form::Inline => return super::wire::encode_inline(self.words(step), out),
        }
        out.extend_from_slice(self.request(step));
    }
}

/// Makes streams.
pub struct Generator {
    syntaxes: Vec<Node>,
    command_count: usize,
}

/// What is being made.
struct Making<'a> {
    syntaxes: &'a [Node],
    stream: Stream,
    draw: Draw,
    /// Each row as often as its weight says.
    wheel: Vec<u16>,
    trackers: [Tracker; CONNECTION_COUNT as usize],
    connection: u8,
    batch: u32,
    words: Words,
}

impl Generator {
    /// Streams of so many commands, of the syntax of each row of `RULES`.
    pub fn new(syntaxes: Vec<Node>, command_count: usize) -> Self {
        assert_eq!(syntaxes.len(), RULES.len(), "each row has its syntax");
        Self { syntaxes, command_count }
    }

    /// The stream of a seed.
    pub fn stream(&self, seed: u64, resp3: bool, now_ms: i64) -> Stream {
        let mut draw = Draw::new(seed, now_ms);
        let index = draw.below(3 * GROWING.len() as u64) as usize;
        let only = GROWING.get(index).copied();
        let mut wheel = Vec::new();
        for (index, rule) in RULES.iter().enumerate() {
            if only.is_some_and(|group| !is_of(group, rule.name)) {
                continue;
            }
            // Every stream has its own taste: some commands often, some never.
            let count = rule.weight * draw.below(5);
            wheel.extend(std::iter::repeat_n(index as u16, count as usize));
        }
        let mut making = Making {
            syntaxes: &self.syntaxes,
            stream: Stream::new(seed, resp3),
            draw,
            wheel,
            trackers: Default::default(),
            connection: 0,
            batch: 0,
            words: Words::default(),
        };
        while making.stream.steps.len() < self.command_count {
            making.batch(self.command_count);
        }
        making.stream
    }
}

/// Is the command of this name in the chapter?
fn is_of(group: Group, name: &str) -> bool {
    COMMANDS.iter().any(|command| command.name == name && command.group == group)
}

impl Making<'_> {
    fn batch(&mut self, command_count: usize) {
        self.batch += 1;
        self.connection = self.draw.below(u64::from(CONNECTION_COUNT)) as u8;
        // The larger of two draws: every batch is a round trip.
        let bits = self.draw.below(BATCH_BITS).max(self.draw.below(BATCH_BITS));
        let size = self.draw.below(1 << bits) as usize + 1;
        let end = command_count.min(self.stream.steps.len() + size);
        while self.stream.steps.len() < end {
            if self.command() == Expected::ReplyAndEnd {
                break;
            }
        }
    }

    fn pick(&mut self) -> usize {
        let index = self.draw.below(self.wheel.len() as u64) as usize;
        let rule = self.wheel[index] as usize;
        // What tells of all commands tells a lot.
        let is_long = ["command", "command|docs", "command|info"].contains(&RULES[rule].name);
        if is_long && !self.draw.one_in(8) { self.pick() } else { rule }
    }

    /// One command, with those that belong to it.
    fn command(&mut self) -> Expected {
        let in_transaction = self.trackers[self.connection as usize].in_transaction();
        if in_transaction && self.draw.one_in(12) {
            let name = if self.draw.one_in(6) { "DISCARD" } else { "EXEC" };
            return self.literal(&[name]);
        }
        let rule = self.pick();
        let name = RULES[rule].name;
        if name == "client|reply" && in_transaction {
            return self.literal(&["CLIENT", "REPLY", "maybe"]);
        }
        if name == "client|reply" && self.draw.one_in(2) {
            return self.silenced();
        }
        self.expand(rule);
        self.spoil(name);
        let said = self.add();
        self.look_at_dead(name);
        if name == "reset" && self.stream.resp3 {
            self.literal(&["HELLO", "3"]);
        }
        said
    }

    /// Looks at the key of the last command, if that may have set a deadline in the past.
    fn look_at_dead(&mut self, name: &str) {
        let is_absolute = |word: &[u8]| {
            ["EXAT", "PXAT"].iter().any(|it| word.eq_ignore_ascii_case(it.as_bytes()))
        };
        if !matches!(name, "set" | "getex") || !self.words.iter().any(is_absolute) {
            return;
        }
        let key = self.words.get(1).to_vec();
        self.words.clear();
        self.words.push(b"EXISTS");
        self.words.push(&key);
        self.add_as(Form::Array);
        self.stream.steps.last_mut().expect("it was added a line above").follows = true;
    }

    /// CLIENT REPLY OFF or SKIP, what they silence, and something that is answered, all in one
    /// piece: only then has everything run before other connections go on.
    fn silenced(&mut self) -> Expected {
        let first = self.stream.steps.len();
        let is_off = self.draw.one_in(2);
        self.literal(&["CLIENT", "REPLY", if is_off { "OFF" } else { "SKIP" }]);
        let count = if is_off { self.draw.below(20) } else { 1 };
        let mut sent = 0;
        while sent < count {
            let rule = self.pick();
            let name = RULES[rule].name;
            let changes_more = ["multi", "exec", "discard", "quit", "reset"].contains(&name);
            if !changes_more && !name.starts_with("client|") {
                self.expand(rule);
                // Redis takes an empty request for the one to be skipped.
                self.add_as(Form::Array);
                self.look_at_dead(name);
                sent += 1;
            }
        }
        let words: &[&str] = if is_off { &["CLIENT", "REPLY", "ON"] } else { &["PING"] };
        let said = self.literal(words);
        for step in &mut self.stream.steps[first + 1..] {
            step.follows = true;
        }
        said
    }

    fn literal(&mut self, words: &[&str]) -> Expected {
        self.words.clear();
        for word in words {
            self.words.push(word.as_bytes());
        }
        self.add()
    }

    /// A command of this row into `words`.
    fn expand(&mut self, rule: usize) {
        self.words.clear();
        self.expand_more(rule);
        if RULES[rule].name.starts_with("command|getkeys") {
            // 7.0 wants one argument more than 7.2: a name alone would be refused there.
            // Granite takes no more than 16 KiB where no value belongs.
            while self.words.count() <= 3 || self.words.bytes.len() > NAMED_SIZE_MAX {
                self.words.clear();
                self.expand_more(rule);
                let other = self.pick();
                self.expand_more(other);
            }
        }
    }

    fn expand_more(&mut self, rule: usize) {
        let first = self.words.count();
        for word in RULES[rule].name.split('|') {
            self.words.bytes.extend(word.bytes().map(|byte| byte.to_ascii_uppercase()));
            self.words.end();
        }
        match self.draw.below(16) {
            0 => self.words.get_mut(first).make_ascii_lowercase(),
            1 => self.words.get_mut(first)[0].make_ascii_lowercase(),
            _ => {}
        }
        expand(&self.syntaxes[rule], &mut self.draw, &mut self.words);
    }

    /// Loses, doubles or spoils a word, rarely. Not where that could silence or close a connection
    /// that the driver wants to keep.
    fn spoil(&mut self, name: &str) {
        if !self.draw.one_in(40) || name.starts_with("client|") || name == "hello" {
            return;
        }
        let mut words = self.words.to_vecs();
        if words.iter().any(|word| word.len() > SPOILED_SIZE_MAX || is_unspoiled(word)) {
            return;
        }
        let index = self.draw.below(words.len() as u64) as usize;
        match self.draw.below(4) {
            0 if index > 0 => drop(words.remove(index)),
            1 if index > 0 => words.insert(index, words[index].clone()),
            2 => words.push(self.draw.pick(MALFORMED).as_bytes().to_vec()),
            _ if index > 0 || self.draw.one_in(4) => {
                words[index] = self.draw.pick(MALFORMED).as_bytes().to_vec();
            }
            _ => {}
        }
        // 7.0 wants one argument more than 7.2.
        if words.len() > 3 || !name.starts_with("command|getkeys") {
            self.words.replace(&words);
        }
    }

    fn add(&mut self) -> Expected {
        let form = match self.draw.below(400) {
            0..=15 if self.words.bytes.len() < SPOILED_SIZE_MAX => Form::Inline,
            16 => Form::AfterNothing,
            _ => Form::Array,
        };
        // A line without a word is no request.
        self.add_as(if self.words.get(0).is_empty() { Form::Array } else { form })
    }

    fn add_as(&mut self, form: Form) -> Expected {
        self.stream.add(&self.words, self.connection, self.batch, form);
        let tracker = &mut self.trackers[self.connection as usize];
        tracker.observe(self.words.iter())
    }
}

/// Sets with one score keep it, 7.0 takes no fourth argument of ZRANK, which 7.2 reads, and SPOP
/// without a count takes any member. SORT by another pattern, and searches in other sets, leave an
/// order to chance.
fn is_unspoiled(word: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [b"zrank", b"zrevrank", b"spop", b"sort", b"sort_ro"];
    word.starts_with(b"uniform:")
        || word.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(b"geo"))
        || NAMES.iter().any(|name| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
#[path = "stream_test.rs"]
mod stream_test;
