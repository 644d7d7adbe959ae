//! Against what INCRBYFLOAT of redis-server answered (`extended_recorded.txt`).
#![allow(clippy::disallowed_types, reason = "tests may grow what they like")]
extern crate std;
use super::{EXTENDED_TEXT_SIZE_MAX, Extended};
use crate::random::Random;
use std::format;
use std::string::{String, ToString};

const NOT_A_FLOAT: &str = "value is not a valid float";
const NOT_FINITE: &str = "increment would produce NaN or Infinity";

/// What INCRBYFLOAT answers for a key that holds `value`.
fn increment(value: &[u8], by: &[u8]) -> String {
    let (Some(value), Some(by)) = (Extended::parse(value), Extended::parse(by)) else {
        return NOT_A_FLOAT.to_string();
    };
    value.checked_add(by).map_or(NOT_FINITE.to_string(), print)
}

fn print(number: Extended) -> String {
    let mut room = [0; EXTENDED_TEXT_SIZE_MAX];
    String::from_utf8(number.format(&mut room).to_vec()).unwrap()
}

/// `{x*n}` stands for `x`, `n` times: it keeps the table readable.
fn expand(text: &str) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (run, after) = after.split_once('}').unwrap();
        let (unit, count) = run.split_once('*').unwrap();
        expanded += before;
        expanded += &unit.repeat(count.parse().unwrap());
        rest = after;
    }
    expanded + rest
}

#[test]
fn sums_of_redis() {
    let mut case_count = 0;
    let lines = include_str!("extended_recorded.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t').map(expand);
        let (value, by, expected) =
            (columns.next().unwrap(), columns.next().unwrap(), columns.next().unwrap());
        assert_eq!(increment(value.as_bytes(), by.as_bytes()), expected, "{line}");
        case_count += 1;
    }
    assert!(case_count > 500, "{case_count}");
}

/// What was printed is read back as a number that prints the same; adding zero changes nothing.
#[test]
fn print_is_stable() {
    let mut random = Random::new(3);
    for _ in 0..3_000 {
        let digits = random.bits() >> random.below(64);
        let text = format!("{}e{}", digits, random.below(60).cast_signed() - 40);
        let printed = increment(text.as_bytes(), b"0");
        if printed != NOT_A_FLOAT {
            assert_eq!(increment(printed.as_bytes(), b"0"), printed, "{text}");
        }
    }
}

/// The short way and the exact way of reading decimals agree: leading and trailing zeros, which
/// do not change a number, decide between the two.
#[test]
fn both_ways_of_reading_agree() {
    let mut random = Random::new(4);
    for _ in 0..3_000 {
        let digits = random.bits() >> random.below(64);
        let exponent = random.below(28);
        let short = format!("{digits}e-{exponent}");
        let long = format!("{digits}{}e-{}", "0".repeat(30), exponent + 30);
        assert_eq!(Extended::parse(short.as_bytes()), Extended::parse(long.as_bytes()), "{short}");
    }
}

/// The slowest texts there are.
#[test]
fn longest_texts() {
    let nines = "9".repeat(5_119);
    assert_eq!(Extended::parse(nines.as_bytes()), None, "too large");
    assert_eq!(Extended::parse(format!("{nines}9").as_bytes()), None, "too long");
    let tiny = format!(".{}", &nines[1..]);
    assert_eq!(increment(tiny.as_bytes(), b"0"), "1");
    let smallest = format!("{}e-10045", "3".repeat(5_100));
    let value = Extended::parse(smallest.as_bytes()).unwrap();
    assert_eq!(print(value), "0");
    assert_ne!(value, Extended::ZERO);
    let largest = Extended::parse(format!("1{}", "0".repeat(4_932)).as_bytes()).unwrap();
    assert_eq!(print(largest).len(), 4_933);
}
