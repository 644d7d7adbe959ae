//! The model's own rare parts, with figures that a real redis-server gave.
use super::long_double::LongDouble;
use super::matches;

#[test]
fn long_doubles_add_and_print_as_redis_prints_them() {
    for (one, other, sum) in [
        ("0.1", "0.2", "0.3"),
        ("3", "0", "3"),
        ("3.0e3", "200", "3200"),
        ("10.5", "0.1", "10.6"),
        ("5.0e3", "-1.9", "4998.10000000000000009"),
        ("-0", "0", "0"),
        ("1e-18", "0", "0"),
        ("-1e-18", "0", "0"),
        ("0x10", "0", "16"),
        ("1e20", "1", "100000000000000000000"),
        ("9223372036854775807", "1", "9223372036854775808"),
        (".5", "5.", "5.5"),
    ] {
        let parse = |text: &str| LongDouble::parse(text.as_bytes()).unwrap();
        assert_eq!(parse(one).add(&parse(other)).unwrap().to_text(), sum, "{one} + {other}");
    }
    for text in ["", " 1", "1 ", "nan", "1e", "1e5000", "1e-5000", ".", "--1", "1,5", "0xg"] {
        assert!(LongDouble::parse(text.as_bytes()).is_none(), "{text:?}");
    }
    assert!(LongDouble::parse(b"-inf").unwrap().is_infinite());
}

#[test]
fn patterns_match_as_redis_matches_them() {
    for (pattern, text, expected) in [
        ("", "", true),
        ("*", "", true),
        ("a*c", "abbc", true),
        ("a?c", "ac", false),
        ("[a-c]x", "bx", true),
        ("[c-a]x", "bx", true),
        ("[^a]", "a", false),
        ("[^a]", "b", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("[\\]]", "]", true),
        ("a", "A", false),
    ] {
        assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
    }
}
