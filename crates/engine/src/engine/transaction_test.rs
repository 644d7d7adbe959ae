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
