//! The ring: submissions in, completions out. Knows operations, no connections.
//!
//! Invariants: the completion queue has room for every receive, send, accept and signal in flight,
//! and no completion is lost; a submission that does not fit is made room for by submitting, never
//! dropped; a receive brings `BUFFER_SIZE` bytes at most.
#![expect(unsafe_code, reason = "submissions carry pointers")]

use super::buffers::{Outgoing, ReceiveBuffers};
use super::restrictions;
use crate::io::PIECES_MAX;
use crate::io::fallback::{OpenError, Step};
use granite_engine::memory::buffer::BUFFER_SIZE;
use io_uring::types::{Fd, SubmitArgs, Timespec};
use io_uring::{EnterFlags, IoUring, Probe, cqueue, opcode, squeue};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

/// Submissions that wait for the next enter, at most: a turn has at most 256 events, and few of
/// them lead to more than a send and a receive. One that finds no room submits what is there.
const SUBMISSIONS_MAX: u32 = 1024;

/// The kernel's own bound for a completion queue.
const COMPLETIONS_MAX: u32 = 1 << 16;

/// The one group of provided buffers.
const BUFFER_GROUP: u16 = 0;

/// `IORING_RECVSEND_POLL_FIRST`: the socket is probably empty, wait before trying. Without it a
/// receive on an idle socket takes a buffer, finds nothing and puts it back.
const POLL_FIRST: u16 = 1;

/// `IORING_RECV_MULTISHOT`: the receive goes on after a completion, and its poll stays armed.
const MULTISHOT: u16 = 2;

/// Bytes of one completion of a receive that goes on, at most: a request with 16 KiB, or sixteen
/// with 1 KiB.
const COMPLETION_SIZE_MAX: u32 = 18 << 10;

/// A receive that goes on ends with the completion that brings it to so many bytes. The kernel
/// counts after each of them, so the last one may have a whole piece.
const RECEIVE_BOUND: u32 = BUFFER_SIZE as u32 + 1 - COMPLETION_SIZE_MAX;

/// Sends of several pieces for each enter. What does not fit is sent afterwards: a send goes on
/// until its chain is out.
const MESSAGES_MAX: usize = 64;

/// `MSG_WAITALL`: the kernel goes on after a short send by itself; what is short nevertheless is
/// continued by the driver.
const SEND_FLAGS: i32 = libc::MSG_NOSIGNAL | libc::MSG_WAITALL;

/// An operation that ended.
pub(super) struct Completion {
    /// What the submission carried.
    pub(super) user_data: u64,
    /// A count, a descriptor, or the negative error.
    pub(super) result: i32,
    /// The number of the provided buffer that was used.
    pub(super) buffer: Option<u16>,
    /// The socket had more to receive when the operation ended.
    pub(super) more_waits: bool,
    /// The operation is still in flight.
    pub(super) goes_on: bool,
}

impl Completion {
    /// The socket that an accept made.
    pub(super) fn into_socket(self) -> OwnedFd {
        assert!(self.result >= 0, "a failed accept makes no socket");
        // SAFETY: the kernel made the descriptor for this completion, which is consumed here: it
        // has no other owner. (Only the completion of an accept is ever turned into a socket.)
        unsafe { OwnedFd::from_raw_fd(self.result) }
    }
}

/// Several pieces of one send. The kernel reads it while it takes the submission, not later.
struct Message {
    header: libc::msghdr,
    pieces: [libc::iovec; PIECES_MAX],
}

/// One ring, restricted to the operations in use.
pub(super) struct Ring {
    queues: IoUring,
    enter_flags: EnterFlags,
    messages: Box<[Message]>,
    message_count: usize,
    /// The kernel bounds receives that go on; see `find_bound`.
    has_bound: bool,
}

impl Ring {
    /// Sets up a disabled ring that can have `in_flight_max` operations in flight.
    pub(super) fn open(in_flight_max: u32) -> Result<Self, OpenError> {
        assert!(in_flight_max <= COMPLETIONS_MAX, "more operations than a ring can complete");
        let ring = setup(in_flight_max)?;
        let mut probe = Probe::new();
        ring.submitter().register_probe(&mut probe).map_err(OpenError::at(Step::Probe))?;
        if restrictions::missing(&probe).is_some() || !ring.params().is_feature_ext_arg() {
            return Err(OpenError { step: Step::Operations, errno: rustix::io::Errno::INVAL });
        }
        let mut enter_flags = EnterFlags::GETEVENTS | EnterFlags::EXT_ARG;
        if ring.params().is_feature_no_iowait() {
            // Waiting for clients is not waiting for a disk, and must not look like it in `top`.
            enter_flags |= EnterFlags::NO_IOWAIT;
        }
        let messages = Box::new([]);
        Ok(Self { queues: ring, enter_flags, messages, message_count: 0, has_bound: false })
    }

    /// Bytes that `start` takes.
    pub(super) const fn table_bytes() -> u64 {
        (MESSAGES_MAX * size_of::<Message>()) as u64
    }

    /// Bytes of the queues that the kernel shares with the process, which count as resident.
    pub(super) const fn queue_bytes(in_flight_max: u32) -> u64 {
        const ENTRY_BYTES: u64 = 16;
        const SUBMISSION_BYTES: u64 = 64 + 4;
        // Heads, tails and flags, and the rounding to pages of either queue.
        const HEADER_BYTES: u64 = 2 * 4096;
        completion_count(in_flight_max) as u64 * ENTRY_BYTES
            + SUBMISSIONS_MAX as u64 * SUBMISSION_BYTES
            + HEADER_BYTES
    }

    /// Registers the buffers, forbids what is not in use, and starts the ring. From here on it
    /// belongs to the thread that called this.
    pub(super) fn start(&mut self, buffers: &ReceiveBuffers) -> Result<(), OpenError> {
        let submitter = self.queues.submitter();
        let (address, entry_count) = buffers.ring();
        // SAFETY: the ring's memory is leaked by `ReceiveBuffers`, so it outlives the kernel's use.
        unsafe { submitter.register_buf_ring_with_flags(address, entry_count, BUFFER_GROUP, 0) }
            .map_err(OpenError::at(Step::Buffers))?;
        submitter
            .register_restrictions(&mut restrictions::restrictions())
            .map_err(OpenError::at(Step::Restrictions))?;
        submitter.register_enable_rings().map_err(OpenError::at(Step::Enable))?;
        self.messages = (0..MESSAGES_MAX).map(|_| Message::new()).collect();
        Ok(())
    }

    /// Accepts one connection from a listener.
    pub(super) fn accept(&mut self, listener: BorrowedFd<'_>, user_data: u64) {
        let socket = Fd(listener.as_raw_fd());
        let entry = opcode::Accept::new(socket, std::ptr::null_mut(), std::ptr::null_mut())
            .flags(libc::SOCK_CLOEXEC)
            .build();
        // SAFETY: no pointer in it: who connected is asked later.
        unsafe { self.push(&entry.user_data(user_data)) };
    }

    /// Finds out whether the kernel bounds a receive that goes on: only one that knows the bound
    /// looks at what it shall receive from, here nothing that it could. The ring has just started.
    pub(super) fn find_bound(&mut self, no_socket: BorrowedFd<'_>) {
        let entry = receive_entry(no_socket, MULTISHOT);
        // SAFETY: no pointer in it, and no buffer is lent yet.
        unsafe { self.push(&entry) };
        while !self.has_completions() {
            self.wait(None);
        }
        let completion = self.completion().expect("it was waited for");
        self.has_bound = completion.result == -libc::ENOTSOCK;
    }

    /// May receives go on?
    pub(super) const fn has_bound(&self) -> bool {
        self.has_bound
    }

    /// Waits once for the end of a socket: the peer has ended its side or is gone, or it was shut
    /// down here.
    pub(super) fn poll_end(&mut self, socket: BorrowedFd<'_>, user_data: u64) {
        let events = libc::POLLRDHUP.cast_unsigned();
        let entry = opcode::PollAdd::new(Fd(socket.as_raw_fd()), events.into()).build();
        // SAFETY: no pointer in it.
        unsafe { self.push(&entry.user_data(user_data)) };
    }

    /// From now on no receive goes on, as where the kernel cannot bound it.
    #[cfg(test)]
    pub(super) fn forget_bound(&mut self) {
        self.has_bound = false;
    }

    /// Receives into provided buffers, `BUFFER_SIZE` bytes at most. From a socket that is probably
    /// empty the receive goes on until it has brought `RECEIVE_BOUND` bytes, where the kernel can
    /// bound it.
    pub(super) fn receive(&mut self, socket: BorrowedFd<'_>, is_empty: bool, user_data: u64) {
        let how = match (is_empty, self.has_bound) {
            (true, true) => POLL_FIRST | MULTISHOT,
            (true, false) => POLL_FIRST,
            (false, _) => 0,
        };
        // SAFETY: no pointer in it: the kernel takes a buffer that `ReceiveBuffers` lent it.
        unsafe { self.push(&receive_entry(socket, how).user_data(user_data)) };
    }

    /// Sends what is left of a chain, or as much as fits one submission. Returns false, without a
    /// submission, when nothing is left. The chain stays in place until the completion.
    pub(super) fn send(
        &mut self,
        socket: BorrowedFd<'_>,
        chain: &mut Outgoing,
        user_data: u64,
    ) -> bool {
        let socket = Fd(socket.as_raw_fd());
        let mut first = [NO_PIECE; 1];
        let entry = if let Some(message) = self.messages.get_mut(self.message_count) {
            match chain.rest(&mut message.pieces) {
                0 => return false,
                1 => send_one(socket, message.pieces[0]),
                count => {
                    self.message_count += 1;
                    message.header.msg_iov = message.pieces.as_mut_ptr();
                    message.header.msg_iovlen = count as _;
                    let flags = SEND_FLAGS.cast_unsigned();
                    opcode::SendMsg::new(socket, &raw const message.header).flags(flags).build()
                }
            }
        } else {
            if chain.rest(&mut first) == 0 {
                return false;
            }
            send_one(socket, first[0])
        };
        // SAFETY: the bytes belong to `chain`, which the driver keeps until the completion
        // (invariant 5); a message is reused only after it was submitted, and the kernel copies
        // it while it takes the submission (IORING_FEAT_SUBMIT_STABLE, 5.5).
        unsafe { self.push(&entry.user_data(user_data)) };
        true
    }

    /// Waits until `descriptor` can be read.
    pub(super) fn poll(&mut self, descriptor: BorrowedFd<'_>, user_data: u64) {
        let events = u32::from(libc::POLLIN.cast_unsigned());
        let entry = opcode::PollAdd::new(Fd(descriptor.as_raw_fd()), events).build();
        // SAFETY: no pointer in it.
        unsafe { self.push(&entry.user_data(user_data)) };
    }

    /// An operation that is not in the table.
    #[cfg(test)]
    pub(super) fn submit_no_operation(&mut self, user_data: u64) {
        // SAFETY: no pointer in it.
        unsafe { self.push(&opcode::Nop::new().build().user_data(user_data)) };
    }

    /// # Safety
    /// What the entry points to must stay valid and untouched until its completion.
    unsafe fn push(&mut self, entry: &squeue::Entry) {
        loop {
            // SAFETY: the caller's promise.
            if unsafe { self.queues.submission().push(entry) }.is_ok() {
                return;
            }
            self.enter(0, 0);
        }
    }

    /// Whether completions wait to be taken.
    pub(super) fn has_completions(&mut self) -> bool {
        !self.queues.completion().is_empty()
    }

    /// The next operation that ended, if any.
    pub(super) fn completion(&mut self) -> Option<Completion> {
        let entry = self.queues.completion().next()?;
        Some(Completion {
            user_data: entry.user_data(),
            result: entry.result(),
            buffer: cqueue::buffer_select(entry.flags()),
            more_waits: cqueue::sock_nonempty(entry.flags()),
            goes_on: cqueue::more(entry.flags()),
        })
    }

    /// Submits everything and, unless the timeout is 0, waits for a completion.
    pub(super) fn wait(&mut self, timeout_ms: Option<u32>) {
        match timeout_ms {
            Some(0) => self.enter(0, 0),
            Some(timeout_ms) => self.enter(1, timeout_ms),
            None => self.enter(1, u32::MAX),
        }
    }

    /// One `io_uring_enter`. With a timeout of `u32::MAX`, or nothing wanted, none is set.
    fn enter(&mut self, wanted: u32, timeout_ms: u32) {
        let submission_count = self.queues.submission().len() as u32;
        let timeout =
            Timespec::new().sec((timeout_ms / 1000).into()).nsec(timeout_ms % 1000 * 1_000_000);
        let mut arguments = SubmitArgs::new();
        if wanted > 0 && timeout_ms != u32::MAX {
            arguments = arguments.timespec(&timeout);
        }
        let flags = self.enter_flags.bits();
        // SAFETY: the argument is the one that EXT_ARG announces, and lives through the call.
        let result = unsafe {
            self.queues.submitter().enter(submission_count, wanted, flags, Some(&arguments))
        };
        // Taken by the kernel, all of them: it reads messages while it takes submissions.
        if self.queues.submission().is_empty() {
            self.message_count = 0;
        }
        match result.err().and_then(|error| error.raw_os_error()) {
            // What was not submitted stays in the queue. The kernel is short of memory (EAGAIN) or
            // wants its completions taken first (EBUSY): the turn that follows does that.
            None | Some(libc::EINTR | libc::ETIME | libc::EAGAIN | libc::EBUSY) => {}
            Some(errno) => panic!("io_uring_enter failed with errno {errno}"),
        }
    }
}

const NO_PIECE: libc::iovec = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };

fn send_one(socket: Fd, piece: libc::iovec) -> squeue::Entry {
    opcode::Send::new(socket, piece.iov_base.cast(), piece.iov_len as u32).flags(SEND_FLAGS).build()
}

/// A receive into a provided buffer: once, or one that goes on.
fn receive_entry(socket: BorrowedFd<'_>, how: u16) -> squeue::Entry {
    // Length 0: as much as the buffer has.
    let (size_max, bound) =
        if how & MULTISHOT == 0 { (0, 0) } else { (COMPLETION_SIZE_MAX, RECEIVE_BOUND) };
    let mut entry = opcode::Recv::new(Fd(socket.as_raw_fd()), std::ptr::null_mut(), size_max)
        .ioprio(how)
        .buf_group(BUFFER_GROUP)
        .build()
        .flags(squeue::Flags::BUFFER_SELECT);
    set_bound(&mut entry, bound);
    entry
}

/// Sets `optlen`, after how many bytes a multishot receive ends: a field of the kernel's that
/// `io_uring` has no name for.
fn set_bound(entry: &mut squeue::Entry, bound: u32) {
    const {
        assert!(size_of::<squeue::Entry>() == 64, "an entry is the kernel's");
        assert!(align_of::<squeue::Entry>() >= align_of::<u32>(), "with aligned fields");
    }
    let field = std::ptr::from_mut(entry).wrapping_byte_add(44).cast::<u32>();
    // SAFETY: an entry is `struct io_uring_sqe`, 64 bytes of plain numbers (repr(C)), and has a u32
    // at byte 44 in every kernel: `splice_fd_in`, `file_index`, `optlen`.
    unsafe { field.write(bound) };
}

impl Message {
    fn new() -> Self {
        // SAFETY: a header of zeros is a valid header: no name, no pieces, no control data.
        let header = unsafe { std::mem::zeroed() };
        Self { header, pieces: [NO_PIECE; PIECES_MAX] }
    }
}

/// Completions that the queue has room for: one for each operation, and half as many for receives
/// that go on, each of which has filled the one buffer that is lent for it. A power of two, at
/// least one for each submission. That may be too few with more than 21,000 connections, or where
/// all end at once: the kernel keeps what finds no room.
const fn completion_count(in_flight_max: u32) -> u32 {
    let wanted_count = in_flight_max + in_flight_max / 2;
    if wanted_count > COMPLETIONS_MAX {
        COMPLETIONS_MAX
    } else if wanted_count > SUBMISSIONS_MAX {
        wanted_count.next_power_of_two()
    } else {
        SUBMISSIONS_MAX
    }
}

/// Sets up a ring with every flag that the running kernel knows: the floor is Linux 6.1, and the
/// submission array can be left out since 6.6.
fn setup(in_flight_max: u32) -> Result<IoUring, OpenError> {
    let mut builder = IoUring::builder();
    builder
        .setup_single_issuer()
        .setup_defer_taskrun()
        .setup_taskrun_flag()
        .setup_submit_all()
        .setup_cqsize(completion_count(in_flight_max))
        .setup_r_disabled()
        .dontfork();
    let mut newest = builder.clone();
    newest.setup_no_sqarray();
    let built: io::Result<IoUring> = match newest.build(SUBMISSIONS_MAX) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => builder.build(SUBMISSIONS_MAX),
        built => built,
    };
    built.map_err(OpenError::at(Step::Setup))
}
