//! Expansion of the committed sample of COMMAND DOCS.
use super::super::docs::{self, docs_test::sample};
use super::super::values::Draw;
use super::super::words::Words;
use super::{Node, compile, expand};
use std::collections::BTreeSet;

fn expansions(node: &Node, count: usize) -> Vec<Vec<String>> {
    let mut draw = Draw::new(1, 2_000_000_000_000);
    let mut words = Words::default();
    let text = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    let one = |_| {
        words.clear();
        expand(node, &mut draw, &mut words);
        words.iter().map(text).collect()
    };
    (0..count).map(one).collect()
}

#[test]
fn every_option_comes_and_may_be_left_out() {
    let node = compile("set", &sample()["set"]).unwrap();
    let all = expansions(&node, 2_000);
    assert!(all.iter().all(|words| words.len() >= 2), "key and value are always there");
    assert!(all.iter().any(|words| words.len() == 2), "options may be left out");
    for option in ["NX", "XX", "GET", "EX", "PX", "EXAT", "PXAT", "KEEPTTL"] {
        assert!(all.iter().any(|words| words[2..].iter().any(|word| word == option)), "{option}");
    }
    let has = |words: &Vec<String>, option: &str| words[2..].iter().any(|word| word == option);
    assert!(all.iter().any(|words| has(words, "EX") && has(words, "PX")), "at times both");
    let at = |words: &Vec<String>, option: &str| words.iter().position(|word| word == option);
    let is_late = |words: &Vec<String>| {
        at(words, "NX").is_some_and(|late| at(words, "EX").is_some_and(|early| early < late))
    };
    assert!(all.iter().any(is_late), "options come in any order");
}

#[test]
fn repetitions_have_their_word_each_time_or_once() {
    let docs = sample();
    let read = compile("bitfield_ro", &docs["bitfield_ro"]).unwrap();
    for words in expansions(&read, 300) {
        let rest = &words[1..];
        assert!(rest.chunks(3).all(|field| field.len() == 3 && field[0] == "GET"), "{words:?}");
    }
    let pairs = compile("mset", &docs["mset"]).unwrap();
    let counts: BTreeSet<usize> = expansions(&pairs, 300).iter().map(Vec::len).collect();
    assert!(counts.contains(&2) && counts.contains(&8), "{counts:?}");
    assert!(counts.iter().all(|count| count % 2 == 0));
}

#[test]
fn an_argument_without_values_is_an_error() {
    let mut arguments: Vec<docs::Argument> = sample()["get"].clone();
    arguments[0].name = "something new".to_owned();
    let why = compile("get", &arguments).unwrap_err();
    assert_eq!(why, "there are no values for 'something new' of get");
}
