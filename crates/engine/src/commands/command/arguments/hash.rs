//! The arguments of the hash commands.
use super::{
    Argument, COUNT, CURSOR, KEY, MATCH, Table, block, double, integer, key, string, word,
};

const KEY_FIELD: &[Argument] = &[key("key", 0), string("field")];
const KEY_FIELDS: &[Argument] = &[key("key", 0), string("field").multiple()];
const KEY_FIELDS_VALUES: &[Argument] =
    &[key("key", 0), block("field_value", &[string("field"), string("value")]).multiple()];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("hdel", KEY_FIELDS),
    ("hexists", KEY_FIELD),
    ("hget", KEY_FIELD),
    ("hgetall", KEY),
    ("hincrby", &[key("key", 0), string("field"), integer("increment")]),
    ("hincrbyfloat", &[key("key", 0), string("field"), double("increment")]),
    ("hkeys", KEY),
    ("hlen", KEY),
    ("hmget", KEY_FIELDS),
    ("hmset", KEY_FIELDS_VALUES),
    ("hrandfield", &[
        key("key", 0),
        block("options", &[
            integer("count"), word("withvalues", "WITHVALUES").optional(),
        ]).optional(),
    ]),
    ("hscan", &[key("key", 0), CURSOR, MATCH, COUNT]),
    ("hset", KEY_FIELDS_VALUES),
    ("hsetnx", &[key("key", 0), string("field"), string("value")]),
    ("hstrlen", KEY_FIELD),
    ("hvals", KEY),
];
