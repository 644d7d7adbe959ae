//! Numbers and words of arguments.
use super::{count, counted_keys, cursor, is_word, signed_count, small_integer};
use crate::commands::error::CommandError;
use crate::memory::blocks::Span;
use crate::resp::request::Request;

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

#[test]
fn counts_have_a_least_and_signs_a_twin() {
    assert_eq!(count(b"3", 3, "no"), Ok(3));
    assert_eq!(count(b"9223372036854775807", 0, "no"), Ok(i64::MAX.unsigned_abs()));
    for text in [&b"2"[..], b"-3", b"x", b"", b"9223372036854775808"] {
        assert_eq!(count(text, 3, "no"), Err(CommandError::Line("no")), "{text:?}");
    }
    assert_eq!(signed_count(b"-9223372036854775807"), Ok(-i64::MAX));
    assert!(signed_count(b"-9223372036854775808").is_err());
}

#[test]
fn counted_keys_are_there() {
    let bytes = b"2ab";
    let spans = [(0, 1), (0, 1), (1, 1), (2, 1)].map(|(start, size)| Span { start, size });
    let missing = CommandError::SYNTAX;
    assert_eq!(counted_keys(&Request::new(bytes, &spans), 1, missing), Ok(2..4));
    assert_eq!(counted_keys(&Request::new(bytes, &spans[..3]), 1, missing), Err(missing));
    assert_eq!(counted_keys(&Request::new(bytes, &spans[..2]), 1, missing), Err(missing));
    assert!(matches!(counted_keys(&Request::new(bytes, &spans), 2, missing),
        Err(CommandError::Line(line)) if line.contains("numkeys")));
}
