//! What random commands do that compute something of what is stored: HyperLogLogs, positions, SORT,
//! LCS, and members by their names.
//!
//! Keys are of their own: a HyperLogLog is judged by its registers, scores of positions print
//! otherwise than small ones, and names are only in order where scores are the same.
use super::Workload;

/// As `workload::SYNTAX`.
pub(super) const SYNTAX: &[&str] = &[
    "COPY hll:0 hll:1 REPLACE",
    "COPY place:0 place:1 REPLACE",
    "DEL a_computed",
    "EXPIRE a_computed seconds",
    "GEOADD a_place_set [ ( NX | XX ) ] [ CH ] a_longitude a_latitude a_place",
    "GEOADD a_place_set a_longitude a_latitude a_place a_longitude a_latitude a_place",
    "GEOADD a_place_set a_longitude a_latitude a_place a_longitude a_latitude a_member",
    "GEOADD a_place_set ( 181 | 7 ) ( 86 | -85.5 | 12 ) a_place",
    "GEODIST some_place_set a_place a_place [ a_unit ]",
    "GEOHASH some_place_set a_place+",
    "GEOPOS some_place_set a_place+",
    "GEORADIUS some_place_set a_longitude a_latitude an_extent km [ COUNT a_few [ ANY ] ]",
    "GEORADIUS some_place_set a_longitude a_latitude an_extent mi STORE a_place_set",
    "GEORADIUSBYMEMBER some_place_set a_place an_extent km [ WITHDIST ] [ ( ASC | DESC ) ]",
    "GEORADIUSBYMEMBER some_place_set a_place an_extent km STOREDIST distances:0",
    "GEORADIUSBYMEMBER_RO some_place_set a_place an_extent km [ WITHHASH ] [ COUNT a_few ]",
    "GEORADIUS_RO some_place_set a_longitude a_latitude an_extent km [ WITHCOORD ] [ DESC ]",
    "GEOSEARCH some_place_set FROMLONLAT a_longitude a_latitude BYBOX an_extent an_extent km \
     [ ( ASC | DESC ) ] [ COUNT a_few [ ANY ] ] [ WITHCOORD ] [ WITHDIST ] [ WITHHASH ]",
    "GEOSEARCH some_place_set FROMMEMBER a_place BYRADIUS an_extent km \
     [ ( ASC | DESC ) ] [ COUNT a_few [ ANY ] ] [ WITHCOORD ] [ WITHDIST ] [ WITHHASH ]",
    "GEOSEARCHSTORE a_place_set a_place_set FROMMEMBER a_place BYBOX an_extent an_extent km \
     [ ( ASC | DESC ) ] [ COUNT a_few ]",
    "GEOSEARCHSTORE distances:0 some_place_set FROMLONLAT a_longitude a_latitude BYRADIUS \
     an_extent km STOREDIST",
    "GET hll:0",
    "LCS a_text a_text",
    "LCS a_text some_text [ ( LEN | IDX ) ]",
    "LCS a_text a_text IDX [ MINMATCHLEN a_few ] [ WITHMATCHLEN ]",
    "LTRIM a_number_list a_place_in_it -1",
    "PERSIST a_computed",
    "PFADD a_hyperloglog an_observed+",
    "PFADD a_hyperloglog [ many_observed ]",
    "PFADD a_hyperloglog many_observed",
    "PFADD a_hyperloglog many_observed",
    "PFCOUNT some_hyperloglog",
    "PFCOUNT some_hyperloglog some_hyperloglog+",
    "PFMERGE a_hyperloglog some_hyperloglog+",
    "RENAME hll:1 hll:0",
    "RENAME place:1 place:0",
    "RPUSH a_number_list a_number+ a_number+ a_number+",
    "RPUSH a_number_list [ many_numbers ] a_number",
    "SET a_text a_short_text",
    "SET a_text a_short_text",
    "SORT a_list ALPHA [ LIMIT a_place_in_it a_count ] [ ( ASC | DESC ) ] [ STORE a_list ]",
    "SORT a_number_list [ LIMIT a_place_in_it a_count ] [ ( ASC | DESC ) ] [ STORE a_list ]",
    "SORT a_number_list BY key:* [ GET # ] [ GET key:* ] [ DESC ] [ STORE a_number_list ]",
    "SORT a_number_list BY hash:*->m7 [ GET # ] [ GET hash:*->m8 ] [ DESC ]",
    "SORT a_set ALPHA [ LIMIT a_small a_small ] [ GET # ] [ ( ASC | DESC ) ] [ STORE a_list ]",
    "SORT a_sorted BY nosort [ LIMIT a_place_in_it a_count ] [ ( ASC | DESC ) ]",
    "SORT_RO a_list [ ALPHA ] [ ( ASC | DESC ) ]",
    "SORT_RO a_number_list [ BY key:* ] [ LIMIT a_place_in_it a_count ] [ GET key:* ]",
    "SREM a_set a_member+ a_member+ a_member+ a_member+",
    "WATCH a_computed a_computed",
    "WATCH set:0 set:1",
    "ZADD a_lexical 0 a_member 0 a_member 0 a_member",
    "ZLEXCOUNT a_lexical a_name_bound a_name_bound",
    "ZRANGE a_lexical a_name_bound a_name_bound BYLEX [ REV ] [ LIMIT a_small a_small ]",
    "ZRANGE distances:0 a_place_in_it a_place_in_it",
    "ZRANGEBYLEX a_lexical a_name_bound a_name_bound [ LIMIT a_small a_small ]",
    "ZRANGESTORE a_lexical a_lexical a_name_bound a_name_bound BYLEX [ LIMIT a_small a_small ]",
    "ZREM a_place_set a_place",
    "ZREMRANGEBYLEX a_lexical a_name_bound a_name_bound",
    "ZREVRANGEBYLEX a_lexical a_name_bound a_name_bound [ LIMIT a_small a_small ]",
    "ZSCORE a_place_set a_place",
];

/// Elements of HyperLogLogs: more than a sparse one has room for.
pub(super) const OBSERVED_COUNT: u64 = 20_000;

/// Elements of lists that are sorted by number.
pub(super) const NUMBER_COUNT: u64 = 60;

/// Kinds of keys.
const KINDS: &[&str] = &["hll", "place", "lex", "numbers", "text"];

impl Workload {
    pub(super) fn computed_command(&mut self) -> Vec<Vec<u8>> {
        let words: Vec<&str> = self.pick(SYNTAX).split(' ').collect();
        let mut arguments = Vec::new();
        self.expand(&words, &mut arguments);
        arguments
    }

    /// An argument of such a command; nothing if its kind is another one.
    pub(super) fn computed_argument(&mut self, kind: &str) -> Option<Vec<u8>> {
        let text = match kind {
            "some_hyperloglog" | "some_place_set" | "some_text" if self.one_in(20) => {
                format!("{}:0", self.pick(&["list", "set", "hash"]))
            }
            "some_hyperloglog" if self.one_in(20) => "text:0".to_owned(),
            "a_hyperloglog" | "some_hyperloglog" => format!("hll:{}", self.random.below(2)),
            "a_place_set" | "some_place_set" => format!("place:{}", self.random.below(2)),
            "a_lexical" => format!("lex:{}", self.random.below(2)),
            "a_number_list" => format!("numbers:{}", self.random.below(2)),
            "a_text" | "some_text" => format!("text:{}", self.random.below(3)),
            "a_computed" => format!("{}:{}", self.pick(KINDS), self.random.below(2)),
            "a_longitude" => self.angle(60),
            "a_latitude" => self.angle(50),
            "a_place" => format!("p{}", self.random.below(60)),
            "a_unit" => self.pick(&["m", "km", "MI", "ft", "yd"]).to_owned(),
            "an_extent" => (1 + self.random.below(4_000)).to_string(),
            "an_observed" => self.random.below(OBSERVED_COUNT).to_string(),
            "a_number" => (self.random.below(NUMBER_COUNT) as i64 - 5).to_string(),
            "a_place_in_it" => (self.random.below(40) as i64 - 10).to_string(),
            "a_short_text" => return Some(self.short_text()),
            "a_name_bound" => self.name_bound(),
            _ => return None,
        };
        Some(text.into_bytes())
    }

    #[expect(clippy::cast_precision_loss, reason = "there are at most 360,000 thousandths")]
    fn angle(&mut self, most: u64) -> String {
        let thousandths = self.random.below(2_000 * most) as i64 - 1_000 * most as i64;
        format!("{}", thousandths as f64 / 1_000.0)
    }

    fn name_bound(&mut self) -> String {
        match self.random.below(8) {
            0 | 1 => "-".to_owned(),
            2 | 3 => "+".to_owned(),
            4 | 5 => format!("[m{}", self.random.below(150)),
            6 => format!("(m{}", self.random.below(150)),
            _ => "(".to_owned(),
        }
    }

    /// Few letters, so that two of them have much in common.
    fn short_text(&mut self) -> Vec<u8> {
        let size = if self.one_in(8) { 400 } else { 40 };
        let size = self.random.below(size);
        (0..size).map(|_| b'a' + self.random.below(4) as u8).collect()
    }

    /// Fewer than `most` numbers, from anywhere below `count` on.
    pub(super) fn many_numbers(&mut self, count: u64, most: u64) -> Vec<Vec<u8>> {
        let (first, at_once) = (self.random.below(count), self.random.below(most));
        (first..first + at_once).map(|number| number.to_string().into_bytes()).collect()
    }
}
