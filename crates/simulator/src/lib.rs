//! The engine in a simulated kernel.
