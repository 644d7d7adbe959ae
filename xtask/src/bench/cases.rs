//! What is measured: one row for each case, one for each set of data that cases share.

/// Bytes beside a value: key, headers and a share of the tables, which exist twice while they grow.
const PEER_OVERHEAD_SIZE: u64 = 120;

/// Keys and values that are loaded before a case, and what they take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Data {
    /// Keys of 16 bytes.
    pub(super) key_count: u32,
    /// Elements of each, where it is a collection, with names of 16 bytes.
    pub(super) element_count: u32,
    /// Bytes of each value.
    pub(super) value_size: u32,
    /// The request that loads a key.
    pub(super) load: &'static str,
    /// What Granite is given. The peers take what they need, unless keys are evicted.
    pub(super) memory_mib: u32,
    /// Fewer keys fit than there are: the least recently used leave.
    pub(super) evicts: bool,
}

impl Data {
    /// Keys, or elements of all keys.
    pub(super) const fn stored_count(&self) -> u32 {
        self.key_count * self.element_count
    }

    /// What Granite is given, in bytes; where keys are evicted, the peers too.
    pub(super) fn memory(&self) -> u64 {
        u64::from(self.memory_mib) << 20
    }

    /// About what a peer takes for them: a quarter of a value is lost to size classes, and Redis
    /// 7.0 takes 106 bytes beside each value of 64.
    pub(super) fn peer_memory(&self) -> u64 {
        let each = u64::from(self.value_size) * 5 / 4 + PEER_OVERHEAD_SIZE;
        u64::from(self.stored_count()) * each
    }
}

const SMALL: Data = Data {
    key_count: 1_000_000,
    element_count: 1,
    value_size: 64,
    load: "set",
    memory_mib: 1024,
    evicts: false,
};
const TINY: Data = Data { value_size: 16, ..SMALL };
const MEDIUM: Data = Data { value_size: 1024, memory_mib: 2048, ..SMALL };
const LARGE: Data = Data { key_count: 100_000, value_size: 16_384, memory_mib: 3072, ..SMALL };
/// Beyond the caches, and beyond what the table of pages covers.
const MANY: Data = Data { key_count: 20_000_000, memory_mib: 3072, ..SMALL };
const NUMBERS: Data = Data { load: "incr", value_size: 8, ..SMALL };
const SESSIONS: Data = Data { load: "setex", ..SMALL };
/// About twice as many keys as 1 GiB holds.
const CACHE: Data = Data { key_count: 6_000_000, value_size: 256, evicts: true, ..SMALL };

const LISTS: Data = Data { key_count: 1_000, element_count: 1_000, value_size: 16, ..ONE_LIST };
const ONE_LIST: Data =
    Data { key_count: 1, element_count: 1_000_000, value_size: 16, load: "lpush", ..SMALL };
const HASHES: Data = Data { key_count: 100_000, element_count: 10, load: "hset", ..ONE_LIST };
const ONE_HASH: Data = Data { load: "hset", ..ONE_LIST };
const SETS: Data = Data { key_count: 10_000, element_count: 100, load: "sadd", ..ONE_LIST };
const ONE_SET: Data = Data { load: "sadd", ..ONE_LIST };
const TWO_SETS: Data = Data { key_count: 2, element_count: 100_000, load: "sadd", ..ONE_LIST };
const SORTED_SETS: Data = Data { key_count: 1_000, element_count: 1_000, load: "zadd", ..ONE_LIST };
const ONE_SORTED_SET: Data = Data { load: "zadd", ..ONE_LIST };

/// One workload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// What is asked for, in a word.
    pub(super) word: &'static str,
    /// The same for the load generator.
    pub(super) mix: &'static str,
    /// About which data.
    pub(super) data: Data,
    /// Requests of a connection that are on their way.
    pub(super) pipeline: u32,
    /// Clients.
    pub(super) connection_count: u32,
    /// Which keys.
    pub(super) distribution: &'static str,
    /// A target was set for it: part of a plain run.
    pub(super) is_target: bool,
}

const GET: Case = Case {
    word: "get",
    mix: "get",
    data: SMALL,
    pipeline: 1,
    connection_count: 50,
    distribution: "uniform",
    is_target: false,
};
const SET: Case = Case { word: "set", mix: "set", ..GET };
const MIX: Case = Case { word: "1:10", mix: "set=1,get=10", ..GET };
const INCR: Case = Case { word: "incr", mix: "incr", data: NUMBERS, ..GET };
const MGET: Case = Case { word: "mget100", mix: "mget", ..GET };
const MSET: Case = Case { word: "mset100", mix: "mset", ..GET };
/// A visit reads its session, and sometimes writes it or only lengthens its life.
const SESSION: Case =
    Case { word: "session", mix: "get=6,expire=3,setex=1", data: SESSIONS, ..GET };
const EVICTION: Case =
    Case { word: "evict", mix: "get=4,set=1", data: CACHE, distribution: "zipf", ..GET };

/// A case about collections.
const fn elements(word: &'static str, mix: &'static str, data: Data) -> Case {
    Case { word, mix, data, pipeline: 16, is_target: true, ..GET }
}

/// All cases. Those that share data stand together.
pub(super) const CASES: &[Case] = &[
    Case { is_target: true, ..GET },
    Case { is_target: true, ..SET },
    Case { connection_count: 1000, is_target: true, ..GET },
    Case { connection_count: 1000, is_target: true, ..SET },
    Case { pipeline: 16, is_target: true, ..GET },
    Case { pipeline: 16, is_target: true, ..SET },
    Case { pipeline: 64, is_target: true, ..GET },
    Case { pipeline: 64, is_target: true, ..SET },
    MIX,
    Case { pipeline: 16, ..MIX },
    Case { pipeline: 16, connection_count: 1000, ..GET },
    Case { pipeline: 16, distribution: "zipf", ..GET },
    Case { pipeline: 16, distribution: "zipf", ..SET },
    MGET,
    MSET,
    Case { data: MEDIUM, ..GET },
    Case { data: MEDIUM, ..SET },
    Case { data: MEDIUM, pipeline: 16, is_target: true, ..GET },
    Case { data: MEDIUM, pipeline: 16, is_target: true, ..SET },
    Case { data: MEDIUM, pipeline: 64, ..GET },
    Case { data: TINY, ..GET },
    Case { data: TINY, ..SET },
    Case { data: TINY, pipeline: 16, ..GET },
    Case { data: TINY, pipeline: 16, ..SET },
    Case { data: LARGE, ..GET },
    Case { data: LARGE, ..SET },
    Case { data: LARGE, pipeline: 16, ..GET },
    Case { data: LARGE, pipeline: 16, ..SET },
    INCR,
    Case { pipeline: 16, ..INCR },
    SESSION,
    Case { pipeline: 16, ..SESSION },
    EVICTION,
    Case { pipeline: 16, ..EVICTION },
    Case { data: MANY, pipeline: 16, is_target: true, ..GET },
    Case { data: MANY, pipeline: 16, is_target: true, ..SET },
    Case { data: MANY, pipeline: 16, distribution: "zipf", ..GET },
    elements("push-pop", "lpush=1,rpop=1", LISTS),
    elements("lrange100", "lrange100", LISTS),
    elements("lrange600", "lrange600", LISTS),
    elements("push-pop", "lpush=1,rpop=1", ONE_LIST),
    elements("hset", "hset", HASHES),
    elements("hget", "hget", HASHES),
    elements("hgetall", "hgetall", HASHES),
    elements("hset", "hset", ONE_HASH),
    elements("hget", "hget", ONE_HASH),
    elements("sadd", "sadd", SETS),
    elements("sismember", "sismember", SETS),
    elements("sadd", "sadd", ONE_SET),
    elements("sismember", "sismember", ONE_SET),
    elements("sadd-spop", "sadd=1,spop=1", ONE_SET),
    Case { pipeline: 1, connection_count: 4, ..elements("sinter", "sinter", TWO_SETS) },
    elements("zadd", "zadd", SORTED_SETS),
    elements("zscore", "zscore", SORTED_SETS),
    elements("zrank", "zrank", SORTED_SETS),
    elements("zrange100", "zrange100", SORTED_SETS),
    elements("zrangebyscore10", "zrangebyscore10", SORTED_SETS),
    elements("zincrby", "zincrby", SORTED_SETS),
    elements("zadd", "zadd", ONE_SORTED_SET),
    elements("zscore", "zscore", ONE_SORTED_SET),
    elements("zrank", "zrank", ONE_SORTED_SET),
    elements("zrange100", "zrange100", ONE_SORTED_SET),
    elements("zrangebyscore10", "zrangebyscore10", ONE_SORTED_SET),
    elements("zincrby", "zincrby", ONE_SORTED_SET),
];

impl Case {
    /// All that tells it from the others, in words that `--cases` can name.
    pub(super) fn name(&self) -> String {
        let Self { word, data, pipeline, connection_count, distribution, .. } = self;
        let size = data.value_size;
        let keys = match data.element_count {
            1 => format!("{}M", f64::from(data.key_count) / 1e6),
            count => format!("elements {}x{count}", data.key_count),
        };
        format!("{word} {size}B p{pipeline} c{connection_count} {keys} {distribution}")
    }

    /// Whether loading its data takes minutes.
    pub(super) fn is_long(&self) -> bool {
        self.data == MANY
    }

    /// Whether one of the patterns, which have commas between them, has only words of the name.
    pub(super) fn is_named(&self, patterns: &str) -> bool {
        let name = self.name();
        patterns.split(',').any(|pattern| {
            pattern.split_whitespace().all(|word| name.split(' ').any(|own| own == word))
        })
    }
}

#[cfg(test)]
#[path = "cases_test.rs"]
mod cases_test;
