//! The arguments of every command, as trees: for COMMAND DOCS, and so for the hints of redis-cli.
//!
//! A file for each family has its rows, as in `table/`. The names and shapes are those of Redis 7,
//! because tools print them; a test checks that the commands named here exist, that those which
//! take arguments are named, and that a key argument points at a range of its command's row.
mod bitmap;
mod connection;
mod geo;
mod hash;
mod hyperloglog;
mod keyspace;
mod list;
mod server;
mod set;
mod sorted;
mod string;
mod transaction;

/// What an argument is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Its parts, in order.
    Block,
    /// A number with a point.
    Double,
    /// A whole number.
    Integer,
    /// The name of a key.
    Key,
    /// One of its parts.
    OneOf,
    /// A glob.
    Pattern,
    /// Any bytes.
    String,
    /// A moment.
    UnixTime,
    /// A keyword that stands for itself.
    Word,
}

impl Kind {
    /// The name that COMMAND DOCS answers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Double => "double",
            Self::Integer => "integer",
            Self::Key => "key",
            Self::OneOf => "oneof",
            Self::Pattern => "pattern",
            Self::String => "string",
            Self::UnixTime => "unix-time",
            Self::Word => "pure-token",
        }
    }
}

/// One argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The keyword before it, or that it is.
    pub(super) token: Option<&'static str>,
    /// The version of Redis that had it first, if its command is older.
    pub(super) since: Option<&'static str>,
    /// Which range of keys of its command it is.
    pub(super) key_spec: Option<u8>,
    pub(super) arguments: &'static [Argument],
    optional: bool,
    multiple: bool,
    multiple_token: bool,
}

impl Argument {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            token: None,
            since: None,
            key_spec: None,
            arguments: &[],
            optional: false,
            multiple: false,
            multiple_token: false,
        }
    }

    const fn token(self, token: &'static str) -> Self {
        Self { token: Some(token), ..self }
    }

    const fn since(self, since: &'static str) -> Self {
        Self { since: Some(since), ..self }
    }

    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    const fn multiple(self) -> Self {
        Self { multiple: true, ..self }
    }

    const fn multiple_token(self) -> Self {
        Self { multiple_token: true, ..self }
    }

    /// The names of its flags.
    pub(super) fn flag_names(&self) -> impl Iterator<Item = &'static str> + Clone {
        [
            (self.optional, "optional"),
            (self.multiple, "multiple"),
            (self.multiple_token, "multiple_token"),
        ]
        .into_iter()
        .filter_map(|(set, name)| set.then_some(name))
    }
}

const fn string(name: &'static str) -> Argument {
    Argument::new(name, Kind::String)
}

const fn integer(name: &'static str) -> Argument {
    Argument::new(name, Kind::Integer)
}

const fn double(name: &'static str) -> Argument {
    Argument::new(name, Kind::Double)
}

const fn pattern(name: &'static str) -> Argument {
    Argument::new(name, Kind::Pattern)
}

const fn unix_time(name: &'static str) -> Argument {
    Argument::new(name, Kind::UnixTime)
}

const fn key(name: &'static str, key_spec: u8) -> Argument {
    Argument { key_spec: Some(key_spec), ..Argument::new(name, Kind::Key) }
}

const fn word(name: &'static str, token: &'static str) -> Argument {
    Argument::new(name, Kind::Word).token(token)
}

const fn one_of(name: &'static str, arguments: &'static [Argument]) -> Argument {
    Argument { arguments, ..Argument::new(name, Kind::OneOf) }
}

const fn block(name: &'static str, arguments: &'static [Argument]) -> Argument {
    Argument { arguments, ..Argument::new(name, Kind::Block) }
}

/// The arguments of the command called `name` (`container|subcommand`); empty if it takes none.
pub(super) fn arguments_of(name: &str) -> &'static [Argument] {
    let found = TABLES.iter().find_map(|table| {
        let index = table.binary_search_by_key(&name, |(row, _)| row).ok()?;
        Some(table[index].1)
    });
    found.unwrap_or_default()
}

/// The arguments of some commands, sorted by name.
type Table = [(&'static str, &'static [Argument])];

/// All of them.
static TABLES: [&Table; 12] = [
    bitmap::ARGUMENTS,
    connection::ARGUMENTS,
    geo::ARGUMENTS,
    hash::ARGUMENTS,
    hyperloglog::ARGUMENTS,
    keyspace::ARGUMENTS,
    list::ARGUMENTS,
    server::ARGUMENTS,
    set::ARGUMENTS,
    sorted::ARGUMENTS,
    string::ARGUMENTS,
    transaction::ARGUMENTS,
];

// What several families have.
const KEY: &[Argument] = &[key("key", 0)];
const KEY_2: &[Argument] = &[key("key", 0).multiple()];
const CURSOR: Argument = integer("cursor");
const MATCH: Argument = pattern("pattern").token("MATCH").optional();
const COUNT: Argument = integer("count").token("COUNT").optional();

#[cfg(test)]
#[path = "arguments_test.rs"]
mod arguments_test;
