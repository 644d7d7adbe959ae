//! Bad inputs 53 and 60: everything of the largest collections, and SORT with all it can be asked.
use crate::client::{Client, assert_error};
use crate::server::{Server, with_each_engine};
use granite_simulator::value::{Value, request};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const FULL: &str = "OOM command not allowed when used memory > 'maxmemory'.";

/// Elements of one command, and how many commands are sent at once.
const ELEMENTS_PER_COMMAND: usize = 100;
const COMMANDS_PER_BATCH: usize = 50;

/// A PING may take so long on a busy machine, but for one of a hundred.
const PING_MAX: Duration = Duration::from_millis(500);

/// Puts elements into `key` until no more fit; how many that were.
fn fill(client: &mut Client, name: &str, key: &str) -> usize {
    let mut count = 0;
    loop {
        let mut batch = Vec::new();
        for number in count..count + COMMANDS_PER_BATCH {
            let mut words = vec![name.to_owned(), key.to_owned()];
            for index in 0..ELEMENTS_PER_COMMAND {
                let element = format!("element-{number}-{index}");
                words.extend((name == "HSET").then(|| element.clone()));
                words.extend((name == "ZADD").then(|| number.to_string()));
                words.push(element);
            }
            batch.extend(request(&words));
        }
        client.send(&batch);
        let replies: Vec<Value> = (0..COMMANDS_PER_BATCH).map(|_| client.reply()).collect();
        count += replies.iter().take_while(|reply| reply.as_error().is_none()).count();
        if let Some(refusal) = replies.iter().find(|reply| reply.as_error().is_some()) {
            assert_error(refusal, FULL);
            return count * ELEMENTS_PER_COMMAND;
        }
    }
}

/// While `work` goes on, somebody else sends one PING after the other.
fn while_others_are_served<T>(server: &Server, work: impl FnOnce() -> T) -> T {
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let pings = scope.spawn(|| {
            let (mut client, mut times) = (server.client(), Vec::new());
            while times.is_empty() || !is_done.load(Ordering::Relaxed) {
                let begin = Instant::now();
                assert_eq!(client.command(&["PING"]), Value::Simple("PONG".to_owned()));
                times.push(begin.elapsed());
            }
            times.sort_unstable();
            times[times.len() * 99 / 100]
        });
        let result = work();
        is_done.store(true, Ordering::Relaxed);
        let slow = pings.join().expect("PING is answered");
        assert!(slow < PING_MAX, "one PING of a hundred took {slow:?} or more");
        result
    })
}

/// All of it, or a refusal that names the limit.
#[track_caller]
fn assert_whole_or_refused(reply: &Value, count: usize) {
    match reply.as_error() {
        Some(line) => {
            let line = String::from_utf8_lossy(line);
            assert!(line.starts_with("OOM ") && line.ends_with("'reply-max' allows"), "{line}");
        }
        None => assert_eq!(reply.elements().map(<[Value]>::len), Some(count)),
    }
}

#[test]
fn bad_53_everything_of_the_largest_collections() {
    with_each_engine(&["--maxmemory", "40mb"], |server| {
        for (name, whole, part, texts_each) in [
            ("RPUSH", "LRANGE k 0 -1", "LRANGE k 0 999", 1),
            ("HSET", "HGETALL k", "HMGET k element-0-0 element-1-1", 2),
            ("SADD", "SMEMBERS k", "SRANDMEMBER k 1000", 1),
            ("ZADD", "ZRANGE k 0 -1 WITHSCORES", "ZRANGE k 0 999", 2),
        ] {
            let mut client = server.client();
            let count = fill(&mut client, name, "k");
            assert!(count > 50_000, "{count} elements by {name}");
            let words = |line: &'static str| line.split(' ').collect::<Vec<&str>>();
            let reply = while_others_are_served(server, || client.command(&words(whole)));
            assert_whole_or_refused(&reply, count * texts_each);
            let reply = client.command(&words(part));
            assert!(reply.as_error().is_none(), "{part} answers {reply:?}");
            // What is left of it fits into a reply, and then all of it comes.
            assert_eq!(client.command(&["DEL", "k"]), Value::Integer(1));
            let mut few = vec![name.to_owned(), "k".to_owned()];
            for number in 0..1_000 {
                few.extend((name == "HSET").then(|| format!("{number}")));
                few.extend((name == "ZADD").then(|| "1".to_owned()));
                few.push(format!("{number}"));
            }
            client.send(&request(&few));
            assert_eq!(client.reply(), Value::Integer(1_000), "{name}");
            let reply = client.command(&words(whole));
            assert_eq!(reply.elements().map(<[Value]>::len), Some(1_000 * texts_each), "{whole}");
            assert_eq!(client.command(&["DEL", "k"]), Value::Integer(1));
        }
    });
}

/// SORT of `key` with so many patterns.
fn sort(key: &str, pattern_count: usize) -> Vec<u8> {
    let mut words = vec!["SORT".to_owned(), key.to_owned()];
    for number in 0..pattern_count {
        words.extend(["GET".to_owned(), format!("w{number}_*")]);
    }
    request(&words)
}

#[test]
fn bad_60_sort_with_many_patterns_and_odd_limits() {
    with_each_engine(&["--request-size-max", "1mb"], |server| {
        let mut client = server.client();
        client.command(&["RPUSH", "list", "3", "1", "2"]);
        client.command(&["SET", "w9999_2", "found"]);
        client.send(&sort("list", 10_000));
        let reply = client.reply();
        let elements = reply.elements().unwrap_or_else(|| panic!("{reply:?}"));
        assert_eq!(elements.len(), 30_000);
        assert_eq!(elements[19_999], Value::bulk("found"));
        assert_eq!(elements.iter().filter(|element| **element == Value::Null).count(), 29_999);
        // A hundred million look-ups are refused before the first of them.
        let mut numbers = vec!["RPUSH".to_owned(), "long".to_owned()];
        numbers.extend((0..10_000).map(|number| number.to_string()));
        client.send(&request(&numbers));
        assert_eq!(client.reply(), Value::Integer(10_000));
        let reply = while_others_are_served(server, || {
            client.send(&sort("long", 10_000));
            client.reply()
        });
        assert_error(&reply, "OOM command-work-max: too many elements to sort");
        let sorted = ["1", "2", "3"].map(Value::bulk).to_vec();
        for (line, expected) in [
            ("SORT list LIMIT -1 9223372036854775807", Value::Array(sorted.clone())),
            ("SORT list LIMIT -9223372036854775808 -9223372036854775808", Value::Array(sorted)),
            ("SORT list LIMIT 9223372036854775807 9223372036854775807", Value::Array(vec![])),
            ("SORT list LIMIT 2 0", Value::Array(vec![])),
            ("SORT none BY # GET # GET #", Value::Array(vec![])),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            assert_eq!(client.command(&words), expected, "{line}");
        }
        for (line, beginning) in [
            ("SORT list LIMIT -1 9223372036854775808", "ERR value is not an integer"),
            ("SORT list LIMIT 0", "ERR syntax error"),
            ("SORT list GET", "ERR syntax error"),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            assert_error(&client.command(&words), beginning);
        }
    });
}
