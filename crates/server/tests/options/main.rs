//! Starts the real binary with bad options, as users do: it must end with status 1 and one clear
//! line, before it has made anything. The numbers are the rows of the catalogue of bad inputs.
#![allow(missing_docs, reason = "a test binary has no documentation")]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn granite(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_granite"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // A server that refuses its first line does not read the rest.
    let _ = child.stdin.take().expect("it is a pipe").write_all(input);
    child.wait_with_output().expect("a child ends")
}

/// The one who refuses: everything it printed, which must contain `text`.
#[track_caller]
fn check_refused(arguments: &[&str], input: &[u8], text: &str) {
    let output = granite(arguments, input);
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {printed}");
    assert!(printed.contains(text), "{arguments:?}: {printed}");
    assert!(!printed.contains("hunter2"), "a password was printed: {printed}");
}

#[test]
fn bad_65_lines_that_are_none() {
    check_refused(&["-"], b"nope 1\n", "standard input, line 1: 'nope': Bad directive");
    check_refused(&["-"], b"port\n", "line 1: 'port \"\"': wrong number of arguments");
    check_refused(&["-"], b"\r\nport 1 2\r\n", "line 2: 'port 1 2': wrong number of arguments");
    check_refused(&["-"], b"port \0\n", "line 1: 'port': a line has no zero byte");
    check_refused(&["-"], &vec![b'x'; 10 << 20], "a line has at most 32768 bytes");
    check_refused(&["-"], b"requirepass \"hunter2\nport 1\n", "Unbalanced quotes");
    check_refused(&["/nowhere/granite.conf"], b"", "/nowhere/granite.conf: can't open it");
}

#[test]
fn bad_66_values_out_of_range() {
    for (line, range) in [
        ("maxclients 0", "between 1 and 32000"),
        ("maxclients -5", "between 1 and 32000"),
        ("maxclients 1000000000", "between 1 and 32000"),
        ("maxmemory 1kb", "between 1048576 and 85899345920"),
        ("maxmemory 100tb", "1048576 to 85899345920 bytes"),
        ("maxmemory 4gbb", "1048576 to 85899345920 bytes"),
        ("port 65536", "between 0 and 65535"),
        ("port abc", "range: 0 to 65535"),
        ("databases 17", "between 1 and 16"),
        ("save nonsense", "Invalid save parameters"),
        ("timeout -1", "between 0 and 2147483647"),
    ] {
        check_refused(&["-"], line.as_bytes(), range);
    }
}

#[test]
fn bad_67_values_that_do_not_fit_together() {
    check_refused(&["--maxmemory", "12mb"], b"", "or lower maxclients");
    check_refused(&["--reply-buffers", "16"], b"", "reply-credit 1048576 does not fit");
    check_refused(&["plan", "--keys", "1", "--key-size", "9000"], b"", "key-size-max");
}

#[test]
fn bad_68_more_memory_than_there_is() {
    let total = fs::read_to_string("/proc/meminfo").expect("Linux tells its memory");
    let total = total.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok());
    let more = total.expect("the first line is the total, in KiB") * 1_024 + (1 << 30);
    if more < 64 << 30 {
        let socket = std::env::temp_dir().join(format!("granite-bad-68-{}", std::process::id()));
        let socket = socket.to_str().expect("the directory for temporary files has a plain name");
        let more = more.to_string();
        let arguments = ["--port", "0", "--unixsocket", socket, "--maxmemory", more.as_str()];
        check_refused(&arguments, b"", "maxmemory asks for ");
        // The socket was made before memory was looked at; a process that ends leaves it behind.
        let _ = fs::remove_file(socket);
    }
}

#[test]
fn bad_71_passwords() {
    let long = format!("requirepass {}\n", "hunter2".repeat(1_500));
    check_refused(&["-"], long.as_bytes(), "'requirepass': argument must have at most 512 bytes");
    check_refused(&["-"], b"user default on >hunter2\n", "no access control lists yet");
}

/// A password on the command line is not in the list of processes.
#[test]
fn bad_72_a_password_on_the_command_line() {
    let socket = std::env::temp_dir().join(format!("granite-bad-72-{}", std::process::id()));
    let socket_text = socket.to_str().expect("the directory for temporary files has a plain name");
    let arguments = ["--port", "0", "--unixsocket", socket_text, "--maxmemory", "64mb"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_granite"))
        .args(arguments)
        .args(["--maxclients", "64", "--requirepass", "hunter2"])
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary was built for this test");
    let command_line = PathBuf::from(format!("/proc/{}/cmdline", child.id()));
    // The options are read before the socket is there.
    while !socket.exists() && child.try_wait().expect("a child can be asked").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let shown = fs::read(&command_line).expect("a running process has a command line");
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    let _ = fs::remove_file(&socket);
    let shown = String::from_utf8_lossy(&shown).replace('\0', " ");
    assert!(shown.contains("--requirepass *******") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn promises_stop_the_start() {
    for line in [
        "appendonly yes",
        "save 900 1",
        "replicaof host 1",
        "tls-port 6380",
        "aclfile /etc/users",
        "rename-command KEYS x",
        "cluster-enabled yes",
        "loadmodule x.so",
    ] {
        let name = line.split(' ').next().expect("a line has a first word");
        check_refused(&["-"], line.as_bytes(), &format!("standard input, line 1: '{name} "));
    }
}

#[test]
fn the_plan_is_printed_and_nothing_else_happens() {
    let output = granite(&["plan", "--json", "--maxmemory", "160mb"], b"");
    assert!(output.status.success());
    let json = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    assert!(json.starts_with("{\"maxmemory\": 167772160, \"user_bytes\": "), "{json}");
    let output = granite(&["--version"], b"");
    let version = String::from_utf8(output.stdout).expect("the version is ASCII");
    assert!(version.contains(" v=7.2."), "{version}");
}
