//! Numbers and words of arguments.
use super::{cursor, is_word, small_integer};
use crate::commands::error::CommandError;

#[test]
fn cursors_are_decimal_and_64_bits_wide() {
    assert_eq!(cursor(b"0"), Ok(0));
    assert_eq!(cursor(b"007"), Ok(7));
    assert_eq!(cursor(b"18446744073709551615"), Ok(u64::MAX));
    assert_eq!(cursor(b"-1"), Ok(u64::MAX));
    assert_eq!(cursor(b"+1"), Ok(1));
    assert_eq!(cursor(b""), Ok(0));
    for text in [&b"-"[..], b"+", b"--1", b" 1", b"1 ", b"abc", b"0x1", b"18446744073709551616"] {
        assert_eq!(cursor(text), Err(CommandError::Line("ERR invalid cursor")), "{text:?}");
    }
}

#[test]
fn a_small_integer_says_its_range() {
    assert_eq!(small_integer(b"-2147483648"), Ok(i32::MIN));
    assert_eq!(small_integer(b"abc"), Err(CommandError::NOT_AN_INTEGER));
    assert!(matches!(small_integer(b"2147483648"), Err(CommandError::Line(line))
        if line.contains("must between")));
}

#[test]
fn words_have_any_case() {
    assert!(is_word(b"KeepTtl", "KEEPTTL"));
    assert!(!is_word(b"KEEP", "KEEPTTL"));
}
