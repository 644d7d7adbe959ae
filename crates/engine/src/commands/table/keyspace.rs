//! Rows of the commands on keys, whatever their type, and on whole databases.
use super::category::{DANGEROUS, KEYSPACE, LIST, SET, SORTED_SET};
use super::flag::{DENYOOM, FAST, LOADING, READONLY, STALE, WRITE};
use super::key::{ACCESS, DELETE, INSERT, Keys, OW, RM, RO, RW, UPDATE};
use super::{Command, Group, Run, Work, key, tip};
use crate::commands::{expire, keyspace, scan, sort};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::Generic, name, flags, keys, since, run)
}

/// A command on a whole database: the chapter `server`, the category `@keyspace`.
const fn whole(name: (&'static str, i8), flags: u32, since: &'static str, run: Run) -> Command {
    Command::new(Group::Server, name, flags, key::NONE, since, run).category(KEYSPACE)
}

const REMOVED: &[Keys] = &[Keys::from(1, 1, RM | DELETE)];
const COPIED: &[Keys] = &[Keys::at(1, RO | ACCESS), Keys::at(2, OW | UPDATE)];
const RENAMED: &[Keys] = &[Keys::at(1, RW | ACCESS | DELETE), Keys::at(2, OW | UPDATE)];
const RENAMED_NX: &[Keys] = &[Keys::at(1, RW | ACCESS | DELETE), Keys::at(2, OW | INSERT)];
const SORTED_RO: &[Keys] = &[Keys::at(1, RO | ACCESS), Keys::named(RO | ACCESS)];
const SORTED: &[Keys] =
    &[Keys::at(1, RO | ACCESS), Keys::named(RO | ACCESS), Keys::stored(OW | UPDATE)];

#[rustfmt::skip] // A table reads in columns.
const OBJECT: &[Command] = &[
    row(("object|encoding", 3), READONLY,        key::SECOND, "2.2.3", keyspace::object_encoding)
        .tips(tip::VARIES).about("O(1)", "How the value of a key is stored, in Redis' words."),
    row(("object|freq", 3),     READONLY,        key::SECOND, "4.0.0", keyspace::object_freq)
        .tips(tip::VARIES).about("O(1)", "How often a key is used, on a logarithmic scale."),
    row(("object|help", 2),     LOADING | STALE, key::NONE,   "6.2.0", keyspace::object_help)
        .about("O(1)", "The subcommands of OBJECT."),
    row(("object|idletime", 3), READONLY,        key::SECOND, "2.2.3", keyspace::object_idletime)
        .tips(tip::VARIES).about("O(1)", "Seconds since a key was last used."),
    row(("object|refcount", 3), READONLY,        key::SECOND, "2.2.3", keyspace::object_refcount)
        .tips(tip::VARIES).about("O(1)", "Owners of a value: always 1."),
];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("copy", -3),       WRITE | DENYOOM, COPIED,      "6.2.0", keyspace::copy)
        .work(Work::Value)
        .about("O(n), n the size of the value", "Copies a key with its value and time to live."),
    whole(("dbsize", 1),    READONLY | FAST,              "1.0.0", keyspace::dbsize)
        .tips(&["request_policy:all_shards", "response_policy:agg_sum"])
        .about("O(1)", "Counts the keys of the database."),
    row(("del", -2),        WRITE,           REMOVED,     "1.0.0", keyspace::del)
        .tips(tip::SUM_OF_SHARDS)
        .about("O(n), n the count of keys",
               "Deletes keys; large values are freed in the background."),
    row(("exists", -2),     READONLY | FAST, key::EVERY,  "1.0.0", keyspace::exists)
        .tips(tip::SUM_OF_SHARDS)
        .about("O(n), n the count of keys", "Counts those of the keys that exist."),
    row(("expire", -3),     WRITE | FAST,    key::MODIFY, "1.0.0", expire::expire)
        .about("O(1)", "Sets the time to live of a key in seconds."),
    row(("expireat", -3),   WRITE | FAST,    key::MODIFY, "1.2.0", expire::expireat)
        .about("O(1)", "Sets the Unix time in seconds at which a key expires."),
    row(("expiretime", 2),  READONLY | FAST, key::READ,   "7.0.0", expire::expiretime)
        .about("O(1)", "The Unix time in seconds at which a key expires."),
    whole(("flushall", -1), WRITE,                        "1.0.0", keyspace::flushall)
        .category(DANGEROUS).tips(tip::ALL_SHARDS)
        .about("O(1); memory comes back in the background", "Empties every database."),
    whole(("flushdb", -1),  WRITE,                        "1.0.0", keyspace::flushdb)
        .category(DANGEROUS).tips(tip::ALL_SHARDS)
        .about("O(1); memory comes back in the background", "Empties the database."),
    row(("keys", 2),        READONLY,        key::NONE,   "1.0.0", scan::keys)
        .category(DANGEROUS).work(Work::Keyspace)
        .tips(&["request_policy:all_shards", "nondeterministic_output_order"])
        .about("O(n), n the count of keys", "The keys whose names match a pattern."),
    row(("move", 3),        WRITE | FAST,    key::CHANGE, "1.0.0", keyspace::move_to)
        .about("O(1)", "Moves a key to another database."),
    row(("object", -2),     0,               key::NONE,   "2.2.3", super::container)
        .subcommands(OBJECT).about("Depends on the subcommand", "How a key is kept."),
    row(("persist", 2),     WRITE | FAST,    key::MODIFY, "2.2.0", expire::persist)
        .about("O(1)", "Takes the time to live from a key."),
    row(("pexpire", -3),    WRITE | FAST,    key::MODIFY, "2.6.0", expire::pexpire)
        .about("O(1)", "Sets the time to live of a key in milliseconds."),
    row(("pexpireat", -3),  WRITE | FAST,    key::MODIFY, "2.6.0", expire::pexpireat)
        .about("O(1)", "Sets the Unix time in milliseconds at which a key expires."),
    row(("pexpiretime", 2), READONLY | FAST, key::READ,   "7.0.0", expire::pexpiretime)
        .about("O(1)", "The Unix time in milliseconds at which a key expires."),
    row(("pttl", 2),        READONLY | FAST, key::READ,   "2.6.0", expire::pttl)
        .tips(tip::VARIES).about("O(1)", "The time to live of a key in milliseconds."),
    row(("randomkey", 1),   READONLY,        key::NONE,   "1.0.0", keyspace::randomkey)
        .tips(&["request_policy:all_shards", "nondeterministic_output"])
        .about("O(1) for each try, up to 100 while keys are overdue",
            "A key of the database, each with the same chance."),
    row(("rename", 3),      WRITE,           RENAMED,     "1.0.0", keyspace::rename)
        .about("O(1)", "Gives a key another name, whatever had it."),
    row(("renamenx", 3),    WRITE | FAST,    RENAMED_NX,  "1.0.0", keyspace::renamenx)
        .about("O(1)", "Gives a key another name, if no key has it."),
    row(("scan", -2),       READONLY,        key::NONE,   "2.8.0", scan::scan)
        .tips(&["nondeterministic_output", "request_policy:special"])
        .about("O(1) for a call, O(n) for all keys",
               "Walks over the keys of the database, step by step."),
    row(("sort", -2),       WRITE | DENYOOM, SORTED,      "1.0.0", sort::sort)
        .categories(SET | SORTED_SET | LIST | DANGEROUS).work(Work::Values)
        .about("O(n log n), n the count of elements",
               "Sorts the elements of a list, set or sorted set; answers or stores them."),
    row(("sort_ro", -2),    READONLY,        SORTED_RO,   "7.0.0", sort::sort_ro)
        .categories(SET | SORTED_SET | LIST | DANGEROUS).work(Work::Values)
        .about("O(n log n), n the count of elements",
               "Sorts the elements of a list, set or sorted set."),
    whole(("swapdb", 3),    WRITE | FAST,                 "4.0.0", keyspace::swapdb)
        .category(DANGEROUS).about("O(n), n the count of watched keys", "Exchanges two databases."),
    row(("touch", -2),      READONLY | FAST, key::EVERY,  "3.2.1", keyspace::touch)
        .tips(tip::SUM_OF_SHARDS)
        .about("O(n), n the count of keys", "Marks keys as used; counts those that exist."),
    row(("ttl", 2),         READONLY | FAST, key::READ,   "1.0.0", expire::ttl)
        .tips(tip::VARIES).about("O(1)", "The time to live of a key in seconds."),
    row(("type", 2),        READONLY | FAST, key::LOOK,   "1.0.0", keyspace::type_of)
        .about("O(1)", "The type of the value of a key."),
    row(("unlink", -2),     WRITE | FAST,    REMOVED,     "4.0.0", keyspace::unlink)
        .tips(tip::SUM_OF_SHARDS).about("O(n), n the count of keys", "Deletes keys, as DEL does."),
];
