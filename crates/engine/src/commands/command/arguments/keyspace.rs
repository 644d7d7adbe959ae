//! The arguments of the generic commands.
use super::{
    Argument, COUNT, CURSOR, KEY, KEY_2, MATCH, Table, block, integer, key, one_of, pattern,
    string, unix_time, word,
};

const ASYNC: &[Argument] = &[one_of(
    "async",
    &[word("async", "ASYNC").since("4.0.0"), word("sync", "SYNC").since("6.2.0")],
)
.optional()];
const CONDITION: Argument =
    one_of("condition", &[word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT")])
        .since("7.0.0")
        .optional();
const SORT_PATTERN: Argument = Argument { key_spec: Some(1), ..pattern("pattern") };
const SORT_BY: Argument = SORT_PATTERN.token("BY").optional();
const SORT_GET: Argument = SORT_PATTERN.token("GET").optional().multiple().multiple_token();
const SORT_LIMIT: Argument =
    block("offset_count", &[integer("offset"), integer("count")]).token("LIMIT").optional();
const SORT_ORDER: Argument =
    one_of("order", &[word("asc", "ASC"), word("desc", "DESC")]).optional();
const SORT_ALPHA: Argument = word("sorting", "ALPHA").optional();
const KEY_NEWKEY: &[Argument] = &[key("key", 0), key("newkey", 1)];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("copy", &[
        key("source", 0), key("destination", 1), integer("destination-db").token("DB").optional(),
        word("replace", "REPLACE").optional(),
    ]),
    ("del", KEY_2),
    ("exists", KEY_2),
    ("expire", &[key("key", 0), integer("seconds"), CONDITION]),
    ("expireat", &[key("key", 0), unix_time("unix-time-seconds"), CONDITION]),
    ("expiretime", KEY),
    ("flushall", ASYNC),
    ("flushdb", ASYNC),
    ("keys", &[pattern("pattern")]),
    ("move", &[key("key", 0), integer("db")]),
    ("object|encoding", KEY),
    ("object|freq", KEY),
    ("object|idletime", KEY),
    ("object|refcount", KEY),
    ("persist", KEY),
    ("pexpire", &[key("key", 0), integer("milliseconds"), CONDITION]),
    ("pexpireat", &[key("key", 0), unix_time("unix-time-milliseconds"), CONDITION]),
    ("pexpiretime", KEY),
    ("pttl", KEY),
    ("rename", KEY_NEWKEY),
    ("renamenx", KEY_NEWKEY),
    ("scan", &[
        CURSOR, MATCH, COUNT, string("type").token("TYPE").since("6.0.0").optional(),
    ]),
    ("sort", &[
        key("key", 0), SORT_BY, SORT_LIMIT, SORT_GET, SORT_ORDER, SORT_ALPHA,
        key("destination", 2).token("STORE").optional(),
    ]),
    ("sort_ro", &[key("key", 0), SORT_BY, SORT_LIMIT, SORT_GET, SORT_ORDER, SORT_ALPHA]),
    ("swapdb", &[integer("index1"), integer("index2")]),
    ("touch", KEY_2),
    ("ttl", KEY),
    ("type", KEY),
    ("unlink", KEY_2),
];
