//! The whole engine under a small simulated kernel: seeded fragments, late completions, slow
//! readers, clients that come and go. Every reply is judged, and at the end every pool is full
//! again.
use super::*;
use crate::event::{Action, Event, Peer, Signal};
use crate::marks::Mark;
use crate::memory::buffer::BUFFER_SIZE;
use crate::random::Random;
extern crate std;
use std::collections::HashMap;
use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

#[path = "group_test.rs"]
mod group_test;

#[path = "postponed_test.rs"]
mod postponed_test;

#[path = "room_test.rs"]
mod room_test;

#[path = "scratch_test.rs"]
mod scratch_test;

#[path = "unasked_test.rs"]
mod unasked_test;

#[path = "waiting_test.rs"]
mod waiting_test;

#[path = "transaction_test.rs"]
mod transaction_test;

/// The other end of a connection.
#[derive(Default)]
struct Client {
    id: Option<ConnectionId>,
    /// Bytes that it has still to send, and how many were delivered.
    outgoing: Vec<u8>,
    delivered: usize,
    /// What it received.
    incoming: Vec<u8>,
    is_armed: bool,
    in_flight: Option<BufferHandle>,
    refused: Option<Vec<u8>>,
    /// It will send no more.
    finishes: bool,
    is_finished: bool,
    is_close_asked: bool,
    is_closed: bool,
    /// One chance in so many to read in a step.
    slowness: u64,
}

/// A kernel with its clients. Sockets and clients have the same numbers.
struct World {
    engine: Engine,
    receive: BufferPool,
    now: Now,
    random: Random,
    clients: Vec<Client>,
    by_slot: HashMap<u32, usize>,
    slept_us: u64,
    stopped: Option<u8>,
}

fn limits() -> Limits {
    Limits {
        blocks_max: 512,
        data_bytes: 32 << 20,
        reply_max: 1 << 20,
        maxmemory: 64 << 20,
        staged_max: 64,
        pins_max: 64,
        ..Limits::tiny()
    }
}

impl World {
    fn new(limits: &Limits, seed: u64) -> Self {
        let mut engine = Engine::new(limits, Settings::new(), [7; 16], seed, Hooks::NONE);
        let receive = engine.take_receive_buffers();
        Self {
            engine,
            receive,
            now: Now { monotonic_ms: 1_000, unix_us: 1_000_000_000 },
            random: Random::new(seed),
            clients: Vec::new(),
            by_slot: HashMap::new(),
            slept_us: 0,
            stopped: None,
        }
    }

    fn connect_from(&mut self, peer: Peer) -> usize {
        let number = self.clients.len();
        self.clients.push(Client { slowness: 1, ..Client::default() });
        let event = Event::Accepted { socket: Socket(number as u32), peer };
        self.engine.handle(self.now, event);
        number
    }

    fn connect(&mut self) -> usize {
        self.connect_from(Peer::Unix)
    }

    fn client_of(&mut self, id: ConnectionId) -> &mut Client {
        let client = &mut self.clients[self.by_slot[&id.slot]];
        assert_eq!(client.id, Some(id), "an action for a life that is over");
        client
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Adopt { socket, connection } => {
                self.by_slot.insert(connection.slot, socket.0 as usize);
                self.clients[socket.0 as usize].id = Some(connection);
            }
            Action::Refuse { socket, line } => {
                self.clients[socket.0 as usize].refused = Some(line.to_vec());
            }
            Action::Receive { connection } => {
                let client = self.client_of(connection);
                assert!(!client.is_armed && !client.is_close_asked, "one receive at a time");
                client.is_armed = true;
            }
            Action::Return { buffer } => assert_eq!(self.receive.release(buffer), 1),
            Action::Send { connection, buffer } => {
                let client = self.client_of(connection);
                assert!(client.in_flight.is_none() && !client.is_close_asked, "one send at a time");
                client.in_flight = Some(buffer);
            }
            Action::Close { connection } => {
                let client = self.client_of(connection);
                assert!(!client.is_close_asked, "closed once");
                client.is_close_asked = true;
            }
            Action::Sleep { duration_us } => self.slept_us += duration_us,
            Action::Stop { status } => self.stopped = Some(status),
        }
    }

    /// A receive brings `bytes`.
    fn bring(&mut self, client: usize, bytes: &[u8], more_waits: bool) {
        let buffer = self.receive.acquire().unwrap();
        assert_eq!(buffer.append(bytes), bytes.len());
        let connection = self.clients[client].id.unwrap();
        self.clients[client].is_armed = false;
        self.engine.handle(self.now, Event::Received { connection, buffer, more_waits });
    }

    fn turn(&mut self) {
        self.engine.turn(self.now);
        while let Some(action) = self.engine.next_action() {
            self.act(action);
        }
    }

    /// Lets some of what can happen happen, then a turn.
    fn step(&mut self) {
        for number in 0..self.clients.len() {
            self.step_client(number);
        }
        let pause_ms = self.random.below(3);
        self.now.monotonic_ms += pause_ms;
        self.now.unix_us += pause_ms * 1000;
        self.turn();
    }

    fn step_client(&mut self, number: usize) {
        let now = self.now;
        let client = &mut self.clients[number];
        let Some(connection) = client.id else { return };
        if client.is_closed {
            return;
        }
        let reads = self.random.below(client.slowness) == 0;
        if (reads || client.is_close_asked)
            && let Some(buffer) = client.in_flight.take()
        {
            let mut sent_bytes = 0;
            let mut next = Some(&*buffer);
            while let Some(piece) = next {
                client.incoming.extend_from_slice(piece.filled());
                sent_bytes += piece.filled_size();
                next = piece.next();
            }
            self.engine.handle(now, Event::Sent { connection, buffer, sent_bytes });
            return;
        }
        let rest = &client.outgoing[client.delivered..];
        if client.is_armed && self.random.below(2) == 0 {
            if rest.is_empty() {
                if client.finishes || client.is_close_asked {
                    client.is_armed = false;
                    client.is_finished = true;
                    let event = Event::ReceiveEnded { connection, orderly: true };
                    self.engine.handle(now, event);
                }
            } else if let Some(buffer) = self.receive.acquire() {
                let size_max = if self.random.below(4) == 0 { 40 } else { BUFFER_SIZE as u64 };
                let size = 1 + self.random.below(size_max.min(rest.len() as u64)) as usize;
                assert_eq!(buffer.append(&rest[..size]), size);
                client.delivered += size;
                client.is_armed = false;
                let more_waits = size < rest.len();
                self.engine.handle(now, Event::Received { connection, buffer, more_waits });
            }
            return;
        }
        if client.is_close_asked && !client.is_armed && client.in_flight.is_none() {
            client.is_closed = true;
            self.engine.handle(now, Event::Closed { connection });
        } else if client.is_close_asked && self.random.below(2) == 0 {
            client.is_armed = false;
        }
    }

    /// The peer is gone: by what a send or a receive says.
    fn vanish(&mut self, number: usize) {
        let client = &mut self.clients[number];
        let Some(connection) = client.id.filter(|_| !client.is_close_asked) else { return };
        if let Some(buffer) = client.in_flight.take() {
            let sent_bytes = self.random.below(u64::from(buffer.filled_size())) as u32;
            self.engine.handle(self.now, Event::Sent { connection, buffer, sent_bytes });
        } else if client.is_armed {
            client.is_armed = false;
            self.engine.handle(self.now, Event::ReceiveEnded { connection, orderly: false });
        }
        self.turn();
    }

    fn run_until(&mut self, done: impl Fn(&Self) -> bool) {
        for _ in 0..200_000 {
            if done(self) {
                return;
            }
            self.step();
        }
        let states: Vec<_> = self
            .clients
            .iter()
            .map(|client| {
                (client.outgoing.len() - client.delivered, client.incoming.len(), client.is_armed)
            })
            .collect();
        panic!("it hangs: {states:?}");
    }

    /// Sends `bytes` and waits for `reply`.
    fn check(&mut self, client: usize, bytes: &str, reply: &str) {
        let start = self.clients[client].incoming.len();
        self.clients[client].outgoing.extend_from_slice(bytes.as_bytes());
        self.run_until(|world| {
            world.clients[client].incoming.len() >= start + reply.len()
                || world.clients[client].is_closed
        });
        let received = &self.clients[client].incoming[start..];
        assert_eq!(String::from_utf8_lossy(received), reply, "after {bytes:?}");
    }

    /// Everybody goes; then every pool is as full as at the start.
    fn end(mut self) {
        for client in &mut self.clients {
            (client.finishes, client.slowness) = (true, 1);
        }
        self.run_until(|world| {
            world.clients.iter().all(|client| client.is_closed || client.refused.is_some())
        });
        for _ in 0..10 {
            self.step();
        }
        assert_eq!(self.receive.free_count(), self.receive.capacity(), "receive buffers");
        assert_eq!(self.engine.carry.free_count(), self.engine.carry.capacity(), "carry buffers");
        assert_eq!(self.engine.requests.free_count(), self.engine.requests.capacity());
        let shared = &self.engine.shared;
        assert_eq!(shared.queues.free_count(), shared.queues.capacity(), "queue blocks");
        assert_eq!(shared.replies.used_count(), 0, "reply buffers");
        assert!(!shared.replies.jumbo_taken(), "the jumbo permit");
        assert_eq!(self.engine.kept_count, 0);
        assert_eq!(self.engine.free_slot_count, shared.limits.connection_slots());
        let [(pin_count, ..), (staged_count, ..)] = shared.store.large_values_used();
        assert_eq!((pin_count, staged_count), (0, 0), "pins and staged values");
    }
}

/// A request in the protocol's own form.
fn command(arguments: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", arguments.len()).into_bytes();
    for argument in arguments {
        bytes.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
        bytes.extend_from_slice(argument);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn bulk(bytes: &[u8]) -> Vec<u8> {
    let mut reply = format!("${}\r\n", bytes.len()).into_bytes();
    reply.extend_from_slice(bytes);
    reply.extend_from_slice(b"\r\n");
    reply
}

/// The size of the first reply in `bytes`, if it is complete.
fn reply_size(bytes: &[u8]) -> Option<usize> {
    let line = bytes.windows(2).position(|pair| pair == b"\r\n")? + 2;
    let number = || String::from_utf8_lossy(&bytes[1..line - 2]).parse::<i64>().unwrap();
    match bytes[0] {
        b'$' if number() >= 0 => {
            let size = line + number().cast_unsigned() as usize + 2;
            (bytes.len() >= size).then_some(size)
        }
        b'*' => {
            let mut size = line;
            for _ in 0..number().max(0) {
                size += reply_size(&bytes[size..])?;
            }
            Some(size)
        }
        _ => Some(line),
    }
}

/// A client with keys of its own, and what they hold.
struct Script {
    name: usize,
    values: HashMap<Vec<u8>, Vec<u8>>,
    /// Requests sent, whose replies are still to come.
    requests: Vec<Vec<Vec<u8>>>,
    judged: usize,
    read: usize,
    refused_count: usize,
}

impl Script {
    fn new(name: usize) -> Self {
        let (values, requests) = (HashMap::new(), Vec::new());
        Self { name, values, requests, judged: 0, read: 0, refused_count: 0 }
    }

    /// A random request, appended to `outgoing`.
    fn send(&mut self, random: &mut Random, outgoing: &mut Vec<u8>) {
        let key = format!("{}:{}", self.name, random.below(5)).into_bytes();
        let size = match random.below(12) {
            0 => random.below(200_000),
            1 | 2 => random.below(20_000),
            3 => 16_370 + random.below(30),
            _ => random.below(200),
        };
        let seed = random.bits();
        let value: Vec<u8> = (0..size).map(|at| (seed.wrapping_mul(at + 1) >> 40) as u8).collect();
        let verb = random.below(12);
        let request: Vec<Vec<u8>> = match verb {
            0..=3 => vec![b"SET".to_vec(), key, value],
            4..=7 => vec![b"GET".to_vec(), key],
            8 => vec![b"DEL".to_vec(), key],
            9 => vec![b"MGET".to_vec(), key.clone(), key],
            10 => vec![b"ECHO".to_vec(), value[..value.len().min(60_000)].to_vec()],
            _ => vec![b"PING".to_vec()],
        };
        if verb == 11 {
            outgoing.extend_from_slice(b"\r\nPING\r\n*0\r\n");
        } else {
            let arguments: Vec<&[u8]> = request.iter().map(Vec::as_slice).collect();
            outgoing.extend(command(&arguments));
        }
        self.requests.push(request);
    }

    /// Judges all complete replies.
    fn judge(&mut self, incoming: &[u8]) {
        while let Some(size) =
            incoming.get(self.read..).filter(|rest| !rest.is_empty()).and_then(reply_size)
        {
            let reply = &incoming[self.read..self.read + size];
            let request = self.requests[self.judged].clone();
            self.read += size;
            self.judged += 1;
            if reply.starts_with(b"-OOM") {
                self.refused_count += 1;
                continue;
            }
            let expected = self.expect(&request);
            assert!(
                reply == expected,
                "{:?} {:?}: got {:?}, expected {:?}",
                String::from_utf8_lossy(&request[0]),
                request.get(1).map(|key| String::from_utf8_lossy(&key[..key.len().min(20)])),
                String::from_utf8_lossy(&reply[..reply.len().min(60)]),
                String::from_utf8_lossy(&expected[..expected.len().min(60)]),
            );
        }
    }

    fn expect(&mut self, request: &[Vec<u8>]) -> Vec<u8> {
        let get = |key: &Vec<u8>| self.values.get(key).map_or(b"$-1\r\n".to_vec(), |v| bulk(v));
        match request[0].as_slice() {
            b"SET" => {
                self.values.insert(request[1].clone(), request[2].clone());
                b"+OK\r\n".to_vec()
            }
            b"GET" => get(&request[1]),
            b"DEL" => {
                let existed = self.values.remove(&request[1]).is_some();
                format!(":{}\r\n", u8::from(existed)).into_bytes()
            }
            b"MGET" => {
                let mut reply = b"*2\r\n".to_vec();
                reply.extend(get(&request[1]));
                reply.extend(get(&request[2]));
                reply
            }
            b"ECHO" => bulk(&request[1]),
            _ => b"+PONG\r\n".to_vec(),
        }
    }
}

/// Clients with random scripts; returns how many requests were refused for want of room.
fn random_scripts(limits: &Limits, seed: u64, request_count: usize) -> usize {
    let mut world = World::new(limits, seed);
    let mut scripts = Vec::new();
    for _ in 0..limits.connections_max {
        let client = world.connect();
        let slowness = 1 + world.random.below(10);
        world.clients[client].slowness = slowness;
        let mut script = Script::new(client);
        for _ in 0..request_count {
            let mut outgoing = core::mem::take(&mut world.clients[client].outgoing);
            script.send(&mut world.random, &mut outgoing);
            world.clients[client].outgoing = outgoing;
        }
        scripts.push(script);
    }
    for _ in 0..400_000 {
        world.step();
        let mut all_judged = true;
        for script in &mut scripts {
            let client = &world.clients[script.name];
            assert!(!client.is_closed, "seed {seed}: client {} was closed", script.name);
            script.judge(&client.incoming);
            all_judged &= script.judged == script.requests.len();
        }
        if all_judged {
            world.end();
            return scripts.iter().map(|script| script.refused_count).sum();
        }
    }
    let judged: Vec<_> = scripts.iter().map(|script| script.judged).collect();
    panic!("seed {seed} hangs: {judged:?} of {request_count}");
}

#[test]
fn random_scripts_are_answered_in_order_and_nothing_leaks() {
    for seed in 0..12 {
        assert_eq!(random_scripts(&limits(), seed, 150), 0, "seed {seed}");
    }
}

#[test]
fn tiny_pools_refuse_but_neither_hang_nor_leak() {
    let mut refused_count = 0;
    for seed in 100..112 {
        let limits = Limits {
            reply_buffers_max: 8,
            receive_buffers_max: 4,
            blocks_max: 8,
            ..Limits::tiny()
        };
        refused_count += random_scripts(&limits, seed, 100);
    }
    assert!(refused_count > 0, "the pools were never full: the test proves nothing");
}

#[test]
fn clients_that_vanish_at_any_moment_leave_nothing_behind() {
    for seed in 200..215 {
        let mut world = World::new(&limits(), seed);
        for _ in 0..60 {
            for _ in 0..world.random.below(4) {
                let client = world.connect();
                world.clients[client].slowness = 1 + world.random.below(30);
                let mut script = Script::new(client);
                let mut outgoing = Vec::new();
                for _ in 0..world.random.below(60) {
                    if world.random.below(10) == 0 {
                        outgoing.extend_from_slice(b"MULTI\r\nWATCH x\r\n");
                    }
                    script.send(&mut world.random, &mut outgoing);
                }
                world.clients[client].outgoing = outgoing;
            }
            world.turn();
            for _ in 0..world.random.below(30) {
                world.step();
            }
            for number in 0..world.clients.len() {
                if world.random.below(5) == 0 {
                    world.vanish(number);
                }
            }
        }
        world.end();
    }
}

#[test]
fn one_request_at_a_time() {
    let mut world = World::new(&limits(), 1);
    let client = world.connect();
    world.check(client, "PING\r\n", "+PONG\r\n");
    world.check(client, "set a \"x y\"\r\nget a\r\n", "+OK\r\n$3\r\nx y\r\n");
    world.check(client, "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", "$0\r\n\r\n");
    world.check(
        client,
        "nonsense\r\n",
        "-ERR unknown command 'nonsense', with args beginning with: \r\n",
    );
    world.end();
}

#[test]
fn transactions_through_every_pool() {
    let mut world = World::new(&limits(), 2);
    let client = world.connect();
    let large = "v".repeat(100_000);
    let mut bytes = String::from("MULTI\r\n");
    let set = command(&[b"SET", b"k", large.as_bytes()]);
    bytes.push_str(&String::from_utf8(set).unwrap());
    bytes.push_str("APPEND k x\r\nSTRLEN k\r\nEXEC\r\n");
    let queued = "+QUEUED\r\n".repeat(3);
    world.check(client, &bytes, &format!("+OK\r\n{queued}*3\r\n+OK\r\n:100001\r\n:100001\r\n"));
    // Left open: the queue goes with the connection.
    world.check(client, "MULTI\r\nSET k v\r\n", "+OK\r\n+QUEUED\r\n");
    world.end();
}

#[test]
fn a_malformed_request_ends_the_connection_after_its_error() {
    for (bytes, reply) in [
        ("PING\r\n*3x\r\nPING\r\n", "+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n"),
        ("*1\r\nfoo\r\n", "-ERR Protocol error: expected '$', got 'f'\r\n"),
        ("QUIT\r\nPING\r\n", "+OK\r\n"),
    ] {
        let mut world = World::new(&limits(), 3);
        let client = world.connect();
        world.check(client, bytes, reply);
        world.run_until(|world| world.clients[client].is_closed);
        assert_eq!(world.clients[client].incoming, reply.as_bytes());
        world.end();
    }
}

#[test]
fn after_a_fin_the_replies_are_still_delivered() {
    let mut world = World::new(&limits(), 4);
    let client = world.connect();
    world.clients[client].slowness = 20;
    world.clients[client].outgoing.extend(b"PING\r\n".repeat(3000));
    world.clients[client].finishes = true;
    world.run_until(|world| world.clients[client].is_closed);
    assert_eq!(world.clients[client].incoming, b"+PONG\r\n".repeat(3000));
    world.end();
}

#[test]
fn slots_are_bounded_and_two_are_kept_for_local_clients() {
    let mut world = World::new(&limits(), 5);
    let address = "10.0.0.9:7000".parse().unwrap();
    let local = "10.0.0.1:6379".parse().unwrap();
    let remote = Peer::Tcp { address, local };
    let denied = world.connect_from(remote);
    world.turn();
    let line = world.clients[denied].refused.clone().unwrap();
    assert!(line.starts_with(b"-DENIED") && line.ends_with(b"\r\n"));
    let admin = world.connect();
    world.turn();
    world.check(admin, "CONFIG SET protected-mode no\r\n", "+OK\r\n");
    for _ in 0..limits().connections_max - 1 {
        let client = world.connect_from(remote);
        world.turn();
        world.check(client, "PING\r\n", "+PONG\r\n");
    }
    let refused = world.connect_from(remote);
    world.turn();
    let line = world.clients[refused].refused.clone().unwrap();
    assert_eq!(line, b"-ERR max number of clients reached\r\n");
    for _ in 0..limits().connections_reserved {
        let client = world.connect();
        world.turn();
        world.check(client, "PING\r\n", "+PONG\r\n");
    }
    let refused = world.connect();
    world.turn();
    assert!(world.clients[refused].refused.is_some());
    // A slot that was left can be used again, in another life.
    world.clients[admin].finishes = true;
    world.run_until(|world| world.clients[admin].is_closed);
    let next = world.connect();
    world.turn();
    let (old, new) = (world.clients[admin].id.unwrap(), world.clients[next].id.unwrap());
    assert_eq!(old.slot, new.slot);
    assert_ne!(old.generation, new.generation);
    // Late news of the former life reach nobody.
    let buffer = world.receive.acquire().unwrap();
    buffer.append(b"FLUSHALL\r\n");
    world.engine.handle(world.now, Event::Received { connection: old, buffer, more_waits: false });
    world.engine.handle(world.now, Event::ReceiveEnded { connection: old, orderly: false });
    world.check(next, "PING\r\n", "+PONG\r\n");
    world.end();
}

#[test]
fn who_does_not_read_is_closed_and_hurts_nobody() {
    let mut world = World::new(&limits(), 6);
    let (hog, other) = (world.connect(), world.connect());
    world.turn();
    world.check(other, "CONFIG SET output-stall-timeout 5000\r\n", "+OK\r\n");
    world.clients[hog].slowness = u64::MAX;
    world.clients[hog].outgoing.extend(b"PING\r\n".repeat(200_000));
    for _ in 0..2_000 {
        world.step();
        assert!(world.engine.shared.replies.free_count() >= 16, "it takes more than its credit");
    }
    let delivered = world.clients[hog].delivered;
    assert!(delivered < 600_000, "it is not slowed down");
    world.check(other, "PING\r\n", "+PONG\r\n");
    world.now.monotonic_ms += 10_000;
    world.run_until(|world| world.clients[hog].is_closed);
    world.check(other, "PING\r\n", "+PONG\r\n");
    assert!(world.engine.shared.statistics.traffic.stalled_count > 0);
    world.end();
}

#[test]
fn those_who_do_not_read_cannot_keep_all_receive_buffers() {
    let limits = Limits { receive_buffers_max: 4, blocks_max: 4, ..limits() };
    let mut world = World::new(&limits, 12);
    for _ in 0..7 {
        let hog = world.connect();
        world.clients[hog].slowness = u64::MAX;
        world.clients[hog].outgoing.extend(b"PING\r\n".repeat(60_000));
    }
    for _ in 0..500 {
        world.step();
    }
    assert_eq!(world.receive.free_count(), 0, "the test proves nothing");
    let other = world.connect();
    world.turn();
    world.check(other, "PING\r\n", "+PONG\r\n");
    world.end();
}

#[test]
fn idle_clients_and_slow_requests_end() {
    let mut world = World::new(&limits(), 7);
    let (idle, slow, admin) = (world.connect(), world.connect(), world.connect());
    world.turn();
    world.check(admin, "CONFIG SET timeout 20 request-timeout 5000\r\n", "+OK\r\n");
    world.check(
        slow,
        "*2\r\n$4\r\nECHO\r\n$1\r\nx\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$99999\r\nvvv",
        "$1\r\nx\r\n",
    );
    world.now.monotonic_ms += 10_000;
    world.run_until(|world| world.clients[slow].is_closed);
    world.check(admin, "PING\r\n", "+PONG\r\n");
    world.now.monotonic_ms += 15_000;
    world.run_until(|world| world.clients[idle].is_closed);
    world.check(admin, "CONFIG SET timeout 0\r\n", "+OK\r\n");
    world.end();
}

#[test]
fn a_large_value_streams_to_a_slow_reader_while_others_change_it() {
    let mut world = World::new(&limits(), 8);
    let (reader, writer) = (world.connect(), world.connect());
    world.turn();
    let value = "0123456789".repeat(300_000);
    let set = String::from_utf8(command(&[b"SET", b"k", value.as_bytes()])).unwrap();
    world.check(writer, &set, "+OK\r\n");
    world.clients[reader].slowness = 30;
    world.clients[reader].outgoing.extend_from_slice(b"GET k\r\nPING\r\nSTRLEN k\r\n");
    world.run_until(|world| world.clients[reader].incoming.len() > 200_000);
    world.check(writer, "SET k short\r\n", "+OK\r\n");
    let expected = format!("$3000000\r\n{value}\r\n+PONG\r\n:5\r\n");
    world.run_until(|world| world.clients[reader].incoming.len() >= expected.len());
    assert!(world.clients[reader].incoming == expected.as_bytes(), "the value was torn");
    world.check(writer, "DEL k\r\n", ":1\r\n");
    world.end();
}

#[test]
fn a_killed_client_is_gone_in_the_same_turn() {
    let mut world = World::new(&limits(), 9);
    let (victim, killer) = (world.connect(), world.connect());
    world.turn();
    world.check(victim, "MULTI\r\nSET a b\r\n", "+OK\r\n+QUEUED\r\n");
    world.check(killer, "CLIENT KILL ID 1\r\n", ":1\r\n");
    world.run_until(|world| world.clients[victim].is_closed);
    world.check(killer, "EXISTS a\r\n", ":0\r\n");
    world.end();
}

#[test]
fn the_server_ends_when_told_and_cuts_who_does_not_read() {
    let mut world = World::new(&limits(), 10);
    let (deaf, other) = (world.connect(), world.connect());
    world.turn();
    world.clients[deaf].slowness = u64::MAX;
    world.clients[deaf].outgoing.extend_from_slice(b"PING\r\n");
    world.check(other, "PING\r\n", "+PONG\r\n");
    world.run_until(|world| {
        world.clients[deaf].in_flight.is_some() && world.clients[other].is_armed
    });
    // A request that has come and is not executed any more.
    let connection = world.clients[other].id.expect("it was let in");
    let buffer = world.receive.acquire().expect("nobody holds one");
    assert_eq!(buffer.append(b"PING\r\n"), 6);
    world.clients[other].is_armed = false;
    world.engine.handle(world.now, Event::Received { connection, buffer, more_waits: false });
    world.engine.handle(world.now, Event::Signal(Signal::Terminate));
    assert_eq!(world.engine.marks().count(Mark::StopWaited), 1);
    world.run_until(|world| world.clients[other].is_closed);
    assert_eq!(world.stopped, None, "one reply is still on its way");
    let late = world.connect();
    world.turn();
    assert!(world.clients[late].refused.is_some());
    world.now.monotonic_ms += 900;
    world.turn();
    assert_eq!(world.stopped, Some(0));
    assert_eq!(world.engine.marks().count(Mark::StopCut), 1);
}

#[test]
fn debug_sleep_comes_before_its_reply() {
    let mut world = World::new(&limits(), 11);
    let client = world.connect();
    world.turn();
    let enable = world
        .engine
        .shared
        .settings
        .set(crate::options::table::option("enable-debug-command"), b"yes");
    assert!(enable.is_ok());
    world.engine.shared.apply_settings();
    world.check(client, "DEBUG SLEEP 0.01\r\n", "+OK\r\n");
    assert_eq!(world.slept_us, 10_000);
    world.end();
}

#[test]
fn who_never_authenticates_is_closed_in_the_end() {
    let mut world = World::new(&limits(), 12);
    let password =
        world.engine.shared.settings.set(crate::options::table::option("requirepass"), b"sesame");
    assert!(password.is_ok());
    world.engine.shared.apply_settings();
    let (stubborn, honest) = (world.connect(), world.connect());
    world.turn();
    let refusal = "-NOAUTH Authentication required.\r\n";
    for _ in 0..1024 {
        world.check(stubborn, "PING\r\n", refusal);
    }
    world.run_until(|world| world.clients[stubborn].is_closed);
    world.check(honest, "PING\r\n", refusal);
    world.check(honest, "AUTH sesame\r\n", "+OK\r\n");
    world.check(honest, "PING\r\n", "+PONG\r\n");
    world.end();
}

#[test]
fn all_that_wait_are_woken_though_many_before_them_are_gone() {
    let limits = Limits { connections_max: 128, ..limits() };
    let mut world = World::new(&limits, 14);
    for _ in 0..100 {
        world.connect();
    }
    world.turn();
    for slot in 0..100 {
        world.engine.park(slot, crate::connection::Parked::Pool);
    }
    for slot in 0..70 {
        world.engine.close(slot);
    }
    for _ in 0..3 {
        world.turn();
    }
    assert_eq!(world.engine.waiting.count(), 0, "somebody waits for what is there");
}

#[test]
fn a_transaction_may_queue_a_command_of_many_arguments() {
    let limits = Limits { args_max: 20_000, blocks_max: 1024, ..limits() };
    let mut world = World::new(&limits, 15);
    let client = world.connect();
    let mut mset = vec![&b"MSET"[..]];
    let names: Vec<String> = (0..5_000).map(|number| format!("{number}")).collect();
    for name in &names {
        mset.extend([name.as_bytes(), b"v"]);
    }
    world.check(client, "MULTI\r\n", "+OK\r\n");
    let mset = String::from_utf8(command(&mset)).expect("it is plain text");
    world.check(client, &mset, "+QUEUED\r\n");
    world.check(client, "EXEC\r\n", "*1\r\n+OK\r\n");
    world.check(client, "DBSIZE\r\n", ":5000\r\n");
    world.end();
}

#[test]
fn a_transaction_that_failed_for_room_keeps_no_blocks() {
    let mut world = World::new(&limits(), 16);
    let client = world.connect();
    world.check(client, "MULTI\r\n", "+OK\r\n");
    world.check(client, "SET key value\r\n", "+QUEUED\r\n");
    let argument = "a".repeat(10_000);
    let mut del = vec![&b"DEL"[..]];
    del.resize(40, argument.as_bytes());
    let request = String::from_utf8(command(&del)).expect("it is plain text");
    let error = "-OOM command needs 262145, which is more than 'request-size-max' allows\r\n";
    world.check(client, &request, error);
    let queues = &world.engine.shared.queues;
    assert_eq!(queues.free_count(), queues.capacity());
    let error = "-EXECABORT Transaction discarded because of previous errors.\r\n";
    world.check(client, "EXEC\r\n", error);
    world.end();
}

#[test]
fn a_turn_takes_few_commands_that_look_through_much() {
    let mut world = World::new(&limits(), 17);
    let client = world.connect();
    world.check(client, "SETRANGE key 4194303 x\r\n", ":4194304\r\n");
    let connection = world.clients[client].id.expect("it was let in");
    let buffer = world.receive.acquire().expect("nobody holds one");
    assert_eq!(buffer.append(&b"BITCOUNT key\r\n".repeat(40)), 40 * 14);
    world.clients[client].is_armed = false;
    world.engine.handle(world.now, Event::Received { connection, buffer, more_waits: false });
    world.turn();
    let input = &world.engine.connections[connection.slot as usize].input;
    let left_size = input.as_ref().map_or(0, |input| input.filled_size());
    assert_eq!(left_size, 39 * 14, "one command is a turn's work");
    world.run_until(|world| world.clients[client].incoming.len() == 10 + 40 * 4);
    world.end();
}

#[test]
fn large_values_are_not_kept_for_who_never_ends_its_request() {
    let mut world = World::new(&limits(), 18);
    let (client, greedy) = (world.connect(), world.connect());
    let value = "v".repeat(30_000);
    // Complete but for the end of the line.
    let bulk = format!("$30000\r\n{value}\r");
    let begun = format!("PING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n{bulk}");
    world.check(client, &begun, "+PONG\r\n");
    world
        .run_until(|world| world.clients[client].outgoing.len() == world.clients[client].delivered);
    for _ in 0..10 {
        world.step();
    }
    assert_eq!(world.engine.shared.store.large_values_used()[1].0, 1);
    let mset = format!(
        "*35\r\n$4\r\nMSET{}\r\n",
        format!("\r\n$1\r\nk\r\n{bulk}\n").trim_end().repeat(17)
    );
    let error = "-OOM staged-values-max large values are arriving\r\n";
    world.check(greedy, &mset, error);
    world.now.monotonic_ms += 10 * 60_000;
    world.run_until(|world| world.clients[client].is_closed);
    world.end();
}
