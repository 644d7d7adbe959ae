//! The whole engine under a small simulated kernel.
use super::*;
use crate::event::{Action, Event, Peer};
extern crate std;
use std::vec::Vec;

/// A kernel that does at once what it is asked for.
struct Kernel {
    engine: Engine,
    receive: BufferPool,
    now: Now,
}

impl Kernel {
    fn new() -> Self {
        let mut engine = Engine::new(&Limits::tiny(), Settings::new(), [7; 16], 7, Hooks::NONE);
        let receive = engine.take_receive_buffers();
        Self { engine, receive, now: Now { monotonic_ms: 1, unix_us: 1_000_000 } }
    }
}

#[test]
fn ping_is_answered() {
    let mut kernel = Kernel::new();
    let now = kernel.now;
    kernel.engine.handle(now, Event::Accepted { socket: Socket(3), peer: Peer::Unix });
    kernel.engine.turn(now);
    let mut connection = None;
    while let Some(action) = kernel.engine.next_action() {
        match action {
            Action::Adopt { connection: id, .. } => connection = Some(id),
            Action::Receive { connection: id } => assert_eq!(Some(id), connection),
            other => panic!("unexpected {other:?}"),
        }
    }
    let connection = connection.unwrap();
    let buffer = kernel.receive.acquire().unwrap();
    buffer.append(b"PING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n");
    kernel.engine.handle(now, Event::Received { connection, buffer });
    kernel.engine.turn(now);
    let mut sent = Vec::new();
    while let Some(action) = kernel.engine.next_action() {
        match action {
            Action::Send { buffer, .. } => {
                sent.extend_from_slice(buffer.filled());
                let sent_bytes = buffer.filled_size();
                kernel.engine.handle(now, Event::Sent { connection, buffer, sent_bytes });
            }
            Action::Return { buffer } => drop(kernel.receive.release(buffer)),
            Action::Receive { .. } => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    assert_eq!(sent, b"+PONG\r\n$2\r\nhi\r\n");
    assert_eq!(kernel.receive.free_count(), kernel.receive.capacity());
}
