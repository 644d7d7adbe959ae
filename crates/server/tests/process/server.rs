//! One server of its own for a test: a folder, a Unix socket, a log; killed with the value.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop where it is")]

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// `maxmemory` of the servers here: little, so that many can run beside each other.
pub(crate) const MEMORY: &str = "40mb";

/// Longer than anything may take, even on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where a test keeps its files. Made anew.
pub(crate) fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("granite-{name}-{}", std::process::id()));
    fs::create_dir_all(&path).unwrap();
    path
}

/// Runs the binary to its end.
pub(crate) fn granite(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_granite")).args(arguments).output().unwrap()
}

/// A small server on a Unix socket, not started yet.
pub(crate) fn command(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_granite"));
    command.args(["--port", "0", "--maxmemory", MEMORY, "--maxclients", "100"]);
    command.arg("--unixsocket").arg(folder(name).join("socket"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A server that runs.
pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    log: Option<PathBuf>,
    stream: Option<BufReader<UnixStream>>,
}

impl Server {
    /// Starts a small server with `arguments`, and waits until it is ready.
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        Self::spawn(name, command(name, arguments))
    }

    /// Starts `command`, which `command` made for `name`, and waits until it is ready.
    pub(crate) fn spawn(name: &str, mut command: Command) -> Self {
        let folder = folder(name);
        let path = folder.join("log");
        let file = fs::File::create(&path).unwrap();
        command.stdout(file.try_clone().unwrap()).stderr(file);
        Self::ready(command, folder, Some(path))
    }

    /// As `start`, with a log file in place of the standard streams, which are closed.
    pub(crate) fn spawn_without_streams(name: &str) -> Self {
        let folder = folder(name);
        let path = folder.join("log");
        let child = command(name, &["--logfile", path.to_str().unwrap()]);
        let child = super::through_shell("exec \"$@\" <&- >&- 2>&-", &child);
        Self::ready(child, folder, Some(path))
    }

    /// As `spawn`, with the streams that `command` has; nobody reads them.
    pub(crate) fn spawn_unread(name: &str, command: Command) -> Self {
        Self::ready(command, folder(name), None)
    }

    fn ready(mut command: Command, folder: PathBuf, log: Option<PathBuf>) -> Self {
        let child = command.spawn().unwrap();
        let mut server = Self { child, folder, log, stream: None };
        let started = Instant::now();
        while UnixStream::connect(server.folder.join("socket")).is_err() {
            let ended = server.child.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}: {}", server.log());
            assert!(started.elapsed() < PATIENCE, "not ready: {}", server.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        // The socket takes connections before the server does: wait for an answer.
        assert_eq!(server.ask("PING\r\n"), "+PONG\r\n");
        server
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        self.log
            .as_ref()
            .map_or_else(String::new, |path| fs::read_to_string(path).unwrap_or_default())
    }

    /// Waits until it has logged `text`.
    pub(crate) fn wait_for(&self, text: &str) {
        let started = Instant::now();
        while !self.log().contains(text) {
            assert!(started.elapsed() < PATIENCE, "no '{text}' in {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Another connection.
    pub(crate) fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(self.folder.join("socket")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends `request`, returns the reply: a line, a bulk, or an array of bulks.
    pub(crate) fn ask(&mut self, request: &str) -> String {
        let mut stream = self.stream.take().unwrap_or_else(|| BufReader::new(self.connect()));
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        read_reply(&mut stream, &mut reply);
        self.stream = Some(stream);
        reply
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Sends it a signal and waits for its end; the exit status.
    pub(crate) fn end(&mut self, signal: Signal) -> Option<i32> {
        self.signal(signal);
        let told = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(told.elapsed() < PATIENCE, "it does not end: {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn read_reply(stream: &mut BufReader<UnixStream>, reply: &mut String) {
    let start = reply.len();
    assert!(stream.read_line(reply).unwrap() > 0, "the connection was closed");
    let count = |line: &str| line[1..].trim_end().parse::<usize>().unwrap();
    match reply.as_bytes()[start] {
        b'$' if reply.as_bytes()[start + 1] != b'-' => {
            let mut content = vec![0; count(&reply[start..]) + 2];
            stream.read_exact(&mut content).unwrap();
            reply.push_str(&String::from_utf8_lossy(&content));
        }
        b'*' => (0..count(&reply[start..])).for_each(|_| read_reply(stream, reply)),
        _ => {}
    }
}
