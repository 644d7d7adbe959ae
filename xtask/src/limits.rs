//! `docs/limits.md`: written from the engine's own table of options, so that it cannot lie about
//! ranges and defaults. What happens when a limit is reached is said here, by hand, and a limit
//! about which nothing is said is a problem that tidy reports.
use crate::root;
use granite_engine::options::kind::{Kind, Unit};
use granite_engine::options::table::{Change, OPTIONS, OptionRow, Standing};
use std::fmt::Write;

const PATH: &str = "docs/limits.md";

/// Option, what Granite chooses if it is left at 0 (empty: the table's default), and what happens
/// when it is reached.
type Reached = (&'static str, &'static str, &'static str);

const MEMORY: &[Reached] = &[
    (
        "maxmemory",
        "1 GiB",
        "keys leave as `maxmemory-policy` says; under `noeviction`, or if none may leave, a write \
         that needs room gets `-OOM command not allowed when used memory > 'maxmemory'.`",
    ),
    ("databases", "", "`-ERR DB index is out of range`"),
    (
        "keys-max",
        "data memory / 112 bytes",
        "chains of buckets grow and lookups touch more lines; a key whose chain has 16 buckets \
         gets `-OOM bucket chain is at its maximum of 16`",
    ),
    (
        "key-size-max",
        "",
        "a write gets `-ERR key is longer than key-size-max`; a read finds nothing",
    ),
    (
        "proto-max-bulk-len",
        "",
        "as an argument: `-ERR Protocol error: invalid bulk length`, then the connection is \
         closed; as a result: `-ERR string exceeds maximum allowed size (proto-max-bulk-len)`",
    ),
    (
        "command-work-max",
        "",
        "`-OOM command-work-max: ...`, with what to use instead, before anything has changed",
    ),
];

const CONNECTIONS: &[Reached] = &[
    ("maxclients", "", "`-ERR max number of clients reached`, then the connection is closed"),
    (
        "connections-reserved",
        "",
        "clients of this machine get `-ERR max number of clients reached` too",
    ),
    (
        "receive-buffers",
        "`maxmemory` / 128, from 48 to 1,024 buffers",
        "receives wait until a buffer comes back, which is within turns",
    ),
    (
        "reply-buffers",
        "`maxmemory` / 96, from 96 to 4,096 buffers",
        "commands wait, in order, until replies are read; with less than 1/16 free, who has read \
         nothing for longest, at least a second, is closed with a log line",
    ),
    (
        "reply-credit",
        "",
        "the connection's next commands wait until it has read; see `output-stall-timeout`",
    ),
    (
        "reply-max",
        "`maxmemory` / 64, from 256 KiB to 64 MiB",
        "`-OOM command needs N, which is more than 'reply-max' allows`; between the credit and \
         this one reply at a time, the others wait for it; string values have no such bound",
    ),
    (
        "request-blocks",
        "`maxmemory` / 64, from 64 to 4,096 blocks",
        "half of them for requests that arrive in pieces: `-OOM`, the rest of the request is \
         dropped, the connection lives; a quarter for MULTI: `-OOM no room to queue the \
         command...`, and EXEC answers `-EXECABORT`; a quarter for input that waits",
    ),
    (
        "request-size-max",
        "`maxmemory` / 128, from 256 KiB to 64 MiB",
        "`-OOM command needs N, which is more than 'request-size-max' allows`; the rest of the \
         request is dropped, the connection lives",
    ),
    (
        "args-max",
        "`maxmemory` / 1,024, from 16,384 to 1,048,576",
        "`-ERR Protocol error: invalid multibulk length`, then the connection is closed",
    ),
    (
        "watches-max",
        "",
        "`-OOM cannot watch more keys: all connections together watch 'watches-max' already`",
    ),
    ("pins-max", "", "GET of a large value waits until another client has read its own"),
    ("staged-values-max", "", "`-OOM staged-values-max large values are arriving`"),
    (
        "slowlog-entries-max",
        "`slowlog-max-len`, from 128 to `maxmemory` / 256",
        "the oldest entry goes; CONFIG SET of a larger `slowlog-max-len` is an error",
    ),
    ("socket-buffers", "left to the kernel", "TCP holds the client back"),
    ("tcp-backlog", "", "the kernel lets new connections wait or fail"),
];

const TIMES: &[Reached] = &[
    ("timeout", "", "the connection is closed"),
    (
        "request-timeout",
        "",
        "a request of more than a block that is not complete is dropped with its connection",
    ),
    (
        "output-stall-timeout",
        "",
        "a client that has read nothing for so long, while something waits for it, is closed",
    ),
    ("tcp-keepalive", "", "the kernel probes, and ends the connection if nobody answers"),
];

/// Options that bound nothing.
const OTHERS: &[&str] = &[
    "bind",
    "port",
    "unixsocket",
    "unixsocketperm",
    "protected-mode",
    "requirepass",
    "io",
    "supervised",
    "pidfile",
    "logfile",
    "loglevel",
    "seal",
    "enable-debug-command",
    "slowlog-log-slower-than",
    "slowlog-max-len",
    "latency-tracking",
    "latency-tracking-info-percentiles",
    "maxmemory-policy",
    "lru-demotion",
    "lfu-log-factor",
    "lfu-decay-time",
    "list-max-listpack-size",
    "set-max-intset-entries",
    "set-max-listpack-entries",
    "set-max-listpack-value",
    "zset-max-listpack-entries",
    "zset-max-listpack-value",
    "hugepages",
    "lock-memory",
    "hash-max-listpack-entries",
    "hash-max-listpack-value",
    "hll-sparse-max-bytes",
];

const CONSTANTS: &str = "
## What no option changes

| What | Bound | Reason |
|---|---|---|
| data memory of one engine | 64 GiB | references have 32 bits and count granules of 16 bytes |
| connections | 32,000 | a completion queue has at most 65,536 entries, two for each |
| keys in a chain of buckets | 16 buckets of 12 | a lookup stays bounded, whatever the keys |
| an object in one slot | 8 KiB | a larger value is a rope of frames |
| elements of a collection | 4,294,967,295 | 32 bits of a count: `-OOM a collection has at ...` |
| names of members and fields | 20 KiB | in one buffer: `-ERR argument is too long` |
| keys that one command combines | 1,024 | each is noted: `-OOM at most 1024 keys can be ...` |
| a line of an inline request or of a size | 64 KiB | as in Redis |
| before AUTH | 10 arguments, 16 KiB each | as in Redis |
| events, requests, bytes of a turn | 256, 512, 1 MiB | a turn is bounded in counted work |
| steps that make room for one write | 1,024 in a turn | what needs more goes on in the next one |
| log lines that wait | 128 | what does not fit is dropped and counted |
| an entry of the slow log | 32 arguments, 128 bytes each | as in Redis; what is cut says so |
| names of connections and libraries | 64 bytes | part of the connection's slot |
| passwords | 512 bytes | as part of the options |
| reading last replies when the server ends | 0.8 seconds | SIGTERM ends it within a second |
";

/// Writes the page.
pub(crate) fn write() -> Result<(), String> {
    std::fs::write(root().join(PATH), page()?).map_err(|why| format!("{PATH}: {why}"))
}

/// Is the page in the tree the one that the table gives?
pub(crate) fn check() -> Result<(), String> {
    let current = std::fs::read_to_string(root().join(PATH)).unwrap_or_default();
    if current == page()? { Ok(()) } else { Err(format!("{PATH}: run `cargo xtask limits`")) }
}

fn page() -> Result<String, String> {
    let is_said = |row: &OptionRow| {
        let mut limits = [MEMORY, CONNECTIONS, TIMES].into_iter().flatten();
        limits.any(|(name, ..)| *name == row.name) || OTHERS.contains(&row.name)
    };
    for row in OPTIONS.iter().filter(|row| row.standing == Standing::Ours) {
        if !is_said(row) {
            let name = row.name;
            return Err(format!("xtask/src/limits.rs: what happens when '{name}' is reached?"));
        }
    }
    let mut page = String::from(
        "# Limits\n\n\
         Written by `cargo xtask limits` from the table of options; do not edit.\n\
         Every limit has a name, a default, a reason and a defined reply; a command that meets \
         one has changed nothing.\n\
         *Live* ones change with CONFIG SET; all others are set in stone at the start.\n\
         A default that is a share of `maxmemory` has a floor and a ceiling; `granite plan` shows \
         what it comes to, and CONFIG GET on a running server.\n",
    );
    for (title, limits) in
        [("Data", MEMORY), ("Connections and requests", CONNECTIONS), ("Time", TIMES)]
    {
        let head =
            "| Limit | Range | Default | Reason | When it is reached |\n|---|---|---|---|---|";
        write!(page, "\n## {title}\n\n{head}\n").expect("a string takes all");
        for (name, share, reached) in limits {
            let row = row(name)?;
            let default =
                if share.is_empty() { number(row.kind, row.default) } else { (*share).into() };
            let live = if row.change == Change::Live { ", live" } else { "" };
            let (range, reason) = (range(row.kind), row.reason);
            writeln!(page, "| `{name}` | {range}{live} | {default} | {reason} | {reached} |")
                .expect("a string takes all");
        }
    }
    page.push_str(CONSTANTS);
    page.push_str("\n## Options that bound nothing\n\n| Option | Default | |\n|---|---|---|\n");
    for name in OTHERS {
        let row = row(name)?;
        let default = if row.default.is_empty() { "empty" } else { row.default };
        let live = if row.change == Change::Live { " (live)" } else { "" };
        writeln!(page, "| `{name}` | {default} | {}{live} |", row.reason)
            .expect("a string takes all");
    }
    Ok(page)
}

fn row(name: &str) -> Result<&'static OptionRow, String> {
    let row = OPTIONS.iter().find(|row| row.name == name);
    row.ok_or_else(|| format!("xtask/src/limits.rs: there is no option '{name}'"))
}

fn range(kind: Kind) -> String {
    let Kind::Number { unit, min, max, .. } = kind else { return String::new() };
    let unit_of_min = if unit == Unit::Bytes { unit } else { Unit::Count };
    format!("{} to {}", amount(unit_of_min, min), amount(unit, max))
}

fn number(kind: Kind, default: &str) -> String {
    match kind {
        Kind::Number { unit, .. } => {
            let number = kind.read_number(default.as_bytes()).expect("a default can be read");
            if number == 0 && unit != Unit::Count { "off".to_owned() } else { amount(unit, number) }
        }
        _ => default.to_owned(),
    }
}

/// A number with its unit, as people write it.
fn amount(unit: Unit, number: i64) -> String {
    if unit == Unit::Bytes {
        let sizes = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
        let size = sizes.iter().find(|(shift, _)| number > 0 && number % (1 << shift) == 0);
        return match size {
            Some((shift, name)) => format!("{} {name}", number >> shift),
            None => format!("{number} bytes"),
        };
    }
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    let name = unit.name();
    if name.is_empty() { text } else { format!("{text} {name}") }
}

#[test]
fn amounts_are_as_people_write_them() {
    assert_eq!(amount(Unit::Bytes, 512 << 20), "512 MiB");
    assert_eq!(amount(Unit::Bytes, 8_000), "8000 bytes");
    assert_eq!(amount(Unit::Count, 16_384), "16,384");
    assert_eq!(amount(Unit::Milliseconds, 100), "100 milliseconds");
}
