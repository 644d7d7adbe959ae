//! Commands are found wherever they are cut.
use super::*;

#[test]
fn commands_are_found_wherever_they_are_cut() {
    let requests = b"*2\r\n$3\r\nGET\r\n$3\r\nk1\n\r\n*1\r\n$4\r\nping\r\n\
        *3\r\n$3\r\nSET\r\n$0\r\n\r\n$12\r\n*1\r\n$4\r\nping\r\n";
    let wanted = [("get", 2), ("ping", 1), ("set", 3)]
        .map(|(text, argument_count)| Command { name: name(text.as_bytes()), argument_count });
    for first in 0..requests.len() {
        for second in first..requests.len() {
            let mut scanner = Scanner::default();
            let mut found = Vec::new();
            for mut piece in [&requests[..first], &requests[first..second], &requests[second..]] {
                found.extend(std::iter::from_fn(|| scanner.next(&mut piece)));
                assert!(piece.is_empty());
            }
            assert_eq!(found, wanted, "cut at {first} and {second}");
        }
    }
}
