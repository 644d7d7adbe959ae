//! Every kind of reply, cut at every byte.
use super::*;

const REPLIES: &[u8] = b"+OK\r\n:12\r\n$5\r\nhe\r\nl\r\n$-1\r\n$0\r\n\r\n-ERR no\r\n\
    *3\r\n$1\r\na\r\n$-1\r\n:7\r\n*0\r\n*2\r\n*2\r\n+a\r\n+b\r\n*0\r\n*-1\r\n+PONG\r\n";

const COUNTS: Counts = Counts { reply_count: 11, value_count: 3, null_count: 2, error_count: 1 };

#[test]
fn replies_are_counted_wherever_they_are_cut() {
    for first in 0..REPLIES.len() {
        for second in first..REPLIES.len() {
            let (mut reader, mut counts) = (ReplyReader::default(), Counts::default());
            let pieces = [&REPLIES[..first], &REPLIES[first..second], &REPLIES[second..]];
            let read = pieces.map(|piece| reader.read(piece, &mut counts).unwrap());
            assert_eq!(counts, COUNTS, "cut at {first} and {second}");
            assert_eq!(read.iter().sum::<u32>(), 11);
        }
    }
}

#[test]
fn a_reply_is_complete_with_its_last_byte() {
    for reply in [&b"$3\r\nabc\r\n"[..], b"*2\r\n:1\r\n$1\r\na\r\n", b"+OK\r\n"] {
        let (mut reader, mut counts) = (ReplyReader::default(), Counts::default());
        let (last, all) = reply.split_last().unwrap();
        assert_eq!(reader.read(all, &mut counts), Ok(0));
        assert_eq!(reader.read(&[*last], &mut counts), Ok(1));
    }
}

#[test]
fn what_is_no_reply_is_refused() {
    for bytes in [&b"what\r\n"[..], b"$1x\r\n", b"*99999999999999999999\r\n"] {
        let (mut reader, mut counts) = (ReplyReader::default(), Counts::default());
        assert!(reader.read(bytes, &mut counts).is_err());
    }
}
