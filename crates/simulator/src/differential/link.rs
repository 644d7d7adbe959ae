//! Two servers that are asked the same at the same time.
//!
//! Keeps true: whoever writes never waits for itself. A thread of its own reads the replies of each
//! server, because a server may stop reading requests until its replies are taken.
use super::wire::Counter;
use crate::value::{Value, request};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Nothing for so long means that nothing will come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes that are read at once.
const PIECE_SIZE: usize = 256 << 10;

/// What one server has answered.
#[derive(Debug, Default)]
pub struct Replies {
    /// As they came.
    pub bytes: Vec<u8>,
    counter: Counter,
    failure: Option<String>,
}

impl Replies {
    /// Count of replies.
    pub fn count(&self) -> usize {
        self.counter.ends.len()
    }

    /// Reply `index` as it came.
    pub fn get(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.counter.ends[index - 1] };
        &self.bytes[start..self.counter.ends[index]]
    }
}

struct Job {
    stream: Arc<TcpStream>,
    count: usize,
    to_end: bool,
    replies: Replies,
}

/// One server and whoever reads its replies.
struct Server {
    name: String,
    port: u16,
    control: Arc<TcpStream>,
    connections: Vec<Arc<TcpStream>>,
    jobs: SyncSender<Job>,
    done: Receiver<Replies>,
    replies: Replies,
}

/// Which connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum To {
    /// The one that no stream sees.
    Control,
    /// One of a stream's.
    Connection(u8),
}

impl Server {
    fn new(name: &str, port: u16) -> Result<Self, String> {
        let control = open(port).map_err(|why| format!("{name} on port {port}: {why}"))?;
        let (jobs, to_do) = sync_channel::<Job>(1);
        let (finished, done) = sync_channel(1);
        std::thread::spawn(move || {
            let mut piece = vec![0; PIECE_SIZE];
            for mut job in to_do {
                read(&mut job, &mut piece);
                if finished.send(job.replies).is_err() {
                    return;
                }
            }
        });
        let (connections, replies) = (Vec::new(), Replies::default());
        Ok(Self { name: name.to_owned(), port, control, connections, jobs, done, replies })
    }

    fn begin(&mut self, to: To, bytes: &[u8], count: usize, to_end: bool) {
        let stream = match to {
            To::Control => &self.control,
            To::Connection(index) => &self.connections[index as usize],
        };
        let mut replies = std::mem::take(&mut self.replies);
        replies.bytes.clear();
        replies.counter.clear();
        replies.failure = None;
        let job = Job { stream: Arc::clone(stream), count, to_end, replies };
        self.jobs.send(job).expect("the reader lives as long as its server");
        // If it fails, the reader sees the end of the connection, and says so.
        let _ = (&**stream).write_all(bytes);
    }

    /// Over the connection that no stream sees.
    fn ask(&mut self, words: &[&[u8]]) -> Result<Value, String> {
        self.begin(To::Control, &request(words), 1, false);
        self.end()?;
        match Value::parse_all(&self.replies.bytes).map_err(|why| why.0)?.pop() {
            Some(Value::Error(line)) => Err(format!("{}: {}", self.name, line.escape_ascii())),
            Some(value) => Ok(value),
            None => Err(format!("{}: no reply", self.name)),
        }
    }

    fn end(&mut self) -> Result<(), String> {
        self.replies = self.done.recv().expect("the reader lives as long as its server");
        match &self.replies.failure {
            Some(why) => Err(format!("{}: {why}", self.name)),
            None => Ok(()),
        }
    }
}

/// A redis-server and a Granite.
pub struct Pair {
    redis: Server,
    granite: Server,
    /// The longest exchange since `reset_slack`: how far apart in time the two may have done
    /// the same.
    longest: Duration,
}

impl Pair {
    /// Connects to both on loopback.
    pub fn connect(redis: u16, granite: u16, name: &str) -> Result<Self, String> {
        Ok(Self {
            redis: Server::new("redis", redis)?,
            granite: Server::new(name, granite)?,
            longest: Duration::ZERO,
        })
    }

    /// Begins anew with both, after something has gone wrong.
    pub fn reconnect(&mut self) -> Result<(), String> {
        let name = self.granite.name.clone();
        *self = Self::connect(self.redis.port, self.granite.port, &name)?;
        Ok(())
    }

    /// The name of the Granite.
    pub fn name(&self) -> &str {
        &self.granite.name
    }

    /// Closes all connections of a stream and opens `count` new ones.
    pub fn open(&mut self, count: u8) -> Result<(), String> {
        for server in [&mut self.redis, &mut self.granite] {
            server.connections.clear();
        }
        for _ in 0..count {
            for server in [&mut self.redis, &mut self.granite] {
                server.connections.push(open(server.port)?);
            }
        }
        Ok(())
    }

    /// Opens one anew, which its servers have closed.
    pub fn reopen(&mut self, connection: u8) -> Result<(), String> {
        for server in [&mut self.redis, &mut self.granite] {
            server.connections[connection as usize] = open(server.port)?;
        }
        Ok(())
    }

    /// Sends the same to both and waits for `count` replies of each; with `to_end`, until both
    /// have closed the connection.
    pub fn exchange(
        &mut self,
        to: To,
        bytes: &[u8],
        count: usize,
        to_end: bool,
    ) -> Result<(), String> {
        let begin = Instant::now();
        self.redis.begin(to, bytes, count, to_end);
        self.granite.begin(to, bytes, count, to_end);
        let results = [self.redis.end(), self.granite.end()];
        self.longest = self.longest.max(begin.elapsed());
        results.into_iter().collect()
    }

    /// The answers to the last exchange: Redis' and Granite's.
    pub fn replies(&self) -> (&Replies, &Replies) {
        (&self.redis.replies, &self.granite.replies)
    }

    /// Asks Redis alone.
    pub fn ask_redis(&mut self, words: &[&[u8]]) -> Result<Value, String> {
        self.redis.ask(words)
    }

    /// Asks Granite alone.
    pub fn ask_granite(&mut self, words: &[&[u8]]) -> Result<Value, String> {
        self.granite.ask(words)
    }

    /// Forgets how slow it was until now.
    pub fn reset_slack(&mut self) {
        self.longest = Duration::ZERO;
    }

    /// Milliseconds by which times may differ: both the setting and the reading of a deadline
    /// may have been so far apart, and clocks are read once for several commands.
    pub fn slack_ms(&self) -> u64 {
        50 + 2 * self.longest.as_millis() as u64
    }
}

fn open(port: u16) -> Result<Arc<TcpStream>, String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|why| why.to_string())?;
    stream.set_nodelay(true).map_err(|why| why.to_string())?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(|why| why.to_string())?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(|why| why.to_string())?;
    Ok(Arc::new(stream))
}

fn read(job: &mut Job, piece: &mut [u8]) {
    let replies = &mut job.replies;
    let fail = |replies: &mut Replies, why: &str| {
        let (came, due) = (replies.count(), job.count);
        replies.failure = Some(format!("{why} after {came} of {due} replies"));
    };
    loop {
        if let Err(why) = replies.counter.look(&replies.bytes) {
            return fail(replies, &why);
        }
        if replies.count() > job.count {
            return fail(replies, "more replies than requests");
        }
        if replies.count() == job.count && !job.to_end {
            if !replies.counter.is_whole(&replies.bytes) {
                fail(replies, "bytes behind the last reply");
            }
            return;
        }
        match (&*job.stream).read(piece) {
            Ok(0) if job.to_end && replies.count() == job.count => return,
            Ok(0) => return fail(replies, "the connection was closed"),
            Ok(size) => replies.bytes.extend_from_slice(&piece[..size]),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return fail(replies, &why.to_string()),
        }
    }
}
