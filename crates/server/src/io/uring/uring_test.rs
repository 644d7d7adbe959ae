//! What the ring refuses, and what its absence leads to.
use super::buffers::{Outgoing, ReceiveBuffers};
use super::ring::Ring;
use crate::io::fallback::{OpenError, Step};
use crate::io::sockets::{self, ListenOptions};
use crate::io::{Choice, Io, Kind, Parts};
use crate::signals::Signals;
use granite_engine::memory::buffer::{BUFFER_SIZE, BufferPool};
use rustix::io::Errno;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

fn parts(name: &str) -> Parts {
    let name = format!("granite-uring-{}-{name}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let listeners = sockets::open(&ListenOptions {
        bind: &[],
        port: 0,
        backlog: 1,
        keepalive_s: 0,
        socket_buffer_size: None,
        unix_path: Some(&path),
        unix_permission: None,
    })
    .expect("a path of our own");
    std::fs::remove_file(&path).expect("just made");
    let signals = Signals::open().expect("signals");
    Parts { listeners, signals, connection_slots: 4, buffers: BufferPool::new(4) }
}

/// Runs `body` where the kernel answers `io_uring_setup` with `errno`.
fn without_io_uring<T: Send>(errno: Errno, body: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let filter: BpfProgram = SeccompFilter::new(
                [(libc::SYS_io_uring_setup, Vec::new())].into(),
                SeccompAction::Allow,
                SeccompAction::Errno(errno.raw_os_error().cast_unsigned()),
                std::env::consts::ARCH.try_into().expect("an architecture with a filter"),
            )
            .and_then(TryInto::try_into)
            .expect("a filter");
            seccompiler::apply_filter(&filter).expect("filters are allowed");
            body()
        });
        thread.join().expect("no panic")
    })
}

#[test]
fn auto_falls_back_where_io_uring_is_missing_or_forbidden_and_says_why() {
    for (errno, word) in
        [(Errno::PERM, "seccomp"), (Errno::NOSYS, "no io_uring"), (Errno::INVAL, "6.1")]
    {
        let (kind, reason) = without_io_uring(errno, || {
            let (io, reason) = Io::open(Choice::Auto, parts(word)).expect("epoll is everywhere");
            (io.kind(), reason)
        });
        assert_eq!(kind, Kind::Epoll);
        assert!(reason.is_some_and(|reason| reason.contains(word)), "{errno:?}: {reason:?}");
    }
}

#[test]
fn io_uring_or_nothing_is_an_error_where_there_is_none() {
    let error = without_io_uring(Errno::PERM, || {
        Io::open(Choice::Uring, parts("or-nothing")).err().expect("it is forbidden")
    });
    assert_eq!(error, OpenError { step: Step::Setup, errno: Errno::PERM });
}

/// Being short of memory or descriptors is no reason to run in another way.
#[test]
fn auto_does_not_hide_other_errors() {
    for errno in [Errno::NOMEM, Errno::MFILE] {
        let error = without_io_uring(errno, || {
            Io::open(Choice::Auto, parts("other")).err().expect("an error")
        });
        assert_eq!(error.errno, errno);
    }
}

#[test]
fn the_ring_refuses_what_is_not_in_the_table() {
    let mut ring = match Ring::open(8) {
        Ok(ring) => ring,
        Err(error) => {
            assert!(error.fallback().is_some(), "a broken engine: {error}");
            return;
        }
    };
    ring.start(&ReceiveBuffers::new(BufferPool::new(1))).expect("the ring was set up");
    ring.submit_no_operation(7);
    ring.wait(Some(1000));
    let completion = ring.completion().expect("a refusal is a completion");
    assert_eq!((completion.user_data, completion.result), (7, -libc::EACCES));
}

/// The sizes of what one receive brings, from a client that sends so many bytes again and again and
/// then goes.
fn received_pieces(has_bound: bool, sent_sizes: &[usize]) -> Option<Vec<usize>> {
    let mut ring = Ring::open(8).ok()?;
    let mut buffers = ReceiveBuffers::new(BufferPool::new(1));
    ring.start(&buffers).expect("the ring was set up");
    ring.find_bound(Signals::open().expect("signals").as_fd());
    if !has_bound {
        ring.forget_bound();
    }
    buffers.lend(1);
    let (mut client, socket) = UnixStream::pair().expect("descriptors");
    client.set_nonblocking(true).expect("a socket option");
    ring.receive(socket.as_fd(), true, 7);
    let mut pieces = Vec::new();
    for size in sent_sizes {
        ring.wait(Some(0));
        client.write_all(&vec![b'x'; *size]).expect("room");
        ring.wait(Some(1000));
        while let Some(completion) = ring.completion() {
            assert_eq!(completion.user_data, 7);
            let size = u32::try_from(completion.result).expect("no error");
            let number = completion.buffer.expect("bytes are in a buffer");
            let buffer = buffers.take(number, size);
            buffers.give_back(buffer);
            buffers.lend(1);
            pieces.push(size as usize);
            if !completion.goes_on {
                return Some(pieces);
            }
        }
    }
    drop(client);
    ring.wait(Some(1000));
    let last = ring.completion().expect("the end of what was sent");
    assert!(!last.goes_on, "it ends with what it receives from");
    assert_eq!(last.result, 0);
    Some(pieces)
}

/// Small pieces and then the largest that is possible fit one buffer together. Where the kernel
/// bounds no receive, all are one-shot.
#[test]
fn a_receive_that_goes_on_brings_what_fits_a_buffer() {
    for sent_sizes in [&[100; 30][..], &[1, 2000, 100_000], &[100_000], &[1, 2095, 100_000], &[9]] {
        let Some(once) = received_pieces(false, sent_sizes) else { return };
        assert_eq!(once, [sent_sizes[0].min(BUFFER_SIZE)]);
        let pieces = received_pieces(true, sent_sizes).expect("as before");
        if pieces == once {
            continue;
        }
        assert!(pieces.iter().sum::<usize>() <= BUFFER_SIZE, "{sent_sizes:?}: {pieces:?}");
        assert!(pieces.len() > 1 || sent_sizes.len() == 1, "{sent_sizes:?}: {pieces:?}");
    }
}

/// Whatever the sizes of short sends, each byte of a chain is offered in order, once.
#[test]
fn short_sends_go_on_where_they_stopped() {
    let mut pool = BufferPool::new(3);
    for step in [1, 7, 100, BUFFER_SIZE - 1, BUFFER_SIZE, BUFFER_SIZE + 1, 2 * BUFFER_SIZE + 5] {
        let sizes = [BUFFER_SIZE, 1, 100];
        let mut chain = None;
        let mut expected = Vec::new();
        for (index, size) in sizes.iter().enumerate() {
            expected.extend((0..*size).map(|byte| (byte % 251 + index) as u8));
        }
        let mut rest = &expected[..];
        let mut buffers: Vec<_> = sizes.iter().map(|_| pool.acquire().expect("free")).collect();
        for (buffer, size) in buffers.iter_mut().zip(sizes) {
            assert_eq!(buffer.append(&rest[..size]), size);
            rest = &rest[size..];
        }
        while let Some(buffer) = buffers.pop() {
            if let Some(next) = chain.take() {
                buffer.link(next);
            }
            chain = Some(buffer);
        }

        let mut outgoing = Outgoing::new(chain.expect("three buffers"));
        let mut sent = Vec::new();
        loop {
            let mut size = step;
            let left = outgoing.copy_rest(2);
            if left.is_empty() {
                break;
            }
            size = size.min(left.len());
            sent.extend_from_slice(&left[..size]);
            outgoing.advance(size as u32);
        }
        assert!(sent == expected, "in steps of {step}");
        let (chain, sent_bytes) = outgoing.finish();
        assert_eq!(sent_bytes as usize, expected.len());
        assert_eq!(pool.release(chain), 3);
    }
}
