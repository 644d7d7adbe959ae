//! Streams, made of the committed sample of COMMAND DOCS.
use super::super::docs::docs_test::sample;
use super::super::grammar::{Node, compile};
use super::super::rules::{RULES, by_hand_or};
use super::super::tracker::{Expected, Tracker};
use super::{CONNECTION_COUNT, Form, Generator, Stream};

fn stream(seed: u64) -> Stream {
    let docs = sample();
    let syntax = |name: &str| match docs.get(name) {
        Some(arguments) => compile(name, arguments).unwrap(),
        None => Node::Sequence(Vec::new()),
    };
    let syntaxes = RULES.iter().map(|rule| by_hand_or(rule.name, syntax)).collect();
    Generator::new(syntaxes, 5_000).stream(seed, true, 2_000_000_000_000)
}

#[test]
fn replies_can_always_be_counted() {
    let (mut silent_count, mut end_count) = (0, 0);
    for seed in 0..20 {
        let stream = stream(seed);
        let mut trackers = [Tracker::default(); CONNECTION_COUNT as usize];
        for step in &stream.steps {
            let said = trackers[step.connection as usize].observe(stream.words(step));
            assert_ne!(said, Expected::Unknown, "seed {seed}");
            silent_count += u32::from(said == Expected::Nothing);
            end_count += u32::from(said == Expected::ReplyAndEnd);
        }
    }
    assert!(silent_count > 50 && end_count > 10, "{silent_count} {end_count}");
}

/// Where nobody says that a silent command has run, what another connection sees is a matter of chance.
#[test]
fn something_is_answered_behind_all_that_is_silent() {
    for seed in 0..20 {
        let stream = stream(seed);
        let mut trackers = [Tracker::default(); CONNECTION_COUNT as usize];
        for (index, step) in stream.steps.iter().enumerate() {
            let said = trackers[step.connection as usize].observe(stream.words(step));
            if said == Expected::Nothing {
                let next = stream.steps.get(index + 1);
                assert!(next.is_some_and(|next| next.follows), "seed {seed}, step {index}");
            }
        }
    }
}

#[test]
fn a_batch_has_one_connection_and_a_seed_one_stream() {
    let (one, other) = (stream(3), stream(3));
    assert_eq!(one.steps.len(), other.steps.len());
    for (step, again) in one.steps.iter().zip(&other.steps) {
        assert_eq!(one.request(step), other.request(again));
    }
    let pairs = one.steps.windows(2);
    let broken = pairs
        .filter(|pair| pair[0].batch == pair[1].batch && pair[0].connection != pair[1].connection);
    assert_eq!(broken.count(), 0);
    assert!(one.steps.iter().any(|step| step.form == Form::Inline));
}
