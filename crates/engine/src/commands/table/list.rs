//! Rows of the list commands.
use super::flag::{DENYOOM, FAST, READONLY, WRITE};
use super::key::Keys;
use super::{Command, Group, Run, Work, key};
use crate::commands::list::{edit, find, moves, pop, push, range};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::List, name, flags, keys, since, run)
}

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("lindex", 3),    READONLY,               key::READ,   "1.0.0", range::lindex)
        .about("O(log n)", "The element at an index."),
    row(("linsert", 5),   WRITE | DENYOOM,        key::ADD,    "2.2.0", edit::linsert)
        .values_from(3, 1).work(Work::Value)
        .about("O(n), n the count of elements", "Puts an element in before or after another one."),
    row(("llen", 2),      READONLY | FAST,        key::LOOK,   "1.0.0", range::llen)
        .about("O(1)", "Count of elements."),
    row(("lmove", 5),     WRITE | DENYOOM,        key::MOVE,   "6.2.0", moves::lmove)
        .about("O(log n)", "Takes an element out of a list and puts it into another."),
    row(("lmpop", -4),    WRITE,                  key::MPOP,   "7.0.0", pop::lmpop)
        .work(Work::Value)
        .about("O(n + m), n the count of keys and m of elements taken out",
               "Takes elements out of the first list that exists."),
    row(("lpop", -2),     WRITE | FAST,           key::POP,    "1.0.0", pop::lpop)
        .work(Work::Value)
        .about("O(log n) for each element taken out", "Takes the first elements out."),
    row(("lpos", -3),     READONLY,               key::READ,   "6.0.6", find::lpos)
        .value_at(2).work(Work::Value)
        .about("O(n), n the count of elements", "The positions of elements that are the same."),
    row(("lpush", -3),    WRITE | DENYOOM | FAST, key::ADD,    "1.0.0", push::lpush)
        .values_from(2, 1)
        .about("O(log n) for each element given",
               "Puts elements in at the beginning of a list, made if it is missing."),
    row(("lpushx", -3),   WRITE | DENYOOM | FAST, key::ADD,    "2.2.0", push::lpushx)
        .values_from(2, 1)
        .about("O(log n) for each element given",
               "Puts elements in at the beginning of a list, if it exists."),
    row(("lrange", 4),    READONLY,               key::READ,   "1.0.0", range::lrange)
        .about("O(n), n the count of elements answered", "A range of elements."),
    row(("lrem", 4),      WRITE,                  key::REMOVE, "1.0.0", edit::lrem)
        .value_at(3).work(Work::Value)
        .about("O(n), n the count of elements", "Takes elements out that are the same."),
    row(("lset", 4),      WRITE | DENYOOM,        key::MODIFY, "1.0.0", edit::lset)
        .value_at(3)
        .about("O(log n)", "Replaces the element at an index."),
    row(("ltrim", 4),     WRITE,                  key::REMOVE, "1.0.0", range::ltrim)
        .work(Work::Value)
        .about("O(log n) for each element taken out", "Takes out all but a range."),
    row(("rpop", -2),     WRITE | FAST,           key::POP,    "1.0.0", pop::rpop)
        .work(Work::Value)
        .about("O(log n) for each element taken out", "Takes the last elements out."),
    row(("rpoplpush", 3), WRITE | DENYOOM,        key::MOVE,   "1.2.0", moves::rpoplpush)
        .deprecated("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")
        .about("O(log n)", "Takes the last element out of a list and puts it first in another."),
    row(("rpush", -3),    WRITE | DENYOOM | FAST, key::ADD,    "1.0.0", push::rpush)
        .values_from(2, 1)
        .about("O(log n) for each element given",
               "Puts elements in at the end of a list, made if it is missing."),
    row(("rpushx", -3),   WRITE | DENYOOM | FAST, key::ADD,    "2.2.0", push::rpushx)
        .values_from(2, 1)
        .about("O(log n) for each element given",
               "Puts elements in at the end of a list, if it exists."),
];
