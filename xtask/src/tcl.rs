//! `cargo xtask tcl`: the test suite of Redis itself against a release build, unit by unit.
//!
//! The script does the work: it fetches the suite, prints passed, failed and skipped for each unit,
//! and fails if a test fails that its list does not name, or if one that it names passes.
use crate::root;
use std::process::{Command, Stdio};

const SCRIPT: &str = "scripts/tcl-suite.sh";

/// Builds the server, then runs the units: those of the script, unless `units` names some.
pub(crate) fn run(units: &[&str]) -> Result<(), String> {
    step("cargo", &["build", "--release", "--quiet", "--package", "granite"], units)?;
    step(SCRIPT, &[], units)
}

fn step(program: &str, arguments: &[&str], units: &[&str]) -> Result<(), String> {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    if !units.is_empty() {
        command.env("UNITS", units.join(" "));
    }
    let status = command.status().map_err(|why| format!("{program} does not start: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program}: failed ({status})")) }
}
