//! The system calls that each I/O engine makes after the seal. The seal's filter is built from
//! these lists; a call that is neither here nor in the seal's own list ends the process.
use super::Kind;

/// Both engines accept peers by themselves (who is it, refuse it, end it), read signals, and read
/// the clock while accepting rests.
const URING: &[i64] = &[
    libc::SYS_io_uring_enter,
    libc::SYS_getpeername,
    libc::SYS_getsockname,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_shutdown,
    libc::SYS_close,
    libc::SYS_read,
    libc::SYS_clock_gettime,
];

const EPOLL: &[i64] = &[
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_ctl,
    libc::SYS_accept4,
    libc::SYS_sendmsg,
    libc::SYS_getpeername,
    libc::SYS_getsockname,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_shutdown,
    libc::SYS_close,
    libc::SYS_read,
    libc::SYS_clock_gettime,
];

/// All that the engine calls.
pub const fn system_calls(kind: Kind) -> &'static [i64] {
    match kind {
        Kind::Uring => URING,
        Kind::Epoll => EPOLL,
    }
}
