//! Results that are made as a whole: what they leave alone, and what counts as a change.
use super::*;

/// Commands that make a result `t` of two sets, or of two sorted ones, and how many elements it
/// has. The name of the result is shorter than that under which it grows: to become it, it moves.
const STORES: [(&str, u64); 7] = [
    ("SUNIONSTORE t", 120),
    ("SINTERSTORE t", 40),
    ("SDIFFSTORE t", 40),
    ("ZUNIONSTORE t 2", 120),
    ("ZINTERSTORE t 2", 40),
    ("ZDIFFSTORE t 2", 40),
    ("ZRANGESTORE t", 80),
];

/// A command that makes a set of 80 long members, plain or sorted.
fn add(key: &str, is_sorted: bool, first: u64) -> String {
    let member = |number| {
        let score = if is_sorted { format!(" {number}") } else { String::new() };
        format!("{score} member:{number:0>20}")
    };
    let members: String = (first..first + 80).map(member).collect();
    format!("{} {key}{members}\r\n", if is_sorted { "ZADD" } else { "SADD" })
}

/// Sends `bytes`; the next `size` bytes of replies.
fn ask(world: &mut World, client: usize, bytes: &str, size: usize) -> String {
    let start = world.clients[client].incoming.len();
    world.clients[client].outgoing.extend_from_slice(bytes.as_bytes());
    world.run_until(|world| world.clients[client].incoming.len() >= start + size);
    String::from_utf8_lossy(&world.clients[client].incoming[start..]).into_owned()
}

/// In a store that is always full, each step evicts something: never what the result is made of.
#[test]
fn sources_stay_until_the_result_is_there() {
    let mut world = World::new(&Limits { data_bytes: 1 << 20, ..limits() }, 70);
    let client = world.connect();
    world.check(client, "CONFIG SET maxmemory-policy allkeys-random\r\n", "+OK\r\n");
    let mut stored_count = 0;
    for round in 0..490 {
        let (store, count) = STORES[round % STORES.len()];
        let is_sorted = store.starts_with('Z');
        let names = [format!("a{round}"), format!("b{round}")];
        world.check(client, &add(&names[0], is_sorted, 0), ":80\r\n");
        world.check(client, &add(&names[1], is_sorted, 40), ":80\r\n");
        let is_range = store.contains("RANGE");
        let exists = format!("EXISTS {} {}\r\n", names[0], names[usize::from(!is_range)]);
        if ask(&mut world, client, &exists, 4) != ":2\r\n" {
            continue;
        }
        let rest = if is_range { "0 -1" } else { &names[1] };
        let bytes = format!("{store} {} {rest}\r\n", names[0]);
        world.check(client, &bytes, &format!(":{count}\r\n"));
        world.check(client, &exists, ":2\r\n");
        stored_count += 1;
    }
    assert!(stored_count > 350, "the sources were there {stored_count} times");
    assert!(world.engine.shared.store.counters.evicted > 1_000, "there was room");
    world.end();
}

/// Nobody is told of what is given up, nor of the name under which a result grows.
#[test]
fn a_result_is_one_change_and_one_that_is_given_up_is_none() {
    let mut world = World::new(&Limits { data_bytes: 4 << 20, ..limits() }, 71);
    let client = world.connect();
    let changes = |world: &World| world.engine.shared.store.counters.changes;
    for number in 0..100 {
        world.check(client, &add("a", false, number * 80), ":80\r\n");
        world.check(client, &add("za", true, number * 80), ":80\r\n");
    }
    world.check(client, "ZADD s 1 member\r\n", ":1\r\n");
    let mut number = 0;
    while ask(&mut world, client, &format!("SETBIT filler:{number} 400000 1\r\n"), 4) == ":0\r\n" {
        number += 1;
    }
    let keys = format!(":{}\r\n", number + 3);
    world.check(client, "WATCH a za t b\r\nDBSIZE\r\n", &format!("+OK\r\n{keys}"));
    let before = changes(&world);
    for refused in ["SUNIONSTORE t a", "ZUNIONSTORE t 1 za", "ZRANGESTORE t za 0 -1"] {
        let error = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
        world.check(client, &format!("{refused}\r\n"), error);
    }
    // What is only answered is given up, too.
    let answer = "*1\r\n$6\r\nmember\r\n";
    world.check(client, "ZUNION 1 s\r\nZINTER 2 s s\r\nZDIFF 1 s\r\n", &answer.repeat(3));
    world.check(client, "SINTERCARD 2 a a LIMIT 3\r\nZINTERCARD 1 s\r\n", ":3\r\n:1\r\n");
    assert_eq!(changes(&world), before);
    let executed = format!("+OK\r\n+QUEUED\r\n*1\r\n{keys}");
    world.check(client, "MULTI\r\nDBSIZE\r\nEXEC\r\n", &executed);
    let before = changes(&world);
    world.check(client, "ZUNIONSTORE t 1 s\r\nSINTERSTORE t a missing\r\n", ":1\r\n:0\r\n");
    assert_eq!(changes(&world), before + 2, "one was stored, one deleted");
    world.end();
}
