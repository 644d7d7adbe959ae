//! Distances that Redis answers, and how they are written.
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{DISTANCE_TEXT_SIZE_MAX, between, format, unit};
use crate::commands::geo::cell::Position;
use std::string::String;

fn text(distance: f64) -> String {
    String::from_utf8(format(distance, &mut [0; DISTANCE_TEXT_SIZE_MAX]).to_vec()).unwrap()
}

#[test]
fn a_distance_has_four_digits_behind_the_point() {
    for (distance, expected) in [
        (0.0, "0.0000"),
        (0.000_04, "0.0000"),
        (0.000_06, "0.0001"),
        (0.775, "0.7750"),
        (1.0, "1.0000"),
        (20_015_114.352_2, "20015114.3522"),
        (1e15, "1000000000000000.0000"),
    ] {
        assert_eq!(text(distance), expected);
    }
}

#[test]
fn sicily_is_as_large_as_in_the_manual() {
    let palermo = Position { longitude: 13.361_389, latitude: 38.115_556 };
    let catania = Position { longitude: 15.087_269, latitude: 37.502_669 };
    let rounded = |position: Position| Position::of_score(position.score());
    let metres = between(rounded(palermo), rounded(catania));
    assert_eq!(text(metres), "166274.1516");
    assert_eq!(text(metres / unit(b"Km").unwrap()), "166.2742");
    assert_eq!(text(metres / unit(b"mi").unwrap()), "103.3182");
    assert!(unit(b"league").is_err());
}

#[test]
fn opposite_positions_are_half_a_circle_apart() {
    for latitude in [0.0, 10.0, 33.333, 85.0] {
        let one = Position { longitude: -90.0, latitude };
        let other = Position { longitude: 90.0, latitude: -latitude };
        let metres = between(one, other);
        assert!((metres - core::f64::consts::PI * super::EARTH_RADIUS).abs() < 1.0, "{metres}");
    }
}
