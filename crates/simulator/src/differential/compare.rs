//! When two replies that are not the same bytes are the same answer: order, time and chance, and
//! only where Redis promises none.
use super::rules::{Judge, RULES, find};
use crate::value::Value;
use std::mem::discriminant;

/// Commands that have subcommands.
const CONTAINERS: &[&str] = &[
    "client", "command", "config", "function", "latency", "memory", "object", "script", "slowlog",
];

/// The row of a command.
pub fn rule_of<'a>(mut words: impl Iterator<Item = &'a [u8]>) -> Option<usize> {
    let mut name = String::new();
    let add = |name: &mut String, word: &[u8]| {
        name.extend(word.iter().take(40).map(|byte| char::from(byte.to_ascii_lowercase())));
    };
    add(&mut name, words.next()?);
    if CONTAINERS.contains(&name.as_str())
        && let Some(subcommand) = words.next()
    {
        name.push('|');
        add(&mut name, subcommand);
    }
    find(&name)
}

/// Do two replies to a command agree, if times may differ by so much? Replies to EXEC are taken
/// apart before.
pub fn agree(rule: Option<usize>, words: &[&[u8]], replies: [&Value; 2], slack_ms: u64) -> bool {
    let [redis, granite] = replies;
    if redis == granite {
        return true;
    }
    // Refused by one is never allowed; nor is another text, which clients match on.
    let same_type = discriminant(redis) == discriminant(granite);
    if !same_type || redis.as_error().is_some() || redis == &Value::Simple("QUEUED".to_owned()) {
        return false;
    }
    match rule.map_or(Judge::Exact, |rule| RULES[rule].judge) {
        Judge::Exact | Judge::Transaction => false,
        Judge::Unordered => sorted(redis) == sorted(granite),
        Judge::Scan => scans_agree(words, redis, granite),
        Judge::AnyString => matches!(redis, Value::Bulk(_)),
        Judge::AnyOf => picks_agree(redis, granite),
        Judge::Milliseconds => are_near(redis, granite, slack_ms),
        Judge::Seconds => are_near(redis, granite, slack_ms / 1000 + 1),
        Judge::Clock => clocks_agree(redis, granite, slack_ms),
        Judge::Map(own) => map(redis, own) == map(granite, own),
        Judge::Fields(names) => fields(redis, names) == fields(granite, names),
        Judge::Shape => true,
    }
}

/// The elements in an order of ours; pairs stay together.
pub fn sorted(value: &Value) -> Vec<String> {
    let items = value.elements().unwrap_or_default();
    let size = if matches!(value, Value::Map(_)) { 2 } else { 1 };
    let mut texts: Vec<String> = items.chunks(size).map(|items| format!("{items:?}")).collect();
    texts.sort();
    texts
}

/// So many strings, or one.
fn picks_agree(redis: &Value, granite: &Value) -> bool {
    match (redis.elements(), granite.elements()) {
        (Some(some), Some(others)) => some.len() == others.len(),
        (None, None) => matches!(redis, Value::Bulk(_)),
        _ => false,
    }
}

/// The number that a reply is.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bulk(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        Value::Double(text) => text.parse().ok(),
        _ => None,
    }
}

/// A score in digits of ours.
fn rounded(value: &Value) -> Value {
    number(value).map_or_else(|| value.clone(), |number| Value::bulk(format!("{:?}", number + 0.0)))
}

/// Are these the same but for how scores are printed?
pub fn same_scores(redis: &Value, granite: &Value) -> bool {
    if let (Some(some), Some(others)) = (redis.elements(), granite.elements()) {
        let mut pairs = some.iter().zip(others);
        return some.len() == others.len() && pairs.all(|(one, other)| same_scores(one, other));
    }
    redis == granite
        || matches!((number(redis), number(granite)), (Some(one), Some(other))
            if one.total_cmp(&other).is_eq() || one.abs() + other.abs() <= 0.0)
}

/// One call that went over all keys, or elements, has found all that there are; any other may have
/// found any.
fn scans_agree(words: &[&[u8]], redis: &Value, granite: &Value) -> bool {
    let [Some([one, names]), Some([other, other_names])] = [redis.elements(), granite.elements()]
    else {
        return false;
    };
    let is_of_keys = words.first().is_some_and(|name| name.eq_ignore_ascii_case(b"scan"));
    let start = words.get(if is_of_keys { 1 } else { 2 });
    let is_whole = [one, other].iter().all(|cursor| **cursor == Value::bulk("0"))
        && start == Some(&b"0".as_slice());
    let found = |names: &Value| {
        let names = names.elements().unwrap_or_default().iter().map(rounded);
        let mut names = sorted(&Value::Array(names.collect()));
        // A key may be found twice.
        names.dedup();
        names
    };
    !is_whole || found(names) == found(other_names)
}

/// Times; marks below 0 are equal or not.
fn are_near(redis: &Value, granite: &Value, slack: u64) -> bool {
    match (redis, granite) {
        (Value::Integer(one), Value::Integer(other)) => {
            *one >= 0 && *other >= 0 && one.abs_diff(*other) <= slack
        }
        _ => false,
    }
}

fn clocks_agree(redis: &Value, granite: &Value, slack_ms: u64) -> bool {
    let ms = |value: &Value| match value.elements() {
        Some([Value::Bulk(seconds), Value::Bulk(micros)]) => {
            let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u64>().ok();
            Some(number(seconds)? * 1000 + number(micros)? / 1000)
        }
        _ => None,
    };
    matches!((ms(redis), ms(granite)), (Some(one), Some(other)) if one.abs_diff(other) <= slack_ms)
}

/// Pairs by name, without what is the server's own.
fn map(value: &Value, own: &[&str]) -> Vec<String> {
    let pairs = value.elements().unwrap_or_default().chunks(2);
    let is_own = |name: &Value| own.iter().any(|own| *name == Value::bulk(own));
    let mut texts: Vec<String> = pairs
        .map(|pair| {
            let value = if is_own(&pair[0]) { None } else { pair.get(1) };
            format!("{:?} {value:?}", pair[0])
        })
        .collect();
    texts.sort();
    texts
}

/// Of each line, the fields with these names; lines in any order.
fn fields(value: &Value, names: &[&str]) -> Vec<String> {
    let (Value::Bulk(text) | Value::Verbatim(text)) = value else { return Vec::new() };
    let text = String::from_utf8_lossy(text);
    let is_named = |field: &&str| field.split('=').next().is_some_and(|name| names.contains(&name));
    let mut lines: Vec<String> = text
        .lines()
        .map(|line| line.split(' ').filter(is_named).collect::<Vec<_>>().join(" "))
        .collect();
    lines.sort();
    lines
}

#[cfg(test)]
#[path = "compare_test.rs"]
mod compare_test;
