//! What glibc's `strtod` reads, and what Redis makes of it.
use super::{parse, parse_bound, parse_weight};

#[test]
fn scores_are_whole_texts_within_the_range() {
    for (text, value) in [
        ("1.5", 1.5),
        ("7", 7.0),
        ("+007", 7.0),
        ("-999999999999999", -999_999_999_999_999.0),
        ("9999999999999999", 1e16),
        ("-0.1", -0.1),
        ("1e3", 1_000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("+5", 5.0),
        ("inf", f64::INFINITY),
        ("-Infinity", f64::NEG_INFINITY),
        ("0x1f", 31.0),
        ("0x1.8p1", 3.0),
        ("-0X.8P-1", -0.25),
        ("0x0p-5000", 0.0),
        ("0e5000", 0.0),
        ("5e-324", 5e-324),
        ("0x1p-1074", 5e-324),
        // A tie but for the last bit, which is beyond a hundred.
        ("0x1.0000000000000800000000000000000000000000000000001", 1.0 + f64::EPSILON),
        ("0x1.00000000000008", 1.0),
    ] {
        assert_eq!(parse(text.as_bytes()), Some(value), "{text}");
    }
    for text in [
        "",
        " 1",
        "1 ",
        "nan",
        "-nan",
        "1e",
        "e5",
        ".",
        "-",
        "+",
        "0x",
        "0x.",
        "0x1p",
        "0xg",
        "1e5000",
        "-1e5000",
        "1e-5000",
        "0x1p5000",
        "0x1p-5000",
        "infinit",
        "1\0",
        "1_0",
        "\u{e9}",
    ] {
        assert_eq!(parse(text.as_bytes()), None, "{text:?}");
    }
    assert!(parse(b"-0").unwrap().is_sign_negative());
}

#[test]
fn bounds_are_more_lenient() {
    for (text, value) in [
        ("", 0.0),
        ("\0x", 0.0),
        (" 1", 1.0),
        ("\t\n 1", 1.0),
        ("1\0x", 1.0),
        ("1e5000", f64::INFINITY),
        ("-1e5000", f64::NEG_INFINITY),
        ("1e-5000", 0.0),
        ("+inf", f64::INFINITY),
    ] {
        assert_eq!(parse_bound(text.as_bytes()), Some(value), "{text:?}");
    }
    for text in [" ", "1 ", "nan", "x", "1e", "- 1"] {
        assert_eq!(parse_bound(text.as_bytes()), None, "{text:?}");
    }
}

#[test]
fn weights_are_lenient_but_within_bounds() {
    for (text, value) in [
        ("", 0.0),
        ("\0x", 0.0),
        (" 1", 1.0),
        ("1\0x", 1.0),
        ("-2.5e3", -2500.0),
        ("inf", f64::INFINITY),
        ("0x1p-1030", f64::from_bits(1 << 44)),
        ("0e-5000", 0.0),
    ] {
        assert_eq!(parse_weight(text.as_bytes()), Some(value), "{text:?}");
    }
    for text in [" ", "1 ", "nan", "x", "1e", "- 1", "1e5000", "1e-5000", "1e-310"] {
        assert_eq!(parse_weight(text.as_bytes()), None, "{text:?}");
    }
}
