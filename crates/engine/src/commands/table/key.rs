//! Where the keys of a command are among its arguments, and what it does with them.
//!
//! One description serves COMMAND INFO (as Redis' key specifications and as its older triple of
//! first, last and step) and COMMAND GETKEYS.
use crate::commands::arguments::is_word;
use crate::resp::request::Request;

/// Reads and writes.
pub const RW: u16 = 1 << 0;
/// Reads.
pub const RO: u16 = 1 << 1;
/// Overwrites without reading.
pub const OW: u16 = 1 << 2;
/// Removes.
pub const RM: u16 = 1 << 3;
/// Returns, copies or uses the value in a way that the user can see.
pub const ACCESS: u16 = 1 << 4;
/// Changes the value.
pub const UPDATE: u16 = 1 << 5;
/// May add data.
pub const INSERT: u16 = 1 << 6;
/// Deletes data.
pub const DELETE: u16 = 1 << 7;
/// What it does depends on its options.
pub const VARIABLE: u16 = 1 << 8;

/// Every flag with its name, in the order that COMMAND INFO uses.
pub const NAMES: &[(u16, &str)] = &[
    (RW, "RW"),
    (RO, "RO"),
    (OW, "OW"),
    (RM, "RM"),
    (ACCESS, "access"),
    (UPDATE, "update"),
    (INSERT, "insert"),
    (DELETE, "delete"),
    (VARIABLE, "variable_flags"),
];

/// A range of arguments that are keys. One may be counted: the argument before it says how many.
/// And one may stand behind a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Keys {
    /// What is done with them.
    pub flags: u16,
    /// Index of the first; the command's name is 0. Behind a word: where the search for it begins.
    pub first: u8,
    /// Index of the last; negative ones count from the end.
    pub last: i8,
    /// Distance from one to the next.
    pub step: u8,
    /// The argument before the first says how many there are.
    pub is_counted: bool,
    /// The word before the key.
    pub word: Option<&'static str>,
    /// They cannot be found by their positions.
    pub is_hidden: bool,
}

impl Keys {
    /// The key at `index`.
    pub const fn at(index: u8, flags: u16) -> Self {
        Self {
            flags,
            first: index,
            last: index.cast_signed(),
            step: 1,
            is_counted: false,
            word: None,
            is_hidden: false,
        }
    }

    /// Every argument from `first` on, or every `step`-th.
    pub const fn from(first: u8, step: u8, flags: u16) -> Self {
        Self { last: -1, step, ..Self::at(first, flags) }
    }

    /// As many as the argument at `index` says, behind it.
    pub const fn counted(index: u8, flags: u16) -> Self {
        Self { last: -1, is_counted: true, ..Self::at(index + 1, flags) }
    }

    /// The key behind the first `word` from argument `start` on, if there is one.
    pub const fn behind(word: &'static str, start: u8, flags: u16) -> Self {
        Self { word: Some(word), ..Self::at(start, flags) }
    }

    /// Keys that are no arguments: what elements name, for SORT.
    pub const fn named(flags: u16) -> Self {
        Self { is_hidden: true, ..Self::at(0, flags) }
    }

    /// The key behind `STORE` among the options of SORT.
    pub const fn stored(flags: u16) -> Self {
        Self { is_hidden: true, ..Self::from(2, 1, flags) }
    }

    /// Is it for the other arguments to say where they are?
    pub const fn is_movable(self) -> bool {
        self.is_counted || self.is_hidden || self.word.is_some()
    }

    /// The names of the flags.
    pub fn flag_names(self) -> impl Iterator<Item = &'static str> + Clone {
        NAMES.iter().filter(move |(flag, _)| self.flags & flag != 0).map(|(_, name)| *name)
    }

    /// The positions of the keys in a request; none if it counts them wrongly.
    pub fn positions(self, request: &Request<'_>) -> impl Iterator<Item = usize> + Clone {
        if self.is_hidden {
            let stored = if self.first > 0 { stored(request) } else { None };
            return stored.map_or(0..0, |position| position..position + 1).step_by(1);
        }
        let (argument_count, mut first) = (request.argument_count(), usize::from(self.first));
        let end = if let Some(word) = self.word {
            let is_before = |&index: &usize| is_word(request.argument(index), word);
            first = (first + 1..argument_count).find(|index| is_before(&(index - 1))).unwrap_or(0);
            first + usize::from(first > 0)
        } else if self.is_counted {
            first + self.count(request).unwrap_or(0)
        } else if self.last < 0 {
            (argument_count + 1).saturating_sub(usize::from(self.last.unsigned_abs()))
        } else {
            (usize::from(self.last.unsigned_abs()) + 1).min(argument_count)
        };
        (first..end).step_by(usize::from(self.step))
    }

    /// How many keys a request has that counts them; nothing if it has not so many arguments. Redis
    /// reads the digits of the count, whatever stands around them.
    fn count(self, request: &Request<'_>) -> Option<usize> {
        let rest_count = request.argument_count().checked_sub(usize::from(self.first))?;
        let text = request.argument(usize::from(self.first) - 1).trim_ascii_start();
        let text = text.strip_prefix(b"+").unwrap_or(text);
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
        let count = digits.fold(0_usize, |count, digit| {
            count.saturating_mul(10).saturating_add(usize::from(digit - b'0'))
        });
        (count <= rest_count).then_some(count)
    }
}

/// The argument behind the last STORE among the options of SORT. Redis does not skip it: it may be
/// taken for an option.
fn stored(request: &Request<'_>) -> Option<usize> {
    let (mut index, mut found) = (2, None);
    while index < request.argument_count() {
        index += match request.argument(index) {
            word if is_word(word, "LIMIT") => 3,
            word if is_word(word, "GET") || is_word(word, "BY") => 2,
            word if is_word(word, "STORE") && index + 1 < request.argument_count() => {
                found = Some(index + 1);
                1
            }
            _ => 1,
        };
    }
    found
}

/// No keys.
pub const NONE: &[Keys] = &[];
/// One key, read.
pub const READ: &[Keys] = &[Keys::at(1, RO | ACCESS)];
/// One key, looked at but not at its value.
pub const LOOK: &[Keys] = &[Keys::at(1, RO)];
/// One key, read and changed.
pub const CHANGE: &[Keys] = &[Keys::at(1, RW | ACCESS | UPDATE)];
/// One key, changed.
pub const MODIFY: &[Keys] = &[Keys::at(1, RW | UPDATE)];
/// One key, that data is added to.
pub const ADD: &[Keys] = &[Keys::at(1, RW | INSERT)];
/// One key, overwritten.
pub const OVERWRITE: &[Keys] = &[Keys::at(1, OW | UPDATE)];
/// One key, written only if it is missing.
pub const CREATE: &[Keys] = &[Keys::at(1, OW | INSERT)];
/// One key, that data is taken out of.
pub const REMOVE: &[Keys] = &[Keys::at(1, RW | DELETE)];
/// One key, that data is taken out of and answered.
pub const POP: &[Keys] = &[Keys::at(1, RW | ACCESS | DELETE)];
/// Counted keys, data of one of which is taken out and answered.
pub const MPOP: &[Keys] = &[Keys::counted(1, RW | ACCESS | DELETE)];
/// A key, that data is taken out of, and another one, that it is added to.
pub const MOVE: &[Keys] = &[Keys::at(1, RW | ACCESS | DELETE), Keys::at(2, RW | INSERT)];
/// A key that is overwritten, and the one that it is made of.
pub const MAKE: &[Keys] = &[Keys::at(1, OW | UPDATE), Keys::at(2, RO | ACCESS)];
/// Every argument, read.
pub const READ_ALL: &[Keys] = &[Keys::from(1, 1, RO | ACCESS)];
/// Counted keys, read.
pub const COUNTED: &[Keys] = &[Keys::counted(1, RO | ACCESS)];
/// Every argument, looked at but not at its value.
pub const EVERY: &[Keys] = &[Keys::from(1, 1, RO)];
/// The argument of a subcommand, looked at but not at its value.
pub const SECOND: &[Keys] = &[Keys::at(2, RO)];
