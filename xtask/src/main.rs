//! The project's own tools, one word each: `cargo xtask ci`, `tidy`, `commands`, `limits`,
//! `differential`, `tcl`.
mod bad_inputs;
mod ci;
mod commands;
mod differential;
mod licences;
mod limits;
mod tcl;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(),
        ["commands"] => commands::write(),
        ["limits"] => limits::write(),
        ["differential", options @ ..] => differential::run(options),
        ["tcl", units @ ..] => tcl::run(units),
        _ => {
            Err("usage: cargo xtask ci | tidy | commands | limits | differential | tcl [UNIT ...]"
                .to_owned())
        }
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
