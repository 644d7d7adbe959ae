//! Where log lines go: standard output, or a file that is opened before the seal.
//!
//! A line looks as in Redis, `<pid>:M <dd Mon yyyy HH:MM:SS.mmm> <mark> <text>`, with the time in
//! UTC: a time zone would be read from a file and may change while running. Nothing here allocates
//! and nothing waits while the server serves: a destination that cannot take a line at once (a full
//! disk, a pipe that nobody reads) costs the line, which is counted and reported when writing works
//! again. Only the plan, at the start, and the last words of a process wait, for a tenth of a
//! second.
use crate::clock;
use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use granite_engine::log::{LINE_SIZE_MAX, Level, Line, Log};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags};
use std::ffi::CString;
use std::io;
use std::sync::OnceLock;

/// Bytes of the longest prefix: process id, role, time, mark.
const PREFIX_SIZE_MAX: usize = 48;

/// How long a line that announces the end of the process waits for its reader.
const EMERGENCY_WAIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// The file of `logfile`; standard output until one is opened.
static FILE: OnceLock<OwnedFd> = OnceLock::new();
static LEVEL: AtomicU8 = AtomicU8::new(Level::Notice as u8);
static DROPPED_COUNT: AtomicU64 = AtomicU64::new(0);
static REPORTED_COUNT: AtomicU64 = AtomicU64::new(0);

/// From now on lines go to the file at `path`, which is made if it is missing.
pub fn open(path: &str) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC;
    let file = rustix::fs::open(CString::new(path)?.as_c_str(), flags, Mode::from(0o644))?;
    FILE.set(file).map_err(|_| io::Error::other("the log is open already"))
}

/// Lines of the start below `level` are not written from now on.
pub fn set_level(level: Level) {
    LEVEL.store(level as u8, Ordering::Relaxed);
}

/// Lines that could not be written since the start.
pub fn dropped_count() -> u64 {
    DROPPED_COUNT.load(Ordering::Relaxed)
}

/// Writes one line of the process itself, outside the engine.
pub fn write(level: Level, arguments: fmt::Arguments<'_>) {
    if level as u8 >= LEVEL.load(Ordering::Relaxed) {
        let text = Text::new(clock::unix_us(), &Line::new(level, arguments));
        if !text.write_to(destination(), Timespec::default()) {
            DROPPED_COUNT.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// `write` at level notice.
pub fn notice(arguments: fmt::Arguments<'_>) {
    write(Level::Notice, arguments);
}

/// `write` at level warning.
pub fn warning(arguments: fmt::Arguments<'_>) {
    write(Level::Warning, arguments);
}

/// Writes a line that announces the end of the process, to the log and to standard error.
pub fn emergency(level: Level, arguments: fmt::Arguments<'_>) {
    let text = Text::new(clock::unix_us(), &Line::new(level, arguments));
    text.write_to(rustix::stdio::stderr(), EMERGENCY_WAIT);
    if let Some(file) = FILE.get() {
        text.write_to(file.as_fd(), EMERGENCY_WAIT);
    }
}

/// Writes down what waits in the engine's ring, as far as the destination takes it.
pub fn drain(log: &mut Log, unix_us: u64) {
    while let Some(line) = log.front() {
        if !Text::new(unix_us, line).write_to(destination(), Timespec::default()) {
            // The ring keeps what fits; it drops and counts by itself.
            return;
        }
        log.pop();
    }
    let dropped = log.dropped_count() + dropped_count();
    if dropped > REPORTED_COUNT.swap(dropped, Ordering::Relaxed) {
        write(Level::Warning, format_args!("{dropped} log lines were dropped since the start"));
    }
}

/// Writes text that has lines of its own (the plan) where log lines go.
pub fn table(text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let mut ready = [PollFd::from_borrowed_fd(destination(), PollFlags::OUT)];
        let is_ready = poll(&mut ready, Some(&EMERGENCY_WAIT)).is_ok_and(|count| count == 1);
        let piece = &rest[..rest.len().min(1024)];
        if !is_ready {
            return;
        }
        match rustix::io::write(destination(), piece) {
            Ok(size) if size > 0 => rest = &rest[size..],
            _ => return,
        }
    }
}

fn destination() -> BorrowedFd<'static> {
    FILE.get().map_or(rustix::stdio::stdout(), AsFd::as_fd)
}

/// A whole line, ready to be written at once.
struct Text {
    bytes: [u8; PREFIX_SIZE_MAX + LINE_SIZE_MAX + 1],
    size: usize,
}

impl Text {
    fn new(unix_us: u64, line: &Line) -> Self {
        let mut text = Self { bytes: [0; PREFIX_SIZE_MAX + LINE_SIZE_MAX + 1], size: 0 };
        let process_id = std::process::id();
        let mark = char::from(line.level().mark());
        // The prefix fits, by its size; a text cannot fail otherwise.
        let _ = write!(text, "{process_id}:M {} {mark} ", clock::Utc(unix_us));
        text.append(line.bytes());
        text.append(b"\n");
        text
    }

    fn append(&mut self, bytes: &[u8]) {
        let room = &mut self.bytes[self.size..];
        let size = bytes.len().min(room.len());
        room[..size].copy_from_slice(&bytes[..size]);
        self.size += size;
    }

    /// Writes the whole line if the destination can take it within `wait`. A line is shorter than
    /// what a pipe that polls as writable takes without blocking (`PIPE_BUF`).
    fn write_to(&self, destination: BorrowedFd<'_>, wait: Timespec) -> bool {
        let mut ready = [PollFd::from_borrowed_fd(destination, PollFlags::OUT)];
        let is_ready =
            poll(&mut ready, Some(&wait)).is_ok() && ready[0].revents().contains(PollFlags::OUT);
        is_ready && rustix::io::write(destination, &self.bytes[..self.size]) == Ok(self.size)
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
#[path = "log_test.rs"]
mod log_test;
