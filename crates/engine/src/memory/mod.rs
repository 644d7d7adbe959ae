//! Memory that is taken once: buffers that the kernel may hold, blocks for what a connection has
//! sent but not finished, frames for the data. Nothing here knows what it stores.
pub mod blocks;
pub mod buffer;
pub mod classes;
pub mod frame_table;
pub mod frames;
pub mod plan;
pub mod usage;
