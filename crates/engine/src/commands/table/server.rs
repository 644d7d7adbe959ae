//! Rows of the commands on the server itself, and of the two that clear caches it does not have.
use super::category::{self, CONNECTION};
use super::flag::{ADMIN, ALLOW_BUSY, FAST, LOADING, NO_MULTI, NOSCRIPT, PROTECTED, READONLY};
use super::flag::{STALE, WRITE};
use super::{Command, Group, Run, key, tip};
use crate::commands::{command, config, debug, help, info, memory, server, slow};

const fn row(name: (&'static str, i8), flags: u32, since: &'static str, run: Run) -> Command {
    Command::new(Group::Server, name, flags, key::NONE, since, run)
}

/// COMMAND, whose category is `@connection`.
const fn about_commands(name: (&'static str, i8), since: &'static str, run: Run) -> Command {
    row(name, LOADING | STALE, since, run).category(CONNECTION)
}

/// A command on scripts or functions.
const fn script(name: (&'static str, i8), flags: u32, since: &'static str, run: Run) -> Command {
    Command::new(Group::Scripting, name, flags, key::NONE, since, run)
}

/// Administration, allowed in every state of the server.
const MANAGE: u32 = ADMIN | NOSCRIPT | LOADING | STALE;
/// As `MANAGE`, and scripts may too.
const OBSERVE: u32 = ADMIN | LOADING | STALE;
const HELP: u32 = LOADING | STALE;
const STOP: u32 = MANAGE | NO_MULTI | ALLOW_BUSY;

#[rustfmt::skip] // A table reads in columns.
const COMMAND: &[Command] = &[
    about_commands(("command|count", 2),            "2.8.13", command::count)
        .about("O(1)", "Counts the commands."),
    about_commands(("command|docs", -2),            "7.0.0",  command::docs).tips(tip::ANY_ORDER)
        .about("O(n), n the count of commands", "What commands are for, and their arguments."),
    about_commands(("command|getkeys", -3),         "2.8.13", command::getkeys)
        .about("O(n), n the count of arguments", "The keys of a whole command."),
    about_commands(("command|getkeysandflags", -3), "7.0.0",  command::getkeysandflags)
        .about("O(n), n the count of arguments",
               "The keys of a whole command, and what it does with them."),
    about_commands(("command|help", 2),             "5.0.0",  help::help)
        .about("O(1)", "The subcommands of COMMAND."),
    about_commands(("command|info", -2),            "2.8.13", command::info).tips(tip::ANY_ORDER)
        .about("O(n), n the count of commands", "Arity, flags and keys of commands."),
    about_commands(("command|list", -2),            "7.0.0",  command::list).tips(tip::ANY_ORDER)
        .about("O(n), n the count of commands", "The names of commands, all or some."),
];

#[rustfmt::skip] // A table reads in columns.
const CONFIG: &[Command] = &[
    row(("config|get", -3),      MANAGE, "2.0.0", config::get)
        .about("O(n), n the count of options", "The values of the options that match patterns."),
    row(("config|help", 2),      HELP,   "5.0.0", help::help)
        .about("O(1)", "The subcommands of CONFIG."),
    row(("config|resetstat", 2), MANAGE, "2.0.0", config::resetstat).tips(tip::ALL_NODES)
        .about("O(n), n the count of commands", "Sets the statistics of INFO to zero."),
    row(("config|rewrite", 2),   MANAGE, "2.8.0", config::rewrite).tips(tip::ALL_NODES)
        .about("O(1)", "Refused: the server opens no file after its start."),
    row(("config|set", -4),      MANAGE, "2.0.0", config::set).tips(tip::ALL_NODES)
        .about("O(n), n the count of options", "Changes options, all or none."),
];

#[rustfmt::skip] // A table reads in columns.
const LATENCY: &[Command] = &[
    row(("latency|doctor", 2),     MANAGE, "2.8.13", slow::latency_doctor).tips(tip::EACH_NODE)
        .about("O(1)", "A report on slow events."),
    row(("latency|help", 2),       HELP,   "2.8.13", help::help)
        .about("O(1)", "The subcommands of LATENCY."),
    row(("latency|histogram", -2), MANAGE, "7.0.0",  slow::histogram).tips(tip::EACH_NODE)
        .about("O(n), n the count of commands",
               "How long commands took, as cumulative distributions."),
    row(("latency|history", 3),    MANAGE, "2.8.13", slow::latency_samples).tips(tip::EACH_NODE)
        .about("O(1)", "Samples of one slow event: none are taken."),
    row(("latency|latest", 2),     MANAGE, "2.8.13", slow::latency_samples).tips(tip::EACH_NODE)
        .about("O(1)", "The latest slow events: none are taken."),
    row(("latency|reset", -2),     MANAGE, "2.8.13", slow::latency_reset).tips(tip::ALL_NODES)
        .about("O(n), n the count of commands", "Forgets the samples of slow events."),
];

#[rustfmt::skip] // A table reads in columns.
const MEMORY: &[Command] = &[
    row(("memory|doctor", 2), 0,        "4.0.0", memory::doctor).tips(tip::EACH_SHARD)
        .about("O(1)", "A report on memory."),
    row(("memory|help", 2),   HELP,     "4.0.0", help::help)
        .about("O(1)", "The subcommands of MEMORY."),
    row(("memory|plan", 2),   0,        "7.2.0", memory::plan)
        .about("O(1)", "Every pool of the memory plan with its size, use and high-water mark."),
    row(("memory|stats", 2),  0,        "4.0.0", memory::stats).tips(tip::EACH_SHARD)
        .about("O(1)", "Where memory goes."),
    row(("memory|usage", -3), READONLY, "4.0.0", memory::usage).keys(key::SECOND)
        .about("O(1)", "The bytes that a key takes, its share of the index included."),
];

#[rustfmt::skip] // A table reads in columns.
const SLOWLOG: &[Command] = &[
    row(("slowlog|get", -2),  OBSERVE, "2.2.12", slow::slowlog_get)
        .tips(&["request_policy:all_nodes", "nondeterministic_output"])
        .about("O(n), n the count of entries", "The latest slow commands."),
    row(("slowlog|help", 2),  HELP,    "6.2.0",  help::help)
        .about("O(1)", "The subcommands of SLOWLOG."),
    row(("slowlog|len", 2),   OBSERVE, "2.2.12", slow::slowlog_len)
        .tips(&["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"])
        .about("O(1)", "Counts the slow commands that are kept."),
    row(("slowlog|reset", 2), OBSERVE, "2.2.12", slow::slowlog_reset).tips(tip::ALL_NODES)
        .about("O(1)", "Forgets the slow commands."),
];

#[rustfmt::skip] // A table reads in columns.
const FUNCTION: &[Command] = &[
    script(("function|flush", -2), NOSCRIPT | WRITE, "7.0.0", server::function_flush)
        .tips(tip::ALL_SHARDS)
        .about("O(1)", "Deletes all functions: there are none."),
    script(("function|help", 2),   HELP,             "7.0.0", help::help)
        .about("O(1)", "The subcommands of FUNCTION."),
];

#[rustfmt::skip] // A table reads in columns.
const SCRIPT: &[Command] = &[
    script(("script|flush", -2), NOSCRIPT, "2.6.0", server::script_flush).tips(tip::ALL_NODES)
        .about("O(1)", "Deletes all scripts: there are none."),
    script(("script|help", 2),   HELP,     "5.0.0", help::help)
        .about("O(1)", "The subcommands of SCRIPT."),
];

/// The rows.
#[rustfmt::skip] // A table reads in columns.
pub(super) const COMMANDS: &[Command] = &[
    about_commands(("command", -1),  "2.8.13", command::all).subcommands(COMMAND)
        .category(CONNECTION).tips(tip::ANY_ORDER)
        .about("O(n), n the count of commands", "Arity, flags and keys of every command."),
    row(("config", -2),   0,                      "2.0.0",  super::container).subcommands(CONFIG)
        .about("Depends on the subcommand", "The options of the running server."),
    row(("debug", -2),    MANAGE | PROTECTED,     "1.0.0",  debug::debug)
        .about("Depends on the subcommand", "Tools for tests."),
    script(("function", -2), 0,                   "7.0.0",  super::container).subcommands(FUNCTION)
        .about("Depends on the subcommand", "Functions: there are none."),
    row(("info", -1),     LOADING | STALE,        "1.0.0",  info::info)
        .category(category::DANGEROUS).tips(tip::EACH_SHARD)
        .about("O(1)", "The state of the server, in sections."),
    row(("lastsave", 1),  LOADING | STALE | FAST, "1.0.0",  server::lastsave)
        .category(category::ADMIN | category::DANGEROUS).tips(tip::VARIES)
        .about("O(1)",
               "The Unix time of the last save: that of the start, since nothing is saved."),
    row(("latency", -2),  0,                      "2.8.13", super::container).subcommands(LATENCY)
        .about("Depends on the subcommand", "How long commands take."),
    row(("memory", -2),   0,                      "4.0.0",  super::container).subcommands(MEMORY)
        .about("Depends on the subcommand", "The memory of the server."),
    script(("script", -2), 0,                     "2.6.0",  super::container).subcommands(SCRIPT)
        .about("Depends on the subcommand", "Scripts: there are none."),
    row(("shutdown", -1), STOP,                   "1.0.0",  server::shutdown)
        .about("O(1)", "Ends the server. Nothing is saved."),
    row(("slowlog", -2),  0,                      "2.2.12", super::container).subcommands(SLOWLOG)
        .about("Depends on the subcommand", "Commands that took long."),
    row(("time", 1),      LOADING | STALE | FAST, "2.6.0",  server::time).tips(tip::VARIES)
        .about("O(1)", "The time of the server."),
];
