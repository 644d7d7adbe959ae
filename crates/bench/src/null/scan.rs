//! Finds where commands end, and looks at nothing else of them than the name: the least that a
//! server has to read.

/// Bytes of `\r\n`.
const LINE_END: usize = 2;

/// A command that is complete.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Command {
    /// The end of its name, as `name` makes a number of it.
    pub name: u64,
    /// Its arguments, the name included.
    pub argument_count: u32,
}

/// Where the requests of one connection are; it may stop and go on at any byte.
#[derive(Debug, Default)]
pub struct Scanner {
    command: Command,
    arguments_left: u32,
    /// The number of a line that has not ended yet.
    number: u32,
    /// Bytes of an argument that are still to come, with its line end.
    body_left: usize,
}

/// The last eight letters of a name in one number.
pub const fn name(letters: &[u8]) -> u64 {
    let (mut number, mut index) = (0, 0);
    while index < letters.len() {
        number = number << 8 | letters[index].to_ascii_lowercase() as u64;
        index += 1;
    }
    number
}

impl Scanner {
    /// The next command that ends in `bytes`, which then begin behind it.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Option<Command> {
        while !bytes.is_empty() {
            if self.body_left > 0 {
                self.skip_body(bytes);
                if self.body_left == 0 {
                    self.arguments_left -= 1;
                    if self.arguments_left == 0 {
                        return Some(std::mem::take(&mut self.command));
                    }
                }
                continue;
            }
            let byte = bytes[0];
            *bytes = &bytes[1..];
            match byte {
                b'0'..=b'9' => {
                    self.number = self.number.wrapping_mul(10).wrapping_add((byte - b'0').into());
                }
                b'\n' => self.end_line(),
                // `*`, `$` and `\r`: which it is follows from where we are.
                _ => {}
            }
        }
        None
    }

    fn skip_body(&mut self, bytes: &mut &[u8]) {
        if self.arguments_left == self.command.argument_count {
            let size = self.body_left.saturating_sub(LINE_END).min(bytes.len());
            let before = if size < 8 { self.command.name << (8 * size) } else { 0 };
            self.command.name = before | name(&bytes[..size]);
        }
        let size = self.body_left.min(bytes.len());
        self.body_left -= size;
        *bytes = &bytes[size..];
    }

    fn end_line(&mut self) {
        let number = std::mem::take(&mut self.number);
        if self.arguments_left == 0 {
            self.command.argument_count = number;
            self.arguments_left = number;
        } else {
            self.body_left = number as usize + LINE_END;
        }
    }
}

#[cfg(test)]
#[path = "scan_test.rs"]
mod scan_test;
