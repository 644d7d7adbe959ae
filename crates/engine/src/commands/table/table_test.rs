//! The table's own promises, and the lookup against the naive one.
extern crate std;
use super::{COMMANDS, CommandId, FAMILIES, key, lookup};
use crate::memory::blocks::Span;
use crate::resp::request::Request;
use std::string::ToString;
use std::vec;

#[test]
fn families_are_sorted_and_names_are_full() {
    for family in FAMILIES {
        assert!(family.is_sorted_by_key(|row| row.name), "a family is not sorted by name");
        for row in family {
            assert!(!row.name.contains('|') && row.name == row.name.to_lowercase());
            assert!(row.subcommands.is_sorted_by_key(|sub| sub.name), "{}", row.name);
            for sub in row.subcommands {
                let (container, _) = sub.name.split_once('|').expect("container|name");
                assert_eq!(container, row.name);
            }
        }
    }
    assert!(COMMANDS.windows(2).all(|pair| pair[0].name < pair[1].name), "a name comes twice");
}

#[test]
fn every_row_is_found_by_its_name_in_any_case() {
    for id in CommandId::all() {
        let command = id.command();
        assert!(!command.summary.is_empty() && !command.since.is_empty(), "{}", command.name);
        let found = match command.name.split_once('|') {
            None => lookup(command.name.to_uppercase().as_bytes()),
            Some((container, name)) => lookup(container.as_bytes())
                .and_then(|container| container.subcommand(name.to_uppercase().as_bytes())),
        };
        assert_eq!(found, Some(id), "{}", command.name);
    }
}

#[test]
fn what_is_no_name_is_not_found() {
    for id in CommandId::all() {
        let name = id.command().name;
        for other in [name.to_string() + "x", name[1..].to_string(), "x".to_string() + name] {
            let expected = COMMANDS.iter().any(|row| row.name == other);
            assert_eq!(lookup(other.as_bytes()).is_some(), expected, "{other}");
        }
    }
    for name in [&b""[..], b"\0", b"g\x05t", b"bitfield\x7fro", b"config|get", &vec![b'a'; 100_000]]
    {
        assert_eq!(lookup(name), None);
    }
}

#[test]
fn keys_stand_where_the_row_says() {
    let positions = |name: &[u8], count| -> std::boxed::Box<[usize]> {
        let command = lookup(name).expect("a row").command();
        let spans = vec![Span { start: 0, size: 0 }; count];
        let request = Request::new(b"", &spans);
        command.keys.iter().flat_map(|keys| keys.positions(&request)).collect()
    };
    assert_eq!(*positions(b"GET", 2), [1]);
    assert_eq!(*positions(b"MSET", 7), [1, 3, 5]);
    assert_eq!(*positions(b"BITOP", 6), [2, 3, 4, 5]);
    assert_eq!(*positions(b"RENAME", 3), [1, 2]);
    assert_eq!(*positions(b"DEL", 4), [1, 2, 3]);
    assert_eq!(*positions(b"PING", 1), [0; 0]);
}

#[test]
fn counted_keys_stand_behind_their_count() {
    let keys = key::Keys::counted(1, key::RO);
    let counts =
        [("1", 1), ("2", 2), ("3", 0), ("0", 0), ("-1", 0), ("x", 0), (" +02x", 2), ("", 0)];
    for (count, expected) in counts {
        let spans = [(0, 0), (0, count.len() as u32), (0, 0), (0, 0)];
        let spans = spans.map(|(start, size)| Span { start, size });
        let request = Request::new(count.as_bytes(), &spans);
        assert!(keys.positions(&request).eq(2..2 + expected), "{count}");
    }
}

#[test]
fn the_key_behind_store_is_found_as_redis_finds_it() {
    let [_, named, stored] = lookup(b"sort").expect("a row").command().keys else {
        panic!("SORT has keys in three places")
    };
    for (text, expected) in [
        ("sort l store t", Some(3)),
        ("sort l STORE a store b", Some(5)),
        ("sort l by store x", None),
        ("sort l limit store x store y", Some(6)),
        ("sort l store", None),
        ("sort l get store store t", Some(5)),
        ("sort l desc", None),
    ] {
        let mut start = 0;
        let spans = text.split(' ').map(|word| {
            let span = Span { start, size: word.len() as u32 };
            start += span.size + 1;
            span
        });
        let spans: vec::Vec<Span> = spans.collect();
        let request = Request::new(text.as_bytes(), &spans);
        assert!(stored.positions(&request).eq(expected), "{text}");
        assert_eq!(named.positions(&request).count(), 0, "{text}");
    }
}

/// What the log of slow commands must be able to show is timed by itself.
#[test]
fn what_may_take_long_is_not_short() {
    let is_short = |name: &[u8], count| lookup(name).unwrap().command().is_short(count);
    assert!(!is_short(b"hset", 64), "HSET of many fields");
    assert!(is_short(b"lpop", 2) && !is_short(b"lpop", 3), "LPOP of one, and of a count");
    for name in ["scan", "keys", "bitfield", "watch", "randomkey", "mget", "exec", "info", "reset"]
    {
        assert!(!lookup(name.as_bytes()).unwrap().command().is_short(4), "{name}");
    }
    for name in ["get", "set", "incr", "append", "expire", "ttl", "hset", "zadd", "rpush"] {
        assert!(lookup(name.as_bytes()).unwrap().command().is_short(4), "{name}");
    }
}
