//! Known differences between redis-server 7.0.15 and Granite, each with its reason.
//!
//! Keeps true: a difference that no longer shows in a long run is a mistake, too. It was repaired,
//! or the streams no longer reach it; either way its line lies.
use super::compare::same_scores;
use crate::value::Value;

/// Commands after which every difference must have shown.
pub const LONG_RUN: u64 = 1_000_000;

/// What was asked and answered.
pub struct Seen<'a> {
    /// The full name of the command.
    pub name: &'a str,
    /// All words.
    pub words: &'a [&'a [u8]],
    /// Redis' reply.
    pub redis: &'a Value,
    /// Granite's reply.
    pub granite: &'a Value,
}

impl Seen<'_> {
    fn granite_says(&self, line: &str) -> bool {
        self.granite.as_error() == Some(line.as_bytes())
    }
}

/// One difference.
pub struct Known {
    /// What it is about.
    pub name: &'static str,
    /// Why it is right that it is there.
    pub reason: &'static str,
    /// Is this it?
    pub is_it: fn(&Seen<'_>) -> bool,
}

/// All of them.
pub const KNOWN: &[Known] = &[
    Known {
        name: "BITCOUNT and BITPOS of a missing key, or one of another type",
        reason: "7.0 looks the key up before it reads the arguments, 7.2 after",
        is_it: |seen| {
            let is_key_first = matches!(seen.redis, Value::Integer(-1..=0))
                || seen.redis.as_error() == Some(WRONG_TYPE.as_bytes());
            matches!(seen.name, "bitcount" | "bitpos")
                && is_key_first
                && (seen.granite_says(SYNTAX) || seen.granite_says(NOT_AN_INTEGER))
        },
    },
    Known {
        name: "BITFIELD_RO: an offset whose product with the width overflows",
        reason: "Redis lets the product wrap around; out of range is out of range",
        is_it: |seen| {
            seen.name == "bitfield_ro"
                && seen.words.contains(&b"#1152921504606846976".as_slice())
                && seen.granite_says("ERR bit offset is not an integer or out of range")
        },
    },
    Known {
        name: "COMMAND INFO: notes",
        reason: "prose about keys, which no program reads, is left out",
        is_it: |seen| seen.name == "command|info" && without_notes(seen.redis) == *seen.granite,
    },
    Known {
        name: "CONFIG GET of a name in capitals",
        reason: "Redis answers with the name as it was asked for, Granite with the option's",
        is_it: |seen| seen.name == "config|get" && seen.words.contains(&b"TIMEOUT".as_slice()),
    },
    Known {
        name: "CONFIG SET proto-max-bulk-len: the range",
        reason: "a string has 512 MiB at most, whatever is configured",
        is_it: |seen| {
            let line = "ERR CONFIG SET failed (possibly related to argument 'proto-max-bulk-len') \
                        - argument must be ";
            let both = [seen.redis, seen.granite].map(Value::as_error);
            both.iter().all(|said| said.is_some_and(|said| said.starts_with(line.as_bytes())))
        },
    },
    Known {
        name: "OBJECT ENCODING of a short list",
        reason: "7.0 keeps every list as a quicklist, 7.2 short ones as a listpack",
        is_it: |seen| seen.name == "object|encoding" && is_short_list(seen.redis, seen.granite),
    },
    Known {
        name: "OBJECT ENCODING of a small set",
        reason: "7.0 keeps texts in a hashtable, 7.2 few and short ones in a listpack",
        is_it: |seen| seen.name == "object|encoding" && is_small_set(seen.redis, seen.granite),
    },
    Known {
        name: "scores: their digits",
        reason: "7.0 prints 17 digits, 7.2 as few as read back as the same number, and forgets -0",
        is_it: |seen| seen.name.starts_with('z') && same_scores(seen.redis, seen.granite),
    },
    Known {
        name: "SORT ALPHA of texts that are alike up to a NUL",
        reason: "Redis compares strings of C there, and leaves the order of these to chance",
        is_it: |seen| {
            let both = [seen.redis, seen.granite].map(cut_at_nul);
            matches!(seen.name, "sort" | "sort_ro") && both[0].is_some() && both[0] == both[1]
        },
    },
    Known {
        name: "SORT after a number out of range",
        reason: "Redis looks at errno, which an earlier command has left behind",
        is_it: |seen| {
            let is_by = seen.words.iter().any(|word| word.eq_ignore_ascii_case(b"by"));
            let is_get = seen.words.iter().any(|word| word.eq_ignore_ascii_case(b"get"));
            matches!(seen.name, "sort" | "sort_ro")
                && seen.redis.as_error() == Some(NO_DOUBLE.as_bytes())
                && seen.granite.as_error().is_none()
                && (is_by || is_get || are_numbers(seen.granite))
        },
    },
    Known {
        name: "COMMAND INFO of all commands",
        reason: "there are other commands",
        is_it: |seen| seen.name == "command|info" && seen.words.len() == 2,
    },
];

/// Are these the encodings of a list that is a listpack since 7.2?
pub fn is_short_list(redis: &Value, granite: &Value) -> bool {
    *redis == Value::bulk("quicklist") && *granite == Value::bulk("listpack")
}

/// Are these the encodings of a set that is a listpack since 7.2?
pub fn is_small_set(redis: &Value, granite: &Value) -> bool {
    *redis == Value::bulk("hashtable") && *granite == Value::bulk("listpack")
}

/// Are these numbers, or nothing? Only where there is no doubt.
fn are_numbers(value: &Value) -> bool {
    let is_number = |element: &Value| match element {
        Value::Bulk(bytes) => std::str::from_utf8(bytes).is_ok_and(|text| {
            text.is_empty() || text == "0x10" || text.trim_start().parse::<f64>().is_ok()
        }),
        _ => false,
    };
    value.elements().is_some_and(|elements| elements.iter().all(is_number))
}

/// The strings of a reply, as one would have them in C.
fn cut_at_nul(value: &Value) -> Option<Vec<&[u8]>> {
    let elements = value.elements()?.iter();
    let cut = elements.map(|element| match element {
        Value::Bulk(bytes) => bytes.split(|byte| *byte == 0).next(),
        _ => None,
    });
    cut.collect()
}

const NO_DOUBLE: &str = "ERR One or more scores can't be converted into double";
const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";
const SYNTAX: &str = "ERR syntax error";
const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";

/// A reply of COMMAND INFO without the notes of its keys.
fn without_notes(value: &Value) -> Value {
    let all = |items: &[Value]| {
        let mut kept = Vec::new();
        let mut items = items.iter();
        while let Some(item) = items.next() {
            if *item == Value::bulk("notes") {
                items.next();
            } else {
                kept.push(without_notes(item));
            }
        }
        kept
    };
    match value {
        Value::Array(items) => Value::Array(all(items)),
        Value::Set(items) => Value::Set(all(items)),
        Value::Map(items) => Value::Map(all(items)),
        other => other.clone(),
    }
}

/// The first that fits.
pub fn find(seen: &Seen<'_>) -> Option<usize> {
    KNOWN.iter().position(|known| (known.is_it)(seen))
}
