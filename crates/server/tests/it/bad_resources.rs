//! Bad inputs 13 and 23 to 38: many clients, slow clients, few descriptors.
use crate::client::{Client, assert_error};
use crate::server::{PATIENCE, Server, free_port, wait_until, with_each_engine};
use granite_simulator::value::{Value, request};
use std::io::Write;
use std::process::Command;
use std::time::{Duration, Instant};

/// Memory that may come and go in the kernel's accounting of a process.
const NOISE_KIB: u64 = 256;

/// Writes `piece` again and again until the server stops taking it (or has closed), at most
/// `size_max` bytes. It must stop: that is the back-pressure.
fn send_without_reading(client: &Client, piece: &[u8], size_max: usize) -> usize {
    let mut stream = client.stream();
    let taken_for = Duration::from_millis(500);
    stream.set_write_timeout(Some(taken_for)).expect("not zero");
    let mut sent = 0;
    while sent < size_max {
        match stream.write(piece) {
            Ok(size) => sent += size,
            Err(_) => return sent,
        }
    }
    sent
}

#[test]
fn bad_13_a_pipeline_that_is_never_read() {
    with_each_engine(&[], |server| {
        server.client().command(&["SET", "k", &"v".repeat(1000)]);
        let before = server.resident_kib();
        let client = server.client();
        // A million commands of 9 bytes with replies of 1 KB: 1 GB that nobody reads.
        let sent = send_without_reading(&client, &b"GET k\r\n  ".repeat(1000), 9_000_000);
        server.assert_alive();
        assert!(sent > 0);
        let after = server.resident_kib();
        assert!(after <= before + NOISE_KIB, "{before} KiB have become {after}");
        drop(client);
        wait_until("its connection is gone", || server.info("connected_clients") == 1);
    });
}

#[test]
fn bad_23_more_clients_than_slots() {
    let options = ["--maxclients", "20", "--connections-reserved", "2"];
    with_each_engine(&options, |server| {
        let mut clients: Vec<Client> = (0..20).map(|_| server.client()).collect();
        for client in &mut clients {
            assert_eq!(client.command(&["ECHO", "in"]), Value::bulk("in"));
        }
        let mut refused_count = 0;
        for _ in 0..200 {
            let mut client = server.client();
            client.send(b"INFO\r\n");
            let answer = client.reply();
            if answer.as_error() == Some(b"ERR max number of clients reached") {
                refused_count += 1;
                assert!(client.rest().is_empty());
            }
        }
        assert!(refused_count < 200, "an administrator on loopback still gets in");
        // Those who were let in and left again give their slots back.
        let mut held: Vec<Client> = Vec::new();
        let deadline = Instant::now() + PATIENCE;
        while held.len() < 2 {
            assert!(Instant::now() < deadline, "two administrators do not get in");
            let mut client = server.client();
            if client.command(&["INFO"]).as_error().is_none() {
                held.push(client);
            }
        }
        let mut one_too_many = server.client();
        assert_error(&one_too_many.reply(), "ERR max number of clients reached");
        assert!(one_too_many.rest().is_empty());
        for client in &mut clients {
            assert_eq!(client.command(&["ECHO", "still in"]), Value::bulk("still in"));
        }
        drop((clients, held));
        wait_until("the slots are free again", || server.info("connected_clients") == 1);
    });
}

#[test]
fn bad_24_idle_connections_cost_nothing() {
    with_each_engine(&["--maxclients", "900"], |server| {
        let before = server.resident_kib();
        let mut idle: Vec<Client> = (0..800).map(|_| server.client()).collect();
        assert_eq!(idle[799].command(&["ECHO", "x"]), Value::bulk("x"));
        let after = server.resident_kib();
        assert!(after <= before + NOISE_KIB, "{before} KiB have become {after}");
        assert_eq!(idle[0].command(&["ECHO", "y"]), Value::bulk("y"));
    });
}

#[test]
fn bad_25_a_storm_of_connections() {
    with_each_engine(&[], |server| {
        server.assert_alive();
        wait_until("it is quiet", || server.info("connected_clients") == 1);
        let before = server.descriptor_count();
        for round in 0..3_000 {
            let mut client = server.client();
            if round % 3 == 0 {
                client.send(b"PING\r\n");
            }
        }
        server.assert_alive();
        wait_until("all are gone", || server.info("connected_clients") == 1);
        wait_until("no descriptor leaks", || server.descriptor_count() <= before + 1);
    });
}

#[test]
fn bad_26_a_request_that_never_ends() {
    with_each_engine(&["--request-timeout", "300"], |server| {
        let mut slow: Vec<Client> = (0..30).map(|_| server.client()).collect();
        for client in &mut slow {
            client.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\nonly the beginning");
        }
        server.assert_alive();
        // It holds memory, so it has a deadline; who has said nothing has none.
        let mut silent = server.client();
        for client in &mut slow {
            client.rest();
        }
        assert_eq!(silent.command(&["ECHO", "x"]), Value::bulk("x"));
        assert_eq!(silent.command(&["EXISTS", "k"]), Value::Integer(0));
    });
}

#[test]
fn bad_27_the_kernel_probes_silent_peers() {
    with_each_engine(&["--tcp-keepalive", "60"], |server| {
        let mut client = server.client();
        client.command(&["PING"]);
        // Field 6 is the timer of the socket; 02 is the keepalive timer.
        let port = client.stream().local_addr().expect("connected").port();
        let table = std::fs::read_to_string("/proc/net/tcp").expect("there is a table");
        let ours = format!("0100007F:{:04X} 0100007F:{port:04X} 01", server.port);
        let line = table.lines().find(|line| line.contains(&ours)).expect("our socket is there");
        assert!(line.split_whitespace().nth(5).is_some_and(|timer| timer.starts_with("02")));
    });
}

#[test]
fn bad_28_large_replies_that_are_never_read() {
    with_each_engine(&[], |server| {
        server.client().command(&["SET", "big", &"v".repeat(4 << 20)]);
        let before = server.resident_kib();
        let clients: Vec<Client> = (0..20).map(|_| server.client()).collect();
        for client in &clients {
            send_without_reading(client, &b"GET big\r\nGET big\r\nINFO\r\n".repeat(10), 280);
        }
        server.assert_alive();
        let after = server.resident_kib();
        assert!(after <= before + NOISE_KIB, "{before} KiB have become {after}");
        // A write meanwhile detaches the value from those who still read it.
        assert_eq!(server.client().command(&["SET", "big", "small"]), Value::ok());
        drop(clients);
        wait_until("all are gone", || server.info("connected_clients") == 1);
        assert_eq!(server.client().command(&["GET", "big"]), Value::bulk("small"));
    });
}

#[test]
fn bad_29_a_stranger_who_never_reads() {
    with_each_engine(&["--requirepass", "secret"], |server| {
        let before = server.resident_kib();
        let client = server.client();
        send_without_reading(&client, &b"GET k\r\n".repeat(1000), 20_000_000);
        let mut friend = server.client();
        assert_error(&friend.command(&["GET", "k"]), "NOAUTH Authentication required.");
        assert_eq!(friend.command(&["AUTH", "secret"]), Value::ok());
        assert_eq!(friend.command(&["GET", "k"]), Value::Null);
        assert!(server.resident_kib() <= before + NOISE_KIB);
        // `with_each_engine` asks for PING at the end, which here needs the password.
        friend.command(&["CONFIG", "SET", "requirepass", ""]);
    });
}

#[test]
fn bad_30_a_transaction_larger_than_its_queue() {
    with_each_engine(&[], |server| {
        let before = server.resident_kib();
        let mut client = server.client();
        assert_eq!(client.command(&["MULTI"]), Value::ok());
        let batch = request(&["SET", "k", &"v".repeat(100)]).repeat(1000);
        let mut refused = false;
        for _ in 0..200 {
            client.send(&batch);
            for _ in 0..1000 {
                refused |= client.reply().as_error().is_some();
            }
            if refused {
                break;
            }
        }
        assert!(refused, "200,000 commands were queued in 64 MiB");
        assert_error(&client.command(&["EXEC"]), "EXECABORT");
        assert_eq!(client.command(&["EXISTS", "k"]), Value::Integer(0));
        assert!(server.resident_kib() <= before + NOISE_KIB);
    });
}

#[test]
fn bad_33_few_descriptors() {
    for engine in ["epoll", "uring"] {
        let port = free_port();
        let mut command = Command::new("bash");
        let binary = env!("CARGO_BIN_EXE_granite");
        let line = format!(
            "ulimit -n 64 && exec {binary} --port {port} --maxmemory 64mb --maxclients 1000 \
             --io {engine}"
        );
        command.args(["-c", &line]);
        match Server::start_command(command, port) {
            Ok(server) => {
                let text = server.text();
                assert!(text.contains("maxclients"), "it says what it lowered:\n{text}");
                let option = server.client().command(&["CONFIG", "GET", "maxclients"]);
                let Some([_, Value::Bulk(count)]) = option.elements() else { panic!("{option:?}") };
                let count: usize = String::from_utf8_lossy(count).parse().expect("a count");
                assert!((1..64).contains(&count), "{count} clients with 64 descriptors");
                let clients: Vec<Client> = (0..count).map(|_| server.client()).collect();
                server.assert_alive();
                drop(clients);
            }
            Err(refusal) if refusal.text.contains("io_uring") && engine == "uring" => {
                println!("--io uring is left out: {}", refusal.text);
            }
            Err(refusal) => panic!("{refusal:?}"),
        }
    }
}

#[test]
fn bad_34_more_senders_than_receive_buffers() {
    with_each_engine(&["--receive-buffers", "16"], |server| {
        let mut clients: Vec<Client> = (0..90).map(|_| server.client()).collect();
        let value = "v".repeat(10_000);
        for round in 0..5 {
            for (index, client) in clients.iter_mut().enumerate() {
                client.send(&request(&["SET", &format!("k{index}"), &value]));
                client.send(&request(&["STRLEN", &format!("k{index}")]));
            }
            for client in &mut clients {
                assert_eq!(client.reply(), Value::ok(), "round {round}");
                assert_eq!(client.reply(), Value::Integer(10_000), "round {round}");
            }
        }
    });
}

#[test]
fn bad_35_a_port_in_use() {
    let server = Server::start(&[]).expect("the first one starts");
    let port = server.port.to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_granite"));
    command.args(["--maxmemory", "64mb", "--port", &port]);
    let refusal = Server::start_command(command, server.port).err().expect("the port is in use");
    assert_eq!(refusal.status, Some(1), "{}", refusal.text);
    assert!(refusal.text.contains(&port) && refusal.text.contains("in use"), "{}", refusal.text);
    server.assert_alive();
}

#[test]
fn bad_37_memory_that_must_not_be_locked() {
    // Root may lock whatever it likes.
    let port = free_port();
    let binary = env!("CARGO_BIN_EXE_granite");
    let mut command = Command::new("bash");
    let line =
        format!("ulimit -l 64 && exec {binary} --port {port} --maxmemory 64mb --lock-memory yes");
    command.args(["-c", &line]);
    let begin = Instant::now();
    match Server::start_command(command, port) {
        Ok(server) => server.assert_alive(),
        Err(refusal) => {
            assert_eq!(refusal.status, Some(1));
            assert!(refusal.text.contains("LimitMEMLOCK"), "{}", refusal.text);
        }
    }
    assert!(begin.elapsed() < PATIENCE, "never a hang");
}
