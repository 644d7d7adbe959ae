//! Every row of the table keeps its promises, and CONFIG SET speaks as Redis does.
extern crate std;

use crate::options::hot::HotSettings;
use crate::options::kind::{Kind, Unit, read_bytes};
use crate::options::settings::{NUMBER_TEXT_SIZE_MAX, Settings, matching};
use crate::options::table::{Change, OPTIONS, OptionId, Standing, find, option};
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

fn shown(settings: &Settings, name: &str) -> String {
    let mut room = [0; NUMBER_TEXT_SIZE_MAX];
    let value = settings.get(name.as_bytes(), &mut room).expect("the option exists");
    String::from_utf8(value.to_vec()).unwrap()
}

fn config_set(settings: &mut Settings, words: &[&str]) -> Result<(), String> {
    let pairs = words.chunks(2).map(|pair| (pair[0].as_bytes(), pair[1].as_bytes()));
    settings.config_set(pairs).map_err(|error| error.to_string())
}

/// The text of the error of one CONFIG SET.
#[track_caller]
fn refused(name: &str, value: &str) -> String {
    config_set(&mut Settings::new(), &[name, value]).expect_err("this must be refused")
}

#[test]
fn rows_have_one_name_each_a_reason_and_a_default_that_passes() {
    let settings = Settings::new();
    let mut names: Vec<&str> = Vec::new();
    for (id, row) in (0..).map(OptionId).zip(&OPTIONS) {
        names.extend([Some(row.name), row.alias].into_iter().flatten());
        assert!(!row.reason.is_empty() && !row.reason.ends_with('.'), "{}", row.name);
        assert_eq!(row.name, row.name.to_ascii_lowercase());
        if row.kind != Kind::Command {
            settings.check(id, row.default.as_bytes()).expect(row.name);
        }
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name is used twice");
}

#[test]
fn every_value_that_is_shown_can_be_set_again() {
    let mut settings = Settings::new();
    for (name, id) in matching([&b"*"[..]].into_iter()) {
        let value = shown(&settings, name);
        settings.set(id, value.as_bytes()).expect(name);
        assert_eq!(shown(&settings, name), value, "{name}");
        config_set(&mut settings, &[name, &value]).expect(name);
    }
}

#[test]
fn promises_accept_only_off() {
    for (id, row) in (0..).map(OptionId).zip(&OPTIONS) {
        let Standing::Promise { off } = row.standing else { continue };
        let mut settings = Settings::new();
        let on = match row.kind {
            Kind::YesNo => "yes",
            Kind::Choice(words) => words.iter().find(|word| !off.contains(word)).unwrap(),
            Kind::Save => "900 1",
            _ => "6380",
        };
        let error = settings.set(id, on.as_bytes()).expect_err(row.name).to_string();
        assert!(error.starts_with(row.reason), "{error}");
        for value in off {
            settings.set(id, value.as_bytes()).expect(row.name);
        }
        let live = config_set(&mut settings, &[row.name, on]).expect_err(row.name);
        assert!(row.kind == Kind::Command || live.contains(row.reason), "{live}");
    }
}

#[test]
fn numbers_read_what_they_print() {
    let sizes: [(&str, Option<i64>); 15] = [
        ("0", Some(0)),
        ("100b", Some(100)),
        ("1k", Some(1_000)),
        ("1KB", Some(1_024)),
        ("2m", Some(2_000_000)),
        ("2Mb", Some(2 << 20)),
        ("3g", Some(3_000_000_000)),
        ("3gb", Some(3 << 30)),
        ("", None),
        ("kb", None),
        ("4gbb", None),
        ("100tb", None),
        ("-1", None),
        ("1 kb", None),
        ("9223372036854775807gb", None),
    ];
    for (text, size) in sizes {
        assert_eq!(read_bytes(text.as_bytes()), size, "{text}");
    }
    for row in &OPTIONS {
        let Kind::Number { min, max, unit, .. } = row.kind else { continue };
        if unit == Unit::Octal {
            continue;
        }
        for number in [min, max] {
            let mut text = String::new();
            row.kind.write_number(number, &mut text).unwrap();
            assert_eq!(row.kind.read_number(text.as_bytes()).expect(row.name), number);
        }
        let beyond = format!("{}", i128::from(max) + 1);
        assert!(row.kind.read_number(beyond.as_bytes()).is_err(), "{}", row.name);
        let below = min > 1 || (min < 0 && unit != Unit::BytesOrPercent);
        if below {
            assert!(row.kind.read_number(format!("{}", min - 1).as_bytes()).is_err());
        }
    }
}

#[test]
fn percent_and_octal_print_as_redis_does() {
    let mut settings = Settings::new();
    config_set(&mut settings, &["maxmemory-clients", "15%"]).unwrap();
    assert_eq!(shown(&settings, "maxmemory-clients"), "15%");
    settings.set(option("unixsocketperm"), b"755").unwrap();
    assert_eq!(settings.number(option("unixsocketperm")), 0o755);
    assert_eq!(shown(&settings, "unixsocketperm"), "755");
}

#[test]
fn lists_are_shown_in_redis_order() {
    let mut settings = Settings::new();
    config_set(&mut settings, &["notify-keyspace-events", "KEA"]).unwrap();
    assert_eq!(shown(&settings, "notify-keyspace-events"), "AKE");
    config_set(&mut settings, &["notify-keyspace-events", "Kxn$"]).unwrap();
    assert_eq!(shown(&settings, "notify-keyspace-events"), "$xKn");
    config_set(&mut settings, &["client-output-buffer-limit", "normal 1mb 2 3"]).unwrap();
    config_set(&mut settings, &["client-output-buffer-limit", "replica 0 0 0"]).unwrap();
    assert_eq!(
        shown(&settings, "client-output-buffer-limit"),
        "normal 1048576 2 3 slave 0 0 0 pubsub 33554432 8388608 60"
    );
    config_set(&mut settings, &["latency-tracking-info-percentiles", ""]).unwrap();
    assert_eq!(shown(&settings, "latency-tracking-info-percentiles"), "");
    settings.set(option("bind"), b"127.0.0.1  ::1").unwrap();
    assert_eq!(shown(&settings, "bind"), "127.0.0.1 ::1");
}

#[test]
fn config_set_is_all_or_nothing() {
    let mut settings = Settings::new();
    let error = config_set(&mut settings, &["timeout", "5", "hz", "many"]).unwrap_err();
    assert_eq!(
        error,
        "ERR CONFIG SET failed (possibly related to argument 'hz') - \
         argument couldn't be parsed into an integer"
    );
    assert_eq!(shown(&settings, "timeout"), "0");
    let error = config_set(&mut settings, &["timeout", "5", "nope", "1"]).unwrap_err();
    assert_eq!(error, "ERR Unknown option or number of arguments for CONFIG SET - 'nope'");
    let error = config_set(&mut settings, &["hz", "5", "HZ", "6"]).unwrap_err();
    assert!(error.ends_with("'HZ') - duplicate parameter"), "{error}");
    config_set(&mut settings, &["timeout", "5", "slave-read-only", "no"]).unwrap();
    assert_eq!(shown(&settings, "TIMEOUT"), "5");
    assert_eq!(shown(&settings, "replica-read-only"), "no");
    assert_eq!(HotSettings::of(&settings).timeout_ms, 5_000);
}

#[test]
fn errors_say_what_redis_says() {
    let cases = [
        ("appendfsync", "often", "argument(s) must be one of the following: everysec, always, no"),
        ("protected-mode", "maybe", "argument must be 'yes' or 'no'"),
        ("timeout", "-1", "argument must be between 0 and 2147483647 inclusive"),
        ("proto-max-bulk-len", "4gbb", "argument must be a memory value"),
        ("proto-max-bulk-len", "10", "argument must be between 1048576 and 536870912 inclusive"),
        ("maxmemory-clients", "200%", "percentage argument must be less or equal to 100"),
        ("maxmemory-clients", "x%", "argument must be a memory or percent value"),
        ("save", "abc", "Invalid save parameters"),
        ("save", "900", "Invalid save parameters"),
        ("dir", "/etc", "can't set protected config"),
        ("oom-score-adj-values", "1 2", "wrong number of arguments"),
        (
            "appendonly",
            "yes",
            "Granite keeps no data over a restart yet; only 'appendonly no' is accepted",
        ),
        ("save", "900 1", "Granite keeps no data over a restart yet; only 'save \"\"' is accepted"),
        (
            "replicaof",
            "host 1",
            "Granite does not replicate yet; only 'replicaof \"\"' is accepted",
        ),
        (
            "maxmemory",
            "2gb",
            "can't set immutable config: it is set in stone at the start; \
            restart with '--maxmemory <value>', or with it in the file",
        ),
    ];
    for (name, value, text) in cases {
        let start = format!("ERR CONFIG SET failed (possibly related to argument '{name}') - ");
        assert_eq!(refused(name, value), start + text);
    }
}

#[test]
fn errors_never_repeat_a_value() {
    let secret = "s3cret".repeat(200);
    for name in ["requirepass", "masterauth", "tls-key-file-pass", "masteruser"] {
        assert!(!refused(name, &secret).contains("s3cret"), "{name}");
    }
    assert!(find(b"requirepass").unwrap().row().secret);
    assert!(!format!("{:?}", Settings::new()).contains("bind"));
}

#[test]
fn what_is_fixed_can_be_set_to_what_it_is() {
    let mut settings = Settings::new();
    settings.adopt(option("maxmemory"), 1 << 30);
    config_set(&mut settings, &["maxmemory", "1gb", "port", "6379"]).unwrap();
    assert!(config_set(&mut settings, &["port", "6380"]).is_err());
}

#[test]
fn slowlog_grows_only_to_what_was_reserved() {
    let mut settings = Settings::new();
    settings.adopt(option("slowlog-entries-max"), 128);
    config_set(&mut settings, &["slowlog-max-len", "128"]).unwrap();
    let error = config_set(&mut settings, &["slowlog-max-len", "129"]).unwrap_err();
    assert!(error.ends_with("argument must be between 0 and 128 inclusive"), "{error}");
}

/// What the Redis test suite sets around its blocks, and sets back.
#[test]
fn the_overrides_of_the_redis_suite_round_trip() {
    let overrides = [
        ("save", ""),
        ("appendonly", "no"),
        ("appendfsync", "everysec"),
        ("aof-use-rdb-preamble", "yes"),
        ("list-max-ziplist-size", "16"),
        ("set-max-intset-entries", "256"),
        ("set-max-listpack-entries", "64"),
        ("set-max-listpack-value", "32"),
        ("slowlog-log-slower-than", "0"),
        ("stream-node-max-entries", "10"),
    ];
    let mut settings = Settings::new();
    for (name, value) in overrides {
        let before = shown(&settings, name);
        config_set(&mut settings, &[name, value]).expect(name);
        assert_eq!(shown(&settings, name), value);
        config_set(&mut settings, &[name, &before]).expect(name);
        assert_eq!(shown(&settings, name), before);
    }
}

#[test]
fn config_get_selects_by_pattern_and_alias() {
    let names = |patterns: &'static [&'static [u8]]| -> Vec<&str> {
        matching(patterns.iter().copied()).map(|(name, _)| name).collect()
    };
    assert_eq!(names(&[b"MAXMEMORY-P*"]), ["maxmemory-policy"]);
    assert_eq!(names(&[b"list-max-*"]), ["list-max-listpack-size", "list-max-ziplist-size"]);
    assert_eq!(names(&[b"port", b"p?rt"]), ["port"]);
    assert!(names(&[b"*"]).len() > 200);
    assert!(!names(&[b"*"]).contains(&"watchdog-period"));
    assert_eq!(names(&[b"watchdog-period"]), ["watchdog-period"]);
    assert!(names(&[b"rename-command"]).is_empty());
}

#[test]
fn directives_that_write_files_are_protected() {
    for name in ["dir", "dbfilename"] {
        assert_eq!(find(name.as_bytes()).unwrap().row().change, Change::Protected);
    }
}
