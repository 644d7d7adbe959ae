//! The current value of each option, in storage that is taken once.
//!
//! Numbers are kept as numbers; texts in one slab, each in a cell of its row's maximum. Options
//! that are fixed at the start are here too, so that CONFIG GET knows them.
use crate::options::error::{ConfigSetError, OptionError};
use crate::options::kind::Kind;
use crate::options::lists::{OptionText, read_text};
use crate::options::table::{
    Change, OPTION_COUNT, OPTIONS, OptionId, OptionRow, Standing, find, option,
};
use crate::stdx::glob;
use crate::stdx::number::I64_TEXT_SIZE_MAX;
use alloc::boxed::Box;
use core::fmt;

/// Bytes that any number of an option needs in print; see `Settings::show`.
pub const NUMBER_TEXT_SIZE_MAX: usize = I64_TEXT_SIZE_MAX + 1;

const SLOWLOG_MAX_LEN: OptionId = option("slowlog-max-len");
const SLOWLOG_ENTRIES_MAX: OptionId = option("slowlog-entries-max");

/// A checked value that is not in force yet.
#[expect(clippy::large_enum_variant, reason = "lives for one call, and a box would allocate")]
enum Checked {
    Number(i64),
    Text(OptionText),
}

/// All values.
pub struct Settings {
    /// The number, or the size of the text.
    numbers: Box<[i64]>,
    /// Where a text's cell starts in `texts`.
    starts: Box<[u32]>,
    texts: Box<[u8]>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Settings {
    /// Says nothing: a value may be a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Settings")
    }
}

impl Settings {
    /// Every option at its default.
    pub fn new() -> Self {
        let mut size = 0;
        let starts = OPTIONS
            .iter()
            .map(|row| {
                let start = size;
                size += row.kind.text_size_max() as u32;
                start
            })
            .collect();
        let numbers = (0..OPTION_COUNT).map(|_| 0).collect();
        let texts = alloc::vec![0; size as usize].into_boxed_slice();
        let mut settings = Self { numbers, starts, texts };
        for (id, row) in (0..).map(OptionId).zip(&OPTIONS) {
            if row.kind != Kind::Command {
                settings.set(id, row.default.as_bytes()).expect("a default passes its own check");
            }
        }
        settings
    }

    /// Takes all values of `other`, as a restart with the same options would.
    pub fn copy_from(&mut self, other: &Self) {
        self.numbers.copy_from_slice(&other.numbers);
        self.texts.copy_from_slice(&other.texts);
    }

    /// The value of an option that is a number, a choice (its position) or yes (1) or no (0).
    pub fn number(&self, id: OptionId) -> i64 {
        assert!(id.row().kind.is_number(), "asked for the number of a text");
        self.numbers[id.0 as usize]
    }

    /// The value of an option that is a number and never negative.
    pub fn unsigned(&self, id: OptionId) -> u64 {
        u64::try_from(self.number(id)).expect("the range of this option starts at 0")
    }

    /// The value of an option that is `yes` or `no`.
    pub fn is_yes(&self, id: OptionId) -> bool {
        assert!(id.row().kind == Kind::YesNo, "asked whether a number is yes");
        self.numbers[id.0 as usize] != 0
    }

    /// The word of an option that is a choice.
    pub fn choice(&self, id: OptionId) -> &'static str {
        let Kind::Choice(words) = id.row().kind else {
            panic!("asked for the word of '{}'", id.row().name)
        };
        words[self.size_of(id)]
    }

    /// The number of an option as an index or a size.
    fn size_of(&self, id: OptionId) -> usize {
        self.numbers[id.0 as usize].cast_unsigned() as usize
    }

    /// The value of an option that is a text.
    pub fn text(&self, id: OptionId) -> &[u8] {
        assert!(!id.row().kind.is_number(), "asked for the text of a number");
        &self.texts[self.starts[id.0 as usize] as usize..][..self.size_of(id)]
    }

    /// The value as CONFIG GET prints it; `room` is for the digits of a number.
    pub fn show<'r>(&'r self, id: OptionId, room: &'r mut [u8; NUMBER_TEXT_SIZE_MAX]) -> &'r [u8] {
        let row = id.row();
        if !row.kind.is_number() {
            return self.text(id);
        }
        let mut digits = Digits { size: 0, room };
        row.kind.write_number(self.number(id), &mut digits).expect("a number fits its room");
        let size = digits.size;
        &room[..size]
    }

    /// The value of the option called `name`, as CONFIG GET prints it.
    pub fn get<'r>(
        &'r self,
        name: &[u8],
        room: &'r mut [u8; NUMBER_TEXT_SIZE_MAX],
    ) -> Option<&'r [u8]> {
        let id = find(name).filter(|id| id.row().kind != Kind::Command)?;
        Some(self.show(id, room))
    }

    /// Would `value` be accepted at the start?
    pub fn check(&self, id: OptionId, value: &[u8]) -> Result<(), OptionError> {
        self.read(id, value).map(drop)
    }

    /// Sets an option before the start. The words of a list are separated by spaces.
    pub fn set(&mut self, id: OptionId, value: &[u8]) -> Result<(), OptionError> {
        let checked = self.read(id, value)?;
        self.store(id, &checked);
        Ok(())
    }

    /// Puts in the number that an option really has (Granite's own choice, or less than asked
    /// for), so that CONFIG GET tells the truth.
    pub fn adopt(&mut self, id: OptionId, number: u64) {
        assert!(id.row().kind.is_number(), "a text is never adopted");
        self.numbers[id.0 as usize] = number.cast_signed();
    }

    /// CONFIG SET: all pairs of name and value, or none of them.
    pub fn config_set<'v, I>(&mut self, pairs: I) -> Result<(), ConfigSetError<'v>>
    where
        I: Iterator<Item = (&'v [u8], &'v [u8])> + Clone,
    {
        let mut seen = [false; OPTION_COUNT];
        for (name, _) in pairs.clone() {
            let refuse = |error| ConfigSetError { name, error };
            let known = find(name).filter(|id| id.row().kind != Kind::Command);
            let id = known.ok_or(refuse(OptionError::Unknown))?;
            if core::mem::replace(&mut seen[id.0 as usize], true) {
                return Err(refuse(OptionError::Duplicate));
            }
        }
        for (name, value) in pairs.clone() {
            let id = find(name).expect("found a moment ago");
            self.check_live(id, value).map_err(|error| ConfigSetError { name, error })?;
        }
        for (name, value) in pairs {
            let id = find(name).expect("found a moment ago");
            let checked = self.read(id, value).expect("checked a moment ago");
            self.store(id, &checked);
        }
        Ok(())
    }

    /// Would CONFIG SET accept `value`? What is fixed can be set to what it is.
    fn check_live(&self, id: OptionId, value: &[u8]) -> Result<(), OptionError> {
        let row = id.row();
        let checked = self.read(id, value);
        let is_same = checked.as_ref().is_ok_and(|checked| self.has(id, checked));
        match row.change {
            Change::Start if !is_same => {
                // What is missing matters more than that it cannot be set now.
                let promised = matches!(checked, Err(OptionError::Promise(_)));
                return Err(if promised {
                    OptionError::Promise(row)
                } else {
                    OptionError::Fixed(row)
                });
            }
            Change::Protected if !is_same => return Err(OptionError::Protected),
            _ => {}
        }
        let entries_max = self.numbers[SLOWLOG_ENTRIES_MAX.0 as usize];
        if let (SLOWLOG_MAX_LEN, Kind::Number { unit, min, .. }, Ok(Checked::Number(number))) =
            (id, row.kind, &checked)
            && entries_max > 0
            && *number > entries_max
        {
            return Err(OptionError::Range { unit, min, max: entries_max, zero_is_auto: false });
        }
        checked.map(drop)
    }

    fn read(&self, id: OptionId, value: &[u8]) -> Result<Checked, OptionError> {
        let row = id.row();
        if row.kind == Kind::Command {
            return Err(OptionError::Promise(row));
        }
        if row.kind.is_number() {
            let number = row.kind.read_number(value)?;
            let is = |off: &&str| row.kind.read_number(off.as_bytes()).is_ok_and(|n| n == number);
            if row.is_promise() && !row.off().iter().any(is) {
                return Err(OptionError::Promise(row));
            }
            return Ok(Checked::Number(number));
        }
        let text = read_text(row.kind, value, self.text(id))?;
        if row.is_promise() {
            let is = |off: &&str| off.as_bytes().eq_ignore_ascii_case(text.as_bytes());
            // "no one" and "" are the same absence, which CONFIG GET shows as "".
            if row.off().iter().any(is) {
                return Ok(Checked::Text(OptionText::EMPTY));
            }
            return Err(OptionError::Promise(row));
        }
        Ok(Checked::Text(text))
    }

    fn has(&self, id: OptionId, checked: &Checked) -> bool {
        match checked {
            Checked::Number(number) => self.number(id) == *number,
            Checked::Text(text) => self.text(id) == text.as_bytes(),
        }
    }

    fn store(&mut self, id: OptionId, checked: &Checked) {
        let number = &mut self.numbers[id.0 as usize];
        match checked {
            Checked::Number(value) => *number = *value,
            Checked::Text(text) => {
                let bytes = text.as_bytes();
                assert!(bytes.len() <= id.row().kind.text_size_max(), "a text outgrew its cell");
                let start = self.starts[id.0 as usize] as usize;
                self.texts[start..start + bytes.len()].copy_from_slice(bytes);
                *number = (bytes.len() as u64).cast_signed();
            }
        }
    }
}

impl OptionRow {
    /// Does it promise what Granite does not do?
    pub const fn is_promise(&self) -> bool {
        matches!(self.standing, Standing::Promise { .. })
    }

    /// The values of a promise that mean "off".
    pub const fn off(&self) -> &'static [&'static str] {
        match self.standing {
            Standing::Promise { off } => off,
            Standing::Ours | Standing::Tuning => &[],
        }
    }
}

/// The options that CONFIG GET shows for `patterns`, under each name that matches, in the order
/// of the table.
pub fn matching<'p, I>(patterns: I) -> impl Iterator<Item = (&'static str, OptionId)>
where
    I: Iterator<Item = &'p [u8]> + Clone,
{
    (0..)
        .map(OptionId)
        .zip(&OPTIONS)
        .filter(|(_, row)| row.kind != Kind::Command)
        .flat_map(|(id, row)| [Some((row.name, id)), row.alias.map(|alias| (alias, id))])
        .flatten()
        .filter(move |(name, id)| {
            patterns.clone().any(|pattern| selects(pattern, name, id.row().hidden))
        })
}

/// Does `pattern` select `name`? A hidden option answers only to its full name.
fn selects(pattern: &[u8], name: &str, hidden: bool) -> bool {
    let is_glob = pattern.iter().any(|byte| b"*?[".contains(byte));
    if is_glob {
        return !hidden && matches_name(pattern, name);
    }
    name.as_bytes().eq_ignore_ascii_case(pattern)
}

fn matches_name(pattern: &[u8], name: &str) -> bool {
    // A pattern that needs more than this for one name is no honest pattern.
    let mut steps = 256;
    glob::matches(pattern, name.as_bytes(), glob::Case::Ignored, &mut steps).unwrap_or(false)
}

/// Collects the digits of a number.
struct Digits<'r> {
    size: usize,
    room: &'r mut [u8; NUMBER_TEXT_SIZE_MAX],
}

impl fmt::Write for Digits<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.room.get_mut(self.size..self.size + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.size += text.len();
        Ok(())
    }
}
