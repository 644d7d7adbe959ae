//! Accepted sockets between `Accepted` and `Adopt` or `Refuse`: one lane for each.
//!
//! A lane is free again when the engine has answered, so the count of lanes is also the most
//! connections that one turn can accept, and a flood of them cannot crowd out anything else.
//! When the kernel is out of descriptors or memory, lanes rest for a while instead of spinning.
use granite_engine::event::Socket;
use rustix::io::Errno;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// Connections accepted in one turn, at most.
pub(super) const LANES_MAX: usize = 64;

/// How long accepting rests after an error that only time can cure.
const REST: Duration = Duration::from_millis(100);

/// Whether an accept that failed so may be tried again at once: the connection at the head of the
/// backlog was bad, not the machine. The list is accept(2)'s.
pub(super) fn is_passing(errno: Errno) -> bool {
    [
        Errno::AGAIN,
        Errno::INTR,
        Errno::CONNABORTED,
        Errno::PROTO,
        Errno::NOPROTOOPT,
        Errno::NETDOWN,
        Errno::HOSTDOWN,
        Errno::HOSTUNREACH,
        Errno::NETUNREACH,
        Errno::NONET,
        Errno::OPNOTSUPP,
        Errno::PERM,
    ]
    .contains(&errno)
}

/// The sockets in their lanes.
pub(super) struct Pending {
    sockets: [Option<OwnedFd>; LANES_MAX],
}

impl Pending {
    /// No socket waits.
    pub(super) fn new() -> Self {
        Self { sockets: std::array::from_fn(|_| None) }
    }

    /// A lane without a socket.
    pub(super) fn free_lane(&self) -> Option<usize> {
        self.sockets.iter().position(Option::is_none)
    }

    /// Keeps `socket` until the engine has answered.
    pub(super) fn put(&mut self, lane: usize, socket: OwnedFd) -> Socket {
        let previous = self.sockets[lane].replace(socket);
        assert!(previous.is_none(), "a lane holds one socket");
        Socket(lane as u32)
    }

    /// The engine has answered.
    pub(super) fn take(&mut self, socket: Socket) -> OwnedFd {
        self.sockets[socket.0 as usize].take().expect("a socket is answered for once")
    }
}

/// When accepting goes on after the kernel ran out of something.
pub(super) struct Rest {
    until: Option<Instant>,
}

impl Rest {
    /// Nothing has failed yet.
    pub(super) const fn new() -> Self {
        Self { until: None }
    }

    /// Rests from now on.
    pub(super) fn begin(&mut self) {
        self.until = Some(Instant::now() + REST);
    }

    /// Whether accepting pauses.
    pub(super) const fn is_active(&self) -> bool {
        self.until.is_some()
    }

    /// Ends the rest if its time has come, and says so; otherwise shortens the timeout to its end.
    pub(super) fn is_over(&mut self, timeout_ms: &mut Option<u32>) -> bool {
        let Some(until) = self.until else {
            return false;
        };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.until = None;
            return true;
        }
        // Rounded up: a wait that ends a moment early would be a turn for nothing.
        let left_ms = left.as_millis() as u32 + 1;
        *timeout_ms = Some(timeout_ms.map_or(left_ms, |timeout_ms| timeout_ms.min(left_ms)));
        false
    }
}
