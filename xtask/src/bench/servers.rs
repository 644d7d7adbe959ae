//! The servers of a run: how each is started, what it takes, and those that are running.
//!
//! Keeps true: a server that was started is ended, however the run ends.
use super::cases::Data;
use super::machine;
use super::options::Options;
use super::peers;
use super::wire;
use crate::owned_child::OwnedChild;
use crate::target;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The core of the servers; the load generator has the other one.
const SERVER_CORE: &str = "0";

/// How long a server may take to start: some touch all their memory.
const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks whether it listens.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// Options of the peers: no disk, loopback, the limit of memory.
const PEER_WORDS: &str = "--port {port} --bind 127.0.0.1 --appendonly no --daemonize no \
                          --loglevel warning --protected-mode no --maxmemory {limit} \
                          --maxmemory-policy {policy} --save";

/// How a server is started.
pub(super) struct Spec {
    pub(super) name: String,
    /// The program and its arguments, with places for what differs.
    words: Vec<String>,
    /// A library to load before all others.
    preload: Option<&'static str>,
    /// It keeps nothing: there is nothing to load, and no memory to look at.
    pub(super) is_null: bool,
}

impl Spec {
    /// Those that the options name, fetched if need be.
    pub(super) fn all(options: &Options) -> Result<Vec<Self>, String> {
        let known = options.servers.iter().map(|name| Self::known(name));
        let others = options.others.iter().map(|(name, command)| {
            Ok(Self::new(name, command.split_whitespace().map(Into::into).collect()))
        });
        known.chain(others).collect()
    }

    fn new(name: &str, words: Vec<String>) -> Self {
        Self { name: name.to_owned(), words, preload: None, is_null: false }
    }

    fn known(name: &str) -> Result<Self, String> {
        let release = |program: &str| target().join("release").join(program);
        let mut preload = None;
        let (program, words) = match name {
            "granite-uring" | "granite-epoll" => {
                let words = "--port {port} --bind 127.0.0.1 --maxmemory {memory} \
                             --maxmemory-policy {policy} --io";
                (release("granite"), words)
            }
            "null-uring" | "null-epoll" => {
                (release("granite-null"), "--port {port} --value-size {size} --io")
            }
            "redis70" => (peers::redis()?, PEER_WORDS),
            "valkey91" => {
                let (program, library) = peers::valkey()?;
                preload = Some(library);
                (program, PEER_WORDS)
            }
            _ => return Err(format!("no server is called {name}; see --server")),
        };
        // The driver, or for the peers nothing: `--save ''` is no snapshots.
        let last = name.rsplit_once('-').map_or("", |(_, driver)| driver);
        let words = std::iter::once(program.display().to_string())
            .chain(words.split_whitespace().map(Into::into))
            .chain([last.to_owned()]);
        let mut spec = Self::new(name, words.collect());
        spec.is_null = name.starts_with("null");
        spec.preload = preload;
        Ok(spec)
    }

    /// About what it takes with `data` in it.
    pub(super) fn memory_need(&self, data: &Data) -> u64 {
        let is_given_all = self.words.iter().any(|word| word.contains("{memory}"));
        if self.is_null {
            0
        } else if is_given_all || data.evicts {
            data.memory()
        } else {
            data.peer_memory()
        }
    }
}

/// Bytes in use, of a server or for each key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    /// As the server counts them.
    pub(super) used: f64,
    /// As the kernel does.
    pub(super) resident: f64,
}

/// A running server, which ends with its owner.
pub(super) struct Server {
    child: OwnedChild,
    pub(super) name: String,
    pub(super) port: u16,
    pub(super) is_null: bool,
}

impl Server {
    /// Starts one for `data` and waits until it listens.
    pub(super) fn start(spec: &Spec, data: &Data, port: u16) -> Result<Self, String> {
        let name = &spec.name;
        let memory = data.memory();
        let fill = |word: &String| {
            word.replace("{port}", &port.to_string())
                .replace("{memory}", &memory.to_string())
                .replace("{limit}", &if data.evicts { memory } else { 0 }.to_string())
                .replace("{policy}", if data.evicts { "allkeys-lru" } else { "noeviction" })
                .replace("{size}", &data.value_size.to_string())
        };
        let folder = target().join("bench");
        let log_path = folder.join(format!("{name}.log"));
        let explain = |why: std::io::Error| format!("{name}: {why}");
        fs::create_dir_all(&folder).map_err(explain)?;
        let log = File::create(&log_path).map_err(explain)?;
        let mut command = Command::new("taskset");
        command.args(["-c", SERVER_CORE]).args(spec.words.iter().map(fill));
        command.stdin(Stdio::null()).stderr(log.try_clone().map_err(explain)?).stdout(log);
        if let Some(library) = spec.preload {
            command.env("LD_PRELOAD", library);
        }
        let child = OwnedChild(command.spawn().map_err(explain)?);
        let mut server = Self { child, name: name.clone(), port, is_null: spec.is_null };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let has_ended = server.child.0.try_wait().map_err(explain)?.is_some();
            if has_ended || start.elapsed() > PATIENCE {
                let log = fs::read_to_string(&log_path).unwrap_or_default();
                let last = log.lines().last().unwrap_or_default();
                return Err(format!("{name} does not start: {last}"));
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
        Ok(server)
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.0.id()
    }

    /// Its memory now, if it keeps anything.
    pub(super) fn memory(&self) -> Result<Option<Memory>, String> {
        let info = wire::info_memory(self.port).map_err(|why| self.explain(why))?;
        let status = format!("/proc/{}/status", self.child.0.id());
        let status = fs::read_to_string(status).map_err(|why| self.explain(why))?;
        let resident_kib: Option<f64> = machine::number_after(&status, "VmRSS:");
        let memory = |used| Some(Memory { used, resident: resident_kib? * 1024.0 });
        Ok(machine::number_after(&info, "used_memory:").and_then(memory))
    }

    fn explain(&self, why: impl std::fmt::Display) -> String {
        format!("{}: {why}", self.name)
    }
}
