//! The test of the tests: builds itself with planted bugs, plants one after the other, and lets
//! the hunters run until one of them notices.
//!
//! A hunter is a command line that runs a range of seeds and, if something is wrong, fails or says
//! so in a line that begins with `failed`. So a process that aborts or hangs has noticed as well,
//! and which seed it was is found by running the seeds of the range that failed one by one.
//!
//! Invariant: a bug counts as found only if the same seed passes without it.
use granite_engine::planted::ALL;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Seeds that each hunter may take to find a bug.
const SEEDS_MAX: u64 = 1_000;

/// How long a child may take, whatever its seeds: what takes longer hangs.
const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks at a child.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Characters of a failure that the table shows.
const SHOWN_SIZE_MAX: usize = 90;

/// A way to run seeds: the words of a command line.
type Hunter = &'static [&'static str];

/// The word that stands for the seeds, `A..B`.
const SEEDS: &str = "SEEDS";

/// Those that there are, and how many seeds of each are run at a time: cheap ones first.
const HUNTERS: [(Hunter, u64); 2] =
    [(&["random", "--seeds", SEEDS], 50), (&["child", SEEDS, "2000"], 10)];

/// How a bug was found.
struct Found {
    hunter: Hunter,
    seed: u64,
    how: String,
}

/// Plants the bugs with these numbers, or all of them, and prints who was found.
pub fn run(numbers: &[usize]) -> Result<(), String> {
    let program = build()?;
    let numbers = if numbers.is_empty() { (1..=ALL.len()).collect() } else { numbers.to_vec() };
    if let Some(unknown) = numbers.iter().find(|number| !(1..=ALL.len()).contains(*number)) {
        return Err(format!("there is no bug {unknown}"));
    }
    let missed: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let worker_count = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..worker_count {
            scope.spawn(|| {
                while let Some(number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (_, name) = ALL[number - 1];
                    let found = hunt(&program, *number);
                    println!("{number:>3} {name:<28} {}", in_words(found.as_ref()));
                    if found.is_none() {
                        missed.lock().expect("no worker panics").push(format!("{number} {name}"));
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().expect("no worker panics");
    println!("found {}/{}", numbers.len() - missed.len(), numbers.len());
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join(", "))) }
}

fn in_words(found: Option<&Found>) -> String {
    match found {
        Some(Found { hunter, seed, how }) => format!("{} {seed}: {how}", hunter[0]),
        None => "MISSED".to_owned(),
    }
}

/// The simulator with the bugs in it, in a target folder of its own, through cargo.
fn build() -> Result<PathBuf, String> {
    let workspace = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let target = workspace.join("target/planted");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--package", "granite-simulator", "--target-dir"])
        .arg(&target)
        .current_dir(workspace)
        .env("RUSTFLAGS", "--cfg planted")
        // It is run for a minute only: linking it well would take longer.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .status()
        .map_err(|why| format!("cargo cannot be run: {why}"))?;
    if !status.success() {
        return Err("the simulator cannot be built with --cfg planted".to_owned());
    }
    Ok(target.join("release/granite-simulator"))
}

/// The first failure of a process with this bug, each hunter in turn, some seeds at a time.
fn hunt(program: &Path, number: usize) -> Option<Found> {
    let mut first = 0;
    while first < SEEDS_MAX {
        let round = first..(first + 100).min(SEEDS_MAX);
        for (hunter, step) in HUNTERS {
            let mut start = round.start;
            while start < round.end {
                let end = (start + step).min(round.end);
                if let Some((seed, how)) = first_failing(program, number, hunter, start..end) {
                    return Some(Found { hunter, seed, how });
                }
                start = end;
            }
        }
        first = round.end;
    }
    None
}

/// The first of the seeds that fails with the bug, and how. A seed that fails without it says
/// nothing about the bug.
fn first_failing(
    program: &Path,
    number: usize,
    hunter: Hunter,
    seeds: Range<u64>,
) -> Option<(u64, String)> {
    fails(program, number, hunter, seeds.clone())?;
    seeds.into_iter().find_map(|seed| {
        let how = fails(program, number, hunter, seed..seed + 1)?;
        fails(program, 0, hunter, seed..seed + 1).is_none().then_some((seed, how))
    })
}

/// Runs the seeds in a process with the bug, 0 being none; how it failed, if it did.
fn fails(program: &Path, number: usize, hunter: Hunter, seeds: Range<u64>) -> Option<String> {
    let seeds = format!("{}..{}", seeds.start, seeds.end);
    let mut child = Command::new(program)
        .args(["--bug", &number.to_string()])
        .args(hunter.iter().map(|word| if *word == SEEDS { seeds.as_str() } else { word }))
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the simulator that was just built can be run");
    let said = read(child.stdout.take().expect("it is piped"));
    let errors = read(child.stderr.take().expect("it is piped"));
    let started = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child can be waited for") {
            Some(status) => break Some(status),
            None if started.elapsed() > PATIENCE => break None,
            None => std::thread::sleep(LOOK_INTERVAL),
        }
    };
    if status.is_none() {
        child.kill().expect("a child can be killed");
        child.wait().expect("a child can be waited for");
    }
    let said = said.join().expect("reading does not panic");
    let errors = errors.join().expect("reading does not panic");
    let failure = said.lines().find_map(|line| line.strip_prefix("failed "));
    match status {
        None => Some(format!("hangs for {} s", PATIENCE.as_secs())),
        Some(status) if !status.success() => {
            Some(shown(&errors).unwrap_or_else(|| status.to_string()))
        }
        Some(_) => failure.map(|why| cut(&why.replace('\t', " "))),
    }
}

/// Reads all that a child writes, while it runs.
fn read(mut pipe: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // A child that was killed in the middle of a character has said enough.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What a failure says in one line: the message of a panic, or else its last line.
fn shown(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let panic = lines.iter().position(|line| line.contains("panicked at"));
    let line = match panic {
        Some(at) => lines.get(at + 1),
        None => lines.last(),
    };
    line.map(|line| cut(line))
}

fn cut(line: &str) -> String {
    line.trim().chars().take(SHOWN_SIZE_MAX).collect()
}

#[cfg(test)]
#[path = "planted_test.rs"]
mod planted_test;
