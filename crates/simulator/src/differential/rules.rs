//! One row for each command: how often it comes, and how its replies are compared.
//!
//! Keeps true: together with `LEFT_OUT` these are the commands of Granite's own table, no more and
//! no fewer, so that no command goes without a judge. Replies are equal byte for byte unless a row
//! says what Redis itself leaves open.
use super::docs::Docs;
use super::geo;
use super::grammar::{Node, compile};
use super::hyperloglog;
use super::sorted;
use super::sorting;
use super::values::Source;
use granite_engine::commands::table::COMMANDS;

/// How two replies are compared that are not the same bytes. Errors are always compared as text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Judge {
    /// They have to be.
    Exact,
    /// An array or map whose order means nothing.
    Unordered,
    /// A cursor and names: comparable if one call has walked over all keys.
    Scan,
    /// Any key, or none.
    AnyString,
    /// Any elements: only how many there are is compared.
    AnyOf,
    /// A time in milliseconds, or a negative mark.
    Milliseconds,
    /// A time in seconds, or a negative mark.
    Seconds,
    /// Seconds and microseconds.
    Clock,
    /// The replies of the queued commands, each by its own judge.
    Transaction,
    /// A map of which some values are the server's own.
    Map(&'static [&'static str]),
    /// Lines of `name=value`, of which these have to be equal.
    Fields(&'static [&'static str]),
    /// Only the type of the reply: what is in it is the server's own.
    Shape,
}

/// A row.
pub struct Rule {
    /// The full name in lower case.
    pub name: &'static str,
    /// How often, against the others.
    pub weight: u64,
    /// How replies are compared.
    pub judge: Judge,
}

const fn rule(name: &'static str, weight: u64, judge: Judge) -> Rule {
    Rule { name, weight, judge }
}

/// What CLIENT INFO and CLIENT LIST say of a connection that does not depend on the server. Not
/// `multi`: Redis queues nothing behind a broken watch, and still counts while EXEC runs.
const CLIENT_FIELDS: &[&str] = &["name", "db", "sub", "psub", "user", "resp"];

/// Every command that streams have, sorted by name.
pub const RULES: &[Rule] = &[
    rule("append", 40, Judge::Exact),
    rule("auth", 2, Judge::Exact),
    rule("bitcount", 30, Judge::Exact),
    rule("bitfield", 60, Judge::Exact),
    rule("bitfield_ro", 20, Judge::Exact),
    rule("bitop", 30, Judge::Exact),
    rule("bitpos", 30, Judge::Exact),
    rule("client|getname", 2, Judge::Exact),
    rule("client|getredir", 1, Judge::Exact),
    rule("client|help", 1, Judge::Shape),
    rule("client|id", 1, Judge::Shape),
    rule("client|info", 2, Judge::Fields(CLIENT_FIELDS)),
    rule("client|kill", 2, Judge::Exact),
    rule("client|list", 1, Judge::Fields(CLIENT_FIELDS)),
    rule("client|no-evict", 1, Judge::Exact),
    rule("client|reply", 2, Judge::Exact),
    rule("client|setname", 3, Judge::Exact),
    rule("client|trackinginfo", 1, Judge::Unordered),
    rule("client|unpause", 1, Judge::Exact),
    rule("command", 1, Judge::Shape),
    rule("command|count", 1, Judge::Shape),
    rule("command|docs", 1, Judge::Shape),
    rule("command|getkeys", 4, Judge::Exact),
    rule("command|getkeysandflags", 4, Judge::Exact),
    rule("command|help", 1, Judge::Shape),
    rule("command|info", 2, Judge::Exact),
    rule("command|list", 1, Judge::Shape),
    rule("config|get", 3, Judge::Unordered),
    rule("config|help", 1, Judge::Shape),
    rule("config|resetstat", 1, Judge::Exact),
    rule("config|set", 3, Judge::Exact),
    rule("copy", 24, Judge::Exact),
    rule("dbsize", 6, Judge::Exact),
    rule("decr", 12, Judge::Exact),
    rule("decrby", 12, Judge::Exact),
    rule("del", 20, Judge::Exact),
    rule("discard", 3, Judge::Exact),
    rule("echo", 4, Judge::Exact),
    rule("exec", 3, Judge::Transaction),
    rule("exists", 12, Judge::Exact),
    rule("expire", 24, Judge::Exact),
    rule("expireat", 24, Judge::Exact),
    rule("expiretime", 6, Judge::Seconds),
    rule("flushall", 1, Judge::Exact),
    rule("flushdb", 2, Judge::Exact),
    rule("function|flush", 1, Judge::Exact),
    rule("function|help", 1, Judge::Shape),
    rule("geoadd", 100, Judge::Exact),
    rule("geodist", 16, Judge::Exact),
    rule("geohash", 12, Judge::Exact),
    rule("geopos", 16, Judge::Exact),
    rule("georadius", 30, Judge::Exact),
    rule("georadius_ro", 12, Judge::Exact),
    rule("georadiusbymember", 30, Judge::Exact),
    rule("georadiusbymember_ro", 12, Judge::Exact),
    rule("geosearch", 50, Judge::Exact),
    rule("geosearchstore", 30, Judge::Exact),
    rule("get", 60, Judge::Exact),
    rule("getbit", 16, Judge::Exact),
    rule("getdel", 12, Judge::Exact),
    rule("getex", 24, Judge::Exact),
    rule("getrange", 30, Judge::Exact),
    rule("getset", 12, Judge::Exact),
    rule("hdel", 30, Judge::Exact),
    rule("hello", 2, Judge::Map(&["version", "id"])),
    rule("hexists", 12, Judge::Exact),
    rule("hget", 40, Judge::Exact),
    rule("hgetall", 12, Judge::Unordered),
    rule("hincrby", 24, Judge::Exact),
    rule("hincrbyfloat", 24, Judge::Exact),
    rule("hkeys", 8, Judge::Unordered),
    rule("hlen", 12, Judge::Exact),
    rule("hmget", 20, Judge::Exact),
    rule("hmset", 20, Judge::Exact),
    rule("hrandfield", 16, Judge::AnyOf),
    rule("hscan", 16, Judge::Scan),
    rule("hset", 80, Judge::Exact),
    rule("hsetnx", 24, Judge::Exact),
    rule("hstrlen", 12, Judge::Exact),
    rule("hvals", 8, Judge::Unordered),
    rule("incr", 20, Judge::Exact),
    rule("incrby", 24, Judge::Exact),
    rule("incrbyfloat", 30, Judge::Exact),
    rule("info", 1, Judge::Shape),
    rule("keys", 4, Judge::Unordered),
    rule("lastsave", 1, Judge::Shape),
    rule("latency|doctor", 1, Judge::Shape),
    rule("latency|help", 1, Judge::Shape),
    rule("latency|histogram", 1, Judge::Shape),
    rule("latency|history", 1, Judge::Exact),
    rule("latency|latest", 1, Judge::Exact),
    rule("latency|reset", 1, Judge::Exact),
    rule("lcs", 16, Judge::Exact),
    rule("lindex", 20, Judge::Exact),
    rule("linsert", 24, Judge::Exact),
    rule("llen", 12, Judge::Exact),
    rule("lmove", 30, Judge::Exact),
    rule("lmpop", 16, Judge::Exact),
    rule("lpop", 30, Judge::Exact),
    rule("lpos", 30, Judge::Exact),
    rule("lpush", 60, Judge::Exact),
    rule("lpushx", 16, Judge::Exact),
    rule("lrange", 30, Judge::Exact),
    rule("lrem", 30, Judge::Exact),
    rule("lset", 20, Judge::Exact),
    rule("ltrim", 12, Judge::Exact),
    rule("memory|doctor", 1, Judge::Shape),
    rule("memory|help", 1, Judge::Shape),
    rule("memory|stats", 1, Judge::Shape),
    rule("memory|usage", 2, Judge::Shape),
    rule("mget", 20, Judge::Exact),
    rule("move", 12, Judge::Exact),
    rule("mset", 16, Judge::Exact),
    rule("msetnx", 12, Judge::Exact),
    rule("multi", 20, Judge::Exact),
    rule("object|encoding", 12, Judge::Exact),
    rule("object|freq", 1, Judge::Shape),
    rule("object|help", 1, Judge::Shape),
    // What a policy of the LFU kind has noted is no time to one of the LRU kind.
    rule("object|idletime", 2, Judge::Shape),
    // Redis shares small numbers, and strings with its slow log.
    rule("object|refcount", 2, Judge::Shape),
    rule("persist", 12, Judge::Exact),
    rule("pexpire", 24, Judge::Exact),
    rule("pexpireat", 24, Judge::Exact),
    rule("pexpiretime", 6, Judge::Milliseconds),
    rule("pfadd", 60, Judge::Exact),
    rule("pfcount", 30, Judge::Exact),
    rule("pfdebug", 6, Judge::Exact),
    rule("pfmerge", 20, Judge::Exact),
    rule("ping", 6, Judge::Exact),
    rule("psetex", 12, Judge::Exact),
    rule("pttl", 6, Judge::Milliseconds),
    rule("quit", 1, Judge::Exact),
    rule("randomkey", 3, Judge::AnyString),
    rule("rename", 16, Judge::Exact),
    rule("renamenx", 12, Judge::Exact),
    rule("reset", 1, Judge::Exact),
    rule("rpop", 30, Judge::Exact),
    rule("rpoplpush", 12, Judge::Exact),
    rule("rpush", 60, Judge::Exact),
    rule("rpushx", 16, Judge::Exact),
    rule("sadd", 80, Judge::Exact),
    rule("scan", 8, Judge::Scan),
    rule("scard", 12, Judge::Exact),
    rule("script|flush", 1, Judge::Exact),
    rule("script|help", 1, Judge::Shape),
    rule("sdiff", 16, Judge::Unordered),
    rule("sdiffstore", 24, Judge::Exact),
    rule("select", 10, Judge::Exact),
    rule("set", 100, Judge::Exact),
    rule("setbit", 24, Judge::Exact),
    rule("setex", 12, Judge::Exact),
    rule("setnx", 16, Judge::Exact),
    rule("setrange", 30, Judge::Exact),
    rule("sinter", 16, Judge::Unordered),
    rule("sintercard", 16, Judge::Exact),
    rule("sinterstore", 24, Judge::Exact),
    rule("sismember", 20, Judge::Exact),
    rule("slowlog|get", 1, Judge::Shape),
    rule("slowlog|help", 1, Judge::Shape),
    rule("slowlog|len", 1, Judge::Shape),
    rule("slowlog|reset", 1, Judge::Exact),
    rule("smembers", 24, Judge::Unordered),
    rule("smismember", 16, Judge::Exact),
    rule("smove", 30, Judge::Exact),
    rule("sort", 60, Judge::Exact),
    rule("sort_ro", 24, Judge::Exact),
    // All of them or none: what chance takes out of both is not the same.
    rule("spop", 12, Judge::Unordered),
    rule("srandmember", 16, Judge::AnyOf),
    rule("srem", 30, Judge::Exact),
    rule("sscan", 12, Judge::Scan),
    rule("strlen", 16, Judge::Exact),
    rule("substr", 6, Judge::Exact),
    rule("sunion", 16, Judge::Unordered),
    rule("sunionstore", 24, Judge::Exact),
    rule("swapdb", 1, Judge::Exact),
    rule("time", 1, Judge::Clock),
    rule("touch", 6, Judge::Exact),
    rule("ttl", 6, Judge::Seconds),
    rule("type", 10, Judge::Exact),
    rule("unlink", 10, Judge::Exact),
    rule("unwatch", 3, Judge::Exact),
    rule("watch", 12, Judge::Exact),
    rule("zadd", 120, Judge::Exact),
    rule("zcard", 12, Judge::Exact),
    rule("zcount", 20, Judge::Exact),
    rule("zdiff", 12, Judge::Exact),
    rule("zdiffstore", 16, Judge::Exact),
    rule("zincrby", 40, Judge::Exact),
    rule("zinter", 12, Judge::Exact),
    rule("zintercard", 12, Judge::Exact),
    rule("zinterstore", 16, Judge::Exact),
    rule("zlexcount", 12, Judge::Exact),
    rule("zmpop", 16, Judge::Exact),
    rule("zmscore", 16, Judge::Exact),
    rule("zpopmax", 12, Judge::Exact),
    rule("zpopmin", 12, Judge::Exact),
    rule("zrandmember", 12, Judge::AnyOf),
    rule("zrange", 50, Judge::Exact),
    rule("zrangebylex", 20, Judge::Exact),
    rule("zrangebyscore", 24, Judge::Exact),
    rule("zrangestore", 24, Judge::Exact),
    rule("zrank", 20, Judge::Exact),
    rule("zrem", 30, Judge::Exact),
    rule("zremrangebylex", 8, Judge::Exact),
    rule("zremrangebyrank", 8, Judge::Exact),
    rule("zremrangebyscore", 8, Judge::Exact),
    rule("zrevrange", 16, Judge::Exact),
    rule("zrevrangebylex", 20, Judge::Exact),
    rule("zrevrangebyscore", 24, Judge::Exact),
    rule("zrevrank", 20, Judge::Exact),
    rule("zscan", 12, Judge::Scan),
    rule("zscore", 20, Judge::Exact),
    rule("zunion", 12, Judge::Exact),
    rule("zunionstore", 16, Judge::Exact),
];

/// Commands of the table that streams do not have, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("client|no-touch", "Redis has it since 7.2"),
    ("client|setinfo", "Redis has it since 7.2"),
    ("config|rewrite", "both refuse it, with reasons of their own"),
    ("debug", "it stops the clock or the server"),
    ("memory|plan", "only Granite has a plan"),
    ("pfselftest", "Redis takes a second for it"),
    ("shutdown", "it ends the server"),
];

/// The row of a full name.
pub fn find(name: &str) -> Option<usize> {
    RULES.binary_search_by(|rule| rule.name.cmp(name)).ok()
}

/// Names of Granite's table as it is linked in here: commands, and subcommands of containers.
pub fn table_names() -> Vec<&'static str> {
    let mut names = Vec::new();
    for command in COMMANDS {
        if command.subcommands.is_empty() || command.name == "command" {
            names.push(command.name);
        }
        names.extend(command.subcommands.iter().map(|subcommand| subcommand.name));
    }
    names
}

/// Are these all commands of a server's table? The error names those that are forgotten.
pub fn check_complete<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let is_left_out = |name: &str| LEFT_OUT.iter().any(|(left_out, _)| *left_out == name);
    let forgotten: Vec<&str> =
        names.filter(|name| find(name).is_none() && !is_left_out(name)).collect();
    if forgotten.is_empty() {
        return Ok(());
    }
    Err(format!("commands without a generator: {}", forgotten.join(", ")))
}

/// The syntax of each row, in the order of the rows.
pub fn syntaxes(docs: &Docs) -> Result<Vec<Node>, String> {
    RULES
        .iter()
        .map(|rule| match by_hand(rule.name) {
            Some(node) => Ok(node),
            None => match docs.get(rule.name) {
                Some(arguments) => compile(rule.name, arguments),
                None => Err(format!("COMMAND DOCS does not know {}", rule.name)),
            },
        })
        .collect()
}

/// Where the documentation does not say what belongs together, or says too much.
fn by_hand(name: &str) -> Option<Node> {
    let setting = |name: &str, values: &[&str]| {
        let values = values.iter().map(|value| Node::word(value)).collect();
        Node::Sequence(vec![Node::word(name), Node::Choice(values)])
    };
    let filter = |name: &str, source| Node::Sequence(vec![Node::word(name), Node::Value(source)]);
    let optional = |node| Node::Optional(Box::new(node));
    Some(match name {
        // Only what can be put back, and ends no connection.
        "config|set" => Node::Repeat(Box::new(Node::Choice(vec![
            setting("slowlog-max-len", &["0", "1", "128", "-1", "x"]),
            setting("slowlog-log-slower-than", &["-1", "10000", "1000000", "x"]),
            setting("lfu-log-factor", &["0", "10", "-1"]),
            setting("lfu-decay-time", &["0", "1", "-1"]),
            setting("latency-tracking", &["yes", "no", "maybe", "YES"]),
            setting("hll-sparse-max-bytes", &["3000", "100", "40", "0", "20000", "-1"]),
            setting("maxmemory-policy", &["noeviction", "allkeys-lru", "allkeys-lfu", "nosuch"]),
            setting("proto-max-bulk-len", &["1mb", "536870912", "512mb", "1", "x"]),
            setting("nosuch", &["1"]),
        ]))),
        // The last filter is one that no connection passes: the driver wants to keep its own.
        "client|kill" => Node::Choice(vec![
            Node::Value(Source::Address),
            Node::Sequence(vec![
                optional(filter("ADDR", Source::Address)),
                optional(filter("LADDR", Source::Address)),
                optional(filter("USER", Source::User)),
                optional(filter("SKIPME", Source::YesNo)),
                optional(setting("TYPE", &["normal", "replica", "master", "pubsub", "nosuch"])),
                setting("ID", &["999999999999"]),
            ]),
        ]),
        // OFF and SKIP come with what they silence, from the stream.
        "client|reply" => Node::Choice(vec![Node::word("ON"), Node::word("maybe")]),
        // Not AUTH and SETNAME in one: 7.0 does one before it has read the other.
        "hello" => {
            let auth =
                [Node::word("AUTH"), Node::Value(Source::User), Node::Value(Source::Password)];
            let options = vec![Node::Sequence(auth.to_vec()), filter("SETNAME", Source::Name)];
            optional(Node::Sequence(vec![
                Node::Value(Source::Protocol),
                optional(Node::Choice(options)),
            ]))
        }
        "lmpop" => Node::Sequence(vec![
            counted_keys(),
            Node::OneOf(vec![Node::word("LEFT"), Node::word("RIGHT")]),
            optional(filter("COUNT", Source::Count)),
        ]),
        "pfadd" | "pfcount" | "pfdebug" | "pfmerge" | "setrange" => hyperloglog::node(name),
        "sintercard" => {
            Node::Sequence(vec![counted_keys(), optional(filter("LIMIT", Source::Count))])
        }
        "sort" | "sort_ro" => sorting::node(name),
        "spop" => Node::Sequence(vec![
            Node::Value(Source::Key),
            Node::Choice(["0", "-1", "x", "1000000"].map(Node::word).to_vec()),
        ]),
        _ if name.starts_with("geo") => geo::node(name),
        "zadd" | "zrange" | "zrangestore" => sorted::node(name),
        "zdiff" | "zdiffstore" | "zinter" | "zintercard" | "zinterstore" | "zmpop" | "zunion"
        | "zunionstore" => sorted::counted(name),
        // A whole command follows: the stream adds it.
        "command|getkeys" | "command|getkeysandflags" => Node::Sequence(Vec::new()),
        _ => return None,
    })
}

/// Keys behind their count: mostly as many as it says.
fn counted_keys() -> Node {
    let key = || Node::Value(Source::Key);
    Node::Choice(vec![
        Node::Sequence(vec![Node::word("1"), key()]),
        Node::Sequence(vec![Node::word("2"), key(), key()]),
        Node::Sequence(vec![Node::Value(Source::KeyCount), Node::Repeat(Box::new(key()))]),
    ])
}

/// For tests without a server: as `syntaxes`, with another source than the documentation.
#[cfg(test)]
pub(super) fn by_hand_or(name: &str, documented: impl Fn(&str) -> Node) -> Node {
    by_hand(name).unwrap_or_else(|| documented(name))
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod rules_test;
