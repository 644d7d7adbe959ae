//! Addresses of the two ends of a connection, as CLIENT LIST and SLOWLOG write them.
use crate::event::Peer;
use core::fmt;
use core::net::IpAddr;

/// How a peer is written: `address:port`, and for the Unix socket what Redis writes.
pub struct PeerText<'a>(pub &'a Peer, pub Side);

/// Which end of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// The client.
    Remote,
    /// This server.
    Local,
}

impl fmt::Display for PeerText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = match (self.0, self.1) {
            (Peer::Unix, _) => return f.write_str("unixsocket:0"),
            (Peer::Tcp { address, .. }, Side::Remote) => address,
            (Peer::Tcp { local, .. }, Side::Local) => local,
        };
        match address.ip().to_canonical() {
            IpAddr::V4(ip) => write!(f, "{ip}:{}", address.port()),
            IpAddr::V6(ip) => write!(f, "[{ip}]:{}", address.port()),
        }
    }
}
