//! The trees fit the table.
use super::{Argument, Kind, TABLES};
use crate::commands::command::named;

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
        assert!(command.arity != 1, "{name} takes no arguments");
        for argument in *arguments {
            check(argument, command.keys.len(), 1);
        }
    }
}
