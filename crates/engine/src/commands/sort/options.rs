//! The arguments of SORT.
//!
//! As in Redis, the last one of several wins, but for GET, of which there may be many: these are
//! read again for each element.
use super::Source;
use super::pattern::Pattern;
use crate::commands::arguments::{integer, is_word};
use crate::commands::error::CommandError;
use crate::resp::request::Request;
use crate::store::Type;
use core::ops::Range;

/// Arguments of a command, an option each.
const LIMIT_SIZE: usize = 3;
const NAMED_SIZE: usize = 2;

/// What SORT shall do.
pub(super) struct Options<'r> {
    request: Request<'r>,
    /// What elements are sorted by, if not by themselves.
    by: Option<Pattern<'r>>,
    /// BY names nothing.
    is_unsorted: bool,
    pub(super) is_descending: bool,
    is_alpha: bool,
    limit: (i64, i64),
    /// The argument that is the key of STORE.
    pub(super) target: Option<usize>,
    /// Something else is answered than the elements.
    pub(super) has_gets: bool,
}

/// Some neighbours of all elements in their order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Wanted {
    pub(super) start: u64,
    pub(super) count: u64,
}

impl Wanted {
    /// Their places among all.
    pub(super) const fn places(self) -> Range<usize> {
        self.start as usize..(self.start + self.count) as usize
    }
}

impl<'r> Options<'r> {
    /// The options of a request; STORE only if it `may_store`.
    pub(super) fn parse(request: &Request<'r>, may_store: bool) -> Result<Self, CommandError> {
        let mut options = Self {
            request: *request,
            by: None,
            is_unsorted: false,
            is_descending: false,
            is_alpha: false,
            limit: (0, -1),
            target: None,
            has_gets: false,
        };
        let mut index = 2;
        while index < request.argument_count() {
            index += options.read(index, may_store)?;
        }
        Ok(options)
    }

    /// Reads the option at `index`; of how many arguments it is.
    fn read(&mut self, index: usize, may_store: bool) -> Result<usize, CommandError> {
        let rest_count = self.request.argument_count() - index - 1;
        let value = |offset| self.request.argument(index + offset);
        match self.request.argument(index) {
            word if is_word(word, "ASC") => self.is_descending = false,
            word if is_word(word, "DESC") => self.is_descending = true,
            word if is_word(word, "ALPHA") => self.is_alpha = true,
            word if is_word(word, "LIMIT") && rest_count >= 2 => {
                self.limit = (integer(value(1))?, integer(value(2))?);
                return Ok(LIMIT_SIZE);
            }
            word if is_word(word, "STORE") && rest_count >= 1 && may_store => {
                self.target = Some(index + 1);
                return Ok(NAMED_SIZE);
            }
            word if is_word(word, "BY") && rest_count >= 1 => {
                let pattern = Pattern::parse(value(1));
                // One without a place for the element stays, also if another one follows.
                self.is_unsorted |= !pattern.is_key();
                self.by = Some(pattern);
                return Ok(NAMED_SIZE);
            }
            word if is_word(word, "GET") && rest_count >= 1 => {
                self.has_gets = true;
                return Ok(NAMED_SIZE);
            }
            _ => return Err(CommandError::SYNTAX),
        }
        Ok(1)
    }

    /// Must the elements be sorted? What is stored of a set is, since nobody knows its order.
    pub(super) fn sorts(&self, source: &Source<'_>) -> bool {
        source.kind.is_some() && (!self.is_unsorted || self.orders_set(source))
    }

    /// Is a set stored that need not be sorted? Then it is sorted by its members.
    fn orders_set(&self, source: &Source<'_>) -> bool {
        self.is_unsorted && source.kind == Some(Type::Set) && self.target.is_some()
    }

    /// What a source is sorted by, if not by its elements.
    pub(super) fn by(&self, source: &Source<'_>) -> Option<&Pattern<'r>> {
        self.by.as_ref().filter(|_| !self.orders_set(source))
    }

    /// Are texts compared, and not numbers?
    pub(super) fn is_alpha(&self, source: &Source<'_>) -> bool {
        self.is_alpha || self.orders_set(source)
    }

    /// Which of `count` elements are wanted, in their order.
    pub(super) fn wanted(&self, count: u64) -> Wanted {
        let start = u64::try_from(self.limit.0).unwrap_or(0).min(count);
        let rest_count = count - start;
        let wanted_count = u64::try_from(self.limit.1).unwrap_or(rest_count);
        Wanted { start, count: wanted_count.min(rest_count) }
    }

    /// What is answered of each element: itself if nothing else is asked for.
    pub(super) fn gets(&self) -> Gets<'r> {
        Gets { request: self.request, index: 2, is_itself: !self.has_gets }
    }
}

/// The patterns of GET.
pub(super) struct Gets<'r> {
    request: Request<'r>,
    index: usize,
    /// There is none: what is left is the element itself.
    is_itself: bool,
}

impl<'r> Iterator for Gets<'r> {
    type Item = Pattern<'r>;

    fn next(&mut self) -> Option<Pattern<'r>> {
        if core::mem::take(&mut self.is_itself) {
            self.index = self.request.argument_count();
            return Some(Pattern::Element);
        }
        while self.index < self.request.argument_count() {
            let (word, index) = (self.request.argument(self.index), self.index);
            let is_named = is_word(word, "BY") || is_word(word, "STORE");
            self.index += match word {
                _ if is_word(word, "GET") || is_named => NAMED_SIZE,
                _ if is_word(word, "LIMIT") => LIMIT_SIZE,
                _ => 1,
            };
            if is_word(word, "GET") {
                return Some(Pattern::parse(self.request.argument(index + 1)));
            }
        }
        None
    }
}
