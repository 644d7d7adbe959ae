//! Values for arguments: drawn with much weight on the edges of each kind.
//!
//! Keeps true: no two deadlines of a stream are so near to each other that it matters which of two
//! servers is a little slower. They lie on a grid of half a minute, every point is used once, and
//! only absolute ones are ever repeated.
use super::edges;
use super::words::Words;
use granite_engine::memory::classes::SizeClasses;
use granite_engine::random::Random;
use std::io::Write;

pub use super::edges::{Source, source};

/// Bytes of frames, where a value begins to be kept in pieces of its own.
const FRAME_SIZE: u64 = 64 << 10;
/// Long members: on both sides of where they are kept otherwise, in Redis or in Granite.
const MEMBER_SIZES: [usize; 9] = [64, 65, 253, 254, 1_024, 1_025, 8_100, 8_300, 20_000];
/// Milliseconds between two deadlines.
const GRID_MS: i64 = 30_000;
/// Points of the grid: eleven days. More than the commands of a stream.
const GRID_COUNT: i64 = 1 << 15;

/// Where all choices come from.
pub struct Draw {
    random: Random,
    key_count: u64,
    /// Members that differ, besides long ones.
    member_count: u64,
    base_ms: i64,
    deadline_count: i64,
    class_sizes: Vec<u64>,
    /// Random bytes, of which values are pieces.
    pool: Vec<u8>,
}

impl Draw {
    /// Everything follows from the seed, and absolute times from `now_ms`.
    pub fn new(seed: u64, now_ms: i64) -> Self {
        let mut random = Random::new(seed);
        let classes = SizeClasses::new(FRAME_SIZE as u32);
        let class_sizes = classes.all().map(|class| u64::from(classes.size(class))).collect();
        let key_count = [3, 8, 20, 40][random.below(4) as usize];
        // With the most of them sets grow beyond everything that is kept small.
        let member_count = [60, 60, 600, 8_000][random.below(4) as usize];
        let pool = (0..2 * FRAME_SIZE).map(|_| random.bits() as u8).collect();
        // Half a step away from now: a relative deadline is never near an absolute one.
        let base_ms = now_ms + GRID_MS / 2;
        Self { random, key_count, member_count, base_ms, deadline_count: 0, class_sizes, pool }
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.random.below(bound)
    }

    /// True once in so many times.
    pub fn one_in(&mut self, count: u64) -> bool {
        self.random.below(count) == 0
    }

    /// One of them.
    pub fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        choices[self.random.below(choices.len() as u64) as usize]
    }

    /// Appends one value.
    pub fn word(&mut self, source: Source, words: &mut Words) {
        if source.is_number() && self.one_in(48) {
            let text = self.pick(edges::MALFORMED);
            return words.push(text.as_bytes());
        }
        if let Some((often, choices)) = edges::fixed(source)
            && self.one_in(often)
        {
            let text = self.pick(choices);
            return words.push(text.as_bytes());
        }
        match source {
            Source::Key => return self.key(words),
            Source::Value | Source::Element => return self.value(words),
            Source::Field => return self.field(words),
            Source::Member if self.one_in(12) => {
                let size = MEMBER_SIZES[self.below(MEMBER_SIZES.len() as u64) as usize];
                words.bytes.resize(words.bytes.len() + size, b'm');
                Ok(())
            }
            Source::FieldWidth => {
                let sign = if self.one_in(2) { 'i' } else { 'u' };
                let width = 1 + self.below(64);
                write!(words.bytes, "{sign}{width}")
            }
            Source::FieldOffset | Source::FieldRead => {
                let mark = if self.one_in(3) { "#" } else { "" };
                let offset = self.below(200);
                write!(words.bytes, "{mark}{offset}")
            }
            Source::Longitude => self.coordinate(180, words),
            Source::Latitude => self.coordinate(85, words),
            Source::Extent => {
                let magnitude = self.below(5) as u32;
                write!(words.bytes, "{}.{}", self.below(10_u64.pow(magnitude)), self.below(10))
            }
            Source::Seconds => write!(words.bytes, "{}", self.deadline_ms() / 1000),
            Source::Milliseconds => {
                let jitter_ms = self.below(1000).cast_signed();
                write!(words.bytes, "{}", self.deadline_ms() + jitter_ms)
            }
            Source::UnixSeconds => {
                write!(words.bytes, "{}", (self.base_ms + self.deadline_ms()) / 1000)
            }
            Source::UnixMilliseconds => {
                let jitter_ms = self.below(1000).cast_signed();
                write!(words.bytes, "{}", self.base_ms + self.deadline_ms() + jitter_ms)
            }
            other => write!(words.bytes, "{}", self.number(other)),
        }
        .expect("memory takes all");
        words.end();
    }

    /// A coordinate with six digits behind the point: anywhere, or more often in one region.
    fn coordinate(&mut self, bound: u64, words: &mut Words) -> std::io::Result<()> {
        let half = if self.one_in(4) { bound } else { 5 };
        let sign = if self.one_in(2) { "-" } else { "" };
        let (degrees, fraction) = (self.below(half), self.below(1_000_000));
        write!(words.bytes, "{sign}{degrees}.{fraction:06}")
    }

    /// A number of the kind that is no edge.
    fn number(&mut self, source: Source) -> i64 {
        let member_count = self.member_count;
        let mut small = |bound: u64| self.random.below(bound).cast_signed();
        match source {
            Source::Position => match small(8) {
                0 => small(140_000) - 70_000,
                1 => small(9_000),
                _ => small(120) - 60,
            },
            Source::BitOffset | Source::ByteOffset => match small(24) {
                0 => small(80_000),
                1 => small(3_000),
                _ => small(200),
            },
            Source::Count => small(40),
            Source::Member => small(member_count) - 10,
            Source::Observed => small(5_000),
            Source::Score | Source::ScoreEnd => small(30) - 10,
            _ => small(400) - 200,
        }
    }

    /// How far away a deadline is: a point of the grid that was never drawn before, 20 minutes
    /// away at least.
    fn deadline_ms(&mut self) -> i64 {
        self.deadline_count += 1;
        // An odd factor visits every point once.
        let point = self.deadline_count * 24_693 % GRID_COUNT;
        (40 + point) * GRID_MS
    }

    fn key(&mut self, words: &mut Words) {
        match self.below(self.key_count * 20) {
            0 => words.push(b""),
            1 => words.push(b"*\r\n\0\xff \""),
            2 => words.push(&[b'n'; 300]),
            3 if self.one_in(8) => words.push(&[b'm'; 7_990]),
            4 => words.push(b"{tag}key"),
            number => {
                write!(words.bytes, "key:{}", number / 20).expect("memory takes all");
                words.end();
            }
        }
    }

    /// Few fields mostly, and rarely as many as make a hash large, or a long one.
    fn field(&mut self, words: &mut Words) {
        match self.below(400) {
            0 => words.push(&[b'f'; 64]),
            1 => words.push(&[b'g'; 65]),
            2 => words.push(&[b'h'; 1_030]),
            3 => words.push(&[b'i'; 9_000]),
            shape => {
                let bound = if shape < 120 { 2_000 } else { 12 };
                let number = self.below(bound);
                write!(words.bytes, "f:{number}").expect("memory takes all");
                words.end();
            }
        }
    }

    fn value(&mut self, words: &mut Words) {
        let size = match self.below(12) {
            0..=2 => {
                let source = if self.one_in(4) { Source::Float } else { Source::Integer };
                return self.word(source, words);
            }
            _ => self.size() as usize,
        };
        let start = self.below((self.pool.len() - size) as u64 + 1) as usize;
        match self.below(12) {
            0 => words.bytes.resize(words.bytes.len() + size, 0),
            1 => words.bytes.resize(words.bytes.len() + size, 0xff),
            2 => words.bytes.extend(self.pool[start..start + size].iter().map(|b| b'a' + b % 26)),
            _ => words.bytes.extend_from_slice(&self.pool[start..start + size]),
        }
        words.end();
    }

    /// Sizes with much weight on the borders of slot classes, of slots and of frames.
    fn size(&mut self) -> u64 {
        match self.below(400) {
            0..=19 => 0,
            20..=39 => 1,
            // The longest string that Redis keeps within its object, and one more.
            40..=59 => 43 + self.below(3),
            60..=279 => self.below(80),
            280..=379 => {
                // The header, a deadline and the name stand before the value.
                let index = self.below(self.class_sizes.len() as u64) as usize;
                let before = 10 + self.below(32);
                (self.class_sizes[index] + 1).saturating_sub(before)
            }
            380..=389 => self.below(4_000),
            390..=395 => (8 << 10) - 40 + self.below(44),
            396 | 397 => 20_538 + self.below(5),
            398 => (32 << 10) - 40 + self.below(44),
            _ => FRAME_SIZE - 40 + self.below(44),
        }
    }
}

#[cfg(test)]
#[path = "values_test.rs"]
mod values_test;
