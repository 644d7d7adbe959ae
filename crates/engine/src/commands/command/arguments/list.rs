//! The arguments of the list commands.
use super::{Argument, KEY, Table, integer, key, one_of, string, word};

const KEY_ELEMENTS: &[Argument] = &[key("key", 0), string("element").multiple()];
const KEY_COUNT: &[Argument] = &[key("key", 0), integer("count").since("6.2.0").optional()];
const KEY_START_STOP: &[Argument] = &[key("key", 0), integer("start"), integer("stop")];
const ENDS: &[Argument] = &[word("left", "LEFT"), word("right", "RIGHT")];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("lindex", &[key("key", 0), integer("index")]),
    ("linsert", &[
        key("key", 0),
        one_of("where", &[word("before", "BEFORE"), word("after", "AFTER")]),
        string("pivot"), string("element"),
    ]),
    ("llen", KEY),
    ("lmove", &[
        key("source", 0), key("destination", 1), one_of("wherefrom", ENDS),
        one_of("whereto", ENDS),
    ]),
    ("lmpop", &[
        integer("numkeys"), key("key", 0).multiple(), one_of("where", ENDS),
        integer("count").token("COUNT").optional(),
    ]),
    ("lpop", KEY_COUNT),
    ("lpos", &[
        key("key", 0), string("element"), integer("rank").token("RANK").optional(),
        integer("num-matches").token("COUNT").optional(),
        integer("len").token("MAXLEN").optional(),
    ]),
    ("lpush", KEY_ELEMENTS),
    ("lpushx", KEY_ELEMENTS),
    ("lrange", KEY_START_STOP),
    ("lrem", &[key("key", 0), integer("count"), string("element")]),
    ("lset", &[key("key", 0), integer("index"), string("element")]),
    ("ltrim", KEY_START_STOP),
    ("rpop", KEY_COUNT),
    ("rpoplpush", &[key("source", 0), key("destination", 1)]),
    ("rpush", KEY_ELEMENTS),
    ("rpushx", KEY_ELEMENTS),
];
