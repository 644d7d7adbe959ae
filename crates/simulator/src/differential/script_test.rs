//! What is printed of a failure.
use super::super::stream::{Form, Step, Stream};
use super::super::words::Words;
use super::script;

fn stream(lines: &[(u8, &[&[u8]])]) -> Stream {
    let mut stream = Stream::new(1, false);
    for (connection, line) in lines {
        let mut words = Words::default();
        line.iter().for_each(|word| words.push(word));
        stream.add(&words, *connection, 1, Form::Array);
    }
    stream
}

#[test]
fn a_script_can_be_piped_into_redis_cli() {
    let stream = stream(&[(1, &[b"SET", b"k", b"a \"b\"\r\n"]), (1, &[b"GET", b"", b"x:y"])]);
    let text = script(&stream, &stream.steps);
    assert_eq!(text, "SET k \"a \\\"b\\\"\\x0d\\x0a\"\nGET \"\" x:y\n");
}

#[test]
fn several_connections_are_marked() {
    let stream = stream(&[(0, &[b"WATCH", b"k"]), (2, &[b"DEL", b"k"])]);
    let text = script(&stream, &stream.steps);
    assert_eq!(text, "connection 1: WATCH k\nconnection 3: DEL k\n");
    let alone: Vec<Step> = stream.steps.iter().map(Step::alone).collect();
    assert_eq!(script(&stream, &alone), "WATCH k\nDEL k\n");
}
