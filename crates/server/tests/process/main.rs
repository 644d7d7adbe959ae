//! The real binary as a process among others: how it starts, what it says, how it ends. Rows of
//! the table of bad inputs that are about descriptors, memory, ports, streams, signals and logs.
mod server;

use rustix::process::Signal;
use server::{MEMORY, Server, command, granite};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// `child`, started by a shell that runs `script`, which ends with `exec "$@"`.
fn through_shell(script: &str, child: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg("sh").arg(child.get_program()).args(child.get_args());
    shell.stdin(Stdio::null());
    shell
}

#[test]
fn start_lines_are_those_that_tools_wait_for() {
    let server = Server::start("lines", &[]);
    let log = server.log();
    let pid = format!(" PID: {}", server.id());
    let position = |text: &str| log.find(text).unwrap_or_else(|| panic!("no '{text}' in {log}"));
    assert!(position("user space: exact") < position("Server initialized"));
    assert!(position(&pid) < position("Server initialized"));
    assert!(position("Server initialized") < position("Ready to accept connections"));
    assert!(log.contains("Nothing is kept over a restart yet"));
    let line = log.lines().find(|line| line.contains("Server initialized")).unwrap();
    assert!(line.starts_with(&format!("{}:M ", server.id())) && line.contains(" * "), "{line}");
}

#[test]
fn nothing_is_allocated_while_it_serves() {
    let mut server = Server::start("sealed", &[]);
    assert_eq!(server.ask("SET key value\r\n"), "+OK\r\n");
    let memory = server.ask("INFO memory\r\n");
    assert!(memory.contains("\r\nallocations_after_seal:0\r\n"), "{memory}");
    assert!(server.ask("INFO server\r\n").contains("\r\nseal:enforce\r\n"));
}

#[test]
fn the_plan_is_what_the_kernel_reports() {
    for io in ["auto", "epoll"] {
        let mut server = Server::start(&format!("resident-{io}"), &["--io", io]);
        let figure = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            let digits: String = line.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u64>().unwrap()
        };
        let plan = figure(&server.ask("INFO memory\r\n"), "memory_plan_user_bytes:");
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
        let resident = figure(&status, "VmRSS:") * 1024;
        // The image is rounded up to 256 KiB; a fallback to epoll leaves the rings' share unused.
        assert!(resident <= plan && plan - resident <= 512 << 10, "{resident} of {plan}");
    }
}

#[test]
fn what_the_start_decided_is_what_config_answers() {
    let mut server = Server::start("decided", &["--slowlog-entries-max", "5"]);
    // Left open, so it has its floor; and bounded by another option.
    assert!(server.ask("CONFIG GET reply-buffers\r\n").contains("\r\n96\r\n"));
    assert!(server.ask("CONFIG GET slowlog-max-len\r\n").contains("\r\n5\r\n"));
}

#[test]
fn bad_33_few_descriptors_lower_the_connections() {
    let child = command("descriptors", &["--maxclients", "1000"]);
    let child = through_shell("ulimit -n 64; exec \"$@\"", &child);
    let mut server = Server::spawn("descriptors", child);
    assert!(server.log().contains("maxclients 1000 lowered to 30"), "{}", server.log());
    assert!(server.ask("CONFIG GET maxclients\r\n").contains("\r\n30\r\n"));
}

#[test]
fn bad_35_a_port_in_use_is_one_line() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let output = granite(&["--maxmemory", MEMORY, "--maxclients", "100", "--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().unwrap();
    assert!(line.contains(&port) && line.contains("Address already in use"), "{line}");
    assert!(!text.contains("user space"), "nothing is planned, let alone taken");
}

#[test]
fn bad_38_a_forbidden_ring_falls_back_with_a_line() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let forbid = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let architecture = std::env::consts::ARCH.try_into().unwrap();
    let rules = [(libc::SYS_io_uring_setup, Vec::new())].into_iter().collect();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, forbid, architecture).unwrap();
    let program: BpfProgram = filter.try_into().unwrap();
    // A filter holds for the thread that put it on, and for what it starts.
    let (mut server, output) = std::thread::spawn(move || {
        seccompiler::apply_filter(&program).unwrap();
        let server = Server::start("forbidden", &[]);
        (server, command("forbidden-uring", &["--io", "uring"]).output().unwrap())
    })
    .join()
    .unwrap();
    assert!(server.log().contains("io_uring is forbidden"), "{}", server.log());
    assert!(server.ask("INFO server\r\n").contains("\r\nio_engine:epoll\r\n"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("io_uring_setup"));
}

#[test]
fn bad_67_limits_that_do_not_fit_name_what_to_change() {
    let output = command("no-fit", &["--maxmemory", "4mb"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let all = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&all);
    assert!(text.contains("raise it by"), "{text}");
}

#[test]
fn bad_68_more_memory_than_there_is_is_refused_before_it_is_touched() {
    let started = Instant::now();
    let output = command("too-much", &["--maxmemory", "64gb"]).output().unwrap();
    let available = std::fs::read_to_string("/proc/meminfo").unwrap();
    let available = granite_server::procfs::kilobytes(&available, "MemAvailable:").unwrap();
    if available > 60 << 30 {
        return;
    }
    assert_eq!(output.status.code(), Some(1));
    assert!(started.elapsed() < Duration::from_secs(5), "no page of it was touched");
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().last().unwrap();
    assert!(line.contains("maxmemory asks for 687") && line.contains("allows"), "{line}");
}

#[test]
fn bad_72_closed_streams_do_not_matter() {
    let mut server = Server::spawn_without_streams("streams");
    assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    // The first descriptors are not sockets that a stray message could be written to.
    for stream in 0..3 {
        let target = std::fs::read_link(format!("/proc/{}/fd/{stream}", server.id())).unwrap();
        assert_eq!(target.to_str(), Some("/dev/null"));
    }
    assert_eq!(server.end(Signal::TERM), Some(0));
}

#[test]
fn bad_81_a_signal_to_end_answers_ends_and_cuts_who_does_not_read() {
    let mut server = Server::start("end", &[]);
    let large = "x".repeat(3 << 20);
    let set = format!("*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n${}\r\n{large}\r\n", large.len());
    assert_eq!(server.ask(&set), "+OK\r\n");
    let mut deaf = server.connect();
    deaf.write_all(b"GET large\r\nGET large\r\nGET large\r\n").unwrap();
    assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    let told = Instant::now();
    assert_eq!(server.end(Signal::TERM), Some(0));
    assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
    assert!(server.log().contains("bye bye"));
}

#[test]
fn bad_81_told_twice_it_ends_at_once_with_another_status() {
    let mut server = Server::start("twice", &[]);
    let large = "x".repeat(3 << 20);
    let set = format!("*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n${}\r\n{large}\r\n", large.len());
    assert_eq!(server.ask(&set), "+OK\r\n");
    let mut deaf = server.connect();
    deaf.write_all(b"GET large\r\nGET large\r\nGET large\r\n").unwrap();
    assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    // Stopped, it finds both at once when it goes on: two of the same kind would be one.
    server.signal(Signal::STOP);
    server.signal(Signal::TERM);
    server.signal(Signal::INT);
    assert_eq!(server.end(Signal::CONT), Some(1));
}

#[test]
fn bad_82_other_signals_are_survived() {
    let mut server = Server::start("signals", &[]);
    for signal in [Signal::PIPE, Signal::USR1, Signal::HUP] {
        server.signal(signal);
        assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    }
    server.wait_for("Received SIGHUP");
    assert_eq!(server.ask("SET gone x PX 50\r\n"), "+OK\r\n");
    assert_eq!(server.ask("SET kept x EX 1000\r\n"), "+OK\r\n");
    server.signal(Signal::STOP);
    let stopped = Instant::now();
    while stopped.elapsed() < Duration::from_millis(100) {
        std::thread::sleep(Duration::from_millis(10));
    }
    server.signal(Signal::CONT);
    assert_eq!(server.ask("EXISTS gone kept\r\n"), ":1\r\n");
    assert_eq!(server.end(Signal::INT), Some(0));
}

#[test]
fn bad_86_a_log_that_nobody_reads_costs_lines_and_nothing_else() {
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    // A pipe holds 64 KiB: full to the last page before the server writes its first line.
    writer.write_all(&vec![b'x'; 60 << 10]).unwrap();
    let mut child = command("log", &[]);
    child.stdout(writer.try_clone().unwrap()).stderr(Stdio::null());
    let mut server = Server::spawn_unread("log", child);
    drop(writer);
    for _ in 0..300 {
        // Each writes a line, which finds no room.
        server.signal(Signal::HUP);
        assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    }
    let mut text = vec![0; 60 << 10];
    reader.read_exact(&mut text).unwrap();
    let mut after = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&after).contains("log lines were dropped") {
        server.signal(Signal::HUP);
        assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
        let size = reader.read(&mut piece).unwrap();
        after.extend_from_slice(&piece[..size]);
    }
    assert_eq!(server.end(Signal::TERM), Some(0));
}

#[test]
fn the_service_manager_is_told() {
    let folder = server::folder("notify");
    let path = folder.join("manager");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut child = command("notify", &["--supervised", "systemd"]);
    child.env("NOTIFY_SOCKET", &path);
    let mut server = Server::spawn("notify", child);
    let told = |text: &str| {
        let mut message = [0; 200];
        loop {
            let size = manager.recv(&mut message).expect("a message in time");
            if String::from_utf8_lossy(&message[..size]).contains(text) {
                return;
            }
        }
    };
    told("READY=1");
    assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    assert_eq!(server.end(Signal::TERM), Some(0));
    told("STOPPING=1");
}

#[test]
fn a_log_file_takes_the_lines() {
    let folder = server::folder("logfile");
    let path = folder.join("granite.log");
    let mut server = Server::start("logfile", &["--logfile", path.to_str().unwrap()]);
    assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("user space: exact") && text.contains("Ready to accept connections"));
}
