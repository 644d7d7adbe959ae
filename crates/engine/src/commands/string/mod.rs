//! The string commands, by family: `get` reads whole values, `set` writes them, `range` touches
//! parts, `counter` does arithmetic, `multi` handles several keys at once, `lcs` compares two.
//!
//! All of them keep one order: parse and check everything, reserve room in the reply and in the
//! store, and only then change anything. A `KeptText` holds an old value while a new one comes.
pub mod counter;
pub mod get;
pub mod lcs;
pub mod multi;
mod options;
pub mod range;
pub mod set;
