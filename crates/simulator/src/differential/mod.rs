//! The differential judge: the same streams of commands to a real redis-server and to Granite,
//! whose replies and stored state have to be equal.
//!
//! The grammar is what COMMAND DOCS of the redis-server tells (`docs`, `grammar`), the values are
//! written by hand (`edges`, `values`), `rules` has a row for each command. `stream` makes streams,
//! `player` plays them, `compare` and `state` say what is equal, `known` lists what may differ, and
//! `shrink` and `script` make a failure small and readable.
//!
//! Keeps true: a command without a generator, a generator that never gets an answer, and a known
//! difference that no longer shows are failures, as a difference is.
pub mod compare;
pub mod docs;
pub mod edges;
pub mod geo;
pub mod grammar;
pub mod hyperloglog;
pub mod known;
pub mod link;
pub mod player;
pub mod rules;
pub mod script;
pub mod shrink;
pub mod sorted;
mod sorting;
pub mod state;
pub mod stream;
pub mod tracker;
pub mod values;
pub mod wire;
pub mod words;

use crate::trial::unix_ms;
use crate::value::Value;
use known::{KNOWN, LONG_RUN};
use link::Pair;
use player::{Finding, Player, Tally};
use rules::RULES;
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;
use stream::{Generator, Stream};

/// Commands of a stream. Streams are short, so that a failing one can be played a thousand times.
const STREAM_LENGTH: usize = 10_000;
/// Differences that are shown by a run that goes on.
const FINDING_COUNT_MAX: usize = 40;

/// What a run does.
pub struct Options {
    /// The port of the redis-server, which is there for this alone.
    pub redis: u16,
    /// Names and ports of the Granites, each of another kind.
    pub granites: Vec<(String, u16)>,
    /// Commands, shared by all kinds and protocols.
    pub command_count: u64,
    /// The first stream.
    pub seed: u64,
    /// Goes on after a difference, and shows one for each command.
    pub goes_on: bool,
}

/// Plays streams until enough commands have been answered alike.
pub fn run(options: &Options) -> Result<(), String> {
    let (name, port) = options.granites.first().ok_or("there is no Granite to judge")?;
    let syntaxes = grammar_of(&mut Pair::connect(options.redis, *port, name)?)?;
    let generator = Generator::new(syntaxes, STREAM_LENGTH);
    let mut tallies: Vec<Tally> = options.granites.iter().map(|_| Tally::new()).collect();
    let begin = Instant::now();
    let stream_count = options.command_count.div_ceil(STREAM_LENGTH as u64);
    let seeds = options.seed..options.seed + stream_count;
    let kind_count = tallies.len() as u64;
    let (made, streams) = sync_channel(2);
    std::thread::spawn(move || {
        for seed in seeds {
            // Kinds take turns, and then protocols.
            let resp3 = seed / kind_count % 2 == 1;
            if made.send(generator.stream(seed, resp3, unix_ms())).is_err() {
                return;
            }
        }
    });
    let finding_count = play_all(options, &mut tallies, &streams)?;
    report(options, &tallies, begin.elapsed().as_secs());
    let mut problems = Vec::new();
    if finding_count > 0 {
        problems.push(format!("{finding_count} differences"));
    }
    problems.extend(unseen(&tallies));
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// Asks both servers for their commands, and Redis for their syntax.
fn grammar_of(pair: &mut Pair) -> Result<Vec<grammar::Node>, String> {
    let list = pair.ask_granite(&[b"COMMAND", b"LIST", b"FILTERBY", b"PATTERN", b"*"])?;
    let names: Vec<String> = list
        .elements()
        .unwrap_or_default()
        .iter()
        .map(|name| match name {
            Value::Bulk(name) => String::from_utf8_lossy(name).into_owned(),
            other => format!("{other:?}"),
        })
        .collect();
    let is_container = |name: &str| {
        name != "command" && names.iter().any(|other| other.starts_with(&format!("{name}|")))
    };
    rules::check_complete(names.iter().map(String::as_str).filter(|name| !is_container(name)))?;
    rules::check_complete(rules::table_names().into_iter())?;
    let docs = docs::parse(&pair.ask_redis(&[b"COMMAND", b"DOCS"])?)?;
    rules::syntaxes(&docs)
}

fn play_all(
    options: &Options,
    tallies: &mut [Tally],
    streams: &Receiver<Stream>,
) -> Result<usize, String> {
    let mut shown = BTreeSet::new();
    let mut finding_count = 0;
    for stream in streams {
        let kind = (stream.seed % tallies.len() as u64) as usize;
        let (name, port) = &options.granites[kind];
        // Connections of its own: CLIENT LIST shows whoever else is there.
        let pair = Pair::connect(options.redis, *port, name)?;
        let mut player = Player { pair, tally: std::mem::take(&mut tallies[kind]) };
        let result = player.play(&stream, &stream.steps);
        tallies[kind] = std::mem::replace(&mut player.tally, Tally::new());
        let Err(finding) = result else { continue };
        finding_count += 1;
        if shown.insert(finding.about.clone()) {
            show(&mut player, &stream, &finding);
        }
        if !options.goes_on || shown.len() >= FINDING_COUNT_MAX {
            break;
        }
    }
    Ok(finding_count)
}

/// Prints a difference, and the fewest commands that show it.
fn show(player: &mut Player, stream: &Stream, finding: &Finding) {
    let (seed, name) = (stream.seed, player.pair.name().to_owned());
    let protocol = if stream.resp3 { "RESP3" } else { "RESP2" };
    let index = finding.index;
    println!("\nDIFFERENCE in stream {seed}, command {index} ({name}, {protocol})");
    println!("{}", finding.text);
    if player.pair.reconnect().is_err() {
        println!("one of the servers is gone, so this cannot be made smaller");
        return;
    }
    let steps = shrink::shrink(player, stream, finding);
    if steps.is_empty() {
        println!("it does not show again when the stream is played again");
        return;
    }
    println!("redis-cli -p PORT, {} commands on a server without keys:", steps.len());
    println!("{}", script::script(stream, &steps));
}

fn report(options: &Options, tallies: &[Tally], seconds: u64) {
    let total: u64 = tallies.iter().map(|tally| tally.command_count).sum();
    println!("{total} commands in {seconds} s, {} each second", total / seconds.max(1));
    for (tally, (name, _)) in tallies.iter().zip(&options.granites) {
        let Tally { command_count, state_count, key_count, slack_ms, .. } = *tally;
        println!(
            "  {name}: {command_count} commands; state compared {state_count} times, {key_count} \
             keys; times within {slack_ms} ms"
        );
    }
    println!("known differences:");
    for (index, known) in KNOWN.iter().enumerate() {
        let count: u64 = tallies.iter().map(|tally| tally.known[index]).sum();
        println!("  {count:8} {}: {}", known.name, known.reason);
    }
}

/// What a long run should have met, and has not.
fn unseen(tallies: &[Tally]) -> Vec<String> {
    let total: u64 = tallies.iter().map(|tally| tally.command_count).sum();
    if total < LONG_RUN {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (index, known) in KNOWN.iter().enumerate() {
        if tallies.iter().all(|tally| tally.known[index] == 0) {
            problems.push(format!("a known difference no longer shows: {}", known.name));
        }
    }
    for (index, rule) in RULES.iter().enumerate() {
        if tallies.iter().all(|tally| tally.replies[index][0] == 0) {
            problems.push(format!("{} was never answered but by errors", rule.name));
        }
    }
    problems
}

/// The words of the command line.
pub fn parse(words: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        redis: 0,
        granites: Vec::new(),
        command_count: 2_000_000,
        seed: 0,
        goes_on: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--keep-going" {
            options.goes_on = true;
            continue;
        }
        let value = words.next().ok_or(format!("{word} needs a value"))?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("{word} {text}?"));
        let port = |text: &str| text.parse::<u16>().map_err(|_| format!("{word} {text}?"));
        match *word {
            "--redis" => options.redis = port(value)?,
            "--commands" => options.command_count = number(value)?,
            "--seed" => options.seed = number(value)?,
            "--granite" => {
                let (name, text) = value.split_once('=').ok_or("--granite NAME=PORT")?;
                options.granites.push((name.to_owned(), port(text)?));
            }
            _ => return Err(format!("no such option: {word}")),
        }
    }
    Ok(options)
}
