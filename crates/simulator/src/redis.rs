//! A real redis-server as the target of transcripts and of random commands: the outside judge.
//!
//! It must listen on loopback and be there for this alone: every case begins with FLUSHALL.
use crate::transcript::{Answer, Settings, Target, Wait};
use crate::value::{Value, request};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No more bytes for so long means that there is no more to come.
const QUIET: Duration = Duration::from_millis(60);
/// A reply that is due is waited for so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Connections to a redis-server.
pub struct Redis {
    port: u16,
    control: TcpStream,
    connections: BTreeMap<u32, TcpStream>,
    resp3: bool,
    /// Options that the running case has changed, with their values before it.
    changed: Vec<(String, Vec<u8>)>,
}

impl Redis {
    /// Connects to the redis-server on `port`.
    pub fn connect(port: u16) -> Result<Self, String> {
        let control = open(port)?;
        Ok(Self { port, control, connections: BTreeMap::new(), resp3: false, changed: Vec::new() })
    }

    /// Asks over the connection that no case sees.
    fn control(&mut self, arguments: &[&[u8]]) -> Result<Value, String> {
        let answer = exchange(&mut self.control, &request(arguments), Wait::Reply);
        match Value::parse_all(&answer.bytes) {
            Ok(mut values) if values.len() == 1 => match values.remove(0) {
                Value::Error(line) => Err(String::from_utf8_lossy(&line).into_owned()),
                value => Ok(value),
            },
            other => Err(format!("no answer to {}: {other:?}", arguments.concat().escape_ascii())),
        }
    }

    fn set_option(&mut self, name: &str, value: &str) -> Result<(), String> {
        let Value::Array(pair) = self.control(&[b"CONFIG", b"GET", name.as_bytes()])? else {
            return Err("CONFIG GET answers with an array".to_owned());
        };
        let Some(Value::Bulk(before)) = pair.get(1) else {
            return Err(format!("Redis has no option {name}"));
        };
        if before == value.as_bytes() {
            return Ok(());
        }
        self.changed.push((name.to_owned(), before.clone()));
        self.control(&[b"CONFIG", b"SET", name.as_bytes(), value.as_bytes()]).map(|_| ())
    }
}

impl Target for Redis {
    fn begin(&mut self, settings: &Settings) -> Result<(), String> {
        self.connections.clear();
        self.resp3 = settings.resp3;
        for (name, value) in std::mem::take(&mut self.changed) {
            self.control(&[b"CONFIG", b"SET", name.as_bytes(), &value])?;
        }
        self.control(&[b"FLUSHALL"])?;
        self.control(&[b"CONFIG", b"RESETSTAT"])?;
        settings.options.iter().try_for_each(|(name, value)| self.set_option(name, value))
    }

    fn exchange(&mut self, connection: u32, bytes: &[u8], wait: Wait) -> Answer {
        let stream = self.connections.entry(connection).or_insert_with(|| {
            let mut stream = open(self.port).expect("it listened when the case began");
            if self.resp3 {
                exchange(&mut stream, &request(&["HELLO", "3"]), Wait::Reply);
            }
            stream
        });
        let answer = exchange(stream, bytes, wait);
        if answer.closed {
            self.connections.remove(&connection);
        }
        answer
    }

    fn advance(&mut self, duration_ms: u64) {
        std::thread::sleep(Duration::from_millis(duration_ms));
    }
}

fn open(port: u16) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|why| why.to_string())?;
    stream.set_nodelay(true).map_err(|why| why.to_string())?;
    Ok(stream)
}

fn exchange(stream: &mut TcpStream, bytes: &[u8], wait: Wait) -> Answer {
    let mut answer = Answer::default();
    if stream.write_all(bytes).is_err() {
        answer.closed = true;
    }
    let mut piece = vec![0; 64 << 10];
    loop {
        let whole = matches!(Value::parse(&answer.bytes), Ok(Some(_)) | Err(_));
        if answer.closed || whole && wait == Wait::Reply {
            return answer;
        }
        let patience = if wait == Wait::Quiet { QUIET } else { PATIENCE };
        stream.set_read_timeout(Some(patience)).expect("the duration is not zero");
        match stream.read(&mut piece) {
            Ok(0) => answer.closed = true,
            Ok(size) => answer.bytes.extend_from_slice(&piece[..size]),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) if matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return answer;
            }
            Err(_) => answer.closed = true,
        }
    }
}
