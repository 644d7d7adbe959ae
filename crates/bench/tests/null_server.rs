//! The load generator against the null server, as processes: what one sends the other counts.
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

const REQUEST_COUNT: usize = 2_000;

/// A process that ends with its owner.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn check(io: &str, options: &[&str], wanted: &[&str]) {
    // A port that was free a moment ago: nobody else is given it so soon.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("bound").port().to_string();
    drop(listener);
    let mut null = Command::new(env!("CARGO_BIN_EXE_granite-null"));
    null.args(["--port", &port, "--io", io, "--value-size", "1000"]).stdout(Stdio::piped());
    let mut server = Server(null.spawn().expect("it was built"));
    while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
        if server.0.try_wait().expect("a child of ours").is_some() {
            assert_eq!(io, "uring", "epoll is everywhere");
            eprintln!("this machine has no io_uring: not tested");
            return;
        }
        std::thread::yield_now();
    }
    let count = REQUEST_COUNT.to_string();
    let mut load = Command::new(env!("CARGO_BIN_EXE_granite-load"));
    let load = load
        .args(["--port", &port, "--requests", &count])
        .args(options)
        .output()
        .expect("it was built");
    let said = String::from_utf8(load.stdout).expect("text");
    let complaint = String::from_utf8(load.stderr).expect("text");
    if complaint.starts_with("no ring") {
        eprintln!("this machine has no io_uring: not tested");
        return;
    }
    assert!(load.status.success(), "{complaint}");
    for wanted in wanted {
        assert!(said.contains(wanted), "{said} lacks {wanted}");
    }
    let pid = rustix::process::Pid::from_child(&server.0);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it runs");
    let output = server.0.stdout.take().expect("a pipe");
    let output = std::io::read_to_string(output).expect("text");
    assert_eq!(output, format!("{count} commands\n"));
    assert!(server.0.wait().expect("a child of ours").success());
}

#[test]
fn what_is_sent_is_counted() {
    let get = ["--mix", "get", "--pipeline", "7"];
    let set = ["--mix", "set", "--value-size", "40000", "--connections", "3"];
    let mget =
        ["--mix", "mget", "--keys-per-command", "20", "--connections", "300", "--pipeline", "2"];
    let values = "\"operations\":2000,\"values\":40000,\"nulls\":0,\"errors\":0";
    for io in ["uring", "epoll"] {
        check(io, &get, &["\"operations\":2000,\"values\":2000,\"nulls\":0,\"errors\":0"]);
        check(io, &set, &["\"operations\":2000,\"values\":0,\"nulls\":0,\"errors\":0"]);
        check(io, &mget, &[values]);
    }
}
