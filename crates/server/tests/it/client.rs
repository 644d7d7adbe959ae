//! A plain client: bytes out, replies in, with a deadline on everything.
use crate::server::PATIENCE;
use granite_simulator::value::{Value, request};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Client {
    /// Connects over loopback.
    pub(crate) fn connect(port: u16) -> Self {
        Self::try_connect(("127.0.0.1", port)).expect("the server listens")
    }

    pub(crate) fn try_connect(address: (&str, u16)) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// The socket itself.
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Sends bytes. A server that has closed is not an error here: the reply will tell.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Sends a command and takes its reply.
    pub(crate) fn command(&mut self, arguments: &[&str]) -> Value {
        self.command_bytes(&arguments.iter().map(|word| word.as_bytes()).collect::<Vec<_>>())
    }

    /// Sends a command of bytes and takes its reply.
    pub(crate) fn command_bytes(&mut self, arguments: &[&[u8]]) -> Value {
        self.send(&request(arguments));
        self.reply()
    }

    /// The next reply.
    pub(crate) fn reply(&mut self) -> Value {
        loop {
            if let Some((value, size)) = Value::parse(&self.received).expect("replies are RESP") {
                self.received.drain(..size);
                return value;
            }
            assert!(self.receive(), "closed instead of a reply: {:?}", self.received);
        }
    }

    /// All bytes until the server closes.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        while self.receive() {}
        std::mem::take(&mut self.received)
    }

    /// No more bytes will be sent; replies are still read.
    pub(crate) fn half_close(&self) {
        self.stream.shutdown(Shutdown::Write).expect("it was connected");
    }

    /// Reads once; false when the server has closed.
    fn receive(&mut self) -> bool {
        let mut piece = vec![0; 64 << 10];
        match self.stream.read(&mut piece) {
            Ok(0) => false,
            Ok(size) => {
                self.received.extend_from_slice(&piece[..size]);
                true
            }
            Err(why) if why.kind() == ErrorKind::ConnectionReset => false,
            Err(why) if why.kind() == ErrorKind::Interrupted => true,
            Err(why) => panic!("no reply in time: {why}"),
        }
    }
}

/// An error reply whose line begins so.
#[track_caller]
pub(crate) fn assert_error(reply: &Value, beginning: &str) {
    let line = reply.as_error().unwrap_or_else(|| panic!("{reply:?} is not {beginning}"));
    let line = String::from_utf8_lossy(line);
    assert!(line.starts_with(beginning), "{line} is not {beginning}");
}
