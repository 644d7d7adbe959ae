//! The command table: one row per command, and everything that follows from it.
//!
//! A new command is a row in its family's file, a function beside its family, and a transcript;
//! COMMAND, ACL categories, INFO commandstats and `docs/commands.md` follow by themselves.
//!
//! Invariant: names are lower case, full (`config|get`) and sorted within each family; a number
//! (`CommandId`) names a row for the life of the process: containers are followed at once by
//! their subcommands.
pub mod category;
pub mod flag;
pub mod key;

mod bitmap;
mod connection;
mod geo;
mod hash;
mod hyperloglog;
mod keyspace;
mod list;
mod lookup;
mod server;
mod set;
mod sorted;
mod string;
mod tip;
mod transaction;

pub use lookup::lookup;

use crate::commands::context::Context;
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use category::Categories;
use flag::Flags;
use key::Keys;

/// What a command does.
pub type Run = fn(&mut Context<'_>, &Request<'_>) -> Result<(), CommandError>;

/// Chapters of the documentation, as COMMAND DOCS names them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Group {
    /// `bitmap`.
    Bitmap,
    /// `connection`.
    Connection,
    /// `generic`: keys, whatever their type.
    Generic,
    /// `geo`: positions.
    Geo,
    /// `hash`.
    Hash,
    /// `hyperloglog`.
    HyperLogLog,
    /// `list`.
    List,
    /// `scripting`.
    Scripting,
    /// `server`.
    Server,
    /// `set`.
    Set,
    /// `sorted-set`.
    SortedSet,
    /// `string`.
    String,
    /// `transactions`.
    Transactions,
}

impl Group {
    /// The name that COMMAND DOCS answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bitmap => "bitmap",
            Self::Connection => "connection",
            Self::Generic => "generic",
            Self::Geo => "geo",
            Self::Hash => "hash",
            Self::HyperLogLog => "hyperloglog",
            Self::List => "list",
            Self::Scripting => "scripting",
            Self::Server => "server",
            Self::Set => "set",
            Self::SortedSet => "sorted-set",
            Self::String => "string",
            Self::Transactions => "transactions",
        }
    }
}

/// A command that works on each of its arguments is short with so many at most.
const SHORT_ARGUMENTS_MAX: usize = 8;

/// What an O(n) command touches, for `command-work-max`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Work {
    /// No more than its arguments and its reply.
    Bounded,
    /// The value of its key.
    Value,
    /// The values of all its keys, and its result.
    Values,
    /// Every key of the database.
    Keyspace,
}

/// The arguments that may be *staged*: bulks too large for a buffer, already in the frames.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Staged {
    /// None of them.
    Nowhere,
    /// One argument.
    At(u8),
    /// Every `step`-th argument from `first` on.
    From {
        /// The first.
        first: u8,
        /// The distance to the next.
        step: u8,
    },
}

impl Staged {
    /// May argument `index` be staged?
    pub const fn allows(self, index: usize) -> bool {
        match self {
            Self::Nowhere => false,
            Self::At(position) => index == position as usize,
            Self::From { first, step } => {
                index >= first as usize && (index - first as usize).is_multiple_of(step as usize)
            }
        }
    }
}

/// One row of the table.
pub struct Command {
    /// In lower case; a subcommand's with its container, `config|get`.
    pub name: &'static str,
    /// Count of arguments, the name included; negative: at least so many.
    pub arity: i8,
    /// What kind of command it is.
    pub flags: Flags,
    /// Which arguments are keys.
    pub keys: &'static [Keys],
    /// What ACL rules call it.
    pub categories: Categories,
    /// Its chapter.
    pub group: Group,
    /// The version of Redis that had it first.
    pub since: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// How long it takes.
    pub complexity: &'static str,
    /// What it touches.
    pub work: Work,
    /// Where staged values may stand.
    pub staged: Staged,
    /// Hints for clients of clusters, as COMMAND INFO answers them.
    pub tips: &'static [&'static str],
    /// Since when it is deprecated, and what replaces it.
    pub deprecated: Option<(&'static str, &'static str)>,
    /// The rows of a container.
    pub subcommands: &'static [Command],
    /// What it does. A container without subcommand answers by `run` too, if it can.
    pub run: Run,
}

impl Command {
    /// A row with what each command has. The rest follows by the calls below.
    const fn new(
        group: Group,
        (name, arity): (&'static str, i8),
        flags: u32,
        keys: &'static [Keys],
        since: &'static str,
        run: Run,
    ) -> Self {
        let flags = Flags(flags | movable(keys));
        let categories = Categories::implied(flags, group);
        Self {
            name,
            arity,
            flags,
            keys,
            categories,
            group,
            since,
            summary: "",
            complexity: "O(1)",
            work: Work::Bounded,
            staged: Staged::Nowhere,
            tips: &[],
            deprecated: None,
            subcommands: &[],
            run,
        }
    }

    /// What COMMAND DOCS says of it.
    const fn about(mut self, complexity: &'static str, summary: &'static str) -> Self {
        self.complexity = complexity;
        self.summary = summary;
        self
    }

    /// Argument `index` may be a staged value.
    const fn value_at(mut self, index: u8) -> Self {
        self.staged = Staged::At(index);
        self
    }

    /// Every `step`-th argument from `first` on may be a staged value.
    const fn values_from(mut self, first: u8, step: u8) -> Self {
        self.staged = Staged::From { first, step };
        self
    }

    /// Which arguments are keys.
    const fn keys(mut self, keys: &'static [Keys]) -> Self {
        self.keys = keys;
        self.flags = Flags(self.flags.0 | movable(keys));
        self
    }

    /// What it touches, if that has no bound of its own.
    const fn work(mut self, work: Work) -> Self {
        self.work = work;
        self
    }

    /// An ACL category that follows neither from its group nor from its flags.
    const fn category(mut self, category: u32) -> Self {
        self.categories = Categories(self.categories.0 | category);
        self
    }

    /// ACL categories in place of the one that follows from its group.
    const fn categories(mut self, categories: u32) -> Self {
        self.categories = Categories(Categories::of_flags(self.flags) | categories);
        self
    }

    /// Hints for clients of clusters.
    const fn tips(mut self, tips: &'static [&'static str]) -> Self {
        self.tips = tips;
        self
    }

    /// Deprecated since a version, in favour of something else.
    const fn deprecated(mut self, since: &'static str, replaced_by: &'static str) -> Self {
        self.deprecated = Some((since, replaced_by));
        self
    }

    /// It is a container.
    const fn subcommands(mut self, rows: &'static [Command]) -> Self {
        // A container runs nothing itself: Redis calls it slow, and nothing else.
        self.categories = Categories(category::SLOW);
        self.subcommands = rows;
        self
    }

    /// Does a call with so many arguments take about as long as any other of its kind, whatever the
    /// data? Such calls are timed together. The group `server` is timed by itself: some of its
    /// commands show these times, and starting one settles what ran before.
    pub fn is_short(&self, argument_count: usize) -> bool {
        let is_short = match self.complexity {
            "O(1)" | "O(1), amortized" | "O(log n)" => true,
            // Each argument is one ...
            each if each.ends_with(" given") => argument_count <= SHORT_ARGUMENTS_MAX,
            // ... or there is no argument that says how many.
            each => each.ends_with(" taken out") && argument_count == 2,
        };
        is_short && !matches!(self.group, Group::Server)
    }

    /// The name without its container: `get` of `config|get`.
    pub fn last_name(&self) -> &'static str {
        self.name.split_once('|').map_or(self.name, |(_, name)| name)
    }

    /// Is `count` a right number of arguments, the name (and subcommand) included?
    pub const fn accepts(&self, count: usize) -> bool {
        let bound = self.arity.unsigned_abs() as usize;
        if self.arity < 0 { count >= bound } else { count == bound }
    }

    /// The triple of older clients: first key, last key (negative from the end), step. Keys that
    /// have no fixed place are not in it.
    pub fn key_range(&self) -> (i64, i64, i64) {
        let mut ranges = self.keys.iter().filter(|keys| !keys.is_movable());
        let Some(first) = ranges.next() else { return (0, 0, 0) };
        let last = ranges.next_back().unwrap_or(first);
        (first.first.into(), last.last.into(), first.step.into())
    }
}

/// The flag that follows from where the keys are.
const fn movable(keys: &[Keys]) -> u32 {
    let mut index = 0;
    while index < keys.len() {
        if keys[index].is_movable() {
            return flag::MOVABLE_KEYS;
        }
        index += 1;
    }
    0
}

/// What a row that runs only subcommands does when it is asked to run itself: the dispatcher has
/// refused it before, since its arity asks for a subcommand.
pub fn container(_: &mut Context<'_>, _: &Request<'_>) -> Result<(), CommandError> {
    unreachable!("the dispatcher resolves a container to one of its subcommands")
}

/// The families, each sorted by name.
const FAMILIES: [&[Command]; 12] = [
    bitmap::COMMANDS,
    connection::COMMANDS,
    geo::COMMANDS,
    hash::COMMANDS,
    hyperloglog::COMMANDS,
    keyspace::COMMANDS,
    list::COMMANDS,
    server::COMMANDS,
    set::COMMANDS,
    sorted::COMMANDS,
    string::COMMANDS,
    transaction::COMMANDS,
];

/// Count of commands, without subcommands.
pub const COMMAND_COUNT: usize = {
    let (mut family, mut count) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// Every command, sorted by name, without subcommands.
pub static COMMANDS: [&Command; COMMAND_COUNT] = sorted_commands();

/// Count of rows: commands and subcommands.
pub const ROW_COUNT: usize = {
    let commands = sorted_commands();
    let (mut index, mut count) = (0, 0);
    while index < commands.len() {
        count += 1 + commands[index].subcommands.len();
        index += 1;
    }
    count
};

/// Every row, subcommands behind their container: a `CommandId` is a position here.
static ROWS: [&Command; ROW_COUNT] = {
    let commands = sorted_commands();
    let mut rows = [commands[0]; ROW_COUNT];
    let (mut index, mut row) = (0, 0);
    while index < commands.len() {
        rows[row] = commands[index];
        row += 1;
        let mut sub = 0;
        while sub < commands[index].subcommands.len() {
            rows[row] = &commands[index].subcommands[sub];
            row += 1;
            sub += 1;
        }
        index += 1;
    }
    rows
};

/// Merges the families: insertion sort, by the compiler.
const fn sorted_commands() -> [&'static Command; COMMAND_COUNT] {
    let mut sorted = [&FAMILIES[0][0]; COMMAND_COUNT];
    let (mut family, mut count) = (0, 0);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            let command = &FAMILIES[family][row];
            let mut place = count;
            while place > 0 && is_less(command.name.as_bytes(), sorted[place - 1].name.as_bytes()) {
                sorted[place] = sorted[place - 1];
                place -= 1;
            }
            sorted[place] = command;
            count += 1;
            row += 1;
        }
        family += 1;
    }
    sorted
}

const fn is_less(one: &[u8], other: &[u8]) -> bool {
    let mut index = 0;
    while index < one.len() && index < other.len() {
        if one[index] != other[index] {
            return one[index] < other[index];
        }
        index += 1;
    }
    one.len() < other.len()
}

/// Number of a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CommandId(u16);

impl CommandId {
    /// The first row.
    pub const FIRST: Self = Self(0);

    /// The row.
    pub fn command(self) -> &'static Command {
        ROWS[self.index()]
    }

    /// Its position, below `ROW_COUNT`: for tables with one entry per row.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The number as a plain one, to be kept in bytes.
    pub const fn to_u32(self) -> u32 {
        self.0 as u32
    }

    /// The number that `to_u32` gave.
    pub fn from_u32(number: u32) -> Self {
        assert!((number as usize) < ROW_COUNT, "no row has this number");
        Self(number as u16)
    }

    /// Every row's number, in order of names.
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        (0..ROW_COUNT as u16).map(Self)
    }

    /// The subcommand called `name`, in any case.
    pub fn subcommand(self, name: &[u8]) -> Option<Self> {
        let rows = self.command().subcommands;
        let position =
            rows.iter().position(|row| row.last_name().as_bytes().eq_ignore_ascii_case(name))?;
        Some(Self(self.0 + 1 + position as u16))
    }
}

#[cfg(test)]
#[path = "table_test.rs"]
mod table_test;
