//! Texts against slices of the same bytes, wherever they lie.
extern crate std;

use super::TextPlace;
use crate::clock::Now;
use crate::limits::Limits;
use crate::resp::request::Value;
use crate::store::{Expiry, Fresh, Order, Place, Store, Text};
use std::format;
use std::vec;
use std::vec::Vec;

const NOW: Now = Now { monotonic_ms: 1_000_000, unix_us: 1_000_000_000 };

/// Short and long ones that begin alike, and some that differ late.
fn samples() -> Vec<Vec<u8>> {
    let mut samples = vec![vec![], vec![0], b"a".to_vec(), b"a\0".to_vec(), vec![0xFF; 9]];
    for size in [7, 8, 9, 1_024, 1_025, 8_000, 9_000, 65_536, 70_000, 140_000] {
        let long = vec![b'x'; size];
        let mut other = long.clone();
        other[size - 1] = b'y';
        samples.extend([long, other]);
    }
    samples
}

/// The value of a string, or an element of a list.
fn text(store: &Store, number: usize, is_string: bool) -> Text<'_> {
    if is_string {
        let name = format!("string{number}");
        let entry = store.peek(&store.key(0, name.as_bytes())).expect("it was set");
        return store.string(entry).expect("it is a string");
    }
    let entry = store.peek(&store.key(0, b"list")).expect("it was made");
    store.element_at_rank(entry, number as u64).name()
}

#[test]
fn texts_are_ordered_as_their_bytes_are() {
    let limits = Limits { data_bytes: 4 << 20, ..Limits::tiny() };
    let mut store = Store::new(&limits, [7; 16], 1);
    let samples = samples();
    for (number, bytes) in samples.iter().enumerate() {
        let name = format!("string{number}");
        let key = store.key(0, name.as_bytes());
        store.set(NOW, &key, Value::Bytes(bytes), Expiry::Clear).expect("there is room");
        let fresh = Fresh { name: Value::Bytes(bytes), hash: None, value: None, score: None };
        let list = store.key(0, b"list");
        let place = Place::Rank(number as u64);
        store.put_element(NOW, &list, Order::List, place, &fresh).expect("there is room");
    }
    let places: Vec<TextPlace> = (0..samples.len() * 2)
        .map(|index| text(&store, index / 2, index % 2 == 0).place())
        .collect();
    for (one, place) in places.iter().enumerate() {
        assert_ne!(*place, TextPlace::NONE);
        let bytes = &samples[one / 2];
        let found = store.text_at(*place).expect("there is a text");
        assert_eq!(found.size(), bytes.len() as u64);
        let mut start = [0; 8];
        let size = bytes.len().min(8);
        start[..size].copy_from_slice(&bytes[..size]);
        assert_eq!(found.start(), u64::from_be_bytes(start));
        for (other, other_place) in places.iter().enumerate() {
            let other_text = store.text_at(*other_place).expect("there is a text");
            let expected = bytes.cmp(&samples[other / 2]);
            assert_eq!(found.compare(&other_text), expected, "{one} and {other}");
        }
    }
    assert!(store.text_at(TextPlace::NONE).is_none());
}
