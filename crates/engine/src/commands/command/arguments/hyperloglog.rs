//! The arguments of the HyperLogLog commands.
use super::{KEY_2, Table, key, string};

#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("pfadd", &[key("key", 0), string("element").optional().multiple()]),
    ("pfcount", KEY_2),
    ("pfdebug", &[string("subcommand"), key("key", 0)]),
    ("pfmerge", &[key("destkey", 0), key("sourcekey", 1).optional().multiple()]),
];
