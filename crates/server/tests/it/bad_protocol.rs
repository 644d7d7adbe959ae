//! Bad inputs 1 to 22: what comes over the wire.
use crate::client::{Client, assert_error};
use crate::server::{Server, with_each_engine};
use granite_simulator::value::{Value, request};

fn pong() -> Value {
    Value::Simple("PONG".to_owned())
}

/// Sends bytes; the answer must be one protocol error, and the end of the connection.
#[track_caller]
fn assert_protocol_error(server: &Server, bytes: &[u8], text: &str) {
    let mut client = server.client();
    client.send(bytes);
    let answer = String::from_utf8_lossy(&client.rest()).into_owned();
    let expected = format!("-ERR Protocol error: {text}");
    assert!(answer.starts_with(&expected), "{}: {answer:?}", bytes.escape_ascii());
    assert!(answer.ends_with("\r\n") && answer.lines().count() == 1, "{answer:?}");
}

#[test]
fn bad_01_empty_requests_are_ignored() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        for nothing in ["*-1\r\n", "*0\r\n", "\r\n", "*-10\r\n\r\n*0\r\n"] {
            client.send(nothing.as_bytes());
            assert_eq!(client.command(&["PING"]), pong());
            client.send(nothing.as_bytes());
            client.send(b"PING\r\n");
            assert_eq!(client.reply(), pong());
        }
    });
}

#[test]
fn bad_02_multibulk_lengths_that_are_none() {
    with_each_engine(&[], |server| {
        for bytes in ["*2147483648\r\n", "*99999999999999999999\r\n", "*3x\r\n", "*\r\n"] {
            assert_protocol_error(server, bytes.as_bytes(), "invalid multibulk length");
        }
    });
}

#[test]
fn bad_03_a_promise_of_arguments_reserves_nothing() {
    with_each_engine(&["--args-max", "100000"], |server| {
        let before = server.resident_kib();
        let mut waiting: Vec<Client> = (0..20).map(|_| server.client()).collect();
        for client in &mut waiting {
            client.send(b"*100000\r\n");
        }
        server.assert_alive();
        assert!(server.resident_kib() < before + 1024, "memory in proportion to a promise");
        assert_protocol_error(server, b"*100001\r\n", "invalid multibulk length");
    });
}

#[test]
fn bad_04_bulk_lengths_that_are_none() {
    with_each_engine(&[], |server| {
        for bytes in ["$-1\r\n", "$abc\r\n", "$ 5\r\n", "$+5\r\n", "$99999999999999999999\r\n"] {
            let bytes = format!("*1\r\n{bytes}");
            assert_protocol_error(server, bytes.as_bytes(), "invalid bulk length");
        }
        assert_protocol_error(server, b"*1\r\n:5\r\n", "expected '$', got ':'");
    });
}

#[test]
fn bad_05_a_bulk_above_the_limit() {
    with_each_engine(&["--proto-max-bulk-len", "1mb"], |server| {
        let bytes = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048577\r\n";
        assert_protocol_error(server, bytes, "invalid bulk length");
        let option = server.client().command(&["CONFIG", "GET", "proto-max-bulk-len"]);
        let expected = ["proto-max-bulk-len", "1048576"].map(Value::bulk);
        assert_eq!(option.elements(), Some(&expected[..]));
    });
}

#[test]
fn bad_06_a_bulk_without_its_line_end() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.send(b"*2\r\n$4\r\nECHO\r\n$3\r\nabcXY*1\r\n$4\r\nPING\r\n");
        let answer = String::from_utf8_lossy(&client.rest()).into_owned();
        assert!(answer.starts_with("-ERR Protocol error"), "{answer:?}");
        assert_eq!(answer.lines().count(), 1, "nothing behind it runs: {answer:?}");
    });
}

#[test]
fn bad_07_lines_without_an_end() {
    with_each_engine(&[], |server| {
        let long = "1".repeat((64 << 10) + 1);
        assert_protocol_error(server, long.as_bytes(), "too big inline request");
        assert_protocol_error(server, format!("*{long}").as_bytes(), "too big mbulk count string");
        let bytes = format!("*1\r\n${long}");
        assert_protocol_error(server, bytes.as_bytes(), "too big bulk count string");
    });
}

#[test]
fn bad_08_inline_requests_with_odd_quotes() {
    with_each_engine(&[], |server| {
        assert_protocol_error(server, b"SET \"a\r\n", "unbalanced quotes in request");
        assert_protocol_error(server, b"SET \"a\"b\r\n", "unbalanced quotes in request");
        let mut client = server.client();
        client.send(b"   \r\n \t \r\n\tECHO\t\"\\x41\\n\\\"\" \r\nECHO 'it\\'s'\r\nECHO a\0b\r\n");
        assert_eq!(client.reply(), Value::bulk("A\n\""));
        assert_eq!(client.reply(), Value::bulk("it's"));
        assert_eq!(client.reply(), Value::bulk("a\0b"));
    });
}

#[test]
fn bad_09_other_protocols() {
    with_each_engine(&[], |server| {
        let samples: [&[u8]; 5] = [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03abcdefgh\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"\xff\xfeP\0I\0N\0G\0\r\0\n\0",
            b"\x00\x01\x02\xff\xfe\r\n$$$\r\n%%%\r\n",
        ];
        for sample in samples {
            let mut client = server.client();
            client.send(sample);
            client.half_close();
            let answer = client.rest();
            assert!(answer.is_empty() || answer[0] == b'-', "{}", answer.escape_ascii());
        }
    });
}

#[test]
fn bad_10_http_requests_run_nothing() {
    with_each_engine(&[], |server| {
        for first in ["POST / HTTP/1.1\r\n", "Host: localhost\r\n"] {
            let mut client = server.client();
            client.send(format!("{first}SET stolen 1\r\n").as_bytes());
            let answer = String::from_utf8_lossy(&client.rest()).into_owned();
            assert!(!answer.contains("+OK"), "{answer}");
        }
        assert_eq!(server.client().command(&["EXISTS", "stolen"]), Value::Integer(0));
    });
}

#[test]
fn bad_11_one_byte_in_each_segment() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let session = [&request(&["SET", "k", "value"])[..], b"GET k\r\n", b"*0\r\n"].concat();
        for byte in &session {
            client.send(&[*byte]);
        }
        assert_eq!(client.reply(), Value::ok());
        assert_eq!(client.reply(), Value::bulk("value"));
        assert_eq!(client.command(&["PING"]), pong());
    });
}

#[test]
fn bad_12_a_split_at_every_position() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let pipeline = [
            &request(&["SET", "key", "a\r\nvalue"])[..],
            b"APPEND key x\r\n",
            &request(&["GET", "key"])[..],
        ]
        .concat();
        for position in 1..pipeline.len() {
            client.send(&pipeline[..position]);
            // A reply on another connection: the first part has been received before the rest.
            server.assert_alive();
            client.send(&pipeline[position..]);
            assert_eq!(client.reply(), Value::ok(), "split at {position}");
            assert_eq!(client.reply(), Value::Integer(9), "split at {position}");
            assert_eq!(client.reply(), Value::bulk("a\r\nvaluex"), "split at {position}");
        }
    });
}

#[test]
fn bad_14_names_of_commands_that_are_none() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let name = "x".repeat(1 << 20);
        client.send(&request(&[name.as_bytes()]));
        let reply = client.reply();
        assert_error(&reply, &format!("ERR unknown command '{}'", "x".repeat(128)));
        assert!(reply.as_error().is_some_and(|line| line.len() < 1024));
        assert_error(&client.command(&["a\r\nb"]), "ERR unknown command 'a  b'");
        assert_eq!(client.command(&["PING"]), pong());
    });
}

#[test]
fn bad_15_an_unknown_command_with_many_arguments() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let reply = client.command(&[&["NOSUCH"][..], &vec!["argument"; 9_999]].concat());
        assert_error(&reply, "ERR unknown command 'NOSUCH', with args beginning with: 'argument'");
        assert!(reply.as_error().is_some_and(|line| line.len() < 1024));
    });
}

#[test]
fn bad_16_reply_types_as_requests() {
    with_each_engine(&[], |server| {
        for kind in ["%1", "~1", ">1", ",1.5", "_", "(123", "#t", "=3"] {
            let bytes = format!("*1\r\n{kind}\r\n");
            let text = format!("expected '$', got '{}'", &kind[..1]);
            assert_protocol_error(server, bytes.as_bytes(), &text);
        }
    });
}

#[test]
fn bad_17_hello_with_bad_arguments_changes_nothing() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        for (arguments, beginning) in [
            (&["HELLO", "1"][..], "NOPROTO unsupported protocol version"),
            (&["HELLO", "4"], "NOPROTO unsupported protocol version"),
            (&["HELLO", "abc"], "ERR Protocol version is not an integer or out of range"),
            (&["HELLO", "3", "AUTH", "x"], "ERR Syntax error in HELLO option 'AUTH'"),
            (&["HELLO", "3", "SETNAME", "a b"], "ERR Client names cannot contain spaces"),
        ] {
            assert_error(&client.command(arguments), beginning);
        }
        assert_eq!(client.command(&["CLIENT", "GETNAME"]), Value::Null);
        // In RESP3 this would be a map.
        assert!(matches!(client.command(&["CONFIG", "GET", "port"]), Value::Array(_)));
    });
}

#[test]
fn bad_18_hello_in_a_pipeline_and_in_a_transaction() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.send(b"GET none\r\nHELLO 3\r\nGET none\r\nHELLO 2\r\nGET none\r\n");
        let mut bytes = Vec::new();
        client.half_close();
        bytes.extend(client.rest());
        assert!(bytes.starts_with(b"$-1\r\n%7\r\n"), "{}", bytes.escape_ascii());
        assert!(bytes.ends_with(b"*0\r\n$-1\r\n"), "{}", bytes.escape_ascii());
        let mut client = server.client();
        for line in ["MULTI", "GET none", "HELLO 3", "GET none"] {
            client.send(format!("{line}\r\n").as_bytes());
            client.reply();
        }
        let Value::Array(replies) = client.command(&["EXEC"]) else { panic!("EXEC runs") };
        assert!(matches!(replies[1], Value::Map(_)), "{replies:?}");
    });
}

#[test]
fn bad_19_nested_requests() {
    with_each_engine(&[], |server| {
        assert_protocol_error(server, b"*1\r\n*1\r\n$4\r\nPING\r\n", "expected '$', got '*'");
        let deep = b"*1\r\n".repeat(10_000);
        assert_protocol_error(server, &deep, "expected '$', got '*'");
    });
}

#[test]
fn bad_20_what_follows_quit_is_ignored() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.send(b"QUIT\r\nSET after quit\r\n");
        assert_eq!(client.rest(), b"+OK\r\n");
        assert_eq!(server.client().command(&["EXISTS", "after"]), Value::Integer(0));
    });
}

#[test]
fn bad_21_a_half_closed_client_gets_its_replies() {
    with_each_engine(&[], |server| {
        let value = "v".repeat(300_000);
        let mut client = server.client();
        client.send(&[request(&["SET", "k", &value]), request(&["GET", "k"])].concat());
        client.half_close();
        let expected = format!("+OK\r\n$300000\r\n{value}\r\n");
        assert!(client.rest() == expected.as_bytes(), "the reply is not whole");
    });
}

#[test]
fn bad_22_resets_at_any_moment() {
    with_each_engine(&[], |server| {
        server.client().command(&["SET", "big", &"v".repeat(1 << 20)]);
        let beginnings: [&[u8]; 4] = [
            b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\npart of a value",
            &b"GET big\r\n".repeat(50),
            b"MULTI\r\nSET k 1\r\nWATCH k\r\n",
            b"WATCH big\r\nMULTI\r\nSET big 2\r\nEXEC",
        ];
        for round in 0..20 {
            for beginning in beginnings {
                let mut client = server.client();
                client.send(beginning);
                if round % 2 == 0 {
                    server.assert_alive();
                }
                reset(&client);
            }
        }
        crate::server::wait_until("all connections are gone", || {
            server.info("connected_clients") == 1
        });
        assert_eq!(server.client().command(&["STRLEN", "big"]), Value::Integer(1 << 20));
    });
}

/// Closes with unread or undelivered bytes thrown away: the server sees a reset.
fn reset(client: &Client) {
    rustix::net::sockopt::set_socket_linger(client.stream(), Some(std::time::Duration::ZERO))
        .expect("a socket can linger for no time");
}
