//! The one question that the benchmark asks a server itself: how much memory is in use?
use std::io::{BufRead, BufReader, Error, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

/// The text of `INFO memory`; nothing from a server that has no such command.
pub(super) fn info_memory(port: u16) -> Result<String, Error> {
    let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    socket.write_all(b"*2\r\n$4\r\nINFO\r\n$6\r\nmemory\r\n")?;
    let mut reader = BufReader::new(socket);
    let mut head = String::new();
    reader.read_line(&mut head)?;
    let size = head.strip_prefix('$').and_then(|size| size.trim().parse().ok());
    let mut text = vec![0; size.unwrap_or(0)];
    reader.read_exact(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
