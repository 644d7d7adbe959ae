//! Rows of the set commands.
use super::flag::{DENYOOM, FAST, READONLY, WRITE};
use super::key::{ACCESS, Keys, OW, RO, RW, UPDATE};
use super::{Command, Group, Run, Work, key, tip};
use crate::commands::set::{combine, edit, keep, look, pop, random, scan};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::Set, name, flags, keys, since, run)
}

const STORE_KEYS: &[Keys] = &[Keys::at(1, OW | UPDATE), Keys::from(2, 1, RO | ACCESS)];
const INTER_KEYS: &[Keys] = &[Keys::at(1, RW | UPDATE), Keys::from(2, 1, RO | ACCESS)];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("sadd", -3),        WRITE | DENYOOM | FAST, key::ADD,      "1.0.0", edit::sadd)
        .about("O(log n) for each member given", "Puts members into a set, made if it is missing."),
    row(("scard", 2),        READONLY | FAST,        key::LOOK,     "1.0.0", look::scard)
        .about("O(1)", "Count of members of a set."),
    row(("sdiff", -2),       READONLY,               key::READ_ALL, "1.0.0", combine::sdiff)
        .work(Work::Values).tips(tip::ANY_ORDER)
        .about("O(n * m), n the size of the first set and m the count of sets",
               "Members of the first set that no other has."),
    row(("sdiffstore", -3),  WRITE | DENYOOM,        STORE_KEYS,    "1.0.0", keep::sdiffstore)
        .work(Work::Values)
        .about("O(n * m * log n), n the size of the first set and m the count of sets",
               "Stores the members of the first set that no other has."),
    row(("sinter", -2),      READONLY,               key::READ_ALL, "1.0.0", combine::sinter)
        .work(Work::Values).tips(tip::ANY_ORDER)
        .about("O(n * m), n the size of the smallest set and m the count of sets",
               "Members that all sets have."),
    row(("sintercard", -3),  READONLY,               key::COUNTED,  "7.0.0", combine::sintercard)
        .work(Work::Values)
        .about("O(n * m), n the size of the smallest set and m the count of sets",
               "Count of the members that all sets have, up to a limit."),
    row(("sinterstore", -3), WRITE | DENYOOM,        INTER_KEYS,    "1.0.0", keep::sinterstore)
        .work(Work::Values)
        .about("O(n * m * log n), n the size of the smallest set and m the count of sets",
               "Stores the members that all sets have."),
    row(("sismember", 3),    READONLY | FAST,        key::LOOK,     "1.0.0", look::sismember)
        .about("O(log n)", "Whether a set has a member."),
    row(("smembers", 2),     READONLY,               key::READ,     "1.0.0", look::smembers)
        .tips(tip::ANY_ORDER).about("O(n)", "All members of a set."),
    row(("smismember", -3),  READONLY | FAST,        key::READ,     "6.2.0", look::smismember)
        .about("O(log n) for each member given", "Which of some members a set has."),
    row(("smove", 4),        WRITE | FAST,           key::MOVE,     "1.0.0", edit::smove)
        .about("O(log n)", "Moves a member from one set to another."),
    row(("spop", -2),        WRITE | FAST,           key::POP,      "1.0.0", pop::spop)
        .work(Work::Value).tips(tip::VARIES)
        .about("O(log n) for each member taken out", "Takes members out of a set at random."),
    row(("srandmember", -2), READONLY,               key::READ,     "1.0.0", random::srandmember)
        .work(Work::Value).tips(tip::VARIES)
        .about("O(log n) for each member answered", "Members of a set by chance."),
    row(("srem", -3),        WRITE | FAST,           key::REMOVE,   "1.0.0", edit::srem)
        .about("O(log n) for each member given", "Takes members out of a set."),
    row(("sscan", -3),       READONLY,               key::READ,     "2.8.0", scan::sscan)
        .tips(tip::VARIES).about("O(n), n the count", "A step of a walk over a set."),
    row(("sunion", -2),      READONLY,               key::READ_ALL, "1.0.0", combine::sunion)
        .work(Work::Values).tips(tip::ANY_ORDER)
        .about("O(n * m), n the sum of the sizes and m the count of sets",
               "Members that any of the sets has."),
    row(("sunionstore", -3), WRITE | DENYOOM,        STORE_KEYS,    "1.0.0", keep::sunionstore)
        .work(Work::Values)
        .about("O(n * log n), n the sum of the sizes",
               "Stores the members that any of the sets has."),
];
