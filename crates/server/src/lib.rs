//! The process around the engine: the only crate that talks to Linux.
//!
//! `unsafe` lives in the files that this list names, and nowhere else: `region` (mapping memory),
//! `startup_allocator` (the global allocator), `signals` (signalfd), and `io::uring` (what the
//! kernel reads and writes).
//!
//! Everything is taken from the operating system before the seal; after it nothing is.
#![deny(unsafe_code)]

pub mod clock;
pub mod descriptors;
pub mod event_loop;
pub mod facts;
pub mod host_memory;
pub mod image;
pub mod io;
pub mod log;
pub mod notify;
pub mod options;
pub mod panic_hook;
pub mod planning;
pub mod procfs;
pub mod region;
pub mod seal;
pub mod signals;
pub mod start;
pub mod startup_allocator;
