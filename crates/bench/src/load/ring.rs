//! The ring of the load generator: sends and receives of many connections, one system call for
//! many of either.
//!
//! Invariants: the bytes of a send stay here, untouched, until its completion. A receive buffer is
//! either the kernel's or filled and in the caller's hands, as a `Filled` that cannot be copied.
#![expect(unsafe_code, reason = "the kernel reads and writes through pointers")]

use io_uring::types::{BufRingEntry, Fd};
use io_uring::{IoUring, cqueue, opcode, squeue};
use std::io;
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU16, Ordering};

/// Bytes of one receive buffer: a pipeline of values mostly fits one.
const BUFFER_SIZE: usize = 32 * 1024;

/// Buffers for each connection, and the most of them: a large reply takes several.
const BUFFERS_PER_CONNECTION: u32 = 4;
const BUFFERS_MAX: u32 = 1024;

/// Submissions that wait for the next enter.
const SUBMISSIONS_MAX: u32 = 4096;

/// Room for completions: a multishot receive completes many times.
const COMPLETIONS_MAX: u32 = 16 * 1024;

/// The one group of buffers.
const BUFFER_GROUP: u16 = 0;

/// Above the connection's number in what a completion carries.
const RECEIVE: u64 = 1 << 32;
const SEND: u64 = 2 << 32;

/// The kernel wants the ring of buffers on pages of its own.
#[repr(C, align(4096))]
#[derive(Clone)]
struct Page([u8; 4096]);

/// A connection as the ring knows it.
struct Lane {
    socket: TcpStream,
    output: Vec<u8>,
    is_sending: bool,
}

/// A buffer with received bytes, to be read by `bytes` and given back.
pub struct Filled {
    number: u16,
    size: usize,
}

/// What happened.
pub enum Completion {
    /// Bytes for a connection.
    Received {
        /// Its number.
        lane: usize,
        /// Where they are.
        filled: Filled,
    },
    /// The output of a connection is sent.
    Sent {
        /// Its number.
        lane: usize,
    },
}

/// The ring and the connections.
pub struct Ring {
    queues: IoUring,
    lanes: Box<[Lane]>,
    entries: NonNull<BufRingEntry>,
    entry_count: u16,
    tail: u16,
    buffers: NonNull<u8>,
}

impl Ring {
    /// Takes the connections over and waits for their bytes.
    pub fn open(sockets: Vec<TcpStream>) -> io::Result<Self> {
        let buffer_count = (sockets.len() as u32).saturating_mul(BUFFERS_PER_CONNECTION);
        let entry_count = buffer_count.next_power_of_two().min(BUFFERS_MAX) as u16;
        let queues = IoUring::builder()
            .setup_single_issuer()
            .setup_defer_taskrun()
            .setup_cqsize(COMPLETIONS_MAX)
            .build(SUBMISSIONS_MAX)?;
        let ring_size = usize::from(entry_count) * size_of::<BufRingEntry>();
        let pages = vec![Page([0; 4096]); ring_size.div_ceil(size_of::<Page>())];
        // Both are never given back: the kernel uses them for as long as the ring exists.
        let entries = NonNull::from(Box::leak(pages.into_boxed_slice())).cast();
        let bytes = vec![0; usize::from(entry_count) * BUFFER_SIZE].into_boxed_slice();
        let buffers = NonNull::from(Box::leak(bytes)).cast();
        let lane = |socket| Lane { socket, output: Vec::new(), is_sending: false };
        let lanes = sockets.into_iter().map(lane).collect();
        let mut ring = Self { queues, lanes, entries, entry_count, tail: 0, buffers };
        for number in 0..entry_count {
            ring.provide(number);
        }
        let address = ring.entries.as_ptr() as u64;
        // SAFETY: the entries are leaked, so they outlive the kernel's use of them.
        unsafe {
            ring.queues.submitter().register_buf_ring_with_flags(
                address,
                entry_count,
                BUFFER_GROUP,
                0,
            )
        }?;
        for lane in 0..ring.lanes.len() {
            ring.receive(lane);
        }
        Ok(ring)
    }

    /// What is sent next, to be filled. Nothing may be on its way.
    pub fn output(&mut self, lane: usize) -> &mut Vec<u8> {
        let lane = &mut self.lanes[lane];
        assert!(!lane.is_sending, "the kernel still reads the last output");
        &mut lane.output
    }

    /// Sends the output.
    pub fn send(&mut self, lane: usize) {
        let this = &mut self.lanes[lane];
        assert!(!this.is_sending, "one send for a connection");
        this.is_sending = true;
        let (start, size) = (this.output.as_ptr(), this.output.len() as u32);
        let entry = opcode::Send::new(Fd(this.socket.as_raw_fd()), start, size)
            .flags(libc::MSG_NOSIGNAL | libc::MSG_WAITALL)
            .build();
        // SAFETY: the bytes belong to the lane, and `output` hands them out only after the
        // completion.
        unsafe { self.push(&entry.user_data(SEND | lane as u64)) };
    }

    /// Submits everything and waits until something happens.
    pub fn wait(&self) -> io::Result<()> {
        self.queues.submit_and_wait(1).map(drop)
    }

    /// The next thing that happened, if there is one.
    pub fn completion(&mut self) -> Result<Option<Completion>, String> {
        loop {
            let Some(entry) = self.queues.completion().next() else { return Ok(None) };
            let (name, result, flags) = (entry.user_data(), entry.result(), entry.flags());
            let lane = name as u32 as usize;
            if name & SEND != 0 {
                let this = &mut self.lanes[lane];
                this.is_sending = false;
                if usize::try_from(result) != Ok(this.output.len()) {
                    return Err(format!("a send to the server ended with {result}"));
                }
                return Ok(Some(Completion::Sent { lane }));
            }
            if !cqueue::more(flags) {
                self.receive(lane);
            }
            match (result, cqueue::buffer_select(flags)) {
                (1.., Some(number)) => {
                    let filled = Filled { number, size: result as usize };
                    return Ok(Some(Completion::Received { lane, filled }));
                }
                // All buffers were filled: the receive that was just armed goes on.
                (error, _) if error == -libc::ENOBUFS => {}
                _ => return Err(format!("the server closed a connection ({result})")),
            }
        }
    }

    /// The bytes of a filled buffer.
    pub fn bytes(&self, filled: &Filled) -> &[u8] {
        let start = usize::from(filled.number) * BUFFER_SIZE;
        // SAFETY: the kernel names only buffers that it was given, so the start is inside.
        let start = unsafe { self.buffers.add(start) };
        // SAFETY: the kernel filled so many bytes, and does not use the buffer again before it is
        // given back, which takes the `Filled` away.
        unsafe { std::slice::from_raw_parts(start.as_ptr(), filled.size) }
    }

    /// The bytes have been read.
    #[expect(clippy::needless_pass_by_value, reason = "what was given back is not read again")]
    pub fn give_back(&mut self, filled: Filled) {
        self.provide(filled.number);
    }

    /// Lends a buffer to the kernel.
    fn provide(&mut self, number: u16) {
        let index = usize::from(self.tail & (self.entry_count - 1));
        // SAFETY: the number is below the count of buffers.
        let address = unsafe { self.buffers.add(usize::from(number) * BUFFER_SIZE) };
        // SAFETY: the index is below the count of entries.
        let entry = unsafe { self.entries.add(index) };
        // SAFETY: the entry lies beyond the tail, so the kernel does not read it; the tail, which
        // it reads, shares entry 0 and is not written through this reference.
        let entry = unsafe { &mut *entry.as_ptr() };
        entry.set_addr(address.as_ptr() as u64);
        entry.set_len(BUFFER_SIZE as u32);
        entry.set_bid(number);
        self.tail = self.tail.wrapping_add(1);
        // SAFETY: the pointer is the first entry, made of zeros.
        let tail = unsafe { BufRingEntry::tail(self.entries.as_ptr()) };
        // SAFETY: an aligned u16 that only we write and that lives for ever.
        let tail = unsafe { AtomicU16::from_ptr(tail.cast_mut()) };
        tail.store(self.tail, Ordering::Release);
    }

    /// Receives for as long as there are buffers.
    fn receive(&mut self, lane: usize) {
        let socket = Fd(self.lanes[lane].socket.as_raw_fd());
        let entry = opcode::RecvMulti::new(socket, BUFFER_GROUP).build();
        // SAFETY: no pointer in it: the kernel takes a buffer that it was lent.
        unsafe { self.push(&entry.user_data(RECEIVE | lane as u64)) };
    }

    /// # Safety
    /// What the entry points to must stay valid and untouched until its completion.
    unsafe fn push(&mut self, entry: &squeue::Entry) {
        loop {
            // SAFETY: the caller's promise.
            if unsafe { self.queues.submission().push(entry) }.is_ok() {
                return;
            }
            // A full queue is made room in by submitting it.
            self.queues.submit().expect("a ring takes submissions");
        }
    }
}
