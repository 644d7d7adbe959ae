//! `cargo xtask bench`: Granite beside its peers and beside a server that does nothing, case by
//! case, in rounds in which every server has its turn.
//!
//! The servers have one core, the load generator the other; the order of the servers alternates
//! from round to round, so that what changes on the machine meets all of them.
mod cases;
mod json;
mod load;
mod machine;
mod options;
mod peers;
mod servers;
mod table;
mod wire;

use crate::{check, root};
use cases::{Case, Data};
use options::Options;
use servers::{Memory, Server, Spec};
use std::process::Command;
use table::{CaseResult, Row};

/// What a peer takes for the data that Granite gets so much memory for, at the most.
const PEER_SHARE: f64 = 1.6;

/// Share of the available memory that all servers may take together.
const MEMORY_SHARE: f64 = 0.75;

/// Runs the benchmark and prints its tables.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let options = Options::parse(words)?;
    let build = ["build", "--release", "--quiet", "-p", "granite", "-p", "granite-bench"];
    check("cargo", Command::new("cargo").args(build).current_dir(root()))?;
    let specs = Spec::all(&options)?;
    let head = machine::describe(&options);
    println!("{head}");
    let mut results = Vec::new();
    let mut rest = options.cases.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|case| case.data == first.data).count();
        let (group, others) = rest.split_at(count);
        rest = others;
        let of_group = measure_group(&options, &specs, group)?;
        for result in &of_group {
            println!("{}", result.markdown(&options.base));
        }
        results.extend(of_group);
        // After each group: whoever stops a long run keeps what it found.
        save(&options, &head, &results)?;
    }
    Ok(())
}

/// Measures the cases that share data: all servers at once if the machine holds them, else one
/// after the other.
fn measure_group(
    options: &Options,
    specs: &[Spec],
    group: &[Case],
) -> Result<Vec<CaseResult>, String> {
    let data = &group[0].data;
    let empty =
        |spec: &Spec| Row { server: spec.name.clone(), samples: Vec::new(), key_memory: None };
    let rows: Vec<Row> = specs.iter().map(empty).collect();
    let mut results: Vec<CaseResult> =
        group.iter().map(|case| CaseResult { case: case.name(), rows: rows.clone() }).collect();
    let full_count = specs.iter().filter(|spec| !spec.is_null).count() as u32;
    let wanted_mib = f64::from(data.memory_mib * full_count) * PEER_SHARE;
    let at_once = if wanted_mib < machine::available_mib()? * MEMORY_SHARE {
        specs.len()
    } else {
        eprintln!("{wanted_mib:.0} MiB for all servers are too much: one after the other");
        1
    };
    for first in (0..specs.len()).step_by(at_once.max(1)) {
        let range = first..first + at_once;
        let servers = start(&specs[range.clone()], data, options.port + first as u16)?;
        for (index, (_, key_memory)) in servers.iter().enumerate() {
            for result in &mut results {
                result.rows[first + index].key_memory = *key_memory;
            }
        }
        for round in 0..options.round_count {
            for (case, result) in group.iter().zip(&mut results) {
                eprintln!("round {} of {}: {}", round + 1, options.round_count, result.case);
                let rows = &mut result.rows[range.clone()];
                measure_round(options, case, round, &servers, rows)?;
            }
        }
    }
    Ok(results)
}

/// Each server in turn, forth or back.
fn measure_round(
    options: &Options,
    case: &Case,
    round: u32,
    servers: &[(Server, Option<Memory>)],
    rows: &mut [Row],
) -> Result<(), String> {
    let mut turns: Vec<_> = servers.iter().zip(rows).collect();
    if round % 2 == 1 {
        turns.reverse();
    }
    for ((server, _), row) in turns {
        server.resume()?;
        let sample = load::measure(server, case, options, round + 1)?;
        server.pause()?;
        row.samples.push(sample);
    }
    Ok(())
}

/// Starts servers, loads the data, and stops each where it is. With each comes what a key takes.
fn start(
    specs: &[Spec],
    data: &Data,
    first_port: u16,
) -> Result<Vec<(Server, Option<Memory>)>, String> {
    let mut servers = Vec::new();
    for (spec, port) in specs.iter().zip(first_port..) {
        let server = Server::start(spec, data, port)?;
        let mut key_memory = None;
        if !server.is_null {
            let before = server.memory()?;
            load::fill(&server, data)?;
            let after = server.memory()?;
            let per_key = |before, after| (after - before) / f64::from(data.key_count);
            // Of data that evicts itself nobody knows how many keys are left.
            if let (Some(before), Some(after), false) = (before, after, data.evicts) {
                key_memory = Some(Memory {
                    used: per_key(before.used, after.used),
                    resident: per_key(before.resident, after.resident),
                });
            }
        }
        server.pause()?;
        servers.push((server, key_memory));
    }
    Ok(servers)
}

fn save(options: &Options, head: &str, results: &[CaseResult]) -> Result<(), String> {
    let Some(path) = &options.output else { return Ok(()) };
    let text = if path.extension().is_some_and(|end| end == "json") {
        json::write(results)
    } else {
        let tables: Vec<String> =
            results.iter().map(|result| result.markdown(&options.base)).collect();
        format!("{head}\n{}", tables.join("\n"))
    };
    std::fs::write(path, text).map_err(|why| format!("{}: {why}", path.display()))
}
