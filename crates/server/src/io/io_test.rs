//! Both drivers over real sockets, `io_uring` also with one-shot receives alone: the same clients,
//! the same expectations.
use super::Choice;
use super::echo_server::{CLOSE_COMMAND, EchoServer, REFUSAL, Seen, Sizes};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

/// Runs `client` against a server of each kind; what this machine lacks is left out.
fn check(sizes: Sizes, client: impl Fn(&EchoServer), expect: impl Fn(&Seen)) {
    for (choice, receives_once) in
        [(Choice::Uring, false), (Choice::Uring, true), (Choice::Epoll, true)]
    {
        if let Some(server) = EchoServer::start(choice, Sizes { receives_once, ..sizes }) {
            client(&server);
            expect(&server.stop());
        }
    }
}

/// Bytes in which each position differs from its neighbours, also a buffer further.
fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|index| (index % 251 + index / 16_368) as u8).collect()
}

fn read_exactly(stream: &mut impl Read, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    stream.read_exact(&mut bytes).expect("an echo");
    bytes
}

#[track_caller]
fn assert_ended(stream: &mut impl Read) {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => assert_eq!(rest, b"", "bytes after the last reply"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

/// Calls `is_done` until it says so; fails after a time that only a hang takes.
#[track_caller]
fn poll(what: &str, mut is_done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_done() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn one_byte_at_a_time() {
    check(
        Sizes::DEFAULT,
        |server| {
            let mut stream = server.connect();
            for byte in b"*1\r\n$4\r\nPING\r\n" {
                stream.write_all(&[*byte]).expect("room");
                assert_eq!(read_exactly(&mut stream, 1), [*byte]);
            }
        },
        // Each byte was answered before the next one was sent.
        |seen| assert_eq!((seen.accepted_count, seen.failed_count, seen.more_count), (1, 0, 0)),
    );
}

#[test]
fn a_megabyte_each_way() {
    check(
        Sizes::DEFAULT,
        |server| {
            let sent = pattern(1 << 20);
            let mut stream = server.connect();
            let mut writer = stream.try_clone().expect("a descriptor");
            let bytes = sent.clone();
            let thread = std::thread::spawn(move || {
                writer.write_all(&bytes).expect("the server reads");
                writer.shutdown(Shutdown::Write).expect("connected");
            });
            assert!(read_exactly(&mut stream, sent.len()) == sent, "an echo in order");
            assert_ended(&mut stream);
            thread.join().expect("written");
        },
        |seen| {
            assert_eq!(seen.failed_count, 0);
            assert!(seen.more_count > 0, "a socket holds more than a buffer does");
        },
    );
}

/// Small socket buffers and a client that writes everything before it reads: sends are short, and
/// the server stops reading. Nothing may be lost or sent twice.
#[test]
fn a_slow_reader_gets_every_byte_once() {
    let sizes = Sizes { socket_buffer_size: Some(4096), ..Sizes::DEFAULT };
    check(
        sizes,
        |server| {
            let sent = pattern(400_000);
            let mut stream = server.connect();
            stream.set_nonblocking(true).expect("a socket option");
            let (mut written, mut received) = (0, Vec::new());
            let mut chunk = [0; 1000];
            poll("the echo of everything", || {
                let is_stuck = match stream.write(&sent[written..]) {
                    Ok(size) => {
                        written += size;
                        size == 0
                    }
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::WouldBlock);
                        true
                    }
                };
                // Reads little, and only when nothing can be written: the slowest that still ends.
                if is_stuck {
                    match stream.read(&mut chunk) {
                        Ok(size) => received.extend_from_slice(&chunk[..size]),
                        Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                    }
                }
                received.len() == sent.len()
            });
            assert!(received == sent, "an echo in order");
        },
        |seen| assert_eq!((seen.failed_count, seen.short_send_count), (0, 0)),
    );
}

#[test]
fn a_half_closed_client_gets_its_reply() {
    check(
        Sizes::DEFAULT,
        |server| {
            for round in 0..50 {
                let mut stream = server.connect();
                stream.write_all(format!("request {round}").as_bytes()).expect("room");
                stream.shutdown(Shutdown::Write).expect("connected");
                let mut reply = String::new();
                stream.read_to_string(&mut reply).expect("a reply, then the end");
                assert_eq!(reply, format!("request {round}"));
            }
        },
        |seen| {
            assert_eq!((seen.accepted_count, seen.failed_count), (50, 0));
            assert!(seen.generation_max > 1, "slots are reused, each time as another life");
        },
    );
}

/// The client asks for more than the sockets hold, reads nothing, and resets: closing with unread
/// input does that. The chain comes back, short.
#[test]
fn a_reset_while_sending_gives_the_chain_back() {
    let sizes = Sizes { socket_buffer_size: Some(4096), ..Sizes::DEFAULT };
    check(
        sizes,
        |server| {
            let mut stream = server.connect();
            stream.set_nonblocking(true).expect("a socket option");
            let bytes = pattern(64 * 1024);
            poll("a full pipe", || stream.write(&bytes).is_err() && server.is_stuck_sending());
            drop(stream);
        },
        |seen| assert_eq!((seen.closed_count, seen.short_send_count), (1, 1)),
    );
}

#[test]
fn sixty_four_connections_at_once() {
    check(
        // Fewer receive buffers than connections: some receives find none and must wait.
        Sizes { receive_buffers: 4, ..Sizes::DEFAULT },
        |server| {
            let mut streams: Vec<TcpStream> = (0..64).map(|_| server.connect()).collect();
            for round in 0..20 {
                for (index, stream) in streams.iter_mut().enumerate() {
                    stream.write_all(format!("{index:03} {round:03}").as_bytes()).expect("room");
                }
                for (index, stream) in streams.iter_mut().enumerate() {
                    let reply = read_exactly(stream, 7);
                    assert_eq!(reply, format!("{index:03} {round:03}").as_bytes());
                }
            }
        },
        |seen| assert_eq!((seen.accepted_count, seen.failed_count), (64, 0)),
    );
}

#[test]
fn a_receive_in_flight_ends_when_its_connection_closes() {
    check(
        Sizes::DEFAULT,
        |server| {
            for _ in 0..20 {
                let mut stream = server.connect();
                stream.write_all(CLOSE_COMMAND).expect("room");
                assert_eq!(read_exactly(&mut stream, CLOSE_COMMAND.len()), CLOSE_COMMAND);
                assert_ended(&mut stream);
            }
        },
        |seen| assert_eq!((seen.closed_count, seen.failed_count), (20, 0)),
    );
}

#[test]
fn a_refused_client_gets_its_line() {
    check(
        Sizes { slots: 2, ..Sizes::DEFAULT },
        |server| {
            let mut accepted = [server.connect(), server.connect()];
            for stream in &mut accepted {
                stream.write_all(b"mine").expect("room");
                assert_eq!(read_exactly(stream, 4), b"mine");
            }
            for _ in 0..100 {
                let mut refused = server.connect();
                // Sent before the line is read, as clients do: it must not destroy the line.
                let _ = refused.write_all(b"*1\r\n$4\r\nPING\r\n");
                assert_eq!(read_exactly(&mut refused, REFUSAL.len()), REFUSAL);
                assert_ended(&mut refused);
            }
            drop(accepted);
            // The slots are free again, for other lives.
            poll("a free slot", || {
                let mut stream = server.connect();
                let _ = stream.write_all(b"next");
                let mut reply = [0; 4];
                stream.read_exact(&mut reply).is_ok() && reply == *b"next"
            });
        },
        |seen| assert!(seen.generation_max >= 2),
    );
}

/// Bytes and the end that come together: the bytes are answered, and the end is seen.
#[test]
fn an_end_that_comes_with_bytes_is_seen() {
    check(
        Sizes::DEFAULT,
        |server| {
            for _ in 0..200 {
                let mut stream = UnixStream::connect(&server.unix_path).expect("it listens");
                stream.set_read_timeout(Some(Duration::from_secs(10))).expect("an option");
                stream.write_all(b"bytes").expect("room");
                stream.shutdown(Shutdown::Write).expect("it is connected");
                let mut echo = Vec::new();
                stream.read_to_end(&mut echo).expect("the server ends it, too");
                assert_eq!(echo, b"bytes");
            }
        },
        |seen| assert_eq!((seen.accepted_count, seen.failed_count), (200, 0)),
    );
}

#[test]
fn a_unix_socket_serves_too() {
    check(
        Sizes::DEFAULT,
        |server| {
            let mode = std::fs::metadata(&server.unix_path).expect("the socket's file");
            let mode = std::os::unix::fs::PermissionsExt::mode(&mode.permissions());
            assert_eq!(mode & 0o777, 0o700);
            let sent = pattern(300_000);
            let mut stream = UnixStream::connect(&server.unix_path).expect("the server listens");
            let mut writer = stream.try_clone().expect("a descriptor");
            let bytes = sent.clone();
            let thread = std::thread::spawn(move || {
                writer.write_all(&bytes).expect("the server reads");
                writer.shutdown(Shutdown::Write).expect("connected");
            });
            assert!(read_exactly(&mut stream, sent.len()) == sent, "an echo in order");
            assert_ended(&mut stream);
            thread.join().expect("written");
        },
        |seen| assert_eq!((seen.accepted_count, seen.failed_count), (1, 0)),
    );
}

/// The ring outlives its process, or here its thread, for a moment; its listeners do not.
#[test]
fn a_successor_can_listen_at_once() {
    for choice in [Choice::Uring, Choice::Epoll] {
        let Some(server) = EchoServer::start(choice, Sizes::DEFAULT) else {
            continue;
        };
        let address = server.address;
        let mut streams: Vec<TcpStream> = (0..64).map(|_| server.connect()).collect();
        for stream in &mut streams {
            stream.write_all(b"here").expect("room");
            assert_eq!(read_exactly(stream, 4), b"here");
        }
        drop(streams);
        server.stop();
        TcpListener::bind(address).expect("the address is free");
    }
}

/// An idle server sleeps: it makes no turns but those that its timeout asks for.
#[test]
fn idle_connections_cost_no_turns() {
    let seconds = Duration::from_millis(200);
    check(
        Sizes::DEFAULT,
        |server| {
            let _streams: Vec<TcpStream> = (0..32).map(|_| server.connect()).collect();
            let start = Instant::now();
            poll("time", || {
                std::thread::park_timeout(Duration::from_millis(20));
                start.elapsed() > seconds
            });
        },
        // The server's own timeout is 10 ms: 20 turns, and a few for the clients' coming and going.
        |seen| assert!(seen.turn_count < 200, "{} turns", seen.turn_count),
    );
}
