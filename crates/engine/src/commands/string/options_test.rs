//! Which options of SET and GETEX go together.
extern crate std;

use super::{Asking, Condition, Options};
use crate::clock::Now;
use crate::commands::error::CommandError;
use crate::memory::blocks::Span;
use crate::resp::request::Request;
use crate::store::Expiry;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 0, unix_us: 1_000_000 };

/// Parses `words` and shows what they ask for: condition, GET, expiry.
fn parse(asking: Asking, words: &str) -> Result<(Option<Condition>, bool, Expiry), CommandError> {
    let mut spans = Vec::from([Span { start: 0, size: 0 }]);
    let mut start = 0;
    for word in words.split_inclusive(' ') {
        spans.push(Span { start, size: word.trim_end().len() as u32 });
        start += word.len() as u32;
    }
    let request = Request::new(words.as_bytes(), &spans);
    let options = Options::parse(&request, 1, asking)?;
    let expiry = match asking {
        Asking::Set => options.expiry(NOW)?,
        Asking::GetEx => options.change(NOW)?,
    };
    Ok((options.condition, options.get, expiry))
}

#[test]
fn set_options_combine() {
    let rows = [
        ("", None, false, Expiry::Clear),
        ("ex 10 nx get", Some(Condition::Missing), true, Expiry::At(11_000)),
        ("XX PX 10", Some(Condition::Existing), false, Expiry::At(1_010)),
        ("EXAT 7", None, false, Expiry::At(7_000)),
        ("PXAT 7", None, false, Expiry::At(7)),
        ("keepttl keepttl", None, false, Expiry::Keep),
        // Repeated: the last one counts.
        ("EX 10 EX 20", None, false, Expiry::At(21_000)),
        ("NX NX", Some(Condition::Missing), false, Expiry::Clear),
    ];
    for (words, condition, get, expiry) in rows {
        assert_eq!(parse(Asking::Set, words), Ok((condition, get, expiry)), "{words}");
    }
}

#[test]
fn contradicting_options_are_a_syntax_error() {
    let rows = [
        "NX XX",
        "EX 1 PX 1",
        "EX 1 EXAT 1",
        "KEEPTTL EX 1",
        "EX 1 KEEPTTL",
        "PERSIST",
        "EX",
        "PX 1 PXAT",
        "nonsense",
        "EX 1 1",
    ];
    for words in rows {
        assert_eq!(parse(Asking::Set, words), Err(CommandError::SYNTAX), "{words}");
    }
    for words in ["NX", "GET", "KEEPTTL", "PERSIST EX 1", "EX 1 PERSIST", "EX 1 PX 1"] {
        assert_eq!(parse(Asking::GetEx, words), Err(CommandError::SYNTAX), "{words}");
    }
}

#[test]
fn amounts_are_positive_and_fit() {
    for words in ["EX 0", "PX -1", "EX 9223372036854775807", "PX 9223372036854775807"] {
        assert_eq!(parse(Asking::Set, words), Err(CommandError::ExpireTime("set")), "{words}");
        assert_eq!(parse(Asking::GetEx, words), Err(CommandError::ExpireTime("getex")), "{words}");
    }
    assert_eq!(parse(Asking::Set, "EX abc"), Err(CommandError::NOT_AN_INTEGER));
}

#[test]
fn getex_leaves_the_deadline_unless_asked() {
    assert_eq!(parse(Asking::GetEx, ""), Ok((None, false, Expiry::Keep)));
    assert_eq!(parse(Asking::GetEx, "persist"), Ok((None, false, Expiry::Clear)));
    assert_eq!(parse(Asking::GetEx, "EX 1"), Ok((None, false, Expiry::At(2_000))));
}
