//! Reads replies as they arrive, in pieces cut anywhere, and counts them. Bodies are skipped, not
//! looked at: whether a server is right is for others to judge.

/// What was answered so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Whole replies.
    pub reply_count: u64,
    /// Values, those inside arrays too.
    pub value_count: u64,
    /// Nulls in place of values.
    pub null_count: u64,
    /// Error lines.
    pub error_count: u64,
}

/// Where the replies of one connection are.
#[derive(Debug, Default)]
pub struct ReplyReader {
    /// Bytes of a body that are still to come, with its line end.
    body_left: usize,
    /// Elements of an array that are still to come.
    elements_left: u64,
    /// The beginning of a line whose end has not arrived.
    line: Vec<u8>,
}

impl ReplyReader {
    /// Takes what arrived and returns how many replies are complete by it.
    pub fn read(&mut self, mut bytes: &[u8], counts: &mut Counts) -> Result<u32, String> {
        let before = counts.reply_count;
        while !bytes.is_empty() {
            if self.body_left > 0 {
                let size = self.body_left.min(bytes.len());
                self.body_left -= size;
                bytes = &bytes[size..];
                if self.body_left == 0 {
                    self.end_element(counts);
                }
                continue;
            }
            let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
                self.line.extend_from_slice(bytes);
                break;
            };
            let (line, rest) = bytes.split_at(end + 1);
            bytes = rest;
            if self.line.is_empty() {
                self.read_line(line, counts)?;
            } else {
                let mut whole = std::mem::take(&mut self.line);
                whole.extend_from_slice(line);
                self.read_line(&whole, counts)?;
                whole.clear();
                self.line = whole;
            }
        }
        Ok((counts.reply_count - before) as u32)
    }

    /// Takes one whole line, its end included.
    fn read_line(&mut self, line: &[u8], counts: &mut Counts) -> Result<(), String> {
        match line[0] {
            b'$' if line[1] != b'-' => {
                counts.value_count += 1;
                self.body_left = number(line)? as usize + 2;
                return Ok(());
            }
            b'$' => counts.null_count += 1,
            b'*' if line[1] != b'-' && line[1] != b'0' => {
                // One inside another takes the place of one element.
                self.elements_left = self.elements_left.saturating_sub(1) + number(line)?;
                return Ok(());
            }
            b'+' | b':' | b'*' => {}
            b'-' => counts.error_count += 1,
            _ => return Err(format!("not a reply: {}", String::from_utf8_lossy(line).trim_end())),
        }
        self.end_element(counts);
        Ok(())
    }

    fn end_element(&mut self, counts: &mut Counts) {
        self.elements_left = self.elements_left.saturating_sub(1);
        counts.reply_count += u64::from(self.elements_left == 0);
    }
}

/// The number between the first byte of a line and its end.
fn number(line: &[u8]) -> Result<u64, String> {
    let mut value = 0u64;
    for &byte in &line[1..line.len() - 2] {
        if !byte.is_ascii_digit() || value > u64::from(u32::MAX) {
            return Err(format!("not a size: {}", String::from_utf8_lossy(line).trim_end()));
        }
        value = value * 10 + u64::from(byte - b'0');
    }
    Ok(value)
}

#[cfg(test)]
#[path = "reply_test.rs"]
mod reply_test;
