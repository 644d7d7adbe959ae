//! `cargo xtask differential`: builds Granite and the judge, starts a redis-server and a Granite
//! for each I/O engine, and lets the judge compare them.
//!
//! Keeps true: every server that was started is ended, however the run ends, and the redis-server
//! is the version for which the known differences were written down.
use crate::owned_child::OwnedChild;
use crate::{check, debian, root, target};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// The Redis whose differences are known: Debian's.
const REDIS_VERSION: &str = "v=7.0.15 ";
/// Commands if nothing else is said: some half a minute on two cores.
const COMMAND_COUNT: &str = "2000000";
/// Where the first server listens; the others on the ports behind it.
const PORT: u16 = 7960;

const USAGE: &str = "usage: cargo xtask differential [--commands N] [--seed N] [--port N] \
                     [--keep-going]";

/// What Granite gets, so that it meets none of its limits: those are no business of Redis.
const OPTIONS: &[&str] = &[
    "--maxmemory",
    "1gb",
    "--keys-max",
    "710000",
    "--reply-max",
    "256mb",
    "--command-work-max",
    "1gb",
    "--request-blocks",
    "8192",
    "--request-size-max",
    "64mb",
];

/// Runs the judge with the options of the command line.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let (port, options) = options(words)?;
    install_redis()?;
    let build = ["build", "--release", "--quiet", "-p", "granite", "-p", "granite-simulator"];
    check("cargo", Command::new("cargo").args(build).current_dir(root()))?;
    let mut redis = Command::new("redis-server");
    redis.args(["--port", &port.to_string(), "--save", "", "--bind", "127.0.0.1"]);
    let _redis = start(&mut redis)?;
    let mut judge = Command::new(target().join("release/granite-simulator"));
    judge.args(["differential", "--redis", &port.to_string()]);
    let mut granites = Vec::new();
    for (index, io) in ["uring", "epoll"].into_iter().enumerate() {
        let port = (port + 1 + index as u16).to_string();
        let mut granite = Command::new(target().join("release/granite"));
        granite.args(["--port", &port, "--io", io]).args(OPTIONS);
        match start(&mut granite) {
            Ok(server) => granites.push(server),
            Err(why) if io == "uring" && why.contains("io_uring") => {
                println!("--io uring is left out: {why}");
                continue;
            }
            Err(why) => return Err(why),
        }
        judge.args(["--granite", &format!("{io}={port}")]);
    }
    check("granite-simulator", judge.args(options))
}

/// The first port, and what is for the judge.
fn options<'a>(words: &[&'a str]) -> Result<(u16, Vec<&'a str>), String> {
    let (mut port, mut options) = (PORT, vec!["--commands", COMMAND_COUNT]);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--keep-going" => options.push(word),
            "--commands" | "--seed" => options.extend([word, *words.next().ok_or(USAGE)?]),
            "--port" => {
                let text = words.next().ok_or(USAGE)?;
                port = text.parse().map_err(|_| USAGE)?;
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    Ok((port, options))
}

/// The redis-server of Debian 12, installed if there is none.
fn install_redis() -> Result<(), String> {
    let said = debian::redis_version()?;
    if said.contains(REDIS_VERSION) {
        return Ok(());
    }
    Err(format!("known differences are those of Redis 7.0.15, but here is {said}"))
}

/// Starts a server and waits until it says that it is ready.
fn start(command: &mut Command) -> Result<OwnedChild, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| format!("{name}: {why}"))?;
    let mut server = OwnedChild(child);
    let output = server.0.stdout.take().expect("it is a pipe");
    let (mut lines, mut last) = (BufReader::new(output).lines(), String::new());
    for line in lines.by_ref().map_while(Result::ok) {
        if line.contains("eady to accept connections") {
            // Whoever writes into a pipe that nobody reads waits for ever.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(server);
        }
        last = line;
    }
    Err(format!("{name} does not start: {last}"))
}

#[test]
fn options_are_shared_out() {
    assert_eq!(options(&[]), Ok((PORT, vec!["--commands", COMMAND_COUNT])));
    let words = ["--seed", "7", "--port", "7200", "--keep-going", "--commands", "5"];
    let judge = vec!["--commands", COMMAND_COUNT, "--seed", "7", "--keep-going", "--commands", "5"];
    assert_eq!(options(&words), Ok((7200, judge)));
    assert_eq!(options(&["--seed"]), Err(USAGE.to_owned()));
    assert_eq!(options(&["--nosuch", "7"]), Err(USAGE.to_owned()));
}
