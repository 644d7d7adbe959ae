//! The judges as a program.
//!
//! `conformance --port N` replays the transcripts against a real redis-server on loopback, which
//! should be there for this alone (`redis-server --port N --save '' --enable-debug-command yes`).
//! With `UPDATE_EXPECT=1` it writes Redis' replies into the transcripts.
//!
//! `model --port N --seeds N..M` puts random commands to a real redis-server and judges the
//! *model* by its replies, and then watches and changes keys (`workload::vigil`).
//!
//! `random --seeds N..M` puts random commands to the engine, one after the other, which the model
//! judges. Every fourth seed is one of collections in little memory, too (`scarcity`).
//!
//! `--seeds N..M` runs whole worlds: many clients at once, a kernel with faults, pools of any
//! size, and the same model. `--seed N --verbose` replays one of them; if it fails, it is made as
//! small as it gets, and told as a story.
//!
//! `differential` puts random commands to a real redis-server and to running Granites, and compares
//! what they say and keep; `cargo xtask differential` starts all of them.
//!
//! `--planted [BUG ...]` tests the tests: it builds itself with planted bugs (see the engine's
//! `planted.rs`), plants one after the other, and shows which seed finds it.
use granite_simulator::differential;
use granite_simulator::reached::Reached;
use granite_simulator::redis::Redis;
use granite_simulator::transcript::{Case, Settings, Transcript, replay};
use granite_simulator::trial::{Plan, Trial, run_seed};
use granite_simulator::watched_allocator::WatchedAllocator;
use granite_simulator::workload::Profile;
use granite_simulator::{planted, scarcity, seeds, world};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;

/// Fails a seed in which the engine allocates.
#[global_allocator]
static ALLOCATOR: WatchedAllocator = WatchedAllocator;

const USAGE: &str = "usage: granite-simulator conformance --port N [TRANSCRIPT ...]
       granite-simulator model --port N --seeds N..M
       granite-simulator random --seeds N..M
       granite-simulator --seeds N..M [--commands N]
       granite-simulator --seed N [[--commands N] --verbose]
       granite-simulator --planted [BUG ...]
       granite-simulator differential --redis PORT --granite NAME=PORT [--granite NAME=PORT ...]
            [--commands N] [--seed N] [--keep-going]";

/// Commands in the world of a seed, unless it is asked for otherwise.
const COMMANDS: &str = "2000";

/// Of so many seeds one is also one of collections in little memory.
const SEEDS_PER_SCARCITY: u64 = 4;

/// Keys that are watched and changed when the model is judged.
const VIGIL_COUNT: u32 = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match planted_before(&words) {
        ["conformance", "--port", port, paths @ ..] => conformance(port, paths),
        ["model", "--port", port, "--seeds", seeds] => judge_the_model(port, seeds),
        ["random", "--seeds", seeds] => random(seeds),
        ["--seeds", seeds] => worlds(seeds, COMMANDS),
        ["--seeds", seeds, "--commands", count] => worlds(seeds, count),
        ["--seed", seed] => one_world(seed, COMMANDS, false),
        ["--seed", seed, "--verbose"] => one_world(seed, COMMANDS, true),
        ["--seed", seed, "--commands", count, "--verbose"] => one_world(seed, count, true),
        // What the program asks of itself, in children.
        ["child", seeds, count] => range(seeds)
            .and_then(|seeds| number(count).map(|count| seeds::run_range(seeds, count as u32))),
        ["steps", seed, count, steps, rest @ ..] => {
            plan(seed, count, !rest.is_empty()).and_then(|plan| seeds::run_steps(plan, steps))
        }
        ["differential", options @ ..] => {
            differential::parse(options).and_then(|options| differential::run(&options))
        }
        ["--planted", bugs @ ..] => {
            let numbers: Result<Vec<usize>, _> = bugs.iter().map(|bug| bug.parse()).collect();
            numbers.map_err(|_| USAGE.to_owned()).and_then(|numbers| planted::run(&numbers))
        }
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn conformance(port: &str, paths: &[&str]) -> Result<(), String> {
    let mut redis = Redis::connect(port_number(port)?)?;
    let all = granite_simulator::transcript_paths();
    let chosen: Vec<&Path> = match paths {
        [] => all.iter().map(AsRef::as_ref).collect(),
        paths => paths.iter().map(Path::new).collect(),
    };
    let mut difference_count = 0;
    for path in chosen {
        let text =
            std::fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
        let transcript =
            Transcript::parse(&text).map_err(|why| format!("{}:{why}", path.display()))?;
        let outcome = replay(&transcript, &mut redis, skipped_against_redis);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{name}: {} requests, {} answered otherwise, {} cases left out",
            outcome.request_count,
            outcome.differences.len(),
            outcome.skipped.len()
        );
        outcome.skipped.iter().for_each(|case| println!("  left out: {case}"));
        outcome.differences.iter().for_each(|difference| println!("  {difference}"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(path, &outcome.text).map_err(|why| why.to_string())?;
        }
        difference_count += outcome.differences.len();
    }
    match difference_count {
        0 => Ok(()),
        count => Err(format!("{count} replies are not Redis'")),
    }
}

fn port_number(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| USAGE.to_owned())
}

fn range(seeds: &str) -> Result<Range<u64>, String> {
    let (first, last) = seeds.split_once("..").ok_or(USAGE)?;
    Ok(number(first)?..number(last)?)
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| USAGE.to_owned())
}

fn plan(seed: &str, command_count: &str, is_verbose: bool) -> Result<world::Plan, String> {
    let plan = world::Plan::whole(number(seed)?, number(command_count)? as u32);
    Ok(world::Plan { is_verbose, ..plan })
}

fn worlds(seeds: &str, command_count: &str) -> Result<(), String> {
    seeds::run_all(&range(seeds)?, number(command_count)? as u32)
}

fn one_world(seed: &str, command_count: &str, is_verbose: bool) -> Result<(), String> {
    seeds::run_one(&plan(seed, command_count, is_verbose)?)
}

fn random(seeds: &str) -> Result<(), String> {
    let (mut said, mut reached) = (BTreeSet::new(), Reached::new());
    let seeds = range(seeds)?;
    seeds.clone().try_for_each(|seed| {
        run_seed(seed, &mut said, &mut reached)?;
        match seed % SEEDS_PER_SCARCITY {
            0 => scarcity::run_seed(seed, &mut said, &mut reached).map(drop),
            _ => Ok(()),
        }
    })?;
    println!("the engine agrees with the model; it has said:");
    for what in said {
        println!("  {what}");
    }
    print!("{}", reached.table());
    Ok(())
}

/// Plants the bug that stands before the other words, in a build that has any.
fn planted_before<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    #[cfg(planted)]
    if let ["--bug", number, rest @ ..] = words {
        granite_engine::planted::plant(number.parse().expect("a number of a bug"));
        return rest;
    }
    words
}

fn judge_the_model(port: &str, seeds: &str) -> Result<(), String> {
    let mut redis = Redis::connect(port_number(port)?)?;
    let profile = Profile {
        key_count: 20,
        value_size_max: 70_000,
        is_heavy: false,
        near_deadlines: false,
        has_collections: false,
        has_all_collections: false,
        has_computed: false,
    };
    let plan = Plan { command_count: 400, profile, clock_is_ours: false, may_be_full: false };
    let mut said = BTreeSet::new();
    for seed in range(seeds)? {
        let mut trial = Trial::new(&mut redis, seed, plan, &Settings::default());
        trial = trial.with_model(|model| (model.slack_ms, model.like_7_0) = (500, true));
        let result = trial.run().and_then(|()| trial.keep_vigils(VIGIL_COUNT));
        result.map_err(|why| format!("seed {seed}\n{why}"))?;
        said.append(&mut trial.said);
    }
    println!("the model agrees with Redis; it has met:");
    for what in said {
        println!("  {what}");
    }
    Ok(())
}

/// Cases with limits of their own have no meaning there, marked differences are decided.
fn skipped_against_redis(case: &Case) -> Option<String> {
    let differs = case.settings.differs.as_ref().map(|why| format!("differs: {why}"));
    let limited = !case.settings.limits.is_empty();
    differs.or_else(|| limited.then(|| "has limits of its own".to_owned()))
}
