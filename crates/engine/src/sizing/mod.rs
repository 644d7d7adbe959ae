//! Sizing: from what the user set to limits, from limits to the plan, and back from a data set to
//! the memory it needs.
//!
//! This module knows the unit size of every pool, so it stands above all of them; what it makes,
//! `Limits` and `Plan`, are plain data that everybody below may read.
//!
//! How `maxmemory` is shared out by default, and what that is at 1 GiB and at 160 MiB:
//!
//! ```text
//!                                            at 1 GiB    at 160 MiB
//! image (measured; a typical figure)         4.0 MiB       4.0 MiB
//! connections, 10,002 of under 1 KiB         7.3 MiB       7.3 MiB
//! receive buffers      maxmemory / 128       8.0 MiB       1.2 MiB    (64 to 1,024 buffers)
//! reply buffers        maxmemory / 96       10.7 MiB       2.0 MiB    (128 to 4,096 buffers)
//! the jumbo reply      maxmemory / 64       16.0 MiB       2.5 MiB    (256 KiB to 64 MiB)
//! request blocks       maxmemory / 64       16.0 MiB       2.5 MiB    (64 to 4,096 blocks)
//! argument spans       maxmemory / 128       8.1 MiB       1.3 MiB    (16,384 to 1,048,576)
//! watches, statistics, slowlog, log lines    1.7 MiB       1.7 MiB
//!                                           71.8 MiB      22.5 MiB
//! outside data memory                        7.0 %        14.1 %
//! promised                                   8 %          15 %
//! ```
pub mod capacity;
pub mod derive;
pub mod rows;
#[cfg(test)]
mod sizing_test;
