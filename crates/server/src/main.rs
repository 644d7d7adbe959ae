//! The `granite` binary.
fn main() {}
