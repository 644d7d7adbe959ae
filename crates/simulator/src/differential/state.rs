//! Everything that is stored, compared: what no reply has shown must be equal, too.
use super::compare::{same_scores, sorted};
use super::geo;
use super::known::{is_short_list, is_small_set};
use super::link::{Pair, Replies, To};
use super::player::excerpt;
use super::wire::encode;
use crate::value::{Value, quote};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const DATABASE_COUNT: usize = 16;
/// What is asked of each key, whatever its type: the words before its name, and those behind.
const QUESTIONS: [[&[&[u8]]; 2]; 8] = [
    [&[b"TYPE"], &[]],
    [&[b"GET"], &[]],
    [&[b"PTTL"], &[]],
    [&[b"OBJECT", b"ENCODING"], &[]],
    [&[b"HGETALL"], &[]],
    [&[b"LRANGE"], &[b"0", b"-1"]],
    [&[b"SMEMBERS"], &[]],
    [&[b"ZRANGE"], &[b"0", b"-1", b"WITHSCORES"]],
];
/// Keys whose deadline has passed are gone within so much time, or never.
const EXPIRY_PATIENCE: Duration = Duration::from_secs(10);

/// The names of all keys, by database.
type Names = Vec<BTreeSet<Vec<u8>>>;

/// Compares all databases; the count of keys.
pub fn compare(pair: &mut Pair) -> Result<usize, String> {
    let names = compare_names(pair)?;
    compare_values(pair, &names)?;
    if let Some(database) = (0..DATABASE_COUNT).find(|database| names[*database].len() > 10) {
        walk(pair, database, &names[database])?;
    }
    Ok(names.iter().map(BTreeSet::len).sum())
}

/// DBSIZE, KEYS, and how many keys have a deadline.
fn compare_names(pair: &mut Pair) -> Result<Names, String> {
    let mut bytes = Vec::new();
    for database in 0..DATABASE_COUNT {
        ask(&mut bytes, &[b"SELECT", database.to_string().as_bytes()]);
        ask(&mut bytes, &[b"DBSIZE"]);
        ask(&mut bytes, &[b"KEYS", b"*"]);
    }
    ask(&mut bytes, &[b"INFO", b"keyspace"]);
    pair.exchange(To::Control, &bytes, 3 * DATABASE_COUNT + 1, false)?;
    let (redis, granite) = pair.replies();
    let mut all = Vec::new();
    for database in 0..DATABASE_COUNT {
        let size = [redis, granite].map(|replies| replies.get(3 * database + 1));
        if size[0] != size[1] {
            return Err(differs(&format!("DBSIZE of database {database}"), size));
        }
        let [ours, theirs] = [redis, granite].map(|replies| names(replies, 3 * database + 2));
        if ours != theirs {
            let only = |one: &BTreeSet<Vec<u8>>, other: &BTreeSet<Vec<u8>>| {
                one.difference(other).map(|name| quote(name)).collect::<Vec<_>>().join(" ")
            };
            return Err(format!(
                "database {database}: only Redis has [{}], only Granite has [{}]",
                only(&ours, &theirs),
                only(&theirs, &ours)
            ));
        }
        all.push(ours);
    }
    let both = [redis, granite].map(|replies| lifetimes(replies.get(3 * DATABASE_COUNT)));
    if both[0] == both[1] { Ok(all) } else { Err(format!("INFO keyspace: {both:?}")) }
}

fn names(replies: &Replies, index: usize) -> BTreeSet<Vec<u8>> {
    let parsed = Value::parse(replies.get(index)).expect("a whole reply").expect("a whole reply");
    let names = parsed.0.elements().unwrap_or_default().to_vec();
    let bulk = |value| if let Value::Bulk(name) = value { name } else { b"no string".to_vec() };
    names.into_iter().map(bulk).collect()
}

/// Type, value, time to live and encoding of each key.
fn compare_values(pair: &mut Pair, names: &Names) -> Result<(), String> {
    let (mut bytes, mut asked) = (Vec::new(), Vec::new());
    for (database, names) in names.iter().enumerate().filter(|(_, names)| !names.is_empty()) {
        ask(&mut bytes, &[b"SELECT", database.to_string().as_bytes()]);
        asked.push(None);
        for name in names {
            for (question, [before, behind]) in QUESTIONS.iter().enumerate() {
                let words = [*before, &[name.as_slice()], *behind].concat();
                ask(&mut bytes, &words);
                asked.push(Some((database, name, question)));
            }
        }
    }
    pair.exchange(To::Control, &bytes, asked.len(), false)?;
    let slack_ms = pair.slack_ms();
    let (redis, granite) = pair.replies();
    if redis.bytes == granite.bytes {
        return Ok(());
    }
    for (index, asked) in asked.iter().enumerate() {
        let both = [redis, granite].map(|replies| replies.get(index));
        let Some((database, name, question)) = asked else { continue };
        let word = QUESTIONS[*question][0][0];
        let word = if name.starts_with(geo::DISTANCES) { b"distances" } else { word };
        if both[0] == both[1] || agree(word, both, slack_ms) {
            continue;
        }
        let words = QUESTIONS[*question][0].join(&b' ').escape_ascii().to_string();
        return Err(differs(&format!("{words} {} of database {database}", quote(name)), both));
    }
    Ok(())
}

/// Do answers to the question that begins with `word` mean the same?
fn agree(word: &[u8], both: [&[u8]; 2], slack_ms: u64) -> bool {
    let both = both.map(|bytes| Value::parse(bytes).ok().flatten());
    let [Some((redis, _)), Some((granite, _))] = both else { return false };
    match (word, &redis, &granite) {
        (b"PTTL", Value::Integer(one), Value::Integer(other)) => {
            *one >= 0 && *other >= 0 && one.abs_diff(*other) <= slack_ms
        }
        (b"ZRANGE", ..) => same_scores(&redis, &granite),
        (b"distances", ..) => geo::same_distances(&redis, &granite),
        (b"OBJECT", ..) => is_short_list(&redis, &granite) || is_small_set(&redis, &granite),
        (b"SMEMBERS", Value::Array(_), Value::Array(_)) => sorted(&redis) == sorted(&granite),
        (b"HGETALL", Value::Array(one), Value::Array(other)) => {
            let pairs = |items: &[Value]| sorted(&Value::Map(items.to_vec()));
            pairs(one) == pairs(other)
        }
        _ => false,
    }
}

/// Count of keys and of deadlines by database, as INFO counts them.
fn lifetimes(reply: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(reply);
    let lines = text.lines().filter(|line| line.starts_with("db"));
    // Without the average time to live.
    lines.map(|line| line.split(",avg").next().unwrap_or_default().to_owned()).collect()
}

/// A walk with SCAN over Granite finds every key.
fn walk(pair: &mut Pair, database: usize, names: &BTreeSet<Vec<u8>>) -> Result<(), String> {
    let number = database.to_string();
    let select: &[&[u8]] = &[b"SELECT", number.as_bytes()];
    // Both, so that CLIENT LIST shows the same.
    pair.ask_redis(select)?;
    pair.ask_granite(select)?;
    let (mut found, mut cursor) = (BTreeSet::new(), b"0".to_vec());
    loop {
        let reply = pair.ask_granite(&[b"SCAN", &cursor, b"COUNT", b"7"])?;
        let Some([Value::Bulk(next), Value::Array(some)]) = reply.elements() else {
            return Err(format!("SCAN answers {reply:?}"));
        };
        for name in some {
            let Value::Bulk(name) = name else { return Err(format!("SCAN finds {name:?}")) };
            found.insert(name.clone());
        }
        cursor.clone_from(next);
        if cursor == b"0" {
            break;
        }
    }
    if found == *names {
        return Ok(());
    }
    Err(format!("SCAN of database {database} has found {} of {} keys", found.len(), names.len()))
}

/// Lets every second key die within milliseconds, and waits until both have noticed by themselves:
/// the one thing of streams that needs a clock.
pub fn expire_half(pair: &mut Pair) -> Result<usize, String> {
    let names = compare_names(pair)?;
    let (mut bytes, mut count) = (Vec::new(), 0);
    for (database, names) in names.iter().enumerate() {
        ask(&mut bytes, &[b"SELECT", database.to_string().as_bytes()]);
        count += 1;
        for (index, name) in names.iter().enumerate().step_by(2) {
            let deadline_ms = (1 + index % 30).to_string();
            ask(&mut bytes, &[b"PEXPIRE", name, deadline_ms.as_bytes()]);
            count += 1;
        }
    }
    pair.exchange(To::Control, &bytes, count, false)?;
    let left = names.iter().map(|names| names.len() / 2).collect::<Vec<_>>();
    let begin = Instant::now();
    loop {
        let mut sizes = Vec::new();
        for database in 0..DATABASE_COUNT {
            let number = database.to_string();
            let select: &[&[u8]] = &[b"SELECT", number.as_bytes()];
            for ask in [Pair::ask_redis, Pair::ask_granite] {
                ask(pair, select)?;
                let Value::Integer(size) = ask(pair, &[b"DBSIZE"])? else {
                    return Err("DBSIZE is a number".to_owned());
                };
                sizes.push(size.unsigned_abs() as usize);
            }
        }
        if sizes.chunks(2).zip(&left).all(|(sizes, left)| sizes == [*left, *left]) {
            return compare(pair);
        }
        if begin.elapsed() > EXPIRY_PATIENCE {
            return Err(format!("of keys that have died {left:?} should be left: {sizes:?}"));
        }
    }
}

fn ask(bytes: &mut Vec<u8>, words: &[&[u8]]) {
    encode(words.iter().copied(), words.len(), bytes);
}

fn differs(what: &str, both: [&[u8]; 2]) -> String {
    let [redis, granite] = both
        .map(|bytes| Value::parse(bytes).ok().flatten().map_or(Value::Null, |(value, _)| value));
    format!("{what}\n{}", excerpt([&redis, &granite]))
}
