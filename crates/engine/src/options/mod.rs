//! Options: what the user may set, in a file, on the command line or with CONFIG SET.
//!
//! `table` has one row for every directive of Redis 7.2 and for each of Granite's own; `kind` says
//! how a value is written and printed; `settings` holds the current values in fixed storage.
//! `hot` is the copy of those few that are asked for on every command.
//!
//! Invariant: a value that is in `Settings` passed its row's check, and an option that promises
//! what Granite does not do is always at the value that means "off".
pub mod error;
pub mod hot;
pub mod kind;
pub mod lists;
#[cfg(test)]
mod options_test;
pub mod settings;
pub mod table;
