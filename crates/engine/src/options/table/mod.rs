//! The option table: one row for each directive, and the ways to look one up.
//!
//! A row's default is text, read by the same code as what a user writes, so that the table reads
//! like a redis.conf. A new option is one row here; CONFIG GET and SET, the command line and the
//! check of the file follow by themselves.
use crate::options::kind::Kind;

mod memory;
mod persistence;
mod replication;
mod server;
mod structures;
mod tls;

/// When an option may change.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// At any time, by CONFIG SET.
    Live,
    /// Only before the start.
    Start,
    /// Only before the start, because a remote client could write files with it.
    Protected,
}

/// What an option means here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It does what its reason says.
    Ours,
    /// A directive of Redis without meaning here: accepted with a notice, kept for CONFIG GET.
    Tuning,
    /// A directive of Redis that promises what Granite does not do. Only "off" is accepted.
    Promise {
        /// Every value that means "off".
        off: &'static [&'static str],
    },
}

/// One directive.
#[derive(Clone, Copy, Debug)]
pub struct OptionRow {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Its other name, if Redis has one.
    pub alias: Option<&'static str>,
    /// How its value is written, with unit and range.
    pub kind: Kind,
    /// Its default, as a user would write it.
    pub default: &'static str,
    /// When it may change.
    pub change: Change,
    /// What it means here.
    pub standing: Standing,
    /// What it is for (`Ours`), why it has no meaning (`Tuning`), or what is missing (`Promise`).
    pub reason: &'static str,
    /// Never printed in an error or a log line.
    pub secret: bool,
    /// CONFIG GET shows it only by its full name.
    pub hidden: bool,
}

/// Position of a row in `OPTIONS`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OptionId(pub u16);

impl OptionId {
    /// The row.
    pub fn row(self) -> &'static OptionRow {
        &OPTIONS[self.0 as usize]
    }
}

const fn row(
    (name, kind, default): (&'static str, Kind, &'static str),
    change: Change,
    standing: Standing,
    reason: &'static str,
) -> OptionRow {
    let (alias, secret, hidden) = (None, false, false);
    OptionRow { name, alias, kind, default, change, standing, reason, secret, hidden }
}

/// An option with a meaning here that may change while running.
const fn live(option: (&'static str, Kind, &'static str), reason: &'static str) -> OptionRow {
    row(option, Change::Live, Standing::Ours, reason)
}

/// An option with a meaning here that is fixed at the start.
const fn start(option: (&'static str, Kind, &'static str), reason: &'static str) -> OptionRow {
    row(option, Change::Start, Standing::Ours, reason)
}

/// A directive of Redis without meaning here.
const fn tuning(option: (&'static str, Kind, &'static str), reason: &'static str) -> OptionRow {
    row(option, Change::Live, Standing::Tuning, reason)
}

/// A directive of Redis that promises what is missing here.
const fn promise(
    option: (&'static str, Kind, &'static str),
    off: &'static [&'static str],
    reason: &'static str,
) -> OptionRow {
    row(option, Change::Live, Standing::Promise { off }, reason)
}

impl OptionRow {
    const fn alias(self, alias: &'static str) -> Self {
        Self { alias: Some(alias), ..self }
    }

    const fn fixed(self) -> Self {
        Self { change: Change::Start, ..self }
    }

    const fn protected(self) -> Self {
        Self { change: Change::Protected, ..self }
    }

    const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    const fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }
}

/// The parts of the table, in the order in which CONFIG GET shows them.
const PARTS: &[&[OptionRow]] = &[
    server::ROWS,
    memory::ROWS,
    structures::ROWS,
    persistence::ROWS,
    replication::ROWS,
    tls::ROWS,
];

/// Count of rows.
pub const OPTION_COUNT: usize = {
    let (mut count, mut part) = (0, 0);
    while part < PARTS.len() {
        count += PARTS[part].len();
        part += 1;
    }
    count
};

/// Every directive.
pub static OPTIONS: [OptionRow; OPTION_COUNT] = {
    let mut rows = [PARTS[0][0]; OPTION_COUNT];
    let (mut count, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            rows[count] = PARTS[part][index];
            count += 1;
            index += 1;
        }
        part += 1;
    }
    rows
};

/// The row called `name`, in any case, by its name or its alias.
pub fn find(name: &[u8]) -> Option<OptionId> {
    let is = |other: &str| other.as_bytes().eq_ignore_ascii_case(name);
    let index = OPTIONS.iter().position(|row| is(row.name) || row.alias.is_some_and(is))?;
    Some(OptionId(index as u16))
}

/// The row called `name`, which must exist: for constants, so that a lookup costs nothing.
pub const fn option(name: &str) -> OptionId {
    let (mut id, mut part) = (0, 0);
    while part < PARTS.len() {
        let mut index = 0;
        while index < PARTS[part].len() {
            if equal(PARTS[part][index].name, name) {
                return OptionId(id);
            }
            id += 1;
            index += 1;
        }
        part += 1;
    }
    panic!("no option has this name")
}

const fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}
