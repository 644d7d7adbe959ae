//! The null server: the drivers of Granite, with an engine that counts commands and answers a
//! constant. What Granite costs beyond it is the price of everything above the I/O.
pub mod engine;
pub mod options;
pub mod scan;

use engine::NullEngine;
use granite_engine::memory::buffer::BufferPool;
use granite_server::descriptors::Descriptors;
use granite_server::io::sockets::{self, ListenOptions};
use granite_server::io::{Io, Parts};
use granite_server::signals::Signals;
use options::Options;

/// Connections, at most.
const CONNECTION_SLOTS: u32 = 2048;

/// Buffers that the kernel fills: what Granite has by default.
const RECEIVE_BUFFERS: u32 = 512;

/// Serves until SIGTERM or SIGINT, and returns the count of commands.
pub fn serve(options: &Options) -> Result<u64, String> {
    Descriptors::raise(CONNECTION_SLOTS, 0);
    let listen = ListenOptions {
        bind: &["127.0.0.1"],
        port: options.port,
        backlog: 511,
        keepalive_s: 300,
        socket_buffer_size: None,
        unix_path: None,
        unix_permission: None,
    };
    let parts = Parts {
        listeners: sockets::open(&listen).map_err(|error| error.to_string())?,
        signals: Signals::open().map_err(|error| format!("signalfd: {error}"))?,
        connection_slots: CONNECTION_SLOTS,
        buffers: BufferPool::new(RECEIVE_BUFFERS),
    };
    let (mut io, _) = Io::open(options.choice, parts).map_err(|error| error.to_string())?;
    let mut engine = NullEngine::new(CONNECTION_SLOTS, options.value_size);
    while !engine.is_stopping() {
        io.wait(None);
        while let Some(event) = io.next_event() {
            engine.handle(event);
        }
        while let Some(action) = engine.next_action() {
            io.submit(action);
        }
    }
    io.end();
    Ok(engine.command_count())
}
