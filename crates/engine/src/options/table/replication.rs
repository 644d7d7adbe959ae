//! Directives about replication, the cluster, modules and access control: what Granite does not
//! do yet. What would switch it on is a promise, the rest is tuning of it.
use super::{OptionRow, promise, tuning};
use crate::options::kind::Kind::{Choice, Command, Text, Words, YesNo};
use crate::options::kind::{Unit, bytes, count, measured};

const INT_MAX: i64 = i32::MAX as i64;
const LONG_MAX: i64 = i64::MAX;

const NO_REPLICA: &str = "Granite does not replicate yet";
const NO_CLUSTER: &str = "Granite has no cluster mode yet";
const NO_ACL: &str = "Granite has no access control lists yet; 'requirepass' is there";
const NO_MODULE: &str = "Granite has no modules";

#[rustfmt::skip] // A table reads in columns.
pub(super) const ROWS: &[OptionRow] = &[
    promise(("replicaof", Words(255), ""), &["", "no one"], NO_REPLICA).alias("slaveof").fixed(),
    promise(("min-replicas-to-write", count(0, INT_MAX), "0"), &["0"], NO_REPLICA)
        .alias("min-slaves-to-write"),
    tuning(("min-replicas-max-lag", measured(Unit::Seconds, 0, INT_MAX), "10"), NO_REPLICA)
        .alias("min-slaves-max-lag"),
    tuning(("masterauth", Text(512), ""), NO_REPLICA).secret(),
    tuning(("masteruser", Text(128), ""), NO_REPLICA).secret(),
    tuning(("propagation-error-behavior", Choice(&["ignore", "panic", "panic-on-replicas"]),
        "ignore"), NO_REPLICA),
    tuning(("repl-backlog-size", bytes(1, LONG_MAX), "1mb"), NO_REPLICA),
    tuning(("repl-backlog-ttl", measured(Unit::Seconds, 0, LONG_MAX), "3600"), NO_REPLICA),
    tuning(("repl-disable-tcp-nodelay", YesNo, "no"), NO_REPLICA),
    tuning(("repl-diskless-load", Choice(&["disabled", "on-empty-db", "swapdb"]), "disabled"),
        NO_REPLICA),
    tuning(("repl-diskless-sync", YesNo, "yes"), NO_REPLICA),
    tuning(("repl-diskless-sync-delay", measured(Unit::Seconds, 0, INT_MAX), "5"), NO_REPLICA),
    tuning(("repl-diskless-sync-max-replicas", count(0, INT_MAX), "0"), NO_REPLICA),
    tuning(("repl-ping-replica-period", measured(Unit::Seconds, 1, INT_MAX), "10"), NO_REPLICA)
        .alias("repl-ping-slave-period"),
    tuning(("repl-timeout", measured(Unit::Seconds, 1, INT_MAX), "60"), NO_REPLICA),
    tuning(("replica-announce-ip", Text(128), ""), NO_REPLICA).alias("slave-announce-ip"),
    tuning(("replica-announce-port", count(0, 65_535), "0"), NO_REPLICA)
        .alias("slave-announce-port"),
    tuning(("replica-announced", YesNo, "yes"), NO_REPLICA),
    tuning(("replica-ignore-disk-write-errors", YesNo, "no"), NO_REPLICA),
    tuning(("replica-ignore-maxmemory", YesNo, "yes"), NO_REPLICA).alias("slave-ignore-maxmemory"),
    tuning(("replica-lazy-flush", YesNo, "no"), NO_REPLICA).alias("slave-lazy-flush"),
    tuning(("replica-priority", count(0, INT_MAX), "100"), NO_REPLICA).alias("slave-priority"),
    tuning(("replica-read-only", YesNo, "yes"), NO_REPLICA).alias("slave-read-only"),
    tuning(("replica-serve-stale-data", YesNo, "yes"), NO_REPLICA).alias("slave-serve-stale-data"),

    promise(("cluster-enabled", YesNo, "no"), &["no"], NO_CLUSTER).fixed(),
    tuning(("cluster-allow-pubsubshard-when-down", YesNo, "yes"), NO_CLUSTER),
    tuning(("cluster-allow-reads-when-down", YesNo, "no"), NO_CLUSTER),
    tuning(("cluster-allow-replica-migration", YesNo, "yes"), NO_CLUSTER),
    tuning(("cluster-announce-bus-port", count(0, 65_535), "0"), NO_CLUSTER),
    tuning(("cluster-announce-hostname", Text(128), ""), NO_CLUSTER),
    tuning(("cluster-announce-human-nodename", Text(128), ""), NO_CLUSTER),
    tuning(("cluster-announce-ip", Text(64), ""), NO_CLUSTER),
    tuning(("cluster-announce-port", count(0, 65_535), "0"), NO_CLUSTER),
    tuning(("cluster-announce-tls-port", count(0, 65_535), "0"), NO_CLUSTER),
    tuning(("cluster-config-file", Text(128), "nodes.conf"), NO_CLUSTER).fixed(),
    tuning(("cluster-link-sendbuf-limit", bytes(0, LONG_MAX), "0"), NO_CLUSTER),
    tuning(("cluster-migration-barrier", count(0, INT_MAX), "1"), NO_CLUSTER),
    tuning(("cluster-node-timeout", measured(Unit::Milliseconds, 0, LONG_MAX), "15000"),
        NO_CLUSTER),
    tuning(("cluster-port", count(0, 65_535), "0"), NO_CLUSTER).fixed(),
    tuning(("cluster-preferred-endpoint-type", Choice(&["ip", "hostname", "unknown-endpoint"]),
        "ip"), NO_CLUSTER),
    tuning(("cluster-replica-no-failover", YesNo, "no"), NO_CLUSTER)
        .alias("cluster-slave-no-failover"),
    tuning(("cluster-replica-validity-factor", count(0, INT_MAX), "10"), NO_CLUSTER)
        .alias("cluster-slave-validity-factor"),
    tuning(("cluster-require-full-coverage", YesNo, "yes"), NO_CLUSTER),

    promise(("aclfile", Text(255), ""), &[""], NO_ACL).fixed(),
    promise(("user", Command, ""), &[], NO_ACL).secret(),
    promise(("rename-command", Command, ""), &[], "Granite does not rename or hide commands"),
    tuning(("acl-pubsub-default", Choice(&["allchannels", "resetchannels"]), "resetchannels"),
        NO_ACL),
    tuning(("acllog-max-len", count(0, LONG_MAX), "128"), NO_ACL),

    promise(("enable-module-command", Choice(&["no", "yes", "local"]), "no"), &["no"], NO_MODULE)
        .fixed(),
    promise(("loadmodule", Command, ""), &[], NO_MODULE),
    promise(("sentinel", Command, ""), &[], "Granite is no Sentinel"),
];
