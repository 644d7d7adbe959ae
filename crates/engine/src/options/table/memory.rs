//! Options that decide about memory: `maxmemory`, and the limits that share it out.
use super::{OptionRow, live, start, tuning};
use crate::options::kind::Kind::{Choice, OutputLimits, YesNo};
use crate::options::kind::{Unit, auto_bytes, auto_count, bytes, count, measured};

const INT_MAX: i64 = i32::MAX as i64;
const LONG_MAX: i64 = i64::MAX;

const KIB: i64 = 1 << 10;
const MIB: i64 = 1 << 20;
const GIB: i64 = 1 << 30;

const DENSE: &str = "memory is dense after every turn";
const FREEING: &str = "large values are always freed in slices";
const NO_ALLOCATOR: &str = "there is no allocator after the start";

/// The policies of `maxmemory-policy`, in Redis' order.
pub(crate) const POLICIES: &[&str] = &[
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "noeviction",
];

#[rustfmt::skip] // A table reads in columns.
pub(super) const ROWS: &[OptionRow] = &[
    // The total, and who leaves when it is full.
    start(("maxmemory", auto_bytes(MIB, 80 * GIB), "0"),
        "everything the process takes from the system, on the first day and on the last; \
         0 for the default of 1gb; one engine can reach 64 GiB of data"),
    live(("maxmemory-policy", Choice(POLICIES), "noeviction"), "which keys leave when it is full"),
    live(("lru-demotion", count(1, 64), "8"),
        "idle time of a key that was never read counts so many times; 1 is as in Redis"),
    live(("lfu-log-factor", count(0, INT_MAX), "10"),
        "how many hits it takes to saturate the counter of a key"),
    live(("lfu-decay-time", measured(Unit::Minutes, 0, INT_MAX), "1"),
        "time after which the counter of an idle key is lowered; 0 for never"),

    // Connections.
    start(("maxclients", count(1, 32_000), "10000"),
        "connections at once; a completion queue has at most 65,536 entries, two for each"),
    start(("connections-reserved", count(0, 64), "2"),
        "connections kept for administrators on this machine when all others are taken"),
    start(("receive-buffers", auto_count(16, 32_768), "0"),
        "buffers of 20 KiB that the kernel fills, shared by all connections"),
    start(("reply-buffers", auto_count(16, 262_144), "0"),
        "buffers of 20 KiB for replies, shared by all connections"),
    start(("reply-credit", bytes(32 * KIB, GIB), "1mb"),
        "output that one connection may hold before its commands wait"),
    start(("reply-max", auto_bytes(64 * KIB, GIB), "0"),
        "the largest reply other than a string value; one at a time has this room"),
    start(("request-blocks", auto_count(16, 209_061), "0"),
        "blocks of 20 KiB for incomplete requests and queued commands, shared by all connections"),
    start(("request-size-max", auto_bytes(64 * KIB, GIB), "0"),
        "bytes that one command may take besides its large values"),
    start(("args-max", auto_count(1_024, 4_194_304), "0"), "arguments of one command"),
    start(("watches-max", count(1, 16_777_216), "16384"),
        "keys watched by all connections together"),
    start(("pins-max", count(1, 32_768), "1024"),
        "large values that clients are reading at once"),
    start(("staged-values-max", count(1, 32_768), "1024"),
        "large values that clients are sending at once"),
    start(("slowlog-entries-max", auto_count(1, 1_000_000), "0"),
        "entries that slowlog-max-len can be set to while running; 0 is its value at the start"),
    start(("socket-buffers", auto_bytes(4 * KIB, 64 * MIB), "0"),
        "fixes the kernel's buffers of each socket, so that their sum is known; \
         0 leaves them to the kernel"),

    // Data.
    start(("databases", count(1, 16), "16"), "numbers that SELECT accepts"),
    start(("keys-max", auto_count(1_000, 16_000_000_000), "0"),
        "keys that the index is made for; a hint, several times more fit; \
         0 for one per 112 bytes of data memory"),
    start(("key-size-max", bytes(64, 8_000), "8000"), "bytes of the name of a key"),
    live(("proto-max-bulk-len", bytes(MIB, 512 * MIB), "512mb"), "bytes of a string"),
    start(("command-work-max", bytes(MIB, GIB), "16mb"),
        "bytes that one command may touch; an element of a list that is searched counts as 12, a \
         member that is looked up as 24 to 40; what would touch more is refused"),

    // The region.
    start(("hugepages", YesNo, "yes"), "asks the kernel for pages of 2 MiB"),
    start(("lock-memory", Choice(&["no", "try", "yes"]), "no"),
        "locks the memory, so that it is never swapped out; 'try' goes on where that is refused"),

    // Known from Redis, without meaning here.
    tuning(("maxmemory-samples", count(1, INT_MAX), "5"), "a whole bucket is looked at"),
    tuning(("maxmemory-eviction-tenacity", count(0, 100), "10"),
        "each write evicts what it needs, no more"),
    tuning(("maxmemory-clients", measured(Unit::BytesOrPercent, 0, LONG_MAX), "0"),
        "clients share fixed pools, which are part of maxmemory"),
    tuning(("client-output-buffer-limit", OutputLimits,
        "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"),
        "reply-credit and reply-max bound what waits for a client"),
    tuning(("active-expire-effort", count(1, 10), "1"),
        "expired keys are always deleted within milliseconds"),
    tuning(("lazyfree-lazy-eviction", YesNo, "no"), FREEING),
    tuning(("lazyfree-lazy-expire", YesNo, "no"), FREEING),
    tuning(("lazyfree-lazy-server-del", YesNo, "no"), FREEING),
    tuning(("lazyfree-lazy-user-del", YesNo, "no"), FREEING),
    tuning(("lazyfree-lazy-user-flush", YesNo, "no"), FREEING),
    tuning(("activerehashing", YesNo, "yes"), "the index never grows"),
    tuning(("disable-thp", YesNo, "yes"), "huge pages help where nothing forks").fixed(),
    tuning(("jemalloc-bg-thread", YesNo, "yes"), NO_ALLOCATOR),
    tuning(("activedefrag", YesNo, "no"), DENSE),
    tuning(("active-defrag-cycle-min", count(1, 99), "1"), DENSE),
    tuning(("active-defrag-cycle-max", count(1, 99), "25"), DENSE),
    tuning(("active-defrag-threshold-lower", count(0, 1_000), "10"), DENSE),
    tuning(("active-defrag-threshold-upper", count(0, 1_000), "100"), DENSE),
    tuning(("active-defrag-max-scan-fields", count(1, LONG_MAX), "1000"), DENSE),
    tuning(("active-defrag-ignore-bytes", bytes(1, LONG_MAX), "100mb"), DENSE),
];
