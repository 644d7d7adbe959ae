//! The committed sample is what redis-server 7.0.15 answered to `COMMAND DOCS get set bitfield
//! bitfield_ro getex mset client copy config scan`.
use super::{Argument, Docs, Kind, parse};
use crate::value::Value;

/// The sample.
pub(in super::super) fn sample() -> Docs {
    let (value, size) = Value::parse(SAMPLE).unwrap().unwrap();
    assert_eq!(size, SAMPLE.len());
    parse(&value).unwrap()
}

const SAMPLE: &[u8] = include_bytes!("docs_sample.txt");

fn names(arguments: &[Argument]) -> Vec<&str> {
    arguments.iter().map(|argument| argument.name.as_str()).collect()
}

#[test]
fn arguments_and_subcommands_are_found() {
    let docs = sample();
    assert!(!docs.contains_key("client"), "a container does nothing by itself");
    assert!(docs.contains_key("client|kill") && docs.contains_key("config|get"));
    assert_eq!(names(&docs["get"]), ["key"]);
    let set = &docs["set"];
    assert_eq!(names(set), ["key", "value", "condition", "get", "expiration"]);
    assert_eq!(set[0].kind, Kind::Leaf);
    assert_eq!((set[2].kind, set[2].is_optional), (Kind::OneOf, true));
    assert_eq!((set[3].kind, set[3].token.as_deref()), (Kind::PureToken, Some("GET")));
    assert_eq!(set[4].parts[0].token.as_deref(), Some("EX"));
    let read = &docs["bitfield_ro"][1];
    assert!(read.is_multiple && read.repeats_token && read.kind == Kind::Block);
}

#[test]
fn what_is_unknown_is_an_error() {
    let text = String::from_utf8(SAMPLE.to_vec()).unwrap();
    for (known, unknown) in [("$8\r\noptional", "$8\r\noptionel"), ("$5\r\nblock", "$5\r\nblack")] {
        let changed = text.replace(&format!("+{}", &known[4..]), &format!("+{}", &unknown[4..]));
        let changed = changed.replace(known, unknown);
        assert_ne!(changed, text, "the sample has {known:?}");
        let value = Value::parse(changed.as_bytes()).unwrap().unwrap().0;
        assert!(parse(&value).is_err(), "{unknown:?}");
    }
    assert!(parse(&Value::Array(Vec::new())).is_err());
}
