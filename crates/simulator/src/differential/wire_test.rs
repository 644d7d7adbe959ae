//! Requests and the ends of replies.
use super::{Counter, encode, encode_inline, words};

#[test]
fn words_come_back() {
    let all: [&[u8]; 3] = [b"SET", b"", b"a\r\n$1\r\n\0"];
    let mut bytes = Vec::new();
    encode(all.iter().copied(), all.len(), &mut bytes);
    assert_eq!(words(&bytes).collect::<Vec<_>>(), all);
}

#[test]
fn lines_quote_what_they_must() {
    let all: [&[u8]; 4] = [b"SET", b"", b"a \"\\", b"\r\xff"];
    let mut bytes = Vec::new();
    encode_inline(all.iter().copied(), &mut bytes);
    assert_eq!(bytes, b"SET \"\" \"a \\\"\\\\\" \"\\x0d\\xff\"\r\n");
}

#[test]
fn ends_are_found_in_any_pieces() {
    let replies: [&[u8]; 8] = [
        b"+OK\r\n",
        b"$-1\r\n",
        b"$4\r\n\r\n+x\r\n",
        b"*2\r\n*0\r\n$0\r\n\r\n",
        b"%1\r\n+a\r\n~1\r\n:1\r\n",
        b"*-1\r\n",
        b"_\r\n",
        b"=5\r\ntxt:a\r\n",
    ];
    let whole = replies.concat();
    let ends: Vec<usize> = replies
        .iter()
        .scan(0, |at, reply| {
            *at += reply.len();
            Some(*at)
        })
        .collect();
    for split in 0..whole.len() {
        let mut counter = Counter::default();
        counter.look(&whole[..split]).unwrap();
        assert_eq!(counter.ends.len(), ends.iter().filter(|end| **end <= split).count());
        counter.look(&whole).unwrap();
        assert_eq!(counter.ends, ends, "split at {split}");
        assert!(counter.is_whole(&whole) && !counter.is_whole(&[&whole[..], b"+"].concat()));
    }
    assert!(Counter::default().look(b"OK\r\n").is_err());
}
