//! Rows of the hash commands.
use super::flag::{DENYOOM, FAST, READONLY, WRITE};
use super::key::{self, Keys};
use super::{Command, Group, Run, Work, tip};
use crate::commands::hash::{counter, get, random, scan, set, whole};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::Hash, name, flags, keys, since, run)
}

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("hdel", -3),         WRITE | FAST,           key::REMOVE, "2.0.0", set::hdel)
        .about("O(log n) for each field given", "Deletes fields; with the last one the hash."),
    row(("hexists", 3),       READONLY | FAST,        key::LOOK,   "2.0.0", get::hexists)
        .about("O(log n)", "Says whether a hash has a field."),
    row(("hget", 3),          READONLY | FAST,        key::READ,   "2.0.0", get::hget)
        .about("O(log n)", "The value of a field."),
    row(("hgetall", 2),       READONLY,               key::READ,   "2.0.0", whole::hgetall)
        .tips(tip::ANY_ORDER).about("O(n), n the count of fields", "All fields and their values."),
    row(("hincrby", 4),       WRITE | DENYOOM | FAST, key::CHANGE, "2.0.0", counter::hincrby)
        .about("O(log n)", "Adds a number to an integer in a field; a missing one is 0."),
    row(("hincrbyfloat", 4),  WRITE | DENYOOM | FAST, key::CHANGE, "2.6.0", counter::hincrbyfloat)
        .about("O(log n)", "Adds a number to a float in a field; a missing one is 0."),
    row(("hkeys", 2),         READONLY,               key::READ,   "2.0.0", whole::hkeys)
        .tips(tip::ANY_ORDER).about("O(n), n the count of fields", "The names of all fields."),
    row(("hlen", 2),          READONLY | FAST,        key::LOOK,   "2.0.0", get::hlen)
        .about("O(1)", "How many fields a hash has."),
    row(("hmget", -3),        READONLY | FAST,        key::READ,   "2.0.0", get::hmget)
        .about("O(log n) for each field given", "The values of several fields."),
    row(("hmset", -4),        WRITE | DENYOOM | FAST, key::MODIFY, "2.0.0", set::hmset)
        .values_from(3, 2).deprecated("4.0.0", "`HSET` with multiple field-value pairs")
        .about("O(log n) for each field given", "Writes fields, all or none."),
    row(("hrandfield", -2),   READONLY,               key::READ,   "6.2.0", random::hrandfield)
        .work(Work::Value).tips(tip::VARIES)
        .about("O(log n) for each field answered", "Fields by chance."),
    row(("hscan", -3),        READONLY,               key::READ,   "2.8.0", scan::hscan)
        .tips(tip::VARIES)
        .about("O(m), m the COUNT", "Walks over the fields, some at a time."),
    row(("hset", -4),         WRITE | DENYOOM | FAST, key::MODIFY, "2.0.0", set::hset)
        .values_from(3, 2)
        .about("O(log n) for each field given", "Writes fields, all or none."),
    row(("hsetnx", 4),        WRITE | DENYOOM | FAST, key::ADD,    "2.0.0", set::hsetnx)
        .value_at(3).about("O(log n)", "Writes a field, if the hash does not have it."),
    row(("hstrlen", 3),       READONLY | FAST,        key::LOOK,   "3.2.0", get::hstrlen)
        .about("O(log n)", "The size of the value of a field in bytes."),
    row(("hvals", 2),         READONLY,               key::READ,   "2.0.0", whole::hvals)
        .tips(tip::ANY_ORDER).about("O(n), n the count of fields", "The values of all fields."),
];
