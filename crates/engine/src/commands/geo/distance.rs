//! Distances on a sphere, and the units that they are given in.
use super::cell::Position;
use crate::commands::arguments::is_word;
use crate::commands::error::CommandError;
use crate::stdx::number::{I64_TEXT_SIZE_MAX, format_u64};

/// Of the earth, in metres: the mean that Redis uses.
pub(super) const EARTH_RADIUS: f64 = 6_372_797.560_856;

/// Bytes of a distance as text, at most: digits of 64 bits, and a point.
pub(super) const DISTANCE_TEXT_SIZE_MAX: usize = I64_TEXT_SIZE_MAX + 1;

/// Digits behind the point of a distance as text.
const FRACTION_DIGITS: usize = 4;

/// Radians as degrees: a division, as in Redis, which may round otherwise than the product that
/// `to_degrees` is.
pub(super) fn degrees(radians: f64) -> f64 {
    const DEGREE: f64 = core::f64::consts::PI / 180.0;
    radians / DEGREE
}

/// A position that many others are seen from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Center {
    position: Position,
    /// Of its latitude.
    cosine: f64,
}

/// How far something reaches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    metres: f64,
    /// The haversine of the angle that it is on the sphere.
    haversine: f64,
}

/// So much a haversine may be off by rounding, and some orders of magnitude more.
const HAVERSINE_DOUBT: f64 = 1e-9;

impl Center {
    pub(super) fn new(position: Position) -> Self {
        Self { position, cosine: libm::cos(position.latitude.to_radians()) }
    }

    /// Metres to a position.
    pub(super) fn distance_to(&self, other: Position) -> f64 {
        match self.haversine_to(other) {
            Some(haversine) => metres_of(haversine),
            None => self.latitudes_to(other),
        }
    }

    /// Metres to a position that is not beyond `reach`.
    #[inline]
    pub(super) fn distance_within(&self, other: Position, reach: &Reach) -> Option<f64> {
        let metres = match self.haversine_to(other) {
            Some(haversine) if reach.is_short_of(haversine) => return None,
            Some(haversine) => metres_of(haversine),
            None => self.latitudes_to(other),
        };
        (metres <= reach.metres).then_some(metres)
    }

    /// Is a position not beyond `reach`? As its distance says, which is mostly not computed.
    #[inline]
    pub(super) fn reaches(&self, other: Position, reach: &Reach) -> bool {
        match self.haversine_to(other) {
            Some(haversine) => reach.takes(haversine),
            None => self.latitudes_to(other) <= reach.metres,
        }
    }

    /// Is the meridian not beyond `reach` for who goes from a position along its latitude?
    #[inline]
    pub(super) fn reaches_beside(&self, other: Position, reach: &Reach) -> bool {
        let sine = self.sine_to(other);
        let cosine = libm::cos(other.latitude.to_radians());
        sine == 0.0 || reach.takes(cosine * cosine * sine * sine)
    }

    /// Metres to the latitude of a position.
    pub(super) fn latitudes_to(&self, other: Position) -> f64 {
        between_latitudes(self.position.latitude, other.latitude)
    }

    /// Of half of the angle between the meridians.
    #[inline]
    fn sine_to(&self, other: Position) -> f64 {
        libm::sin((other.longitude.to_radians() - self.position.longitude.to_radians()) / 2.0)
    }

    /// The haversine of the angle to a position; nothing if that is on the same meridian.
    #[inline]
    fn haversine_to(&self, other: Position) -> Option<f64> {
        let sine = self.sine_to(other);
        if sine == 0.0 {
            return None;
        }
        let (low, high) = (self.position.latitude.to_radians(), other.latitude.to_radians());
        let half = libm::sin((high - low) / 2.0);
        Some(half * half + self.cosine * libm::cos(high) * sine * sine)
    }
}

/// Metres of the angle with a haversine. Rounding may make that a little more than 1 where
/// positions are opposite of each other.
fn metres_of(haversine: f64) -> f64 {
    2.0 * EARTH_RADIUS * libm::asin(libm::sqrt(haversine).min(1.0))
}

impl Reach {
    pub(super) fn new(metres: f64) -> Self {
        let angle = metres / EARTH_RADIUS;
        let sine = libm::sin((angle / 2.0).min(core::f64::consts::FRAC_PI_2));
        Self { metres, haversine: sine * sine }
    }

    /// Is what has this haversine beyond it for sure?
    #[inline]
    fn is_short_of(&self, haversine: f64) -> bool {
        haversine > self.haversine * (1.0 + HAVERSINE_DOUBT)
    }

    /// Is what has this haversine not beyond it?
    #[inline]
    fn takes(&self, haversine: f64) -> bool {
        let is_near = haversine < self.haversine * (1.0 - HAVERSINE_DOUBT);
        is_near || !self.is_short_of(haversine) && metres_of(haversine) <= self.metres
    }
}

/// Metres between two positions.
pub(super) fn between(one: Position, other: Position) -> f64 {
    Center::new(one).distance_to(other)
}

/// Metres between two latitudes, along a meridian.
fn between_latitudes(one: f64, other: f64) -> f64 {
    EARTH_RADIUS * (other.to_radians() - one.to_radians()).abs()
}

/// The metres of a unit.
pub(super) fn unit(argument: &[u8]) -> Result<f64, CommandError> {
    const UNITS: [(&str, f64); 4] = [("m", 1.0), ("km", 1000.0), ("ft", 0.3048), ("mi", 1609.34)];
    let found = UNITS.iter().find(|(name, _)| is_word(argument, name));
    found
        .map(|(_, metres)| *metres)
        .ok_or(CommandError::Line("ERR unsupported unit provided. please use M, KM, FT, MI"))
}

/// A distance with four digits behind the point.
#[expect(clippy::cast_sign_loss, reason = "no distance is negative")]
pub(super) fn format(distance: f64, room: &mut [u8; DISTANCE_TEXT_SIZE_MAX]) -> &[u8] {
    let mut digits = [0; I64_TEXT_SIZE_MAX];
    let digits = format_u64(libm::rint(distance * 10_000.0) as u64, &mut digits);
    // As many digits as there are behind the point, and one before it, at least.
    let size = digits.len().max(FRACTION_DIGITS + 1);
    room[..size].fill(b'0');
    room[size - digits.len()..size].copy_from_slice(digits);
    let point = size - FRACTION_DIGITS;
    room.copy_within(point..size, point + 1);
    room[point] = b'.';
    &room[..=size]
}

#[cfg(test)]
#[path = "distance_test.rs"]
mod distance_test;
