//! Words as Redis splits them.
use super::{Unbalanced, Words};

fn split(line: &str) -> Result<Vec<Vec<u8>>, Unbalanced> {
    let mut words = Words::default();
    words.split(b"left over \"from\" before").unwrap();
    words.split(line.as_bytes())?;
    assert_eq!(words.len(), words.iter().count());
    Ok(words.iter().map(<[u8]>::to_vec).collect())
}

#[track_caller]
fn check(line: &str, words: &[&str]) {
    let expected: Vec<_> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
    assert_eq!(split(line).expect("the line is well formed"), expected);
}

#[test]
fn words_are_separated_by_any_space() {
    check("", &[]);
    check(" \t ", &[]);
    check("port 6379", &["port", "6379"]);
    check("\tbind\t127.0.0.1  ::1\r\n", &["bind", "127.0.0.1", "::1"]);
}

#[test]
fn quotes_keep_spaces_and_emptiness() {
    check(r#"save """#, &["save", ""]);
    check("save ''", &["save", ""]);
    check(r#"requirepass "two words""#, &["requirepass", "two words"]);
    check(r"x 'it\'s' y", &["x", "it's", "y"]);
    check(r"x 'a\nb'", &["x", r"a\nb"]);
    check(r#"x ab"cd" e"#, &["x", "abcd", "e"]);
}

#[test]
fn double_quotes_know_escapes() {
    check(r#"x "a\n\r\t\b\a\"\\\q""#, &["x", "a\n\r\t\u{8}\u{7}\"\\q"]);
    check(r#"x "\x41\x7a""#, &["x", "Az"]);
    check(r#"x "\xg1""#, &["x", "xg1"]);
    assert_eq!(split(r#"x "\xff""#).unwrap()[1], [0xFF]);
}

#[test]
fn open_quotes_are_refused() {
    for line in [r#"port "1"#, "port '1", r#"port "1"2"#, "port '1'2", r#"port "\"#, r#"port """"#]
    {
        assert_eq!(split(line), Err(Unbalanced), "{line}");
    }
}
