//! Tables of spellings, and round trips.
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{
    DOUBLE_TEXT_SIZE_MAX, I64_TEXT_SIZE_MAX, format_decimal, format_double, format_i64, format_u64,
    i64_text_size, parse_i64,
};
use crate::random::Random;
use std::string::{String, ToString};

fn integer(value: i64) -> String {
    String::from_utf8(format_i64(value, &mut [0; I64_TEXT_SIZE_MAX]).to_vec()).unwrap()
}

fn double(value: f64) -> String {
    String::from_utf8(format_double(value, &mut [0; DOUBLE_TEXT_SIZE_MAX]).to_vec()).unwrap()
}

#[test]
fn integers_have_one_spelling() {
    for (text, value) in [
        ("0", 0),
        ("-1", -1),
        ("10", 10),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(parse_i64(text.as_bytes()), Some(value));
        assert_eq!(integer(value), text);
        assert_eq!(i64_text_size(value), text.len());
    }
    for text in [
        "",
        "-",
        "+",
        "+1",
        "-0",
        "00",
        "007",
        "-01",
        " 1",
        "1 ",
        "1\n",
        "1.0",
        "1e3",
        "0x10",
        "a",
        "12a",
        "--1",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "18446744073709551615",
        "1\0",
        "\u{661}",
    ] {
        assert_eq!(parse_i64(text.as_bytes()), None, "{text:?}");
    }
    assert_eq!(format_u64(u64::MAX, &mut [0; 20]), b"18446744073709551615");
    assert_eq!(format_u64(0, &mut [0; 20]), b"0");
}

/// The layouts of Redis 7.2: where zeros end and exponents begin.
#[test]
fn doubles_print_as_in_redis() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-17.0, "-17"),
        (3.5, "3.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (0.1, "0.1"),
        (0.001_234, "0.001234"),
        (0.000_001, "0.000001"),
        (0.000_000_1, "1e-7"),
        (0.000_012_5, "1.25e-5"),
        (1.5e-5, "0.000015"),
        (-1e-10, "-1e-10"),
        (1_234.567_8, "1234.5678"),
        (12_345.678_901_234_5, "1.23456789012345e+4"),
        (4_611_686_018_427_387_904.0, "4611686018427387904"),
        (9_223_372_036_854_775_808.0, "9223372036854776000"),
        (1e19, "1e+19"),
        (1.5e20, "1.5e+20"),
        (1.234_567_890_123_456_7e19, "12345678901234567000"),
        (1e21, "1e+21"),
        (1e22, "1e+22"),
        (1.797_693_134_862_315_7e308, "1.7976931348623157e+308"),
        (5e-324, "5e-324"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
    ] {
        assert_eq!(double(value), text);
    }
}

/// Whatever the bits, the text reads back as the same double and fits.
#[test]
fn doubles_round_trip() {
    let mut random = Random::new(7);
    for _ in 0..20_000 {
        let value = f64::from_bits(random.bits());
        if !value.is_nan() {
            assert_eq!(double(value).parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
        let integer_value = random.bits().cast_signed() >> (random.bits() % 64);
        assert_eq!(integer(integer_value), integer_value.to_string());
        assert_eq!(parse_i64(integer(integer_value).as_bytes()), Some(integer_value));
    }
}

#[test]
fn decimals_have_17_digits_behind_the_point_and_no_zeros() {
    for (value, text) in [
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-20, "0"),
        (1.0, "1"),
        (-180.0, "-180"),
        (10.5, "10.5"),
        (13.361_389_338_970_184, "13.36138933897018433"),
        (85.051_127_512_971_02, "85.05112751297102136"),
        // Half of the last digit: to the even one.
        (f64::from(1 << 1) + 1.0 / f64::from(1 << 18), "2.00000381469726562"),
    ] {
        let mut room = [0; DOUBLE_TEXT_SIZE_MAX];
        assert_eq!(format_decimal(value, &mut room), text.as_bytes());
    }
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "any numbers will do")]
fn decimals_are_those_of_the_library() {
    let mut random = Random::new(1);
    for round in 0..200_000 {
        let value = match round % 4 {
            0 => f64::from_bits(random.bits()) % 1_000.0,
            1 => random.below(360 << 20) as f64 / f64::from(1 << 20) - 180.0,
            2 => {
                random.below(1 << 53) as f64 / (1_u128 << (43 + random.below(60))) as f64 % 1_000.0
            }
            // Halves of the last digit are ties.
            _ => random.below(2_000) as f64 / (1_u64 << random.below(63)) as f64 % 1_000.0,
        };
        if value.is_nan() {
            continue;
        }
        let library = std::format!("{value:.17}");
        let expected = library.trim_end_matches('0').trim_end_matches('.');
        let expected = if expected == "-0" { "0" } else { expected };
        let mut room = [0; DOUBLE_TEXT_SIZE_MAX];
        assert_eq!(format_decimal(value, &mut room), expected.as_bytes(), "{value:e}");
    }
}
