//! The bodies of the fuzz targets: plain functions from bytes to a verdict, which is a panic or
//! none. `fuzz/` hands them to libFuzzer, `cargo test` the small corpora beside it.
//!
//! Each has a judge besides "no panic": a second parser, a naive model, a round trip.
mod collections;
mod engine;
mod glob;
mod numbers;
mod option_file;
mod request;

/// Takes any bytes; panics if something is wrong.
pub type Target = fn(&[u8]);

/// All targets, by the names of their corpora.
pub const TARGETS: &[(&str, Target)] = &[
    ("request", request::run),
    ("option_file", option_file::run),
    ("glob", glob::run),
    ("numbers", numbers::run),
    ("engine", engine::run),
    ("collections", collections::run),
];

/// Runs the target of this name.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target's name");
    target(data);
}
