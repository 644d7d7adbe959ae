//! The kinds of requests: one row for each.

/// A kind of request. Words in small letters stand for what differs from request to request:
///
/// * `key`, and `element` for one of its elements: both follow from one draw
/// * `value`: some text of the size that was asked for
/// * `number`: a score, or any number below the count of elements
/// * `from` and `to`: the ranks or scores of a hundred elements in a row
/// * `ttl`: seconds to live
/// * `...`: the small words before it once more, up to so many times as was asked for
///
/// Other small words, as names of keys that are always the same, stand for themselves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Kind {
    /// As the command line names it.
    pub name: &'static str,
    /// The kind that loads what it asks for.
    pub loader: &'static str,
    /// The request.
    pub request: &'static str,
}

/// Elements between `from` and `to`.
pub const RANGE_COUNT: u64 = 100;

const fn kind(name: &'static str, loader: &'static str, request: &'static str) -> Kind {
    Kind { name, loader, request }
}

/// All of them.
pub const KINDS: &[Kind] = &[
    kind("ping", "set", "PING"),
    kind("get", "set", "GET key"),
    kind("set", "set", "SET key value"),
    kind("incr", "incr", "INCR key"),
    kind("mget", "set", "MGET key ..."),
    kind("mset", "set", "MSET key value ..."),
    kind("setex", "setex", "SET key value EX ttl"),
    kind("expire", "set", "EXPIRE key ttl"),
    kind("lpush", "lpush", "LPUSH key value"),
    kind("rpop", "lpush", "RPOP key"),
    kind("lrange100", "lpush", "LRANGE key 0 99"),
    kind("lrange600", "lpush", "LRANGE key 0 599"),
    kind("hset", "hset", "HSET key element value"),
    kind("hget", "hset", "HGET key element"),
    kind("hgetall", "hset", "HGETALL key"),
    kind("sadd", "sadd", "SADD key element"),
    kind("sismember", "sadd", "SISMEMBER key element"),
    kind("spop", "sadd", "SPOP key"),
    kind("sinter", "sadd", "SINTER key:000000000000 key:000000000001"),
    kind("zadd", "zadd", "ZADD key number element"),
    kind("zscore", "zadd", "ZSCORE key element"),
    kind("zrank", "zadd", "ZRANK key element"),
    kind("zrange100", "zadd", "ZRANGE key from to"),
    kind("zrangebyscore10", "zadd", "ZRANGEBYSCORE key from to LIMIT 0 10"),
    kind("zincrby", "zadd", "ZINCRBY key 1 element"),
];

impl Kind {
    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|kind| kind.name == name).copied()
    }

    /// The names of all, for those who ask what there is.
    pub fn names() -> String {
        KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>().join(" ")
    }
}
