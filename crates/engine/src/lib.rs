//! Granite's engine: the whole server as a deterministic state machine, `Event` in, `Action` out.
//!
//! It is `no_std`, so it *cannot* open a socket, read a clock, start a thread or roll dice: time,
//! entropy and memory are arguments. It knows no global; two engines in one process work.
//! Everything it will ever own is allocated in `Engine::new`; after that it allocates nothing.
//!
//! The modules, in reading order; each imports only from those before it:
//! `options` <- `limits` <- `memory` <- {`resp`, `store`} <- `commands` <- `connection` <-
//! `engine`.
//! `sizing` turns options into limits and limits into the plan, so it knows every pool.
#![no_std]
#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::disallowed_types, reason = "tests may grow what they like"))]

extern crate alloc;

pub mod clock;
pub mod event;
pub mod facts;
pub mod hooks;
pub mod limits;
pub mod log;
pub mod marks;
pub mod memory;
pub mod options;
pub mod planted;
pub mod prefetch;
pub mod random;
pub mod resp;
pub mod stdx;
pub mod store;

pub mod commands;
pub mod sizing;

pub mod connection;
pub mod engine;
