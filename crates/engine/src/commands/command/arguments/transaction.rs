//! The arguments of the transaction commands.
use super::{KEY_2, Table};

/// The arguments of each command that takes some, sorted by name.
#[rustfmt::skip] // A table reads in columns.
pub(super) static ARGUMENTS: &Table = &[
    ("watch", KEY_2),
];
