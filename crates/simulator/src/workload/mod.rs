//! Random commands. Each command has a line of syntax, as the documentation of Redis writes it;
//! its arguments are drawn with much weight on borders (empty, one byte, slot classes, 8 KiB,
//! 64 KiB, the ends of the integers), and now and then an argument is lost, doubled or spoiled.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "small random numbers become signed arguments"
)]
mod collections;
mod computed;
pub(crate) mod vigil;
use computed::{NUMBER_COUNT, OBSERVED_COUNT};
use granite_engine::random::Random;

/// Syntax of every command: upper case words stand for themselves, lower case ones name a kind of
/// argument, `[ ]` may be left out, `( | )` is a choice, `+` repeats up to four times.
const SYNTAX: &[&str] = &[
    "APPEND key value",
    "AUTH name [ name ]",
    "BITCOUNT key [ position position [ unit ] ]",
    "BITFIELD key field+",
    "BITFIELD_RO key ( field+ | GET width offset )",
    "BITOP ( AND | OR | XOR ) key key+",
    "BITOP NOT key key",
    "BITPOS key bit [ position [ position [ unit ] ] ]",
    "CLIENT ( ID | GETNAME | SETNAME name | NO-EVICT ON | NO-EVICT OFF | LIST | INFO )",
    "COMMAND ( COUNT | INFO GET SET | LIST | DOCS GET | GETKEYS SET key 1 )",
    "CONFIG ( GET maxmemory* | RESETSTAT )",
    "COPY key key [ DB database ] [ REPLACE ]",
    "DBSIZE",
    "DECR key",
    "DECRBY key integer",
    "DEL key+",
    "DISCARD",
    "ECHO value",
    "EXEC",
    "EXISTS key+",
    "EXPIRE key seconds [ condition ]",
    "EXPIREAT key unix_seconds [ condition ]",
    "EXPIRETIME key",
    "FLUSHALL [ ( ASYNC | SYNC ) ]",
    "FLUSHDB [ ( ASYNC | SYNC ) ]",
    "FUNCTION FLUSH",
    "GET key",
    "GETBIT key offset",
    "GETDEL key",
    "GETEX key [ ( time | PERSIST ) ]",
    "GETRANGE key position position",
    "GETSET key value",
    "HELLO [ ( 2 | 3 | 4 | x ) [ SETNAME name ] ]",
    "INCR key",
    "INCRBY key integer",
    "INCRBYFLOAT key float",
    "INFO [ ( server | memory | keyspace | everything ) ]",
    "KEYS pattern",
    "LASTSAVE",
    "LATENCY ( RESET | HISTOGRAM )",
    "MEMORY ( USAGE key [ SAMPLES 5 ] | STATS )",
    "MGET key+",
    "MOVE key database",
    "MSET key value [ key value ] [ key value ] [ key ]",
    "MSETNX key value [ key value ]",
    "MULTI",
    "OBJECT ( ENCODING | IDLETIME | REFCOUNT | FREQ ) key",
    "PERSIST key",
    "PEXPIRE key milliseconds [ condition ]",
    "PEXPIREAT key unix_milliseconds [ condition ]",
    "PEXPIRETIME key",
    "PING [ value ]",
    "PSETEX key milliseconds value",
    "PTTL key",
    "RANDOMKEY",
    "RENAME key key",
    "RENAMENX key key",
    "RESET",
    "SCAN cursor [ MATCH pattern ] [ COUNT count ] [ TYPE ( string | hash ) ]",
    "SCRIPT FLUSH",
    "SELECT database",
    "SET key value [ ( NX | XX ) ] [ GET ] [ ( time | KEEPTTL ) ]",
    "SETBIT key offset bit",
    "SETEX key seconds value",
    "SETNX key value",
    "SETRANGE key offset value",
    "SLOWLOG ( GET | LEN | RESET )",
    "STRLEN key",
    "SUBSTR key position position",
    "SWAPDB database database",
    "TIME",
    "TOUCH key+",
    "TTL key",
    "TYPE key",
    "UNLINK key+",
    "UNWATCH",
    "WATCH key+",
];

/// What values are cut from.
const PATTERN: [u8; 251 * 32] = {
    let mut pattern = [0; 251 * 32];
    let mut index = 0;
    while index < pattern.len() {
        pattern[index] = (index % 251) as u8;
        index += 1;
    }
    pattern
};

/// Commands that random streams leave out, and why. A test compares both lists with the table of
/// the engine, so that no command is forgotten.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("DEBUG", "it stops the clock or the server"),
    ("PFDEBUG", "it shows how registers lie; transcripts and the differential judge have it"),
    ("PFSELFTEST", "it looks at no data; the transcripts have it"),
    ("QUIT", "it closes the connection; the transcripts and the world have it"),
    ("SHUTDOWN", "it ends the server"),
];

/// Names of all commands that a workload can send.
pub fn command_names() -> impl Iterator<Item = &'static str> {
    let collections = collections::SYNTAX.iter().chain(collections::MORE);
    let lines = SYNTAX.iter().chain(collections).chain(computed::SYNTAX);
    lines.map(|line| line.split(' ').next().expect("a line begins with the name"))
}

/// What a run draws from.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Keys in use. Few, so that commands meet each other's traces.
    pub key_count: u64,
    /// The largest value.
    pub value_size_max: u64,
    /// Every second value is about as large as that.
    pub is_heavy: bool,
    /// Deadlines that pass during the run. Not where the clock is a real one.
    pub near_deadlines: bool,
    /// Every other command is about a collection. Not where memory is judged to the slot: what a
    /// tree takes does not follow from its elements.
    pub has_collections: bool,
    /// And any command of collections may come. The worlds of old seeds know only some.
    pub has_all_collections: bool,
    /// Commands that compute something (HyperLogLogs, positions, SORT and LCS) come too.
    pub has_computed: bool,
}

/// A source of random commands.
#[derive(Debug)]
pub struct Workload {
    /// Where all choices come from.
    pub random: Random,
    profile: Profile,
    /// Unix milliseconds, for absolute deadlines.
    pub now_ms: i64,
    /// Weight of each line of the syntax in this run: each run has its own taste.
    weights: Vec<u64>,
}

impl Workload {
    /// A source whose whole sequence follows from the seed.
    pub fn new(seed: u64, profile: Profile) -> Self {
        let mut random = Random::new(seed);
        let weights = SYNTAX.iter().map(|line| weight(line, &mut random)).collect();
        Self { random, profile, now_ms: 0, weights }
    }

    /// The next command. In a transaction EXEC and DISCARD come sooner.
    pub fn command(&mut self, in_transaction: bool) -> Vec<Vec<u8>> {
        if in_transaction && self.one_in(6) {
            return vec![if self.one_in(5) { b"DISCARD".to_vec() } else { b"EXEC".to_vec() }];
        }
        if self.profile.has_computed && self.one_in(6) {
            return self.computed_command();
        }
        if self.profile.has_collections && self.one_in(2) {
            return self.collection_command();
        }
        let total: u64 = self.weights.iter().sum();
        let mut at = self.random.below(total);
        let line = SYNTAX.iter().zip(&self.weights).find(|(_, weight)| {
            let is_it = at < **weight;
            at = at.saturating_sub(**weight);
            is_it
        });
        let words: Vec<&str> = line.expect("it is below the total").0.split(' ').collect();
        let mut arguments = Vec::new();
        self.expand(&words, &mut arguments);
        self.spoil(&mut arguments);
        arguments
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.random.below(count) == 0
    }

    fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.random.below(choices.len() as u64) as usize]
    }

    fn expand(&mut self, words: &[&str], arguments: &mut Vec<Vec<u8>>) {
        let mut at = 0;
        while at < words.len() {
            let end = group_end(words, at);
            let inside = words.get(at + 1..end.saturating_sub(1)).unwrap_or_default();
            match words[at] {
                "[" if self.one_in(2) => self.expand(inside, arguments),
                "[" => {}
                "(" => {
                    let choices = alternatives(inside);
                    let choice = self.random.below(choices.len() as u64) as usize;
                    self.expand(choices[choice], arguments);
                }
                word => self.expand_word(word, arguments),
            }
            at = end;
        }
    }

    fn expand_word(&mut self, word: &str, arguments: &mut Vec<Vec<u8>>) {
        let (kind, count) = match word.strip_suffix('+') {
            Some(kind) => (kind, 1 + self.random.below(4)),
            None => (word, 1),
        };
        for _ in 0..count {
            match kind {
                "time" => {
                    let line = [
                        "EX seconds",
                        "PX milliseconds",
                        "EXAT unix_seconds",
                        "PXAT unix_milliseconds",
                    ];
                    let words: Vec<&str> = self.pick(&line).split(' ').collect();
                    self.expand(&words, arguments);
                }
                "field" => {
                    let line = [
                        "GET width offset",
                        "SET width offset operand",
                        "INCRBY width offset operand",
                        "OVERFLOW overflow",
                    ];
                    let words: Vec<&str> = self.pick(&line).split(' ').collect();
                    self.expand(&words, arguments);
                }
                "many_observed" => arguments.extend(self.many_numbers(OBSERVED_COUNT, 1_000)),
                "many_numbers" => arguments.extend(self.many_numbers(NUMBER_COUNT, 300)),
                _ => arguments.push(self.argument(kind)),
            }
        }
    }

    fn argument(&mut self, kind: &str) -> Vec<u8> {
        let special = self.collection_argument(kind);
        if let Some(argument) = special.or_else(|| self.computed_argument(kind)) {
            return argument;
        }
        let text: &str = match kind {
            "key" => return self.key(),
            "value" => return self.value(),
            "integer" => return self.integer().to_string().into_bytes(),
            // Below, Redis' own check for overflow overflows, and saturates at the wrong end.
            "operand" => return self.integer().max(i64::MIN / 2).to_string().into_bytes(),
            "seconds" => return self.duration(1000).to_string().into_bytes(),
            "milliseconds" => return self.duration(1).to_string().into_bytes(),
            "unix_seconds" => {
                return (self.now_ms / 1000 + self.duration(1000)).to_string().into_bytes();
            }
            "unix_milliseconds" => {
                return (self.now_ms + self.duration(1)).to_string().into_bytes();
            }
            "position" => return (self.random.below(90) as i64 - 45).to_string().into_bytes(),
            "offset" => return self.offset().to_string().into_bytes(),
            "width" => return self.width(),
            "count" => return self.random.below(40).to_string().into_bytes(),
            "database" if !self.one_in(20) => self.pick(&["0", "0", "1", "2"]),
            "database" => self.pick(&["15", "16", "-1", "a"]),
            "bit" if !self.one_in(20) => self.pick(&["0", "1"]),
            "bit" => self.pick(&["2", "-1", "x"]),
            "unit" => self.pick(&["BIT", "BYTE", "bit", "nibble"]),
            "overflow" => self.pick(&["WRAP", "SAT", "FAIL", "fail", "none"]),
            "condition" => self.pick(&["NX", "XX", "GT", "LT", "gt", "ZZ"]),
            "cursor" => self.pick(&["0", "0", "0", "7", "x", "18446744073709551615"]),
            "name" => self.pick(&["me", "", "a name", "you\n", "x"]),
            "float" => self.pick(&[
                "1.5",
                "-0.1",
                "0.2",
                "3",
                "1e3",
                "-2.5e-3",
                "1e17",
                "nan",
                "inf",
                "",
                "1e5000",
                "123456789.123456789",
                "0x1f",
                "-1e-9",
                " 1",
            ]),
            "pattern" => self.pick(&["*", "k*", "key:?", "*:1*", "[a-k]*", "key:[^12]", "\\*", ""]),
            literal if self.one_in(16) => return literal.to_ascii_lowercase().into_bytes(),
            literal => literal,
        };
        text.as_bytes().to_vec()
    }

    fn key(&mut self) -> Vec<u8> {
        match self.random.below(self.profile.key_count + 3) {
            0 => b"".to_vec(),
            1 => b"*\r\n\0\xff \"".to_vec(),
            2 => vec![b'n'; 7_900],
            number => format!("key:{number}").into_bytes(),
        }
    }

    fn value(&mut self) -> Vec<u8> {
        if self.one_in(3) {
            return self.integer().to_string().into_bytes();
        }
        let size = if self.profile.is_heavy && self.one_in(2) {
            self.profile.value_size_max / (1 + self.random.below(4))
        } else {
            self.size().min(self.profile.value_size_max)
        };
        // Any piece of the pattern is told from its neighbours: 251 is prime.
        let first = self.random.below(251) as usize;
        let mut value = Vec::with_capacity(size as usize);
        while value.len() < size as usize {
            let rest = size as usize - value.len();
            let from = (first + value.len()) % PATTERN.len();
            value.extend_from_slice(&PATTERN[from..(from + rest).min(PATTERN.len())]);
        }
        value
    }

    /// Sizes with much weight on the borders of slot classes, of slots and of frames.
    fn size(&mut self) -> u64 {
        let near = |random: &mut Random, border: u64| (border + random.below(5)).saturating_sub(2);
        match self.random.below(24) {
            0 | 1 => 0,
            2 | 3 => 1,
            4 => 44,
            5 => 45,
            6..=14 => self.random.below(80),
            15..=18 => {
                let class = 16 * (1 + self.random.below(32));
                // The header and a short name stand before the value.
                near(&mut self.random, class).saturating_sub(self.random.below(3) * 9)
            }
            19 | 20 => self.random.below(4_000),
            21 => near(&mut self.random, 8 << 10) - self.random.below(2) * 20,
            22 => near(&mut self.random, 20_540),
            // Several frames of 32 or 64 KiB.
            _ if self.one_in(4) => {
                let frames = 2 + self.random.below((self.profile.value_size_max >> 15).max(1));
                near(&mut self.random, frames << 15)
            }
            _ => near(&mut self.random, 32 << 10),
        }
    }

    fn integer(&mut self) -> i64 {
        match self.random.below(16) {
            0 => i64::MAX,
            1 => i64::MIN,
            2 => i64::MAX - 1,
            3 => 0,
            4 => -1,
            5 => 255,
            6 => self.random.bits().cast_signed(),
            _ => self.random.below(200) as i64 - 100,
        }
    }

    /// How far away a deadline is, in units of so many milliseconds.
    fn duration(&mut self, unit_ms: i64) -> i64 {
        match self.random.below(24) {
            0 if self.profile.near_deadlines => 0,
            1 => -5_000 / unit_ms,
            2 => i64::MAX / 2,
            3..=12 if self.profile.near_deadlines => self.random.below(40) as i64 * 100 / unit_ms,
            _ => (1_000_000 + self.random.below(10_000_000) as i64) / unit_ms,
        }
    }

    fn offset(&mut self) -> i64 {
        match self.random.below(24) {
            0 => -1,
            1 => 1 << 32,
            2 => i64::MAX,
            3 => self.random.below(60_000) as i64,
            _ => self.random.below(200) as i64,
        }
    }

    fn width(&mut self) -> Vec<u8> {
        let sign = if self.one_in(2) { 'i' } else { 'u' };
        let bits =
            if self.one_in(16) { 64 + self.random.below(2) } else { 1 + self.random.below(63) };
        format!("{sign}{bits}").into_bytes()
    }

    /// Loses, doubles or spoils an argument, rarely.
    fn spoil(&mut self, arguments: &mut Vec<Vec<u8>>) {
        if arguments.len() < 2 || !self.one_in(50) {
            return;
        }
        let index = 1 + self.random.below(arguments.len() as u64 - 1) as usize;
        match self.random.below(3) {
            0 => drop(arguments.remove(index)),
            1 => arguments.insert(index, arguments[index].clone()),
            _ => arguments[index] = self.pick(&["x", "", "01", "+1", "9223372036854775808"]).into(),
        }
    }
}

/// Every run has its own taste: some commands often, some never. What empties everything is rare,
/// or nothing would ever be there.
fn weight(line: &str, random: &mut Random) -> u64 {
    let name = line.split(' ').next().unwrap_or_default();
    let base = match name {
        "FLUSHALL" | "FLUSHDB" | "SWAPDB" | "RESET" | "HELLO" => 4,
        "SET" | "APPEND" | "SETRANGE" | "EXPIRE" | "PEXPIRE" | "GET" => 60,
        "MULTI" | "WATCH" | "EXEC" | "SELECT" => 20,
        "CLIENT" | "COMMAND" | "CONFIG" | "INFO" | "MEMORY" | "SLOWLOG" | "LATENCY" => 5,
        "FUNCTION" | "SCRIPT" | "AUTH" | "LASTSAVE" => 2,
        _ => 16,
    };
    base * random.below(5)
}

/// The end of the group that begins at `at`: one word, or up to the bracket's partner.
fn group_end(words: &[&str], at: usize) -> usize {
    let mut depth = 0;
    for (index, word) in words.iter().enumerate().skip(at) {
        depth += i32::from(matches!(*word, "[" | "("));
        depth -= i32::from(matches!(*word, "]" | ")"));
        if depth == 0 {
            return index + 1;
        }
    }
    panic!("a bracket does not close: {words:?}")
}

fn alternatives<'a, 'b>(words: &'a [&'b str]) -> Vec<&'a [&'b str]> {
    let (mut choices, mut start, mut at) = (Vec::new(), 0, 0);
    while at < words.len() {
        if words[at] == "|" {
            choices.push(&words[start..at]);
            start = at + 1;
        }
        at = if words[at] == "|" { at + 1 } else { group_end(words, at) };
    }
    choices.push(&words[start..]);
    choices
}
