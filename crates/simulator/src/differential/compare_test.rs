//! What is the same answer, and what is not.
use super::{agree, rule_of};
use crate::value::Value;

/// Two replies to a command, as they come over the wire, with half a second of slack.
fn check(line: &str, redis: &str, granite: &str) -> bool {
    let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
    let [redis, granite] =
        [redis, granite].map(|reply| Value::parse(reply.as_bytes()).unwrap().unwrap().0);
    agree(rule_of(words.iter().copied()), &words, [&redis, &granite], 500)
}

#[test]
fn order_means_nothing_only_where_redis_says_so() {
    let (one, other) = ("*2\r\n+a\r\n+b\r\n", "*2\r\n+b\r\n+a\r\n");
    assert!(check("KEYS *", one, other));
    assert!(!check("MGET a b", one, other));
    assert!(!check("KEYS *", one, "*1\r\n+a\r\n"));
    let (one, other) = ("%2\r\n+a\r\n+1\r\n+b\r\n+2\r\n", "%2\r\n+b\r\n+2\r\n+a\r\n+1\r\n");
    assert!(check("CONFIG GET *", one, other));
    assert!(!check("CONFIG GET *", one, "%2\r\n+a\r\n+2\r\n+b\r\n+1\r\n"));
}

#[test]
fn times_are_near_and_marks_are_equal() {
    assert!(check("PTTL k", ":100000\r\n", ":100400\r\n"));
    assert!(!check("PTTL k", ":100000\r\n", ":100501\r\n"));
    assert!(!check("PTTL k", ":-1\r\n", ":-2\r\n"));
    assert!(!check("PTTL k", ":-1\r\n", ":10\r\n"));
    assert!(check("TTL k", ":100\r\n", ":101\r\n"));
    assert!(!check("TTL k", ":100\r\n", ":102\r\n"));
    assert!(!check("INCR k", ":100\r\n", ":101\r\n"));
    assert!(check("TIME", "*2\r\n$2\r\n99\r\n$6\r\n900000\r\n", "*2\r\n$3\r\n100\r\n$1\r\n5\r\n"));
    assert!(!check("TIME", "*2\r\n$2\r\n99\r\n$1\r\n0\r\n", "*2\r\n$3\r\n100\r\n$1\r\n5\r\n"));
}

#[test]
fn chance_is_free_but_its_shape_is_not() {
    assert!(check("RANDOMKEY", "$1\r\na\r\n", "$1\r\nb\r\n"));
    assert!(!check("RANDOMKEY", "$1\r\na\r\n", "$-1\r\n"));
    let scan = |cursor: &str, name: &str| {
        format!("*2\r\n${}\r\n{cursor}\r\n*1\r\n+{name}\r\n", cursor.len())
    };
    assert!(check("SCAN 0", &scan("7", "a"), &scan("9", "b")));
    assert!(!check("SCAN 0", &scan("0", "a"), &scan("0", "b")));
    assert!(check("SCAN 5", &scan("0", "a"), &scan("0", "b")));
    assert!(!check("SCAN 0", &scan("0", "a"), "-ERR invalid cursor\r\n"));
}

#[test]
fn errors_are_compared_as_texts_everywhere() {
    assert!(!check("INFO x y", "-ERR a\r\n", "-ERR b\r\n"));
    assert!(!check("TTL k", "-ERR a\r\n", ":1\r\n"));
    assert!(!check("INFO", "+QUEUED\r\n", "+OK\r\n"));
    assert!(check("INFO", "$1\r\na\r\n", "$1\r\nb\r\n"));
    assert!(!check("INFO", "$1\r\na\r\n", "=5\r\ntxt:a\r\n"));
}

#[test]
fn what_is_the_servers_own_is_left_out() {
    let hello =
        |id: u32, proto: u32| format!("%2\r\n$2\r\nid\r\n:{id}\r\n$5\r\nproto\r\n:{proto}\r\n");
    assert!(check("HELLO 3", &hello(1, 3), &hello(2, 3)));
    assert!(!check("HELLO 3", &hello(1, 3), &hello(1, 2)));
    let info = |line: &str| format!("${}\r\n{line}\r\n", line.len());
    assert!(check(
        "CLIENT INFO",
        &info("id=1 db=2 name=x"),
        &info("id=7 name=x db=2").replace("name=x db=2", "db=2 name=x")
    ));
    assert!(!check("CLIENT INFO", &info("id=1 db=2"), &info("id=1 db=3")));
}
