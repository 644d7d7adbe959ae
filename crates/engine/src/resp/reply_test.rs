//! Each kind of reply in both dialects, and what happens at the limits.
use super::*;
use crate::limits::Limits;
extern crate std;
use std::string::String;
use std::vec::Vec;

/// What `write` sends in `protocol`.
fn written(protocol: Protocol, write: impl FnOnce(&mut Reply<'_>)) -> Vec<u8> {
    let (mut pool, mut output) = (ReplyPool::new(&Limits::tiny()), Output::new());
    let mut reply = Reply::new(&mut output, &mut pool, false);
    reply.begin(protocol).unwrap();
    write(&mut reply);
    reply.finish();
    let mut bytes = Vec::new();
    while let Some(chain) = output.take(1) {
        bytes.extend_from_slice(chain.filled());
        pool.release(&mut output, chain);
    }
    assert_eq!(pool.used_count(), 0);
    bytes
}

fn check(write: impl Fn(&mut Reply<'_>), resp2: &str, resp3: &str) {
    let text = |protocol| String::from_utf8(written(protocol, &write)).unwrap();
    assert_eq!(text(Protocol::Resp2), resp2);
    assert_eq!(text(Protocol::Resp3), resp3);
}

#[test]
fn numbers_of_every_length() {
    for power in (0..19).map(|digits| 10_i64.pow(digits)) {
        // The last has unlike neighbours, so that no digit can take another's place.
        for number in [power - 1, power, -power, 1_234_567_890_123_456_789 / power] {
            let text = std::format!(":{number}\r\n");
            check(|reply| reply.integer(number), &text, &text);
        }
    }
}

#[test]
fn every_kind_of_reply() {
    check(|r: &mut Reply<'_>| Reply::ok(r), "+OK\r\n", "+OK\r\n");
    check(|r| r.simple("QUEUED"), "+QUEUED\r\n", "+QUEUED\r\n");
    check(|r| r.integer(-12), ":-12\r\n", ":-12\r\n");
    check(|r| r.bulk(b""), "$0\r\n\r\n", "$0\r\n\r\n");
    check(|r| r.bulk(b"a\r\nb"), "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n");
    check(|r: &mut Reply<'_>| Reply::null(r), "$-1\r\n", "_\r\n");
    check(|r: &mut Reply<'_>| Reply::null_array(r), "*-1\r\n", "_\r\n");
    check(|r| r.array(3), "*3\r\n", "*3\r\n");
    check(|r| r.map(3), "*6\r\n", "%3\r\n");
    check(|r| r.set(3), "*3\r\n", "~3\r\n");
    check(|r| r.boolean(true), ":1\r\n", "#t\r\n");
    check(|r| r.boolean(false), ":0\r\n", "#f\r\n");
    check(|r| r.double(1.5), "$3\r\n1.5\r\n", ",1.5\r\n");
    let text = |r: &mut Reply<'_>| r.text(|out| write!(out, "a{}", 1)).unwrap();
    check(text, "$2\r\na1\r\n", "=6\r\ntxt:a1\r\n");
}

#[test]
fn an_error_stays_one_line() {
    check(|r| r.error(b"ERR a\r\nb\0c"), "-ERR a  b c\r\n", "-ERR a  b c\r\n");
    let long = written(Protocol::Resp2, |r| r.error(&[b'e'; 5000]));
    assert_eq!(long.len(), REPLY_ROOM as usize);
    assert!(long.ends_with(b"e\r\n"));
}

#[test]
fn a_text_of_many_buffers() {
    let line = "0123456789abcdef";
    let bytes = written(Protocol::Resp2, |r| {
        r.text(|out| (0..12_000).try_for_each(|_| out.write_str(line))).unwrap();
    });
    assert!(bytes.starts_with(b"$192000\r\n0123"));
    assert_eq!(bytes.len(), 192_000 + 9 + 2);
}

#[test]
fn what_exceeds_reply_max_is_refused_and_what_must_wait_says_so() {
    let limits = Limits::tiny();
    let (mut pool, mut output) = (ReplyPool::new(&limits), Output::new());
    let mut other = Output::new();
    let mut reply = Reply::new(&mut output, &mut pool, false);
    reply.begin(Protocol::Resp2).unwrap();
    let size = limits.reply_max + 1;
    assert_eq!(reply.reserve(size), Err(ReplyFull::TooLarge { size }));
    reply.finish();
    let mut jumbo = pool.admit(&mut other, limits.reply_max, false, true).unwrap();
    other.append(&mut pool, &mut jumbo, b"x");
    let mut reply = Reply::new(&mut output, &mut pool, false);
    reply.begin(Protocol::Resp2).unwrap();
    assert_eq!(reply.reserve(limits.reply_max - 2000), Err(ReplyFull::Wait));
    reply.begin_transaction(20).unwrap();
    let size = limits.reply_max - 40_000;
    assert_eq!(reply.reserve(size), Err(ReplyFull::TooLarge { size }), "it cannot run again");
    reply.end_transaction();
    reply.finish();
}

#[test]
fn a_transaction_keeps_the_room_to_refuse_the_commands_to_come() {
    let mut refused_count = 0;
    let bytes = written(Protocol::Resp2, |reply| {
        reply.begin_transaction(1_000).unwrap();
        for _ in 0..1_000 {
            // With all of the reply's bound before it, hardly any of them can have its room.
            let text: &[u8] = match reply.next_in_transaction() {
                Ok(()) => &[b'x'; REPLY_ROOM as usize],
                Err(_) => &[b'-'; STEP_ROOM as usize],
            };
            refused_count += usize::from(text[0] == b'-');
            reply.raw(text);
        }
        reply.end_transaction();
    });
    assert!((700..900).contains(&refused_count), "{refused_count} were refused");
    let room = (1_000 - refused_count) * REPLY_ROOM as usize;
    assert_eq!(bytes.len(), room + refused_count * STEP_ROOM as usize);
}

/// Others take every buffer that they can get, one of them the jumbo permit.
fn take_all(pool: &mut ReplyPool, others: &mut [Output]) {
    let reply_max = Limits::tiny().reply_max;
    if !others[0].has_jumbo() {
        let mut grant = pool.admit(&mut others[0], reply_max, true, true).unwrap();
        others[0].append(pool, &mut grant, b"jumbo");
    }
    for other in &mut others[1..] {
        let size = u64::from(pool.room_size(other)) + 1;
        let Some(mut grant) = pool.admit_shared(other, size, true) else { continue };
        other.append(pool, &mut grant, &std::vec![b'o'; size as usize]);
    }
}

#[test]
fn a_reply_goes_on_with_what_it_was_granted() {
    let (mut pool, mut output) = (ReplyPool::new(&Limits::tiny()), Output::new());
    let mut others: Vec<Output> = (0..200).map(|_| Output::new()).collect();
    let mut reply = Reply::new(&mut output, &mut pool, false);
    reply.begin(Protocol::Resp2).unwrap();
    reply.begin_transaction(500).unwrap();
    reply.suspend();
    let (mut sent_size, mut refused_count) = (0, 0);
    for left_count in (1..=500).rev() {
        take_all(&mut pool, &mut others);
        let local = true;
        let mut reply = Reply::resume(&mut output, &mut pool, Protocol::Resp2, local, left_count);
        refused_count += u32::from(reply.next_in_transaction().is_err());
        reply.raw(&[b'x'; STEP_ROOM as usize]);
        if left_count > 1 {
            reply.suspend();
        } else {
            reply.end_transaction();
            reply.finish();
        }
        // Between two turns it is sent, and what comes back goes to others.
        while let Some(chain) = output.take(1) {
            sent_size += chain.filled_size();
            pool.release(&mut output, chain);
        }
    }
    assert_eq!((sent_size, output.byte_count()), (500 * STEP_ROOM, 0));
    assert!(refused_count < 10, "it has kept its room, but {refused_count} were refused");
    for other in &mut others {
        other.clear(&mut pool);
    }
    assert_eq!((pool.used_count(), pool.free_count()), (0, pool.capacity()));
}

#[test]
fn a_muted_reply_sends_nothing() {
    let bytes = written(Protocol::Resp2, |reply| {
        reply.set_muted(true);
        reply.reserve(u64::MAX).unwrap();
        reply.bulk(b"dropped");
        reply.text(|out| out.write_str("dropped")).unwrap();
        reply.set_muted(false);
        reply.ok();
    });
    assert_eq!(bytes, b"+OK\r\n");
}
