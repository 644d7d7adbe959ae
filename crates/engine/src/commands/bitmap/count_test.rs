//! Ranges of bits and their masks.
use super::{Bits, Unit};

#[test]
fn ranges_in_bytes_and_in_bits() {
    let bits = |start, end| Some(Bits { start, end });
    assert_eq!(Bits::within(3, 0, -1, Unit::Byte), bits(0, 24));
    assert_eq!(Bits::within(3, 1, 1, Unit::Byte), bits(8, 16));
    assert_eq!(Bits::within(3, 5, -3, Unit::Bit), bits(5, 22));
    assert_eq!(Bits::within(3, 24, 30, Unit::Bit), None);
    assert_eq!(Bits::within(0, 0, -1, Unit::Bit), None);
}

#[test]
fn bytes_that_hold_a_range() {
    assert_eq!(Bits { start: 0, end: 1 }.byte_count(), 1);
    assert_eq!(Bits { start: 7, end: 9 }.byte_count(), 2);
    assert_eq!(Bits { start: 8, end: 16 }.byte_count(), 1);
}

#[test]
fn what_is_outside_is_masked() {
    let bits = Bits { start: 2, end: 11 };
    assert_eq!(bits.mask(0, 0xFF, false), 0b0011_1111);
    assert_eq!(bits.mask(0, 0x00, true), 0b1100_0000);
    assert_eq!(bits.mask(1, 0xFF, false), 0b1110_0000);
    assert_eq!(bits.mask(1, 0x00, true), 0b0001_1111);
    let narrow = Bits { start: 3, end: 5 };
    assert_eq!(narrow.mask(0, 0xFF, false), 0b0001_1000);
}
