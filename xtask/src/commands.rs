//! `docs/commands.md`: written from the engine's own table of commands, so that it cannot lie.
use crate::root;
use granite_engine::commands::table::{COMMANDS, Command, Work};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Every command of Redis 7.2 with its chapter: what we do not have, we say.
const REDIS: &str = include_str!("redis_commands.txt");

const PATH: &str = "docs/commands.md";

/// Writes the page.
pub(crate) fn write() -> Result<(), String> {
    std::fs::write(root().join(PATH), page()).map_err(|why| format!("{PATH}: {why}"))
}

/// Is the page in the tree the one that the table gives?
pub(crate) fn check() -> Result<(), String> {
    let current = std::fs::read_to_string(root().join(PATH)).unwrap_or_default();
    if current == page() { Ok(()) } else { Err(format!("{PATH}: run `cargo xtask commands`")) }
}

fn page() -> String {
    let mut page = String::from(
        "# Commands\n\n\
         Written by `cargo xtask commands` from the table of commands; do not edit.\n\
         Options, replies and error texts are those of Redis 7.2.\n\n\
         *Work* is what a command touches beyond its arguments and its reply. What touches more \
         than `command-work-max` bytes is refused with an error that names the limit and what to \
         use instead.\n",
    );
    let mut groups: BTreeMap<&str, Vec<&Command>> = BTreeMap::new();
    for command in COMMANDS {
        groups.entry(command.group.name()).or_default().push(command);
    }
    for (group, commands) in &groups {
        let head = "| Command | Since | Complexity | Work | |\n|---|---|---|---|---|";
        write!(page, "\n## {group}\n\n{head}\n").expect("a string takes all");
        for command in commands {
            if command.subcommands.is_empty() {
                row(&mut page, command);
            }
            command.subcommands.iter().for_each(|subcommand| row(&mut page, subcommand));
        }
    }
    page.push_str("\n## Not supported yet\n");
    let mut missing: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in REDIS.lines() {
        let (name, group) = line.split_once(' ').expect("a name and a chapter");
        if COMMANDS.iter().all(|command| command.name != name) {
            missing.entry(group).or_default().push(name.to_ascii_uppercase());
        }
    }
    for (group, names) in missing {
        write!(page, "\n**{group}**: {}\n", names.join(", ")).expect("a string takes all");
    }
    page
}

fn row(page: &mut String, command: &Command) {
    let work = match command.work {
        Work::Bounded => "",
        Work::Value => "its value",
        Work::Values => "its values",
        Work::Keyspace => "all keys",
    };
    let name = command.name.replace('|', " ").to_ascii_uppercase();
    let (since, complexity, summary) = (command.since, command.complexity, command.summary);
    writeln!(page, "| {name} | {since} | {complexity} | {work} | {summary} |")
        .expect("a string takes all");
}
