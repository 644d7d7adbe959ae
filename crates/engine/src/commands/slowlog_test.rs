//! The ring, and what an entry shows of a command.
extern crate std;
use super::Slowlog;
use crate::clock::Now;
use crate::commands::session::ShortText;
use crate::event::Peer;
use crate::memory::blocks::Span;
use crate::resp::request::Request;
use std::string::String;
use std::vec::Vec;

fn add(slowlog: &mut Slowlog, arguments: &[&str], secret: Option<usize>) {
    let mut bytes = Vec::new();
    let spans: Vec<Span> = arguments
        .iter()
        .map(|argument| {
            let start = bytes.len() as u32;
            bytes.extend_from_slice(argument.as_bytes());
            Span { start, size: argument.len() as u32 }
        })
        .collect();
    let request = Request::new(&bytes, &spans);
    let client = (Peer::Unix, ShortText::EMPTY);
    slowlog.add((Now::default(), 7, 3), client, &request, |index| Some(index) == secret);
}

fn shown(slowlog: &Slowlog) -> Vec<Vec<String>> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    slowlog.latest().map(|entry| entry.arguments().map(text).collect()).collect()
}

#[test]
fn keeps_the_latest() {
    let mut slowlog = Slowlog::new(4);
    for name in ["a", "b", "c", "d", "e"] {
        add(&mut slowlog, &[name], None);
    }
    assert_eq!(shown(&slowlog), [["e"], ["d"], ["c"]]);
    assert_eq!(slowlog.latest().map(|entry| entry.id).collect::<Vec<_>>(), [4, 3, 2]);
    slowlog.clear();
    add(&mut slowlog, &["f"], None);
    assert_eq!((shown(&slowlog).len(), slowlog.latest().next().unwrap().id), (1, 5));
}

#[test]
fn says_what_was_cut() {
    let mut slowlog = Slowlog::new(4);
    let long = "x".repeat(130);
    add(&mut slowlog, &["set", "k", &long], Some(1));
    let expected = std::format!("{}... (2 more bytes)", "x".repeat(128));
    assert_eq!(shown(&slowlog), [["set", "(redacted)", &expected]]);

    slowlog.clear();
    add(&mut slowlog, &["k"; 33], None);
    let entry = shown(&slowlog).remove(0);
    assert_eq!((entry.len(), entry[31].as_str()), (32, "... (2 more arguments)"));

    slowlog.clear();
    add(&mut slowlog, &[long.as_str(); 20], None);
    let entry = shown(&slowlog).remove(0);
    assert!(entry.last().unwrap().ends_with(" more arguments)"), "{entry:?}");
}
