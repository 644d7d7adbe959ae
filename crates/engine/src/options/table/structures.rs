//! Directives about the encodings of Redis' collections, and about events. Here a collection is a
//! page or a tree, whatever they say; OBJECT ENCODING answers from these thresholds.
use super::{OptionRow, live, tuning};
use crate::options::kind::Kind::KeyspaceEvents;
use crate::options::kind::{bytes, count};

const LONG_MAX: i64 = i64::MAX;
const INT_MIN: i64 = i32::MIN as i64;
const INT_MAX: i64 = i32::MAX as i64;

const ONE_ENCODING: &str = "collections are not there yet, and will have one encoding";

#[rustfmt::skip] // A table reads in columns.
pub(super) const ROWS: &[OptionRow] = &[
    live(("hash-max-listpack-entries", count(0, LONG_MAX), "512"),
        "fields above which OBJECT ENCODING says hashtable, and no longer listpack")
        .alias("hash-max-ziplist-entries"),
    live(("hash-max-listpack-value", bytes(0, LONG_MAX), "64"),
        "bytes of a field or value above which OBJECT ENCODING says hashtable")
        .alias("hash-max-ziplist-value"),
    live(("list-max-listpack-size", count(INT_MIN, INT_MAX), "-2"),
        "elements (from -1 to -5: 4 to 64 kb) up to which OBJECT ENCODING says listpack")
        .alias("list-max-ziplist-size"),
    tuning(("list-compress-depth", count(0, INT_MAX), "0"), ONE_ENCODING),
    tuning(("list-max-ziplist-entries", count(INT_MIN, INT_MAX), "512"), ONE_ENCODING).hidden(),
    tuning(("list-max-ziplist-value", bytes(0, LONG_MAX), "64"), ONE_ENCODING).hidden(),
    live(("set-max-intset-entries", count(0, LONG_MAX), "512"),
        "members of a set that OBJECT ENCODING calls intset"),
    live(("set-max-listpack-entries", count(0, LONG_MAX), "128"),
        "members of a set that OBJECT ENCODING calls listpack"),
    live(("set-max-listpack-value", bytes(0, LONG_MAX), "64"),
        "bytes of each member of a set that OBJECT ENCODING calls listpack"),
    live(("zset-max-listpack-entries", count(0, LONG_MAX), "128"),
        "up to so many members, OBJECT ENCODING calls a sorted set a listpack")
        .alias("zset-max-ziplist-entries"),
    live(("zset-max-listpack-value", bytes(0, LONG_MAX), "64"),
        "up to names of so many bytes, OBJECT ENCODING calls a sorted set a listpack")
        .alias("zset-max-ziplist-value"),
    tuning(("stream-node-max-bytes", bytes(0, LONG_MAX), "4096"), ONE_ENCODING),
    tuning(("stream-node-max-entries", count(0, LONG_MAX), "100"), ONE_ENCODING),
    live(("hll-sparse-max-bytes", bytes(0, LONG_MAX), "3000"),
        "bytes above which the registers of a HyperLogLog are dense"),
    tuning(("notify-keyspace-events", KeyspaceEvents, ""), "there is no pub/sub yet"),
];
