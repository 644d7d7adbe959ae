//! Options of the process: network, clients, logs, and what Redis' event loop has instead.
use super::{OptionRow, live, promise, start, tuning};
use crate::options::kind::Kind::{Choice, Percentiles, Scores, Text, Words, YesNo};
use crate::options::kind::{Unit, bytes, count, measured};

const INT_MAX: i64 = i32::MAX as i64;
const LONG_MAX: i64 = i64::MAX;

const ONE_LOOP: &str = "one thread serves everything, in turns without a frequency";
const PROCESS: &str = "the process keeps its name and its score with the kernel";
const SYSLOG: &str = "log lines go to the standard output";
const SHUTDOWN: &[&str] = &["default", "save", "nosave", "now", "force"];
const SHUTDOWN_OFF: &[&str] = &["default", "nosave", "now", "force"];
const PROTECTED_ACTIONS: &[&str] = &["no", "yes", "local"];

#[rustfmt::skip] // A table reads in columns.
pub(super) const ROWS: &[OptionRow] = &[
    // Where clients reach the server.
    start(("bind", Words(512), "127.0.0.1 -::1"),
        "addresses to listen on; one that starts with '-' may be missing; '*' is any"),
    start(("port", count(0, 65_535), "6379"), "TCP port; 0 for none"),
    start(("unixsocket", Text(107), ""), "path of a Unix socket; empty for none"),
    start(("unixsocketperm", measured(Unit::Octal, 0, 0o777), "0"),
        "file mode of the Unix socket; 0 leaves it to umask"),
    start(("tcp-backlog", count(0, INT_MAX), "511"),
        "connections that the kernel keeps ready to be accepted"),
    start(("tcp-keepalive", measured(Unit::Seconds, 0, INT_MAX), "300"),
        "idle time before the kernel probes a connection; 0 for never"),
    live(("timeout", measured(Unit::Seconds, 0, INT_MAX), "0"),
        "idle time after which a connection is closed; 0 for never"),
    live(("protected-mode", YesNo, "yes"),
        "without a password, only clients of this machine are served"),
    live(("requirepass", Text(512), ""), "the password that AUTH asks for; empty for none")
        .secret(),
    start(("io", Choice(&["auto", "uring", "epoll"]), "auto"),
        "how to talk to the kernel; auto takes io_uring where it is allowed"),
    live(("request-timeout", measured(Unit::Milliseconds, 100, INT_MAX), "60000"),
        "time that a large request may take, and longer by what it sends at 16 KiB a second"),
    live(("output-stall-timeout", measured(Unit::Milliseconds, 100, INT_MAX), "60000"),
        "time that a client may leave its replies unread while more of its requests wait"),

    // The process.
    start(("supervised", Choice(&["no", "upstart", "systemd", "auto"]), "no"),
        "who is told that the server is ready"),
    start(("pidfile", Text(255), ""), "file that holds the process id; empty for none"),
    start(("logfile", Text(255), ""), "file for log lines; empty for the standard output"),
    live(("loglevel", Choice(&["debug", "verbose", "notice", "warning"]), "notice"),
        "the least important lines that are logged"),
    start(("seal", Choice(&["enforce", "count", "off"]), "enforce"),
        "what happens to an allocation after the start: abort, count and log, or nothing"),
    start(("enable-debug-command", Choice(PROTECTED_ACTIONS), "no"),
        "who may use DEBUG: nobody, everybody, or clients of this machine"),

    // Statistics.
    live(("slowlog-log-slower-than", measured(Unit::Microseconds, -1, LONG_MAX), "10000"),
        "commands that took longer are kept by SLOWLOG; -1 for none"),
    live(("slowlog-max-len", count(0, LONG_MAX), "128"),
        "entries that SLOWLOG keeps; after the start at most slowlog-entries-max"),
    live(("latency-tracking", YesNo, "yes"), "keeps a histogram for each command"),
    live(("latency-tracking-info-percentiles", Percentiles, "50 99 99.9"),
        "percentiles that INFO latencystats shows"),

    // Known from Redis, without meaning here.
    promise(("daemonize", YesNo, "no"), &["no"],
        "Granite does not fork: use 'supervised systemd', or '&' in a shell").fixed(),
    promise(("syslog-enabled", YesNo, "no"), &["no"], "Granite does not log to syslog").fixed(),
    tuning(("syslog-ident", Text(64), "redis"), SYSLOG).fixed(),
    tuning(("syslog-facility", Choice(&["user", "local0", "local1", "local2", "local3", "local4",
        "local5", "local6", "local7"]), "local0"), SYSLOG).fixed(),
    tuning(("always-show-logo", YesNo, "no"), "there is no logo").fixed(),
    tuning(("crash-log-enabled", YesNo, "yes"), "a crash is always logged"),
    tuning(("crash-memcheck-enabled", YesNo, "yes"), "a crash tests no memory"),
    tuning(("use-exit-on-panic", YesNo, "no"), "a panic always aborts").hidden(),
    tuning(("watchdog-period", count(0, INT_MAX), "0"), ONE_LOOP).hidden(),
    tuning(("hz", count(0, INT_MAX), "10"), ONE_LOOP),
    tuning(("dynamic-hz", YesNo, "yes"), ONE_LOOP),
    tuning(("io-threads", count(1, 128), "1"), ONE_LOOP).fixed(),
    tuning(("io-threads-do-reads", YesNo, "no"), ONE_LOOP).fixed(),
    tuning(("server_cpulist", Text(128), ""), "the service manager pins the process").fixed(),
    tuning(("bio_cpulist", Text(128), ""), ONE_LOOP).fixed(),
    tuning(("set-proc-title", YesNo, "yes"), PROCESS).fixed(),
    tuning(("proc-title-template", Text(128), "{title} {listen-addr} {server-mode}"), PROCESS),
    tuning(("oom-score-adj", Choice(&["no", "yes", "relative", "absolute"]), "no"), PROCESS),
    tuning(("oom-score-adj-values", Scores, "0 200 800"), PROCESS),
    tuning(("ignore-warnings", Text(128), ""), "no warning is so grave"),
    tuning(("locale-collate", Text(64), ""), "SORT ALPHA is not there yet"),
    tuning(("socket-mark-id", count(0, u32::MAX as i64), "0"), "sockets are not marked"),
    tuning(("bind-source-addr", Text(64), ""), "no connection goes out"),
    promise(("shutdown-on-sigint", Choice(SHUTDOWN), "default"), SHUTDOWN_OFF,
        "Granite keeps no data over a restart yet"),
    promise(("shutdown-on-sigterm", Choice(SHUTDOWN), "default"), SHUTDOWN_OFF,
        "Granite keeps no data over a restart yet"),
    tuning(("shutdown-timeout", measured(Unit::Seconds, 0, INT_MAX), "10"),
        "there is no replica to wait for"),
    tuning(("latency-monitor-threshold", measured(Unit::Milliseconds, 0, LONG_MAX), "0"),
        "LATENCY HISTOGRAM is always there; LATENCY LATEST is not"),
    tuning(("busy-reply-threshold", measured(Unit::Milliseconds, 0, LONG_MAX), "5000"),
        "there are no scripts yet").alias("lua-time-limit"),
    tuning(("lua-enable-deprecated-api", YesNo, "no"), "there are no scripts yet").hidden().fixed(),
    tuning(("lua-replicate-commands", YesNo, "yes"), "there are no scripts yet").hidden(),
    tuning(("enable-protected-configs", Choice(PROTECTED_ACTIONS), "no"),
        "dir and dbfilename never change while running").fixed(),
    tuning(("tracking-table-max-keys", count(0, LONG_MAX), "1000000"),
        "there is no client tracking yet"),
    tuning(("client-query-buffer-limit", bytes(1 << 20, LONG_MAX), "1gb"),
        "request-blocks and request-size-max bound what a client may send"),
];
