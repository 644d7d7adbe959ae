//! Directives into settings, one after the other: the last value wins.
//!
//! A promise that Granite cannot keep stops the start only if it still stands at the end, since a
//! command line may take back what a file of the distribution says.
use super::error::{OptionsError, Place, printable};
use super::file::{LINE_SIZE_MAX, Lines};
use super::wildcard;
use super::words::Words;
use granite_engine::options::error::OptionError;
use granite_engine::options::kind::Kind;
use granite_engine::options::settings::Settings;
use granite_engine::options::table::{OPTION_COUNT, OPTIONS, OptionId, Standing, find, option};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Files within files.
const INCLUDE_DEPTH_MAX: u32 = 8;

/// Files in all.
const FILE_COUNT_MAX: u32 = 1_024;

const REQUIREPASS: OptionId = option("requirepass");
const MAXMEMORY: OptionId = option("maxmemory");

/// Collects what files and the command line say.
pub(super) struct Reader {
    settings: Settings,
    /// For each option, why what was said last cannot be.
    refusals: Vec<Option<OptionsError>>,
    /// Options that the user named.
    named: [bool; OPTION_COUNT],
    notices: Vec<String>,
    file_count: u32,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            settings: Settings::new(),
            refusals: vec![None; OPTION_COUNT],
            named: [false; OPTION_COUNT],
            notices: Vec::new(),
            file_count: 0,
        }
    }

    /// Reads the file at `path`; `-` is the standard input.
    pub(super) fn read_file(&mut self, path: &[u8]) -> Result<(), OptionsError> {
        if path == b"-" {
            return self.read_lines(std::io::stdin().lock(), "standard input".into(), 0, false);
        }
        self.open(path, 0)
    }

    /// Reads `text` as if it were a file.
    pub(super) fn read_text(&mut self, text: &[u8]) -> Result<(), OptionsError> {
        self.read_lines(text, "text".into(), 0, false)
    }

    fn open(&mut self, path: &[u8], depth: u32) -> Result<(), OptionsError> {
        let name = Place::File(printable(path), 0);
        let fail = |error| OptionsError::silent(&name, format_args!("can't open it: {error}"));
        self.file_count += 1;
        if self.file_count > FILE_COUNT_MAX {
            return Err(OptionsError::silent(&name, "more than 1024 files"));
        }
        let file = File::open(Path::new(OsStr::from_bytes(path))).map_err(fail)?;
        let is_open_to_all =
            file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0);
        self.read_lines(file, printable(path), depth, is_open_to_all)
    }

    fn read_lines(
        &mut self,
        source: impl Read,
        path: String,
        depth: u32,
        is_open_to_all: bool,
    ) -> Result<(), OptionsError> {
        let had_password = !self.settings.text(REQUIREPASS).is_empty();
        let mut lines = Lines::new(source, path);
        let mut line = Vec::with_capacity(256);
        let mut words = Words::default();
        while lines.read(&mut line)? {
            let text = line.trim_ascii();
            if text.is_empty() || text.starts_with(b"#") {
                continue;
            }
            let place = lines.place();
            if words.split(text).is_err() {
                let name = text.split(u8::is_ascii_whitespace).next().unwrap_or(text);
                return Err(OptionsError::at(&place, name, "Unbalanced quotes in this line"));
            }
            if words.len() == 0 {
                // A vertical tab is a blank between words, though not at the ends of a line.
                continue;
            }
            if words.get(0).eq_ignore_ascii_case(b"include") {
                self.include(&words, &place, depth)?;
            } else {
                self.directive(&words, &place)?;
            }
        }
        if is_open_to_all && !had_password && !self.settings.text(REQUIREPASS).is_empty() {
            let Place::File(path, _) = lines.place() else { unreachable!("lines are in a file") };
            self.notices.push(format!(
                "'{path}' has a password and can be read by every user of this machine: chmod o-r"
            ));
        }
        Ok(())
    }

    fn include(&mut self, words: &Words, place: &Place, depth: u32) -> Result<(), OptionsError> {
        let fail = |what: &str| OptionsError::at(place, b"include", what);
        if words.len() != 2 {
            return Err(fail("wrong number of arguments"));
        }
        if depth == INCLUDE_DEPTH_MAX {
            return Err(fail("files include each other more than 8 deep"));
        }
        let path = words.get(1);
        if !wildcard::is_pattern(path) {
            return self.open(path, depth + 1).map_err(|error| inside(place, &error));
        }
        for path in wildcard::expand(Path::new(OsStr::from_bytes(path))).map_err(fail)? {
            self.open(path.as_os_str().as_bytes(), depth + 1)
                .map_err(|error| inside(place, &error))?;
        }
        Ok(())
    }

    /// One directive with its arguments.
    pub(super) fn directive(&mut self, words: &Words, place: &Place) -> Result<(), OptionsError> {
        let name = words.get(0);
        let Some(id) = find(name) else {
            // Nothing but the name: it may be a misspelled password option.
            return Err(OptionsError::at(place, name, OptionError::Unknown));
        };
        let row = id.row();
        let mut value = Vec::new();
        for (index, word) in words.iter().skip(1).enumerate() {
            if index > 0 {
                value.push(b' ');
            }
            value.extend_from_slice(word);
        }
        let refused = |error| OptionsError::refused(place, id, &value, &error);
        let count = words.len() - 1;
        if row.kind != Kind::Command && !is_count_right(row.kind, count) {
            return Err(refused(OptionError::Arguments));
        }
        let refusal = &mut self.refusals[id.0 as usize];
        match self.settings.set(id, &value) {
            Ok(()) => *refusal = None,
            Err(error @ OptionError::Promise(_)) if row.kind != Kind::Command => {
                *refusal = Some(refused(error));
            }
            Err(error) => return Err(refused(error)),
        }
        self.named[id.0 as usize] = true;
        if id == MAXMEMORY && self.settings.number(MAXMEMORY) == 0 {
            self.notices.push("maxmemory 0 is the default, 1gb: memory is set in stone".into());
        }
        Ok(())
    }

    /// Adds a line for the log.
    pub(super) fn notice(&mut self, text: String) {
        self.notices.push(text);
    }

    /// The settings and the notices, or the first promise that cannot be kept.
    pub(super) fn finish(mut self) -> Result<(Settings, Vec<String>), OptionsError> {
        if let Some(refusal) = self.refusals.iter_mut().find_map(Option::take) {
            return Err(refusal);
        }
        self.name_tunings();
        Ok((self.settings, self.notices))
    }

    /// One notice for all directives without meaning, on as many lines as their names need.
    fn name_tunings(&mut self) {
        const LINE_SIZE: usize = 400;
        const START: &str = "without meaning here, kept for CONFIG GET:";
        let mut line = String::from(START);
        for (row, _) in OPTIONS.iter().zip(self.named).filter(|(_, named)| *named) {
            if row.standing != Standing::Tuning {
                continue;
            }
            if line.len() + row.name.len() > LINE_SIZE {
                self.notices.push(std::mem::replace(&mut line, START.into()));
            }
            line.push(' ');
            line.push_str(row.name);
        }
        if line.len() > START.len() {
            self.notices.push(line);
        }
    }
}

/// `error` of a file that was included at `place`.
fn inside(place: &Place, error: &OptionsError) -> OptionsError {
    OptionsError::silent(place, format_args!("include: {error}"))
}

fn is_count_right(kind: Kind, count: usize) -> bool {
    match kind {
        // `--save` alone is how a script switches it off.
        Kind::Save => true,
        _ if kind.takes_words() => count > 0,
        _ => count == 1,
    }
}

const _: () = assert!(LINE_SIZE_MAX < 1 << 16, "lines are kept in the bootstrap area");
