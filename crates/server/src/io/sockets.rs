//! Sockets: what the server listens on, and what both drivers do with an accepted socket.
//!
//! Options are set on the listener, before it listens: an accepted socket inherits them, so a
//! connection costs no system call for them. Everything that can fail with a text is done before
//! the seal; `peer` and `refuse` are all that runs later, and neither allocates.
use granite_engine::event::Peer;
use rustix::fs::{CWD, FileType, Mode};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, Shutdown, SocketAddrUnix, SocketFlags, SocketType, bind,
    connect, getpeername, getsockname, ipproto, listen, recv, send, shutdown, socket_with, sockopt,
};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::{Duration, Instant};

/// Addresses in `bind`, at most; the same as Redis.
pub const LISTENERS_MAX: usize = 16 + 1;

/// Bytes that a refused client may have sent already and that are read before its socket is
/// closed, so that the kernel ends it with FIN and not with RST.
const REFUSED_INPUT_MAX: usize = 16 * 1024;

/// How long an address in use is tried again. The kernel takes a ring apart after its process has
/// ended, and until then the ring's accepts hold the listener: a killed server can be in the way of
/// its successor for a moment.
const PATIENCE: Duration = Duration::from_millis(500);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// What to listen on, and how.
#[derive(Clone, Copy, Debug)]
pub struct ListenOptions<'a> {
    /// Addresses; a leading `-` makes one optional, `*` and `::*` are all of IPv4 and IPv6.
    pub bind: &'a [&'a str],
    /// The TCP port; 0 for none.
    pub port: u16,
    /// Connections that wait to be accepted, at most.
    pub backlog: u32,
    /// Seconds of silence before the kernel asks the peer whether it lives; 0 for never.
    pub keepalive_s: u32,
    /// Fixed size of the kernel's send and receive buffer of each TCP socket; none: the kernel
    /// decides. A Unix socket does not inherit it; the size of its buffer is fixed anyway.
    pub socket_buffer_size: Option<u32>,
    /// Path of the Unix socket, if there is to be one.
    pub unix_path: Option<&'a Path>,
    /// Permission bits of the Unix socket's file.
    pub unix_permission: Option<u32>,
}

/// A socket that accepts.
pub struct Listener {
    /// The socket itself.
    pub socket: OwnedFd,
    /// Where it is bound; none for the Unix socket.
    pub local: Option<SocketAddr>,
}

/// All of them, and the optional addresses that this machine does not have.
pub struct Listeners {
    /// At least one, at most `LISTENERS_MAX`.
    pub sockets: Box<[Listener]>,
    /// For the log: what was left out, and why.
    pub skipped: Vec<ListenError>,
}

/// Why an address cannot be listened on.
#[derive(Debug)]
pub struct ListenError {
    /// As it was written in the options.
    pub address: String,
    /// What was tried.
    pub attempt: &'static str,
    /// What the kernel said.
    pub errno: Errno,
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, attempt, errno } = self;
        let cause = std::io::Error::from(*errno);
        write!(f, "Could not create server listening socket {address}: {attempt}: {cause}")
    }
}

impl std::error::Error for ListenError {}

/// Opens every listener, or none.
pub fn open(options: &ListenOptions<'_>) -> Result<Listeners, ListenError> {
    let mut sockets = Vec::new();
    let mut skipped = Vec::new();
    let addresses = if options.port == 0 { &[][..] } else { options.bind };
    for &text in addresses {
        let (name, optional) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        match patiently(|| open_tcp(name, options)) {
            Ok(listener) => sockets.push(listener),
            Err(error) if is_skippable(error.errno, optional) => skipped.push(error),
            Err(error) => return Err(error),
        }
    }
    if let Some(path) = options.unix_path {
        sockets.push(patiently(|| open_unix(path, options))?);
    }
    if sockets.is_empty() {
        return Err(match skipped.pop() {
            Some(error) => error,
            None => error("none", "configured to not listen anywhere")(Errno::INVAL),
        });
    }
    if sockets.len() > LISTENERS_MAX {
        return Err(error("bind", "more than 16 addresses")(Errno::INVAL));
    }
    Ok(Listeners { sockets: sockets.into(), skipped })
}

/// Tries again while the address is in use, but not for long.
fn patiently(open: impl Fn() -> Result<Listener, ListenError>) -> Result<Listener, ListenError> {
    let start = Instant::now();
    loop {
        match open() {
            Err(error) if error.errno == Errno::ADDRINUSE && start.elapsed() < PATIENCE => {
                std::thread::sleep(PAUSE);
            }
            result => return result,
        }
    }
}

/// Redis goes on without an address when the machine lacks its whole protocol, and without an
/// optional one when the machine lacks the address.
fn is_skippable(errno: Errno, optional: bool) -> bool {
    let protocol_is_missing = [
        Errno::NOPROTOOPT,
        Errno::PROTONOSUPPORT,
        Errno::SOCKTNOSUPPORT,
        Errno::PFNOSUPPORT,
        Errno::AFNOSUPPORT,
    ]
    .contains(&errno);
    protocol_is_missing || (optional && errno == Errno::ADDRNOTAVAIL)
}

fn error(address: &str, attempt: &'static str) -> impl FnOnce(Errno) -> ListenError {
    let address = address.to_owned();
    move |errno| ListenError { address, attempt, errno }
}

fn open_tcp(name: &str, options: &ListenOptions<'_>) -> Result<Listener, ListenError> {
    let text = format!("{name}:{}", options.port);
    let address = resolve(name, options.port)
        .ok_or_else(|| error(&text, "no such address")(Errno::ADDRNOTAVAIL))?;
    listen_tcp(&text, address, options)
}

/// Opens one TCP listener; with port 0 the kernel chooses, which only tests want.
pub(super) fn listen_tcp(
    text: &str,
    address: SocketAddr,
    options: &ListenOptions<'_>,
) -> Result<Listener, ListenError> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, Some(ipproto::TCP))
        .map_err(error(text, "socket"))?;
    prepare_tcp(&socket, address, options).map_err(error(text, "setsockopt"))?;
    bind(&socket, &address).map_err(error(text, "bind"))?;
    listen(&socket, options.backlog.cast_signed().max(1)).map_err(error(text, "listen"))?;
    Ok(Listener { socket, local: Some(address) })
}

/// Literals and Redis' two names for "all"; anything else is asked of the system's resolver.
fn resolve(name: &str, port: u16) -> Option<SocketAddr> {
    let address = match name {
        "*" => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        "::*" => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        _ => match name.parse() {
            Ok(address) => address,
            Err(_) => return (name, port).to_socket_addrs().ok()?.next(),
        },
    };
    Some(SocketAddr::new(address, port))
}

fn prepare_tcp(
    socket: &OwnedFd,
    address: SocketAddr,
    options: &ListenOptions<'_>,
) -> Result<(), Errno> {
    sockopt::set_socket_reuseaddr(socket, true)?;
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(socket, true)?;
    }
    sockopt::set_tcp_nodelay(socket, true)?;
    if options.keepalive_s > 0 {
        // Redis' ratio: a probe after the whole time, three more a third of it apart.
        let idle = Duration::from_secs(options.keepalive_s.into());
        let interval = Duration::from_secs((options.keepalive_s / 3).max(1).into());
        sockopt::set_socket_keepalive(socket, true)?;
        sockopt::set_tcp_keepidle(socket, idle)?;
        sockopt::set_tcp_keepintvl(socket, interval)?;
        sockopt::set_tcp_keepcnt(socket, 3)?;
    }
    // Before `listen`: the window that a handshake offers is derived from it.
    if let Some(size) = options.socket_buffer_size {
        sockopt::set_socket_send_buffer_size(socket, size as usize)?;
        sockopt::set_socket_recv_buffer_size(socket, size as usize)?;
    }
    Ok(())
}

fn open_unix(path: &Path, options: &ListenOptions<'_>) -> Result<Listener, ListenError> {
    let text = path.display().to_string();
    let address = SocketAddrUnix::new(path).map_err(error(&text, "path"))?;
    let new_socket = || {
        socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)
            .map_err(error(&text, "socket"))
    };
    if rustix::fs::lstat(path)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Socket)
    {
        // The file outlives the process that bound it; it is stale when nobody answers there.
        if connect(&new_socket()?, &address).is_ok() {
            return Err(error(&text, "another server answers there")(Errno::ADDRINUSE));
        }
        rustix::fs::unlink(path).map_err(error(&text, "unlink"))?;
    }
    let socket = new_socket()?;
    bind(&socket, &address).map_err(error(&text, "bind"))?;
    // Nobody can connect before `listen`, so the permissions are in force from the first client.
    if let Some(permission) = options.unix_permission {
        let mode = Mode::from_raw_mode(permission);
        rustix::fs::chmodat(CWD, path, mode, rustix::fs::AtFlags::empty())
            .map_err(error(&text, "chmod"))?;
    }
    listen(&socket, options.backlog.cast_signed().max(1)).map_err(error(&text, "listen"))?;
    Ok(Listener { socket, local: None })
}

impl Listeners {
    /// Accepts nothing more, and lets others listen there: what is still in flight in a ring would
    /// hold the addresses until the kernel has taken the ring apart.
    pub(super) fn end(&self) {
        for listener in &self.sockets {
            end(&listener.socket);
        }
    }
}

impl Listener {
    /// Who is at the other end of `socket`, which was accepted here; nothing if it left already.
    pub(super) fn peer(&self, socket: &OwnedFd) -> Option<Peer> {
        let Some(bound) = self.local else {
            return Some(Peer::Unix);
        };
        let address = SocketAddr::try_from(getpeername(socket).ok()??).ok()?;
        let local = if bound.ip().is_unspecified() {
            SocketAddr::try_from(getsockname(socket).ok()?).ok()?
        } else {
            bound
        };
        Some(Peer::Tcp { address, local })
    }
}

/// Sends `line` if it can be sent at once, then closes. What the client has sent already is read
/// first: closing with unread input resets the connection, which may destroy the line on its way.
pub(super) fn refuse(socket: OwnedFd, line: &[u8]) {
    // Whatever fails here, the client is gone or will not read: closing is all that is left.
    let _ = send(&socket, line, SendFlags::DONTWAIT | SendFlags::NOSIGNAL);
    let _ = shutdown(&socket, Shutdown::Write);
    let mut input = [0u8; 2048];
    for _ in 0..REFUSED_INPUT_MAX / input.len() {
        match recv(&socket, &mut input, RecvFlags::DONTWAIT) {
            Ok((size, _)) if size == input.len() => {}
            _ => break,
        }
    }
    drop(socket);
}

/// Receives nothing more from a peer that sends nothing more: what waits for that is woken.
pub(super) fn end_input(socket: &OwnedFd) {
    // Fails only when the socket has failed, and wakes then, too.
    let _ = shutdown(socket, Shutdown::Read);
}

/// Ends both directions: a peer that still reads gets an end after what was sent.
pub(super) fn end(socket: &OwnedFd) {
    // Fails only when the peer ended the connection first.
    let _ = shutdown(socket, Shutdown::Both);
}

#[cfg(test)]
#[path = "sockets_test.rs"]
mod sockets_test;
