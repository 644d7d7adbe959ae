//! `cargo xtask bench`: Granite beside its peers and beside a server that does nothing, case by
//! case, in rounds of slices in which every server has a short turn (`group.rs`).
//!
//! Servers have one core, the load generator the other.
mod cases;
mod group;
mod json;
mod load;
mod machine;
mod options;
mod peers;
mod room;
mod servers;
mod table;
mod wire;

use crate::{check, root};
use options::Options;
use servers::Spec;
use std::process::Command;
use table::CaseResult;

/// Runs the benchmark and prints its tables.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let options = Options::parse(words)?;
    let build = ["build", "--release", "--quiet", "-p", "granite", "-p", "granite-bench"];
    check("cargo", Command::new("cargo").args(build).current_dir(root()))?;
    let specs = Spec::all(&options)?;
    room::check(&options.cases, &specs)?;
    let head = machine::describe(&options);
    println!("{head}");
    let mut results = Vec::new();
    let mut rest = options.cases.as_slice();
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|case| case.data == first.data).count();
        let (group, others) = rest.split_at(count);
        rest = others;
        let of_group = group::measure(&options, &specs, group)?;
        for result in &of_group {
            println!("{}", result.markdown(&options.base));
        }
        results.extend(of_group);
        // After each group: whoever stops a long run keeps what it found.
        save(&options, &head, &results)?;
    }
    Ok(())
}

fn save(options: &Options, head: &str, results: &[CaseResult]) -> Result<(), String> {
    let Some(path) = &options.output else { return Ok(()) };
    let text = if path.extension().is_some_and(|end| end == "json") {
        json::write(results, options.slice_count)
    } else {
        let tables: Vec<String> =
            results.iter().map(|result| result.markdown(&options.base)).collect();
        format!("{head}\n{}", tables.join("\n"))
    };
    std::fs::write(path, text).map_err(|why| format!("{}: {why}", path.display()))
}
