//! Directives about snapshots and the append-only file. Granite keeps nothing over a restart yet:
//! what would switch it on is a promise, the rest is tuning of it.
use super::{OptionRow, promise, tuning};
use crate::options::kind::Kind::{Choice, Save, Text, YesNo};
use crate::options::kind::{bytes, count};

const INT_MAX: i64 = i32::MAX as i64;
const LONG_MAX: i64 = i64::MAX;

const NO_DURABILITY: &str = "Granite keeps no data over a restart yet";

#[rustfmt::skip] // A table reads in columns.
pub(super) const ROWS: &[OptionRow] = &[
    promise(("save", Save, ""), &[""], NO_DURABILITY),
    promise(("appendonly", YesNo, "no"), &["no"], NO_DURABILITY),
    tuning(("appendfsync", Choice(&["everysec", "always", "no"]), "everysec"), NO_DURABILITY),
    tuning(("appendfilename", Text(128), "appendonly.aof"), NO_DURABILITY).fixed(),
    tuning(("appenddirname", Text(128), "appendonlydir"), NO_DURABILITY).fixed(),
    tuning(("aof-disable-auto-gc", YesNo, "no"), NO_DURABILITY),
    tuning(("aof-load-truncated", YesNo, "yes"), NO_DURABILITY),
    tuning(("aof-rewrite-incremental-fsync", YesNo, "yes"), NO_DURABILITY),
    tuning(("aof-timestamp-enabled", YesNo, "no"), NO_DURABILITY),
    tuning(("aof-use-rdb-preamble", YesNo, "yes"), NO_DURABILITY),
    tuning(("aof_rewrite_cpulist", Text(128), ""), NO_DURABILITY).fixed(),
    tuning(("auto-aof-rewrite-min-size", bytes(0, LONG_MAX), "64mb"), NO_DURABILITY),
    tuning(("auto-aof-rewrite-percentage", count(0, INT_MAX), "100"), NO_DURABILITY),
    tuning(("no-appendfsync-on-rewrite", YesNo, "no"), NO_DURABILITY),
    tuning(("bgsave_cpulist", Text(128), ""), NO_DURABILITY).fixed(),
    tuning(("dbfilename", Text(128), "dump.rdb"), NO_DURABILITY).protected(),
    tuning(("dir", Text(255), "."), "Granite writes no files while running").protected(),
    tuning(("key-load-delay", count(-INT_MAX, INT_MAX), "0"), NO_DURABILITY).hidden(),
    tuning(("loading-process-events-interval-bytes", bytes(1_024, INT_MAX), "2mb"), NO_DURABILITY)
        .hidden(),
    tuning(("rdb-del-sync-files", YesNo, "no"), NO_DURABILITY),
    tuning(("rdb-key-save-delay", count(-INT_MAX, INT_MAX), "0"), NO_DURABILITY).hidden(),
    tuning(("rdb-save-incremental-fsync", YesNo, "yes"), NO_DURABILITY),
    tuning(("rdbchecksum", YesNo, "yes"), NO_DURABILITY).fixed(),
    tuning(("rdbcompression", YesNo, "yes"), NO_DURABILITY),
    tuning(("sanitize-dump-payload", Choice(&["no", "yes", "clients"]), "no"),
        "RESTORE is not there yet"),
    tuning(("stop-writes-on-bgsave-error", YesNo, "yes"), NO_DURABILITY),
];
