//! Is every command that writes in a vigil?
use super::{CHANGES, KINDS};
use granite_engine::commands::table::COMMANDS;
use granite_engine::commands::table::flag::WRITE;

/// Writes that are in no vigil, and why.
const LEFT_OUT: &[(&str, &str)] = &[("PFDEBUG", "the model does not know how registers lie")];

#[test]
fn every_command_that_writes_is_in_a_vigil() {
    let of_kinds = KINDS.iter().flat_map(|kind| kind.changes);
    let name = |line: &&str| line.split(' ').next().unwrap_or_default().to_owned();
    let known: Vec<String> = of_kinds.chain(CHANGES).map(name).collect();
    let writing = COMMANDS.iter().filter(|command| command.flags.0 & WRITE != 0);
    for command in writing {
        let name = command.name.to_ascii_uppercase();
        let is_left_out = LEFT_OUT.iter().any(|(left, _)| *left == name);
        assert!(known.contains(&name) != is_left_out, "{name} is in no vigil");
    }
}
