//! Against what redis-server answered (`glob_recorded.txt`), against tables, and at the budget.
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{Case, PatternTooComplex, STEPS_MAX, matches};
use std::vec::Vec;

#[track_caller]
fn check(pattern: &[u8], text: &[u8], case: Case, expected: bool) {
    let answer = matches(pattern, text, case, &mut { STEPS_MAX });
    assert_eq!(answer, Ok(expected), "{} on {}", pattern.escape_ascii(), text.escape_ascii());
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = if text == "\"\"" { b"" } else { text.as_bytes() };
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'\\', [b'\\', after @ ..]) => {
                bytes.push(b'\\');
                rest = after;
            }
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = core::str::from_utf8(&digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    bytes
}

/// Each recorded pattern matches exactly the keys that KEYS returned.
#[test]
fn keys_of_redis() {
    let mut lines =
        include_str!("glob_recorded.txt").lines().filter(|line| !line.starts_with("# "));
    let names: Vec<_> = lines.next().unwrap().split('\t').skip(1).map(unescape).collect();
    assert_eq!(names.len(), 33);
    let mut pattern_count = 0;
    for line in lines {
        let mut columns = line.split('\t').map(unescape);
        let pattern = columns.next().unwrap();
        let matching: Vec<_> = columns.collect();
        for name in &names {
            check(&pattern, name, Case::Sensitive, matching.contains(name));
        }
        pattern_count += 1;
    }
    assert!(pattern_count > 200);
}

#[test]
fn case_may_be_ignored() {
    for (pattern, text, sensitive, ignored) in [
        ("MaxMemory*", "maxmemory-policy", false, true),
        ("max*", "MAXCLIENTS", false, true),
        ("[A-C]x", "bX", false, true),
        ("[a-c]x", "Bx", false, true),
        ("\\A", "a", false, true),
        ("[^A]", "a", true, false),
        // Redis compares an escaped byte within a class as it is, in both modes.
        ("[\\A]", "a", false, false),
        ("[\\A]", "A", true, true),
        ("_", "?", false, false),
    ] {
        check(pattern.as_bytes(), text.as_bytes(), Case::Sensitive, sensitive);
        check(pattern.as_bytes(), text.as_bytes(), Case::Ignored, ignored);
    }
}

/// Row 51 of the bad inputs: what once took exponential time now takes counted steps.
#[test]
fn hostile_patterns_are_bounded() {
    let text = [b'a'; 8_000];
    let many_stars: Vec<u8> = b"a*".iter().copied().cycle().take(20_000).chain(*b"b").collect();
    check(&many_stars, &text, Case::Sensitive, false);

    let half: Vec<u8> = core::iter::once(b'*').chain([b'a'; 4_000]).chain(*b"b").collect();
    let answer = matches(&half, &text, Case::Sensitive, &mut { STEPS_MAX });
    assert_eq!(answer, Err(PatternTooComplex));

    let class: Vec<u8> =
        b"*[".iter().copied().chain(core::iter::repeat_n(b'x', 1 << 20)).chain(*b"]").collect();
    let answer = matches(&class, &text, Case::Sensitive, &mut { STEPS_MAX });
    assert_eq!(answer, Err(PatternTooComplex));

    let stars: Vec<u8> = core::iter::repeat_n(b'*', 1 << 19).collect();
    check(&stars, &text, Case::Sensitive, true);
}

/// The steps that a match took are gone from the caller's budget, so that KEYS can bound the sum.
#[test]
fn steps_are_counted() {
    let mut steps = 100;
    assert_eq!(matches(b"user:*", b"user:17", Case::Sensitive, &mut steps), Ok(true));
    let taken = 100 - steps;
    assert!((6..=16).contains(&taken), "{taken}");
    let mut too_few = taken - 1;
    let answer = matches(b"user:*", b"user:17", Case::Sensitive, &mut too_few);
    assert_eq!(answer, Err(PatternTooComplex));
}
