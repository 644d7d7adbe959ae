//! Many seeds: ranges of them in child processes of this program, so that an abort is a result
//! with its seed named, and what a world leaks (buffers are handed out for ever) goes with it.
//! And one seed: replayed, and if it fails made as small as it gets.
use crate::reached::Reached;
use crate::report::Report;
use crate::world::Plan;
use granite_engine::marks::Mark;
use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Instant;

/// Seeds of one child.
const SEEDS_PER_CHILD: u64 = 50;

/// Marks that no world reaches, and why.
const UNREACHABLE: &[(Mark, &str)] = &[
    (Mark::StopWaited, "a world ends when all have been answered; tests of the engine have it"),
    (Mark::StopCut, "a world ends when all have been answered; tests of the engine have it"),
];

/// Failures that are told at length.
const TOLD_MAX: usize = 10;

/// Seeds between two that are run twice, to see that both runs are the same.
const SEEDS_PER_TWIN: u64 = 100;

/// Runs that making a failure smaller may take.
const TRIES_MAX: u32 = 3_000;

/// A seed that failed, and how.
struct Failure {
    seed: u64,
    why: String,
}

/// What all workers have found so far.
#[derive(Default)]
struct Findings {
    report: Report,
    seed_count: u64,
    failures: Vec<Failure>,
}

impl Findings {
    fn fail(&mut self, seed: u64, why: String) {
        eprintln!("seed {seed} failed");
        self.failures.push(Failure { seed, why });
        self.seed_count += 1;
    }
}

/// A child's work: runs seeds one after the other and writes lines that `supervise` reads.
pub fn run_range(seeds: Range<u64>, command_count: u32) {
    for seed in seeds {
        say(&format!("begin {seed}"));
        let plan = Plan::whole(seed, command_count);
        let result = plan.run().and_then(|report| {
            if seed.is_multiple_of(SEEDS_PER_TWIN) && plan.run()? != report {
                return Err("a second run of the same seed went otherwise".to_owned());
            }
            Ok(report)
        });
        match result {
            Ok(report) => say(&format!("done {}", report.to_line())),
            Err(why) => say(&format!("failed {}", why.replace('\n', "\t"))),
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("somebody reads this");
}

/// Runs all seeds on all cores; fails if one of them does.
pub fn run_all(seeds: &Range<u64>, command_count: u32) -> Result<(), String> {
    let begin = Instant::now();
    let mut ranges = VecDeque::new();
    let mut first = seeds.start;
    while first < seeds.end {
        ranges.push_back(first..(first + SEEDS_PER_CHILD).min(seeds.end));
        first += SEEDS_PER_CHILD;
    }
    let (ranges, findings) = (Mutex::new(ranges), Mutex::new(Findings::default()));
    let worker_count = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..worker_count {
            scope.spawn(|| work(&ranges, command_count, &findings));
        }
    });
    let findings = findings.into_inner().expect("no worker panics");
    print(&findings, begin.elapsed().as_secs_f64(), worker_count);
    match findings.failures.len() {
        0 => Reached::among(&findings.report.met).judge(findings.seed_count, UNREACHABLE),
        count => Err(format!("{count} of {} seeds failed", findings.seed_count)),
    }
}

fn work(ranges: &Mutex<VecDeque<Range<u64>>>, command_count: u32, findings: &Mutex<Findings>) {
    loop {
        let range = ranges.lock().expect("no worker panics").pop_front();
        let Some(range) = range else { return };
        let next = supervise(range.clone(), command_count, findings);
        if next < range.end {
            ranges.lock().expect("no worker panics").push_front(next..range.end);
        }
    }
}

fn spawn(arguments: &[String]) -> Child {
    let program = std::env::current_exe().expect("this program has a path");
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    child.expect("this program starts once more")
}

/// Runs a range in a child; returns the first seed that the child did not come to.
fn supervise(range: Range<u64>, command_count: u32, findings: &Mutex<Findings>) -> u64 {
    let seeds = format!("{}..{}", range.start, range.end);
    let mut child = spawn(&["child".to_owned(), seeds, command_count.to_string()]);
    let out = BufReader::new(child.stdout.take().expect("it was piped"));
    let mut stderr = child.stderr.take().expect("it was piped");
    // What a panic says is short: it waits in the pipe until the child is gone.
    let mut running = None;
    let mut next = range.start;
    for line in out.lines() {
        let line = line.expect("a child writes text");
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let mut findings = findings.lock().expect("no worker panics");
        match word {
            "begin" => {
                next = rest.parse().expect("a child writes seeds");
                running = Some(next);
            }
            "done" => {
                findings.report.add(&Report::from_line(rest).expect("a child writes reports"));
                findings.seed_count += 1;
                (running, next) = (None, next + 1);
            }
            "failed" => {
                findings.fail(next, rest.replace('\t', "\n"));
                (running, next) = (None, next + 1);
            }
            _ => {}
        }
    }
    let mut text = String::new();
    let _ = stderr.read_to_string(&mut text);
    let status = child.wait().expect("a child ends");
    if let Some(seed) = running {
        let why = format!("seed {seed}: the process ended with {status}\n{text}");
        findings.lock().expect("no worker panics").fail(seed, why);
        next = seed + 1;
    }
    next
}

fn print(findings: &Findings, seconds: f64, worker_count: usize) {
    let Findings { report, seed_count, failures } = findings;
    println!("{:>12}  rare things that happened", "times");
    for (what, count) in &report.met {
        println!("{count:>12}  {what}");
    }
    for (mark, why) in UNREACHABLE {
        println!("{:>12}  {}: {why}", "excused", mark.name());
    }
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let per_second = |count: u64| count as f64 / seconds;
    println!(
        "{seed_count} seeds in {seconds:.1} s with {worker_count} processes: {:.1} seeds a second",
        per_second(*seed_count)
    );
    println!(
        "{} commands, {} replies judged, {} lost, {} turns; {:.0} commands a second and process",
        report.command_count,
        report.judged_count,
        report.lost_count,
        report.turn_count,
        per_second(report.command_count / worker_count as u64)
    );
    println!("most steps of background work in a turn: {}", report.work_max);
    for failure in failures.iter().take(TOLD_MAX) {
        println!("{}\n  granite-simulator --seed {} --verbose", failure.why, failure.seed);
    }
    let rest: Vec<String> =
        failures.iter().skip(TOLD_MAX).map(|failure| failure.seed.to_string()).collect();
    if !rest.is_empty() {
        println!("failed too: {}", rest.join(" "));
    }
}

/// Replays one seed; a failure is made smaller if the plan is verbose, and what is left is told.
pub fn run_one(plan: &Plan) -> Result<(), String> {
    let mut quiet = Plan { is_verbose: false, ..plan.clone() };
    let Some(why) = attempt(&quiet) else {
        println!("seed {} passed", plan.seed);
        return Ok(());
    };
    if !plan.is_verbose {
        return Err(why);
    }
    shrink(&mut quiet);
    let left = of_ranges(quiet.chosen.as_deref().unwrap_or_default());
    let story = arguments(&Plan { is_verbose: true, ..quiet });
    let program = std::env::current_exe().expect("this program has a path");
    let _ = Command::new(program).args(story).status();
    Err(format!("{why}\nthe story above is what is left of seed {}: steps {left}", plan.seed))
}

fn of_ranges(ranges: &[Range<usize>]) -> String {
    let words = ranges.iter().map(|range| format!("{}..{}", range.start, range.end));
    words.collect::<Vec<_>>().join(",")
}

/// Ranges as `of_ranges` writes them.
fn ranges(text: &str) -> Option<Vec<Range<usize>>> {
    let range = |word: &str| {
        let (start, end) = word.split_once("..")?;
        Some(start.parse().ok()?..end.parse().ok()?)
    };
    text.split(',').filter(|word| !word.is_empty()).map(range).collect()
}

fn arguments(plan: &Plan) -> Vec<String> {
    let chosen = plan.chosen.as_deref().map_or_else(|| format!("0..{}", usize::MAX), of_ranges);
    let mut words = vec!["steps".to_owned(), plan.seed.to_string(), plan.command_count.to_string()];
    words.push(chosen);
    words.extend(plan.is_verbose.then(|| "verbose".to_owned()));
    words
}

/// A child's work: only these steps of a seed.
pub fn run_steps(mut plan: Plan, steps: &str) -> Result<(), String> {
    plan.chosen = Some(ranges(steps).ok_or("steps are ranges")?);
    plan.run().map(drop)
}

/// Does the plan fail? In a child, since it may abort.
fn attempt(plan: &Plan) -> Option<String> {
    let mut child = spawn(&arguments(plan));
    let mut text = String::new();
    let mut stderr = child.stderr.take().expect("it was piped");
    let _ = stderr.read_to_string(&mut text);
    let status = child.wait().expect("a child ends");
    (!status.success()).then(|| format!("{status}: {text}"))
}

/// Leaves out ever smaller groups of steps while the seed still fails.
fn shrink(plan: &mut Plan) {
    let mut kept: Vec<usize> = (0..plan.step_count()).collect();
    let mut group_size = kept.len().div_ceil(2);
    let mut try_count = 0;
    while group_size > 0 && try_count < TRIES_MAX {
        let mut start = 0;
        let size_before = kept.len();
        while start < kept.len() && try_count < TRIES_MAX {
            let end = (start + group_size).min(kept.len());
            let rest: Vec<usize> = kept[..start].iter().chain(&kept[end..]).copied().collect();
            try_count += 1;
            plan.chosen = Some(joined(&rest));
            if attempt(plan).is_some() {
                kept = rest;
            } else {
                start = end;
            }
        }
        // Single steps once more, while that helps: they depend on each other.
        if kept.len() == size_before || group_size > 1 {
            group_size /= 2;
        }
    }
    eprintln!("{} steps are left after {try_count} runs", kept.len());
    plan.chosen = Some(joined(&kept));
}

fn joined(steps: &[usize]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for step in steps {
        match ranges.last_mut() {
            Some(last) if last.end == *step => last.end += 1,
            _ => ranges.push(*step..step + 1),
        }
    }
    ranges
}
