//! What is asked of the engine: the command line.
use crate::load::kind::Kind;
use crate::load::request::Mix;

const USAGE: &str = "usage: granite-engine-load [--option value ...]
  --kind KIND (get)       as of granite-load
  --connections N (50)    --pipeline N (16)    requests of one connection in a round
  --rounds N (400)        --seed N (1)         where all chance comes from
  --keys N (1000000)      --value-size BYTES (64)
  --elements N (1)        of each key, where it is a collection
  --data-memory MIB (512) --keys-per-command N (100) of commands with several";

/// One run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The requests.
    pub kind: Kind,
    /// Connections, each of which has sent its pipeline when a round begins.
    pub connection_count: u32,
    /// Requests of a connection in one round.
    pub pipeline: u32,
    /// Rounds that are measured.
    pub round_count: u32,
    /// Where all chance comes from.
    pub seed: u64,
    /// How many keys are stored before the first round.
    pub key_count: u64,
    /// Bytes of their values.
    pub value_size: u32,
    /// MiB of data memory.
    pub data_memory_mib: u64,
    /// Keys of a command that has several.
    pub keys_per_command: u32,
    /// Elements of a key that is a collection; 1 for others.
    pub element_count: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kind: Kind::from_name("get").expect("a row of the table"),
            connection_count: 50,
            pipeline: 16,
            round_count: 400,
            seed: 1,
            key_count: 1_000_000,
            value_size: 64,
            data_memory_mib: 512,
            keys_per_command: 100,
            element_count: 1,
        }
    }
}

impl Options {
    /// Reads the command line.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        for pair in words.chunks(2) {
            let [name, value] = pair else { return Err(USAGE.to_owned()) };
            match name.as_str() {
                "--kind" => options.kind = Kind::from_name(value).ok_or(USAGE)?,
                "--connections" => options.connection_count = value.parse().map_err(|_| USAGE)?,
                "--pipeline" => options.pipeline = value.parse().map_err(|_| USAGE)?,
                "--rounds" => options.round_count = value.parse().map_err(|_| USAGE)?,
                "--seed" => options.seed = value.parse().map_err(|_| USAGE)?,
                "--keys" => options.key_count = value.parse().map_err(|_| USAGE)?,
                "--elements" => options.element_count = value.parse().map_err(|_| USAGE)?,
                "--value-size" => options.value_size = value.parse().map_err(|_| USAGE)?,
                "--data-memory" => options.data_memory_mib = value.parse().map_err(|_| USAGE)?,
                "--keys-per-command" => {
                    options.keys_per_command = value.parse().map_err(|_| USAGE)?;
                }
                _ => return Err(USAGE.to_owned()),
            }
        }
        let is_complete = options.connection_count > 0
            && options.pipeline > 0
            && options.round_count > 0
            && options.key_count > 0
            && options.data_memory_mib > 0
            && options.keys_per_command > 0
            && options.element_count > 0;
        if is_complete { Ok(options) } else { Err(USAGE.to_owned()) }
    }

    /// Keys and elements that are stored before.
    pub fn stored_count(&self) -> u64 {
        self.key_count * self.element_count
    }

    /// The measured requests.
    pub fn mix(&self) -> Mix {
        Mix {
            weights: vec![(self.kind, 1)],
            value_size: self.value_size,
            keys_per_command: self.keys_per_command,
            element_count: self.element_count,
            ..Mix::default()
        }
    }

    /// Those that store what they ask for.
    pub fn fill(&self) -> Mix {
        let loader = Kind::from_name(self.kind.loader).expect("a row of the table");
        Mix { weights: vec![(loader, 1)], ..self.mix() }
    }
}
