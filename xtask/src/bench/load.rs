//! Runs the load generator against one server, and reads the line that it prints.
use super::cases::{Case, Data};
use super::options::Options;
use super::servers::Server;
use crate::target;
use std::process::{Command, Stdio};

/// The core of the load generator.
const CLIENT_CORE: &str = "1";

/// The figures of one run, in the order of `FIELDS`.
pub(super) type Sample = [f64; FIELDS.len()];

/// What the load generator says, by name.
pub(super) const FIELDS: [&str; 12] = [
    "operations_per_second",
    "server_cpu_us",
    "p50_us",
    "p99_us",
    "p999_us",
    "max_us",
    "client_share",
    "server_share",
    "operations",
    "values",
    "nulls",
    "errors",
];

/// The place of a field in a sample.
pub(super) fn field(name: &str) -> usize {
    FIELDS.iter().position(|field| *field == name).expect("a field of the load generator")
}

/// Stores every key, or every element of each, once.
pub(super) fn fill(server: &Server, data: &Data) -> Result<(), String> {
    let requests = data.stored_count().to_string();
    let words = ["--mix", data.load, "--requests", &requests, "--distribution", "sequential"];
    let sample = run(server, data, &[&words[..], &["--pipeline", "64"]].concat())?;
    match sample[field("errors")] {
        0.0 => Ok(()),
        count => Err(format!("{}: {count} of {requests} requests were refused", server.name)),
    }
}

/// One turn of a server in one case. A turn without a reply has no figures to compare.
pub(super) fn measure(
    server: &Server,
    case: &Case,
    options: &Options,
    seed: u32,
) -> Result<Sample, String> {
    let words = [
        ("--mix", case.mix.to_owned()),
        ("--pipeline", case.pipeline.to_string()),
        ("--connections", case.connection_count.to_string()),
        ("--distribution", case.distribution.to_owned()),
        ("--seconds", options.seconds.to_string()),
        ("--warm-seconds", options.warm_seconds.to_string()),
        ("--seed", seed.to_string()),
    ];
    let words: Vec<&str> = words.iter().flat_map(|(name, value)| [*name, value]).collect();
    let sample = run(server, &case.data, &words)?;
    if sample[field("operations")] > 0.0 {
        return Ok(sample);
    }
    let (name, case) = (&server.name, case.name());
    Err(format!("{name}, {case}: no reply came within a turn; longer ones with --seconds"))
}

fn run(server: &Server, data: &Data, words: &[&str]) -> Result<Sample, String> {
    let (port, pid) = (server.port.to_string(), server.pid().to_string());
    let (keys, size) = (data.key_count.to_string(), data.value_size.to_string());
    let elements = data.element_count.to_string();
    let mut command = Command::new("taskset");
    command.args(["-c", CLIENT_CORE]).arg(target().join("release/granite-load"));
    command.args(["--port", &port, "--server-pid", &pid, "--keys", &keys, "--value-size", &size]);
    command.args(["--elements", &elements]);
    let output = command.args(words).stdin(Stdio::null()).output();
    let output = output.map_err(|why| format!("taskset: {why}"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: granite-load: {}", server.name, complaint.trim()));
    }
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// Reads a flat object of numbers.
fn parse(text: &str) -> Result<Sample, String> {
    let mut sample = [0.0; FIELDS.len()];
    for (name, number) in FIELDS.iter().zip(&mut sample) {
        let (_, rest) = text.split_once(&format!("\"{name}\":")).ok_or(text)?;
        *number = rest.split([',', '}']).next().and_then(|text| text.parse().ok()).ok_or(text)?;
    }
    Ok(sample)
}

#[test]
fn a_line_of_the_load_generator_is_read() {
    let numbers = FIELDS.iter().enumerate();
    let text: Vec<String> = numbers.map(|(index, name)| format!("\"{name}\":{index}.25")).collect();
    let text = format!("{{{}}}\n", text.join(","));
    let sample = parse(&text).unwrap();
    let quarters = sample.map(|number| format!("{}", number * 4.0));
    assert_eq!(quarters[..3], ["1", "5", "9"]);
    assert_eq!(quarters[FIELDS.len() - 1], "45");
    assert!(parse("{\"operations\":1}").is_err());
}
