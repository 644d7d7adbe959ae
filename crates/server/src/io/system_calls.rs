//! The system calls that each I/O engine makes after the seal. The seal's filter is built from
//! this list; a call that is not here, or in the seal's own list, ends the process.
use super::Kind;

/// A system call: its name, for messages, and its number on this machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SystemCall {
    /// As in its manual page.
    pub name: &'static str,
    /// The number that a filter compares.
    pub number: libc::c_long,
}

macro_rules! system_calls {
    ($($name:ident = $number:ident),* $(,)?) => {
        &[$(SystemCall { name: stringify!($name), number: libc::$number }),*]
    };
}

/// What both engines do to a socket by themselves: ask who it is, refuse it, end it; read signals;
/// and read the clock when accepting rests (a system call only where the vDSO has none).
const BOTH: &[SystemCall] = system_calls![
    getpeername = SYS_getpeername,
    getsockname = SYS_getsockname,
    sendto = SYS_sendto,
    recvfrom = SYS_recvfrom,
    shutdown = SYS_shutdown,
    close = SYS_close,
    read = SYS_read,
    clock_gettime = SYS_clock_gettime,
];

const URING: &[SystemCall] = system_calls![io_uring_enter = SYS_io_uring_enter];

const EPOLL: &[SystemCall] = system_calls![
    epoll_pwait = SYS_epoll_pwait,
    epoll_ctl = SYS_epoll_ctl,
    accept4 = SYS_accept4,
    sendmsg = SYS_sendmsg,
];

/// All that the engine needs, in two parts: its own, and what both need.
pub const fn system_calls(kind: Kind) -> [&'static [SystemCall]; 2] {
    match kind {
        Kind::Uring => [URING, BOTH],
        Kind::Epoll => [EPOLL, BOTH],
    }
}
