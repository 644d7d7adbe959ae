//! A stream as a script for redis-cli.
use super::stream::{Step, Stream};
use super::wire::quote;

/// What is typed into redis-cli: one line for each command. Steps of several connections are
/// marked with the one that has to send them.
pub fn script(stream: &Stream, steps: &[Step]) -> String {
    let mut text = Vec::new();
    let first = steps.first().map_or(0, |step| step.connection);
    let is_one = steps.iter().all(|step| step.connection == first);
    if stream.resp3 {
        let whose = if is_one { "" } else { "each connection: " };
        text.extend_from_slice(format!("{whose}HELLO 3\n").as_bytes());
    }
    for step in steps {
        if !is_one {
            text.extend_from_slice(format!("connection {}: ", step.connection + 1).as_bytes());
        }
        for (index, word) in stream.words(step).enumerate() {
            if index > 0 {
                text.push(b' ');
            }
            let is_plain = !word.is_empty()
                && word.iter().all(|byte| byte.is_ascii_graphic() && !b"\"'\\".contains(byte));
            if is_plain { text.extend_from_slice(word) } else { quote(word, &mut text) }
        }
        text.push(b'\n');
    }
    String::from_utf8(text).expect("quoted words are ASCII")
}

#[cfg(test)]
#[path = "script_test.rs"]
mod script_test;
