//! Rows of the string commands.
use super::flag::{DENYOOM, FAST, READONLY, WRITE};
use super::key::{ACCESS, INSERT, Keys, OW, RW, UPDATE, VARIABLE};
use super::{Command, Group, Run, Work, key};
use crate::commands::string::{counter, get, lcs, multi, range, set};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::String, name, flags, keys, since, run)
}

const SET_KEYS: &[Keys] = &[Keys::at(1, RW | ACCESS | UPDATE | VARIABLE)];
const LCS_KEYS: &[Keys] = &[Keys { last: 2, ..Keys::at(1, key::RO | ACCESS) }];
const MSET_KEYS: &[Keys] = &[Keys::from(1, 2, OW | UPDATE)];
const MSETNX_KEYS: &[Keys] = &[Keys::from(1, 2, OW | INSERT)];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("append", 3),      WRITE | DENYOOM | FAST, key::ADD,       "2.0.0", range::append)
        .value_at(2).about("O(1), amortized", "Appends to a string, made if it is missing."),
    row(("decr", 2),        WRITE | DENYOOM | FAST, key::CHANGE,    "1.0.0", counter::decr)
        .about("O(1)", "Takes 1 from an integer; a missing one is 0."),
    row(("decrby", 3),      WRITE | DENYOOM | FAST, key::CHANGE,    "1.0.0", counter::decrby)
        .about("O(1)", "Takes a number from an integer; a missing one is 0."),
    row(("get", 2),         READONLY | FAST,        key::READ,      "1.0.0", get::get)
        .about("O(1)", "The value of a key."),
    row(("getdel", 2),      WRITE | FAST,           key::POP,       "6.2.0", get::getdel)
        .about("O(1)", "The value of a key, which is then deleted."),
    row(("getex", -2),      WRITE | FAST,           key::CHANGE,    "6.2.0", get::getex)
        .about("O(1)", "The value of a key, whose time to live is then changed."),
    row(("getrange", 4),    READONLY,               key::READ,      "2.4.0", range::getrange)
        .about("O(n), n the size of the reply", "A part of a string."),
    row(("getset", 3),      WRITE | DENYOOM | FAST, key::CHANGE,    "1.0.0", get::getset)
        .value_at(2).deprecated("6.2.0", "`SET` with the `!GET` argument")
        .about("O(1)", "Sets a string and answers what was there."),
    row(("incr", 2),        WRITE | DENYOOM | FAST, key::CHANGE,    "1.0.0", counter::incr)
        .about("O(1)", "Adds 1 to an integer; a missing one is 0."),
    row(("incrby", 3),      WRITE | DENYOOM | FAST, key::CHANGE,    "1.0.0", counter::incrby)
        .about("O(1)", "Adds a number to an integer; a missing one is 0."),
    row(("incrbyfloat", 3), WRITE | DENYOOM | FAST, key::CHANGE,    "2.6.0", counter::incrbyfloat)
        .about("O(1)", "Adds a number to a float; a missing one is 0."),
    row(("lcs", -3),        READONLY,               LCS_KEYS,       "7.0.0", lcs::lcs)
        .work(Work::Values)
        .about("O(n * m), n and m the sizes", "The longest text that two strings have in common."),
    row(("mget", -2),       READONLY | FAST,        key::READ_ALL,  "1.0.0", multi::mget)
        .tips(&["request_policy:multi_shard"])
        .about("O(n), n the count of keys", "The values of several keys."),
    row(("mset", -3),       WRITE | DENYOOM,        MSET_KEYS,      "1.0.1", multi::mset)
        .values_from(2, 2).tips(&["request_policy:multi_shard", "response_policy:all_succeeded"])
        .about("O(n), n the count of keys", "Sets several strings, all or none."),
    row(("msetnx", -3),     WRITE | DENYOOM,        MSETNX_KEYS,    "1.0.1", multi::msetnx)
        .values_from(2, 2)
        .tips(&["request_policy:multi_shard", "response_policy:agg_min"])
        .about("O(n), n the count of keys", "Sets several strings, if none of the keys exists."),
    row(("psetex", 4),      WRITE | DENYOOM,        key::OVERWRITE, "2.6.0", set::psetex)
        .value_at(3).about("O(1)", "Sets a string with a time to live in milliseconds."),
    row(("set", -3),        WRITE | DENYOOM,        SET_KEYS,       "1.0.0", set::set)
        .value_at(2).about("O(1)", "Sets a string, whatever the key held."),
    row(("setex", 4),       WRITE | DENYOOM,        key::OVERWRITE, "2.0.0", set::setex)
        .value_at(3).about("O(1)", "Sets a string with a time to live in seconds."),
    row(("setnx", 3),       WRITE | DENYOOM | FAST, key::CREATE,    "1.0.0", set::setnx)
        .value_at(2).about("O(1)", "Sets a string, if the key does not exist."),
    row(("setrange", 4),    WRITE | DENYOOM,        key::MODIFY,    "2.2.0", range::setrange)
        .value_at(3)
        .about("O(n), n the size of the argument",
               "Writes into a string, zeros before it if it was shorter."),
    row(("strlen", 2),      READONLY | FAST,        key::LOOK,      "2.2.0", range::strlen)
        .about("O(1)", "The size of a string in bytes."),
    row(("substr", 4),      READONLY,               key::READ,      "1.0.0", range::getrange)
        .deprecated("2.0.0", "`GETRANGE`")
        .about("O(n), n the size of the reply", "A part of a string: the old name of GETRANGE."),
];
