//! Memory that is taken once: buffers that the kernel may hold, blocks for what a connection has
//! sent but not finished, frames for the data. Nothing here knows what it stores.
pub mod blocks;
pub mod buffer;
mod census;
pub mod classes;
pub mod frame_table;
pub mod frames;
pub mod needs;
pub mod plan;
pub mod reference;
pub mod takings;
pub mod usage;
