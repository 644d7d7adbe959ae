//! Which key the next request is about.
use super::zipf::Zipf;
use granite_engine::random::Random;

/// How keys are chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Distribution {
    /// All are equally likely.
    Uniform,
    /// A few are asked for most of the time.
    Zipf,
    /// One after the other, to load them.
    Sequential,
}

/// A source of key numbers below its count.
pub enum Keys {
    /// Equally likely ones.
    Uniform {
        /// How many there are.
        count: u64,
    },
    /// Popular and unpopular ones.
    Zipf(Zipf),
    /// Each in turn.
    Sequential {
        /// How many there are.
        count: u64,
        /// The next one.
        next: u64,
    },
}

impl Keys {
    /// A source of `count` keys.
    pub fn new(distribution: Distribution, count: u64) -> Self {
        match distribution {
            Distribution::Uniform => Self::Uniform { count },
            Distribution::Zipf => Self::Zipf(Zipf::new(count)),
            Distribution::Sequential => Self::Sequential { count, next: 0 },
        }
    }

    /// The next key.
    pub fn next(&mut self, random: &mut Random) -> u64 {
        match self {
            Self::Uniform { count } => random.below(*count),
            Self::Zipf(zipf) => zipf.next(random),
            Self::Sequential { count, next } => {
                let key = *next % *count;
                *next += 1;
                key
            }
        }
    }
}
