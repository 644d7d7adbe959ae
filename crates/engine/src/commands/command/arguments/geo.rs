//! The arguments of the commands that know positions.
use super::{Argument, Table, block, double, integer, key, one_of, string, word};

const MEMBERS: &[Argument] = &[key("key", 0), string("member").optional().multiple()];
const UNITS: &[Argument] = &[word("m", "M"), word("km", "KM"), word("ft", "FT"), word("mi", "MI")];
const UNIT: Argument = one_of("unit", UNITS);
const POSITION: &[Argument] = &[double("longitude"), double("latitude")];
const WITH_POSITION: Argument = word("withcoord", "WITHCOORD").optional();
const WITH_DISTANCE: Argument = word("withdist", "WITHDIST").optional();
const WITH_HASH: Argument = word("withhash", "WITHHASH").optional();
const ORDER: Argument = one_of("order", &[word("asc", "ASC"), word("desc", "DESC")]).optional();
const COUNT: Argument =
    block("count-block", &[integer("count").token("COUNT"), word("any", "ANY").optional()])
        .optional();
/// Of commands that are older than ANY.
const COUNT_SINCE: Argument = block(
    "count-block",
    &[integer("count").token("COUNT"), word("any", "ANY").since("6.2.0").optional()],
)
.optional();
const FROM: Argument = one_of(
    "from",
    &[string("member").token("FROMMEMBER"), block("fromlonlat", POSITION).token("FROMLONLAT")],
);
const BY: Argument = one_of(
    "by",
    &[
        block("circle", &[double("radius").token("BYRADIUS"), UNIT]),
        block("box", &[double("width").token("BYBOX"), double("height"), UNIT]),
    ],
);
const STORE: Argument = one_of(
    "store",
    &[key("storekey", 1).token("STORE"), key("storedistkey", 2).token("STOREDIST")],
)
.optional();

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("geoadd", &[
        key("key", 0),
        one_of("condition", &[word("nx", "NX"), word("xx", "XX")]).since("6.2.0").optional(),
        word("change", "CH").since("6.2.0").optional(),
        block("data", &[double("longitude"), double("latitude"), string("member")]).multiple(),
    ]),
    ("geodist", &[
        key("key", 0), string("member1"), string("member2"), one_of("unit", UNITS).optional(),
    ]),
    ("geohash", MEMBERS),
    ("geopos", MEMBERS),
    ("georadius", &[
        key("key", 0), double("longitude"), double("latitude"), double("radius"), UNIT,
        WITH_POSITION, WITH_DISTANCE, WITH_HASH, COUNT_SINCE, ORDER, STORE,
    ]),
    ("georadius_ro", &[
        key("key", 0), double("longitude"), double("latitude"), double("radius"), UNIT,
        WITH_POSITION, WITH_DISTANCE, WITH_HASH, COUNT_SINCE, ORDER,
    ]),
    ("georadiusbymember", &[
        key("key", 0), string("member"), double("radius"), UNIT,
        WITH_POSITION, WITH_DISTANCE, WITH_HASH, COUNT, ORDER, STORE,
    ]),
    ("georadiusbymember_ro", &[
        key("key", 0), string("member"), double("radius"), UNIT,
        WITH_POSITION, WITH_DISTANCE, WITH_HASH, COUNT, ORDER,
    ]),
    ("geosearch", &[
        key("key", 0), FROM, BY, ORDER, COUNT, WITH_POSITION, WITH_DISTANCE, WITH_HASH,
    ]),
    ("geosearchstore", &[
        key("destination", 0), key("source", 1), FROM, BY, ORDER, COUNT,
        word("storedist", "STOREDIST").optional(),
    ]),
];
