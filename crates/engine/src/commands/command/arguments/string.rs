//! The arguments of the string commands.
use super::{
    Argument, KEY, KEY_2, Table, block, double, integer, key, one_of, string, unix_time, word,
};

const KEY_VALUE: &[Argument] = &[key("key", 0), string("value")];
const KEY_START_END: &[Argument] = &[key("key", 0), integer("start"), integer("end")];
const KEY_VALUE_2: &[Argument] =
    &[block("key_value", &[key("key", 0), string("value")]).multiple()];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("append", KEY_VALUE),
    ("decr", KEY),
    ("decrby", &[key("key", 0), integer("decrement")]),
    ("get", KEY),
    ("getdel", KEY),
    ("getex", &[
        key("key", 0),
        one_of("expiration", &[
            integer("seconds").token("EX"), integer("milliseconds").token("PX"),
            unix_time("unix-time-seconds").token("EXAT"),
            unix_time("unix-time-milliseconds").token("PXAT"), word("persist", "PERSIST"),
        ]).optional(),
    ]),
    ("getrange", KEY_START_END),
    ("getset", KEY_VALUE),
    ("incr", KEY),
    ("incrby", &[key("key", 0), integer("increment")]),
    ("incrbyfloat", &[key("key", 0), double("increment")]),
    ("lcs", &[
        key("key1", 0), key("key2", 0),
        word("len", "LEN").optional(), word("idx", "IDX").optional(),
        integer("min-match-len").token("MINMATCHLEN").optional(),
        word("withmatchlen", "WITHMATCHLEN").optional(),
    ]),
    ("mget", KEY_2),
    ("mset", KEY_VALUE_2),
    ("msetnx", KEY_VALUE_2),
    ("psetex", &[key("key", 0), integer("milliseconds"), string("value")]),
    ("set", &[
        key("key", 0), string("value"),
        one_of("condition", &[word("nx", "NX"), word("xx", "XX")]).since("2.6.12").optional(),
        word("get", "GET").since("6.2.0").optional(),
        one_of("expiration", &[
            integer("seconds").token("EX").since("2.6.12"),
            integer("milliseconds").token("PX").since("2.6.12"),
            unix_time("unix-time-seconds").token("EXAT").since("6.2.0"),
            unix_time("unix-time-milliseconds").token("PXAT").since("6.2.0"),
            word("keepttl", "KEEPTTL").since("6.0.0"),
        ]).optional(),
    ]),
    ("setex", &[key("key", 0), integer("seconds"), string("value")]),
    ("setnx", KEY_VALUE),
    ("setrange", &[key("key", 0), integer("offset"), string("value")]),
    ("strlen", KEY),
    ("substr", KEY_START_END),
];
