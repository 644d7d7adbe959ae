//! The Redis protocol, RESP2 and RESP3: bytes to requests, replies to bytes. Knows no command.
pub mod grammar;
pub mod inline;
pub mod output;
pub mod parse;
pub mod partial;
pub mod record;
pub mod reply;
pub mod request;

mod framing;
mod kinds;
mod pool;
mod queue;
mod streams;
