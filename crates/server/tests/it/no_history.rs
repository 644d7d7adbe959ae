//! What a server takes depends on what is stored now: after any history collections take hardly
//! more than the same contents loaded in order.
use crate::client::Client;
use crate::server::{Server, wait_until, with_each_engine};
use granite_engine::random::Random;
use granite_simulator::value::{Value, request};

/// Commands of the history, how many are sent at once, and names of elements.
const COMMAND_COUNT: usize = 120_000;
const BATCH_COUNT: usize = 1_000;
const NAME_COUNT: u64 = 6_000;

/// Elements of one command of the loading.
const LOADED_AT_ONCE: usize = 100;

/// What the churned one may take of what the loaded one takes, in percent.
const PERCENT_MAX: u64 = 105;

/// Two keys of each kind; strings are many.
const KEYS: [&str; 8] = ["l:0", "l:1", "h:0", "h:1", "s:0", "s:1", "z:0", "z:1"];

fn text(random: &mut Random) -> String {
    let size_max = if random.below(50) == 0 { 2_000 } else { 60 };
    "v".repeat(4 + random.below(size_max) as usize)
}

/// One command of the history: puts something in, takes it out, or moves it.
fn step(random: &mut Random, is_growing: bool) -> Vec<String> {
    let name = random.below(NAME_COUNT);
    let member = format!("member-{name}-{}", "m".repeat((name % 40) as usize));
    let (one, number, text) = (random.below(2), random.below(1_000), text(random));
    let other = 1 - one;
    let puts = random.below(100) < if is_growing { 70 } else { 35 };
    let line = match (random.below(5), puts, random.below(4)) {
        (0, true, 0) => format!("LPUSH l:{one} {number}{text}"),
        (0, true, 1) => format!("LSET l:{one} {number} {text}"),
        (0, true, _) => format!("RPUSH l:{one} {number}{text}"),
        (0, false, 0) => format!("RPOP l:{one}"),
        (0, false, 1) => format!("LPOP l:{one}"),
        (0, false, 2) => format!("LMOVE l:{one} l:{other} LEFT RIGHT"),
        (0, false, _) => format!("RPOPLPUSH l:{one} l:{one}"),
        (1, true, _) => format!("HSET h:{one} {member} {text}"),
        (1, false, 0) => format!("HINCRBY h:{one} number-{name} 1"),
        (1, false, _) => format!("HDEL h:{one} {member}"),
        (2, true, _) => format!("SADD s:{one} {member}"),
        (2, false, 0) => format!("SMOVE s:{one} s:{other} {member}"),
        (2, false, _) => format!("SREM s:{one} {member}"),
        (3, true, 0) => format!("ZINCRBY z:{one} {number} {member}"),
        (3, true, _) => format!("ZADD z:{one} {number} {member}"),
        (3, false, 0) => format!("ZPOPMIN z:{one}"),
        (3, false, _) => format!("ZREM z:{one} {member}"),
        (_, true, 0) => format!("APPEND k:{name} {text}"),
        (_, true, _) => format!("SET k:{name} {text}"),
        (_, false, 0) => format!("RENAME k:{name} k:{number}"),
        (_, false, _) => format!("DEL k:{name}"),
    };
    line.split(' ').map(str::to_owned).collect()
}

fn send_all(client: &mut Client, commands: &[Vec<String>]) {
    for batch in commands.chunks(BATCH_COUNT) {
        client.send(&batch.iter().flat_map(|words| request(words)).collect::<Vec<u8>>());
        for words in batch {
            let reply = client.reply();
            let refusal = reply.as_error().filter(|line| line.starts_with(b"OOM"));
            assert!(refusal.is_none(), "{words:?} answers {reply:?}");
        }
    }
}

fn texts(client: &mut Client, line: &str) -> Vec<String> {
    let reply = client.command(&line.split(' ').collect::<Vec<&str>>());
    let Value::Array(elements) = reply else { panic!("{line} answers {reply:?}") };
    let text = |element| match element {
        Value::Bulk(bytes) => String::from_utf8(bytes).expect("all of it is ASCII"),
        other => panic!("{line} answers {other:?}"),
    };
    elements.into_iter().map(text).collect()
}

/// The commands that load all that the server has, in the order in which it answers it.
fn loading(client: &mut Client) -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    for key in KEYS {
        let (put, elements, texts_each) = match key.as_bytes()[0] {
            b'l' => ("RPUSH", texts(client, &format!("LRANGE {key} 0 -1")), 1),
            b'h' => ("HSET", texts(client, &format!("HGETALL {key}")), 2),
            b's' => ("SADD", texts(client, &format!("SMEMBERS {key}")), 1),
            _ => {
                let mut elements = texts(client, &format!("ZRANGE {key} 0 -1 WITHSCORES"));
                elements.chunks_exact_mut(2).for_each(<[String]>::reverse);
                ("ZADD", elements, 2)
            }
        };
        for chunk in elements.chunks(LOADED_AT_ONCE * texts_each) {
            commands.push([&[put.to_owned(), key.to_owned()], chunk].concat());
        }
    }
    for key in texts(client, "KEYS k:*") {
        let Value::Bulk(value) = client.command(&["GET", &key]) else { panic!("{key} is there") };
        let value = String::from_utf8(value).expect("all of it is ASCII");
        commands.push(vec!["SET".to_owned(), key, value]);
    }
    commands
}

#[test]
fn what_was_churned_takes_hardly_more_than_what_was_loaded() {
    let options = ["--maxmemory", "96mb", "--reply-max", "4mb"];
    with_each_engine(&options, |churned| {
        let loaded = Server::start(&options).expect("a second one starts");
        // Not the same: the one beside it may run on the other driver, whose tables differ.
        let size = |server: &Server| server.info("used_memory");
        let (churned_empty_size, loaded_empty_size) = (size(churned), size(&loaded));
        let (mut client, mut random) = (churned.client(), Random::new(16));
        let history: Vec<Vec<String>> = (0..COMMAND_COUNT)
            .map(|index| step(&mut random, index * 5 < COMMAND_COUNT * 3))
            .collect();
        send_all(&mut client, &history);
        send_all(&mut loaded.client(), &loading(&mut client));
        assert_eq!(client.command(&["DBSIZE"]), loaded.client().command(&["DBSIZE"]));
        let churned_size = || size(churned) - churned_empty_size;
        let loaded_size = size(&loaded) - loaded_empty_size;
        // What it owes it pays while it is idle.
        wait_until(&format!("it takes {PERCENT_MAX} % of {loaded_size} bytes"), || {
            churned_size() * 100 <= loaded_size * PERCENT_MAX
        });
        // Nor do strings, which are stored alike, hide what collections take.
        for server in [churned, &loaded] {
            let mut words = vec!["DEL".to_owned()];
            words.extend(texts(&mut server.client(), "KEYS k:*"));
            server.client().command(&words.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let loaded_size = size(&loaded) - loaded_empty_size;
        assert!(loaded_size > 1 << 20, "{loaded_size} bytes");
        wait_until(&format!("collections take {PERCENT_MAX} % of {loaded_size} bytes"), || {
            churned_size() * 100 <= loaded_size * PERCENT_MAX
        });
    });
}
