//! Log lines, in a fixed ring between those who have something to say and whoever writes it down.
//!
//! Writing never blocks and never fails: a line that finds the ring full is dropped and counted.
//! A line is one line whatever a client put into it: control characters become `?`, and what is
//! too long is cut, with `...` at its end. Put together, a full disk or a stopped reader costs
//! lines, never a reply.
use alloc::boxed::Box;
use core::fmt::{self, Write as _};

/// Lines that can wait.
pub const LINES_MAX: u32 = 128;

/// Bytes of the longest line, without its prefix.
pub const LINE_SIZE_MAX: usize = 509;

const _: () = assert!(size_of::<Line>() == 512, "a line is eight cache lines");

/// How much a line matters; `loglevel` names the least that is kept.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Level {
    /// For those who develop Granite.
    Debug,
    /// Rarely useful.
    Verbose,
    /// What an operator wants to know.
    #[default]
    Notice,
    /// What an operator must know.
    Warning,
}

impl Level {
    /// The level that `loglevel` calls `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "debug" => Some(Self::Debug),
            "verbose" => Some(Self::Verbose),
            "notice" => Some(Self::Notice),
            "warning" => Some(Self::Warning),
            _ => None,
        }
    }

    /// The name that `loglevel` knows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Verbose => "verbose",
            Self::Notice => "notice",
            Self::Warning => "warning",
        }
    }

    /// The one character that stands for the level in a line, as in Redis.
    pub const fn mark(self) -> u8 {
        match self {
            Self::Debug => b'.',
            Self::Verbose => b'-',
            Self::Notice => b'*',
            Self::Warning => b'#',
        }
    }
}

/// One line, without time and process id.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    bytes: [u8; LINE_SIZE_MAX],
    level: Level,
    size: u16,
}

impl Line {
    const EMPTY: Self = Self { bytes: [0; LINE_SIZE_MAX], level: Level::Debug, size: 0 };

    /// A line of its own, without a ring: for whoever must write before or after there is one.
    pub fn new(level: Level, arguments: fmt::Arguments<'_>) -> Self {
        let mut line = Self { level, ..Self::EMPTY };
        line.fill(level, arguments);
        line
    }

    /// How much it matters.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The text; no control characters in it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.size as usize]
    }

    fn fill(&mut self, level: Level, arguments: fmt::Arguments<'_>) {
        (self.level, self.size) = (level, 0);
        if self.write_fmt(arguments).is_err() {
            let end = &mut self.bytes[LINE_SIZE_MAX - 3..];
            end.copy_from_slice(b"...");
        }
    }
}

impl fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = &mut self.bytes[self.size as usize..];
        let size = text.len().min(room.len());
        for (to, from) in room.iter_mut().zip(text.as_bytes()) {
            *to = if from.is_ascii_control() { b'?' } else { *from };
        }
        self.size += size as u16;
        if size < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// The ring.
pub struct Log {
    lines: Box<[Line]>,
    first: usize,
    count: usize,
    dropped_count: u64,
    level: Level,
}

impl Log {
    /// A ring of `capacity` lines, at least one.
    pub fn new(capacity: u32) -> Self {
        assert!(capacity > 0, "a log without lines cannot even say that it is full");
        let lines = (0..capacity).map(|_| Line::EMPTY).collect();
        Self { lines, first: 0, count: 0, dropped_count: 0, level: Level::default() }
    }

    /// Bytes that `capacity` lines take.
    pub const fn unit_size() -> u32 {
        size_of::<Line>() as u32
    }

    /// Lines below `level` are not kept from now on.
    pub fn set_level(&mut self, level: Level) {
        self.level = level;
    }

    /// Is a line of `level` kept? To spare the caller what it would take to make one.
    pub fn keeps(&self, level: Level) -> bool {
        level >= self.level
    }

    /// Adds a line, or counts it as dropped if the ring is full.
    pub fn write(&mut self, level: Level, arguments: fmt::Arguments<'_>) {
        if !self.keeps(level) {
            return;
        }
        if self.count == self.lines.len() {
            self.dropped_count += 1;
            return;
        }
        let index = (self.first + self.count) % self.lines.len();
        self.lines[index].fill(level, arguments);
        self.count += 1;
    }

    /// `write` at level verbose.
    pub fn verbose(&mut self, arguments: fmt::Arguments<'_>) {
        self.write(Level::Verbose, arguments);
    }

    /// `write` at level notice.
    pub fn notice(&mut self, arguments: fmt::Arguments<'_>) {
        self.write(Level::Notice, arguments);
    }

    /// `write` at level warning.
    pub fn warning(&mut self, arguments: fmt::Arguments<'_>) {
        self.write(Level::Warning, arguments);
    }

    /// The oldest line that waits.
    pub fn front(&self) -> Option<&Line> {
        (self.count > 0).then(|| &self.lines[self.first])
    }

    /// The oldest line was written down (or given up): its place is free.
    pub fn pop(&mut self) {
        assert!(self.count > 0, "no line waits");
        self.first = (self.first + 1) % self.lines.len();
        self.count -= 1;
    }

    /// Lines that found the ring full, since the start.
    pub const fn dropped_count(&self) -> u64 {
        self.dropped_count
    }
}

#[cfg(test)]
#[path = "log_test.rs"]
mod log_test;
