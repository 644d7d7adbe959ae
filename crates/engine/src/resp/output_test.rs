//! The queue keeps its bytes in order, and the pool shares its buffers by the rule.
use super::*;
use crate::limits::Limits;
use crate::memory::buffer::BUFFER_SIZE;
extern crate std;
use std::vec::Vec;

fn pool() -> ReplyPool {
    ReplyPool::new(&Limits::tiny())
}

/// Takes everything that waits, as the driver would, and gives the buffers back.
fn drain(output: &mut Output, pool: &mut ReplyPool, chain_max: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(chain) = output.take(chain_max) {
        let mut next = Some(&*chain);
        while let Some(buffer) = next {
            bytes.extend_from_slice(buffer.filled());
            next = buffer.next();
        }
        pool.release(output, chain);
    }
    bytes
}

#[test]
fn bytes_come_out_as_they_went_in() {
    for chain_max in [1, 2, 3, 100] {
        let limits = Limits { reply_credit: 4 << 20, reply_buffers_max: 256, ..Limits::tiny() };
        let (mut pool, mut output) = (ReplyPool::new(&limits), Output::new());
        let mut expected = Vec::new();
        let mut sent = Vec::new();
        for round in 0..40_u32 {
            let piece: Vec<u8> = (0..round * 531).map(|i| (i * 7 + round) as u8).collect();
            let mut grant = pool.admit(&mut output, piece.len() as u64, true, true).unwrap();
            output.append(&mut pool, &mut grant, &piece);
            expected.extend_from_slice(&piece);
            if round % 5 == 4 {
                sent.extend(drain(&mut output, &mut pool, chain_max));
            }
        }
        assert_eq!(sent, expected);
        assert_eq!((output.byte_count(), output.held_count()), (0, 0));
        assert_eq!(pool.used_count(), 0);
    }
}

#[test]
fn one_connection_gets_its_share_and_the_last_buffers_are_kept() {
    let mut pool = pool();
    let mut hogs: Vec<Output> = (0..100).map(|_| Output::new()).collect();
    let mut counts = Vec::new();
    for hog in &mut hogs {
        loop {
            let size = pool.room_size(hog) as usize + 1;
            let Ok(mut grant) = pool.admit(hog, size as u64, false, true) else { break };
            hog.append(&mut pool, &mut grant, &std::vec![b'x'; size]);
        }
        counts.push(hog.held_count());
    }
    let credit_count = Limits::tiny().reply_credit / BUFFER_SIZE as u32;
    assert_eq!(counts[0], credit_count);
    assert!(counts.iter().filter(|&&count| count > 0).count() >= 8, "shares: {counts:?}");
    assert_eq!(pool.free_count(), pool.kept_count);
    let mut local = Output::new();
    assert!(pool.admit(&mut local, 1, true, true).is_ok(), "an administrator gets a kept one");
    for hog in &mut hogs {
        hog.clear(&mut pool);
    }
    assert_eq!(pool.used_count(), 0);
}

#[test]
fn only_one_jumbo_reply_at_a_time() {
    let mut pool = pool();
    let (mut first, mut second) = (Output::new(), Output::new());
    let size = Limits::tiny().reply_max;
    assert_eq!(pool.ceiling(&second), None, "the permit is there");
    let mut grant = pool.admit(&mut first, size, false, true).unwrap();
    assert_eq!(pool.ceiling(&first), None, "the permit is its own");
    let ceiling = pool.ceiling(&second).expect("another has the permit");
    assert_eq!(pool.decide(&second, ceiling + 1, true, true), Decision::JumboUsed);
    assert_ne!(pool.decide(&second, ceiling, true, true), Decision::JumboUsed);
    assert_eq!(pool.admit(&mut second, size, false, true), Err(Refusal::Wait));
    first.append(&mut pool, &mut grant, &std::vec![b'x'; size as usize]);
    assert_eq!(pool.free_count(), pool.capacity(), "a jumbo reply takes no shared buffer");
    assert!(pool.admit(&mut second, 1, false, true).is_ok(), "small replies go on");
    let chain = first.take(1).unwrap();
    pool.release(&mut first, chain);
    assert_eq!(pool.admit(&mut second, size, false, true), Err(Refusal::Wait));
    drain(&mut first, &mut pool, 4);
    assert!(pool.admit(&mut second, size, false, true).is_ok());
    pool.settle(&mut second);
    assert!(!pool.jumbo_taken(), "an unused permit goes back");
    let too_large = size + u64::from(REPLY_ROOM) + 1;
    assert_eq!(pool.admit(&mut first, too_large, false, true), Err(Refusal::TooLarge));
}

#[test]
fn where_the_credit_is_more_than_any_reply_none_waits_for_its_size() {
    let limits = Limits { reply_credit: 1 << 20, ..Limits::tiny() };
    assert!(limits.reply_max < u64::from(limits.reply_credit));
    let (mut pool, mut first) = (ReplyPool::new(&limits), Output::new());
    let grant = pool.admit(&mut first, limits.reply_max, false, false).unwrap();
    assert!(grant.is_jumbo(), "it has the permit");
    assert_eq!(pool.ceiling(&Output::new()), None);
}
