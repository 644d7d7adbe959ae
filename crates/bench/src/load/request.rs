//! Writes requests: each kind is a pattern with places, so that a request is a few copies and the
//! digits of its key.
use super::keys::Keys;
use super::kind::{Kind, RANGE_COUNT};
use granite_engine::random::Random;
use std::io::Write;

/// What a key begins with.
const KEY_PREFIX: &str = "key:";

/// What an element of a collection begins with.
const ELEMENT_PREFIX: &str = "elt:";

/// Digits of a key or element, behind its prefix.
const KEY_DIGITS: usize = 12;

/// How often each kind is sent, and with what.
#[derive(Clone, Debug)]
pub struct Mix {
    /// Kinds and their weights.
    pub weights: Vec<(Kind, u32)>,
    /// Bytes of a value.
    pub value_size: u32,
    /// Keys of a command that has several.
    pub keys_per_command: u32,
    /// Elements of a key that is a collection; 1 for others.
    pub element_count: u64,
    /// Seconds that a key with a deadline lives.
    pub ttl_s: u32,
}

impl Default for Mix {
    fn default() -> Self {
        let set = Kind::from_name("set").expect("a row of the table");
        Self {
            weights: vec![(set, 1)],
            value_size: 64,
            keys_per_command: 100,
            element_count: 1,
            ttl_s: 1800,
        }
    }
}

/// What differs from request to request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Digits of the key.
    Key,
    /// Digits of the element.
    Element,
    /// A whole argument: a number below the count of elements.
    Number,
    /// Two whole arguments: the first and the last of a hundred numbers in a row.
    Range,
}

/// A request but for what differs.
struct Pattern {
    /// Up to what is repeated, or the whole request if nothing differs.
    head: Vec<u8>,
    /// What is repeated: bytes and the place behind them.
    body: Vec<(Vec<u8>, Place)>,
    /// Behind the last place of each repetition.
    tail: Vec<u8>,
    repeat_count: u32,
    /// A draw below this, and not below that of the pattern before, chooses this one.
    weight_end: u64,
}

/// An endless row of requests.
pub struct RequestWriter {
    patterns: Box<[Pattern]>,
    weight_sum: u64,
    keys: Keys,
    element_count: u64,
    random: Random,
}

impl RequestWriter {
    /// Requests of `mix`. What `keys` draws names a key and one of its elements.
    pub fn new(mix: &Mix, keys: Keys, seed: u64) -> Self {
        let mut weight_sum = 0;
        let mut pattern = |&(kind, weight): &(Kind, u32)| {
            weight_sum += u64::from(weight);
            Pattern::new(kind, mix, weight_sum)
        };
        let patterns = mix.weights.iter().map(&mut pattern).collect();
        let element_count = mix.element_count;
        Self { patterns, weight_sum, keys, element_count, random: Random::new(seed) }
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
        for _ in 0..pattern.repeat_count {
            let drawn = self.keys.next(&mut self.random);
            let (key, element) = (drawn / self.element_count, drawn % self.element_count);
            for (bytes, place) in &pattern.body {
                output.extend_from_slice(bytes);
                match place {
                    Place::Key => write_digits(key, output),
                    Place::Element => {
                        // Two collections, one behind the other, have half of them in common.
                        let shift = key % 2 * (self.element_count / 2);
                        write_digits(element + shift, output);
                    }
                    Place::Number => write_number(self.random.below(self.element_count), output),
                    Place::Range => {
                        let start_count = self.element_count.saturating_sub(RANGE_COUNT).max(1);
                        let start = self.random.below(start_count);
                        write_number(start, output);
                        write_number(start + RANGE_COUNT - 1, output);
                    }
                }
            }
            output.extend_from_slice(&pattern.tail);
        }
    }
}

impl Pattern {
    fn new(kind: Kind, mix: &Mix, weight_end: u64) -> Self {
        let (request, repeat_count) = match kind.request.strip_suffix(" ...") {
            Some(request) => (request, mix.keys_per_command),
            None => (kind.request, 1),
        };
        let words: Vec<&str> = request.split(' ').collect();
        let differs = |word: &&str| word.as_bytes()[0].is_ascii_lowercase();
        let (fixed, differing) =
            words.split_at(words.iter().position(differs).unwrap_or(words.len()));
        let argument_count = fixed.len() + differing.len() * repeat_count as usize;
        let mut head = format!("*{argument_count}\r\n").into_bytes();
        for word in fixed {
            write_bulk(word.as_bytes(), &mut head);
        }
        let (mut body, mut tail) = (Vec::new(), Vec::new());
        for word in differing {
            let mut place = |prefix, place, bytes: &mut Vec<u8>| {
                bytes.extend_from_slice(prefix);
                body.push((std::mem::take(bytes), place));
            };
            match *word {
                "key" => place(bulk_start(KEY_PREFIX).as_bytes(), Place::Key, &mut tail),
                "element" => {
                    place(bulk_start(ELEMENT_PREFIX).as_bytes(), Place::Element, &mut tail);
                }
                "number" => place(b"", Place::Number, &mut tail),
                "from" => place(b"", Place::Range, &mut tail),
                "to" => {}
                "value" => write_bulk(&value(mix.value_size), &mut tail),
                "ttl" => write_bulk(mix.ttl_s.to_string().as_bytes(), &mut tail),
                word => write_bulk(word.as_bytes(), &mut tail),
            }
            if matches!(*word, "key" | "element") {
                tail.extend_from_slice(b"\r\n");
            }
        }
        Self { head, body, tail, repeat_count, weight_end }
    }
}

/// What stands before the digits of a name.
fn bulk_start(prefix: &str) -> String {
    format!("${}\r\n{prefix}", prefix.len() + KEY_DIGITS)
}

fn value(size: u32) -> Vec<u8> {
    (b'a'..=b'z').cycle().take(size as usize).collect()
}

fn write_bulk(argument: &[u8], output: &mut Vec<u8>) {
    output.extend_from_slice(format!("${}\r\n", argument.len()).as_bytes());
    output.extend_from_slice(argument);
    output.extend_from_slice(b"\r\n");
}

/// A number as an argument of its own.
fn write_number(number: u64, output: &mut Vec<u8>) {
    let digit_count = number.checked_ilog10().unwrap_or(0) + 1;
    let _ = write!(output, "${digit_count}\r\n{number}\r\n");
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
