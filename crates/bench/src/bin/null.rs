//! The null server as a program: serves until it is told to end.
use granite_bench::null::{self, options::Options};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match Options::parse(&words).and_then(|options| null::serve(&options)) {
        Ok(command_count) => {
            println!("{command_count} commands");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
