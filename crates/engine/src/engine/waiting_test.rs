//! Connections that wait run their request again when there is room for its reply, and not before.
use super::*;

/// Elements of the list: as one reply they need the jumbo permit.
const ELEMENT_COUNT: usize = 20_000;

/// Replies that each client asks for, one after the other.
const ROUNDS: usize = 10;

/// A request is run in vain when it comes, while others have what it needs; then it is run when
/// its turn has come. What other clients send and get in between wakes nobody.
#[test]
fn what_waits_for_a_large_reply_is_not_run_in_vain_again_and_again() {
    let mut world = World::new(&limits(), 50);
    let busy = world.connect();
    world.turn();
    let pushes = format!("RPUSH list {}\r\n", "element-of-a-list ".repeat(100));
    for count in (100..=ELEMENT_COUNT).step_by(100) {
        world.check(busy, &pushes, &format!(":{count}\r\n"));
    }
    let clients: Vec<usize> = (0..6).map(|_| world.connect()).collect();
    world.turn();
    let reply_size = "*20000\r\n".len() + ELEMENT_COUNT * "$17\r\nelement-of-a-list\r\n".len();
    for round in 1..=ROUNDS {
        for &client in &clients {
            world.clients[client].outgoing.extend_from_slice(b"LRANGE list 0 -1\r\n");
        }
        world.run_until(|world| {
            clients.iter().all(|&client| world.clients[client].incoming.len() == round * reply_size)
        });
        // Buffers of others come and go all the time.
        world.clients[busy].outgoing.extend_from_slice(&b"PING\r\n".repeat(2_000));
    }
    let refused_count = [Mark::JumboRefused, Mark::ReplyFull]
        .map(|mark| world.engine.marks().count(mark))
        .iter()
        .sum::<u32>();
    let reply_count = (clients.len() * ROUNDS) as u32;
    assert!(refused_count > reply_count / 2, "nobody waited: {refused_count}");
    assert!(refused_count <= reply_count, "{refused_count} in vain for {reply_count} replies");
    world.end();
}

/// Who waits has measured a part of its reply alone: it must not be taken for the whole.
#[test]
fn combinations_of_sets_that_wait_come_whole() {
    let mut world = World::new(&limits(), 50);
    let filler = world.connect();
    let clients: Vec<usize> = (0..4).map(|_| world.connect()).collect();
    world.turn();
    for key in ["one", "other"] {
        for first in (0..ELEMENT_COUNT).step_by(100) {
            let members = (first..first + 100).map(|number| format!(" member:{number:05}"));
            let members = members.collect::<String>();
            world.check(filler, &format!("SADD {key}{members}\r\n"), ":100\r\n");
        }
    }
    let reply_size = "*20000\r\n".len() + ELEMENT_COUNT * "$12\r\nmember:00000\r\n".len();
    let mut size = 0;
    for request in ["SINTER one other\r\n", "SUNION one other\r\n", "SDIFF one none\r\n"] {
        for &client in &clients {
            world.clients[client].outgoing.extend_from_slice(request.as_bytes());
        }
        size += reply_size;
        world.run_until(|world| {
            clients.iter().all(|&client| world.clients[client].incoming.len() >= size)
        });
        for &client in &clients {
            let incoming = &world.clients[client].incoming;
            assert_eq!(incoming.len(), size, "one reply");
            assert!(incoming[size - reply_size..].starts_with(b"*20000\r\n"), "of all members");
        }
    }
    assert!(world.engine.marks().count(Mark::JumboRefused) > 0, "nobody waited");
    world.end();
}

/// There is one place for large values. Who waits for it goes on as soon as the value before has
/// moved into the output, although its client takes nothing: no send ends that would tell.
#[test]
fn the_end_of_a_stream_wakes_who_waits_for_its_place() {
    let roomy = Limits { pins_max: 1, reply_buffers_max: 96, reply_credit: 256 << 10, ..limits() };
    let mut world = World::new(&roomy, 51);
    let (reader, waiting) = (world.connect(), world.connect());
    let value = vec![b'v'; 150_000];
    let setting = String::from_utf8(command(&[b"SET", b"k", &value])).unwrap();
    world.check(reader, &setting, "+OK\r\n");
    world.check(waiting, "PING\r\n", "+PONG\r\n");
    world.run_until(|world| [reader, waiting].iter().all(|&each| world.clients[each].is_armed));
    world.clients[reader].slowness = u64::MAX;
    // In one turn, so that the second finds the place taken.
    for client in [reader, waiting] {
        let buffer = world.receive.acquire().unwrap();
        buffer.append(b"GET k\r\n");
        world.clients[client].is_armed = false;
        let connection = world.clients[client].id.unwrap();
        world.engine.handle(world.now, Event::Received { connection, buffer, more_waits: false });
    }
    world.turn();
    assert_eq!(world.engine.marks().count(Mark::StreamFinished), 1);
    assert_eq!(world.engine.marks().count(Mark::ParkedPool), 1);
    let reply = [&b"+PONG\r\n"[..], &bulk(&value)].concat();
    world.run_until(|world| world.clients[waiting].incoming.len() == reply.len());
    assert!(world.clients[waiting].incoming == reply);
    world.end();
}
