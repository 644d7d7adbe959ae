//! What random commands do with collections: the lines of their syntax, and their arguments.
//!
//! Names say what a key holds, so that most commands find their kind. What Redis says to broken
//! commands is for the transcripts and the differential judge: lines are not spoiled here.
use super::Workload;

/// As `workload::SYNTAX`.
pub(super) const SYNTAX: &[&str] = &[
    "COPY a_hash a_hash REPLACE",
    "COPY a_list a_list REPLACE",
    "COPY a_set a_set",
    "COPY a_sorted a_sorted REPLACE",
    "DEL a_collection",
    "EXPIRE a_collection seconds",
    "HDEL a_hash a_member+",
    "HEXISTS a_hash a_member",
    "HGET a_hash a_member",
    "HGETALL a_hash",
    "HINCRBY a_hash a_member integer",
    "HKEYS a_hash",
    "HLEN a_hash",
    "HMGET a_hash a_member+",
    "HSET a_hash a_member an_element",
    "HSET a_hash a_member an_element a_member an_element [ a_member an_element ]",
    "HSETNX a_hash a_member an_element",
    "HSTRLEN a_hash a_member",
    "HVALS a_hash",
    "LINDEX a_list a_place",
    "LINSERT a_list ( BEFORE | AFTER ) an_element an_element",
    "LLEN a_list",
    "LMOVE a_list a_list ( LEFT | RIGHT ) ( LEFT | RIGHT )",
    "LPOP a_list [ a_small ]",
    "LPUSH a_list an_element+",
    "LPUSHX a_list an_element",
    "LRANGE a_list a_place a_place",
    "LREM a_list a_place an_element",
    "LSET a_list a_place an_element",
    "LTRIM a_list a_place a_place",
    "PERSIST a_collection",
    "PEXPIRE a_collection milliseconds",
    "RENAME a_collection a_collection",
    "RPOP a_list [ a_small ]",
    "RPOPLPUSH a_list a_list",
    "RPUSH a_list an_element+",
    "RPUSHX a_list an_element",
    "SADD a_set a_member+",
    "SADD a_set a_member+ a_member+ a_member+",
    "SCARD a_set",
    "SDIFF a_set a_set",
    "SDIFFSTORE a_set a_set a_set",
    "SINTER a_set a_set",
    "SINTERSTORE a_set a_set a_set",
    "SISMEMBER a_set a_member",
    "SMEMBERS a_set",
    "SMISMEMBER a_set a_member+",
    "SMOVE a_set a_set a_member",
    "SREM a_set a_member+",
    "SUNION a_set+",
    "SUNIONSTORE a_set a_set+",
    "TYPE a_collection",
    "ZADD a_sorted [ ( NX | XX | GT | LT ) ] [ CH ] a_score a_member",
    "ZADD a_sorted a_score a_member a_score a_member a_score a_member",
    "ZCARD a_sorted",
    "ZCOUNT a_sorted a_score a_score",
    "ZINCRBY a_sorted a_score a_member",
    "ZMSCORE a_sorted a_member+",
    "ZRANGE a_sorted a_place a_place [ REV ] [ WITHSCORES ]",
    "ZRANK a_sorted a_member",
    "ZREM a_sorted a_member+",
    "ZREMRANGEBYRANK a_sorted a_place a_small",
    "ZREVRANK a_sorted a_member",
    "ZSCORE a_sorted a_member",
];

/// Lines that came later: only worlds that were drawn for them know them.
pub(super) const MORE: &[&str] = &[
    "EXISTS a_collection a_collection",
    "HINCRBYFLOAT a_hash a_member ( 1.5 | -0.25 | 3 )",
    "HMSET a_hash a_member an_element a_member an_element",
    "HRANDFIELD a_hash [ a_count [ WITHVALUES ] ]",
    "HSCAN a_hash ( 0 | next | next | next ) [ MATCH m* ] [ COUNT count_of_steps ]",
    "HSCAN a_hash next [ COUNT count_of_steps ]",
    "LMPOP 2 a_list a_list ( LEFT | RIGHT ) [ COUNT a_few ]",
    "LPOS a_list an_element [ RANK ( 1 | 2 | -1 | -2 ) ] [ COUNT a_small ]",
    "MEMORY USAGE a_collection",
    "MOVE a_collection database",
    "RENAMENX a_collection a_collection",
    "SINTERCARD 2 a_set a_set [ LIMIT a_small ]",
    "SPOP a_set [ a_small ]",
    "SRANDMEMBER a_set [ a_count ]",
    "SSCAN a_set ( 0 | next | next | next ) [ MATCH m* ] [ COUNT count_of_steps ]",
    "SSCAN a_set next [ COUNT count_of_steps ]",
    "UNLINK a_collection",
    "WATCH a_collection a_collection",
    "ZDIFF 2 a_sorted a_sorted [ WITHSCORES ]",
    "ZDIFFSTORE a_sorted 2 a_sorted a_sorted",
    "ZINTER 2 a_sorted a_sorted [ AGGREGATE ( MIN | MAX | SUM ) ] [ WITHSCORES ]",
    "ZINTERCARD 2 a_sorted a_sorted [ LIMIT a_small ]",
    "ZINTERSTORE a_sorted 2 a_sorted a_sorted [ WEIGHTS 2 3 ]",
    "ZMPOP 2 a_sorted a_sorted ( MIN | MAX ) [ COUNT a_few ]",
    "ZPOPMAX a_sorted [ a_small ]",
    "ZPOPMIN a_sorted [ a_small ]",
    "ZRANDMEMBER a_sorted [ a_count [ WITHSCORES ] ]",
    "ZRANGEBYSCORE a_sorted a_bound a_bound [ WITHSCORES ] [ LIMIT a_small a_small ]",
    "ZRANGESTORE a_sorted a_sorted a_place a_place [ REV ]",
    "ZREMRANGEBYSCORE a_sorted a_bound a_bound",
    "ZREVRANGE a_sorted a_place a_place [ WITHSCORES ]",
    "ZREVRANGEBYSCORE a_sorted a_bound a_bound [ WITHSCORES ] [ LIMIT a_small a_small ]",
    "ZSCAN a_sorted ( 0 | next | next | next ) [ MATCH m* ] [ COUNT count_of_steps ]",
    "ZSCAN a_sorted next [ COUNT count_of_steps ]",
    "ZUNION 2 a_sorted a_sorted [ WEIGHTS 1 2 ] [ AGGREGATE ( MIN | MAX ) ] [ WITHSCORES ]",
    "ZUNIONSTORE a_sorted 2 a_sorted a_sorted [ AGGREGATE ( MIN | MAX | SUM ) ]",
];

/// Names of elements: few enough to meet again, enough for a tree.
const MEMBER_COUNT: u64 = 150;

/// Kinds of collections.
const KINDS: &[&str] = &["list", "hash", "set", "sorted"];

impl Workload {
    /// A command about a collection.
    pub(super) fn collection_command(&mut self) -> Vec<Vec<u8>> {
        let more_count = if self.profile.has_all_collections { MORE.len() } else { 0 };
        let index = self.random.below((SYNTAX.len() + more_count) as u64) as usize;
        let line = SYNTAX.iter().chain(MORE).nth(index).expect("it is below their count");
        let words: Vec<&str> = line.split(' ').collect();
        let mut arguments = Vec::new();
        self.expand(&words, &mut arguments);
        arguments
    }

    /// An argument of such a command; nothing if its kind is another one.
    pub(super) fn collection_argument(&mut self, kind: &str) -> Option<Vec<u8>> {
        let text = match kind {
            "a_list" | "a_hash" | "a_set" | "a_sorted" if self.one_in(30) => {
                return self.collection_argument("a_collection");
            }
            "a_list" | "a_hash" | "a_set" | "a_sorted" => {
                format!("{}:{}", &kind[2..], self.random.below(2))
            }
            "a_collection" => format!("{}:{}", self.pick(KINDS), self.random.below(2)),
            "a_place" => (self.random.below(60) as i64 - 20).to_string(),
            "a_count" => (self.random.below(40) as i64 - 15).to_string(),
            "a_few" => (1 + self.random.below(5)).to_string(),
            "a_bound" if self.one_in(8) => "-inf".to_owned(),
            "a_bound" if self.one_in(8) => "+inf".to_owned(),
            "a_bound" if self.one_in(3) => {
                format!("({}", (f64::from(self.random.below(40) as u32) - 20.0) / 2.0)
            }
            "a_bound" => return self.collection_argument("a_score"),
            "count_of_steps" => (1 + self.random.below(30)).to_string(),
            "a_small" => self.random.below(6).to_string(),
            "a_score" => {
                let halves = f64::from(self.random.below(40) as u32) - 20.0;
                (halves / 2.0).to_string()
            }
            "a_member" => return Some(self.member()),
            "an_element" if self.one_in(4) => return Some(self.element()),
            "an_element" => format!("e{}", self.random.below(30)),
            _ => return None,
        };
        Some(text.into_bytes())
    }

    /// A name, which follows from its number.
    fn member(&mut self) -> Vec<u8> {
        let number = self.random.below(MEMBER_COUNT);
        let size = match number {
            0 => 0,
            1..=4 => 1_022 + number as usize,
            5 => 3_000,
            6..=20 => 200,
            _ => 4,
        };
        let mut name = format!("m{number}").into_bytes();
        name.resize(size.max(if number == 0 { 0 } else { name.len() }), b'm');
        name
    }

    fn element(&mut self) -> Vec<u8> {
        let size = match self.random.below(16) {
            0..=5 => self.random.below(100),
            6..=9 => 250 + self.random.below(10),
            10 | 11 => 1_020 + self.random.below(8),
            12 | 13 => self.random.below(4_000),
            14 => 8_100 + self.random.below(200),
            _ => 20_530 + self.random.below(20),
        };
        vec![b'v'; size.min(self.profile.value_size_max.max(300)) as usize]
    }
}
