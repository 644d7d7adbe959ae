//! A round answers what it was asked, to the byte.
use super::*;
use crate::load::kind::Kind;

const CONNECTIONS: u32 = 300;
const PIPELINE: u32 = 3;
const ROUNDS: u32 = 4;
const COMMANDS: u64 = (CONNECTIONS * PIPELINE * ROUNDS) as u64;

/// Each request has a reply of so many bytes. There are more connections than a turn has events.
fn check(name: &str, reply_size: usize) {
    let kind = Kind::from_name(name).unwrap();
    let options = Options {
        kind,
        connection_count: CONNECTIONS,
        pipeline: PIPELINE,
        round_count: ROUNDS,
        key_count: 10_000,
        data_memory_mib: 8,
        keys_per_command: 5,
        ..Options::default()
    };
    let report = run(&options).expect("all are answered");
    assert_eq!(report.took_ns.len(), ROUNDS as usize);
    assert_eq!(report.commands_per_round * u64::from(ROUNDS), COMMANDS);
    assert_eq!(report.reply_bytes, COMMANDS * reply_size as u64, "{name}");
}

#[test]
fn every_request_has_its_reply() {
    let value_size = "$64\r\n".len() + 64 + "\r\n".len();
    check("get", value_size);
    check("mget", "*5\r\n".len() + 5 * value_size);
    check("set", "+OK\r\n".len());
    check("mset", "+OK\r\n".len());
    check("incr", ":2\r\n".len());
    check("expire", ":1\r\n".len());
    check("hset", ":0\r\n".len());
    check("ping", "+PONG\r\n".len());
}

#[test]
fn a_pipeline_that_does_not_fit_a_buffer_is_refused() {
    let options = Options {
        kind: Kind::from_name("set").unwrap(),
        pipeline: 1_000,
        key_count: 1,
        ..Options::default()
    };
    assert!(run(&options).is_err());
}
