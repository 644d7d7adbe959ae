//! The command line: `granite [FILE|-] [--directive value ...]`, `granite plan ...`.
use super::error::{OptionsError, Place};
use super::reader::Reader;
use super::words::Words;
use super::{Mode, Start, hide};
use granite_engine::memory::plan::KeyShape;
use granite_engine::options::hot::REQUIREPASS;
use granite_engine::options::kind::read_bytes;
use granite_engine::options::table::find;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

/// Reads the command line, without the name of the program.
pub(super) fn read(arguments: &[Vec<u8>]) -> Result<Start, OptionsError> {
    let mut rest = arguments;
    let mut reader = Reader::new();
    let mut config_file = String::new();
    let mut mode = match rest.first().map(Vec::as_slice) {
        Some(b"--version" | b"-v") => Mode::Version,
        Some(b"--help" | b"-h") => Mode::Help,
        Some(b"--test-memory") => return Err(fail(b"--test-memory", "memtest86 does this better")),
        Some(b"plan") => {
            rest = &rest[1..];
            Mode::Plan { json: false, target: None, shape: KeyShape::DEFAULT }
        }
        _ => Mode::Run,
    };
    if matches!(mode, Mode::Version | Mode::Help) {
        rest = &[];
    }
    if let Some(path) = rest.first().filter(|path| *path == b"-" || !path.starts_with(b"-")) {
        rest = &rest[1..];
        reader.read_file(path)?;
        if path != b"-" {
            config_file = absolute(path);
        }
    }
    let mut plan = PlanFlags::default();
    let mut words = Words::default();
    while let [name, behind @ ..] = rest {
        let Some(directive) = name.strip_prefix(b"--").filter(|name| !name.is_empty()) else {
            return Err(fail(name, "a directive begins with '--'"));
        };
        let count = behind.iter().take_while(|word| !word.starts_with(b"--")).count();
        let (values, next) = behind.split_at(count);
        rest = next;
        if matches!(mode, Mode::Plan { .. }) && plan.take(directive, values)? {
            continue;
        }
        if find(directive) == Some(REQUIREPASS) {
            hide_password(values, &mut reader);
        }
        words.replace([directive].into_iter().chain(values.iter().map(Vec::as_slice)));
        reader.directive(&words, &Place::CommandLine)?;
    }
    if let Mode::Plan { .. } = mode {
        mode = plan.mode()?;
    }
    let (settings, notices) = reader.finish()?;
    Ok(Start { mode, settings, notices, config_file })
}

fn fail(text: &[u8], what: &str) -> OptionsError {
    OptionsError::at(&Place::CommandLine, text, what)
}

fn absolute(path: &[u8]) -> String {
    let path = std::path::Path::new(OsStr::from_bytes(path));
    let full = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    full.to_string_lossy().into_owned()
}

/// A password on the command line can be read by every user of the machine, unless it is taken out.
fn hide_password(values: &[Vec<u8>], reader: &mut Reader) {
    let hidden = values.iter().all(|value| hide::hide(value));
    let text = if hidden {
        "a password on the command line: taken out of the list of processes, but visible until \
         now; a file is safer"
    } else {
        "a password on the command line is visible in the list of processes: use a file"
    };
    reader.notice(text.into());
}

/// What only `granite plan` knows.
#[derive(Debug, Default)]
struct PlanFlags {
    json: bool,
    key_count: Option<u64>,
    key_size: Option<u64>,
    value_size: Option<u64>,
    has_ttl: bool,
}

impl PlanFlags {
    /// Takes a flag of `granite plan`; false if it is none.
    fn take(&mut self, name: &[u8], values: &[Vec<u8>]) -> Result<bool, OptionsError> {
        let number = || match values {
            [value] => match read_bytes(value).and_then(|number| u64::try_from(number).ok()) {
                Some(number) => Ok(Some(number)),
                None => Err(fail(value, "argument must be a number, as 10m or 64kb")),
            },
            _ => Err(fail(name, "wrong number of arguments")),
        };
        match name {
            b"keys" => self.key_count = number()?,
            b"key-size" => self.key_size = number()?,
            b"value-size" => self.value_size = number()?,
            b"json" | b"ttl" if !values.is_empty() => {
                return Err(fail(name, "wrong number of arguments"));
            }
            b"json" => self.json = true,
            b"ttl" => self.has_ttl = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn mode(&self) -> Result<Mode, OptionsError> {
        let shape = KeyShape {
            key_size: self.key_size.unwrap_or(KeyShape::DEFAULT.key_size),
            value_size: self.value_size.unwrap_or(KeyShape::DEFAULT.value_size),
            has_ttl: self.has_ttl,
        };
        if self.key_count == Some(0) {
            return Err(fail(b"--keys 0", "no keys need no memory (range: 1 and more)"));
        }
        let target = self.key_count.map(|count| (count, shape));
        Ok(Mode::Plan { json: self.json, target, shape })
    }
}
