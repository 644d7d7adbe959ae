//! The log of slow commands: a ring of fixed entries, each with as much of a command as fits.
//!
//! Invariant: an entry shows at most `ARGUMENTS_MAX` arguments and `ENTRY_SIZE` bytes; what is cut
//! says how much was cut, as in Redis.
use crate::clock::Now;
use crate::commands::error::LineText;
use crate::commands::session::ShortText;
use crate::event::Peer;
use crate::resp::request::{Request, Value};
use alloc::boxed::Box;

/// Arguments that an entry shows; the last one may stand for the rest.
const ARGUMENTS_MAX: usize = 32;
/// Bytes that an entry shows of one argument.
const ARGUMENT_SIZE_MAX: usize = 128;
/// Bytes that an entry keeps of all arguments, with their remarks on what was cut.
const ENTRY_SIZE: usize = 1600;
/// Bytes that the longest argument takes with its remark, or the remark on those left out.
const PIECE_SIZE_MAX: usize = ARGUMENT_SIZE_MAX + 40;

/// A slow command.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Grows by one for each entry, never reset.
    pub id: u64,
    /// Unix time in seconds.
    pub unix_s: u64,
    /// How long it took.
    pub duration_us: u64,
    /// Who sent it.
    pub peer: Peer,
    /// CLIENT SETNAME.
    pub name: ShortText,
    ends: [u16; ARGUMENTS_MAX],
    argument_count: u8,
    bytes: [u8; ENTRY_SIZE],
}

impl Entry {
    const EMPTY: Self = Self {
        id: 0,
        unix_s: 0,
        duration_us: 0,
        peer: Peer::Unix,
        name: ShortText::EMPTY,
        ends: [0; ARGUMENTS_MAX],
        argument_count: 0,
        bytes: [0; ENTRY_SIZE],
    };

    /// The arguments, as far as they are kept.
    pub fn arguments(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.argument_count as usize).map(|index| {
            let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
            &self.bytes[start..self.ends[index] as usize]
        })
    }

    fn used(&self) -> usize {
        match self.argument_count {
            0 => 0,
            count => self.ends[count as usize - 1] as usize,
        }
    }

    fn push(&mut self, pieces: &[&[u8]]) {
        let mut end = self.used();
        for piece in pieces {
            self.bytes[end..end + piece.len()].copy_from_slice(piece);
            end += piece.len();
        }
        self.ends[self.argument_count as usize] = end as u16;
        self.argument_count += 1;
    }

    fn fill(&mut self, request: &Request<'_>, is_secret: impl Fn(usize) -> bool) {
        self.argument_count = 0;
        let count = request.argument_count();
        for index in 0..count {
            // Room for this one and for a remark on the rest.
            let last_place = self.argument_count as usize == ARGUMENTS_MAX - 1 && index + 1 < count;
            if last_place || self.used() + 2 * PIECE_SIZE_MAX > ENTRY_SIZE {
                let mut remark = LineText::new();
                remark.push(b"... (");
                remark.push_number((count - index) as u64);
                remark.push(b" more arguments)");
                self.push(&[remark.bytes()]);
                return;
            }
            match request.value(index) {
                _ if is_secret(index) => self.push(&[b"(redacted)"]),
                Value::Staged(_) => self.push(&[b"... (a large value)"]),
                Value::Bytes(bytes) if bytes.len() > ARGUMENT_SIZE_MAX => {
                    let mut remark = LineText::new();
                    remark.push(b"... (");
                    remark.push_number((bytes.len() - ARGUMENT_SIZE_MAX) as u64);
                    remark.push(b" more bytes)");
                    self.push(&[&bytes[..ARGUMENT_SIZE_MAX], remark.bytes()]);
                }
                Value::Bytes(bytes) => self.push(&[bytes]),
            }
        }
    }
}

/// The log.
pub struct Slowlog {
    entries: Box<[Entry]>,
    /// Position of the next entry.
    next: usize,
    count: usize,
    count_max: usize,
    next_id: u64,
}

impl Slowlog {
    /// Room for `capacity` entries.
    pub fn new(capacity: u32) -> Self {
        let entries = (0..capacity).map(|_| Entry::EMPTY).collect();
        Self { entries, next: 0, count: 0, count_max: 0, next_id: 0 }
    }

    /// Bytes that an entry takes.
    pub const fn unit_size() -> u32 {
        size_of::<Entry>() as u32
    }

    /// Adds an entry, over the oldest one when `kept_max` (or all that fit) are kept.
    pub fn add(
        &mut self,
        (now, duration_us, kept_max): (Now, u64, usize),
        (peer, name): (Peer, ShortText),
        request: &Request<'_>,
        is_secret: impl Fn(usize) -> bool,
    ) {
        let id = self.next_id;
        self.next_id += 1;
        let kept_max = kept_max.min(self.entries.len());
        if kept_max == 0 {
            return;
        }
        let entry = &mut self.entries[self.next];
        entry.fill(request, is_secret);
        (entry.id, entry.unix_s, entry.duration_us) = (id, now.unix_s(), duration_us);
        (entry.peer, entry.name) = (peer, name);
        self.next = (self.next + 1) % self.entries.len();
        self.count = (self.count + 1).min(kept_max);
        self.count_max = self.count_max.max(self.count);
    }

    /// Count of entries.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// The most entries there ever were.
    pub const fn len_max(&self) -> usize {
        self.count_max
    }

    /// Is there none?
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// The entries, the latest first.
    pub fn latest(&self) -> impl ExactSizeIterator<Item = &Entry> {
        let size = self.entries.len();
        (0..self.count).map(move |age| &self.entries[(self.next + size - 1 - age) % size])
    }
}

#[cfg(test)]
#[path = "slowlog_test.rs"]
mod slowlog_test;
