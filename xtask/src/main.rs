//! The project's own tools, one word each: `cargo xtask ci`, `tidy`, `commands`, `limits`,
//! `differential`, `tcl`, `bench`.
mod bad_inputs;
mod bench;
mod ci;
mod commands;
mod debian;
mod differential;
mod licences;
mod limits;
mod owned_child;
mod tcl;
mod tidy;

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(),
        ["commands"] => commands::write(),
        ["limits"] => limits::write(),
        ["differential", options @ ..] => differential::run(options),
        ["tcl", units @ ..] => tcl::run(units),
        ["bench", options @ ..] => bench::run(options),
        _ => Err("usage: cargo xtask ci | tidy | commands | limits | differential | \
                  tcl [UNIT ...] | bench [OPTION ...]"
            .to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.parent().expect("xtask is a folder of the workspace").to_owned()
}

/// The folder that cargo builds into.
fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR");
    let folder = folder.map_or_else(|| root().join("target"), PathBuf::from);
    std::path::absolute(folder).expect("a path is made absolute without looking at it")
}

/// Runs a program to its end.
fn check(name: &str, command: &mut Command) -> Result<(), String> {
    let status = command.stdin(Stdio::null()).status().map_err(|why| format!("{name}: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status})")) }
}
