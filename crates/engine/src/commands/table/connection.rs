//! Rows of the connection commands.
use super::flag::{ADMIN, ALLOW_BUSY, FAST, LOADING, NO_AUTH, NOSCRIPT, STALE};
use super::{Command, Group, Run, key, tip};
use crate::commands::{client, connection, help};

const fn row(name: (&'static str, i8), flags: u32, since: &'static str, run: Run) -> Command {
    Command::new(Group::Connection, name, flags, key::NONE, since, run)
}

/// Allowed in every state of the server.
const ALWAYS: u32 = NOSCRIPT | LOADING | STALE;
/// Allowed even before AUTH.
const OPEN: u32 = ALWAYS | FAST | NO_AUTH | ALLOW_BUSY;

#[rustfmt::skip] // A table reads in columns.
const CLIENT: &[Command] = &[
    row(("client|getname", 2),      ALWAYS,         "2.6.9", client::getname)
        .about("O(1)", "The name of the connection."),
    row(("client|getredir", 2),     ALWAYS,         "6.0.0", client::getredir)
        .about("O(1)", "Where tracking is redirected to: -1, since there is no tracking."),
    row(("client|help", 2),         LOADING | STALE, "5.0.0", help::help)
        .about("O(1)", "The subcommands of CLIENT."),
    row(("client|id", 2),           ALWAYS,         "5.0.0", client::id)
        .about("O(1)", "The number of the connection."),
    row(("client|info", 2),         ALWAYS,         "6.2.0", client::info).tips(tip::VARIES)
        .about("O(1)", "What is known of the connection."),
    row(("client|kill", -3),        ALWAYS | ADMIN, "2.4.0", client::kill)
        .about("O(n), n the count of connections", "Closes connections, chosen by what they are."),
    row(("client|list", -2),        ALWAYS | ADMIN, "2.4.0", client::list).tips(tip::VARIES)
        .about("O(n), n the count of connections", "What is known of each connection."),
    row(("client|no-evict", 3),     ALWAYS | ADMIN, "7.0.0", client::no_evict)
        .about("O(1)", "Keeps the connection from being closed for its memory."),
    row(("client|no-touch", 3),     ALWAYS,         "7.2.0", client::no_touch)
        .about("O(1)", "Lets the connection read keys without marking them as used."),
    row(("client|reply", 3),        ALWAYS,         "3.2.0", client::reply)
        .about("O(1)", "Turns the replies to the connection on or off, or skips one."),
    row(("client|setinfo", 4),      ALWAYS,         "7.2.0", client::setinfo)
        .tips(tip::ALL_NODES)
        .about("O(1)", "Tells the name or version of the client library."),
    row(("client|setname", 3),      ALWAYS,         "2.6.9", client::setname)
        .tips(tip::ALL_NODES)
        .about("O(1)", "Names the connection."),
    row(("client|trackinginfo", 2), ALWAYS,         "6.2.0", client::trackinginfo)
        .about("O(1)", "The state of tracking: off."),
    row(("client|unpause", 2),      ALWAYS | ADMIN, "6.2.0", client::unpause)
        .about("O(1)", "Ends a pause: there is never one."),
];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    row(("auth", -2),   OPEN,                   "1.0.0", connection::auth)
        .about("O(n), n the size of the password", "Gives the password."),
    row(("client", -2), 0,                      "2.4.0", super::container).subcommands(CLIENT)
        .about("Depends on the subcommand", "Connections, and what is known of them."),
    row(("echo", 2),    LOADING | STALE | FAST, "1.0.0", connection::echo).value_at(1)
        .about("O(n), n the size of the argument", "Answers its argument."),
    row(("hello", -1),  OPEN,                   "6.0.0", connection::hello)
        .about("O(1)", "Chooses the protocol; may authenticate and name the connection."),
    row(("ping", -1),   FAST,                   "1.0.0", connection::ping).value_at(1)
        .tips(tip::ALL_SHARDS)
        .about("O(n), n the size of the argument", "Answers PONG, or its argument."),
    row(("quit", -1),   OPEN,                   "1.0.0", connection::quit)
        .deprecated("7.2.0", "just closing the connection")
        .about("O(1)", "Answers OK and closes the connection."),
    row(("reset", 1),   OPEN,                   "6.2.0", connection::reset)
        .about("O(n), n the keys watched and the commands queued",
            "Makes the connection as it was when it was new."),
    row(("select", 2),  LOADING | STALE | FAST, "1.0.0", connection::select)
        .about("O(1)", "Chooses the database of the connection."),
];
