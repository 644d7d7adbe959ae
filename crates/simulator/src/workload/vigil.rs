//! Vigils: somebody watches a key, somebody changes it or does not, and EXEC says whether that was
//! noticed. Single random commands hardly ever come in this order with nothing in between.
//!
//! Invariant: every command that writes is in a vigil; a test compares the lines with the table of
//! the engine.
use granite_engine::random::Random;

/// What is done to one kind of key.
struct Kind {
    /// Names that stand for `KEY` and `OTHER`.
    name: &'static str,
    /// Makes a key of this kind, with elements that the other lines name.
    made_by: &'static str,
    /// Each may change the key that is watched; some do not, and that must be noticed too.
    changes: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        name: "set",
        made_by: "SADD KEY a b c",
        changes: &[
            "SADD KEY a",
            "SADD KEY d",
            "SDIFFSTORE KEY KEY OTHER",
            "SDIFFSTORE KEY OTHER KEY",
            "SINTERSTORE KEY KEY OTHER",
            "SINTERSTORE KEY KEY none",
            "SMOVE KEY OTHER a",
            "SMOVE KEY OTHER x",
            "SMOVE OTHER KEY a",
            "SMOVE OTHER KEY d",
            "SORT KEY ALPHA STORE list:0",
            "SPOP KEY",
            "SPOP KEY 2",
            "SPOP KEY 9",
            "SREM KEY a",
            "SREM KEY a b c",
            "SREM KEY x",
            "SUNIONSTORE KEY OTHER KEY",
        ],
    },
    Kind {
        name: "hash",
        made_by: "HSET KEY a 1 b 2 c 3",
        changes: &[
            "HDEL KEY a",
            "HDEL KEY a b c",
            "HDEL KEY x",
            "HINCRBY KEY a 1",
            "HINCRBY KEY d 0",
            "HINCRBYFLOAT KEY a 1.5",
            "HMSET KEY a 1 d 4",
            "HSET KEY a 1",
            "HSET KEY a 9 d 4",
            "HSETNX KEY a 9",
            "HSETNX KEY d 4",
        ],
    },
    Kind {
        name: "list",
        made_by: "RPUSH KEY a b c",
        changes: &[
            "LINSERT KEY BEFORE b d",
            "LINSERT KEY AFTER x d",
            "LMOVE KEY KEY LEFT RIGHT",
            "LMOVE KEY OTHER RIGHT LEFT",
            "LMOVE OTHER KEY LEFT LEFT",
            "LMPOP 2 none KEY LEFT COUNT 2",
            "LPOP KEY",
            "LPOP KEY 0",
            "LPOP KEY 9",
            "LPUSH KEY d",
            "LPUSHX KEY d",
            "LREM KEY 0 a",
            "LREM KEY -1 c",
            "LREM KEY 0 x",
            "LSET KEY 0 d",
            "LSET KEY 99999 d",
            "LTRIM KEY 0 -1",
            "LTRIM KEY 1 1",
            "LTRIM KEY 99999 -1",
            "RPOP KEY 2",
            "RPOPLPUSH KEY OTHER",
            "RPOPLPUSH OTHER KEY",
            "RPUSH KEY d",
            "RPUSHX KEY d",
            "SORT KEY ALPHA STORE KEY",
            "SORT OTHER ALPHA LIMIT 99999 1 STORE KEY",
        ],
    },
    Kind {
        name: "sorted",
        made_by: "ZADD KEY 1 a 2 b 3 c",
        changes: &[
            "ZADD KEY 1 a",
            "ZADD KEY 4 d",
            "ZADD KEY 9 a",
            "ZADD KEY NX 9 a",
            "ZADD KEY XX 9 d",
            "ZDIFFSTORE KEY 2 KEY OTHER",
            "ZINCRBY KEY 1 a",
            "ZINTERSTORE KEY 2 KEY OTHER",
            "ZMPOP 2 none KEY MAX COUNT 2",
            "ZPOPMAX KEY 2",
            "ZPOPMAX KEY 9",
            "ZPOPMIN KEY",
            "ZRANGESTORE KEY OTHER 0 1",
            "ZRANGESTORE KEY KEY 99999 -1",
            "ZREM KEY a",
            "ZREM KEY a b c",
            "ZREM KEY x",
            "ZREMRANGEBYRANK KEY 0 0",
            "ZREMRANGEBYRANK KEY 99999 -1",
            "ZREMRANGEBYSCORE KEY (1 3",
            "ZREMRANGEBYSCORE KEY 999 1000",
            "ZUNIONSTORE KEY 2 KEY OTHER",
        ],
    },
    // Names are only in order where scores are the same.
    Kind {
        name: "lex",
        made_by: "ZADD KEY 0 a 0 b 0 c",
        changes: &["ZREMRANGEBYLEX KEY [a (c", "ZREMRANGEBYLEX KEY (c (c"],
    },
    Kind {
        name: "place",
        made_by: "GEOADD KEY 1 1 a 2 2 b 3 3 c",
        changes: &[
            "GEOADD KEY 1 1 a",
            "GEOADD KEY 5 5 a",
            "GEOADD KEY 4 4 d",
            "GEORADIUS KEY 1 1 10 km STORE OTHER",
            "GEORADIUS OTHER 1 1 10 km STORE KEY",
            "GEORADIUSBYMEMBER OTHER a 10 km STORE KEY",
            "GEOSEARCHSTORE KEY OTHER FROMLONLAT 1 1 BYRADIUS 10 km",
            "GEOSEARCHSTORE KEY OTHER FROMLONLAT 80 80 BYRADIUS 10 km",
        ],
    },
    Kind {
        name: "hll",
        made_by: "PFADD KEY a b c",
        changes: &["PFADD KEY a", "PFADD KEY d", "PFCOUNT KEY", "PFMERGE KEY OTHER"],
    },
    Kind {
        name: "key",
        made_by: "SET KEY 5",
        changes: &[
            "APPEND KEY 1",
            "BITFIELD KEY INCRBY u8 0 1",
            "BITFIELD KEY GET u8 0",
            "BITOP NOT KEY OTHER",
            "DECR KEY",
            "DECRBY KEY 2",
            "GETDEL KEY",
            "GETEX KEY",
            "GETEX KEY EX 100",
            "GETEX KEY PERSIST",
            "GETSET KEY 5",
            "INCR KEY",
            "INCRBY KEY 2",
            "INCRBYFLOAT KEY 1.5",
            "MSET OTHER 1 KEY 5",
            "MSETNX OTHER 1 KEY 5",
            "PSETEX KEY 100000 5",
            "SET KEY 5",
            "SET KEY 6 NX",
            "SETBIT KEY 7 0",
            "SETBIT KEY 7 1",
            "SETEX KEY 100 5",
            "SETNX KEY 5",
            "SETRANGE KEY 3 x",
        ],
    },
];

/// What is done to a key of any kind.
const CHANGES: &[&str] = &[
    "COPY KEY OTHER REPLACE",
    "COPY OTHER KEY REPLACE",
    "DEL KEY",
    "EXPIRE KEY 100",
    "EXPIRE KEY -1",
    "EXPIREAT KEY 1",
    "FLUSHALL",
    "FLUSHDB",
    "MOVE KEY 1",
    "PERSIST KEY",
    "PEXPIRE KEY 100000",
    "PEXPIREAT KEY 1",
    "RENAME KEY OTHER",
    "RENAME OTHER KEY",
    "RENAMENX KEY none",
    "SWAPDB 0 1",
    "TYPE KEY",
    "UNLINK KEY",
];

type Command = Vec<Vec<u8>>;

/// Three parts, of which another client may say the middle one: a key is made and watched, it may
/// be changed, and EXEC.
pub(crate) fn draw(random: &mut Random) -> [Vec<Command>; 3] {
    let kind = &KINDS[random.below(KINDS.len() as u64) as usize];
    let lines = if random.below(4) == 0 { CHANGES } else { kind.changes };
    let line = lines[random.below(lines.len() as u64) as usize];
    let number = random.below(2);
    let command = |line: &str| line_of(line, kind, number);
    let mut before = vec![command("DISCARD"), command("UNWATCH")];
    // Sometimes both are what other commands have left: of another size, or nothing at all.
    match random.below(4) {
        0 => {}
        1 => before.extend(["DEL KEY OTHER", kind.made_by].map(command)),
        _ => {
            let other = kind.made_by.replace("KEY", "OTHER");
            before.extend(["DEL KEY OTHER", kind.made_by, &other].map(command));
        }
    }
    before.push(command("WATCH KEY"));
    [before, vec![command(line)], ["MULTI", "ECHO unseen", "EXEC"].map(command).to_vec()]
}

fn line_of(line: &str, kind: &Kind, number: u64) -> Command {
    let word = |word: &str| match word {
        "KEY" => format!("{}:{number}", kind.name).into_bytes(),
        "OTHER" => format!("{}:{}", kind.name, 1 - number).into_bytes(),
        word => word.into(),
    };
    line.split(' ').map(word).collect()
}

#[cfg(test)]
#[path = "vigil_test.rs"]
mod vigil_test;
