//! The `granite` binary: reads the options, and does what they ask for.
use granite_server::options::{self, Mode, help};
use granite_server::startup_allocator::{self, StartupAllocator};
use granite_server::{clock, log, panic_hook, planning, start};
use std::io::Write as _;

#[global_allocator]
static ALLOCATOR: StartupAllocator = StartupAllocator;

fn main() -> ! {
    panic_hook::install();
    clock::start();
    let asked = match options::read(std::env::args_os().skip(1)) {
        Ok(asked) => asked,
        Err(error) => end(Err(error.to_string())),
    };
    let mut text = String::new();
    let printed = match asked.mode {
        Mode::Run => match start::serve(asked) {
            Err(refusal) => {
                log::warning(format_args!("{refusal}"));
                startup_allocator::leave(1);
            }
        },
        Mode::Plan { json, target, shape } => {
            planning::print(asked.settings, target, shape, json).map(|plan| text = plan)
        }
        Mode::Version => help::write_version(&mut text).map_err(|error| error.to_string()),
        Mode::Help => help::write_help(&mut text).map_err(|error| error.to_string()),
    };
    end(printed.map(|()| text))
}

/// Prints an answer, or on the standard error why there is none, and ends.
fn end(answer: Result<String, String>) -> ! {
    let (written, status) = match answer {
        Ok(text) => (std::io::stdout().write_all(text.as_bytes()), 0),
        Err(refusal) => (writeln!(std::io::stderr(), "{refusal}"), 1),
    };
    // A reader that went away (`granite --help | head`) is no failure of ours.
    let _ = written.and_then(|()| std::io::stdout().flush());
    startup_allocator::leave(status)
}
