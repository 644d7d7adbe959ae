//! A naive model of Redis: ordered maps and plain vectors, written from documented behaviour.
//!
//! It judges: given a command and the reply that a server gave, it says which reply is right. Where
//! Redis leaves a choice (RANDOMKEY, the order of KEYS, the text of INFO), it checks that the
//! given reply is a legal one and follows it. It shares no code with the engine, prefers the
//! obvious to the fast, and has itself been judged against a real redis-server.
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "sizes and offsets are checked as Redis checks them, in its 64-bit integers"
)]
#![allow(clippy::unnecessary_wraps, reason = "every command has the same shape")]
mod bitfield;
mod bitmap;
mod collection;
mod connection;
mod expiry;
mod follow;
mod glob;
mod keyspace;
mod lcs;
mod long_double;
mod room;
mod server;
mod string;
mod transaction;

use crate::memory::{Account, Change, Need, Shape};
use crate::value::Value;
use long_double::LongDouble;
use std::collections::{BTreeMap, VecDeque};

pub use collection::Spare;
pub use follow::Part;
pub use glob::matches;

/// What INCRBYFLOAT makes of two texts; none if either is no float or their sum is no number.
pub fn float_sum(one: &[u8], other: &[u8]) -> Option<String> {
    let (one, other) = (LongDouble::parse(one)?, LongDouble::parse(other)?);
    if one.is_infinite() || other.is_infinite() {
        return None;
    }
    let sum = one.add(&other).filter(|sum| !sum.is_infinite())?;
    Some(sum.to_text())
}

/// Arguments above this may take data memory while they arrive.
const STAGED_SIZE_MIN: usize = 8_000;
/// Databases of a server with default options.
const DATABASE_COUNT: u8 = 16;
/// The longest name of a key: Granite's own limit.
const KEY_SIZE_MAX: usize = 8_000;
/// The longest string: `proto-max-bulk-len`.
const STRING_SIZE_MAX: i64 = 512 << 20;

/// Why there is no plain reply.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Redis refuses, with this line.
    Refused(String),
    /// What the server answered is not among the legal replies.
    Illegal(String),
}

/// What a command gives.
type Outcome = Result<Value, Failure>;

fn refuse<T>(line: &str) -> Result<T, Failure> {
    Err(Failure::Refused(line.to_owned()))
}

const SYNTAX: &str = "ERR syntax error";
const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";

/// One key's content.
#[derive(Clone, Debug)]
struct Entry {
    value: Vec<u8>,
    expires_at: Option<i64>,
    encoding: Encoding,
    /// How it lies in memory, if that is judged.
    shape: Shape,
    /// Of a collection: what it has instead of a value.
    elements: Option<collection::Elements>,
}

/// What OBJECT ENCODING depends on besides the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Encoding {
    /// By the text alone.
    ByText,
    /// INCRBYFLOAT leaves `embstr` even where the text is an integer; `int` is as good.
    Number,
    /// Changed in place: `raw`.
    Raw,
}

/// What the model knows of a connection.
#[derive(Debug)]
struct Session {
    database: u8,
    resp3: bool,
    name: Vec<u8>,
    id: Option<i64>,
    queue: Option<Vec<Vec<Vec<u8>>>>,
    queue_failed: bool,
    watched: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    database: u8,
    key: Vec<u8>,
    touch_count: u64,
    was_there: bool,
}

/// What a database had under a name.
type Replaced = (u8, Vec<u8>, Option<Entry>);

/// A naive Redis.
#[derive(Debug)]
pub struct Model {
    /// Unix milliseconds.
    pub now_ms: i64,
    /// By how much a server's clock may differ: 0 for the engine, whose clock is an argument.
    pub slack_ms: i64,
    /// Redis 7.0 looks a key up before it reads the arguments of BITCOUNT and BITPOS, 7.2 after.
    pub like_7_0: bool,
    /// The server has so little memory that `-OOM` is a legal reply to a write.
    pub may_be_full: bool,
    /// Judges refusals for want of memory: then `may_be_full` means nothing.
    pub memory: Option<Account>,
    /// Judges refusals of writes into collections by it, where `memory` judges nothing.
    pub spare: Option<Spare>,
    /// What a command that is only tried has replaced.
    undo: Option<Vec<Replaced>>,
    /// Arguments of the commands that EXEC has yet to run, or is running.
    in_flight: Option<Vec<u64>>,
    /// Large values that EXEC has answered: readers may keep them until the reply is sent.
    being_read: Vec<Need>,
    /// Which keys the server may evict, under its policy's name; none without one.
    pub policy: &'static str,
    /// The server says which keys it drops by itself (see `follow`), so that it counts exactly.
    pub is_told: bool,
    /// What the server did while it ran the request that is being judged.
    account: VecDeque<Part>,
    /// A loss within a command that was not legal.
    wrong_loss: Option<String>,
    /// Somebody has watched a key: from then on changes are counted.
    is_watched: bool,
    databases: Vec<BTreeMap<Vec<u8>, Entry>>,
    touches: BTreeMap<(u8, Vec<u8>), u64>,
    sessions: BTreeMap<u32, Session>,
    /// Walks over collections that have not come to their end.
    walks: Vec<collection::Walk>,
    /// Nobody knows any more what is stored: a reply that would have said it was lost.
    pub is_lost: bool,
}

/// Everything that one command may look at.
struct Call<'a> {
    model: &'a mut Model,
    connection: u32,
    arguments: &'a [Vec<u8>],
    /// What the server answered: only for commands with more than one legal reply.
    actual: &'a Value,
}

impl Model {
    /// An empty server at a moment.
    pub fn new(now_ms: i64) -> Self {
        Self {
            now_ms,
            slack_ms: 0,
            like_7_0: false,
            may_be_full: false,
            memory: None,
            spare: None,
            undo: None,
            in_flight: None,
            being_read: Vec::new(),
            policy: "noeviction",
            is_told: false,
            account: VecDeque::new(),
            wrong_loss: None,
            is_watched: false,
            databases: vec![BTreeMap::new(); usize::from(DATABASE_COUNT)],
            touches: BTreeMap::new(),
            sessions: BTreeMap::new(),
            walks: Vec::new(),
            is_lost: false,
        }
    }

    /// Runs a command of `connection` and judges the reply that a server gave to it.
    pub fn judge(
        &mut self,
        connection: u32,
        arguments: &[Vec<u8>],
        actual: &Value,
    ) -> Result<(), String> {
        match self.execute(connection, arguments, actual) {
            Ok(expected) if is_same(&expected, actual) => self.check_contents(),
            Ok(expected) => Err(format!("expected {}", expected.to_text(false))),
            Err(Failure::Illegal(why)) => Err(format!("not a legal reply: {why}\n")),
            Err(Failure::Refused(_)) => unreachable!("a refusal is a reply"),
        }
    }

    /// The connection is gone: so are its transaction and what it watched.
    pub fn disconnect(&mut self, connection: u32) {
        self.sessions.remove(&connection);
        self.walks.retain(|walk| walk.connection != connection);
    }

    /// The names of all keys that are there, of one database.
    pub fn keys(&self, database: u8) -> Vec<&[u8]> {
        let entries = self.databases[usize::from(database)].iter();
        entries.filter(|(_, entry)| self.is_live(entry)).map(|(name, _)| &name[..]).collect()
    }

    /// The database that a connection has selected.
    pub fn selected(&self, connection: u32) -> u8 {
        self.sessions.get(&connection).map_or(0, |session| session.database)
    }

    /// Is the connection between MULTI and EXEC?
    pub fn in_transaction(&self, connection: u32) -> bool {
        self.sessions.get(&connection).is_some_and(|session| session.queue.is_some())
    }

    /// Can the connection's transaction only end with EXECABORT?
    pub fn has_failed_transaction(&self, connection: u32) -> bool {
        self.sessions
            .get(&connection)
            .is_some_and(|session| session.queue.is_some() && session.queue_failed)
    }

    /// A request that nobody has understood was refused: if the connection is between MULTI and
    /// EXEC, its transaction has failed.
    pub fn fail_transaction(&mut self, connection: u32) {
        if let Some(session) = self.sessions.get_mut(&connection) {
            session.queue_failed |= session.queue.is_some();
        }
    }

    fn execute(&mut self, connection: u32, arguments: &[Vec<u8>], actual: &Value) -> Outcome {
        let session = self.sessions.entry(connection).or_insert_with(Session::new);
        let is_queueing = session.queue.is_some();
        self.begin_part();
        if let Some(line) = actual.as_error()
            && self.is_own_refusal(connection, arguments, line)?
        {
            self.sessions
                .entry(connection)
                .and_modify(|session| session.queue_failed = is_queueing);
            self.give_up_exec(connection, arguments, actual);
            return Ok(actual.clone());
        }
        let mut call = Call { model: self, connection, arguments, actual };
        match call.dispatch() {
            Err(Failure::Refused(line)) => Ok(Value::error(&line)),
            Err(Failure::Illegal(_)) if *actual == Value::Lost => Ok(Value::Lost),
            other => other,
        }
    }

    fn is_live(&self, entry: &Entry) -> bool {
        // A key lives through the millisecond of its deadline.
        entry.expires_at.is_none_or(|deadline| deadline >= self.now_ms)
    }

    fn entry(&self, database: u8, key: &[u8]) -> Option<&Entry> {
        let entry = self.databases[usize::from(database)].get(key)?;
        self.is_live(entry).then_some(entry)
    }

    fn put(&mut self, database: u8, key: &[u8], entry: Entry, change: &Change) {
        self.insert(database, key, entry, change);
        self.touch(database, key);
    }

    /// Removes the key; was it there?
    fn remove(&mut self, database: u8, key: &[u8]) -> bool {
        let was_there = self.entry(database, key).is_some();
        let removed = self.databases[usize::from(database)].remove(key);
        match &mut self.undo {
            Some(undo) => undo.push((database, key.to_vec(), removed)),
            None => self.note_walks(database, key),
        }
        if was_there {
            self.touch(database, key);
        }
        was_there
    }

    /// A watched key that is touched breaks the watch.
    fn touch(&mut self, database: u8, key: &[u8]) {
        if self.undo.is_some() {
            return;
        }
        if self.is_watched {
            *self.touches.entry((database, key.to_vec())).or_default() += 1;
        }
    }

    fn touch_count(&self, database: u8, key: &[u8]) -> u64 {
        self.touches.get(&(database, key.to_vec())).copied().unwrap_or_default()
    }
}

impl Session {
    const fn new() -> Self {
        Self {
            database: 0,
            resp3: false,
            name: Vec::new(),
            id: None,
            queue: None,
            queue_failed: false,
            watched: Vec::new(),
        }
    }
}

impl Entry {
    fn new(value: Vec<u8>) -> Self {
        Self {
            value,
            expires_at: None,
            encoding: Encoding::ByText,
            shape: Shape::default(),
            elements: None,
        }
    }
}

impl Call<'_> {
    fn session(&mut self) -> &mut Session {
        self.model.sessions.get_mut(&self.connection).expect("execute made it")
    }

    fn database(&self) -> u8 {
        self.model.sessions[&self.connection].database
    }

    fn resp3(&self) -> bool {
        self.model.sessions[&self.connection].resp3
    }

    /// The number of arguments, the name included.
    fn count(&self) -> usize {
        self.arguments.len()
    }

    fn entry(&self, index: usize) -> Option<&Entry> {
        self.model.entry(self.database(), &self.arguments[index])
    }

    fn put(&mut self, index: usize, entry: Entry) {
        self.put_as(index, entry, &Change::Whole);
    }

    fn put_as(&mut self, index: usize, entry: Entry, change: &Change) {
        let database = self.database();
        self.model.put(database, &self.arguments[index], entry, change);
    }

    /// The key gets another deadline.
    fn put_moved(&mut self, index: usize, entry: Entry) {
        let source = self.entry(index).expect("it is there").stored(&self.arguments[index]);
        self.put_as(index, entry, &Change::Moved { source });
    }

    /// Argument `index`, if it is this word in any case.
    fn is_word(&self, index: usize, word: &str) -> bool {
        self.arguments.get(index).is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
    }

    fn integer(&self, index: usize) -> Result<i64, Failure> {
        match integer(&self.arguments[index]) {
            Some(value) => Ok(value),
            None => refuse(NOT_AN_INTEGER),
        }
    }

    /// An integer that fits C's `int`, else an error with `line`.
    fn small_integer(&self, index: usize, line: &str) -> Result<i64, Failure> {
        match integer(&self.arguments[index]) {
            Some(value) if i32::try_from(value).is_ok() => Ok(value),
            Some(_) if line == NOT_AN_INTEGER => {
                refuse("ERR value is out of range, value must between -2147483648 and 2147483647")
            }
            _ => refuse(line),
        }
    }

    /// A reply with a choice: legal if `is_legal`, and then it is what the server said.
    fn legal(&self, is_legal: bool, what: &str) -> Outcome {
        if is_legal { Ok(self.actual.clone()) } else { Err(Failure::Illegal(what.to_owned())) }
    }
}

/// What nobody has seen is what it should be.
fn is_same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (_, Value::Lost) => true,
        (Value::Array(expected), Value::Array(actual)) => {
            expected.len() == actual.len()
                && expected.iter().zip(actual).all(|(one, other)| is_same(one, other))
        }
        _ => expected == actual || is_same_refusal(expected, actual),
    }
}

/// What a refusal says about bytes that no line can hold is not compared.
fn is_same_refusal(expected: &Value, actual: &Value) -> bool {
    let (Some(expected), Some(actual)) = (expected.as_error(), actual.as_error()) else {
        return false;
    };
    let is_plain = expected.iter().all(|byte| (b' '..=b'~').contains(byte));
    let quoted = expected.iter().position(|byte| *byte == b'\'').unwrap_or(expected.len());
    !is_plain && actual.starts_with(&expected[..quoted])
}

/// Is an argument so large that its bytes go into data memory before the command is known?
fn is_staged(arguments: &[Vec<u8>]) -> bool {
    arguments.iter().any(|word| word.len() > STAGED_SIZE_MIN)
}

/// Text as Redis reads an integer: no blanks, no plus, no leading zeros, no `-0`.
fn integer(text: &[u8]) -> Option<i64> {
    let value: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    (value.to_string().as_bytes() == text).then_some(value)
}

#[cfg(test)]
#[path = "model_test.rs"]
mod model_test;
