//! Random commands: the engine against the model, many seeds.
use super::{Plan, Trial};
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::reached::Reached;
use crate::transcript::Settings;
use crate::workload::{LEFT_OUT, Profile, command_names};
use granite_engine::commands::table::COMMANDS;
use granite_engine::limits::Limits;
use std::collections::BTreeSet;

/// Runs one seed; a failure says how to see it again.
fn run(seed: u64, said: &mut BTreeSet<String>) {
    if let Err(why) = super::run_seed(seed, said, &mut Reached::new()) {
        panic!("{why}\ncargo run -p granite-simulator -- random --seeds {seed}..{}", seed + 1);
    }
}

#[test]
fn random_commands_agree_with_the_model() {
    let mut said = BTreeSet::new();
    for seed in 0..300 {
        run(seed, &mut said);
    }
    // A trial that never met these has proved little.
    for what in [
        "OOM command not allowed when used memory > ",
        "EXECABORT Transaction discarded because of previous errors.",
        "ERR EXEC without MULTI",
        "ERR increment or decrement would overflow",
        "ERR DB index is out of range",
        "ERR no such key",
        "ERR syntax error",
        "a watch is broken",
    ] {
        assert!(said.contains(what), "no seed has met {what:?}: {said:#?}");
    }
}

#[test]
fn every_command_of_the_table_has_a_generator() {
    let known: BTreeSet<&str> =
        command_names().chain(LEFT_OUT.iter().map(|(name, _)| *name)).collect();
    for command in COMMANDS {
        let name = command.name.to_ascii_uppercase();
        assert!(known.contains(name.as_str()), "{name} has neither a generator nor a reason");
    }
    for name in known {
        let is_there = COMMANDS.iter().any(|command| command.name.eq_ignore_ascii_case(name));
        assert!(is_there, "{name} has a generator, but the table does not have it");
    }
}

/// The judge itself must be able to say no.
#[test]
fn a_wrong_model_is_found_out() {
    let profile = Profile {
        key_count: 5,
        value_size_max: 100,
        is_heavy: false,
        near_deadlines: true,
        has_collections: false,
        has_all_collections: false,
        has_computed: false,
    };
    let plan = Plan { command_count: 300, profile, clock_is_ours: true, may_be_full: false };
    let mut granite = Granite::new(Limits::tiny(), 1, Faults::default());
    let mut trial = Trial::new(&mut granite, 1, plan, &Settings::default());
    // Its clock is a day late: keys that have expired seem to be there.
    trial = trial.with_model(|model| model.now_ms = 2_000_000_000_000 - 86_400_000);
    assert!(trial.run().is_err());
}
