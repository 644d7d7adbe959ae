//! Rows of the bitmap commands.
use super::flag::{DENYOOM, FAST, READONLY, WRITE};
use super::key::{ACCESS, Keys, OW, RO, RW, UPDATE, VARIABLE};
use super::{Command, Group, Run, Work, key};
use crate::commands::bitmap::{bit, combine, count, field};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::Bitmap, name, flags, keys, since, run)
}

const BITFIELD_KEYS: &[Keys] = &[Keys::at(1, RW | ACCESS | UPDATE | VARIABLE)];
const BITOP_KEYS: &[Keys] = &[Keys::at(2, OW | UPDATE), Keys::from(3, 1, RO | ACCESS)];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("bitcount", -2),    READONLY,        key::READ,     "2.6.0", count::bitcount)
        .work(Work::Value).about("O(n), n the size of the range", "Counts the bits that are set."),
    row(("bitfield", -2),    WRITE | DENYOOM, BITFIELD_KEYS, "3.2.0", field::bitfield)
        .about("O(1) for each operation", "Reads and writes integers of any width at any bit."),
    row(("bitfield_ro", -2), READONLY | FAST, key::READ,     "6.0.0", field::bitfield_ro)
        .about("O(1) for each operation", "Reads integers of any width at any bit."),
    row(("bitop", -4),       WRITE | DENYOOM, BITOP_KEYS,    "2.6.0", combine::bitop)
        .work(Work::Values)
        .about("O(n), n the sum of the sizes", "Combines strings bit by bit into another."),
    row(("bitpos", -3),      READONLY,        key::READ,     "2.8.7", count::bitpos)
        .work(Work::Value)
        .about("O(n), n the size of the range", "Finds the first bit that is set, or is not."),
    row(("getbit", 3),       READONLY | FAST, key::READ,     "2.2.0", bit::getbit)
        .about("O(1)", "One bit of a string."),
    row(("setbit", 4),       WRITE | DENYOOM, key::CHANGE,   "2.2.0", bit::setbit)
        .about("O(1)", "Sets or clears one bit of a string, made longer as needed."),
];
