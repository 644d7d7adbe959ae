//! What is measured: one row for each case, one for each set of data that cases share.

/// Keys and values that are loaded before a case, and what they take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Data {
    /// Keys of 16 bytes.
    pub(super) key_count: u32,
    /// Bytes of each value.
    pub(super) value_size: u32,
    /// The request that loads a key.
    pub(super) load: &'static str,
    /// What Granite is given. The peers take what they need, unless keys are evicted.
    pub(super) memory_mib: u32,
    /// Fewer keys fit than there are: the least recently used leave.
    pub(super) evicts: bool,
}

const SMALL: Data =
    Data { key_count: 1_000_000, value_size: 64, load: "set", memory_mib: 1024, evicts: false };
const TINY: Data = Data { value_size: 16, ..SMALL };
const MEDIUM: Data = Data { value_size: 1024, memory_mib: 2048, ..SMALL };
const LARGE: Data = Data { key_count: 100_000, value_size: 16_384, memory_mib: 3072, ..SMALL };
/// Beyond the caches, and beyond what the table of pages covers.
const MANY: Data = Data { key_count: 20_000_000, memory_mib: 3072, ..SMALL };
const NUMBERS: Data = Data { load: "incr", value_size: 8, ..SMALL };
const SESSIONS: Data = Data { load: "setex", ..SMALL };
/// About twice as many keys as 1 GiB holds.
const CACHE: Data = Data { key_count: 6_000_000, value_size: 256, evicts: true, ..SMALL };

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
];

impl Case {
    /// All that tells it from the others, in words that `--cases` can name.
    pub(super) fn name(&self) -> String {
        let Self { word, data, pipeline, connection_count, distribution, .. } = self;
        let (size, millions) = (data.value_size, f64::from(data.key_count) / 1e6);
        format!("{word} {size}B p{pipeline} c{connection_count} {millions}M {distribution}")
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
