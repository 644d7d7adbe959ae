//! Why there is no `io_uring`: the step that failed, what the kernel said, and what to do about
//! it, in one line for the log and INFO.
//!
//! `auto` falls back to epoll only where `io_uring` is missing or forbidden. Being short of
//! memory or descriptors is an error: a server that silently runs another way hides it.
use rustix::io::Errno;
use std::fmt;

/// Where opening the ring stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// `io_uring_setup`, with the flags of Linux 6.1.
    Setup,
    /// Asking which operations there are.
    Probe,
    /// An operation or feature in use is missing.
    Operations,
    /// Registering the receive buffers.
    Buffers,
    /// Restricting the ring to the operations in use.
    Restrictions,
    /// Starting it.
    Enable,
    /// The epoll descriptor, or registering with it.
    Epoll,
}

/// An I/O engine that could not be opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpenError {
    /// What was tried.
    pub step: Step,
    /// What the kernel said.
    pub errno: Errno,
}

impl OpenError {
    pub(super) fn at(step: Step) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self { step, errno: Errno::from_io_error(&error).unwrap_or(Errno::INVAL) }
    }

    /// The reason why epoll serves instead, if this error is one for which it may.
    pub fn fallback(&self) -> Option<&'static str> {
        match self.errno {
            _ if self.step == Step::Epoll => None,
            Errno::NOSYS => Some(
                "this kernel or sandbox has no io_uring: using epoll; Linux 6.1 or later has it",
            ),
            Errno::PERM | Errno::ACCESS if is_disabled() => Some(
                "io_uring is disabled by the sysctl kernel.io_uring_disabled: using epoll; \
                 set it to 0 to allow io_uring",
            ),
            Errno::PERM | Errno::ACCESS => Some(
                "io_uring is forbidden, probably by the container's seccomp profile: using epoll; \
                 allow io_uring_setup, io_uring_enter and io_uring_register in the profile",
            ),
            Errno::INVAL => Some(
                "this kernel's io_uring is older than Linux 6.1: using epoll; \
                 a newer kernel allows io_uring",
            ),
            _ => None,
        }
    }
}

/// Whether the administrator has turned `io_uring` off. Read before the seal.
fn is_disabled() -> bool {
    std::fs::read("/proc/sys/kernel/io_uring_disabled").is_ok_and(|text| !text.starts_with(b"0"))
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempt = match self.step {
            Step::Setup => "io_uring_setup",
            Step::Probe => "io_uring_register (probe)",
            Step::Operations => "io_uring operations",
            Step::Buffers => "io_uring_register (buffers)",
            Step::Restrictions => "io_uring_register (restrictions)",
            Step::Enable => "io_uring_register (enable)",
            Step::Epoll => "epoll",
        };
        write!(f, "{attempt}: {}", std::io::Error::from(self.errno))
    }
}

impl std::error::Error for OpenError {}
