//! A line of a configuration file into words, with the quotes and escapes of Redis: `'...'` knows
//! `\'`; `"..."` knows `\"`, `\\`, `\n`, `\r`, `\t`, `\a`, `\b` and `\xHH`. A closing quote ends
//! its word.

/// Words of one line, in storage that is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Words {
    bytes: Vec<u8>,
    /// Where each word ends in `bytes`.
    ends: Vec<usize>,
}

/// A quote is not closed, or its word goes on behind it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Unbalanced;

impl Words {
    /// Replaces the words by those of `line`.
    pub(super) fn split(&mut self, line: &[u8]) -> Result<(), Unbalanced> {
        self.bytes.clear();
        self.ends.clear();
        let mut rest = skip_space(line);
        while !rest.is_empty() {
            rest = skip_space(self.word(rest)?);
            self.ends.push(self.bytes.len());
        }
        Ok(())
    }

    /// Replaces the words by `words`.
    pub(super) fn replace<'w>(&mut self, words: impl Iterator<Item = &'w [u8]>) {
        self.bytes.clear();
        self.ends.clear();
        for word in words {
            self.bytes.extend_from_slice(word);
            self.ends.push(self.bytes.len());
        }
    }

    /// Appends the word that `text` begins with; returns what is behind it.
    fn word<'t>(&mut self, mut text: &'t [u8]) -> Result<&'t [u8], Unbalanced> {
        loop {
            match text {
                [] => return Ok(text),
                [byte, ..] if is_space(*byte) => return Ok(text),
                [quote @ (b'"' | b'\''), inside @ ..] => {
                    let behind = self.quoted(inside, *quote)?;
                    return match behind.first() {
                        Some(byte) if !is_space(*byte) => Err(Unbalanced),
                        _ => Ok(behind),
                    };
                }
                [byte, behind @ ..] => {
                    self.bytes.push(*byte);
                    text = behind;
                }
            }
        }
    }

    /// Appends what stands before the closing `quote`; returns what is behind it.
    fn quoted<'t>(&mut self, mut text: &'t [u8], quote: u8) -> Result<&'t [u8], Unbalanced> {
        loop {
            let (byte, behind) = match text {
                [] => return Err(Unbalanced),
                [end, behind @ ..] if *end == quote => return Ok(behind),
                [b'\\', b'\'', behind @ ..] if quote == b'\'' => (b'\'', behind),
                [b'\\', b'x', high, low, behind @ ..] if quote == b'"' && is_hex(*high, *low) => {
                    (digit(*high) << 4 | digit(*low), behind)
                }
                [b'\\', escaped, behind @ ..] if quote == b'"' => (unescape(*escaped), behind),
                [byte, behind @ ..] => (*byte, behind),
            };
            self.bytes.push(byte);
            text = behind;
        }
    }

    /// Count of words.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Word `index`.
    pub(super) fn get(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..self.ends[index]]
    }

    /// All words.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.get(index))
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

fn skip_space(text: &[u8]) -> &[u8] {
    let count = text.iter().take_while(|byte| is_space(**byte)).count();
    &text[count..]
}

const fn is_hex(high: u8, low: u8) -> bool {
    high.is_ascii_hexdigit() && low.is_ascii_hexdigit()
}

const fn digit(hex: u8) -> u8 {
    match hex {
        b'0'..=b'9' => hex - b'0',
        b'a'..=b'f' => hex - b'a' + 10,
        _ => hex - b'A' + 10,
    }
}

const fn unescape(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'a' => 0x07,
        other => other,
    }
}

#[cfg(test)]
#[path = "words_test.rs"]
mod words_test;
