//! Bad inputs 81 to 89: signals, a log that nobody reads, strangers.
use crate::client::{Client, assert_error};
use crate::server::{Server, free_port, wait_until, with_each_engine};
use granite_simulator::value::{Value, request};
use std::io::Read;
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const WRONG_PASSWORD: &str = "WRONGPASS invalid username-password pair or user is disabled.";

/// Runs `test` with a server of each engine that it may end.
fn ending_each_engine(test: impl Fn(Server)) {
    for engine in ["epoll", "uring"] {
        match Server::start(&["--io", engine]) {
            Ok(server) => test(server),
            Err(refusal) if engine == "uring" && refusal.text.contains("io_uring") => {
                println!("--io uring is left out: {}", refusal.text);
            }
            Err(refusal) => panic!("{refusal:?}"),
        }
    }
}

#[test]
fn bad_81_terminated_under_load() {
    for signal in ["TERM", "INT"] {
        ending_each_engine(|server| {
            let mut busy: Vec<Client> = (0..20).map(|_| server.client()).collect();
            let batch = request(&["SET", "k", &"v".repeat(1000)]).repeat(200);
            for client in &mut busy {
                client.send(&batch);
            }
            // One that never reads must not hold the end up.
            let mut deaf = server.client();
            deaf.command(&["SET", "big", &"v".repeat(8 << 20)]);
            deaf.send(b"GET big\r\nGET big\r\n");
            let begin = Instant::now();
            server.signal(signal);
            let (status, text) = server.wait();
            assert_eq!(status.code(), Some(0), "{text}");
            assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
            for client in &mut busy {
                // Whole replies or none: nothing is cut in the middle.
                let answer = client.rest();
                assert!(answer.chunks(5).all(|reply| reply == b"+OK\r\n"), "a reply is cut");
            }
        });
    }
}

#[test]
fn bad_81_shutdown_ends_it_too() {
    ending_each_engine(|server| {
        server.client().send(b"SHUTDOWN NOSAVE\r\n");
        assert_eq!(server.wait().0.code(), Some(0));
    });
}

#[test]
fn bad_82_signals_that_do_not_end_it() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        client.command(&["SET", "k", "v"]);
        for signal in ["HUP", "PIPE", "USR1"] {
            server.signal(signal);
            server.assert_alive();
        }
        wait_until("HUP is logged", || server.has_line("SIGHUP"));
        client.command(&["SET", "soon", "v", "PX", "50"]);
        server.signal("STOP");
        let stopped = Instant::now();
        client.send(b"PTTL soon\r\n");
        while stopped.elapsed() < Duration::from_millis(200) {
            std::thread::yield_now();
        }
        server.signal("CONT");
        assert_eq!(client.reply(), Value::Integer(-2));
        assert_eq!(client.command(&["GET", "k"]), Value::bulk("v"));
    });
}

#[test]
fn bad_86_a_log_that_nobody_reads() {
    let port = free_port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_granite"));
    command.args(["--port", &port.to_string(), "--maxmemory", "64mb", "--maxclients", "100"]);
    command.args(["--loglevel", "debug"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary is there");
    wait_until("it listens", || Client::try_connect(("127.0.0.1", port)).is_ok());
    // A pipe holds 64 KiB; more lines than that are asked for, and none is read.
    for _ in 0..3_000 {
        let mut client = Client::connect(port);
        client.send(b"\x16\x03\x01\r\n");
    }
    let kill = |signal: &str| {
        Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill")
    };
    (0..200).for_each(|_| assert!(kill("-HUP").success()));
    let pong = Value::Simple("PONG".to_owned());
    assert_eq!(Client::connect(port).command(&["PING"]), pong);
    child.kill().expect("it is our child");
    let mut text = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut text).expect("it is text");
    child.wait().expect("it is our child");
    assert!(text.contains("Ready to accept connections"), "{text}");
}

#[test]
fn bad_86_a_log_on_a_full_disk() {
    let port = free_port();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is Linux");
    let mut command = Command::new(env!("CARGO_BIN_EXE_granite"));
    command.args(["--port", &port.to_string(), "--maxmemory", "64mb"]);
    command.stdin(Stdio::null()).stdout(full).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary is there");
    wait_until("it listens", || Client::try_connect(("127.0.0.1", port)).is_ok());
    let pong = Value::Simple("PONG".to_owned());
    assert_eq!(Client::connect(port).command(&["PING"]), pong);
    child.kill().expect("it is our child");
    child.wait().expect("it is our child");
}

/// An address of this machine that is not loopback, if it has one. Nothing is sent.
fn outer_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then(|| address.to_string())
}

#[test]
fn bad_88_strangers_are_denied_without_a_password() {
    let Some(address) = outer_address() else {
        println!("left out: this machine has only loopback");
        return;
    };
    with_each_engine(&["--bind", "0.0.0.0"], |server| {
        let mut stranger =
            Client::try_connect((&address, server.port)).expect("it listens everywhere");
        stranger.send(b"PING\r\n");
        let answer = String::from_utf8_lossy(&stranger.rest()).into_owned();
        assert!(answer.starts_with("-DENIED "), "{answer}");
        let mut friend = server.client();
        assert_eq!(friend.command(&["CONFIG", "SET", "protected-mode", "no"]), Value::ok());
        let mut stranger = Client::try_connect((&address, server.port)).expect("it listens");
        assert_eq!(stranger.command(&["PING"]), Value::Simple("PONG".to_owned()));
    });
}

#[test]
fn bad_89_wrong_passwords() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        assert_error(&client.command(&["AUTH", "x"]), "ERR AUTH <password> called without any");
        client.command(&["CONFIG", "SET", "requirepass", "open-sesame"]);
        let mut stranger = server.client();
        assert_error(&stranger.command(&["GET", "k"]), "NOAUTH Authentication required.");
        assert_error(&stranger.command(&["AUTH", "wrong"]), WRONG_PASSWORD);
        assert_error(&stranger.command(&["AUTH", "nobody", "open-sesame"]), WRONG_PASSWORD);
        assert_error(&stranger.command(&["AUTH", "default", "open-sesam"]), WRONG_PASSWORD);
        for _ in 0..100 {
            let mut guesser = server.client();
            guesser.send(&request(&["AUTH", "guess"]).repeat(20));
            assert_error(&guesser.reply(), WRONG_PASSWORD);
        }
        let mut huge = server.client();
        huge.send(&request(&["AUTH", &"p".repeat(1 << 20)]));
        let answer = huge.reply();
        assert!(answer.as_error().is_some(), "{answer:?}");
        assert_eq!(stranger.command(&["AUTH", "open-sesame"]), Value::ok());
        assert_eq!(stranger.command(&["GET", "k"]), Value::Null);
        client.command(&["CONFIG", "SET", "requirepass", ""]);
    });
}
