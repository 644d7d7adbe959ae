//! Positions and scores of Redis, both ways.
#![allow(clippy::float_cmp, reason = "scores are exact")]
use super::{Cell, Position, gathered, spread};
use crate::random::Random;

const PALERMO: Position = Position { longitude: 13.361_389, latitude: 38.115_556 };

#[test]
fn a_score_is_the_cell_of_a_position() {
    // As ZSCORE of Redis says.
    assert_eq!(PALERMO.score(), 3_479_099_956_230_698.0);
    assert_eq!(Position { longitude: -180.0, latitude: -85.051_128_78 }.score(), 0.0);
    let back = Position::of_score(3_479_099_956_230_698.0);
    assert_eq!(back.longitude, 13.361_389_338_970_184);
    assert_eq!(back.latitude, 38.115_556_395_496_3);
    assert_eq!(&PALERMO.geohash(), b"sqc8b49rny0");
}

#[test]
fn every_score_is_a_position() {
    for score in [-1.0, -1e300, 1e19, 1e300, f64::INFINITY, f64::NEG_INFINITY, 0.5] {
        assert!(Position::of_score(score).is_valid(), "{score}");
    }
}

#[test]
fn bits_come_back() {
    let mut random = Random::new(1);
    for _ in 0..1_000 {
        let (row, column) = (random.bits() as u32, random.bits() as u32);
        let number = spread(row) | spread(column) << 1;
        assert_eq!((gathered(number), gathered(number >> 1)), (row, column));
    }
}

#[test]
fn behind_the_last_cell_comes_the_first() {
    let cell = Cell::of(PALERMO, 4);
    assert_eq!((0..16).fold(cell, |cell, _| cell.moved(1, 0)), cell);
    assert_eq!((0..16).fold(cell, |cell, _| cell.moved(0, -1)), cell);
    assert_eq!(cell.moved(1, 1).moved(-1, -1), cell);
    // The members of a cell are those of four smaller ones.
    let (low, high) = cell.scores();
    let score = PALERMO.score();
    assert!(low <= score && score < high);
    let (inner_low, inner_high) = Cell::of(PALERMO, 5).scores();
    assert!(
        low <= inner_low && inner_high <= high && (high - low) == 4.0 * (inner_high - inner_low)
    );
}
