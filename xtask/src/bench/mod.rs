//! `cargo xtask bench`: Granite beside its peers and beside a server that does nothing, case by
//! case, in rounds in which every server has its turn.
//!
//! A server is started for each round: where its memory lies decides over a tenth of its time for
//! as long as it lives, and a median over rounds of one process would only show that place. Servers
//! have one core, the load generator the other; the order of the servers alternates from round to
//! round, so that what changes on the machine meets all of them.
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

/// Measures the cases that share data.
fn measure_group(
    options: &Options,
    specs: &[Spec],
    group: &[Case],
) -> Result<Vec<CaseResult>, String> {
    let empty =
        |spec: &Spec| Row { server: spec.name.clone(), samples: Vec::new(), key_memory: None };
    let rows: Vec<Row> = specs.iter().map(empty).collect();
    let mut results: Vec<CaseResult> =
        group.iter().map(|case| CaseResult { case: case.name(), rows: rows.clone() }).collect();
    for round in 0..options.round_count {
        let mut order: Vec<usize> = (0..specs.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let (name, count) = (&specs[index].name, options.round_count);
            eprintln!("round {} of {count}, {name}: {}", round + 1, group[0].name());
            // A port of its own: a ring that was killed keeps listening for a moment.
            let turn = round as usize % 2 * specs.len() + index;
            let port = options.port + turn as u16;
            let (server, key_memory) = start(&specs[index], &group[0].data, port)?;
            for (case, result) in group.iter().zip(&mut results) {
                let row = &mut result.rows[index];
                row.samples.push(load::measure(&server, case, options, round + 1)?);
                row.key_memory = key_memory;
            }
        }
    }
    Ok(results)
}

/// Starts a server and loads the data. With it comes what a key takes, or an element.
fn start(spec: &Spec, data: &Data, port: u16) -> Result<(Server, Option<Memory>), String> {
    let server = Server::start(spec, data, port)?;
    if server.is_null {
        return Ok((server, None));
    }
    let before = server.memory()?;
    load::fill(&server, data)?;
    let after = server.memory()?;
    let per_key = |before, after| (after - before) / f64::from(data.stored_count());
    let key_memory = match (before, after) {
        // Of data that evicts itself nobody knows how many keys are left.
        (Some(before), Some(after)) if !data.evicts => Some(Memory {
            used: per_key(before.used, after.used),
            resident: per_key(before.resident, after.resident),
        }),
        _ => None,
    };
    Ok((server, key_memory))
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
