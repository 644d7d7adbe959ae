//! Rows of the sorted set commands.
use super::flag::{DENYOOM, FAST, READONLY, WRITE};
use super::key::{ACCESS, COUNTED, Keys, OW, RO, UPDATE};
use super::{Command, Group, Run, Work, key, tip};
use crate::commands::sorted::{add, combine, member, pop, random, range, remove, scan, store};

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::SortedSet, name, flags, keys, since, run)
}

const STORE_KEYS: &[Keys] = &[Keys::at(1, OW | UPDATE), Keys::counted(2, RO | ACCESS)];

const BY_RANGE: &str = "O(log n) and the size of the reply";
const BY_FIRST: &str = "O(nk log n), n the count of the first of k sets";
const BY_SMALLEST: &str = "O(nk log n), n the count of the smallest of k sets";
const BY_ALL: &str = "O(n log n), n the count of all members";

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("zadd", -4),            WRITE | DENYOOM | FAST, key::MODIFY, "1.2.0", add::zadd)
        .about("O(log n) for each member given", "Puts members in, or changes their scores."),
    row(("zcard", 2),            READONLY | FAST,        key::LOOK,   "1.2.0", member::zcard)
        .about("O(1)", "Counts the members."),
    row(("zcount", 4),           READONLY | FAST,        key::READ,   "2.0.0", range::zcount)
        .about("O(log n)", "Counts the members with scores in a range."),
    row(("zdiff", -3),           READONLY,               COUNTED,     "6.2.0", combine::zdiff)
        .work(Work::Values)
        .about(BY_FIRST, "The members of the first set that are in no other."),
    row(("zdiffstore", -4),      WRITE | DENYOOM,        STORE_KEYS,  "6.2.0", combine::zdiffstore)
        .work(Work::Values)
        .about(BY_FIRST, "Stores the members of the first set that are in no other."),
    row(("zincrby", 4),          WRITE | DENYOOM | FAST, key::CHANGE, "1.2.0", add::zincrby)
        .about("O(log n)", "Adds to the score of a member, made if it is missing."),
    row(("zinter", -3),          READONLY,               COUNTED,     "6.2.0", combine::zinter)
        .work(Work::Values)
        .about(BY_SMALLEST, "The members of all of the sets."),
    row(("zintercard", -3),      READONLY,               COUNTED,     "7.0.0", combine::zintercard)
        .work(Work::Values)
        .about(BY_SMALLEST, "Counts the members of all of the sets."),
    row(("zinterstore", -4),     WRITE | DENYOOM,        STORE_KEYS,  "2.0.0", combine::zinterstore)
        .work(Work::Values)
        .about(BY_SMALLEST, "Stores the members of all of the sets."),
    row(("zlexcount", 4),        READONLY | FAST,        key::READ,   "2.8.9", range::zlexcount)
        .about("O(log n)", "Counts the members with names in a range."),
    row(("zmpop", -4),           WRITE,                  key::MPOP,   "7.0.0", pop::zmpop)
        .work(Work::Value)
        .about("O(k) and O(log n) for each member, k the count of keys",
               "Takes out members from an end of the first set that exists."),
    row(("zmscore", -3),         READONLY | FAST,        key::READ,   "6.2.0", member::zmscore)
        .about("O(log n) for each member given", "The scores of several members."),
    row(("zpopmax", -2),         WRITE | FAST,           key::POP,    "5.0.0", pop::zpopmax)
        .work(Work::Value)
        .about("O(log n) for each member taken out", "Takes out members with the highest scores."),
    row(("zpopmin", -2),         WRITE | FAST,           key::POP,    "5.0.0", pop::zpopmin)
        .work(Work::Value)
        .about("O(log n) for each member taken out", "Takes out members with the lowest scores."),
    row(("zrandmember", -2),     READONLY,               key::READ,   "6.2.0", random::zrandmember)
        .work(Work::Value).tips(tip::VARIES)
        .about("O(log n) for each member answered", "Members by chance."),
    row(("zrange", -4),          READONLY,               key::READ,   "1.2.0", range::zrange)
        .about(BY_RANGE, "The members of a range of ranks, scores or names."),
    row(("zrangebylex", -4),     READONLY,               key::READ,   "2.8.9", range::zrangebylex)
        .deprecated("6.2.0", "`ZRANGE` with the `BYLEX` argument")
        .about(BY_RANGE, "The members of a range of names."),
    row(("zrangebyscore", -4),   READONLY,               key::READ,   "1.0.5", range::zrangebyscore)
        .deprecated("6.2.0", "`ZRANGE` with the `BYSCORE` argument")
        .about(BY_RANGE, "The members of a range of scores."),
    row(("zrangestore", -5), WRITE | DENYOOM, key::MAKE,   "6.2.0", store::zrangestore)
        .work(Work::Values)
        .about("O(log n) for each member stored", "Stores the members of a range as another set."),
    row(("zrank", -3),           READONLY | FAST,        key::READ,   "2.0.0", member::zrank)
        .about("O(log n)", "The rank of a member, from the lowest score."),
    row(("zrem", -3),            WRITE | FAST,           key::REMOVE, "1.2.0", member::zrem)
        .about("O(log n) for each member given", "Takes members out."),
    row(("zremrangebylex", 4), WRITE, key::REMOVE, "2.8.9", remove::zremrangebylex)
        .work(Work::Value)
        .about("O(log n) for each member taken out", "Takes a range of names out."),
    row(("zremrangebyrank", 4), WRITE, key::REMOVE, "2.0.0", remove::zremrangebyrank)
        .work(Work::Value)
        .about("O(log n) for each member taken out", "Takes a range of ranks out."),
    row(("zremrangebyscore", 4), WRITE, key::REMOVE, "1.2.0", remove::zremrangebyscore)
        .work(Work::Value)
        .about("O(log n) for each member taken out", "Takes a range of scores out."),
    row(("zrevrange", -4),       READONLY,               key::READ,   "1.2.0", range::zrevrange)
        .deprecated("6.2.0", "`ZRANGE` with the `REV` argument")
        .about(BY_RANGE, "The members of a range of ranks, from the highest score."),
    row(("zrevrangebylex", -4), READONLY, key::READ,   "2.8.9", range::zrevrangebylex)
        .deprecated("6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments")
        .about(BY_RANGE, "The members of a range of names, from the last."),
    row(("zrevrangebyscore", -4), READONLY, key::READ,   "2.2.0", range::zrevrangebyscore)
        .deprecated("6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments")
        .about(BY_RANGE, "The members of a range of scores, from the highest."),
    row(("zrevrank", -3),        READONLY | FAST,        key::READ,   "2.0.0", member::zrevrank)
        .about("O(log n)", "The rank of a member, from the highest score."),
    row(("zscan", -3),           READONLY,               key::READ,   "2.8.0", scan::zscan)
        .tips(tip::VARIES)
        .about("O(c), c the count asked for, times the members of one score",
               "Some members with their scores, and where to go on."),
    row(("zscore", 3),           READONLY | FAST,        key::READ,   "1.2.0", member::zscore)
        .about("O(log n)", "The score of a member."),
    row(("zunion", -3),          READONLY,               COUNTED,     "6.2.0", combine::zunion)
        .work(Work::Values).about(BY_ALL, "The members of any of the sets."),
    row(("zunionstore", -4),     WRITE | DENYOOM,        STORE_KEYS,  "2.0.0", combine::zunionstore)
        .work(Work::Values).about(BY_ALL, "Stores the members of any of the sets."),
];
