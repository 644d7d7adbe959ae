//! Signals as input: SIGTERM, SIGINT and SIGHUP are blocked and read from a descriptor, so that
//! nothing ever runs in the middle of a turn and no handler has to be safe to run anywhere.
//!
//! SIGPIPE needs no line here: Rust's runtime ignores it before `main`, and every send says
//! `MSG_NOSIGNAL`. One of the files that may use `unsafe`: `rustix` has no signalfd.
#![expect(unsafe_code, reason = "signalfd and sigprocmask have no safe wrapper in rustix")]

use granite_engine::event::Signal;
use rustix::io::Errno;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};

/// The last two have no meaning here; by default either would end the process.
const SIGNALS: [libc::c_int; 5] =
    [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2];

/// The descriptor that the signals are read from.
pub struct Signals {
    descriptor: OwnedFd,
}

impl Signals {
    /// Blocks the signals in this thread (and in those it starts later) and opens the descriptor.
    pub fn open() -> Result<Self, Errno> {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: sigemptyset initializes the set that it is given.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        for signal in SIGNALS {
            // SAFETY: the set was initialized above, and each number is a valid signal.
            unsafe { libc::sigaddset(set.as_mut_ptr(), signal) };
        }
        // SAFETY: the set is initialized; the old mask is not asked for.
        let error =
            unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut()) };
        if error != 0 {
            return Err(Errno::from_raw_os_error(error));
        }
        let flags = libc::SFD_NONBLOCK | libc::SFD_CLOEXEC;
        // SAFETY: the set is initialized; -1 asks for a new descriptor.
        let descriptor = unsafe { libc::signalfd(-1, set.as_ptr(), flags) };
        if descriptor < 0 {
            let error = std::io::Error::last_os_error();
            return Err(Errno::from_io_error(&error).unwrap_or(Errno::INVAL));
        }
        // SAFETY: the kernel just gave us this descriptor; nobody else owns it.
        Ok(Self { descriptor: unsafe { OwnedFd::from_raw_fd(descriptor) } })
    }

    /// The next signal that arrived, if any. Never waits.
    pub fn next(&self) -> Option<Signal> {
        // `signalfd_siginfo`: 128 bytes, the signal's number first.
        let mut record = [0u8; 128];
        loop {
            let size = rustix::io::read(&self.descriptor, &mut record).ok()?;
            assert_eq!(size, record.len(), "signalfd hands out whole records");
            match i32::from_ne_bytes([record[0], record[1], record[2], record[3]]) {
                libc::SIGTERM | libc::SIGINT => return Some(Signal::Terminate),
                libc::SIGHUP => return Some(Signal::Hangup),
                _ => {}
            }
        }
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
