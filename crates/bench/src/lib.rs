//! What measures Granite: a load generator (`load`), a server that has Granite's I/O and no
//! engine (`null`), and the engine without I/O (`engine`). `cargo xtask bench` builds the first two
//! and runs them beside the peers.
//!
//! `unsafe` lives in `load::ring` alone: what the kernel reads and writes.
#![deny(unsafe_code)]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "nanoseconds and counts of a run, all positive, fit the 53 bits of a float"
)]

pub mod engine;
pub mod load;
pub mod null;
