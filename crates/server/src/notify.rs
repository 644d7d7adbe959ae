//! Telling the service manager how the start goes: systemd's notification protocol.
//!
//! The socket is connected before the seal and kept; a message never waits, and one that cannot be
//! delivered is dropped, since nothing depends on it.
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::{env, io};

/// The variable in which the service manager names its socket.
const VARIABLE: &str = "NOTIFY_SOCKET";

/// `supervised`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Supervised {
    /// Nobody wants to know.
    #[default]
    No,
    /// systemd does.
    Systemd,
    /// Whoever set `NOTIFY_SOCKET` does.
    Auto,
}

/// The way to the service manager, if there is one.
pub struct Notifier {
    socket: Option<UnixDatagram>,
}

impl Notifier {
    /// Nobody to tell.
    pub const NONE: Self = Self { socket: None };

    /// Connects to the socket that the environment names.
    pub fn connect(supervised: Supervised) -> io::Result<Self> {
        let path = env::var(VARIABLE).ok().filter(|path| !path.is_empty());
        match (supervised, path) {
            (Supervised::No, _) | (Supervised::Auto, None) => Ok(Self::NONE),
            (Supervised::Systemd, None) => {
                Err(io::Error::other("supervised systemd, but NOTIFY_SOCKET is not set"))
            }
            (_, Some(path)) => Self::connect_to(&path),
        }
    }

    fn connect_to(path: &str) -> io::Result<Self> {
        // A leading @ stands for the zero byte of a name outside the file system.
        let address = match path.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(path)?,
        };
        let socket = UnixDatagram::unbound()?;
        socket.connect_addr(&address)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: Some(socket) })
    }

    /// The server accepts connections.
    pub fn ready(&self) {
        self.send(b"STATUS=Ready to accept connections\nREADY=1\n");
    }

    /// The server is about to end.
    pub fn stopping(&self) {
        self.send(b"STATUS=Saying goodbye\nSTOPPING=1\n");
    }

    /// What the start is doing.
    pub fn loading(&self) {
        self.send(b"STATUS=Taking memory\n");
    }

    fn send(&self, message: &[u8]) {
        if let Some(socket) = &self.socket {
            let _ = socket.send(message);
        }
    }
}

#[cfg(test)]
#[path = "notify_test.rs"]
mod notify_test;
