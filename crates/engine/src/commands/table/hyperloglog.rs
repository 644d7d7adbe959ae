//! Rows of the HyperLogLog commands.
use super::flag::{ADMIN, DENYOOM, FAST, READONLY, WRITE};
use super::key::{ACCESS, INSERT, Keys, RO, RW};
use super::{Command, Group, Run, Work, key};
use crate::commands::hyperloglog;

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::HyperLogLog, name, flags, keys, since, run)
}

/// Counting one writes what was counted into it.
const PFCOUNT_KEYS: &[Keys] = &[Keys::from(1, 1, RW | ACCESS)];
const PFDEBUG_KEYS: &[Keys] = &[Keys::at(2, RW | ACCESS)];
const PFMERGE_KEYS: &[Keys] = &[Keys::at(1, RW | ACCESS | INSERT), Keys::from(2, 1, RO | ACCESS)];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("pfadd", -2),     WRITE | DENYOOM | FAST,  key::ADD,     "2.8.9", hyperloglog::pfadd)
        .about("O(n), n the count of elements", "Adds elements to a HyperLogLog."),
    row(("pfcount", -2),   READONLY,                PFCOUNT_KEYS, "2.8.9", hyperloglog::pfcount)
        .work(Work::Values)
        .about("O(n), n the count of keys", "Counts the elements of HyperLogLogs, about."),
    row(("pfdebug", 3),    WRITE | DENYOOM | ADMIN, PFDEBUG_KEYS, "2.8.9", hyperloglog::pfdebug)
        .about("O(1)", "Shows what a HyperLogLog is made of."),
    row(("pfmerge", -2),   WRITE | DENYOOM,         PFMERGE_KEYS, "2.8.9", hyperloglog::pfmerge)
        .work(Work::Values)
        .about("O(n), n the count of keys", "Merges HyperLogLogs into one."),
    row(("pfselftest", 1), ADMIN,                   key::NONE,    "2.8.9", hyperloglog::pfselftest)
        .about("O(1), some milliseconds", "Tests the counting of HyperLogLogs."),
];
