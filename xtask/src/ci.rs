//! `cargo xtask ci`: everything that must hold before a change is on main, cheapest first.
//!
//! The first failure ends it. Nothing but the Rust toolchain is expected; a script that needs
//! more installs it, or says that it cannot and fails.
use crate::{licences, root};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Steps that are one command each.
const STEPS: &[(&str, &[&str])] = &[
    ("formatting", &["cargo", "fmt", "--all", "--check"]),
    (
        "lints",
        &["cargo", "clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
    ),
    ("tests", &["cargo", "test", "--workspace", "--quiet"]),
    ("release build", &["cargo", "build", "--release", "--workspace", "--quiet"]),
    // A process for each thousand: an engine's buffers are handed out for ever, about 6 MiB a seed.
    ("more seeds", &["target/release/granite-simulator", "random", "--seeds", "1000..2000"]),
    ("yet more seeds", &["target/release/granite-simulator", "random", "--seeds", "2000..3000"]),
    ("worlds", &["target/release/granite-simulator", "--seeds", "0..2000"]),
    ("a real redis-server says the same", &["cargo", "xtask", "differential"]),
    ("the store has no history", &["scripts/no-history.sh"]),
    ("clients of other languages", &["scripts/clients.sh"]),
    ("the suite of Redis itself", &["scripts/tcl-suite.sh"]),
];

/// Runs all steps.
pub(crate) fn run() -> Result<(), String> {
    licences::check()?;
    for (name, words) in STEPS {
        let begin = Instant::now();
        println!("== {name}: {}", words.join(" "));
        let status = Command::new(words[0])
            .args(&words[1..])
            .current_dir(root())
            .stdin(Stdio::null())
            .status()
            .map_err(|why| format!("{name}: {} does not start: {why}", words[0]))?;
        if !status.success() {
            return Err(format!("{name}: failed ({status})"));
        }
        println!("== {name}: passed in {} s", begin.elapsed().as_secs());
    }
    Ok(())
}
