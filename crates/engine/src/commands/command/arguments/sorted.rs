//! The arguments of the sorted set commands.
use super::{
    Argument, COUNT, CURSOR, KEY, MATCH, Table, block, double, integer, key, one_of, string, word,
};

const MEMBER: &[Argument] = &[key("key", 0), string("member")];
const MEMBERS: &[Argument] = &[key("key", 0), string("member").multiple()];
const RANK: &[Argument] =
    &[key("key", 0), string("member"), word("withscore", "WITHSCORE").since("7.2.0").optional()];
const POP: &[Argument] = &[key("key", 0), integer("count").optional()];
const SCORES: &[Argument] = &[key("key", 0), double("min"), double("max")];
const NAMES: &[Argument] = &[key("key", 0), string("min"), string("max")];
const ENDS: &[Argument] = &[word("min", "MIN"), word("max", "MAX")];
const ORDERS: &[Argument] = &[word("byscore", "BYSCORE"), word("bylex", "BYLEX")];
const LIMIT: Argument =
    block("offset_count", &[integer("offset"), integer("count")]).token("LIMIT").optional();
const SHOWN: Argument = word("withscores", "WITHSCORES").optional();
const WEIGHTS: Argument = integer("weight").token("WEIGHTS").optional().multiple();
const AGGREGATE: Argument =
    one_of("aggregate", &[word("sum", "SUM"), word("min", "MIN"), word("max", "MAX")])
        .token("AGGREGATE")
        .optional();
const COMBINE: &[Argument] =
    &[integer("numkeys"), key("key", 0).multiple(), WEIGHTS, AGGREGATE, SHOWN];
const COMBINE_STORE: &[Argument] =
    &[key("destination", 0), integer("numkeys"), key("key", 1).multiple(), WEIGHTS, AGGREGATE];

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("zadd", &[
        key("key", 0),
        one_of("condition", &[word("nx", "NX"), word("xx", "XX")]).since("3.0.2").optional(),
        one_of("comparison", &[word("gt", "GT"), word("lt", "LT")]).since("6.2.0").optional(),
        word("change", "CH").since("3.0.2").optional(),
        word("increment", "INCR").since("3.0.2").optional(),
        block("score_member", &[double("score"), string("member")]).multiple(),
    ]),
    ("zcard", KEY),
    ("zcount", SCORES),
    ("zdiff", &[integer("numkeys"), key("key", 0).multiple(), SHOWN]),
    ("zdiffstore", &[key("destination", 0), integer("numkeys"), key("key", 1).multiple()]),
    ("zincrby", &[key("key", 0), integer("increment"), string("member")]),
    ("zinter", COMBINE),
    ("zintercard", &[
        integer("numkeys"), key("key", 0).multiple(), integer("limit").token("LIMIT").optional(),
    ]),
    ("zinterstore", COMBINE_STORE),
    ("zlexcount", NAMES),
    ("zmpop", &[
        integer("numkeys"), key("key", 0).multiple(), one_of("where", ENDS),
        integer("count").token("COUNT").optional(),
    ]),
    ("zmscore", MEMBERS),
    ("zpopmax", POP),
    ("zpopmin", POP),
    ("zrandmember", &[key("key", 0), block("options", &[integer("count"), SHOWN]).optional()]),
    ("zrange", &[
        key("key", 0), string("start"), string("stop"),
        one_of("sortby", ORDERS).since("6.2.0").optional(),
        word("rev", "REV").since("6.2.0").optional(), LIMIT.since("6.2.0"), SHOWN,
    ]),
    ("zrangebylex", &[key("key", 0), string("min"), string("max"), LIMIT]),
    ("zrangebyscore", &[key("key", 0), double("min"), double("max"), SHOWN.since("2.0.0"), LIMIT]),
    ("zrangestore", &[
        key("dst", 0), key("src", 1), string("min"), string("max"),
        one_of("sortby", ORDERS).optional(), word("rev", "REV").optional(), LIMIT,
    ]),
    ("zrank", RANK),
    ("zrem", MEMBERS),
    ("zremrangebylex", NAMES),
    ("zremrangebyrank", &[key("key", 0), integer("start"), integer("stop")]),
    ("zremrangebyscore", SCORES),
    ("zrevrange", &[key("key", 0), integer("start"), integer("stop"), SHOWN]),
    ("zrevrangebylex", &[key("key", 0), string("max"), string("min"), LIMIT]),
    ("zrevrangebyscore", &[key("key", 0), double("max"), double("min"), SHOWN, LIMIT]),
    ("zrevrank", RANK),
    ("zscan", &[key("key", 0), CURSOR, MATCH, COUNT]),
    ("zscore", MEMBER),
    ("zunion", COMBINE),
    ("zunionstore", COMBINE_STORE),
];
