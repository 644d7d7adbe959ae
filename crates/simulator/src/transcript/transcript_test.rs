//! The transcript format itself: lines to steps, holes, redis-cli's way of printing.
use super::{Answer, Settings, Step, Target, Transcript, Wait, arguments, pattern, replay};
use crate::value::Value;
use expect_test::expect;

/// Echoes: the reply to any bytes is those bytes as one bulk string.
struct Echo;

impl Target for Echo {
    fn begin(&mut self, _: &Settings) -> Result<(), String> {
        Ok(())
    }
    fn exchange(&mut self, connection: u32, bytes: &[u8], _: Wait) -> Answer {
        let mut reply = format!("${}\r\n", bytes.len()).into_bytes();
        reply.extend_from_slice(bytes);
        reply.extend_from_slice(b"\r\n");
        Answer { bytes: reply, closed: connection == 2 }
    }
    fn advance(&mut self, _: u64) {}
}

#[test]
fn a_replay_writes_down_what_was_answered_and_keeps_what_fits() {
    let text =
        "# One\n% limits keys_max=3\n> A\n\"<any>A\\r\\n\"\n\n# Two\n~ 5 ms\n@2 > B\nwrong\n";
    let transcript = Transcript::parse(text).unwrap();
    assert_eq!(transcript.cases.len(), 2);
    assert_eq!(transcript.cases[0].settings.limits, [("keys_max".to_owned(), 3)]);
    let outcome = replay(&transcript, &mut Echo, |_| None);
    assert_eq!(outcome.differences.len(), 1);
    expect![[r#"
        # One
        % limits keys_max=3
        > A
        "<any>A\r\n"

        # Two
        ~ 5 ms
        @2 > B
        "*1\r\n$1\r\nB\r\n"
        (closed)
    "#]]
    .assert_eq(&outcome.text);
}

#[test]
fn a_skipped_case_stays_as_it_is() {
    let text = "# One\n> A\nsomething\n";
    let outcome = replay(&Transcript::parse(text).unwrap(), &mut Echo, |_| Some("no".to_owned()));
    assert_eq!((outcome.text.as_str(), outcome.skipped.len()), (text, 1));
}

#[test]
fn lines_that_mean_nothing_are_refused_with_their_number() {
    for (text, why) in [
        ("> A\n", "1: a file begins with '# title'"),
        ("# One\nreply\n", "2: a reply without its request: reply"),
        ("# One\n~ soon\n", "2: expected '~ COUNT ms'"),
        ("# One\n% limit a=1\n", "2: no such setting: limit a=1"),
        ("# One\n> \"a\n", "2: a double quote does not end"),
    ] {
        assert_eq!(Transcript::parse(text).map(|_| ()), Err(why.to_owned()), "{text}");
    }
}

#[test]
fn arguments_are_read_as_redis_cli_reads_them() {
    let split = |line| arguments::split(line).unwrap();
    assert_eq!(
        split(r#"SET  "a\x00\n\"" 'it\'s'"#),
        [b"SET".to_vec(), b"a\0\n\"".to_vec(), b"it's".to_vec()]
    );
    assert_eq!(split("SET k <ab 3> <x"), [&b"SET"[..], b"k", b"ababab", b"<x"]);
    assert!(arguments::split("\"a\"b").is_err());
}

#[test]
fn holes_take_what_they_say() {
    let fits = |expected: &str, actual: &str| {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        pattern::fits(&lines(expected), &lines(actual))
    };
    assert!(fits("(integer) <integer>", "(integer) -12"));
    assert!(!fits("(integer) <integer>", "(integer) x"));
    assert!(fits("<lines>\n| b:<any>\n<lines>", "| a:1\n| b:2\n| c:3"));
    assert!(!fits("<lines>\n| d:<any>\n<lines>", "| a:1\n| b:2\n| c:3"));
    assert!(!fits("a", "a\nb"));
}

#[test]
fn values_print_as_redis_cli_prints_them() {
    let bytes = b"*3\r\n:1\r\n*2\r\n$1\r\na\r\n*-1\r\n%1\r\n+k\r\n~2\r\n#t\r\n,1.5\r\n";
    let text: String = Value::parse_all(bytes).unwrap().iter().map(|v| v.to_text(false)).collect();
    expect![[r#"
        1) (integer) 1
        2) 1) "a"
           2) (nil)
        3) 1# k => 1~ (true)
              2~ (double) 1.5
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_reply_that_no_client_would_take_is_malformed() {
    for bytes in [&b"+OK"[..], b"$1\r\nab\r\n", b":01\r\n", b"!oops\r\n", b"\r\n", b"*-2\r\n"] {
        assert!(Value::parse_all(bytes).is_err(), "{}", bytes.escape_ascii());
    }
}

#[test]
fn sorting_reaches_the_second_part_of_a_scan_reply() {
    let mut value = Value::parse_all(b"*2\r\n$1\r\n0\r\n*2\r\n+b\r\n+a\r\n").unwrap().remove(0);
    value.sort();
    assert_eq!(value.to_text(false), "1) \"0\"\n2) 1) b\n   2) a\n");
    let mut keys = Value::parse_all(b"*2\r\n$1\r\nb\r\n$1\r\na\r\n").unwrap().remove(0);
    keys.sort();
    assert_eq!(keys, Value::Array(vec![Value::bulk("a"), Value::bulk("b")]));
}

#[test]
fn comments_and_settings_are_steps_too() {
    let transcript = Transcript::parse("# One\n% resp3\n# more\n> A\n1\n").unwrap();
    assert!(transcript.cases[0].settings.resp3);
    assert!(matches!(&transcript.cases[0].steps[2], Step::Text(line) if line == "# more"));
}
