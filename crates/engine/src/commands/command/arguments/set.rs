//! The arguments of the set commands.
use super::{Argument, COUNT, CURSOR, KEY, KEY_2, MATCH, Table, integer, key, string};

const KEY_MEMBER: &[Argument] = &[key("key", 0), string("member")];
const KEY_MEMBER_2: &[Argument] = &[key("key", 0), string("member").multiple()];
const DESTINATION_KEY_2: &[Argument] = &[key("destination", 0), key("key", 1).multiple()];

#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("sadd", KEY_MEMBER_2),
    ("scard", KEY),
    ("sdiff", KEY_2),
    ("sdiffstore", DESTINATION_KEY_2),
    ("sinter", KEY_2),
    ("sintercard", &[
        integer("numkeys"), key("key", 0).multiple(), integer("limit").token("LIMIT").optional(),
    ]),
    ("sinterstore", DESTINATION_KEY_2),
    ("sismember", KEY_MEMBER),
    ("smembers", KEY),
    ("smismember", KEY_MEMBER_2),
    ("smove", &[key("source", 0), key("destination", 1), string("member")]),
    ("spop", &[key("key", 0), integer("count").since("3.2.0").optional()]),
    ("srandmember", &[key("key", 0), integer("count").since("2.6.0").optional()]),
    ("srem", KEY_MEMBER_2),
    ("sscan", &[key("key", 0), CURSOR, MATCH, COUNT]),
    ("sunion", KEY_2),
    ("sunionstore", DESTINATION_KEY_2),
];
