//! How many keys fit for certain, and how much memory a given number of keys needs.
//!
//! The frames that a class uses when nothing is owed are ceil((live + holes) / slots per frame),
//! with fewer holes than a frame has slots: a function of what is stored now. So content fits if
//! its frames, and two more for each class that it uses, are there. Nothing about the past appears.
//!
//! The index needs frames too: a home bucket with more than 12 keys has children. With keys spread
//! at random their number is known but for its deviation, for which there is a margin.
use crate::limits::Limits;
use crate::memory::classes::Class;
use crate::memory::classes::SizeClasses;
use crate::memory::plan::{KeyShape, Plan};
use crate::options::settings::Settings;
use crate::sizing::derive::LimitsError;
use crate::store::Division;
use crate::store::index::{BUCKET_ENTRIES, CHAIN_BUCKETS_MAX};
use crate::store::shape::Shape;

/// Frames that a class may use beyond what its content fills.
const RESERVE_FRAMES: u64 = 2;

/// Why no amount of memory is enough.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CapacityError {
    /// The limits do not fit together, whatever `maxmemory` is.
    Limits(LimitsError),
    /// The key or the value is larger than any that can be stored.
    TooLarge,
    /// More keys than one engine can address.
    TooMany,
}

impl core::fmt::Display for CapacityError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Limits(error) => write!(f, "{error}"),
            Self::TooLarge => {
                f.write_str("no key is longer than key-size-max, no value than proto-max-bulk-len")
            }
            Self::TooMany => f.write_str("one engine can address 64 GiB of data, which is less"),
        }
    }
}

/// Keys of `shape` that fit, whatever was stored before.
pub fn guaranteed_keys(limits: &Limits, shape: KeyShape) -> u64 {
    let Some(need) = Need::of(limits, shape) else { return 0 };
    // The largest count that fits; it is below one key for each granule.
    let (mut fits, mut beyond) = (0, limits.data_bytes / 16 + 1);
    while beyond - fits > 1 {
        let count = fits + (beyond - fits) / 2;
        if need.fits(count) {
            fits = count;
        } else {
            beyond = count;
        }
    }
    fits
}

/// The smallest `maxmemory`, in whole MiB, with which `settings` holds `count` keys of `shape` for
/// certain, as limits.
pub fn smallest(
    settings: &Settings,
    count: u64,
    shape: KeyShape,
    (image_bytes, driver_bytes): (u64, u64),
) -> Result<Limits, CapacityError> {
    const STEP: u64 = 1 << 20;
    const MAX: u64 = 80 << 30;
    let derive = |steps| Limits::derive_for(settings, steps * STEP, image_bytes, driver_bytes);
    let holds = |steps| match derive(steps) {
        Ok(limits) => {
            let fits = shape.key_size <= u64::from(limits.key_size_max)
                && shape.value_size <= limits.value_size_max;
            if fits {
                Ok(guaranteed_keys(&limits, shape) >= count)
            } else {
                Err(CapacityError::TooLarge)
            }
        }
        Err(LimitsError::TooSmall { .. } | LimitsError::TooMuch { name: "keys-max", .. }) => {
            Ok(false)
        }
        Err(LimitsError::TooLarge { .. }) => Ok(true),
        Err(error) => Err(CapacityError::Limits(error)),
    };
    let (mut too_few, mut enough) = (0, MAX / STEP);
    while enough - too_few > 1 {
        let steps = too_few + (enough - too_few) / 2;
        if holds(steps)? {
            enough = steps;
        } else {
            too_few = steps;
        }
    }
    match derive(enough) {
        Ok(limits) if guaranteed_keys(&limits, shape) >= count => Ok(limits),
        Ok(_) | Err(LimitsError::TooLarge { .. }) => Err(CapacityError::TooMany),
        Err(error) => Err(CapacityError::Limits(error)),
    }
}

/// What a count of equal keys needs of data memory.
struct Need {
    division: Division,
    classes: SizeClasses,
    shape: Shape,
}

impl Need {
    fn of(limits: &Limits, shape: KeyShape) -> Option<Self> {
        let KeyShape { key_size, value_size, has_ttl } = shape;
        Some(Self {
            division: Division::of(limits),
            classes: SizeClasses::new(limits.frame_size),
            shape: Shape::of(key_size, value_size, has_ttl, limits.frame_size)?,
        })
    }

    fn fits(&self, count: u64) -> bool {
        let load_max = u64::from(CHAIN_BUCKETS_MAX) * (BUCKET_ENTRIES as u64 - 1) / 2;
        let buckets = u64::from(self.division.bucket_count);
        if count / buckets >= load_max {
            // A chain somewhere would reach its end.
            return false;
        }
        self.frames(count).is_some_and(|frames| frames <= u64::from(self.division.frame_count))
    }

    /// Frames for `count` keys, or nothing if that is beyond all numbers.
    fn frames(&self, count: u64) -> Option<u64> {
        let mut live = [0_u64; crate::memory::classes::CLASS_COUNT_MAX];
        for size in self.shape.slot_sizes() {
            let slots = &mut live[self.classes.of(*size).index()];
            *slots = slots.checked_add(count)?;
        }
        live[Class::CHILD_BUCKET.index()] = children(count, u64::from(self.division.bucket_count));
        let mut frames = count.checked_mul(self.shape.frame_count)?;
        for class in self.classes.all().filter(|class| live[class.index()] > 0) {
            let slots_per_frame = u64::from(self.classes.slots_per_frame(class));
            let used = live[class.index()].div_ceil(slots_per_frame) + RESERVE_FRAMES;
            frames = frames.checked_add(used)?;
        }
        Some(frames)
    }
}

/// Child buckets for `count` keys in `bucket_count` home buckets, with a margin.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a count of buckets with a margin of more than one in a thousand"
)]
fn children(count: u64, bucket_count: u64) -> u64 {
    let mean = count as f64 / bucket_count as f64;
    // The keys of a home bucket are Poisson distributed. Weights are relative to the most likely
    // count, from which they fall on both sides; what is below 1e-12 counts nothing.
    let start = mean as u64;
    let (mut sum, mut weighted) = (0.0, 0.0);
    let mut add = |keys: u64, weight: f64| {
        let over = keys.saturating_sub(BUCKET_ENTRIES as u64);
        sum += weight;
        weighted += weight * over.div_ceil(BUCKET_ENTRIES as u64 - 1) as f64;
    };
    let (mut keys, mut weight) = (start, 1.0);
    while weight > 1e-12 {
        add(keys, weight);
        keys += 1;
        weight *= mean / keys as f64;
    }
    (keys, weight) = (start, 1.0);
    while keys > 0 && weight > 1e-12 {
        weight *= keys as f64 / mean;
        keys -= 1;
        add(keys, weight);
    }
    let expected = weighted / sum * bucket_count as f64;
    // The margin: one in sixty-four, and what matters for a small index.
    (expected + expected / 64.0) as u64 + 64
}

/// The plan for `count` keys of `shape`: see `smallest`.
pub fn plan_for(
    settings: &Settings,
    count: u64,
    shape: KeyShape,
    measured: (u64, u64),
) -> Result<(Limits, Plan), CapacityError> {
    let limits = smallest(settings, count, shape, measured)?;
    Ok((limits, Plan::with_shape(&limits, shape)))
}
