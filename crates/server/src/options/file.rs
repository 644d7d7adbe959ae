//! Lines of a file, one at a time, of bounded size.
use super::error::{OptionsError, Place};
use std::io::{self, Read};

/// Bytes of the longest line.
pub(super) const LINE_SIZE_MAX: usize = 32 << 10;

/// What some editors put before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The lines of `source`.
pub(super) struct Lines<R> {
    source: R,
    path: String,
    number: u32,
    chunk: [u8; 2048],
    next: usize,
    end: usize,
}

impl<R: Read> Lines<R> {
    /// `source`, which errors call `path`.
    pub(super) fn new(source: R, path: String) -> Self {
        Self { source, path, number: 0, chunk: [0; 2048], next: 0, end: 0 }
    }

    /// Where the last line stands.
    pub(super) fn place(&self) -> Place {
        Place::File(self.path.clone(), self.number)
    }

    /// Replaces `line` by the next one, without its end; false when there is none.
    pub(super) fn read(&mut self, line: &mut Vec<u8>) -> Result<bool, OptionsError> {
        line.clear();
        self.number += 1;
        loop {
            if self.next == self.end && !self.fill()? {
                break;
            }
            let rest = &self.chunk[self.next..self.end];
            let size = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            if line.len() + size > LINE_SIZE_MAX {
                let what = format_args!("a line has at most {LINE_SIZE_MAX} bytes");
                return Err(self.error(line, what));
            }
            line.extend_from_slice(&rest[..size]);
            if size < rest.len() {
                self.next += size + 1;
                return self.finish(line).map(|()| true);
            }
            self.next = self.end;
        }
        let is_there = !line.is_empty();
        self.finish(line).map(|()| is_there)
    }

    fn fill(&mut self) -> Result<bool, OptionsError> {
        loop {
            match self.source.read(&mut self.chunk) {
                Ok(size) => {
                    (self.next, self.end) = (0, size);
                    return Ok(size > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(OptionsError::silent(&self.place(), error)),
            }
        }
    }

    fn finish(&self, line: &mut Vec<u8>) -> Result<(), OptionsError> {
        if line.contains(&0) {
            return Err(self.error(line, format_args!("a line has no zero byte")));
        }
        if self.number == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        Ok(())
    }

    /// An error about a line that was not split yet: it may begin with a secret option.
    fn error(&self, line: &[u8], what: std::fmt::Arguments<'_>) -> OptionsError {
        let line = line.trim_ascii_start();
        let size = line.iter().take_while(|byte| byte.is_ascii_graphic()).count();
        OptionsError::at(&self.place(), &line[..size], what)
    }
}
