//! Figures of the process for INFO: gathered once at the start, refreshed from a file that was
//! opened before the seal.
use crate::startup_allocator;
use granite_engine::clock::Now;
use granite_engine::facts::Facts;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How often the changing figures are read again.
const REFRESH_MS: u64 = 100;

/// `sysconf(_SC_CLK_TCK)` of every Linux that can run this: the unit of times in `/proc`.
const MICROSECONDS_IN_TICK: u64 = 10_000;

const PAGE_SIZE: u64 = 4096;

/// The file with the changing figures, and all figures.
pub struct FactsReader {
    facts: Facts,
    stat: File,
    read_ms: Option<u64>,
}

impl FactsReader {
    /// `facts` are those that do not change.
    pub fn new(facts: Facts) -> io::Result<Self> {
        Ok(Self { facts, stat: File::open("/proc/self/stat")?, read_ms: None })
    }

    /// The totals of the plan, which is made after the reader.
    pub fn set_plan(&mut self, user_bytes: u64, kernel_bytes: u64) {
        self.facts.plan_user_bytes = user_bytes;
        self.facts.plan_kernel_bytes = kernel_bytes;
    }

    /// Which I/O engine runs, and why not the other, if that was a matter of necessity.
    pub fn set_io(&mut self, name: &'static str, fallback: &'static str) {
        self.facts.io_engine = name;
        self.facts.io_fallback = fallback;
    }

    /// The start is over: `now` is where uptime counts from.
    pub fn begin(&mut self, now: Now) -> &Facts {
        self.facts.started_ms = now.monotonic_ms;
        self.read_ms = None;
        self.refresh(now).expect("nothing was read yet")
    }

    /// The figures anew, if it is time. Bounded: one read of one small file.
    pub fn refresh(&mut self, now: Now) -> Option<&Facts> {
        if self.read_ms.is_some_and(|read_ms| now.monotonic_ms < read_ms + REFRESH_MS) {
            return None;
        }
        self.read_ms = Some(now.monotonic_ms);
        let mut text = [0; 1024];
        // A kernel that does not answer leaves the figures as they were.
        if let Ok(size) = self.stat.read_at(&mut text, 0) {
            self.facts.read_stat(&text[..size]);
        }
        self.facts.allocations_after_seal = startup_allocator::allocations_after_seal();
        Some(&self.facts)
    }
}

/// Reading a line of `/proc/self/stat`.
trait ReadStat {
    fn read_stat(&mut self, text: &[u8]);
}

impl ReadStat for Facts {
    fn read_stat(&mut self, text: &[u8]) {
        // The second field is the name of the program, in parentheses that it may contain itself.
        let Some(end) = text.iter().rposition(|byte| *byte == b')') else { return };
        let fields = text[end + 1..].split(|byte| *byte == b' ').skip(1);
        // Numbers of fields as in proc(5); the first one here is the third there.
        for (number, field) in (3..).zip(fields) {
            let figure = core::str::from_utf8(field).ok().and_then(|text| text.parse::<u64>().ok());
            let Some(figure) = figure else { continue };
            match number {
                10 => self.page_faults_minor = figure,
                12 => self.page_faults_major = figure,
                14 => self.cpu_user_us = figure * MICROSECONDS_IN_TICK,
                15 => self.cpu_system_us = figure * MICROSECONDS_IN_TICK,
                24 => {
                    self.resident_bytes = figure * PAGE_SIZE;
                    self.resident_bytes_max = self.resident_bytes_max.max(self.resident_bytes);
                }
                _ => {}
            }
        }
    }
}

/// Forty hexadecimal digits that name this run.
pub fn run_id(bytes: [u8; 20]) -> [u8; 40] {
    let mut digits = [0; 40];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
        pair[1] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    digits
}

/// Name, release and machine of the kernel.
pub fn operating_system() -> String {
    let name = rustix::system::uname();
    let parts = [name.sysname(), name.release(), name.machine()];
    parts.map(|part| part.to_string_lossy().into_owned()).join(" ")
}

/// Bytes that nobody can foresee.
pub fn entropy<const SIZE: usize>() -> io::Result<[u8; SIZE]> {
    let mut bytes = [0; SIZE];
    let size = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    assert_eq!(size, SIZE, "up to 256 bytes always come whole");
    Ok(bytes)
}

#[cfg(test)]
#[path = "facts_test.rs"]
mod facts_test;
