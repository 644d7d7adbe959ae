//! Room for what is large, made over many turns.
use super::*;

/// Bytes of the large values: half of the memory.
const LARGE_SIZE: usize = 8 << 20;

/// A store full of small keys, under a policy that lets them all go.
fn full_of_small_keys(seed: u64) -> (World, usize) {
    let limits = Limits { data_bytes: 16 << 20, keys_max: 80_000, ..limits() };
    let mut world = World::new(&limits, seed);
    let client = world.connect();
    let mut number = 0;
    while world.engine.shared.store.frames().free_count() > 0 {
        let sets: Vec<String> =
            (0..50).map(|index| format!("SET key:{} {:0>200}\r\n", number + index, 1)).collect();
        world.check(client, &sets.concat(), &"+OK\r\n".repeat(50));
        number += 50;
    }
    world.check(client, "CONFIG SET maxmemory-policy allkeys-random\r\n", "+OK\r\n");
    (world, client)
}

#[test]
fn a_large_value_collects_its_room_over_turns_while_others_are_served() {
    let (mut world, client) = full_of_small_keys(40);
    let other = world.connect();
    let value = vec![b'v'; LARGE_SIZE];
    world.clients[client].outgoing.extend(command(&[b"SET", b"large", &value]));
    let replied = world.clients[client].incoming.len() + 5;
    let (mut turn_count, mut evicted_max) = (0, 0);
    while world.clients[client].incoming.len() < replied {
        let (pongs, evicted) =
            (world.clients[other].incoming.len(), world.engine.shared.store.counters.evicted);
        if world.clients[other].outgoing.len() * 7 / 6 == pongs {
            world.clients[other].outgoing.extend_from_slice(b"PING\r\n");
        }
        world.step();
        evicted_max = evicted_max.max(world.engine.shared.store.counters.evicted - evicted);
        turn_count += u32::from(world.engine.connections.iter().any(|c| c.collecting.is_some()));
    }
    assert!(turn_count > 50, "it took {turn_count} turns");
    assert!(evicted_max <= 1_100, "one turn evicted {evicted_max} keys");
    assert!(world.clients[other].incoming.len() > 70, "others were served meanwhile");
    world.check(client, "STRLEN large\r\n", &format!(":{LARGE_SIZE}\r\n"));
    world.end();
}

#[test]
fn what_never_fits_evicts_nothing() {
    let (mut world, client) = full_of_small_keys(41);
    let begun = format!("*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n${}\r\n", 40 << 20);
    let mut bytes = begun.into_bytes();
    bytes.resize(bytes.len() + (40 << 20), b'v');
    bytes.extend_from_slice(b"\r\n");
    world.clients[client].outgoing.extend(bytes);
    let error = b"-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    world.run_until(|world| world.clients[client].incoming.ends_with(error));
    assert_eq!(world.engine.shared.store.counters.evicted, 0);
    world.end();
}

#[test]
fn who_leaves_while_it_collects_leaves_nothing_behind() {
    let (mut world, client) = full_of_small_keys(42);
    let other = world.connect();
    world.check(other, "PING\r\n", "+PONG\r\n");
    let value = vec![b'v'; LARGE_SIZE];
    world.clients[client].outgoing.extend(command(&[b"SET", b"large", &value]));
    world.run_until(|world| world.engine.shared.store.large_values_used()[1].0 == 1);
    for _ in 0..20 {
        world.step();
    }
    world.check(other, "CLIENT KILL ID 1\r\n", ":1\r\n");
    world.run_until(|world| world.clients[client].is_closed);
    world.check(other, "FLUSHALL\r\n", "+OK\r\n");
    for _ in 0..30_000 {
        world.step();
    }
    let frames = world.engine.shared.store.frames();
    assert_eq!(frames.spare_count(), frames.free_count(), "a promise outlives its value");
    // A class may keep the frame that its last holes are in.
    assert!(frames.free_count() + 4 >= frames.frame_count(), "{} free", frames.free_count());
    world.end();
}

#[test]
fn a_command_that_needs_much_room_waits_for_it() {
    let (mut world, client) = full_of_small_keys(43);
    // A copy makes its room within its command: in several tries.
    world.check(client, "SETRANGE large 2097151 x\r\n", ":2097152\r\n");
    let value = vec![b'v'; 2 << 20];
    world.clients[client].outgoing.extend(command(&[b"SETRANGE", b"large", b"0", &value]));
    world.run_until(|world| world.clients[client].incoming.ends_with(b":2097152\r\n:2097152\r\n"));
    let (mut evicted_max, start) = (0, world.clients[client].incoming.len());
    world.clients[client].outgoing.extend_from_slice(b"COPY large larger\r\n");
    while world.clients[client].incoming.len() == start {
        let evicted = world.engine.shared.store.counters.evicted;
        world.step();
        evicted_max = evicted_max.max(world.engine.shared.store.counters.evicted - evicted);
    }
    assert!(world.clients[client].incoming.ends_with(b":1\r\n"));
    assert!(evicted_max <= 1_100, "one turn evicted {evicted_max} keys");
    world.end();
}

/// Each command makes at most 1,024 steps of room, but a turn runs many such commands.
#[test]
fn many_commands_that_need_much_room_share_a_turn() {
    let (mut world, client) = full_of_small_keys(60);
    let value = vec![b'v'; 2 << 20];
    world.clients[client].outgoing.extend(command(&[b"SET", b"large", &value]));
    world.run_until(|world| {
        world.clients[client].incoming.ends_with(b"+OK\r\n+OK\r\n")
            && world.clients[client].delivered == world.clients[client].outgoing.len()
    });
    let others: Vec<usize> = (0..6).map(|_| world.connect()).collect();
    for &other in &others {
        world.check(other, "PING\r\n", "+PONG\r\n");
    }
    for (index, &other) in others.iter().enumerate() {
        let text = format!("COPY large copy{index}\r\n");
        world.clients[other].outgoing.extend_from_slice(text.as_bytes());
    }
    let mut evicted_max = 0;
    for _ in 0..400 {
        let evicted = world.engine.shared.store.counters.evicted;
        world.step();
        evicted_max = evicted_max.max(world.engine.shared.store.counters.evicted - evicted);
    }
    assert!(evicted_max <= 1_100, "one turn evicted {evicted_max} keys");
}

/// A copy loses the room that it has made to whoever writes meanwhile, and ends all the same.
#[test]
fn a_copy_ends_although_others_write() {
    let (mut world, client) = full_of_small_keys(61);
    let value = vec![b'v'; 4 << 20];
    world.clients[client].outgoing.extend(command(&[b"SET", b"large", &value]));
    world
        .run_until(|world| world.clients[client].delivered == world.clients[client].outgoing.len());
    world.check(client, "STRLEN large\r\n", "+OK\r\n:4194304\r\n");
    let writers: Vec<usize> = (0..5).map(|_| world.connect()).collect();
    let start = world.clients[client].incoming.len();
    let small = vec![b's'; 7_000];
    let mut number = 0;
    for step in 0..3_000 {
        for &writer in &writers {
            let client = &mut world.clients[writer];
            if client.outgoing.len() - client.delivered < 100_000 {
                for _ in 0..30 {
                    number += 1;
                    let key = format!("w{}", number % 5_000);
                    client.outgoing.extend(command(&[b"SET", key.as_bytes(), &small]));
                }
            }
        }
        if step == 200 {
            world.clients[client].outgoing.extend_from_slice(b"COPY large larger\r\n");
        }
        world.step();
    }
    let got = String::from_utf8_lossy(&world.clients[client].incoming[start..]).into_owned();
    assert_eq!(got, ":1\r\n", "evicted {}", world.engine.shared.store.counters.evicted);
}
