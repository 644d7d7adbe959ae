//! Bad inputs 65 to 73: options that must not start a server.
use crate::server::{Server, free_port, wait_until};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_granite");

/// A configuration file that is there as long as the test.
struct ConfigFile(PathBuf);

impl ConfigFile {
    fn new(name: &str, content: &[u8]) -> Self {
        let folder = std::env::temp_dir().join(format!("granite-it-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let path = folder.join(name);
        std::fs::write(&path, content).expect("a temporary file");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("it is made of ASCII")
    }
}

impl Drop for ConfigFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Runs the server, which must refuse to start: status 1, and what it says has all of `parts`.
#[track_caller]
fn assert_refused(arguments: &[&str], parts: &[&str]) {
    let port = free_port();
    let mut command = Command::new(BINARY);
    command.args(arguments);
    match Server::start_command(command, port) {
        Ok(_) => panic!("it started with {arguments:?}"),
        Err(refusal) => {
            assert_eq!(refusal.status, Some(1), "{arguments:?}: {}", refusal.text);
            for part in parts {
                assert!(
                    refusal.text.contains(part),
                    "{arguments:?} lacks {part}: {}",
                    refusal.text
                );
            }
        }
    }
}

#[test]
fn bad_65_configuration_files_with_mistakes() {
    let cases: [(&str, &[u8], &[&str]); 8] = [
        ("unknown.conf", b"port 0\nno-such-thing 1\n", &["unknown.conf, line 2", "no-such-thing"]),
        ("missing.conf", b"# fine\nmaxclients\n", &["missing.conf, line 2", "maxclients"]),
        ("extra.conf", b"maxclients 10 20\n", &["extra.conf, line 1", "maxclients"]),
        ("quotes.conf", b"port 0\nrequirepass \"open\n", &["quotes.conf, line 2"]),
        ("nul.conf", b"port 0\nloglevel no\0tice\n", &["nul.conf, line 2"]),
        ("promise.conf", b"appendonly yes\n", &["promise.conf, line 1", "appendonly"]),
        ("save.conf", b"save 900 1\n", &["save.conf, line 1", "save"]),
        ("include.conf", b"include /no/such/file.conf\n", &["/no/such/file.conf"]),
    ];
    for (name, content, parts) in cases {
        let file = ConfigFile::new(name, content);
        assert_refused(&[file.path(), "--maxmemory", "64mb"], parts);
    }
    let long_line = [&b"maxclients "[..], &vec![b'1'; 10 << 20]].concat();
    let file = ConfigFile::new("long.conf", &long_line);
    assert_refused(&[file.path()], &["long.conf"]);
    assert_refused(&["/no/such/file.conf"], &["/no/such/file.conf"]);
    assert_refused(&["--no-such-thing", "1"], &["no-such-thing"]);
}

#[test]
fn bad_65_odd_but_right_configuration_files() {
    let content =
        b"\xef\xbb\xbf# a mark of byte order\r\n\tmaxclients\t50\r\nmaxclients 60\r\n\r\n";
    let file = ConfigFile::new("windows.conf", content);
    let port = free_port();
    let mut command = Command::new(BINARY);
    command.args([file.path(), "--maxmemory", "64mb", "--port", &port.to_string()]);
    let server = Server::start_command(command, port).expect("it starts");
    let reply = server.client().command(&["CONFIG", "GET", "maxclients"]);
    assert!(format!("{reply:?}").contains("[54, 48]"), "the last value wins: {reply:?}");
}

#[test]
fn bad_66_values_out_of_range() {
    for (name, value) in [
        ("maxclients", "0"),
        ("maxclients", "-5"),
        ("maxclients", "1000000000"),
        ("maxmemory", "1kb"),
        ("maxmemory", "100tb"),
        ("maxmemory", "4gbb"),
        ("port", "65536"),
        ("port", "abc"),
        ("timeout", "-1"),
        ("databases", "17"),
        ("maxmemory-policy", "whatever"),
    ] {
        assert_refused(&[&format!("--{name}"), value], &[name, value]);
    }
}

#[test]
fn bad_67_values_that_do_not_fit_together() {
    // A hundred thousand buffers of 16 KiB are more than all the memory.
    let options = ["--maxmemory", "64mb", "--reply-buffers", "100000"];
    assert_refused(&options, &["reply-buffers", "maxmemory"]);
}

#[test]
fn bad_68_more_memory_than_the_machine_has() {
    let table = std::fs::read_to_string("/proc/meminfo").expect("it is Linux");
    let line = table.lines().find(|line| line.starts_with("MemAvailable:")).expect("its memory");
    let available: u64 = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap();
    if available > 68 << 20 {
        println!("left out: this machine has more than the largest maxmemory");
        return;
    }
    let port = free_port().to_string();
    let options = ["--maxmemory", "68gb", "--port", &port];
    assert_refused(&options, &["/proc/meminfo"]);
}

#[test]
fn bad_72_closed_standard_streams() {
    let port = free_port();
    let line = format!("exec {BINARY} --port {port} --maxmemory 64mb <&- >&- 2>&-");
    let child = Command::new("bash").args(["-c", &line]).stdin(Stdio::null()).spawn();
    let mut child = child.expect("bash is there");
    wait_until("it listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    let mut client = crate::client::Client::connect(port);
    let pong = granite_simulator::value::Value::Simple("PONG".to_owned());
    assert_eq!(client.command(&["PING"]), pong);
    child.kill().expect("it is our child");
    child.wait().expect("it is our child");
}

#[test]
fn bad_72_a_password_among_the_arguments() {
    let server = Server::start(&["--requirepass", "open-sesame"]).expect("it starts");
    let arguments = std::fs::read(format!("/proc/{}/cmdline", server.process_id()));
    let arguments = String::from_utf8_lossy(&arguments.expect("the process lives")).into_owned();
    assert!(!arguments.contains("open-sesame"), "{arguments}");
    let reply = server.client().command(&["AUTH", "open-sesame"]);
    assert_eq!(reply, granite_simulator::value::Value::ok());
}

#[test]
fn bad_73_addresses_that_are_not_here() {
    for address in ["192.0.2.1", "no-such-host.invalid"] {
        let port = free_port().to_string();
        let options = ["--maxmemory", "64mb", "--port", &port, "--bind", address];
        assert_refused(&options, &[address]);
    }
    // One that may be missing is not a mistake.
    let server = Server::start(&["--bind", "127.0.0.1 -192.0.2.1"]).expect("it starts");
    server.assert_alive();
}
