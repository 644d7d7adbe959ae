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

/// Metres between two positions: the haversine of the angle between them.
pub(super) fn between(one: Position, other: Position) -> f64 {
    let sine = libm::sin((other.longitude.to_radians() - one.longitude.to_radians()) / 2.0);
    if sine == 0.0 {
        return between_latitudes(one.latitude, other.latitude);
    }
    let (low, high) = (one.latitude.to_radians(), other.latitude.to_radians());
    let half = libm::sin((high - low) / 2.0);
    let haversine = half * half + libm::cos(low) * libm::cos(high) * sine * sine;
    // Rounding may make it a little more than 1 where positions are opposite of each other.
    2.0 * EARTH_RADIUS * libm::asin(libm::sqrt(haversine).min(1.0))
}

/// Metres between two latitudes, along a meridian.
pub(super) fn between_latitudes(one: f64, other: f64) -> f64 {
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
