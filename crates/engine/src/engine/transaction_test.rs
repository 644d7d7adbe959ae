//! Transactions that take more than a turn, and large values in the middle of their replies.
use super::*;

/// As many commands as many turns run.
const COMMAND_COUNT: usize = 3_000;

fn roomy() -> Limits {
    Limits { blocks_max: 2_048, request_size_max: 4 << 20, ..limits() }
}

/// Sends `bytes` and reads until `size` bytes more have come.
fn exchange(world: &mut World, client: usize, bytes: &[u8], size: usize) -> Vec<u8> {
    let start = world.clients[client].incoming.len();
    world.clients[client].outgoing.extend_from_slice(bytes);
    world.run_until(|world| world.clients[client].incoming.len() >= start + size);
    world.clients[client].incoming[start..].to_vec()
}

fn queue_all(world: &mut World, client: usize, commands: &[u8], count: usize) {
    let queued = b"+QUEUED\r\n".repeat(count);
    let reply = exchange(world, client, &[b"MULTI\r\n", commands].concat(), 5 + queued.len());
    assert!(reply[5..] == queued[..], "{}", String::from_utf8_lossy(&reply[..200]));
}

#[test]
fn nobody_sees_a_long_transaction_half_done() {
    let mut world = World::new(&roomy(), 30);
    let (client, watcher) = (world.connect(), world.connect());
    world.check(client, "SET lives now PX 100000\r\n", "+OK\r\n");
    let increments = b"INCR n\r\n".repeat(COMMAND_COUNT);
    queue_all(&mut world, client, &increments, COMMAND_COUNT);
    world.check(client, "GET lives\r\n", "+QUEUED\r\n");
    world.clients[client].outgoing.extend_from_slice(b"EXEC\r\nGET n\r\n");
    let mut observed = Vec::new();
    let mut turn_count = 0;
    while !world.clients[client].incoming.ends_with(b"$4\r\n3000\r\n") {
        // The key would expire, if time went on for the transaction.
        if world.engine.exclusive.is_some() {
            turn_count += 1;
            world.now.unix_us += 60_000_000;
        }
        if world.clients[watcher].incoming.len() == observed.len() {
            observed.clone_from(&world.clients[watcher].incoming);
            world.clients[watcher].outgoing.extend_from_slice(b"GET n\r\n");
        }
        world.step();
        observed.clone_from(&world.clients[watcher].incoming);
    }
    assert!(turn_count >= 3, "it took {turn_count} turns");
    let replies = String::from_utf8(observed).unwrap();
    let all: Vec<&str> = replies.split("\r\n").collect();
    assert!(all.iter().all(|line| ["$-1", "$4", "3000", ""].contains(line)), "{all:?}");
    let lines: Vec<String> = (1..=COMMAND_COUNT).map(|number| format!(":{number}\r\n")).collect();
    let expected = format!("*3001\r\n{}$3\r\nnow\r\n$4\r\n3000\r\n", lines.concat());
    assert!(world.clients[client].incoming.ends_with(expected.as_bytes()));
    world.end();
}

#[test]
fn a_transaction_ends_although_its_client_is_gone() {
    for killed in [false, true] {
        let mut world = World::new(&roomy(), 31);
        let (client, other) = (world.connect(), world.connect());
        let mut commands = b"INCR n\r\n".repeat(COMMAND_COUNT);
        if killed {
            commands.splice(0..8, *b"CLIENT KILL ID 1 SKIPME NO\r\n");
        }
        world.check(other, "PING\r\n", "+PONG\r\n");
        queue_all(&mut world, client, &commands, COMMAND_COUNT);
        world.clients[client].outgoing.extend_from_slice(b"EXEC\r\n");
        world.run_until(|world| world.engine.exclusive.is_some());
        if !killed {
            world.vanish(client);
        }
        world.run_until(|world| world.clients[client].is_closed);
        let count = COMMAND_COUNT - usize::from(killed);
        world.check(other, "GET n\r\n", &format!("$4\r\n{count}\r\n"));
        world.end();
    }
}

#[test]
fn a_transaction_answers_large_values_beyond_reply_max() {
    let mut world = World::new(&limits(), 32);
    let (client, writer) = (world.connect(), world.connect());
    let values = [b'a', b'b'].map(|byte| vec![byte; 1_500_000]);
    for (name, value) in [&b"a"[..], b"b"].into_iter().zip(&values) {
        let reply = exchange(&mut world, writer, &command(&[b"SET", name, value]), 5);
        assert_eq!(reply, b"+OK\r\n");
    }
    world.clients[client].slowness = 20;
    let commands = b"GET a\r\nSTRLEN b\r\nGET b\r\nGET a\r\nGETSET a new\r\nGET a\r\nINCR n\r\n";
    queue_all(&mut world, client, commands, 7);
    let (a, b) = (bulk(&values[0]), bulk(&values[1]));
    let expected =
        [b"*7\r\n", &a[..], b":1500000\r\n", &b, &a, &a, b"$3\r\nnew\r\n:1\r\n", b"+PONG\r\n"]
            .concat();
    world.clients[client].outgoing.extend_from_slice(b"EXEC\r\nPING\r\n");
    world.run_until(|world| world.clients[client].incoming.len() > 200_000);
    // Others go on meanwhile, and may change what is being read.
    world.check(writer, "GET a\r\n", "$3\r\nnew\r\n");
    world.check(writer, "FLUSHALL\r\n", "+OK\r\n");
    let start = 5 + 7 * 9;
    world.run_until(|world| world.clients[client].incoming.len() >= start + expected.len());
    assert!(world.clients[client].incoming[start..] == expected, "the reply was torn");
    world.end();
}

#[test]
fn more_large_values_than_a_client_may_pin_are_refused_one_by_one() {
    let mut world = World::new(&Limits { pins_max: 8, ..limits() }, 33);
    let client = world.connect();
    let value = vec![b'v'; 600_000];
    let reply = exchange(&mut world, client, &command(&[b"SET", b"k", &value]), 5);
    assert_eq!(reply, b"+OK\r\n");
    queue_all(&mut world, client, &b"GET k\r\n".repeat(5), 5);
    let refused = b"-OOM command needs 600032, which is more than 'reply-max' allows\r\n";
    // Two are streamed, one is copied, and the others find no room.
    let expected = [b"*5\r\n", &bulk(&value).repeat(3)[..], &refused.repeat(2)].concat();
    let reply = exchange(&mut world, client, b"EXEC\r\n", expected.len());
    assert!(reply == expected, "{}", String::from_utf8_lossy(&reply[reply.len() - 200..]));
    world.end();
}

#[test]
fn a_transaction_waits_for_what_is_still_being_freed() {
    let mut world = World::new(&roomy(), 34);
    let client = world.connect();
    // More flushes at once than there are numbers for databases.
    let mut commands = Vec::new();
    for _ in 0..400 {
        commands.extend_from_slice(b"SET k v\r\nFLUSHALL\r\n");
    }
    queue_all(&mut world, client, &commands, 800);
    let expected = [b"*800\r\n", &b"+OK\r\n".repeat(800)[..]].concat();
    let reply = exchange(&mut world, client, b"EXEC\r\n", expected.len());
    assert!(reply == expected, "{}", String::from_utf8_lossy(&reply[..200]));
    world.end();
}

#[test]
fn streams_of_many_clients_do_not_wait_for_each_other() {
    let mut world = World::new(&Limits { reply_buffers_max: 24, pins_max: 64, ..limits() }, 35);
    let clients: Vec<usize> = (0..8).map(|_| world.connect()).collect();
    let value = vec![b'v'; 300_000];
    let reply = exchange(&mut world, clients[0], &command(&[b"SET", b"k", &value]), 5);
    assert_eq!(reply, b"+OK\r\n");
    let expected = [b"*5\r\n", &bulk(&value)[..], b":300000\r\n", &bulk(&value), b":300000\r\n"];
    let expected = [&expected.concat()[..], &bulk(&value)].concat();
    for &client in &clients {
        let commands = b"GET k\r\nSTRLEN k\r\nGET k\r\nSTRLEN k\r\nGET k\r\n";
        queue_all(&mut world, client, commands, 5);
        world.clients[client].slowness = 3;
    }
    let starts: Vec<usize> = clients.iter().map(|&at| world.clients[at].incoming.len()).collect();
    for &client in &clients {
        world.clients[client].outgoing.extend_from_slice(b"EXEC\r\n");
    }
    let mut complete_count = 0;
    for (&client, start) in clients.iter().zip(starts) {
        let end = |world: &World| reply_size(&world.clients[client].incoming[start..]);
        world.run_until(|world| end(world).is_some());
        // Who comes when others hold the buffers is refused some of the values, but never hangs.
        let reply = &world.clients[client].incoming[start..];
        let is_refused = reply.windows(5).any(|text| text == b"-OOM ");
        assert!(is_refused || *reply == expected, "the reply was torn");
        complete_count += usize::from(!is_refused);
    }
    assert!(complete_count >= 4, "{complete_count} of {}", clients.len());
    world.end();
}

/// The client is gone, its reply muted, and CLIENT REPLY ON among what is left to run
/// unmutes it, though its buffers were given back.
#[test]
fn reply_on_after_the_client_is_gone() {
    let mut world = World::new(&roomy(), 50);
    let (client, other) = (world.connect(), world.connect());
    let mut commands = b"INCR n\r\n".repeat(COMMAND_COUNT);
    commands.extend_from_slice(b"CLIENT REPLY ON\r\nINCR n\r\n");
    world.check(other, "PING\r\n", "+PONG\r\n");
    queue_all(&mut world, client, &commands, COMMAND_COUNT + 2);
    world.clients[client].outgoing.extend_from_slice(b"EXEC\r\n");
    world.run_until(|world| world.engine.exclusive.is_some());
    world.vanish(client);
    world.run_until(|world| world.clients[client].is_closed);
    world.check(other, "GET n\r\n", &format!("$4\r\n{}\r\n", COMMAND_COUNT + 1));
    world.end();
}

/// Each flow is held by a client that has got its value but not what waits behind it,
/// so pins are free and flows are not.
#[test]
fn a_value_when_pins_are_free_but_flows_are_not() {
    let limits = Limits { pins_max: 2, reply_buffers_max: 256, reply_credit: 2 << 20, ..limits() };
    let mut world = World::new(&limits, 51);
    let clients: Vec<usize> = (0..2).map(|_| world.connect()).collect();
    let other = world.connect();
    let (large, small) = (vec![b'v'; 70_000], vec![b's'; 60_000]);
    for (name, value) in [(&b"large"[..], &large), (b"small", &small)] {
        let reply = exchange(&mut world, other, &command(&[b"SET", name, value]), 5);
        assert_eq!(reply, b"+OK\r\n");
    }
    let mut starts = Vec::new();
    for &client in &clients {
        let commands = [&b"GET large\r\n"[..], &b"GET small\r\n".repeat(12)].concat();
        queue_all(&mut world, client, &commands, 13);
        starts.push(world.clients[client].incoming.len());
        world.clients[client].slowness = u64::MAX;
        world.clients[client].outgoing.extend_from_slice(b"EXEC\r\n");
        for _ in 0..200 {
            world.step();
        }
    }
    let [(pin_count, ..), _] = world.engine.shared.store.large_values_used();
    let streaming = world.engine.connections.iter().filter(|c| c.output.is_streaming()).count();
    assert_eq!((pin_count, streaming), (0, 2), "pins and flows in use");
    // A value when all flows are taken.
    let reply = exchange(&mut world, other, b"GET large\r\n", 10);
    assert!(reply.starts_with(b"$70000"));
    world.end();
}

/// Who waits for a pin keeps the thread busy, though only a client that does not read
/// can give one back.
#[test]
fn waiting_for_a_pin_does_not_spin() {
    let mut world = World::new(&Limits { pins_max: 1, ..limits() }, 52);
    let (client, other) = (world.connect(), world.connect());
    let value = vec![b'v'; 1_500_000];
    let reply = exchange(&mut world, client, &command(&[b"SET", b"k", &value]), 5);
    assert_eq!(reply, b"+OK\r\n");
    world.clients[client].slowness = u64::MAX;
    world.clients[client].outgoing.extend_from_slice(b"GET k\r\n");
    for _ in 0..200 {
        world.step();
    }
    world.clients[other].outgoing.extend_from_slice(b"GET k\r\n");
    let mut busy_count = 0;
    for _ in 0..1_000 {
        world.step();
        busy_count += u32::from(world.engine.wait_ms(world.now) == Some(0));
    }
    assert!(busy_count < 500, "{busy_count} of 1000 turns ask for another one at once");
}

/// No key leaves the counts in the middle of a transaction.
#[test]
fn dbsize_stands_still() {
    let mut world = World::new(&roomy(), 53);
    let client = world.connect();
    for first in (0..3_000).step_by(100) {
        let sets: Vec<String> =
            (0..100).map(|index| format!("SET k{} v PX 30000\r\n", first + index)).collect();
        world.check(client, &sets.concat(), &"+OK\r\n".repeat(100));
    }
    queue_all(&mut world, client, &b"DBSIZE\r\n".repeat(COMMAND_COUNT), COMMAND_COUNT);
    let start = world.clients[client].incoming.len();
    world.now.monotonic_ms += 60_000;
    world.now.unix_us += 60_000_000;
    world.clients[client].outgoing.extend_from_slice(b"EXEC\r\n");
    world.run_until(|world| {
        let text = &world.clients[client].incoming[start..];
        !text.is_empty() && reply_size_or_none(text).is_some()
    });
    let text = String::from_utf8(world.clients[client].incoming[start..].to_vec()).unwrap();
    let mut seen: Vec<&str> = text.split("\r\n").skip(1).filter(|l| !l.is_empty()).collect();
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
    world.end();
}

fn reply_size_or_none(bytes: &[u8]) -> Option<()> {
    let lines = bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
    (lines == COMMAND_COUNT + 1).then_some(())
}

/// As Redis: SKIP within a transaction silences itself and what follows EXEC, not the
/// rest of the transaction.
#[test]
fn reply_skip_within_a_transaction() {
    let mut world = World::new(&roomy(), 54);
    let client = world.connect();
    queue_all(&mut world, client, b"INCR n\r\nCLIENT REPLY SKIP\r\nINCR n\r\n", 3);
    world.check(client, "EXEC\r\nPING\r\nECHO end\r\n", "*3\r\n:1\r\n:2\r\n$3\r\nend\r\n");
}

/// Anything in transactions, with little of everything: nothing breaks, nobody hangs.
#[test]
fn anything_in_transactions() {
    for seed in 0..60 {
        anything(seed);
    }
}

fn anything(seed: u64) {
    let mut random = Random::new(seed ^ 0x5EED);
    let may_vanish = seed.is_multiple_of(2);
    let only_transactions = seed.is_multiple_of(3);
    let limits = Limits {
        pins_max: 1 + random.below(6) as u32,
        reply_buffers_max: 8 + random.below(40) as u32,
        reply_credit: (32 << 10) << random.below(5),
        reply_max: (64 << 10) << random.below(5),
        data_bytes: (2 << 20) << random.below(3),
        staged_max: 4 + random.below(12) as u32,
        ..roomy()
    };
    let mut world = World::new(&limits, seed);
    let clients: Vec<usize> = (0..6)
        .map(|_| {
            let client = world.connect();
            world.clients[client].slowness = 1 + random.below(6);
            client
        })
        .collect();
    if random.below(2) == 0 {
        world.check(clients[0], "CONFIG SET maxmemory-policy allkeys-random\r\n", "+OK\r\n");
    }
    for &client in &clients {
        world.clients[client].outgoing.extend(any_session(&mut random, client, only_transactions));
    }
    let mut vanished = [false; 6];
    for step in 0..400_000_u32 {
        let is_done = clients.iter().all(|&client| {
            let state = &world.clients[client];
            state.is_closed
                || state.is_close_asked
                || state.incoming.ends_with(format!("done{client}\r\n").as_bytes())
        });
        if is_done {
            break;
        }
        world.step();
        if may_vanish && step % 50 == 17 && random.below(20) == 0 {
            let number = random.below(6) as usize;
            if !vanished[number] && world.clients[clients[number]].id.is_some() {
                vanished[number] = true;
                world.vanish(clients[number]);
            }
        }
        if step.is_multiple_of(997) {
            world.engine.check();
        }
        assert!(step < 399_999, "seed {seed} hangs");
    }
    world.engine.check();
    world.end();
}

/// What one client sends, and in the end a word that shows that all of it was answered.
fn any_session(random: &mut Random, client: usize, only_transactions: bool) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..6 {
        let is_transaction = only_transactions || random.below(3) > 0;
        if is_transaction {
            out.extend_from_slice(b"MULTI\r\n");
        }
        let most = if random.below(4) == 0 { 400 } else { 20 };
        for _ in 0..=random.below(most) {
            out.extend(any_command(random, is_transaction || !only_transactions));
        }
        if is_transaction {
            out.extend_from_slice(b"EXEC\r\n");
        }
    }
    out.extend(format!("DISCARD\r\nCLIENT REPLY ON\r\nECHO done{client}\r\n").into_bytes());
    out
}

fn any_command(random: &mut Random, large: bool) -> Vec<u8> {
    let key = format!("k{}", random.below(6)).into_bytes();
    let other = format!("k{}", random.below(6)).into_bytes();
    let size = match random.below(10) {
        0 if large => 65_000 + random.below(400_000),
        1 => 8_000 + random.below(20_000),
        2 => random.below(70_000),
        _ => random.below(600),
    };
    let value = vec![b'v'; size as usize];
    match random.below(24) {
        0..=4 => command(&[b"GET", &key]),
        5 | 6 => command(&[b"SET", &key, &value]),
        7 => command(&[b"SET", &key, &value, b"GET"]),
        8 => command(&[b"GETSET", &key, &value]),
        9 => command(&[b"GETDEL", &key]),
        10 => command(&[b"GETEX", &key, b"PX", b"300"]),
        11 => command(&[b"COPY", &key, &other, b"REPLACE"]),
        12 => command(&[b"RENAME", &key, &other]),
        13 => command(&[b"MGET", &key, &other]),
        14 => command(&[b"ECHO", &value]),
        15 => command(&[b"HELLO", if random.below(2) == 0 { b"2" } else { b"3" }]),
        16 => command(&[b"CLIENT", b"REPLY", b"ON"]),
        17 => command(&[b"CLIENT", b"REPLY", b"OFF"]),
        18 => command(&[b"CLIENT", b"REPLY", b"SKIP"]),
        19 => command(&[b"FLUSHALL"]),
        20 => command(&[b"CLIENT", b"LIST"]),
        21 => command(&[b"GETRANGE", &key, b"0", b"-1"]),
        22 => command(&[b"APPEND", &key, &value]),
        23 if random.below(60) == 0 => {
            command(&[&vec![b'x'; 100][..], &value[..value.len().min(200)]])
        }
        _ => command(&[b"SETRANGE", &key, b"100000", &value]),
    }
}

/// Transactions that end in their first slice are a part of the turn all the same.
#[test]
fn many_short_transactions_do_not_share_a_turn() {
    const CLIENT_COUNT: usize = 40;
    let limits = Limits {
        connections_max: CLIENT_COUNT as u32,
        receive_buffers_max: 64,
        reply_buffers_max: 512,
        ..roomy()
    };
    let mut world = World::new(&limits, 37);
    for client in 0..CLIENT_COUNT {
        assert_eq!(world.connect(), client);
        queue_all(&mut world, client, &b"INCR n\r\n".repeat(60), 60);
    }
    world.run_until(|world| world.clients.iter().all(|client| client.is_armed));
    for number in 0..CLIENT_COUNT {
        let (client, buffer) = (&mut world.clients[number], world.receive.acquire().unwrap());
        buffer.append(b"EXEC\r\n");
        client.is_armed = false;
        let connection = client.id.unwrap();
        world.engine.handle(world.now, Event::Received { connection, buffer, more_waits: false });
    }
    let (mut most, mut ran) = (0, 0);
    while ran < CLIENT_COUNT as u64 * 61 {
        let before = world.engine.shared.statistics.processed_count;
        world.step();
        let count = world.engine.shared.statistics.processed_count - before;
        (most, ran) = (most.max(count), ran + count);
    }
    // 512 requests, and one slice beyond them.
    assert!(most <= 512 + 64 + 1, "{most} commands in a turn");
    world.end();
}
