//! Writes requests: each kind is a pattern with places for keys, so that a request is three copies
//! and twelve digits.
use super::keys::Keys;
use granite_engine::random::Random;

/// What a key begins with.
const KEY_PREFIX: &str = "key:";

/// Digits of a key, behind its prefix.
const KEY_DIGITS: usize = 12;

/// A kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `GET key`
    Get,
    /// `SET key value`
    Set,
    /// `INCR key`
    Incr,
    /// `MGET key ...`
    Mget,
    /// `MSET key value ...`
    Mset,
    /// `SET key value EX ttl`
    SetExpiring,
    /// `EXPIRE key ttl`
    Expire,
    /// `PING`
    Ping,
}

impl Kind {
    /// As the command line names it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "get" => Self::Get,
            "set" => Self::Set,
            "incr" => Self::Incr,
            "mget" => Self::Mget,
            "mset" => Self::Mset,
            "setex" => Self::SetExpiring,
            "expire" => Self::Expire,
            "ping" => Self::Ping,
            _ => return None,
        })
    }
}

/// How often each kind is sent, and with what.
#[derive(Clone, Debug)]
pub struct Mix {
    /// Kinds and their weights.
    pub weights: Vec<(Kind, u32)>,
    /// Bytes of a value.
    pub value_size: u32,
    /// Keys of an MGET or MSET.
    pub keys_per_command: u32,
    /// Seconds that a key with a deadline lives.
    pub ttl_s: u32,
}

impl Default for Mix {
    fn default() -> Self {
        Self { weights: vec![(Kind::Set, 1)], value_size: 64, keys_per_command: 100, ttl_s: 1800 }
    }
}

/// A request but for its keys.
struct Pattern {
    /// Up to the digits of the first key, or the whole request if it has none.
    head: Vec<u8>,
    /// Up to the digits of a further key.
    next: Vec<u8>,
    /// Behind the digits of each key.
    tail: Vec<u8>,
    key_count: u32,
    /// A draw below this, and not below that of the pattern before, chooses this one.
    weight_end: u64,
}

/// An endless row of requests.
pub struct RequestWriter {
    patterns: Box<[Pattern]>,
    weight_sum: u64,
    keys: Keys,
    random: Random,
}

impl RequestWriter {
    /// Requests of `mix` about `keys`.
    pub fn new(mix: &Mix, keys: Keys, seed: u64) -> Self {
        let mut weight_sum = 0;
        let mut pattern = |&(kind, weight): &(Kind, u32)| {
            weight_sum += u64::from(weight);
            Pattern::new(kind, mix, weight_sum)
        };
        let patterns = mix.weights.iter().map(&mut pattern).collect();
        Self { patterns, weight_sum, keys, random: Random::new(seed) }
    }

    /// Appends the next request.
    pub fn write(&mut self, output: &mut Vec<u8>) {
        let mut pattern = &self.patterns[0];
        if self.patterns.len() > 1 {
            let draw = self.random.below(self.weight_sum);
            let chosen = self.patterns.iter().find(|pattern| draw < pattern.weight_end);
            pattern = chosen.expect("a draw is below the sum of all weights");
        }
        output.extend_from_slice(&pattern.head);
        if pattern.key_count == 0 {
            return;
        }
        write_digits(self.keys.next(&mut self.random), output);
        output.extend_from_slice(&pattern.tail);
        for _ in 1..pattern.key_count {
            output.extend_from_slice(&pattern.next);
            write_digits(self.keys.next(&mut self.random), output);
            output.extend_from_slice(&pattern.tail);
        }
    }
}

impl Pattern {
    fn new(kind: Kind, mix: &Mix, weight_end: u64) -> Self {
        let value: Vec<u8> = (b'a'..=b'z').cycle().take(mix.value_size as usize).collect();
        let ttl = mix.ttl_s.to_string();
        let (name, key_count, behind): (_, _, Vec<&[u8]>) = match kind {
            Kind::Get => ("GET", 1, vec![]),
            Kind::Set => ("SET", 1, vec![&value]),
            Kind::Incr => ("INCR", 1, vec![]),
            Kind::Mget => ("MGET", mix.keys_per_command, vec![]),
            Kind::Mset => ("MSET", mix.keys_per_command, vec![&value]),
            Kind::SetExpiring => ("SET", 1, vec![&value, b"EX", ttl.as_bytes()]),
            Kind::Expire => ("EXPIRE", 1, vec![ttl.as_bytes()]),
            Kind::Ping => ("PING", 0, vec![]),
        };
        let argument_count = 1 + key_count as usize * (1 + behind.len());
        let next = format!("${}\r\n{KEY_PREFIX}", KEY_PREFIX.len() + KEY_DIGITS).into_bytes();
        let mut head = format!("*{argument_count}\r\n").into_bytes();
        write_bulk(name.as_bytes(), &mut head);
        if key_count > 0 {
            head.extend_from_slice(&next);
        }
        let mut tail = b"\r\n".to_vec();
        for argument in behind {
            write_bulk(argument, &mut tail);
        }
        Self { head, next, tail, key_count, weight_end }
    }
}

fn write_bulk(argument: &[u8], output: &mut Vec<u8>) {
    output.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
    output.extend_from_slice(argument);
    output.extend_from_slice(b"\r\n");
}

fn write_digits(mut number: u64, output: &mut Vec<u8>) {
    let mut digits = [b'0'; KEY_DIGITS];
    for digit in digits.iter_mut().rev() {
        if number == 0 {
            break;
        }
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    output.extend_from_slice(&digits);
}

#[cfg(test)]
#[path = "request_test.rs"]
mod request_test;
