//! Distances that Redis answers, and how they are written.
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{Center, DISTANCE_TEXT_SIZE_MAX, Reach, between, format, unit};
use crate::commands::geo::cell::Position;
use crate::random::Random;
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

#[test]
#[expect(clippy::cast_precision_loss, reason = "any positions will do")]
fn what_is_near_enough_is_as_its_distance_says() {
    let mut random = Random::new(1);
    let mut position = |span: f64| Position {
        longitude: (random.below(2_000_001) as f64 / 1_000_000.0 - 1.0) * span,
        latitude: (random.below(2_000_001) as f64 / 1_000_000.0 - 1.0) * span.min(85.0),
    };
    for round in 0..60_000 {
        let span = [180.0, 5.0, 0.001][round % 3];
        let (one, other) = (position(span), position(span));
        let metres = between(one, other);
        let center = Center::new(one);
        // Of exactly that radius it is a matter of the last bit.
        for radius in [metres, metres.next_down(), metres.next_up(), metres * 1.1, metres / 3.0] {
            let reach = Reach::new(radius);
            let expected = (metres <= radius).then_some(metres);
            assert_eq!(center.distance_within(other, &reach), expected, "{one:?} {other:?}");
            assert_eq!(center.reaches(other, &reach), expected.is_some(), "{one:?} {other:?}");
        }
        let beside = Position { latitude: other.latitude, ..one };
        let metres = between(other, beside);
        for radius in [metres, metres.next_down(), metres.next_up(), metres * 2.0, metres / 2.0] {
            let expected = metres <= radius;
            assert_eq!(center.reaches_beside(other, &Reach::new(radius)), expected, "{other:?}");
        }
    }
}
