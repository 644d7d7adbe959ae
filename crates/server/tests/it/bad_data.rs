//! Bad inputs 39 to 61: arguments at and beyond every border.
use crate::client::{Client, assert_error};
use crate::server::{wait_until, with_each_engine};
use granite_simulator::value::{Value, request};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const BIT_OFFSET: &str = "ERR bit offset is not an integer or out of range";
const OVERFLOW: &str = "ERR increment or decrement would overflow";
const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";
const INVALID_TIME: &str = "ERR invalid expire time in ";
const FULL: &str = "OOM command not allowed when used memory > 'maxmemory'.";
const DB_RANGE: &str = "ERR DB index is out of range";

/// Runs each line, words separated by blanks; its error must begin so.
#[track_caller]
fn assert_refused(client: &mut Client, cases: &[(&str, &str)]) {
    for (line, beginning) in cases {
        let words: Vec<&str> = line.split(' ').collect();
        let reply = client.command(&words);
        let error = reply.as_error().unwrap_or_else(|| panic!("{line} answers {reply:?}"));
        let error = String::from_utf8_lossy(error);
        assert!(error.starts_with(beginning), "{line}: {error}");
    }
}

#[test]
fn bad_39_empty_keys_and_values() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        assert_eq!(client.command(&["SET", "", ""]), Value::ok());
        assert_eq!(client.command(&["GET", ""]), Value::bulk(""));
        assert_eq!(client.command(&["EXISTS", ""]), Value::Integer(1));
        assert_eq!(client.command(&["STRLEN", ""]), Value::Integer(0));
        assert_eq!(client.command(&["RENAME", "", "full"]), Value::ok());
        assert_eq!(client.command(&["GET", "full"]), Value::bulk(""));
        assert_eq!(client.command(&["APPEND", "full", ""]), Value::Integer(0));
    });
}

#[test]
fn bad_40_any_byte_in_keys_and_values() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let every_byte: Vec<u8> = (0..=255).collect();
        assert_eq!(client.command_bytes(&[b"SET", &every_byte, &every_byte]), Value::ok());
        assert_eq!(client.command_bytes(&[b"GET", &every_byte]), Value::bulk(&every_byte));
        assert_eq!(client.command(&["KEYS", "*"]), Value::Array(vec![Value::bulk(&every_byte)]));
        for size in [1, 250, 4_000, 7_999, 8_000] {
            let key = vec![b'k'; size];
            assert_eq!(client.command_bytes(&[b"SET", &key, b"v"]), Value::ok(), "{size}");
            assert_eq!(client.command_bytes(&[b"GET", &key]), Value::bulk("v"), "{size}");
        }
        let too_long = vec![b'k'; 8_001];
        assert_error(&client.command_bytes(&[b"SET", &too_long, b"v"]), "ERR key");
        assert_eq!(client.command_bytes(&[b"GET", &too_long]), Value::Null);
        assert_error(&client.command_bytes(&[b"RENAME", &every_byte, &too_long]), "ERR key");
        assert_eq!(client.command_bytes(&[b"GET", &every_byte]), Value::bulk(&every_byte));
    });
}

#[test]
fn bad_41_strings_at_the_limit() {
    with_each_engine(&["--proto-max-bulk-len", "1mb"], |server| {
        let mut client = server.client();
        let limit = 1 << 20;
        for size in [(1 << 20) - 1, 1 << 20] {
            let value = "v".repeat(usize::try_from(size).unwrap());
            assert_eq!(client.command(&["SET", "k", &value]), Value::ok());
            assert_eq!(client.command(&["STRLEN", "k"]), Value::Integer(size));
        }
        assert_refused(
            &mut client,
            &[
                ("APPEND k x", "ERR string exceeds maximum allowed size (proto-max-bulk-len)"),
                ("SETRANGE k 1048576 x", "ERR string exceeds maximum allowed size"),
                ("SETBIT k 8388608 1", "ERR bit offset is not an integer or out of range"),
            ],
        );
        assert_eq!(client.command(&["GET", "k"]), Value::bulk("v".repeat(limit)));
        assert_eq!(client.command(&["SETRANGE", "k", "1048575", "x"]), Value::Integer(1 << 20));
    });
}

#[test]
fn bad_42_offsets_out_of_range() {
    // Below 64 MiB of data memory frames are small, and the longest string is shorter.
    with_each_engine(&["--maxmemory", "160mb"], |server| {
        let mut client = server.client();
        let before = server.resident_kib();
        assert_refused(
            &mut client,
            &[
                ("SETRANGE k -1 x", "ERR offset is out of range"),
                ("SETRANGE k 536870912 x", "ERR string exceeds maximum allowed size"),
                ("SETRANGE k 9223372036854775807 x", "ERR string exceeds maximum allowed size"),
                ("SETBIT k 4294967296 1", BIT_OFFSET),
                ("SETBIT k -1 1", BIT_OFFSET),
                ("SETBIT k 01 1", BIT_OFFSET),
                ("SETBIT k 1 2", "ERR bit is not an integer or out of range"),
                ("BITFIELD k GET i65 0", "ERR Invalid bitfield type"),
                ("BITFIELD k GET u64 0", "ERR Invalid bitfield type"),
                ("BITFIELD k SET u8 #1152921504606846976 1", BIT_OFFSET),
                ("BITFIELD k GET u8 -1", BIT_OFFSET),
            ],
        );
        assert_eq!(client.command(&["EXISTS", "k"]), Value::Integer(0));
        // The last bit that a string can have takes one frame, not 512 MiB.
        assert_eq!(client.command(&["SETBIT", "k", "4294967295", "1"]), Value::Integer(0));
        assert_eq!(client.command(&["STRLEN", "k"]), Value::Integer(512 << 20));
        assert_eq!(client.command(&["GETBIT", "k", "4294967295"]), Value::Integer(1));
        assert!(server.resident_kib() <= before + 256);
    });
}

#[test]
fn bad_43_counters_at_the_ends_of_the_integers() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.command(&["MSET", "max", "9223372036854775807", "min", "-9223372036854775808"]);
        assert_refused(
            &mut client,
            &[
                ("INCR max", OVERFLOW),
                ("DECR min", OVERFLOW),
                ("INCRBY min -9223372036854775808", OVERFLOW),
                ("DECRBY k -9223372036854775808", "ERR decrement would overflow"),
            ],
        );
        assert_eq!(client.command(&["GET", "max"]), Value::bulk("9223372036854775807"));
        for text in [" 1", "1 ", "+1", "-0", "007", "12345678901234567890", "", "1.0"] {
            client.command(&["SET", "k", text]);
            assert_error(&client.command(&["INCR", "k"]), NOT_AN_INTEGER);
            assert_error(&client.command(&["INCRBY", "other", text]), NOT_AN_INTEGER);
            assert_eq!(client.command(&["GET", "k"]), Value::bulk(text));
        }
        assert_eq!(client.command(&["EXISTS", "other"]), Value::Integer(0));
    });
}

#[test]
fn bad_44_floats_that_are_none() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        for text in ["nan", "1e5000", "1e-5000", " 1", "1 ", "", "x"] {
            let reply = client.command(&["INCRBYFLOAT", "k", text]);
            assert_error(&reply, "ERR value is not a valid float");
        }
        for text in ["inf", "-inf", "+inf"] {
            let reply = client.command(&["INCRBYFLOAT", "k", text]);
            assert_error(&reply, "ERR increment would produce NaN or Infinity");
        }
        assert_eq!(client.command(&["EXISTS", "k"]), Value::Integer(0));
        assert_eq!(client.command(&["INCRBYFLOAT", "k", "0x10"]), Value::bulk("16"));
        assert_eq!(client.command(&["INCRBYFLOAT", "k", "-5e-1"]), Value::bulk("15.5"));
    });
}

#[test]
fn bad_50_deadlines_in_the_past_and_beyond_all_time() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.command(&["SET", "k", "v"]);
        assert_refused(
            &mut client,
            &[
                ("EXPIRE k 9223372036854775807", "ERR invalid expire time in 'expire' command"),
                ("EXPIRE k -9223372036854775808", "ERR invalid expire time in 'expire' command"),
                ("PEXPIRE k 9223372036854775807", "ERR invalid expire time in 'pexpire' command"),
                ("EXPIREAT k 9223372036854775807", "ERR invalid expire time in 'expireat' command"),
                ("SET k w EX 0", "ERR invalid expire time in 'set' command"),
                ("SET k w EX -1", INVALID_TIME),
                ("SET k w EX 9223372036854775807", INVALID_TIME),
                ("SET k w EX 10 PX 10", "ERR syntax error"),
                ("SET k w EX", "ERR syntax error"),
                ("SETEX k 0 w", "ERR invalid expire time in 'setex' command"),
                ("PSETEX k -1 w", "ERR invalid expire time in 'psetex' command"),
                ("GETEX k PERSIST EX 10", "ERR syntax error"),
                ("GETEX k EX 0", "ERR invalid expire time in 'getex' command"),
            ],
        );
        assert_eq!(client.command(&["GET", "k"]), Value::bulk("v"));
        assert_eq!(client.command(&["TTL", "k"]), Value::Integer(-1));
        let at_the_end = "9999999999999999";
        assert_eq!(client.command(&["PEXPIREAT", "k", at_the_end]), Value::Integer(1));
        assert_eq!(client.command(&["PEXPIRETIME", "k"]), Value::Integer(9_999_999_999_999_999));
        for past in ["EXPIRE k -1", "EXPIRE k 0", "PEXPIREAT k 0", "PEXPIREAT k -1"] {
            client.command(&["SET", "k", "v"]);
            let words: Vec<&str> = past.split(' ').collect();
            assert_eq!(client.command(&words), Value::Integer(1), "{past}");
            assert_eq!(client.command(&["EXISTS", "k"]), Value::Integer(0), "{past}");
        }
    });
}

#[test]
fn bad_51_patterns_made_to_be_slow() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let key = "a".repeat(7_000);
        client.command(&["SET", &key, "v"]);
        let begin = Instant::now();
        let slow = format!("{}b", "a*".repeat(3_000));
        for pattern in [&slow[..], "[", "[^", "\\", "[z-a]", "[a", "*\\"] {
            let reply = client.command(&["KEYS", pattern]);
            assert!(
                reply.elements().is_some_and(<[Value]>::is_empty) || reply.as_error().is_some()
            );
        }
        let huge = "*a".repeat(200_000);
        let reply = client.command(&["SCAN", "0", "MATCH", &huge, "COUNT", "1000"]);
        assert!(reply.elements().is_some() || reply.as_error().is_some());
        server.assert_alive();
        assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    });
}

#[test]
fn bad_52_cursors_that_are_none() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        for number in 0..300 {
            client.command(&["SET", &format!("k{number}"), "v"]);
        }
        assert_refused(
            &mut client,
            &[
                ("SCAN abc", "ERR invalid cursor"),
                ("SCAN 18446744073709551616", "ERR invalid cursor"),
                ("SCAN 0 COUNT 0", "ERR syntax error"),
                ("SCAN 0 COUNT -1", "ERR syntax error"),
                ("SCAN 0 COUNT 9223372036854775808", "ERR value is not an integer or out of range"),
            ],
        );
        for cursor in ["18446744073709551615", "-1", "12345678901234"] {
            assert!(client.command(&["SCAN", cursor]).elements().is_some(), "{cursor}");
        }
        // What is there all the while is found, whatever else comes and goes.
        let (mut cursor, mut found, mut step) = ("0".to_owned(), BTreeSet::new(), 0);
        loop {
            let reply = client.command(&["SCAN", &cursor, "COUNT", "7"]);
            let Some([Value::Bulk(next), Value::Array(names)]) = reply.elements() else {
                panic!("{reply:?}");
            };
            found.extend(names.iter().map(|name| format!("{name:?}")));
            cursor = String::from_utf8(next.clone()).expect("digits");
            client.command(&["SET", &format!("new{step}"), "v"]);
            client.command(&["DEL", &format!("new{}", step / 2)]);
            step += 1;
            if cursor == "0" {
                break;
            }
        }
        for number in 0..300 {
            let name = Value::bulk(format!("k{number}"));
            assert!(found.contains(&format!("{name:?}")), "k{number} was missed");
        }
        client.command(&["FLUSHALL"]);
        assert!(client.command(&["SCAN", "77"]).elements().is_some());
    });
}

#[test]
fn bad_53_replies_about_everything() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let mut pipeline = Vec::new();
        for number in 0..20_000 {
            pipeline.extend(request(&["SET", &format!("a-key-of-some-length:{number}"), "v"]));
        }
        client.send(&pipeline);
        (0..20_000).for_each(|_| assert_eq!(client.reply(), Value::ok()));
        // All names, or a refusal that names the limit; either way the others are served.
        let begin = Instant::now();
        let reply = client.command(&["KEYS", "*"]);
        match reply.as_error() {
            Some(line) => assert!(
                line.starts_with(b"OOM ") && line.ends_with(b"'reply-max' allows"),
                "{reply:?}"
            ),
            None => assert_eq!(reply.elements().map(<[Value]>::len), Some(20_000)),
        }
        assert!(begin.elapsed() < Duration::from_secs(5));
        server.assert_alive();
    });
}

#[test]
fn bad_54_freeing_a_value_that_takes_all_the_memory() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let value = "v".repeat(24 << 20);
        for command in [&["DEL", "big"][..], &["FLUSHALL"], &["RENAME", "small", "big"]] {
            client.command(&["SET", "small", "s"]);
            assert_eq!(client.command(&["SET", "big", &value]), Value::ok(), "before {command:?}");
            let begin = Instant::now();
            assert!(client.command(command).as_error().is_none(), "{command:?}");
            assert!(begin.elapsed() < Duration::from_millis(500), "{command:?}");
            server.assert_alive();
        }
        // Its memory comes back, so that the same value fits again at once.
        assert_eq!(client.command(&["SET", "big", &value]), Value::ok());
    });
}

#[test]
fn bad_55_memory_filled_to_the_end() {
    with_each_engine(&["--maxmemory", "48mb"], |server| {
        let mut client = server.client();
        let value = "v".repeat(1000);
        let fill = |client: &mut Client, name: &str| {
            let mut count = 0;
            loop {
                let batch: Vec<u8> = (count..count + 500)
                    .flat_map(|number| request(&["SET", &format!("{name}:{number}"), &value]))
                    .collect();
                client.send(&batch);
                let replies: Vec<Value> = (0..500).map(|_| client.reply()).collect();
                count += replies.iter().take_while(|reply| reply.as_error().is_none()).count();
                if let Some(refusal) = replies.iter().find(|reply| reply.as_error().is_some()) {
                    assert_error(refusal, FULL);
                    return count;
                }
            }
        };
        let count = fill(&mut client, "first");
        assert!(count > 1000, "{count} keys of 1 KB in 48 MiB");
        assert_eq!(client.command(&["GET", "first:0"]), Value::bulk(&value));
        assert_eq!(client.command(&["SET", "first:0", "smaller"]), Value::ok());
        assert_eq!(client.command(&["SET", "first:1", &value]), Value::ok());
        let larger = client.command(&["SET", "first:2", &"v".repeat(100_000)]);
        assert_error(&larger, FULL);
        assert_eq!(client.command(&["GET", "first:2"]), Value::bulk(&value));
        assert_error(&client.command(&["APPEND", "first:3", &"v".repeat(100_000)]), FULL);
        assert_eq!(client.command(&["STRLEN", "first:3"]), Value::Integer(1000));
        assert_eq!(client.command(&["EXPIRE", "first:4", "-1"]), Value::Integer(1));
        assert_eq!(client.command(&["EXISTS", "first:4"]), Value::Integer(0));
        for line in ["MULTI", "GET first:5", "DEL first:6"] {
            client.send(format!("{line}\r\n").as_bytes());
            assert!(client.reply().as_error().is_none(), "{line}");
        }
        let expected = Value::Array(vec![Value::bulk(&value), Value::Integer(1)]);
        assert_eq!(client.command(&["EXEC"]), expected);
        // Everything that is deleted can be used again: no history.
        for number in 0..count {
            client.command(&["DEL", &format!("first:{number}")]);
        }
        assert_eq!(client.command(&["DBSIZE"]), Value::Integer(0));
        let again = fill(&mut client, "again");
        assert!(again.abs_diff(count) <= count / 200, "{count} keys, after deleting all {again}");
    });
}

#[test]
fn bad_59_databases_that_do_not_exist() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.command(&["SET", "k", "v"]);
        assert_refused(
            &mut client,
            &[
                ("SELECT -1", DB_RANGE),
                ("SELECT 16", DB_RANGE),
                ("SELECT 2147483648", "ERR value is out of range"),
                ("SELECT abc", "ERR value is not an integer or out of range"),
                ("SWAPDB 0 99", DB_RANGE),
                ("SWAPDB x 0", "ERR invalid first DB index"),
                ("SWAPDB 0 x", "ERR invalid second DB index"),
                ("MOVE k 16", DB_RANGE),
                ("MOVE k 0", "ERR source and destination objects are the same"),
                ("COPY k k", "ERR source and destination objects are the same"),
                ("COPY k other DB 16", DB_RANGE),
            ],
        );
        assert_eq!(client.command(&["GET", "k"]), Value::bulk("v"));
    });
}

#[test]
fn bad_61_transactions_out_of_order() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        assert_refused(
            &mut client,
            &[("EXEC", "ERR EXEC without MULTI"), ("DISCARD", "ERR DISCARD without MULTI")],
        );
        client.command(&["MULTI"]);
        assert_refused(
            &mut client,
            &[
                ("MULTI", "ERR MULTI calls can not be nested"),
                ("WATCH k", "ERR WATCH inside MULTI is not allowed"),
            ],
        );
        assert_eq!(client.command(&["DISCARD"]), Value::ok());
        assert_error(&client.command(&["DISCARD"]), "ERR DISCARD without MULTI");
        client.command(&["MULTI"]);
        assert_eq!(client.command(&["SET", "k", "v"]), Value::Simple("QUEUED".to_owned()));
        assert_refused(
            &mut client,
            &[
                ("NOSUCH", "ERR unknown command"),
                ("EXEC", "EXECABORT Transaction discarded because of previous errors."),
            ],
        );
        assert_eq!(client.command(&["EXISTS", "k"]), Value::Integer(0));
        // An error while running does not stop the rest.
        client.command(&["SET", "text", "abc"]);
        for line in ["MULTI", "INCR text", "SET after 1"] {
            client.send(format!("{line}\r\n").as_bytes());
            assert!(client.reply().as_error().is_none());
        }
        let Value::Array(replies) = client.command(&["EXEC"]) else { panic!("EXEC runs") };
        assert_error(&replies[0], "ERR value is not an integer");
        assert_eq!(replies[1], Value::ok());
    });
}

#[test]
fn keys_that_expire_together_are_gone_without_being_asked_for() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let batch: Vec<u8> = (0..50_000)
            .flat_map(|number| request(&["SET", &format!("k{number}"), "v", "PX", "700"]))
            .collect();
        client.send(&batch);
        (0..50_000).for_each(|_| assert_eq!(client.reply(), Value::ok()));
        wait_until("all have expired", || {
            server.client().command(&["DBSIZE"]) == Value::Integer(0)
        });
        server.assert_alive();
    });
}
