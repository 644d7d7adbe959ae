//! Output that waits for that of the requests which the socket still has.
use super::*;

/// A turn in which a receive brings `bytes`, and the socket has more.
fn bring(world: &mut World, client: usize, bytes: &[u8]) {
    world.bring(client, bytes, true);
    world.turn();
}

fn sent(world: &World, client: usize) -> Option<&[u8]> {
    world.clients[client].in_flight.as_ref().map(|buffer| buffer.filled())
}

fn armed_client(seed: u64) -> (World, usize) {
    let mut world = World::new(&limits(), seed);
    let client = world.connect();
    world.turn();
    (world, client)
}

/// Replies leave together once the socket is empty.
#[test]
fn replies_leave_together() {
    let (mut world, client) = armed_client(70);
    for count in 1..=3 {
        bring(&mut world, client, b"PING\r\n");
        assert!(world.clients[client].is_armed, "it is asked for what waits");
        assert_eq!(world.engine.wait_ms(world.now), Some(0), "nobody sleeps on a reply");
        assert_eq!(
            (sent(&world, client), world.engine.marks().count(Mark::OutputPostponed)),
            (None, count)
        );
    }
    world.clients[client].outgoing.extend_from_slice(b"ECHO last\r\n");
    world.run_until(|world| world.clients[client].incoming.len() >= 31);
    assert_eq!(world.clients[client].incoming, b"+PONG\r\n+PONG\r\n+PONG\r\n$4\r\nlast\r\n");
    world.end();
}

/// What the socket was said to have does not come.
#[test]
fn postponed_output_leaves_in_the_next_turn_if_nothing_comes() {
    let (mut world, client) = armed_client(71);
    bring(&mut world, client, b"PING\r\n");
    assert_eq!(sent(&world, client), None);
    world.turn();
    assert_eq!(sent(&world, client), Some(&b"+PONG\r\n"[..]));
    assert_eq!(world.engine.marks().count(Mark::PostponedSent), 1);
    world.end();
}

/// It is written while a send is in flight, and nothing comes after that.
#[test]
fn output_behind_a_send_leaves_after_it() {
    let (mut world, client) = armed_client(74);
    bring(&mut world, client, format!("ECHO {}\r\n", "x".repeat(5000)).as_bytes());
    bring(&mut world, client, b"PING\r\n");
    let connection = world.clients[client].id.unwrap();
    let buffer = world.clients[client].in_flight.take().unwrap();
    let sent_bytes = buffer.filled_size();
    world.engine.handle(world.now, Event::Sent { connection, buffer, sent_bytes });
    world.turn();
    world.turn();
    assert_eq!(sent(&world, client), Some(&b"+PONG\r\n"[..]));
    world.end();
}

/// Who never pauses gets its replies, too.
#[test]
fn output_is_postponed_for_some_turns_only() {
    let (mut world, client) = armed_client(72);
    let mut turn_count = 0;
    while sent(&world, client).is_none() {
        bring(&mut world, client, b"PING\r\n");
        turn_count += 1;
        assert!(turn_count < 100, "it waits for ever");
    }
    assert_eq!(sent(&world, client), Some(&*b"+PONG\r\n".repeat(turn_count)));
    assert!(turn_count > 1);
    world.end();
}

#[test]
fn a_large_reply_is_not_postponed() {
    let (mut world, client) = armed_client(75);
    bring(&mut world, client, format!("ECHO {}\r\n", "x".repeat(5000)).as_bytes());
    assert!(sent(&world, client).is_some(), "5,000 bytes do not wait");
    world.end();
}

/// The end of what a client sends, or its QUIT, ends it.
#[test]
fn nothing_is_postponed_for_who_receives_no_more() {
    let (mut world, client) = armed_client(73);
    bring(&mut world, client, b"PING\r\n");
    let connection = world.clients[client].id.unwrap();
    world.clients[client].is_armed = false;
    world.engine.handle(world.now, Event::ReceiveEnded { connection, orderly: true });
    world.turn();
    assert_eq!(sent(&world, client), Some(&b"+PONG\r\n"[..]));
    let other = world.connect();
    world.turn();
    bring(&mut world, other, b"QUIT\r\n");
    assert_eq!(sent(&world, other), Some(&b"+OK\r\n"[..]));
    world.end();
}

/// Transactions that go over turns, one behind the other, while the socket always has more: what
/// was answered before them leaves only behind the last one, and waits for far more turns than a
/// byte counts.
#[test]
fn long_transactions_do_not_postpone() {
    let (mut world, client) = armed_client(76);
    world.check(client, "SETRANGE key 2097151 x\r\n", ":2097152\r\n");
    world.run_until(|world| world.clients[client].is_armed);
    let long = b"MULTI\r\nBITCOUNT key\r\nPING\r\nEXEC\r\n";
    let first = [&b"PING\r\nCLIENT REPLY OFF\r\n"[..], long].concat();
    bring(&mut world, client, &first);
    for _ in 0..600 {
        if world.clients[client].is_armed {
            bring(&mut world, client, long);
        } else {
            world.turn();
        }
    }
    world.clients[client].outgoing.extend_from_slice(b"CLIENT REPLY ON\r\n");
    world.run_until(|world| world.clients[client].incoming.ends_with(b"+PONG\r\n+OK\r\n"));
    world.end();
}
