//! What the benchmark is asked to do.
use super::cases::{CASES, Case};
use std::path::PathBuf;
use std::str::FromStr;

const USAGE: &str = "usage: cargo xtask bench [--option value ...]
  --rounds N (5)         each with processes of its own
  --slices N (3)         turns of each server in each case and round
  --seconds S (0.3)      of a turn that count
  --warm-seconds S (0.1) before them that do not
  --all                  every case, not only those that have a target
  --cases WORDS,...      cases with all words of one of the patterns: --cases 'get p16,set 1024B'
  --quick                one round, and no case with 20 M keys
  --servers NAME,...     granite-uring, granite-epoll, valkey91, redis70, null-uring, null-epoll
  --server NAME=COMMAND  one more server; {port}, {memory}, {limit}, {policy} and {size} in it
  --base NAME            whose figures the ratios refer to (valkey91)
  --out FILE             results as JSON if its name ends in .json, else as Markdown
  --port N (7700)        the first port";

/// The servers of a run, unless it is asked for otherwise.
const SERVERS: &str = "granite-uring,granite-epoll,valkey91,redis70,null-uring,null-epoll";

/// One run of the benchmark.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) round_count: u32,
    /// Of each case in each round.
    pub(super) slice_count: u32,
    pub(super) seconds: f64,
    pub(super) warm_seconds: f64,
    pub(super) cases: Vec<Case>,
    /// Names of servers that are known.
    pub(super) servers: Vec<String>,
    /// Names and commands of further ones.
    pub(super) others: Vec<(String, String)>,
    pub(super) base: String,
    pub(super) output: Option<PathBuf>,
    pub(super) port: u16,
}

/// What becomes cases when all words are read.
#[derive(Default)]
struct Choice {
    is_all: bool,
    is_quick: bool,
    patterns: Option<String>,
}

impl Options {
    pub(super) fn parse(words: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            round_count: 5,
            slice_count: 3,
            seconds: 0.3,
            warm_seconds: 0.1,
            cases: Vec::new(),
            servers: names(SERVERS),
            others: Vec::new(),
            base: "valkey91".to_owned(),
            output: None,
            port: 7700,
        };
        let mut choice = Choice::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--all" => choice.is_all = true,
                "--quick" => {
                    choice.is_quick = true;
                    options.round_count = 1;
                }
                name => {
                    let value = words.next().ok_or(USAGE)?;
                    options.set(name, value, &mut choice)?;
                }
            }
        }
        options.cases = choice.cases();
        if options.cases.is_empty() {
            let names: Vec<String> = CASES.iter().map(Case::name).collect();
            return Err(format!("no such case; there are\n{}", names.join("\n")));
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str, choice: &mut Choice) -> Result<(), String> {
        match name {
            "--rounds" => self.round_count = number(value)?,
            "--slices" => self.slice_count = number(value)?,
            "--seconds" => self.seconds = number(value)?,
            "--warm-seconds" => self.warm_seconds = number(value)?,
            "--cases" => choice.patterns = Some(value.to_owned()),
            "--servers" => self.servers = names(value),
            "--server" => {
                let (name, command) = value.split_once('=').ok_or(USAGE)?;
                self.others.push((name.to_owned(), command.to_owned()));
            }
            "--base" => value.clone_into(&mut self.base),
            "--out" => self.output = Some(value.into()),
            "--port" => self.port = number(value)?,
            _ => return Err(USAGE.to_owned()),
        }
        Ok(())
    }
}

impl Choice {
    fn cases(&self) -> Vec<Case> {
        let is_chosen = |case: &&Case| match &self.patterns {
            Some(patterns) => case.is_named(patterns),
            None => (case.is_target || self.is_all) && !(self.is_quick && case.is_long()),
        };
        CASES.iter().filter(is_chosen).copied().collect()
    }
}

fn names(list: &str) -> Vec<String> {
    list.split(',').filter(|name| !name.is_empty()).map(Into::into).collect()
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a number that fits: {text}\n{USAGE}"))
}

#[test]
fn options_choose_cases() {
    let count = |words: &[&str]| Options::parse(words).map(|options| options.cases.len());
    let targets = CASES.iter().filter(|case| case.is_target).count();
    assert_eq!(count(&[]), Ok(targets));
    assert_eq!(count(&["--quick"]), Ok(targets - 2));
    assert_eq!(count(&["--all"]), Ok(CASES.len()));
    assert_eq!(count(&["--cases", "get 1M p64 64B,set p64 1M"]), Ok(2));
    assert!(count(&["--cases", "nosuch"]).is_err());
    assert!(count(&["--rounds", "many"]).is_err());
    assert!(count(&["--rounds"]).is_err());
}
