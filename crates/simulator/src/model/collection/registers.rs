//! The registers of a HyperLogLog as a plain array, and the two forms that Redis writes them in.
//!
//! Hash, forms and estimator are written from their public descriptions.
use std::f64::consts::LN_2;

/// How many there are, and the bits of a hash that choose one.
const COUNT: usize = 1 << INDEX_BITS;
const INDEX_BITS: u32 = 14;

/// Bits of a hash that are looked at for zeros.
const RUN_BITS: u32 = 64 - INDEX_BITS;

/// Bytes before the registers, and of the largest sparse form with it.
const HEADER_SIZE: usize = 16;
const SPARSE_SIZE_MAX: usize = 3_000 + HEADER_SIZE;

/// What elements have left behind.
#[derive(Clone, Debug)]
pub(in crate::model) struct Registers {
    values: Vec<u8>,
    /// The key keeps a count that is still right.
    pub(super) is_counted: bool,
}

impl Registers {
    pub(super) fn new() -> Self {
        Self { values: vec![0; COUNT], is_counted: true }
    }

    /// Adds an element; did that change anything?
    pub(super) fn add(&mut self, element: &[u8]) -> bool {
        let hash = murmur(element);
        let index = hash as usize % COUNT;
        let zeros = (hash >> INDEX_BITS).trailing_zeros().min(RUN_BITS);
        let value = zeros as u8 + 1;
        let is_higher = value > self.values[index];
        self.values[index] = self.values[index].max(value);
        is_higher
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (one, other) in self.values.iter_mut().zip(&other.values) {
            *one = (*one).max(*other);
        }
    }

    /// About how many different elements were added.
    #[expect(clippy::cast_precision_loss, reason = "there are 16,384 of them")]
    pub(super) fn estimate(&self) -> i64 {
        let total = COUNT as f64;
        let mut counts = [0.0; RUN_BITS as usize + 2];
        for value in &self.values {
            counts[usize::from(*value)] += 1.0;
        }
        let mut sum = total * tau((total - counts[RUN_BITS as usize + 1]) / total);
        for count in counts[1..=RUN_BITS as usize].iter().rev() {
            sum = (sum + count) * 0.5;
        }
        sum += total * sigma(counts[0] / total);
        (total * total / (2.0 * LN_2) / sum).round() as i64
    }

    /// Why these bytes are not what a key has that holds this; nothing if they are.
    pub(super) fn objection(&self, bytes: &[u8]) -> Option<String> {
        let Some((header, rest)) = bytes.split_at_checked(HEADER_SIZE) else {
            return Some("it has no header".to_owned());
        };
        let values = match header[4] {
            0 => dense(rest),
            1 if bytes.len() <= SPARSE_SIZE_MAX => sparse(rest),
            _ => None,
        };
        let counted = u64::from_le_bytes(header[8..].try_into().expect("half of the header"));
        let is_counted = counted >> 63 == 0;
        match values {
            _ if header[..4] != *b"HYLL" => Some("it does not begin with HYLL".to_owned()),
            None => Some("no form of registers".to_owned()),
            Some(values) if values != self.values => Some("other registers".to_owned()),
            _ if is_counted && counted != self.estimate() as u64 => {
                Some(format!("it says {counted}, which should be {}", self.estimate()))
            }
            Some(_) => None,
        }
    }
}

/// Six bits each, the lowest first.
fn dense(bytes: &[u8]) -> Option<Vec<u8>> {
    let bit = |index: usize| bytes[index / 8] >> (index % 8) & 1;
    let value = |index: usize| (0..6).map(|at| bit(6 * index + at) << at).sum();
    (bytes.len() == COUNT * 6 / 8).then(|| (0..COUNT).map(value).collect())
}

/// Runs of equal ones.
fn sparse(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut values, mut bytes) = (Vec::new(), bytes.iter().map(|byte| usize::from(*byte)));
    while let Some(first) = bytes.next() {
        let (value, count) = match first >> 6 {
            0 => (0, first + 1),
            1 => (0, ((first & 0x3f) << 8 | bytes.next()?) + 1),
            _ => ((first >> 2 & 0x1f) + 1, (first & 3) + 1),
        };
        values.resize(values.len() + count, value as u8);
    }
    (values.len() == COUNT).then_some(values)
}

/// The 64-bit hash of Redis' HyperLogLogs: `MurmurHash64A`.
fn murmur(text: &[u8]) -> u64 {
    const FACTOR: u64 = 0xc6a4_a793_5bd1_e995;
    let mut hash = 0xadc8_3b19 ^ (text.len() as u64).wrapping_mul(FACTOR);
    let mut words = text.chunks_exact(8);
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().expect("a chunk of eight"));
        let word = word.wrapping_mul(FACTOR);
        hash = (hash ^ (word ^ word >> 47).wrapping_mul(FACTOR)).wrapping_mul(FACTOR);
    }
    if !words.remainder().is_empty() {
        let rest = words.remainder().iter().rev();
        hash ^= rest.fold(0, |word, byte| word << 8 | u64::from(*byte));
        hash = hash.wrapping_mul(FACTOR);
    }
    hash = (hash ^ hash >> 47).wrapping_mul(FACTOR);
    hash ^ hash >> 47
}

/// Of the share of registers at 0: the sum of `2^(k-1) x^(2^k)`, with `x` itself.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut factor, mut sum) = (1.0, x);
    loop {
        x *= x;
        let next = sum + x * factor;
        if next <= sum {
            return sum;
        }
        (sum, factor) = (next, factor * 2.0);
    }
}

/// Of the share of registers below the highest value.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut factor, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        factor *= 0.5;
        let next = sum - (1.0 - x).powi(2) * factor;
        if next >= sum {
            return sum / 3.0;
        }
        sum = next;
    }
}
