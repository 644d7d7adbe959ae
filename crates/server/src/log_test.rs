//! A line has Redis' form, and a reader that stopped costs lines, not time.
use super::{Text, Timespec};
use granite_engine::log::{LINE_SIZE_MAX, Level, Line};
use rustix::fd::AsFd;
use std::io::Read;

#[test]
fn a_line_has_the_form_that_tools_know() {
    let line = Line::new(Level::Warning, format_args!("text"));
    let text = Text::new(951_782_399_123_456, &line);
    let expected = format!("{}:M 28 Feb 2000 23:59:59.123 # text\n", std::process::id());
    assert_eq!(core::str::from_utf8(&text.bytes[..text.size]), Ok(expected.as_str()));
}

#[test]
fn the_longest_line_keeps_its_end() {
    let long = "x".repeat(LINE_SIZE_MAX);
    let text = Text::new(u64::MAX / 1_000, &Line::new(Level::Notice, format_args!("{long}")));
    assert!(text.bytes[..text.size].ends_with(b"x\n"));
}

#[test]
fn a_full_pipe_refuses_at_once_and_takes_lines_again_when_it_is_read() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let line = Line::new(Level::Notice, format_args!("{}", "x".repeat(400)));
    let text = Text::new(0, &line);
    let mut written_count = 0;
    while text.write_to(writer.as_fd(), Timespec::default()) {
        written_count += 1;
        assert!(written_count < 100_000, "a pipe has an end");
    }
    let mut bytes = vec![0; text.size * written_count];
    reader.read_exact(&mut bytes).unwrap();
    assert!(text.write_to(writer.as_fd(), Timespec::default()));
}

#[test]
fn a_closed_pipe_is_a_line_lost() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let text = Text::new(0, &Line::new(Level::Notice, format_args!("text")));
    assert!(!text.write_to(writer.as_fd(), Timespec::default()));
}
