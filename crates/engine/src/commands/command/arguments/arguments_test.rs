//! The trees fit the table.
use super::{Argument, Kind, TABLES, arguments_of};
use crate::commands::command::named;
use crate::commands::table::CommandId;

/// Commands that take arguments of which Redis says nothing either.
const SILENT: [&str; 4] = ["command|getkeys", "command|getkeysandflags", "debug", "quit"];

fn check(argument: &Argument, key_range_count: usize, depth: u32) {
    assert!(depth <= 5, "{}: deeper than documented", argument.name);
    let nests = matches!(argument.kind, Kind::Block | Kind::OneOf);
    assert_eq!(nests, !argument.arguments.is_empty(), "{}", argument.name);
    if let Some(key_spec) = argument.key_spec {
        assert!(usize::from(key_spec) < key_range_count, "{}", argument.name);
    }
    for part in argument.arguments {
        check(part, key_range_count, depth + 1);
    }
}

#[test]
fn arguments_belong_to_commands() {
    for table in TABLES {
        assert!(table.is_sorted_by_key(|(name, _)| name));
    }
    for (name, arguments) in TABLES.into_iter().flatten() {
        let command = named(name.as_bytes()).expect(name).command();
        for argument in *arguments {
            check(argument, command.keys.len(), 1);
        }
    }
}

#[test]
fn commands_that_take_arguments_say_which() {
    for id in CommandId::all() {
        let command = id.command();
        let word_count = command.name.split('|').count();
        let takes_none =
            usize::from(command.arity.unsigned_abs()) == word_count && command.arity > 0;
        let is_silent = SILENT.contains(&command.name) || !command.subcommands.is_empty();
        let says_none = arguments_of(command.name).is_empty();
        assert_eq!(says_none, takes_none || is_silent, "{}", command.name);
    }
}
