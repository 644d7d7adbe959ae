//! The arguments of every command, as trees: for COMMAND DOCS, and so for the hints of redis-cli.
//!
//! The names and shapes are those of Redis 7, because tools print them; a test checks that the
//! commands named here exist and that a key argument points at a range of its command's row.
//! Families that came later have tables of their own.
mod geo;
mod hash;
mod hyperloglog;
mod list;
mod set;
mod sorted;

/// What an argument is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Its parts, in order.
    Block,
    /// A number with a point.
    Double,
    /// A whole number.
    Integer,
    /// The name of a key.
    Key,
    /// One of its parts.
    OneOf,
    /// A glob.
    Pattern,
    /// Any bytes.
    String,
    /// A moment.
    UnixTime,
    /// A keyword that stands for itself.
    Word,
}

impl Kind {
    /// The name that COMMAND DOCS answers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Double => "double",
            Self::Integer => "integer",
            Self::Key => "key",
            Self::OneOf => "oneof",
            Self::Pattern => "pattern",
            Self::String => "string",
            Self::UnixTime => "unix-time",
            Self::Word => "pure-token",
        }
    }
}

/// One argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The keyword before it, or that it is.
    pub(super) token: Option<&'static str>,
    /// The version of Redis that had it first, if its command is older.
    pub(super) since: Option<&'static str>,
    /// Which range of keys of its command it is.
    pub(super) key_spec: Option<u8>,
    pub(super) arguments: &'static [Argument],
    optional: bool,
    multiple: bool,
    multiple_token: bool,
}

impl Argument {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            token: None,
            since: None,
            key_spec: None,
            arguments: &[],
            optional: false,
            multiple: false,
            multiple_token: false,
        }
    }

    const fn token(self, token: &'static str) -> Self {
        Self { token: Some(token), ..self }
    }

    const fn since(self, since: &'static str) -> Self {
        Self { since: Some(since), ..self }
    }

    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    const fn multiple(self) -> Self {
        Self { multiple: true, ..self }
    }

    const fn multiple_token(self) -> Self {
        Self { multiple_token: true, ..self }
    }

    /// The names of its flags.
    pub(super) fn flag_names(&self) -> impl Iterator<Item = &'static str> + Clone {
        [
            (self.optional, "optional"),
            (self.multiple, "multiple"),
            (self.multiple_token, "multiple_token"),
        ]
        .into_iter()
        .filter_map(|(set, name)| set.then_some(name))
    }
}

const fn string(name: &'static str) -> Argument {
    Argument::new(name, Kind::String)
}

const fn integer(name: &'static str) -> Argument {
    Argument::new(name, Kind::Integer)
}

const fn double(name: &'static str) -> Argument {
    Argument::new(name, Kind::Double)
}

const fn pattern(name: &'static str) -> Argument {
    Argument::new(name, Kind::Pattern)
}

const fn unix_time(name: &'static str) -> Argument {
    Argument::new(name, Kind::UnixTime)
}

const fn key(name: &'static str, key_spec: u8) -> Argument {
    Argument { key_spec: Some(key_spec), ..Argument::new(name, Kind::Key) }
}

const fn word(name: &'static str, token: &'static str) -> Argument {
    Argument::new(name, Kind::Word).token(token)
}

const fn one_of(name: &'static str, arguments: &'static [Argument]) -> Argument {
    Argument { arguments, ..Argument::new(name, Kind::OneOf) }
}

const fn block(name: &'static str, arguments: &'static [Argument]) -> Argument {
    Argument { arguments, ..Argument::new(name, Kind::Block) }
}

/// The arguments of the command called `name` (`container|subcommand`); empty if it takes none.
pub(super) fn arguments_of(name: &str) -> &'static [Argument] {
    let found = TABLES.iter().find_map(|table| {
        let index = table.binary_search_by_key(&name, |(row, _)| row).ok()?;
        Some(table[index].1)
    });
    found.unwrap_or_default()
}

/// The arguments of some commands, sorted by name.
type Table = [(&'static str, &'static [Argument])];

/// All of them.
static TABLES: [&Table; 7] = [
    ARGUMENTS,
    geo::ARGUMENTS,
    hash::ARGUMENTS,
    hyperloglog::ARGUMENTS,
    list::ARGUMENTS,
    set::ARGUMENTS,
    sorted::ARGUMENTS,
];

const KEY_VALUE: &[Argument] = &[key("key", 0), string("value")];
const ENABLED: &[Argument] = &[one_of("enabled", &[word("on", "ON"), word("off", "OFF")])];
const COMMAND_NAME: &[Argument] = &[string("command-name").optional().multiple()];
const KEY: &[Argument] = &[key("key", 0)];
const KEY_2: &[Argument] = &[key("key", 0).multiple()];
const ASYNC: &[Argument] = &[one_of(
    "async",
    &[word("async", "ASYNC").since("4.0.0"), word("sync", "SYNC").since("6.2.0")],
)
.optional()];
const KEY_START_END: &[Argument] = &[key("key", 0), integer("start"), integer("end")];
const KEY_VALUE_2: &[Argument] =
    &[block("key_value", &[key("key", 0), string("value")]).multiple()];
const SORT_PATTERN: Argument = Argument { key_spec: Some(1), ..pattern("pattern") };
const SORT_BY: Argument = SORT_PATTERN.token("BY").optional();
const SORT_GET: Argument = SORT_PATTERN.token("GET").optional().multiple().multiple_token();
const SORT_LIMIT: Argument =
    block("offset_count", &[integer("offset"), integer("count")]).token("LIMIT").optional();
const SORT_ORDER: Argument =
    one_of("order", &[word("asc", "ASC"), word("desc", "DESC")]).optional();
const SORT_ALPHA: Argument = word("sorting", "ALPHA").optional();
const KEY_NEWKEY: &[Argument] = &[key("key", 0), key("newkey", 1)];

/// The arguments of each command that takes some and is in no family of its own, sorted by name.
#[rustfmt::skip] // A table reads in columns.
static ARGUMENTS: &Table = &[
    ("append", KEY_VALUE),
    ("auth", &[string("username").since("6.0.0").optional(), string("password")]),
    ("bitcount", &[
        key("key", 0),
        block("index", &[
            integer("start"), integer("end"),
            one_of("index_unit", &[
                word("byte", "BYTE"), word("bit", "BIT"),
            ]).since("7.0.0").optional(),
        ]).optional(),
    ]),
    ("bitfield", &[
        key("key", 0),
        one_of("operation", &[
            block("encoding_offset", &[string("encoding"), integer("offset")]).token("GET"),
            block("write", &[
                one_of("wrap_sat_fail", &[
                    word("wrap", "WRAP"), word("sat", "SAT"), word("fail", "FAIL"),
                ]).token("OVERFLOW").optional(),
                one_of("write_operation", &[
                    block("encoding_offset_value", &[
                        string("encoding"), integer("offset"), integer("value"),
                    ]).token("SET"),
                    block("encoding_offset_increment", &[
                        string("encoding"), integer("offset"), integer("increment"),
                    ]).token("INCRBY"),
                ]),
            ]),
        ]).optional().multiple(),
    ]),
    ("bitfield_ro", &[
        key("key", 0),
        block("encoding_offset", &[
            string("encoding"), integer("offset"),
        ]).token("GET").optional().multiple().multiple_token(),
    ]),
    ("bitop", &[string("operation"), key("destkey", 0), key("key", 1).multiple()]),
    ("bitpos", &[
        key("key", 0), integer("bit"),
        block("index", &[
            integer("start"),
            block("end_index", &[
                integer("end"),
                one_of("index_unit", &[
                    word("byte", "BYTE"), word("bit", "BIT"),
                ]).since("7.0.0").optional(),
            ]).optional(),
        ]).optional(),
    ]),
    ("client|kill", &[
        one_of("filter", &[
            string("ip:port"),
            one_of("new-format", &[
                integer("client-id").token("ID").since("2.8.12").optional(),
                one_of("normal_master_slave_pubsub", &[
                    word("normal", "NORMAL"), word("master", "MASTER").since("3.2.0"),
                    word("slave", "SLAVE"), word("replica", "REPLICA").since("5.0.0"),
                    word("pubsub", "PUBSUB"),
                ]).token("TYPE").since("2.8.12").optional(),
                string("username").token("USER").optional(),
                string("ip:port").token("ADDR").optional(),
                string("ip:port").token("LADDR").since("6.2.0").optional(),
                string("yes/no").token("SKIPME").optional(),
            ]).multiple(),
        ]),
    ]),
    ("client|list", &[
        one_of("normal_master_replica_pubsub", &[
            word("normal", "NORMAL"), word("master", "MASTER"), word("replica", "REPLICA"),
            word("pubsub", "PUBSUB"),
        ]).token("TYPE").since("5.0.0").optional(),
        block("id", &[integer("client-id").multiple()]).token("ID").since("6.2.0").optional(),
    ]),
    ("client|no-evict", ENABLED),
    ("client|no-touch", ENABLED),
    ("client|reply", &[
        one_of("on_off_skip", &[word("on", "ON"), word("off", "OFF"), word("skip", "SKIP")]),
    ]),
    ("client|setinfo", &[
        one_of("attr", &[string("libname").token("LIB-NAME"), string("libver").token("LIB-VER")]),
    ]),
    ("client|setname", &[string("connection-name")]),
    ("command|docs", COMMAND_NAME),
    ("command|info", COMMAND_NAME),
    ("command|list", &[
        one_of("filterby", &[
            string("module-name").token("MODULE"), string("category").token("ACLCAT"),
            pattern("pattern").token("PATTERN"),
        ]).token("FILTERBY").optional(),
    ]),
    ("config|get", &[block("parameter", &[string("parameter")]).multiple()]),
    ("config|set", &[block("parameter_value", &[string("parameter"), string("value")]).multiple()]),
    ("copy", &[
        key("source", 0), key("destination", 1), integer("destination-db").token("DB").optional(),
        word("replace", "REPLACE").optional(),
    ]),
    ("decr", KEY),
    ("decrby", &[key("key", 0), integer("decrement")]),
    ("del", KEY_2),
    ("echo", &[string("message")]),
    ("exists", KEY_2),
    ("expire", &[
        key("key", 0), integer("seconds"),
        one_of("condition", &[
            word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT"),
        ]).since("7.0.0").optional(),
    ]),
    ("expireat", &[
        key("key", 0), unix_time("unix-time-seconds"),
        one_of("condition", &[
            word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT"),
        ]).since("7.0.0").optional(),
    ]),
    ("expiretime", KEY),
    ("flushall", ASYNC),
    ("flushdb", ASYNC),
    ("function|flush", &[
        one_of("async", &[word("async", "ASYNC"), word("sync", "SYNC")]).optional(),
    ]),
    ("get", KEY),
    ("getbit", &[key("key", 0), integer("offset")]),
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
    ("hello", &[
        block("arguments", &[
            integer("protover"),
            block("username_password", &[
                string("username"), string("password"),
            ]).token("AUTH").optional(),
            string("clientname").token("SETNAME").optional(),
        ]).optional(),
    ]),
    ("incr", KEY),
    ("incrby", &[key("key", 0), integer("increment")]),
    ("incrbyfloat", &[key("key", 0), double("increment")]),
    ("info", &[string("section").optional().multiple()]),
    ("keys", &[pattern("pattern")]),
    ("latency|histogram", &[string("command").optional().multiple()]),
    ("latency|history", &[string("event")]),
    ("latency|reset", &[string("event").optional().multiple()]),
    ("lcs", &[
        key("key1", 0), key("key2", 0),
        word("len", "LEN").optional(), word("idx", "IDX").optional(),
        integer("min-match-len").token("MINMATCHLEN").optional(),
        word("withmatchlen", "WITHMATCHLEN").optional(),
    ]),
    ("memory|usage", &[key("key", 0), integer("count").token("SAMPLES").optional()]),
    ("mget", KEY_2),
    ("move", &[key("key", 0), integer("db")]),
    ("mset", KEY_VALUE_2),
    ("msetnx", KEY_VALUE_2),
    ("object|encoding", KEY),
    ("object|freq", KEY),
    ("object|idletime", KEY),
    ("object|refcount", KEY),
    ("persist", KEY),
    ("pexpire", &[
        key("key", 0), integer("milliseconds"),
        one_of("condition", &[
            word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT"),
        ]).since("7.0.0").optional(),
    ]),
    ("pexpireat", &[
        key("key", 0), unix_time("unix-time-milliseconds"),
        one_of("condition", &[
            word("nx", "NX"), word("xx", "XX"), word("gt", "GT"), word("lt", "LT"),
        ]).since("7.0.0").optional(),
    ]),
    ("pexpiretime", KEY),
    ("ping", &[string("message").optional()]),
    ("psetex", &[key("key", 0), integer("milliseconds"), string("value")]),
    ("pttl", KEY),
    ("rename", KEY_NEWKEY),
    ("renamenx", KEY_NEWKEY),
    ("scan", &[
        integer("cursor"), pattern("pattern").token("MATCH").optional(),
        integer("count").token("COUNT").optional(),
        string("type").token("TYPE").since("6.0.0").optional(),
    ]),
    ("script|flush", &[
        one_of("async", &[word("async", "ASYNC"), word("sync", "SYNC")]).since("6.2.0").optional(),
    ]),
    ("select", &[integer("index")]),
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
    ("setbit", &[key("key", 0), integer("offset"), integer("value")]),
    ("setex", &[key("key", 0), integer("seconds"), string("value")]),
    ("setnx", KEY_VALUE),
    ("setrange", &[key("key", 0), integer("offset"), string("value")]),
    ("shutdown", &[
        one_of("nosave_save", &[word("nosave", "NOSAVE"), word("save", "SAVE")]).optional(),
        word("now", "NOW").since("7.0.0").optional(),
        word("force", "FORCE").since("7.0.0").optional(),
        word("abort", "ABORT").since("7.0.0").optional(),
    ]),
    ("slowlog|get", &[integer("count").optional()]),
    ("sort", &[
        key("key", 0), SORT_BY, SORT_LIMIT, SORT_GET, SORT_ORDER, SORT_ALPHA,
        key("destination", 2).token("STORE").optional(),
    ]),
    ("sort_ro", &[key("key", 0), SORT_BY, SORT_LIMIT, SORT_GET, SORT_ORDER, SORT_ALPHA]),
    ("strlen", KEY),
    ("substr", KEY_START_END),
    ("swapdb", &[integer("index1"), integer("index2")]),
    ("touch", KEY_2),
    ("ttl", KEY),
    ("type", KEY),
    ("unlink", KEY_2),
    ("watch", KEY_2),
];

#[cfg(test)]
#[path = "arguments_test.rs"]
mod arguments_test;
