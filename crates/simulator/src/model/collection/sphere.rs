//! Positions on a sphere, the numbers that Redis makes of them, and how far apart they are.
//!
//! Distances agree with a server's but for their last digits.
use std::f64::consts::PI;

/// Metres.
const RADIUS: f64 = 6_372_797.560_856;

/// Bits of each half of a number.
const BITS: u32 = 26;

/// How far north and south numbers reach, and texts of GEOHASH.
const LATITUDE_MAX: f64 = 85.051_128_78;
const LATITUDE_MAX_OF_TEXTS: f64 = 90.0;
const LONGITUDE_MAX: f64 = 180.0;

/// Longitude and latitude.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) longitude: f64,
    pub(super) latitude: f64,
}

impl Position {
    pub(super) fn is_valid(self) -> bool {
        self.longitude.abs() <= LONGITUDE_MAX && self.latitude.abs() <= LATITUDE_MAX
    }

    /// Bits of both, those of the longitude before those of the latitude.
    fn interleaved(self, latitude_max: f64) -> u64 {
        let cell =
            |angle: f64, most: f64| ((angle + most) / (2.0 * most) * f64::from(1 << BITS)) as u64;
        let longitude = cell(self.longitude, LONGITUDE_MAX);
        let latitude = cell(self.latitude, latitude_max);
        let pair = |bit: u32| (longitude >> bit & 1) << 1 | latitude >> bit & 1;
        (0..BITS).rev().fold(0, |number, bit| number << 2 | pair(bit))
    }

    /// The score of a member that is here.
    #[expect(clippy::cast_precision_loss, reason = "a score has 52 bits")]
    pub(super) fn score(self) -> f64 {
        self.interleaved(LATITUDE_MAX) as f64
    }

    /// The middle of the cell that a score stands for.
    #[expect(clippy::cast_precision_loss, reason = "half of a score has 26 bits")]
    pub(super) fn of_score(score: f64) -> Self {
        let number = score as u64;
        let half = |shift: u32| {
            (0..BITS).map(|bit| (number >> (2 * bit + shift) & 1) << bit).sum::<u64>() as f64
        };
        let middle = |cell: f64, most: f64| {
            ((cell + 0.5) / f64::from(1 << BITS) * 2.0 * most - most).clamp(-most, most)
        };
        let longitude = middle(half(1), LONGITUDE_MAX);
        Self { longitude, latitude: middle(half(0), LATITUDE_MAX) }
    }

    /// What GEOHASH answers: the last letter of eleven has no bits left.
    pub(super) fn text(self) -> String {
        const LETTERS: &[u8] = b"0123456789bcdefghjkmnpqrstuvwxyz";
        let number = self.interleaved(LATITUDE_MAX_OF_TEXTS);
        let letter =
            |at: u32| char::from(LETTERS[(number >> (2 * BITS - 5 * at - 5) & 31) as usize]);
        (0..10).map(letter).chain(['0']).collect()
    }

    /// Metres to another one.
    pub(super) fn distance(self, other: Self) -> f64 {
        let radians = |angle: f64| angle * PI / 180.0;
        let (here, there) = (radians(self.latitude), radians(other.latitude));
        let across = (radians(other.longitude - self.longitude) / 2.0).sin();
        let along = ((there - here) / 2.0).sin();
        2.0 * RADIUS * (along * along + here.cos() * there.cos() * across * across).sqrt().asin()
    }
}
