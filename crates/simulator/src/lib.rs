//! The judges of the engine: transcripts, a naive model of Redis, a simulated kernel, and a
//! real redis-server that is asked the same.
//!
//! Nothing here is part of the server. What judges the engine shares no code with it.
#![deny(unsafe_code)]

pub mod differential;
pub mod granite;
pub mod kernel;
pub mod memory;
pub mod model;
pub mod planted;
pub mod reached;
pub mod redis;
pub mod report;
pub mod scarcity;
pub mod seeds;
pub mod transcript;
pub mod trial;
pub mod value;
pub mod watched_allocator;
mod wire;
pub mod witness;
pub mod workload;
pub mod world;

use std::path::PathBuf;

/// As in the program: see `main.rs`.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: watched_allocator::WatchedAllocator = watched_allocator::WatchedAllocator;

/// All transcripts of the project, in order of their names.
pub fn transcript_paths() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../transcripts");
    let entries = std::fs::read_dir(folder).expect("the transcripts are in the tree");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    paths
}
