//! What the null server is asked to do: its command line.
use granite_server::io::Choice;

const USAGE: &str = "usage: granite-null --port N [--io auto|uring|epoll] [--value-size BYTES]";

/// A null server.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Where it listens, on loopback.
    pub port: u16,
    /// Through which driver.
    pub choice: Choice,
    /// Bytes of every value.
    pub value_size: u32,
}

impl Options {
    /// Reads the command line.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut options = Self { port: 0, choice: Choice::Auto, value_size: 64 };
        for pair in words.chunks(2) {
            let [name, value] = pair else { return Err(USAGE.to_owned()) };
            match (name.as_str(), value.as_str()) {
                ("--port", port) => options.port = port.parse().map_err(|_| USAGE)?,
                ("--value-size", size) => options.value_size = size.parse().map_err(|_| USAGE)?,
                ("--io", "auto") => options.choice = Choice::Auto,
                ("--io", "uring") => options.choice = Choice::Uring,
                ("--io", "epoll") => options.choice = Choice::Epoll,
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.port > 0 { Ok(options) } else { Err(USAGE.to_owned()) }
    }
}
