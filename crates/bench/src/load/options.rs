//! What the load generator is asked to do: its command line.
use super::keys::Distribution;
use super::kind::Kind;
use super::request::Mix;
use std::str::FromStr;

/// What it prints when it does not understand.
const USAGE: &str = "usage: granite-load --port N [--mix KIND=WEIGHT,...] [--option value ...]
  --connections N (50)    --pipeline N (1)      requests of one connection that are on their way
  --seconds S (5)         --warm-seconds S (0)  what is measured, and what is not, before it
  --requests N            stop after so many requests, and measure all of them
  --keys N (1000000)      --distribution uniform|zipf|sequential (uniform)
  --elements N (1)        of each key, where it is a collection
  --value-size BYTES (64) --keys-per-command N (100) of commands with several
  --ttl SECONDS (1800)    --seed N (1)          where all chance comes from
  --server-pid PID        whose processor time is told
kinds: ";

/// How it is used.
fn usage() -> String {
    format!("{USAGE}{}", Kind::names())
}

/// One run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the server listens, on loopback.
    pub port: u16,
    /// Connections, all of them busy all the time.
    pub connection_count: u32,
    /// Requests that a connection sends together; it sends again when all are answered.
    pub pipeline: u32,
    /// Length of the measurement.
    pub seconds: f64,
    /// Length of what comes before it and is not counted.
    pub warm_seconds: f64,
    /// Requests to send, instead of a length.
    pub request_count: Option<u64>,
    /// How many keys there are.
    pub key_count: u64,
    /// Which of them are asked for.
    pub distribution: Distribution,
    /// What the requests look like.
    pub mix: Mix,
    /// Where all chance comes from.
    pub seed: u64,
    /// The process of the server.
    pub server_pid: Option<u32>,
}

impl Options {
    /// Reads the command line.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut options = Self {
            port: 0,
            connection_count: 50,
            pipeline: 1,
            seconds: 5.0,
            warm_seconds: 0.0,
            request_count: None,
            key_count: 1_000_000,
            distribution: Distribution::Uniform,
            mix: Mix::default(),
            seed: 1,
            server_pid: None,
        };
        for pair in words.chunks(2) {
            let [name, value] = pair else { return Err(usage()) };
            options.set(name, value)?;
        }
        let is_complete = options.port > 0
            && options.connection_count > 0
            && options.pipeline > 0
            && options.key_count > 0
            && options.mix.keys_per_command > 0
            && options.mix.element_count > 0
            && options.mix.weights.iter().any(|&(_, weight)| weight > 0);
        if is_complete { Ok(options) } else { Err(usage()) }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "--port" => self.port = number(value)?,
            "--connections" => self.connection_count = number(value)?,
            "--pipeline" => self.pipeline = number(value)?,
            "--seconds" => self.seconds = number(value)?,
            "--warm-seconds" => self.warm_seconds = number(value)?,
            "--requests" => self.request_count = Some(number(value)?),
            "--keys" => self.key_count = number(value)?,
            "--distribution" => {
                self.distribution = match value {
                    "uniform" => Distribution::Uniform,
                    "zipf" => Distribution::Zipf,
                    "sequential" => Distribution::Sequential,
                    _ => return Err(usage()),
                }
            }
            "--mix" => self.mix.weights = mix(value)?,
            "--value-size" => self.mix.value_size = number(value)?,
            "--keys-per-command" => self.mix.keys_per_command = number(value)?,
            "--elements" => self.mix.element_count = number(value)?,
            "--ttl" => self.mix.ttl_s = number(value)?,
            "--seed" => self.seed = number(value)?,
            "--server-pid" => self.server_pid = Some(number(value)?),
            _ => return Err(usage()),
        }
        Ok(())
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a number that fits: {text}\n{}", usage()))
}

fn mix(text: &str) -> Result<Vec<(Kind, u32)>, String> {
    let part = |part: &str| {
        let (name, weight) = part.split_once('=').unwrap_or((part, "1"));
        Ok((Kind::from_name(name).ok_or_else(usage)?, number(weight)?))
    };
    text.split(',').map(part).collect()
}
