//! Trials of collections in little memory: every refusal of a write into one is judged, by what it
//! needs at most and what is free (`model/collection/need.rs`).
//!
//! Strings fill the memory, some of them go again, and the rest is for collections.
use crate::granite::Granite;
use crate::kernel::Faults;
use crate::memory::Room;
use crate::model::Spare;
use crate::reached::Reached;
use crate::transcript::Settings;
use crate::trial::{Plan, Trial, hash_key};
use crate::workload::Profile;
use crate::world::grove;
use granite_engine::limits::Limits;
use granite_engine::random::Random;
use std::collections::BTreeSet;

/// Bytes of the strings that fill the memory.
const FILLING_SIZE: u64 = 8_100;

/// Trees of many leaves in a trial.
const GROVE_COUNT: u32 = 6;

/// One seed against the engine; how many refusals were judged.
pub fn run_seed(
    seed: u64,
    said: &mut BTreeSet<String>,
    reached: &mut Reached,
) -> Result<u64, String> {
    let mut random = Random::new(seed ^ 0x5CA2_C17E);
    let limits = limits(&mut random);
    let profile = Profile {
        key_count: 20,
        value_size_max: [300, 9_000, 66_000][random.below(3) as usize],
        is_heavy: false,
        near_deadlines: true,
        has_collections: true,
        has_all_collections: true,
        has_computed: false,
    };
    let plan = Plan { command_count: 200, profile, clock_is_ours: true, may_be_full: true };
    let mut granite = Granite::new(limits, seed, Faults::default());
    let mut trial = Trial::new(&mut granite, seed, plan, &Settings::default());
    trial = trial.with_model(|model| {
        model.now_ms = 2_000_000_000_000;
        model.spare = Some(Spare::new(Room::of(&limits, hash_key(seed))));
    });
    let filling_count = limits.data_bytes / FILLING_SIZE;
    let filled = trial.fill(FILLING_SIZE, random.below(filling_count));
    let grown =
        filled.and_then(|()| (0..GROVE_COUNT).try_for_each(|_| grow(&mut trial, &mut random)));
    let result = grown.and_then(|()| trial.run()).map_err(|why| format!("seed {seed}\n{why}"));
    said.append(&mut trial.said);
    let judged_count = trial.model.spare.as_ref().map_or(0, |spare| spare.judged_count);
    granite.kernel().engine.check();
    reached.collect(granite.kernel());
    result.map(|()| judged_count)
}

/// A tree grows and is cut down, and is met by others.
fn grow(trial: &mut Trial<'_, Granite>, random: &mut Random) -> Result<(), String> {
    let (puts, others) = grove::draw(random);
    trial.ask_all(1, puts)?;
    trial.ask_all(2, others)
}

fn limits(random: &mut Random) -> Limits {
    let frame_size = 32 << 10;
    let frame_count = [12, 48, 128, 200][random.below(4) as usize];
    Limits {
        maxmemory: 64 << 20,
        keys_max: 4_000,
        data_bytes: frame_count * u64::from(frame_size),
        frame_size,
        blocks_max: 256,
        request_size_max: 1 << 20,
        staged_max: 64,
        ..Limits::tiny()
    }
}

#[cfg(test)]
#[path = "scarcity_test.rs"]
mod scarcity_test;
