//! Acceptance: the real binary, real sockets, both I/O engines.
//!
//! A test named `bad_NN_...` is row NN of the table of bad inputs (`docs/bad-inputs.md`). Besides
//! the reply that the row names, each asks that the server stays alive for everybody else.
mod bad_collections;
mod bad_data;
mod bad_process;
mod bad_protocol;
mod bad_resources;
mod bad_sessions;
mod bad_start;
mod client;
mod no_history;
mod real_clients;
mod server;
