//! Bad inputs 31, 48, 63, 64, 71 and 91: clients that ask for too much, name one key twice, end
//! each other, reach for the server itself, or look for passwords.
use crate::client::{Client, assert_error};
use crate::server::{Server, wait_until, with_each_engine};
use granite_simulator::value::Value;
use std::os::unix::fs::PermissionsExt as _;

/// The lines that a text reply has.
fn text(reply: &Value) -> String {
    reply.to_text(false)
}

#[test]
fn bad_31_more_watched_keys_than_there_are_watches() {
    with_each_engine(&["--watches-max", "1000"], |server| {
        let mut client = server.client();
        let names: Vec<String> = (0..100_000).map(|index| format!("k{index}")).collect();
        let mut watch: Vec<&str> = vec!["WATCH"];
        watch.extend(names.iter().take(10_000).map(String::as_str));
        let refused = client.command(&watch);
        assert_error(&refused, "OOM cannot watch more keys");
        // The refused command holds nothing: all of them are free for somebody else.
        let mut other = server.client();
        let mut watch: Vec<&str> = vec!["WATCH"];
        watch.extend(names.iter().take(1_000).map(String::as_str));
        assert_eq!(other.command(&watch), Value::ok());
        assert_error(&client.command(&["WATCH", "one"]), "OOM cannot watch more keys");
        assert_eq!(client.command(&["SET", "k5", "v"]), Value::ok());
        assert_eq!(other.command(&["MULTI"]), Value::ok());
        assert_eq!(other.command(&["EXEC"]), Value::NullArray, "a watched key has changed");
        assert_eq!(client.command(&["WATCH", "one"]), Value::ok());
    });
}

#[test]
fn bad_48_one_key_twice_in_a_command() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        let mut ask = |line: &str| client.command(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(ask("MSETNX a 1 a 2"), Value::Integer(1));
        assert_eq!(ask("GET a"), Value::bulk("2"));
        assert_eq!(ask("MSET a 3 b 4 a 5"), Value::ok());
        assert_eq!(ask("MGET a a b"), Value::Array(["5", "5", "4"].map(Value::bulk).to_vec()));
        assert_eq!(ask("RENAME a a"), Value::ok());
        assert_eq!(ask("RENAMENX a a"), Value::Integer(0));
        let same = "ERR source and destination objects are the same";
        assert_error(&ask("COPY a a"), same);
        assert_error(&ask("COPY a a REPLACE"), same);
        assert_error(&ask("MOVE a 0"), same);
        assert_eq!(ask("GET a"), Value::bulk("5"));
        // The destination is a source, small and as a rope, and longer than the other.
        assert_eq!(ask("SET x abc"), Value::ok());
        assert_eq!(ask("BITOP NOT x x"), Value::Integer(3));
        assert_eq!(ask("BITOP NOT x x"), Value::Integer(3));
        assert_eq!(ask("BITOP XOR y x x"), Value::Integer(3));
        assert_eq!(ask("GET y"), Value::bulk(b"\0\0\0"));
        assert_eq!(ask("SETRANGE x 200000 end"), Value::Integer(200_003));
        assert_eq!(ask("BITOP OR x y x"), Value::Integer(200_003));
        assert_eq!(ask("GETRANGE x 0 3"), Value::bulk(b"abc\0"));
        assert_eq!(ask("GETRANGE x -4 -1"), Value::bulk(b"\0end"));
        assert_eq!(ask("DEL x x a a"), Value::Integer(2));
    });
}

fn id_of(client: &mut Client) -> String {
    match client.command(&["CLIENT", "ID"]) {
        Value::Integer(id) => id.to_string(),
        other => panic!("CLIENT ID is {other:?}"),
    }
}

#[test]
fn bad_63_clients_that_end_clients() {
    with_each_engine(&[], |server| {
        // Itself: the reply still comes.
        let mut own = server.client();
        let id = id_of(&mut own);
        assert_eq!(own.command(&["CLIENT", "KILL", "ID", &id, "SKIPME", "no"]), Value::Integer(1));
        assert!(own.rest().is_empty(), "nothing comes after it");
        // Itself is skipped unless it says otherwise.
        let mut killer = server.client();
        let id = id_of(&mut killer);
        assert_eq!(killer.command(&["CLIENT", "KILL", "ID", &id]), Value::Integer(0));
        // One within a transaction, with a pipeline behind it.
        let mut victim = server.client();
        let id = id_of(&mut victim);
        victim.command(&["WATCH", "k"]);
        victim.command(&["MULTI"]);
        victim.command(&["SET", "k", "v"]);
        assert_eq!(killer.command(&["CLIENT", "KILL", "ID", &id]), Value::Integer(1));
        assert!(victim.rest().is_empty());
        assert_eq!(killer.command(&["EXISTS", "k"]), Value::Integer(0));
        // Everybody else; the slots come back.
        let crowd: Vec<Client> = (0..50).map(|_| server.client()).collect();
        wait_until("all are connected", || server.info("connected_clients") >= 51);
        let reply = killer.command(&["CLIENT", "KILL", "TYPE", "normal"]);
        assert!(matches!(reply, Value::Integer(50..)), "{reply:?}");
        for mut client in crowd {
            assert!(client.rest().is_empty());
        }
        wait_until("their slots are free", || server.info("connected_clients") <= 3);
        assert_eq!(killer.command(&["CLIENT", "KILL", "ID", "9999999"]), Value::Integer(0));
        assert_error(&killer.command(&["CLIENT", "KILL", "127.0.0.1:1"]), "ERR No such client");
    });
}

#[test]
fn bad_64_what_an_attacker_tries_first() {
    with_each_engine(&[], |server| {
        let mut client = server.client();
        for (line, beginning) in [
            ("DEBUG SEGFAULT", "ERR DEBUG command not allowed"),
            ("DEBUG SLEEP 10", "ERR DEBUG command not allowed"),
            ("MODULE LOAD /tmp/evil.so", "ERR unknown command"),
            ("EVAL return(1) 0", "ERR unknown command"),
            ("SLAVEOF 127.0.0.1 6379", "ERR unknown command"),
            ("CONFIG SET dir /root/.ssh", "ERR CONFIG SET failed"),
            ("CONFIG SET dbfilename authorized_keys", "ERR CONFIG SET failed"),
            ("CONFIG SET logfile /etc/cron.d/evil", "ERR CONFIG SET failed"),
            ("CONFIG SET unixsocket /tmp/evil", "ERR CONFIG SET failed"),
            ("CONFIG SET enable-debug-command yes", "ERR CONFIG SET failed"),
            ("SHUTDOWN NOSUCH", "ERR syntax error"),
        ] {
            let words: Vec<&str> = line.split(' ').collect();
            let reply = client.command(&words);
            let error = text(&reply);
            assert!(
                reply.as_error().is_some_and(|e| e.starts_with(beginning.as_bytes())),
                "{line}: {error}"
            );
        }
    });
}

#[test]
fn bad_71_password_files_and_odd_passwords() {
    let path = std::env::temp_dir().join(format!("granite-bad-71-{}.conf", std::process::id()));
    std::fs::write(&path, "requirepass \"two words 'and' \\x22quotes\\x22\"\n").expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    let name = path.to_str().expect("a plain name").to_owned();
    let started = Server::start_with_file(&name, &[]);
    std::fs::remove_file(&path).expect("it is ours");
    let server = started.expect("it starts");
    assert!(server.has_line("can be read by every user of this machine"), "{}", server.text());
    assert!(!server.text().contains("two words"), "the password is in the log");
    let mut client = server.client();
    assert_error(&client.command(&["GET", "k"]), "NOAUTH");
    assert_eq!(client.command(&["AUTH", "two words 'and' \"quotes\""]), Value::ok());
    let long = "p".repeat(513);
    let reply = client.command(&["CONFIG", "SET", "requirepass", &long]);
    assert_error(&reply, "ERR CONFIG SET failed");
    assert_eq!(client.command(&["CONFIG", "SET", "requirepass", ""]), Value::ok());
    server.assert_alive();
}

#[test]
fn bad_91_passwords_where_they_should_not_be() {
    const SECRET: &str = "Sw0rdfish";
    with_each_engine(&["--slowlog-log-slower-than", "0", "--loglevel", "debug"], |server| {
        let mut client = server.client();
        client.command(&["CONFIG", "SET", "requirepass", SECRET]);
        assert_eq!(client.command(&["AUTH", SECRET]), Value::ok());
        assert_eq!(client.command(&["AUTH", "default", SECRET]), Value::ok());
        client.command(&["HELLO", "2", "AUTH", "default", SECRET]);
        client.command(&["AUTH", "wrong-Sw0rdfish"]);
        client.command(&["CONFIG", "SET", "masterauth", SECRET, "timeout", "nonsense"]);
        let shown = [
            client.command(&["SLOWLOG", "GET", "-1"]),
            client.command(&["INFO", "everything"]),
            client.command(&["CLIENT", "LIST"]),
            client.command(&["MEMORY", "STATS"]),
        ];
        for reply in &shown {
            assert!(!text(reply).contains(SECRET), "{}", text(reply));
        }
        assert!(text(&shown[0]).contains("redacted"), "{}", text(&shown[0]));
        assert!(!server.text().contains(SECRET), "{}", server.text());
        assert_eq!(client.command(&["CONFIG", "SET", "requirepass", ""]), Value::ok());
    });
}
