//! Rows of the transaction commands.
use super::flag::{ALLOW_BUSY, FAST, LOADING, NOSCRIPT, SKIP_SLOWLOG, STALE};
use super::key::Keys;
use super::{Command, Group, Run, key};
use crate::commands::transaction;

const fn row(
    name: (&'static str, i8),
    flags: u32,
    keys: &'static [Keys],
    since: &'static str,
    run: Run,
) -> Command {
    Command::new(Group::Transactions, name, flags, keys, since, run)
}

const ALWAYS: u32 = NOSCRIPT | LOADING | STALE | FAST | ALLOW_BUSY;
const EXEC: u32 = NOSCRIPT | LOADING | STALE | SKIP_SLOWLOG;

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("discard", 1), ALWAYS, key::NONE,  "2.0.0", transaction::discard_queue)
        .about("O(n), n the count of queued commands", "Forgets what MULTI has queued."),
    row(("exec", 1),    EXEC,   key::NONE,  "1.2.0", transaction::exec)
        .about("Depends on the commands",
               "Runs what MULTI has queued, unless a watched key has changed."),
    row(("multi", 1),   ALWAYS, key::NONE,  "1.2.0", transaction::multi)
        .about("O(1)", "Queues the commands that follow, until EXEC."),
    row(("unwatch", 1), ALWAYS, key::NONE,  "2.2.0", transaction::unwatch_all)
        .about("O(n), n the keys watched", "Forgets all watched keys."),
    row(("watch", -2),  ALWAYS, key::EVERY, "2.2.0", transaction::watch)
        .about("O(1) for each key", "Lets EXEC run nothing if one of the keys changes before it."),
];
