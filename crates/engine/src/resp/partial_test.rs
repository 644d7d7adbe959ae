//! Both parsers against a naive one: every sample at every split point, byte by byte, and random
//! mutations. The naive one sees all bytes at once and may allocate.
use super::*;
use crate::random::Random;
use crate::resp::parse::parse;
extern crate std;
use std::format;
use std::string::{String, ToString as _};
use std::vec;
use std::vec::Vec;

/// What a stream of bytes means.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Outcome {
    Request(Vec<Vec<u8>>),
    Refused,
    Error(String),
}

const BOUNDS: Bounds = Bounds { arguments_max: 1000, bulk_size_max: 1 << 20, authenticated: true };

/// The grammar once more, in the most simple-minded way.
mod naive {
    use super::*;

    type Parsed<T> = Result<Option<T>, String>;

    pub(super) fn parse_all(mut bytes: &[u8], bounds: &Bounds) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        while !bytes.is_empty() {
            match parse_one(bytes, bounds) {
                Ok(Some((arguments, size))) => {
                    if !arguments.is_empty() {
                        outcomes.push(Outcome::Request(arguments));
                    }
                    bytes = &bytes[size..];
                }
                Ok(None) => break,
                Err(text) => {
                    outcomes.push(Outcome::Error(text));
                    break;
                }
            }
        }
        outcomes
    }

    /// A line after its type byte: its number and where the next begins.
    fn line(bytes: &[u8], too_big: &str, invalid: &str) -> Parsed<(i64, usize)> {
        let Some(at) = bytes.iter().position(|&byte| byte == b'\r') else {
            let is_too_big = bytes.len() > 65536;
            return if is_too_big { Err(too_big.to_string()) } else { Ok(None) };
        };
        if at > 65536 {
            return Err(too_big.to_string());
        }
        match bytes.get(at + 1) {
            None => return Ok(None),
            Some(b'\n') => {}
            Some(_) => return Err(invalid.to_string()),
        }
        let text = String::from_utf8_lossy(&bytes[..at]).to_string();
        match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Ok(Some((number, at + 2))),
            _ => Err(invalid.to_string()),
        }
    }

    fn parse_one(bytes: &[u8], bounds: &Bounds) -> Parsed<(Vec<Vec<u8>>, usize)> {
        if bytes[0] != b'*' {
            return inline(bytes, bounds);
        }
        let invalid = "invalid multibulk length";
        let Some((count, size)) = line(&bytes[1..], "too big mbulk count string", invalid)? else {
            return Ok(None);
        };
        if count > i64::from(bounds.arguments_max) {
            return Err(invalid.to_string());
        }
        if count > 10 && !bounds.authenticated {
            return Err("unauthenticated multibulk length".to_string());
        }
        let mut at = 1 + size;
        let mut arguments = Vec::new();
        for _ in 0..count.max(0) {
            match bytes.get(at) {
                None => return Ok(None),
                Some(b'$') => at += 1,
                Some(&other) => return Err(format!("expected '$', got '{}'", other as char)),
            }
            let invalid = "invalid bulk length";
            let Some((size, used)) = line(&bytes[at..], "too big bulk count string", invalid)?
            else {
                return Ok(None);
            };
            at += used;
            if size < 0 || size.cast_unsigned() > bounds.bulk_size_max {
                return Err(invalid.to_string());
            }
            if size > 16384 && !bounds.authenticated {
                return Err("unauthenticated bulk length".to_string());
            }
            let end = at + size.cast_unsigned() as usize;
            for (place, wanted) in [(end, b'\r'), (end + 1, b'\n')] {
                match bytes.get(place) {
                    None => return Ok(None),
                    Some(&byte) if byte == wanted => {}
                    Some(_) => return Err("bulk is not followed by CRLF".to_string()),
                }
            }
            arguments.push(bytes[at..end].to_vec());
            at = end + 2;
        }
        Ok(Some((arguments, at)))
    }

    fn inline(bytes: &[u8], bounds: &Bounds) -> Parsed<(Vec<Vec<u8>>, usize)> {
        let newline = bytes.iter().position(|&byte| byte == b'\n');
        let too_big = Err("too big inline request".to_string());
        let line = &bytes[..newline.unwrap_or(bytes.len())];
        let words = split(line, newline.is_some());
        let is_big = words.iter().flatten().any(|word| word.len() > RECORD_SIZE_MAX as usize)
            || line.len() > 65536
            || words.as_ref().is_ok_and(|words| words.len() > bounds.arguments_max as usize);
        match (words, newline) {
            _ if is_big => too_big,
            (Err(()), _) => Err("unbalanced quotes in request".to_string()),
            (Ok(_), None) => Ok(None),
            (Ok(words), Some(newline)) => Ok(Some((words, newline + 1))),
        }
    }

    fn split(line: &[u8], complete: bool) -> Result<Vec<Vec<u8>>, ()> {
        let space = |byte: u8| b" \t\n\r\x0b\x0c".contains(&byte);
        let hex = |byte: Option<&u8>| byte.and_then(|&byte| (byte as char).to_digit(16));
        let mut words = Vec::new();
        let mut at = 0;
        loop {
            while line.get(at).is_some_and(|&byte| space(byte)) {
                at += 1;
            }
            if at == line.len() {
                return Ok(words);
            }
            let mut word = Vec::new();
            while let Some(&byte) = line.get(at) {
                at += 1;
                match byte {
                    b' ' | b'\t' | b'\r' => break,
                    b'"' | b'\'' => {
                        loop {
                            let rest = &line[at.min(line.len())..];
                            let Some(&inner) = rest.first() else {
                                return if complete { Err(()) } else { Ok(words) };
                            };
                            at += 1;
                            if inner == byte {
                                break;
                            }
                            let escaped = rest.get(1);
                            let single = inner == b'\\' && byte == b'\'';
                            if single && escaped == Some(&b'\'') {
                                word.push(b'\'');
                                at += 1;
                            } else if inner == b'\\' && byte == b'"' && rest.len() > 1 {
                                let digits = (hex(rest.get(2)), hex(rest.get(3)));
                                if let (Some(b'x'), (Some(high), Some(low))) = (escaped, digits) {
                                    word.push((high * 16 + low) as u8);
                                    at += 3;
                                } else {
                                    word.push(match rest[1] {
                                        b'n' => b'\n',
                                        b'r' => b'\r',
                                        b't' => b'\t',
                                        b'b' => 8,
                                        b'a' => 7,
                                        other => other,
                                    });
                                    at += 1;
                                }
                            } else {
                                word.push(inner);
                            }
                        }
                        match line.get(at) {
                            Some(&next) if !space(next) => return Err(()),
                            _ => break,
                        }
                    }
                    other => word.push(other),
                }
            }
            words.push(word);
        }
    }
}

/// A connection of its own: both parsers as the engine uses them, or only the thorough one.
struct Reader {
    partial: Partial,
    blocks: Blocks,
    spans: Vec<Span>,
    staged: Vec<Option<Vec<u8>>>,
    bounds: Bounds,
    in_place: bool,
    outcomes: Vec<Outcome>,
    failed: bool,
    share: u32,
}

impl Reader {
    fn new(bounds: Bounds, in_place: bool) -> Self {
        Self {
            partial: Partial::new(),
            blocks: Blocks::new(24),
            spans: vec![Span::default(); 4096],
            staged: Vec::new(),
            bounds,
            in_place,
            outcomes: Vec::new(),
            failed: false,
            share: 24,
        }
    }

    fn receive(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() && !self.failed {
            if self.in_place
                && self.partial.is_empty()
                && let Some(parsed) = parse(bytes, at as u32, &mut self.spans, &self.bounds)
            {
                at = parsed.end as usize;
                self.complete_in_place(bytes, parsed.argument_count);
            } else {
                at += self.feed(&bytes[at..]);
            }
        }
    }

    fn complete_in_place(&mut self, bytes: &[u8], argument_count: u32) {
        let spans = &self.spans[..argument_count as usize];
        let range = |span: &Span| span.start as usize..(span.start + span.size) as usize;
        let arguments: Vec<_> = spans.iter().map(|span| bytes[range(span)].to_vec()).collect();
        if !arguments.is_empty() {
            self.outcomes.push(Outcome::Request(arguments));
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> usize {
        let (used, step) = self.partial.feed(&mut self.blocks, bytes, &self.bounds, self.share);
        match step {
            Step::More => assert_eq!(used, bytes.len()),
            Step::Empty => assert!(self.partial.is_empty()),
            Step::Complete => self.complete(),
            Step::Error(error) => {
                let mut room = [0; crate::resp::grammar::ERROR_SIZE_MAX];
                let line = error.line(&mut room).iter().map(|&byte| byte as char);
                let text: String = line.collect();
                let text = text.strip_prefix("ERR Protocol error: ").unwrap().to_string();
                self.outcomes.push(Outcome::Error(text));
                self.failed = true;
            }
            Step::Large { .. } => {
                let staged = StagedId(self.staged.len() as u32);
                self.staged.push(Some(Vec::new()));
                if !self.partial.accept_large(&mut self.blocks, staged, self.share) {
                    self.staged.pop();
                    self.refuse();
                }
            }
            Step::Content { staged: StagedId(number), size } => {
                let value = self.staged[number as usize].as_mut().unwrap();
                value.extend_from_slice(&bytes[used - size as usize..used]);
            }
            Step::Full => self.refuse(),
        }
        used
    }

    fn refuse(&mut self) {
        let staged = &mut self.staged;
        self.partial.refuse(&mut self.blocks, |StagedId(number)| {
            assert!(staged[number as usize].take().is_some());
        });
    }

    fn complete(&mut self) {
        if self.partial.is_refused() {
            self.outcomes.push(Outcome::Refused);
        } else {
            let count = self.partial.spans(&self.blocks, &mut self.spans);
            let arguments = self.spans[..count].iter().map(|span| match span.start {
                STAGED => self.staged[span.size as usize].clone().unwrap(),
                _ => self.blocks.record(*span).to_vec(),
            });
            self.outcomes.push(Outcome::Request(arguments.collect()));
        }
        self.reset();
    }

    fn reset(&mut self) {
        let staged = &mut self.staged;
        self.partial.reset(&mut self.blocks, |StagedId(number)| {
            assert!(staged[number as usize].take().is_some());
        });
        assert!(self.partial.is_empty());
    }

    fn finish(mut self) -> Vec<Outcome> {
        self.reset();
        assert_eq!(self.blocks.free_count(), self.blocks.capacity());
        assert!(self.staged.iter().all(Option::is_none), "a large argument leaked");
        self.outcomes
    }
}

fn check_pieces(bounds: Bounds, bytes: &[u8], pieces: &[&[u8]], expected: &[Outcome]) {
    for in_place in [false, true] {
        let mut reader = Reader::new(bounds, in_place);
        for piece in pieces {
            reader.receive(piece);
        }
        let sizes: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).to_string();
        assert_eq!(reader.finish(), expected, "in_place {in_place}, {sizes:?}: {text:?}");
    }
}

/// Every split point, and one byte at a time.
fn check(bounds: Bounds, bytes: &[u8]) -> Vec<Outcome> {
    let expected = naive::parse_all(bytes, &bounds);
    for split in 0..=bytes.len() {
        let (head, tail) = bytes.split_at(split);
        check_pieces(bounds, bytes, &[head, tail], &expected);
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    check_pieces(bounds, bytes, &single, &expected);
    expected
}

const SAMPLES: &[&str] = &[
    "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$0\r\n\r\n",
    "*-1\r\n*0\r\n\r\nPING\r\n*1\r\n$4\r\nPING\r\n",
    "\r\n\n   \r\n\t\r\nPING\n",
    "*3x\r\n",
    "*2147483648\r\n",
    "*99999999999999999999\r\n",
    "*1001\r\n",
    "*01\r\n$1\r\na\r\n",
    "*\r\n",
    "*1\n$4\r\nPING\r\n",
    "*1\r\r\n",
    "*1\r\n$-1\r\n",
    "*1\r\n$abc\r\n",
    "*1\r\n$ 5\r\n",
    "*1\r\n$+5\r\n",
    "*1\r\n$05\r\nhello\r\n",
    "*1\r\n$00\r\n\r\n",
    "*123\r\n$1\r\na\r\n",
    "*1\r\n$1024\r\n",
    "*1\r\n$5\nhello\r\n",
    "*1\r\n$536870913\r\n",
    "*1\r\n$1048577\r\n",
    "*1\r\n$3\r\nabcXY",
    "*1\r\n$3\r\nabc\rX",
    "*1\r\nfoo\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n",
    "*1\r\n*1\r\n$1\r\na\r\n",
    "%1\r\n+a\r\n~1\r\n_\r\n",
    "set a b\r\nget a\nset \"a b\" 'c d'\r\n",
    "\"\\x41\\n\\r\\t\\a\\b\\\\\\\"\\q\\xZ\\x4Z\\x\" '\\'\\x\\n'\r\n",
    "\"\" ''\r\nfoo\"bar\" x\r\n",
    "set \"\"\"test-key\"\"\" test-value\r\n",
    "set \"abc\r\n",
    "set 'abc\\'\r\n",
    "set \"abc\\\r\n",
    "'a'b\r\n",
    "a\x0bb \x0b\x0c c\r\n",
    "nul\0nul 'a\0b'\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
    "*2\r\n$3\r\nGET\r\n$4\r\n\r\n\0\x01\r\nPING\r\n",
];

#[test]
fn every_sample_at_every_split_point() {
    for sample in SAMPLES {
        check(BOUNDS, sample.as_bytes());
    }
}

#[test]
fn sizes_and_counts_of_every_length() {
    let sizes = [0, 9, 10, 42, 99, 100, 307, 999, 1_000, 1_234, 9_999, 10_000, 12_345];
    for (size, zeros) in sizes.into_iter().flat_map(|size| [(size, ""), (size, "0")]) {
        let value = "v".repeat(size);
        let large = format!("*2\r\n$4\r\nECHO\r\n${zeros}{size}\r\n{value}\r\nPING\r\n");
        let words = "$1\r\nw\r\n".repeat(size.min(1_001));
        let many = format!("*{zeros}{size}\r\n{words}PING\r\n");
        let stranger = large.replace('$', ":");
        for bytes in [&large, &many, &stranger] {
            let expected = naive::parse_all(bytes.as_bytes(), &BOUNDS);
            let pieces: Vec<&[u8]> = bytes.as_bytes().chunks(4_000).collect();
            check_pieces(BOUNDS, bytes.as_bytes(), &pieces, &expected);
        }
        // What the fast half does not know the thorough one reads as well: so it is asked alone.
        let mut spans = [Span { start: 0, size: 0 }; 2];
        let parsed = parse(large.as_bytes(), 0, &mut spans, &BOUNDS);
        assert_eq!(parsed.is_some(), zeros.is_empty(), "{zeros}{size}");
        if let Some(parsed) = parsed {
            assert_eq!((spans[1].size, parsed.end), (size as u32, (large.len() - 6) as u32));
        }
    }
}

#[test]
fn errors_have_the_words_of_redis() {
    let error = |sample: &str, text: &str| {
        let outcomes = naive::parse_all(sample.as_bytes(), &BOUNDS);
        assert_eq!(outcomes.last(), Some(&Outcome::Error(text.to_string())), "{sample:?}");
        assert_eq!(check(BOUNDS, sample.as_bytes()), outcomes);
    };
    error("*20000000\r\n", "invalid multibulk length");
    error("*1\r\n$-10\r\n", "invalid bulk length");
    error("*1\r\nfoo\r\n", "expected '$', got 'f'");
    error("set \"a\r\n", "unbalanced quotes in request");
}

#[test]
fn before_auth_little_is_accepted() {
    let bounds = Bounds { authenticated: false, ..BOUNDS };
    let error = |sample: &str, text: &str| {
        assert_eq!(check(bounds, sample.as_bytes()), [Outcome::Error(text.to_string())]);
    };
    error("*11\r\n$1\r\na\r\n", "unauthenticated multibulk length");
    error("*1\r\n$16385\r\na", "unauthenticated bulk length");
    // Complete in one buffer.
    let large = format!("*2\r\n$4\r\nAUTH\r\n$16385\r\n{}\r\n", "x".repeat(16_385));
    let expected = naive::parse_all(large.as_bytes(), &bounds);
    assert_eq!(expected, [Outcome::Error("unauthenticated bulk length".to_string())]);
    check_pieces(bounds, large.as_bytes(), &[large.as_bytes()], &expected);
    let auth = "*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n";
    assert_eq!(check(bounds, auth.as_bytes()).len(), 1);
}

#[test]
fn endless_lines_are_cut() {
    for (start, text) in [
        ("", "too big inline request"),
        ("*", "too big mbulk count string"),
        ("*1\r\n$", "too big bulk count string"),
    ] {
        for filler in ["x", "1", " "] {
            if start.is_empty() && filler != " " {
                continue;
            }
            let bytes = format!("{start}{}", filler.repeat(65 * 1024));
            let expected = [Outcome::Error(text.to_string())];
            assert_eq!(naive::parse_all(bytes.as_bytes(), &BOUNDS), expected);
            let pieces: Vec<&[u8]> = bytes.as_bytes().chunks(16_000).collect();
            check_pieces(BOUNDS, bytes.as_bytes(), &pieces, &expected);
        }
    }
}

#[test]
fn large_arguments_and_what_finds_no_room() {
    let large = "v".repeat(100_000);
    let middle = "m".repeat(16_380);
    let set = |key: &str, value: &str| {
        format!("*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n${}\r\n{value}\r\n", key.len(), value.len())
    };
    let bytes = set("a", &large) + &set("b", &middle) + &set(&large, "c") + "PING\r\n";
    let expected = naive::parse_all(bytes.as_bytes(), &BOUNDS);
    assert_eq!(expected.len(), 4);
    for size in [1, 7, 1000, 16_368] {
        let pieces: Vec<&[u8]> = bytes.as_bytes().chunks(size).collect();
        check_pieces(BOUNDS, bytes.as_bytes(), &pieces, &expected);
    }
    // With one block for each request, those with two records of a block's size are refused.
    let bytes = format!("*2\r\n$16380\r\n{middle}\r\n$16380\r\n{middle}\r\nPING\r\n");
    for in_place in [false, true] {
        let mut reader = Reader::new(BOUNDS, in_place);
        reader.share = 1;
        for piece in bytes.as_bytes().chunks(1000) {
            reader.receive(piece);
        }
        let ping = Outcome::Request(vec![b"PING".to_vec()]);
        assert_eq!(reader.finish(), [Outcome::Refused, ping]);
    }
}

#[test]
fn an_inline_word_is_at_most_a_record() {
    for (size, count) in [(RECORD_SIZE_MAX as usize, 2), (RECORD_SIZE_MAX as usize + 1, 1)] {
        let bytes = format!("ECHO {}\r\nPING\r\n", "w".repeat(size));
        let expected = naive::parse_all(bytes.as_bytes(), &BOUNDS);
        assert_eq!(expected.len(), count);
        let pieces: Vec<&[u8]> = bytes.as_bytes().chunks(5000).collect();
        check_pieces(BOUNDS, bytes.as_bytes(), &pieces, &expected);
    }
}

#[test]
fn random_mutations_mean_the_same_to_all_three() {
    let mut random = Random::new(20_261_123);
    let alphabet = b"*$\r\n\r\n0123456789- \"'\\xaGET\0\t%";
    for _ in 0..6_000 {
        let mut bytes = Vec::new();
        for _ in 0..=random.below(3) {
            let sample = SAMPLES[random.below(SAMPLES.len() as u64) as usize];
            bytes.extend_from_slice(sample.as_bytes());
        }
        for _ in 0..random.below(4) {
            let at = random.below(bytes.len() as u64) as usize;
            let byte = alphabet[random.below(alphabet.len() as u64) as usize];
            match random.below(3) {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        let expected = naive::parse_all(&bytes, &BOUNDS);
        let mut pieces: Vec<&[u8]> = Vec::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let size = 1 + random.below(rest.len() as u64) as usize;
            let (piece, after) = rest.split_at(size);
            pieces.push(piece);
            rest = after;
        }
        check_pieces(BOUNDS, &bytes, &pieces, &expected);
    }
}
