//! Options as the user writes them: a file in the syntax of redis.conf, and the command line.
//! What they mean is engine data (`granite_engine::options`); this reads them into `Settings`.
//!
//! It runs before the region is mapped, from the bootstrap area, so it keeps little: one line at a
//! time, however large the file is. Nothing is created or mapped before it has succeeded.
//!
//! Invariant: no error and no notice contains the value of a secret option.
pub mod arguments;
pub mod error;
mod file;
pub mod help;
pub mod hide;
mod reader;
mod wildcard;
mod words;

use error::OptionsError;
use granite_engine::memory::plan::KeyShape;
use granite_engine::options::settings::Settings;
use std::os::unix::ffi::OsStringExt;

/// What `granite` was started for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// Serve.
    Run,
    /// Print the plan and exit.
    Plan {
        /// As JSON.
        json: bool,
        /// Find the memory for so many keys of such a shape, instead of using `maxmemory`.
        target: Option<(u64, KeyShape)>,
        /// What the plan promises about.
        shape: KeyShape,
    },
    /// Print the version and exit.
    Version,
    /// Print what can be said on the command line and exit.
    Help,
}

/// Everything the user said.
#[derive(Debug)]
pub struct Start {
    /// What to do.
    pub mode: Mode,
    /// Every option; what he did not say is at its default.
    pub settings: Settings,
    /// Lines to be logged at the start.
    pub notices: Vec<String>,
    /// The absolute path of the configuration file; empty if there is none.
    pub config_file: String,
}

/// Reads the command line (without the name of the program) and the file that it names.
pub fn read<I>(arguments: I) -> Result<Start, OptionsError>
where
    I: IntoIterator<Item = std::ffi::OsString>,
{
    let arguments: Vec<Vec<u8>> = arguments.into_iter().map(OsStringExt::into_vec).collect();
    arguments::read(&arguments)
}

/// Reads `text` as if it were the configuration file, without a command line: for judges that make
/// many files.
pub fn read_text(text: &[u8]) -> Result<Start, OptionsError> {
    let mut reader = reader::Reader::new();
    reader.read_text(text)?;
    let (settings, notices) = reader.finish()?;
    let config_file = String::new();
    Ok(Start { mode: Mode::Run, settings, notices, config_file })
}

#[cfg(test)]
mod options_test;
