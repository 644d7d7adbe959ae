//! A chain of buffers on its way into a socket that takes what it has room for: the epoll
//! driver's counterpart of a send in flight.
//!
//! Invariant: the bytes before `sent_bytes` have left, exactly once; nothing after has.
use super::PIECES_MAX;
use granite_engine::memory::buffer::{Buffer, BufferHandle};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendFlags, send, sendmsg};
use std::io::IoSlice;
use std::os::fd::OwnedFd;

const FLAGS: SendFlags = SendFlags::DONTWAIT.union(SendFlags::NOSIGNAL);

/// The chain, and how far it got.
pub(super) struct Outbox {
    chain: BufferHandle,
    /// Buffers of the chain that are out completely.
    passed_count: u32,
    /// Bytes out of the first buffer that is not.
    current_sent: u32,
    sent_bytes: u32,
    is_over: bool,
}

impl Outbox {
    /// Nothing is sent yet.
    pub(super) fn new(chain: BufferHandle) -> Self {
        Self { chain, passed_count: 0, current_sent: 0, sent_bytes: 0, is_over: false }
    }

    /// Whether nothing more will be sent: all is out, or the peer is gone.
    pub(super) const fn is_over(&self) -> bool {
        self.is_over
    }

    /// Sends what `socket` takes; returns whether that was the end of it.
    pub(super) fn send(&mut self, socket: &OwnedFd) -> bool {
        while !self.is_over {
            let mut pieces = [IoSlice::new(&[]); PIECES_MAX];
            let mut piece_count = 0;
            let mut skip = self.current_sent as usize;
            let mut next = self.current();
            while let (Some(buffer), Some(piece)) = (next, pieces.get_mut(piece_count)) {
                *piece = IoSlice::new(&buffer.filled()[skip..]);
                piece_count += 1;
                skip = 0;
                next = buffer.next();
            }
            let result = match pieces[..piece_count] {
                [] => {
                    self.is_over = true;
                    break;
                }
                [piece] => send(socket, &piece, FLAGS),
                _ => {
                    let mut control = SendAncillaryBuffer::default();
                    sendmsg(socket, &pieces[..piece_count], &mut control, FLAGS)
                }
            };
            match result {
                Ok(size) => self.advance(size as u32),
                Err(Errno::AGAIN) => break,
                Err(Errno::INTR) => {}
                Err(_) => self.is_over = true,
            }
        }
        self.is_over
    }

    /// The chain, and the count of its bytes that left.
    pub(super) fn finish(self) -> (BufferHandle, u32) {
        (self.chain, self.sent_bytes)
    }

    /// The first buffer that is not out completely.
    fn current(&self) -> Option<&Buffer> {
        let mut buffer = Some(&*self.chain);
        for _ in 0..self.passed_count {
            buffer = buffer?.next();
        }
        buffer
    }

    fn advance(&mut self, size: u32) {
        self.sent_bytes += size;
        let mut left = size + self.current_sent;
        let mut passed_count = 0;
        let mut next = self.current();
        while let Some(buffer) = next {
            if left < buffer.filled_size() {
                break;
            }
            left -= buffer.filled_size();
            passed_count += 1;
            next = buffer.next();
        }
        self.is_over = next.is_none();
        assert!(!self.is_over || left == 0, "sent more than the chain holds");
        self.passed_count += passed_count;
        self.current_sent = left;
    }
}
