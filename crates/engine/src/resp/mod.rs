//! The Redis protocol, RESP2 and RESP3: bytes to requests, replies to bytes. Knows no command.
pub mod output;
pub mod reply;
pub mod request;
