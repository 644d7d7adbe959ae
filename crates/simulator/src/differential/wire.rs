//! Requests as bytes, and where replies end.
//!
//! Written for speed: millions of replies are only counted, and never parsed unless they differ.
use std::io::Write;

/// Appends a request as clients write it.
pub fn encode<'a>(words: impl Iterator<Item = &'a [u8]>, count: usize, out: &mut Vec<u8>) {
    write!(out, "*{count}\r\n").expect("memory takes all");
    for word in words {
        write!(out, "${}\r\n", word.len()).expect("memory takes all");
        out.extend_from_slice(word);
        out.extend_from_slice(b"\r\n");
    }
}

/// Appends a request as a line, its words quoted where they have to be.
pub fn encode_inline<'a>(words: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    for (index, word) in words.enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        let is_plain = !word.is_empty()
            && word.iter().all(|byte| byte.is_ascii_graphic() && !b"\"'\\".contains(byte));
        if is_plain { out.extend_from_slice(word) } else { quote(word, out) }
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a word in quotes, as a line of redis-cli or of an inline request has it.
pub fn quote(word: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in word {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            b' '..=b'~' => out.push(*byte),
            _ => write!(out, "\\x{byte:02x}").expect("memory takes all"),
        }
    }
    out.push(b'"');
}

/// The words of a request that `encode` wrote.
pub fn words(request: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line(request).expect("a request begins with a line").1;
    std::iter::from_fn(move || {
        let (head, after) = line(rest)?;
        let size = number(&head[1..]).unsigned_abs() as usize;
        rest = &after[size + 2..];
        Some(&after[..size])
    })
}

/// The first line, without its end, and what follows.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\r')?;
    // The end may still be on its way.
    Some((&bytes[..end], bytes.get(end + 2..)?))
}

/// The number of a head: those of nulls are negative.
fn number(digits: &[u8]) -> i64 {
    let (digits, sign) = match digits.strip_prefix(b"-") {
        Some(digits) => (digits, -1),
        None => (digits, 1),
    };
    let value = digits.iter().fold(0_i64, |value, digit| {
        value.wrapping_mul(10).wrapping_add(i64::from(digit.wrapping_sub(b'0')))
    });
    sign * value
}

/// Finds the ends of replies in bytes that arrive in any pieces.
#[derive(Debug, Default)]
pub struct Counter {
    /// Where each whole reply ends.
    pub ends: Vec<usize>,
    /// Where the next element begins.
    at: usize,
    /// Elements that are missing until the reply is whole.
    missing: u64,
}

impl Counter {
    /// Begins again, with the memory that is there.
    pub fn clear(&mut self) {
        self.ends.clear();
        (self.at, self.missing) = (0, 0);
    }

    /// Looks at what has come; `bytes` has everything since `clear`.
    pub fn look(&mut self, bytes: &[u8]) -> Result<(), String> {
        loop {
            let Some((head, _)) = line(&bytes[self.at..]) else { return Ok(()) };
            let Some((kind, digits)) = head.split_first() else {
                return Err("an empty line where a reply should be".to_owned());
            };
            let mut end = self.at + head.len() + 2;
            let mut children = 0;
            match kind {
                b'+' | b'-' | b':' | b',' | b'#' | b'_' | b'(' => {}
                b'$' | b'=' | b'!' => {
                    let size = number(digits);
                    if size >= 0 {
                        end += size.unsigned_abs() as usize + 2;
                    }
                }
                b'*' | b'~' | b'>' => children = number(digits).max(0).unsigned_abs(),
                b'%' => children = 2 * number(digits).max(0).unsigned_abs(),
                _ => return Err(format!("no reply begins with {}", head.escape_ascii())),
            }
            if end > bytes.len() {
                return Ok(());
            }
            self.at = end;
            self.missing = self.missing.max(1) - 1 + children;
            if self.missing == 0 {
                self.ends.push(end);
            }
        }
    }

    /// Is there nothing behind the last whole reply?
    pub fn is_whole(&self, bytes: &[u8]) -> bool {
        self.ends.last().copied().unwrap_or(0) == bytes.len()
    }
}

#[cfg(test)]
#[path = "wire_test.rs"]
mod wire_test;
