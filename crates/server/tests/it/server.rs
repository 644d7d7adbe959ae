//! A server process of a test: started on a free port, ended through its own handle.
use crate::client::Client;
use granite_simulator::value::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What must happen happens within this time, or the test fails. Generous: the machine may be
/// busy with all the other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// What the binary under test is.
const BINARY: &str = env!("CARGO_BIN_EXE_granite");

/// Options of every server here unless a test gives others: little memory, quick to take.
const SMALL: &[&str] = &["--maxmemory", "64mb", "--maxclients", "100"];

/// A running server.
pub(crate) struct Server {
    /// Its port on loopback.
    pub(crate) port: u16,
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

/// What a server that did not start said, and how it ended.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) text: String,
    pub(crate) status: Option<i32>,
}

/// Runs `test` against a server with each I/O engine. Where the kernel forbids `io_uring`, that
/// half is left out, with the server's own reason.
pub(crate) fn with_each_engine(options: &[&str], test: impl Fn(&Server)) {
    for engine in ["epoll", "uring"] {
        let options = [options, &["--io", engine]].concat();
        match Server::start(&options) {
            Ok(server) => {
                test(&server);
                server.assert_alive();
            }
            Err(refusal) if engine == "uring" && refusal.text.contains("io_uring") => {
                println!("--io uring is left out: {}", refusal.text);
            }
            Err(refusal) => panic!("--io {engine} does not start: {refusal:?}"),
        }
    }
}

/// A port that nobody listens on. Another process may take it before the server does, so starting
/// is tried again.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it is bound").port()
}

impl Server {
    /// As `start`, with a configuration file.
    pub(crate) fn start_with_file(path: &str, options: &[&str]) -> Result<Self, Refusal> {
        Self::start_as(Some(path), options)
    }

    /// Starts the server with small memory and `options`, on a free port.
    pub(crate) fn start(options: &[&str]) -> Result<Self, Refusal> {
        Self::start_as(None, options)
    }

    fn start_as(path: Option<&str>, options: &[&str]) -> Result<Self, Refusal> {
        loop {
            let port = free_port();
            let mut command = Command::new(BINARY);
            command.args(path).args(["--port", &port.to_string()]).args(SMALL).args(options);
            match Self::start_command(command, port) {
                Err(refusal) if refusal.text.contains("in use") => {}
                result => return result,
            }
        }
    }

    /// Runs a whole command line that should become a server on `port`.
    pub(crate) fn start_command(mut command: Command, port: u16) -> Result<Self, Refusal> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary is there");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let stdout = child.stdout.take().expect("it is piped");
        let stderr = child.stderr.take().expect("it is piped");
        let readers =
            [collect(BufReader::new(stdout), &lines), collect(BufReader::new(stderr), &lines)];
        let mut server = Self { port, child, lines };
        let deadline = Instant::now() + PATIENCE;
        while !server.has_line("Ready to accept connections") {
            if let Some(status) = server.child.try_wait().expect("it is our child") {
                for reader in readers {
                    reader.join().expect("a reader ends with the process");
                }
                return Err(Refusal { text: server.text(), status: status.code() });
            }
            assert!(Instant::now() < deadline, "no ready line:\n{}", server.text());
            std::thread::yield_now();
        }
        Ok(server)
    }

    /// All that the server has printed.
    pub(crate) fn text(&self) -> String {
        self.lines.lock().expect("no reader panics").join("\n")
    }

    pub(crate) fn has_line(&self, part: &str) -> bool {
        self.lines.lock().expect("no reader panics").iter().any(|line| line.contains(part))
    }

    /// A new connection.
    pub(crate) fn client(&self) -> Client {
        Client::connect(self.port)
    }

    /// The process.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.process_id().to_string()])
            .status()
            .expect("kill is everywhere");
        assert!(status.success(), "kill -{name}");
    }

    /// Somebody else is served while all this goes on.
    pub(crate) fn assert_alive(&self) {
        let reply = self.new_client_asks(&["PING"], Duration::from_secs(5));
        assert_eq!(reply, Value::Simple("PONG".to_owned()));
    }

    /// What a new client is answered, within `patience`.
    fn new_client_asks(&self, words: &[&str], patience: Duration) -> Value {
        let begin = Instant::now();
        loop {
            let reply = self.client().command(words);
            assert!(begin.elapsed() < patience, "after {:?}: {reply:?}", begin.elapsed());
            match reply {
                // Connections that were just dropped may still have their slots.
                Value::Error(line) if line.starts_with(b"ERR max number of clients") => {}
                reply => return reply,
            }
        }
    }

    /// A number from INFO.
    pub(crate) fn info(&self, name: &str) -> u64 {
        let Value::Bulk(text) = self.new_client_asks(&["INFO", "everything"], PATIENCE) else {
            panic!("INFO is a text")
        };
        let text = String::from_utf8(text).expect("INFO is text");
        let prefix = format!("{name}:");
        let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
        let line = line.unwrap_or_else(|| panic!("INFO has no {name}:\n{text}"));
        line.trim().parse().unwrap_or_else(|_| panic!("{name}:{line} is not a number"))
    }

    /// Resident memory of the process, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process_id()));
        let status = status.expect("the process lives");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a count of KiB")
    }

    /// Open descriptors of the process.
    pub(crate) fn descriptor_count(&self) -> usize {
        let folder = format!("/proc/{}/fd", self.process_id());
        std::fs::read_dir(folder).expect("the process lives").count()
    }

    /// The process ends by itself.
    pub(crate) fn wait(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return (status, self.text());
            }
            assert!(Instant::now() < deadline, "it does not end:\n{}", self.text());
            std::thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server said:\n{}", self.text());
        }
    }
}

fn collect(
    reader: impl BufRead + Send + 'static,
    lines: &Arc<Mutex<Vec<String>>>,
) -> std::thread::JoinHandle<()> {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        for line in reader.split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            lines.lock().expect("no reader panics").push(line);
        }
    })
}

/// Waits until `condition` holds.
pub(crate) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::yield_now();
    }
}
