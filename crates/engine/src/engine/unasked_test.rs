//! Bytes, and the end of them, that come before the engine has asked for more.
use super::*;
use crate::connection::{Held, Parked};

/// A receive brings `bytes`, whether or not it was asked for.
fn bring(world: &mut World, client: usize, bytes: &[u8]) {
    world.bring(client, bytes, false);
}

fn bring_end(world: &mut World, client: usize, orderly: bool) {
    let connection = world.clients[client].id.unwrap();
    world.clients[client].is_armed = false;
    world.engine.handle(world.now, Event::ReceiveEnded { connection, orderly });
}

fn incoming_after(world: &mut World, client: usize, size: usize) -> String {
    world.run_until(|world| world.clients[client].incoming.len() >= size);
    String::from_utf8_lossy(&world.clients[client].incoming).into_owned()
}

/// One request in many pieces, in one turn: it is put together before it is looked at.
#[test]
fn pieces_of_one_turn_are_executed_together() {
    let mut world = World::new(&limits(), 60);
    let client = world.connect();
    world.turn();
    let request = command(&[b"ECHO", b"in many pieces"]);
    for piece in request.chunks(8) {
        bring(&mut world, client, piece);
    }
    let joined_count = request.len().div_ceil(8) as u32 - 1;
    assert_eq!(world.engine.marks().count(Mark::InputJoined), joined_count);
    assert_eq!(incoming_after(&mut world, client, 20), "$14\r\nin many pieces\r\n");
    world.end();
}

/// What is left of a turn's input moves to the front for what comes behind it, up to the last byte.
#[test]
fn pieces_fill_the_buffer_that_waits() {
    let mut world = World::new(&limits(), 61);
    let client = world.connect();
    world.check(client, "SETRANGE key 4194303 x\r\n", ":4194304\r\n");
    world.run_until(|world| world.clients[client].is_armed);
    let request = b"BITCOUNT key\r\n";
    let count = BUFFER_SIZE / request.len();
    bring(&mut world, client, &request.repeat(count));
    world.turn();
    let slot = world.clients[client].id.unwrap().slot as usize;
    let left_size = world.engine.connections[slot].input.as_ref().unwrap().filled_size() as usize;
    assert_eq!(left_size, (count - 1) * request.len(), "one command is a turn's work");
    bring(&mut world, client, &b"\n".repeat(BUFFER_SIZE - left_size));
    world.clients[client].outgoing.extend_from_slice(b"ECHO last\r\n");
    let replies = format!(":4194304\r\n{}$4\r\nlast\r\n", ":4\r\n".repeat(count));
    assert_eq!(incoming_after(&mut world, client, replies.len()), replies);
    world.end();
}

/// A client that reads nothing goes on sending: what comes waits in a buffer that is not the
/// driver's, is shown as its input, and is executed after the value that stands before it, though
/// the client has sent its end.
#[test]
fn input_of_who_waits_for_its_output_is_carried() {
    let roomy = Limits { reply_buffers_max: 96, reply_credit: 256 << 10, ..limits() };
    let mut world = World::new(&roomy, 62);
    let client = world.connect();
    let value = vec![b'v'; 2_000_000];
    let setting = String::from_utf8(command(&[b"SET", b"k", &value])).unwrap();
    world.check(client, &setting, "+OK\r\n");
    world.run_until(|world| world.clients[client].is_armed);
    world.clients[client].slowness = u64::MAX;
    bring(&mut world, client, b"GET k\r\n");
    world.turn();
    let slot = world.clients[client].id.unwrap().slot as usize;
    assert_eq!(world.engine.connections[slot].parked, Parked::Output);
    assert!(world.engine.connections[slot].input.is_none());
    for count in 1..=2 {
        bring(&mut world, client, b"PING\r\n");
        world.turn();
        let connection = &world.engine.connections[slot];
        assert_eq!((connection.parked, connection.input_held), (Parked::Output, Held::Carried));
        assert_eq!(world.engine.shared.sessions[slot].input_bytes, 6 * count);
        assert_eq!(world.receive.free_count(), world.receive.capacity());
    }
    bring_end(&mut world, client, true);
    world.clients[client].slowness = 1;
    let replies = [b"+OK\r\n", &bulk(&value)[..], b"+PONG\r\n+PONG\r\n"].concat();
    world.run_until(|world| world.clients[client].incoming.len() >= replies.len());
    assert!(world.clients[client].incoming == replies);
    world.run_until(|world| world.clients[client].is_closed);
    world.end();
}

/// Who sends its requests and is gone has sent them: an error that comes right behind them does not
/// undo that.
#[test]
fn what_came_before_an_error_is_executed() {
    let mut world = World::new(&limits(), 63);
    let (client, witness) = (world.connect(), world.connect());
    world.turn();
    bring(&mut world, client, b"SET k value\r\n");
    bring_end(&mut world, client, false);
    world.turn();
    world.check(witness, "GET k\r\n", "$5\r\nvalue\r\n");
    world.run_until(|world| world.clients[client].is_closed);
    // Where nothing waits it is closed at once.
    let idle = world.connect();
    world.turn();
    bring_end(&mut world, idle, false);
    let slot = world.clients[idle].id.unwrap().slot as usize;
    assert_eq!(world.engine.connections[slot].phase, Phase::Closing);
    world.end();
}
