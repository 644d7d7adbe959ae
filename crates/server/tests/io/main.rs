//! What a driver does with what belongs to the whole process: signals and the limit of
//! descriptors; and the whole server, sealed, with each driver. A program of its own, on one
//! thread, because no other test may feel it.
use granite_engine::event::{Action, Event, Signal};
use granite_engine::memory::buffer::BufferPool;
use granite_server::io::sockets::{self, ListenOptions};
use granite_server::io::{Choice, Io, Parts};
use granite_server::signals::Signals;
use rustix::process::{Pid, Resource, Rlimit, getpid, getrlimit, kill_process, setrlimit};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    for choice in [Choice::Uring, Choice::Epoll] {
        let path = std::env::temp_dir().join(format!("granite-process-{}", std::process::id()));
        let Some(mut io) = open(choice, &path) else {
            continue;
        };
        signals_are_events(&mut io);
        accepting_rests_while_there_are_no_descriptors(&mut io, &path);
        std::fs::remove_file(&path).expect("the listener made it");
        the_server_serves_sealed_and_ends_with_status_0(io.kind().name(), &path);
        println!("{:?}: signals, descriptors and the sealed server as they must be", io.kind());
    }
}

fn open(choice: Choice, path: &Path) -> Option<Io> {
    let listeners = sockets::open(&ListenOptions {
        bind: &[],
        port: 0,
        backlog: 16,
        keepalive_s: 0,
        socket_buffer_size: None,
        unix_path: Some(path),
        unix_permission: None,
    })
    .expect("a path of our own");
    let signals = Signals::open().expect("signals");
    let parts = Parts { listeners, signals, connection_slots: 8, buffers: BufferPool::new(4) };
    match Io::open(choice, parts) {
        Ok((io, _)) => Some(io),
        Err(error) => {
            assert!(error.fallback().is_some(), "a broken engine: {error}");
            std::fs::remove_file(path).expect("the listener made it");
            None
        }
    }
}

/// Turns until `count` events have come, or for so long.
fn turns(io: &mut Io, count: usize, time: Duration) -> (Vec<Event>, u32) {
    let start = Instant::now();
    let (mut events, mut turn_count) = (Vec::new(), 0);
    while events.len() < count && start.elapsed() < time {
        let left = time.saturating_sub(start.elapsed()).as_millis() as u32 + 1;
        io.wait(Some(left));
        turn_count += 1;
        while let Some(event) = io.next_event() {
            events.push(event);
        }
    }
    (events, turn_count)
}

fn signals_are_events(io: &mut Io) {
    for (number, signal) in [
        (rustix::process::Signal::HUP, Signal::Hangup),
        (rustix::process::Signal::TERM, Signal::Terminate),
        (rustix::process::Signal::INT, Signal::Terminate),
    ] {
        kill_process(getpid(), number).expect("a signal to ourselves");
        let (events, _) = turns(io, 1, Duration::from_secs(10));
        assert!(matches!(events[..], [Event::Signal(seen)] if seen == signal), "{events:?}");
    }
}

/// Clients wait in the backlog, the driver neither spins nor gives up, and once there are
/// descriptors again they are let in.
fn accepting_rests_while_there_are_no_descriptors(io: &mut Io, path: &Path) {
    // More than a ring accepts with the limit that was in force when it was asked to.
    let clients: Vec<_> =
        (0..12).map(|_| UnixStream::connect(path).expect("a place in the backlog")).collect();
    let before = getrlimit(Resource::Nofile);
    // What is open stays open; nothing more can be.
    let limit = Rlimit { current: Some(0), maximum: before.maximum };
    setrlimit(Resource::Nofile, limit).expect("a lower limit is always allowed");
    let start = Instant::now();
    let (mut accepted_count, mut turn_count) = (0, 0);
    while start.elapsed() < Duration::from_millis(500) {
        let (events, its_turn_count) = turns(io, 1, Duration::from_millis(500));
        accepted_count += refuse_all(io, events);
        turn_count += its_turn_count;
    }
    assert!(accepted_count < clients.len(), "accepted without a descriptor");
    assert!(turn_count < 50, "{turn_count} turns in half a second: it spins");

    setrlimit(Resource::Nofile, before).expect("the old limit");
    let start = Instant::now();
    while accepted_count < clients.len() {
        let (events, _) = turns(io, 1, Duration::from_secs(10));
        accepted_count += refuse_all(io, events);
        assert!(start.elapsed() < Duration::from_secs(20), "some were never let in");
    }
    for mut client in clients {
        let mut line = String::new();
        client.read_to_string(&mut line).expect("a line, then the end");
        assert_eq!(line, "-ERR full\r\n");
    }
}

fn refuse_all(io: &mut Io, events: Vec<Event>) -> usize {
    let count = events.len();
    for event in events {
        let Event::Accepted { socket, .. } = event else {
            panic!("only connections were made: {event:?}");
        };
        io.submit(Action::Refuse { socket, line: b"-ERR full\r\n" });
    }
    count
}

/// Whatever a driver does after the seal, down to the end of the process, is allowed by it.
fn the_server_serves_sealed_and_ends_with_status_0(engine: &str, path: &Path) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_granite"))
        .args(["--port", "0", "--maxclients", "64", "--maxmemory", "64mb", "--io", engine])
        .arg("--unixsocket")
        .arg(path)
        .stdout(Stdio::null())
        .spawn()
        .expect("the server is built");
    let start = Instant::now();
    let mut client = loop {
        match UnixStream::connect(path) {
            Ok(client) => break client,
            Err(_) => std::thread::park_timeout(Duration::from_millis(5)),
        }
        assert!(start.elapsed() < Duration::from_secs(20), "the server does not listen");
    };
    client.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket option");
    client.write_all(b"SET key value\r\nGET key\r\nINFO server\r\n").expect("room");
    let mut replies = Vec::new();
    let field = format!("io_engine:{engine}\r\n");
    while !String::from_utf8_lossy(&replies).contains(&field) {
        let mut chunk = [0; 4096];
        let size = client.read(&mut chunk).expect("replies");
        assert!(size > 0, "the server is gone: {}", String::from_utf8_lossy(&replies));
        replies.extend_from_slice(&chunk[..size]);
    }
    assert!(replies.starts_with(b"+OK\r\n$5\r\nvalue\r\n$"));
    let process = Pid::from_raw(server.id().cast_signed()).expect("a process id");
    kill_process(process, rustix::process::Signal::TERM).expect("a child of ours");
    assert_eq!(server.wait().expect("a child of ours").code(), Some(0), "with {engine}");
}
