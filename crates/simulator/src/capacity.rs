//! What a real server holds: the count of keys until `-OOM`, on an empty server and after a long
//! history, and the bytes that each key costs. Over the wire, pipelined, because it is a promise
//! about the product and not about its parts.
use crate::value::{Value, request};
use granite_engine::random::Random;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Commands sent before their replies are read.
const BATCH: usize = 500;

/// Rounds of filling and deleting that make a history.
const ROUNDS: u32 = 10;

/// A connection that only counts replies.
struct Pipe {
    stream: TcpStream,
    received: Vec<u8>,
}

/// One key of a fill.
struct Item {
    key: String,
    value_size: usize,
    expires: bool,
}

impl Pipe {
    fn connect(port: u16) -> Result<Self, String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|why| why.to_string())?;
        stream.set_nodelay(true).map_err(|why| why.to_string())?;
        let patience = Some(Duration::from_mins(1));
        stream.set_read_timeout(patience).map_err(|why| why.to_string())?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends a batch and takes a reply for each of its `count` commands.
    fn exchange(&mut self, bytes: &[u8], count: usize) -> Result<Vec<Value>, String> {
        self.stream.write_all(bytes).map_err(|why| why.to_string())?;
        let (mut replies, mut piece) = (Vec::with_capacity(count), vec![0; 64 << 10]);
        let mut at = 0;
        while replies.len() < count {
            match Value::parse(&self.received[at..]).map_err(|why| why.0)? {
                Some((reply, size)) => {
                    replies.push(reply);
                    at += size;
                }
                None => match self.stream.read(&mut piece).map_err(|why| why.to_string())? {
                    0 => return Err("the server has closed".to_owned()),
                    size => self.received.extend_from_slice(&piece[..size]),
                },
            }
        }
        self.received.drain(..at);
        Ok(replies)
    }

    fn ask(&mut self, words: &[&str]) -> Result<Value, String> {
        Ok(self.exchange(&request(words), 1)?.remove(0))
    }

    fn number(&mut self, words: &[&str]) -> Result<u64, String> {
        match self.ask(words)? {
            Value::Integer(number) => u64::try_from(number).map_err(|why| why.to_string()),
            other => Err(format!("{words:?} answers {other:?}")),
        }
    }

    /// Stores items until the first is refused; returns the keys that are there now.
    fn fill(&mut self, mut next: impl FnMut(u64) -> Item) -> Result<Vec<String>, String> {
        let mut keys = Vec::new();
        for first in (0..).step_by(BATCH) {
            let items: Vec<Item> = (first..first + BATCH as u64).map(&mut next).collect();
            let mut bytes = Vec::new();
            for item in &items {
                let value = "v".repeat(item.value_size);
                let set = ["SET", &item.key, &value, "EX", "1000000"];
                bytes.extend(request(if item.expires { &set } else { &set[..3] }));
            }
            let replies = self.exchange(&bytes, BATCH)?;
            let mut is_full = false;
            for (item, reply) in items.into_iter().zip(replies) {
                match reply.as_error() {
                    None => keys.push(item.key),
                    Some(line) if line.starts_with(b"OOM command not allowed") => is_full = true,
                    Some(line) => return Err(String::from_utf8_lossy(line).into_owned()),
                }
            }
            if is_full {
                return Ok(keys);
            }
        }
        unreachable!("memory is finite")
    }

    fn delete(&mut self, keys: &[String]) -> Result<(), String> {
        for batch in keys.chunks(BATCH) {
            let bytes: Vec<u8> = batch.iter().flat_map(|key| request(&["DEL", key])).collect();
            let replies = self.exchange(&bytes, batch.len())?;
            if replies.iter().any(|reply| *reply != Value::Integer(1)) {
                return Err("a key that was stored is not there".to_owned());
            }
        }
        Ok(())
    }
}

/// Keys of 100-byte values until the server is full.
fn plain(number: u64) -> Item {
    Item { key: format!("plain:{number:010}"), value_size: 100, expires: false }
}

/// Fills an empty server, then gives it a history and fills it again: the counts must be the same
/// within a thousandth.
pub fn no_history(port: u16) -> Result<(), String> {
    let mut pipe = Pipe::connect(port)?;
    let mut random = Random::new(1);
    let first = pipe.fill(plain)?;
    pipe.delete(&first)?;
    println!("an empty server holds {} keys of 100 bytes", first.len());
    let mut live: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        // Each round has sizes of its own between 16 bytes and 4 KiB.
        let (low, high) = (16 << (round % 5), 64 << (round % 7));
        let more = pipe.fill(|number| Item {
            key: format!("round:{round}:{number:010}"),
            value_size: (low + random.below(high)).min(4096) as usize,
            expires: random.below(2) == 0,
        })?;
        live.extend(more);
        let kept = live.len() / 10;
        for index in 0..kept {
            let other = index + random.below((live.len() - index) as u64) as usize;
            live.swap(index, other);
        }
        let gone = live.split_off(kept);
        pipe.delete(&gone)?;
        println!("round {round}: {} keys of {low} to {} bytes", gone.len() + kept, low + high);
    }
    pipe.delete(&live)?;
    if pipe.number(&["DBSIZE"])? != 0 {
        return Err("keys are left that nobody stored".to_owned());
    }
    let again = pipe.fill(plain)?;
    println!("after that history it holds {} keys of 100 bytes", again.len());
    if again.len().abs_diff(first.len()) * 1000 > first.len() {
        return Err("more than a thousandth was lost to history".to_owned());
    }
    Ok(())
}

/// Bytes that a key of 16 bytes with a value of 64 costs beyond these 80, index included, with the
/// memory full; at most `bound`, or `bound + 16` with a deadline.
pub fn overhead(port: u16, bound: f64) -> Result<(), String> {
    let mut pipe = Pipe::connect(port)?;
    for expires in [false, true] {
        let item = |number| Item { key: format!("key:{number:012}"), value_size: 64, expires };
        let keys = pipe.fill(item)?;
        let Value::Bulk(info) = pipe.ask(&["INFO", "memory"])? else {
            return Err("INFO is a string".to_owned());
        };
        let info = String::from_utf8_lossy(&info).into_owned();
        let field = |name: &str| -> Result<f64, String> {
            let line = info.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
            line.and_then(|text| text.trim().parse().ok()).ok_or(format!("INFO has no {name}"))
        };
        let (data_bytes, maxmemory) = (field("data_memory")?, field("maxmemory")?);
        let each = data_bytes / f64::from(u32::try_from(keys.len()).expect("few")) - 80.0;
        let outside = (maxmemory - data_bytes) / maxmemory * 100.0;
        let bound = if expires { bound + 16.0 } else { bound };
        let what = if expires { "with" } else { "without" };
        println!(
            "{} keys {what} TTL: {each:.1} bytes of overhead (at most {bound}); \
             {outside:.1} % of maxmemory is not data memory",
            keys.len()
        );
        if each > bound {
            return Err("the overhead is above its bound".to_owned());
        }
        pipe.delete(&keys)?;
    }
    Ok(())
}
